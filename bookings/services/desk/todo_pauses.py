"""What the desk has to do about pauses: ask how things are, and find times for who goes on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.services.asking_after import PausedLong, going_on_without_times, paused_long
from bookings.services.desk.todo_rows import Act, Reason, Row, Urgency
from clinic.models import Location, Patient
from clinic.rules import phones
from consultations.services import calls
from treatments.models import Course


class Here(Protocol):
    location: Location
    now: datetime


def pauses(here: Here) -> Iterable[Row]:
    for one in paused_long(now=here.now, locations=[here.location.pk]):
        yield _asks_after(one)
    for course in going_on_without_times(location=here.location, now=here.now):
        yield _goes_on(course)


def _asks_after(one: PausedLong) -> Row:
    words = _("paused for %(n)s days: ask") % {"n": one.days}
    href = reverse("desk_pause", args=[one.pause.patient_id])
    acts = (Act(_("Goes on, or still paused…"), href),)
    patient = one.course.patient
    reasons = (("sun", "pause", words), *_number(patient))
    since = one.pause.from_at
    return Row(f"pause:{one.pause.pk}", Urgency.AHEAD, since, reasons, acts, title=patient.name)


def _goes_on(course: Course) -> Row:
    reasons = (("sun", "calendar", _("goes on after a pause: no time yet")), *_number(course.patient))
    acts = (Act(_("Choose the times…"), reverse("desk_patient", args=[course.patient_id])),)
    return Row(f"course:{course.pk}", Urgency.AHEAD, None, reasons, acts, title=course.patient.name)


def _number(patient: Patient) -> tuple[Reason, ...]:
    number = calls.number_of(patient)
    return (("plain", "phone", phones.shown(number)),) if number else (("sun", "phone", _("no number")),)
