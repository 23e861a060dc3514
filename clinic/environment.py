"""What the environment says, read once by settings.py. Standard library only: nothing here may need Django.

Three cases, and no others:
- CLINIC_MODE=demo: the demo clinic; whoever starts it (the supervisor, the tests) gives the addresses.
- Neither CLINIC_MODE nor DATABASE_URL, beside a running demo: its supervisor's var/run.env is believed.
- Everything else is production. Importing settings never fails, so that commands that need no database run
  anywhere; what is missing is said where it is first needed (refusals; no_database; Django on an empty key).
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from clinic.local import run_file

BASE = Path(__file__).resolve().parent.parent
DEMO_PASSWORD = "demo-clinic-2026"  # noqa: S105 printed at every start; production refuses demo accounts
DEMO_SECRET_KEY = "demo-only-" + "not-a-secret-" * 4  # production refuses it
NO_DATABASE = (
    "No database: start the demo with `make run` (commands beside it find it), "
    "or set CLINIC_MODE and DATABASE_URL."
)


def var_folder(environ=os.environ) -> Path:
    return Path(environ.get("CLINIC_VAR") or BASE / "var").absolute()


def load() -> dict[str, str]:
    """The process environment, completed from a running demo when it says nothing itself."""
    environ = dict(os.environ)
    if not environ.get("CLINIC_MODE") and not environ.get("DATABASE_URL"):
        environ.update(run_file.read_while_running(var_folder(environ)))
    return environ


def is_demo(environ: dict[str, str]) -> bool:
    return environ.get("CLINIC_MODE") == "demo"


def flag(environ: dict[str, str], name: str) -> bool:
    return environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def words(environ: dict[str, str], name: str) -> list[str]:
    return [word for word in environ.get(name, "").replace(",", " ").split() if word]


def database(url: str, *, conn_max_age: int) -> dict:
    """Django's DATABASES entry. A socket's folder may stand in ?host=/folder or, encoded, as the host."""
    if not url:
        return {"ENGINE": "clinic.no_database"}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must begin with postgresql:// (PostgreSQL is the only database).")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(options.pop("port", "") or parts.port or ""),
        "OPTIONS": {"connect_timeout": "5", **options},
        "CONN_MAX_AGE": conn_max_age,
        "CONN_HEALTH_CHECKS": True,
    }


def smtp(url: str) -> dict[str, object]:
    """Django's EMAIL_* settings from smtp://user:password@host:port, or smtps:// (TLS from the start)."""
    parts = urlsplit(url)
    tls_at_once = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if tls_at_once else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": tls_at_once,
        "EMAIL_USE_TLS": not tls_at_once and (parts.port or 587) != 25,
        "EMAIL_TIMEOUT": 10,
    }


def refusals(environ: dict[str, str]) -> list[str]:
    """What keeps production from serving, one line each; empty when all is well (always in the demo)."""
    if is_demo(environ):
        return []
    key = environ.get("SECRET_KEY", "")
    database_url, redis_url = environ.get("DATABASE_URL", ""), environ.get("REDIS_URL", "")
    var = var_folder(environ)
    found = {
        "CLINIC_MODE must be production or demo.": environ.get("CLINIC_MODE", "production") != "production",
        "DATABASE_URL is not set.": not database_url,
        "DATABASE_URL names the demo's embedded server.": is_embedded(database_url, var),
        "REDIS_URL is not set.": not redis_url,
        "REDIS_URL names the demo's embedded server.": is_embedded(redis_url, var),
        "SECRET_KEY is not set.": not key,
        "SECRET_KEY is a default or shorter than 50 characters.": bool(key) and not is_secret(key),
        "ALLOWED_HOSTS is not set.": not words(environ, "ALLOWED_HOSTS"),
        "PUBLIC_URL must begin with https://.": not environ.get("PUBLIC_URL", "").startswith("https://"),
        "MAIL_FROM is not set.": not environ.get("MAIL_FROM"),
        "SMTP_URL is not set.": not environ.get("SMTP_URL"),
        "DEBUG must not be set.": flag(environ, "DEBUG"),
        "CLINIC_CLOCK is for the demo.": bool(environ.get("CLINIC_CLOCK")),
    }
    return [line for line, wrong in found.items() if wrong]


def is_embedded(url: str, var: Path) -> bool:
    parts = urlsplit(url)
    host = dict(parse_qsl(parts.query)).get("host", "")
    places = [unquote(parts.path), unquote(parts.hostname or ""), host]
    return any(f"{place}/".startswith((f"{var}/", run_file.SHORT_SOCKETS)) for place in places)


def is_secret(key: str) -> bool:
    return len(key) >= 50 and len(set(key)) >= 5 and not key.startswith(("demo-", "django-insecure-"))
