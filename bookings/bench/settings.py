"""The project's settings for a bench database: `harness` and its web server run with these."""

from clinic.settings import *  # noqa: F403
from clinic.settings import DATABASES, DEMO, VAR

if not DEMO or not DATABASES["default"].get("NAME", "").startswith("bench_"):
    raise SystemExit("bench works on a database of its own: run `manage.py bench`.")

ROOT_URLCONF = "bookings.bench.urls"
STORAGES = {  # no manifest, so that nothing need be collected first
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
