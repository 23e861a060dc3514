"""What each mode allows, asked of the real settings in a process of its own."""

import json
import os
import secrets
import subprocess
import sys

import pytest

from clinic import environment
from tests.running import BASE

SECRET = secrets.token_urlsafe(60)
PRODUCTION = {
    "CLINIC_MODE": "production",
    "DATABASE_URL": "postgresql://clinic:pass%2Fword@db.example:5433/clinic?sslmode=require",
    "REDIS_URL": "redis://redis.example/0",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "clinic.example, www.clinic.example",
    "PUBLIC_URL": "https://clinic.example",
    "MAIL_FROM": "desk@clinic.example",
    "SMTP_URL": "smtps://mailer:secret@smtp.example",
}


def python(*arguments, stdin="", **environ):
    """With nothing in the environment but what is given."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=BASE, env=environ, input=stdin, capture_output=True, text=True)


def settings_in(tmp_path, names, **environ):
    shown = f"print(json.dumps([getattr(settings, name) for name in {names!r}]))"
    result = python(
        "-c", f"import json; from clinic import settings; {shown}", CLINIC_VAR=str(tmp_path), **environ
    )
    assert result.stderr == ""
    return json.loads(result.stdout)


# --- Modes


def test_demo_is_demo_and_not_debug(tmp_path):
    names = ["DEMO", "DEBUG", "ALLOWED_HOSTS", "REFUSALS", "SECURE_REFERRER_POLICY"]
    found = settings_in(tmp_path, names, CLINIC_MODE="demo")
    assert found == [True, False, ["127.0.0.1", "localhost"], [], "same-origin"]


def test_debug_is_for_the_demo_only(tmp_path):
    assert settings_in(tmp_path, ["DEBUG"], CLINIC_MODE="demo", DEBUG="1") == [True]
    assert settings_in(tmp_path, ["DEBUG"], **PRODUCTION, DEBUG="1") == [False]


@pytest.mark.parametrize("mode", [{}, {"CLINIC_MODE": "production"}, {"CLINIC_MODE": "Demo"}], ids=str)
def test_everything_but_demo_is_production(tmp_path, mode):
    names = ["DEMO", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECRET_KEY"]
    assert settings_in(tmp_path, names, **mode) == [False, True, True, True, ""]


def test_complete_production_refuses_nothing(tmp_path):
    assert settings_in(tmp_path, ["REFUSALS"], **PRODUCTION) == [[]]


def test_production_database_is_read_from_its_url(tmp_path):
    [databases] = settings_in(tmp_path, ["DATABASES"], **PRODUCTION)
    found = {key: databases["default"][key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    wanted = {
        "NAME": "clinic",
        "USER": "clinic",
        "PASSWORD": "pass/word",
        "HOST": "db.example",
        "PORT": "5433",
    }
    assert found == wanted
    assert databases["default"]["OPTIONS"]["sslmode"] == "require"


# --- What production refuses


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"CLINIC_MODE": "staging"}, "CLINIC_MODE must be production or demo."),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set."),
        (
            {"DATABASE_URL": "postgresql://postgres@/clinic?host=/srv/clinic/var/postgres-socket"},
            "DATABASE_URL names the demo's embedded server.",
        ),
        (
            {"DATABASE_URL": "postgresql://postgres@%2Ftmp%2Fclinic-0-abc/clinic"},
            "DATABASE_URL names the demo's embedded server.",
        ),
        ({"REDIS_URL": ""}, "REDIS_URL is not set."),
        (
            {"REDIS_URL": "redis+socket:///srv/clinic/var/valkey-socket/valkey.sock"},
            "REDIS_URL names the demo's embedded server.",
        ),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
        ({"SECRET_KEY": SECRET[:49]}, "SECRET_KEY is a default or shorter than 50 characters."),
        (
            {"SECRET_KEY": environment.DEMO_SECRET_KEY},
            "SECRET_KEY is a default or shorter than 50 characters.",
        ),
        ({"ALLOWED_HOSTS": " "}, "ALLOWED_HOSTS is not set."),
        ({"PUBLIC_URL": "http://clinic.example"}, "PUBLIC_URL must begin with https://."),
        ({"MAIL_FROM": ""}, "MAIL_FROM is not set."),
        ({"SMTP_URL": ""}, "SMTP_URL is not set."),
        ({"DEBUG": "1"}, "DEBUG must not be set."),
        ({"CLINIC_CLOCK": "2026-11-24T10:30Z"}, "CLINIC_CLOCK is for the demo."),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),  # a random key is no name
)
def test_production_refuses(change, line):
    assert environment.refusals({**PRODUCTION, "CLINIC_VAR": "/srv/clinic/var", **change}) == [line]


def test_secret_of_fifty_characters_is_enough():
    assert environment.refusals({**PRODUCTION, "SECRET_KEY": SECRET[:50]}) == []


def test_demo_refuses_nothing():
    assert environment.refusals({"CLINIC_MODE": "demo"}) == []


def test_check_deploy_passes_for_complete_production(tmp_path):
    done = python(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", CLINIC_VAR=str(tmp_path), **PRODUCTION
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["manage.py", "check", "--deploy"],
        ["-c", "import clinic.wsgi"],
        ["-m", "celery", "-A", "clinic.celery", "worker", "--pool", "solo"],
        ["-m", "celery", "-A", "clinic.celery", "beat", "--pidfile=", "-S", "celery.beat:Scheduler"],
    ],
    ids=["check", "web", "worker", "beat"],
)
def test_incomplete_production_does_not_serve_and_says_why(tmp_path, arguments):
    refused = python(*arguments, CLINIC_VAR=str(tmp_path), **{**PRODUCTION, "SECRET_KEY": ""})
    assert refused.returncode != 0
    assert "SECRET_KEY is not set." in refused.stderr


@pytest.mark.django_db
def test_production_with_demo_accounts_is_refused(settings):
    from clinic import checks
    from clinic.models import User

    settings.DEMO = False
    assert checks.production_has_no_demo_accounts(None, databases=["default"]) == []
    User.objects.create_user(email="desk@clinic.example", is_staff=True)
    found = checks.production_has_no_demo_accounts(None, databases=["default"])
    assert [error.msg for error in found] == [checks.DEMO_ACCOUNTS]
    with pytest.raises(checks.ImproperlyConfigured, match="demo accounts"):
        checks.refuse_to_serve()


# --- Without anything


NEED_NO_DATABASE = {
    "questionnaire": (["--json"], ""),
    "gap": (["-"], '{"last": "2026-01-01", "day": "2026-02-01", "gap": '
            '{"never_before": 7, "earliest": 21, "target": 28, "latest": 35}}'),
}  # fmt: skip


@pytest.mark.parametrize("command", NEED_NO_DATABASE)
def test_command_without_database_runs_in_an_empty_environment(tmp_path, command):
    arguments, stdin = NEED_NO_DATABASE[command]
    done = python("manage.py", command, *arguments, stdin=stdin, CLINIC_VAR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    json.loads(done.stdout)


@pytest.mark.parametrize("command", ["screen -", "gap -", "plan_course -"])
def test_command_without_database_answers_nonsense_in_an_empty_environment(tmp_path, command):
    done = python("manage.py", *command.split(), stdin='{"nonsense": 1}', CLINIC_VAR=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert environment.NO_DATABASE not in done.stderr


def test_command_with_database_says_in_one_line_what_to_do(tmp_path):
    done = python("manage.py", "showmigrations", CLINIC_VAR=str(tmp_path))
    assert (done.returncode, done.stderr) == (1, f"NoDatabase: {environment.NO_DATABASE}\n")


def test_run_file_is_not_read_when_the_environment_says_something(tmp_path, monkeypatch):
    from clinic.local import run_file

    run_file.write(tmp_path, {"CLINIC_MODE": "demo", "DATABASE_URL": "postgresql://demo"})
    for name in ("CLINIC_MODE", "DATABASE_URL"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("CLINIC_VAR", str(tmp_path))
    assert environment.load()["DATABASE_URL"] == "postgresql://demo"
    monkeypatch.setenv("CLINIC_MODE", "production")
    assert "DATABASE_URL" not in environment.load()
    monkeypatch.delenv("CLINIC_MODE")
    monkeypatch.setenv("DATABASE_URL", "postgresql://ours")
    assert (environment.load()["DATABASE_URL"], os.environ.get("CLINIC_MODE")) == ("postgresql://ours", None)


def test_database_url_of_another_database_is_refused():
    with pytest.raises(ValueError, match="PostgreSQL is the only database"):
        environment.database("sqlite:///clinic.db", conn_max_age=0)
