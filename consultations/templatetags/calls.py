"""Whom a doctor has to ring, with the reasons, on top of the doctor's own pages."""

from datetime import datetime

from django import template

from clinic import audit, clock, formats
from clinic.models.alarms import CallOutcome, Lane
from clinic.rules import phones
from clinic.services.days import zone_of
from consultations.services.calls import Call, open_calls

register = template.Library()


@register.inclusion_tag("alarms/doctor_calls.html", takes_context=True)
def doctor_calls(context: template.Context) -> dict[str, object]:
    """{% doctor_calls %}: who, on which number, by when, why; and what came of it. Reading it is noted."""
    now, calls = clock.now(), open_calls()
    patients = [call.patient for call in calls]
    audit.viewed_list(by=context["request"].user, patients=patients, what="calls", now=now)
    return {
        "calls": [_line(call, now) for call in calls],
        "outcomes": CallOutcome.choices,
        "csrf_token": context["csrf_token"],
    }


def _line(call: Call, now: datetime) -> dict[str, object]:
    zone, tried = zone_of(), call.tried
    return {
        "patient": call.patient,
        "alarms": " ".join(str(alarm.pk) for alarm in call.alarms),
        "number": phones.shown(call.number),
        "href": f"tel:{call.number}",
        "by": formats.when(call.deadline, zone),
        "is_overdue": call.deadline < now,
        "at_once": call.lane == Lane.EMERGENCY,
        "reasons": call.reasons,
        "eased": call.eased,
        "tried": formats.when(tried.acknowledged_at, zone) if tried else "",
        "tried_by": tried.acknowledged_by.name if tried else "",
    }
