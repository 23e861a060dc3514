"""What people who are not doctors see of alarms: the patient who rings when, the desk that a doctor must."""

from collections.abc import Iterable
from datetime import datetime

from django import template

from clinic import clock, formats
from clinic.models import Alarm, Patient
from clinic.services import alarms
from clinic.services.days import zone_of

register = template.Library()


@register.inclusion_tag("alarms/promise.html", takes_context=True)
def contact_promise(context: template.Context, patient: Patient, about: str = "") -> dict[str, object]:
    """{% contact_promise patient %}: who rings by when, where to turn before that; nothing if nobody does.

    `about` keeps to one alarm's subject, for pages that a shared phone shows before its PIN.
    """
    now = clock.now()
    promise = alarms.contact_promise(patient, now=now, about=[about] if about else [])
    return {
        "promise": promise,
        "by": _when(promise.by) if promise else "",
        "tried": _when(promise.tried_at) if promise and promise.tried_at else "",
        "clinic_phone": context.get("clinic_phone"),
        "clinic_phone_href": context.get("clinic_phone_href"),
    }


@register.inclusion_tag("alarms/desk_calls.html")
def desk_calls() -> dict[str, object]:
    """{% desk_calls %}: whom a doctor must ring by when. Never why, nor how urgent it is called."""
    now, first = clock.now(), {}
    for alarm in alarms.open_alarms():
        first.setdefault(alarm.patient_id, alarm)
    return {"calls": list(_lines(first.values(), now))}


def _lines(found: Iterable[Alarm], now: datetime) -> Iterable[dict[str, object]]:
    for alarm in found:
        yield {
            "name": alarm.patient.name,
            "by": _when(alarm.deadline),
            "is_overdue": alarm.deadline < now,
        }


def _when(moment: datetime) -> str:
    return formats.when(moment, zone_of())
