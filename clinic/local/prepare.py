"""Between the servers and the first page, in one process because each Django start costs a second:
migrations, the cache table, the static files if they changed, the demo clinic if it is not there.

Run by the supervisor as `python -m clinic.local.prepare`.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

from clinic.local import demo

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1)
    if is_half_loaded():
        start_afresh()
        call_command("migrate", interactive=False, verbosity=1)
    call_command("createcachetable")
    collect_static()
    call_command("seed_demo")
    write_welcome()


def collect_static() -> None:
    from django.conf import settings
    from django.core.management import call_command

    stamp = settings.VAR / "static.stamp"
    wanted = static_fingerprint()
    if not stamp.exists() or stamp.read_text() != wanted or not settings.STATIC_ROOT.exists():
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(wanted)


def static_fingerprint() -> str:
    from django.contrib.staticfiles.finders import get_finders

    files = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            files.append(f"{name} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()


def is_half_loaded() -> bool:
    """After a first start that was ended while it loaded the demo clinic, in many transactions."""
    from clinic.demo_mark import demo_is_loaded
    from clinic.models import Location

    return Location.objects.exists() and not demo_is_loaded()


def start_afresh() -> None:
    """Only in the embedded database, whose data nobody but the demo has made."""
    from django.conf import settings
    from django.db import connection

    from clinic import environment

    if not environment.is_embedded(settings.ENVIRON["DATABASE_URL"], settings.VAR):
        sys.exit("DATABASE_URL names a database that holds a clinic, or half of one: name an empty one.")
    print("The demo clinic was loaded only half: starting afresh.")
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def write_welcome() -> None:
    """For the supervisor, which has no Django, to print."""
    from django.conf import settings

    from clinic.models import Location, User

    patients = User.objects.filter(is_staff=False, phone__isnull=False).order_by("pk")
    told = {
        "patient_phone": patients.values_list("phone", flat=True).first(),
        "time_zone": Location.objects.order_by("pk").values_list("time_zone", flat=True).first(),
    }
    (settings.VAR / demo.WELCOME).write_text(json.dumps(told))


if __name__ == "__main__":
    sys.exit(main())
