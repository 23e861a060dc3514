"""Who has paused is asked once how things are: a row in the outbox from the day of the pause, taken back when
it ends. A pause that medicine asked for is the dermatologists' to ask about, and no message goes out.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from bookings.rules import reminder_ladder
from bookings.services.wording import drafted, on_days
from clinic import outbox
from clinic.services.days import local_day, zone_of
from treatments.models import Course, Pause
from treatments.rules.pausing import asked_after_at
from treatments.services.pausing import is_the_doctors


def follow(course: Course, pauses: Iterable[Pause], *, now: datetime) -> None:
    """Make the outbox say what is still paused of this course; expects the patient locked."""
    over = Q(ended_at__isnull=False) | Q(course__ended_on__isnull=False)
    rows = Pause.objects.filter(over, patient=course.patient_id)
    outbox.withdraw(subjects=[about_pause(pk) for pk in rows.values_list("pk", flat=True)])
    for pause in pauses:
        if course.ended_on is None and not is_the_doctors(pause):
            _ask_later(course, pause, now)


def _ask_later(course: Course, pause: Pause, now: datetime) -> None:
    """The outbox keeps what was sent from being sent again; until when it will be may have been said anew."""
    tz = zone_of(course.location)
    due_at = asked_after_at(from_at=pause.from_at, until_on=pause.until_on, tz=tz)
    planned = reminder_ladder.on_hold(due_at, tz=tz, now=now)
    if planned is None:
        return
    since = local_day(pause.from_at, course.location)
    said = on_days(course.patient, course.location, since, since)
    outbox.withdraw(subjects=[about_pause(pause.pk)])
    outbox.write([drafted(about_pause(pause.pk), course.patient, planned, said)], now=now)


def about_pause(pause: int) -> str:
    return f"pause:{pause}"
