"""A course placed whole: what somebody wishes, and the times they saw, as they come back."""

from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError

from bookings.forms.times import Key
from bookings.refusals import NotWhole
from bookings.services.rhythms import Rhythm
from treatments.models import Course, CourseSession

MOST_SESSIONS = 60


class PlanWish(forms.Form):
    """`hour`, `begin`, `day` (of the week, several) and `doctor` bound the plan; `rhythm` picks one."""

    hour = forms.ChoiceField(
        required=False, choices=[(code, code) for code in ("morning", "afternoon", "evening")]
    )
    begin = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    day = forms.TypedMultipleChoiceField(
        required=False, coerce=int, choices=[(number, number) for number in range(7)]
    )
    doctor = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    rhythm = forms.ChoiceField(required=False, choices=[(one.value, one.value) for one in Rhythm])


class WholePlan(Key):
    """`time` comes once for each session: session@start@practitioner or nothing."""

    def __init__(self, *args, course: Course, **fields):
        super().__init__(*args, **fields)
        self.course = course
        self.times: list[tuple[CourseSession, datetime, int | None]] = []

    def clean(self) -> dict:
        carried = self.data.getlist("time")
        if not 0 < len(carried) <= MOST_SESSIONS:
            raise ValidationError(NotWhole.text, code="none")
        sessions = {session.pk: session for session in self.course.sessions.select_related("course__patient")}
        self.times = [_time(one, sessions) for one in carried]
        if len({session.pk for session, _starts, _who in self.times}) < len(self.times):
            raise ValidationError(NotWhole.text, code="twice")
        return super().clean()


def _time(carried: str, sessions: dict[int, CourseSession]) -> tuple[CourseSession, datetime, int | None]:
    try:
        session, starts, who = carried.split("@")
        moment = datetime.fromisoformat(starts)
        found = sessions[int(session)], moment.astimezone(UTC), int(who) if who else None
    except (ValueError, KeyError, OverflowError):
        raise ValidationError(NotWhole.text, code="time") from None
    if moment.utcoffset() is None or not 2000 < moment.year < 2200 or (who and not 0 < found[2] < 2**63):
        raise ValidationError(NotWhole.text, code="time")
    return found
