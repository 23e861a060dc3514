"""Whom a doctor has to ring, with the reasons, on top of the doctor's own pages."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import audit, clock, formats
from clinic.models import AlarmStep, User
from clinic.models.alarms import CallOutcome, Lane
from clinic.rules import phones
from clinic.rules.on_call import AWAY, FIRST, MANAGERS, NOBODY
from clinic.services import on_call
from clinic.services.days import zone_of
from consultations.models import SymptomReport
from consultations.rules.signs import QUESTIONS
from consultations.services.calls import Call, open_calls

register = template.Library()


@register.inclusion_tag("alarms/doctor_calls.html", takes_context=True)
def doctor_calls(context: template.Context, back: str = "") -> dict[str, object]:
    """{% doctor_calls %}: who, on which number, by when, why; and what came of it. Reading it is noted.

    `back`: the page to return to, as a name that forms/calls.py knows.
    """
    now, calls, user = clock.now(), open_calls(), context["request"].user
    patients = [call.patient for call in calls]
    audit.viewed_list(by=user, patients=patients, what="calls", now=now)
    return {
        "own": _own_duty(user, now),
        "calls": [_line(call, now) for call in calls],
        "outcomes": CallOutcome.choices,
        "csrf_token": context["csrf_token"],
        "back": back,
    }


def _own_duty(user: User, now: datetime) -> dict[str, object] | None:
    row = on_call.own_duty(user, now=now)
    return row and {"is_first": row.rank == FIRST, "until": formats.when(row.ends, zone_of())}


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
        "reports": [_told(report) for report in call.reports],
        "eased": call.eased,
        "owners": ", ".join(_name(owner) for owner in call.owners),
        "goes_on": _goes_on(call, now),
        "steps": list(_steps(call.steps)),
        "tried": formats.when(tried.acknowledged_at, zone) if tried else "",
        "tried_by": tried.acknowledged_by.name if tried else "",
    }


def _goes_on(call: Call, now: datetime) -> str:
    """When somebody else is told, unless it is settled or taken before; managers are the last."""
    ahead = [alarm.next_at for alarm in call.alarms if alarm.next_at and 0 < alarm.level < MANAGERS]
    return formats.when(max(min(ahead), now), zone_of()) if ahead else ""


def _told(report: SymptomReport) -> dict[str, object]:
    asked = [question for question in QUESTIONS if question.code in report.answers]
    return {
        "words": report.words,
        "said": [(report.answers[question.code], _(question.short)) for question in asked],
        "at": formats.when(report.at, zone_of()),
        "by_link": report.by_id is None,
        "call_back": report.get_call_back_display().lower() if report.call_back else "",
        "photo": reverse("photo", args=[report.photo_id]) if report.photo_id else "",
    }


def _steps(steps: Iterable[AlarmStep]) -> Iterable[dict[str, str]]:
    """Managers are told together: one line."""
    groups: dict[tuple, list[AlarmStep]] = {}
    for step in steps:
        together = step.level >= MANAGERS or step.pk
        groups.setdefault((step.at, step.level, together), []).append(step)
    for (at, level, _together), told in groups.items():
        why = {NOBODY: _("nobody was on call"), AWAY: _("the one before is away")}.get(told[0].why, "")
        yield {"at": formats.when(at, zone_of()), "who": _who(level, told), "why": why}


def _who(level: int, told: list[AlarmStep]) -> str:
    people = [step.to for step in told if step.to]
    if not people:
        return _("nobody could be told")
    if level < MANAGERS:
        return _name(people[0])
    return ngettext("a manager", "%(n)s managers", len(people)) % {"n": len(people)}


def _name(user: User) -> str:
    return user.name or user.email
