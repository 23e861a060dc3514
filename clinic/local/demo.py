"""What runs in the demo, with which settings, and what its people are told."""

import http.client
import json
import os
import secrets
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from clinic.environment import DEMO_PASSWORD
from clinic.local.processes import Program, Refused
from clinic.local.var_folder import BASE

HOST = "127.0.0.1"
STAFF = ("desk", "nurse", "doctor", "manager")
WELCOME = "welcome.json"


def check_mode() -> None:
    if os.environ.get("CLINIC_MODE") != "demo":
        raise Refused(
            "This starts the demo only (`make run` sets CLINIC_MODE=demo); for production see Procfile."
        )
    if not sys.platform.startswith("linux"):
        raise Refused("The demo runs on Linux (Debian or Ubuntu): elsewhere take a virtual machine.")


def port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refused(f"PORT={text} is not a port: give a number from 1 to 65535.")
    return int(text)


def check_port_is_free(number: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError as error:
            raise Refused(
                f"Port {number} cannot be used ({error.strerror}): try PORT={number + 1} make run"
            ) from None


def set_clock(var: Path) -> None:
    text = os.environ.get("CLINIC_CLOCK")
    if not text:
        return
    from clinic import clock

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"CLINIC_CLOCK={text} is not a time such as 2026-11-24T10:30:00+05:30.") from None
    clock.start_at(var / clock.NAME, moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def shared(var: Path, addresses: dict[str, str], *, port: int) -> dict[str, str]:
    """What web, worker, beat and commands beside them must agree on."""
    return {
        "CLINIC_MODE": "demo",
        "CLINIC_VAR": str(var),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or kept_secret(var / "secret"),
        "PUBLIC_URL": os.environ.get("PUBLIC_URL") or f"http://{HOST}:{port}",
        **addresses,
    }


def kept_secret(file: Path) -> str:
    """Kept, so that sessions and links outlive a restart."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(60))
    return file.read_text().strip()


def preparation(settings: dict[str, str]) -> Program:
    return python("Preparation", settings, "-m clinic.local.prepare")


def programs(settings: dict[str, str], port: int) -> list[Program]:
    """One web server with threads (no proxy buffers slow clients here), one worker, one beat."""
    web = (
        f"-m gunicorn clinic.wsgi --bind {HOST}:{port} --worker-class gthread --workers 2 --threads 4"
        " --graceful-timeout 5 --timeout 60 --no-control-socket"
    )
    celery = "-m celery --app clinic.celery --quiet"
    worker = f"{celery} worker --concurrency 2 --loglevel INFO --without-gossip --without-mingle"
    # The timetable stays in memory and there is no pid file: a killed beat leaves nothing stale.
    beat = f"{celery} beat --scheduler celery.beat:Scheduler --loglevel WARNING --pidfile="
    return [
        python("Web", settings, web, is_ready=lambda: answers(port)),
        python("Worker", settings, worker),
        python("Beat", settings, beat),
    ]


def python(name: str, settings: dict[str, str], arguments: str, **more) -> Program:
    dropped = {"CLINIC_CLOCK", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "DJANGO_SETTINGS_MODULE"}
    inherited = {key: value for key, value in os.environ.items() if key not in dropped}
    return Program(
        name=name,
        command=(sys.executable, *arguments.split()),
        environ={**inherited, **settings, "PYTHONUNBUFFERED": "1"},
        folder=BASE,
        **more,
    )


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def welcome(var: Path, port: int, *, seconds: float) -> str:
    from clinic import clock

    told = read_welcome(var)
    staff = ", ".join(f"{name}@clinic.example" for name in STAFF)
    zone = ZoneInfo(told.get("time_zone") or "UTC")
    now = datetime.now(zone) + clock.read_ahead(var / clock.NAME)
    return f"""
  The demo clinic is open: http://{HOST}:{port}   (after {seconds:.0f} s)

  Staff      {staff}
             password {DEMO_PASSWORD}
  A patient  {told.get("patient_phone")} (the code is at /dev/outbox)
  Demo clock {now:%a %d %b %Y, %H:%M}, {zone.key} (moved forward at /dev/outbox)

  Ctrl-C stops everything. Logs: {var / "log"}
"""


def read_welcome(var: Path) -> dict:
    """What the preparation, which has Django, left for us to print."""
    try:
        return json.loads((var / WELCOME).read_text())
    except (OSError, ValueError):
        return {}
