import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

from bookings.services.verifying import Found, verify
from clinic import clock


class Command(BaseCommand):
    help = "Look for what must never be in the diary; exit 1 and the rows by their ids if anything is."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print what was found as JSON")

    def handle(self, **options):
        found = verify(now=clock.now())
        self.stdout.write(json.dumps(asdict(found)) if options["json"] else in_words(found))
        if found.wrong:
            raise CommandError("The diary is wrong in what is named above.", returncode=1)


def in_words(found: Found) -> str:
    """One line a check, with the rows that break it."""
    lines = [f"wrong: {name}: {', '.join(rows)}" for name, rows in found.wrong.items()]
    lines += [f"let stand: {name}: {', '.join(rows)}" for name, rows in found.listed.items()]
    return "\n".join(lines) or "Nothing is wrong."
