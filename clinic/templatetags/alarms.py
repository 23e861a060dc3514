"""What people who are not doctors see of alarms: the patient who rings when, the desk that a doctor must."""

from collections.abc import Iterable
from datetime import datetime

from django import template

from clinic import clock, formats
from clinic.models import Patient
from clinic.rules import phones
from clinic.services import alarms
from clinic.services.alarms import Waiting
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
    return {"calls": lines(alarms.waiting(), now=clock.now())}


def lines(found: Iterable[Waiting], *, now: datetime) -> list[dict[str, object]]:
    return [
        {
            "patient_id": one.patient.pk,
            "name": one.patient.name,
            "number": phones.shown(one.number),
            "href": f"tel:{one.number}",
            "by": _when(one.deadline),
            "is_overdue": one.deadline < now,
            "has_nobody": one.has_nobody,
            "owners": ", ".join(user.name or user.email for user in one.owners),
            "alarms": " ".join(str(alarm.pk) for alarm in one.alarms),
        }
        for one in found
    ]


def _when(moment: datetime) -> str:
    return formats.when(moment, zone_of())
