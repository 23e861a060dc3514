from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from bookings.demo.money import tell_money
from bookings.demo.places import make_clinic
from bookings.demo.scale import is_scaled, scale
from bookings.demo.stories import begin, tell_all
from bookings.demo.today import tell_today
from clinic import clock
from clinic.demo_mark import demo_is_loaded, mark_demo_loaded
from clinic.management.json_file import bad_input
from clinic.models import Location, Message
from clinic.models.outbox import MessageState
from treatments.services.products import sync_products

MOST_PEOPLE = 200_000


class Command(BaseCommand):
    help = "Fill an empty database with a made-up clinic; does nothing where a clinic is. Demo only."

    def add_arguments(self, parser):
        parser.add_argument(
            "--scale",
            metavar="N",
            help=f"also a big location with N more people, 1 to {MOST_PEOPLE}, and a year of visits",
        )

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("seed_demo fills the demo only: nothing was written")
        number = _number(options["scale"]) if options["scale"] is not None else None
        now = clock.now().replace(second=0, microsecond=0)
        self.stdout.write(load(now))
        if number:
            self.stdout.write(load_more(number, now))


def load(now: datetime) -> str:
    if demo_is_loaded():
        return "The demo clinic is there already."
    if Location.objects.exists():
        raise CommandError("seed_demo fills an empty database only: this one holds a clinic, or half of one")
    sync_products()
    demo = begin(make_clinic(today=now.date()), now)
    patients = [*tell_all(demo), *tell_today(demo)]
    tell_money(demo)
    _what_was_due_has_been_sent(now)
    mark_demo_loaded(now=now)
    return f"The demo clinic has {len(patients)} patients."


def load_more(number: int, now: datetime) -> str:
    if is_scaled():
        return "The big location is there already."
    return f"Beside it, {number} people with {scale(number, now=now)} visits."


def _number(given: object) -> int:
    text = str(given)
    if not (text.isascii() and text.isdigit()) or len(text) > 6 or not 1 <= int(text) <= MOST_PEOPLE:
        raise bad_input(f"--scale: a number from 1 to {MOST_PEOPLE} is needed.")
    return int(text)


def _what_was_due_has_been_sent(now: datetime) -> None:
    """The past weeks were told after the fact: what would have gone out by now must not go out today."""
    due = Message.objects.filter(state=MessageState.SCHEDULED, due_at__lte=now)
    due.update(state=MessageState.SENT, sent_at=F("due_at"))
