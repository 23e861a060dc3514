"""The project's settings in the tests' environment: a demo with servers of its own (see conftest.py)."""

import os
from pathlib import Path

from clinic.local import servers

BASE = Path(__file__).resolve().parent.parent
# Several processes share the tests, each with servers of its own; what the first was told, it tells the rest.
# Programs that a test starts are told what that test's process has.
TOLD = {"CLINIC_VAR": "TESTS_WERE_TOLD_VAR", "DATABASE_URL": "TESTS_WERE_TOLD_DATABASE"}
FIRST = "TESTS_BEGAN_AS"
if "PYTEST_XDIST_WORKER" not in os.environ or os.environ.get(FIRST) != str(os.getppid()):
    os.environ[FIRST] = str(os.getpid())
    os.environ.update({told: os.environ.get(name, "") for name, told in TOLD.items()})
# One folder a process, so that two runs in one checkout do not meet.
TEST_VAR = Path(os.environ[TOLD["CLINIC_VAR"]] or BASE / "var" / "test").absolute() / f"pytest-{os.getpid()}"

os.environ["CLINIC_MODE"] = "demo"
os.environ["CLINIC_VAR"] = str(TEST_VAR)
OWN_POSTGRES = not os.environ[TOLD["DATABASE_URL"]]
if OWN_POSTGRES:
    os.environ["DATABASE_URL"] = servers.database_url(TEST_VAR / "postgres")
os.environ["REDIS_URL"] = servers.redis_url(TEST_VAR / "valkey")

from clinic.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, and guards nothing here
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {  # no manifest: a template may name a file without a collectstatic before each run
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
