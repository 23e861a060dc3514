import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from consultations.services.photo_files import (
    delete_files_without_photo,
    files_without_photo,
    photos_without_file,
)


class Command(BaseCommand):
    help = "Look for files that no photo has, and photos whose file is gone; exit 1 if any is gone."

    def add_arguments(self, parser):
        parser.add_argument("--clean", action="store_true", help="delete the files that no photo has")
        parser.add_argument("--json", action="store_true", help="print what was found as JSON")

    def handle(self, *, clean, **options):
        now = timezone.now()  # files have their times from the machine
        found = {
            "files_without_photo": files_without_photo(now=now),
            "photos_without_file": photos_without_file(),
        }
        if clean:
            delete_files_without_photo(now=now)
        lines = [f"{name}: {', '.join(rows)}" for name, rows in found.items() if rows]
        self.stdout.write(json.dumps(found) if options["json"] else "\n".join(lines) or "Nothing is wrong.")
        if found["photos_without_file"]:
            raise CommandError("Photos have lost their files: bring them back from a backup.", returncode=1)
