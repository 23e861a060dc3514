from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from bookings.demo.places import make_clinic
from bookings.demo.stories import tell_all
from clinic import clock
from clinic.demo_mark import demo_is_loaded, mark_demo_loaded
from clinic.models import Location, Message
from clinic.models.outbox import MessageState
from treatments.services.products import sync_products


class Command(BaseCommand):
    help = "Fill an empty database with a made-up clinic; does nothing where a clinic is. Demo only."

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("seed_demo fills the demo only: nothing was written")
        if demo_is_loaded():
            self.stdout.write("The demo clinic is there already.")
            return
        if Location.objects.exists():
            raise CommandError(
                "seed_demo fills an empty database only: this one holds a clinic, or half of one"
            )
        now = clock.now().replace(second=0, microsecond=0)
        sync_products()
        clinic = make_clinic(today=now.date())
        patients = tell_all(clinic, now)
        _what_was_due_has_been_sent(now)
        mark_demo_loaded(now=now)
        self.stdout.write(f"The demo clinic has {len(patients)} patients.")


def _what_was_due_has_been_sent(now) -> None:
    """The past weeks were told after the fact: what would have gone out by now must not go out today."""
    due = Message.objects.filter(state=MessageState.SCHEDULED, due_at__lte=now)
    due.update(state=MessageState.SENT, sent_at=F("due_at"))
