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
    call_command("createcachetable")
    collect_static()
    load_demo()
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


def load_demo() -> None:
    """Once: seed_demo works in one transaction, so its staff are there when everything is."""
    from django.core.management import call_command, get_commands

    from clinic.checks import demo_accounts_exist

    if "seed_demo" in get_commands() and not demo_accounts_exist():
        call_command("seed_demo")


def write_welcome() -> None:
    """For the supervisor, which has no Django, to print."""
    from django.conf import settings

    from clinic.models import User

    patients = User.objects.filter(is_staff=False, phone__isnull=False).order_by("pk")
    phone = patients.values_list("phone", flat=True).first()
    (settings.VAR / demo.WELCOME).write_text(json.dumps({"patient_phone": phone}))


if __name__ == "__main__":
    sys.exit(main())
