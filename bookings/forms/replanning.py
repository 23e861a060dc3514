"""A course planned again: what is asked for, and the times somebody saw as they come back."""

from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from bookings.forms.plan import MOST_SESSIONS
from bookings.forms.times import InstantField, Key
from bookings.models import Booking
from bookings.refusals import Changed, NotWhole
from treatments.models import Course, CourseSession

Seen = tuple[int, datetime, int | None, int | None]


class ChosenTime(forms.Form):
    """The session that somebody puts at a time, if any."""

    session = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    starts = InstantField(required=False)
    who = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class WholeReplan(Key):
    """`time` comes once for each session that changes: session@start@practitioner@version, the last two may
    be empty. The version is that of the booking that moves, as the page showed it.
    """

    def __init__(self, *args, course: Course, **fields):
        super().__init__(*args, **fields)
        self.course = course
        self.moves: list[tuple[Booking, datetime, int | None]] = []
        self.places: list[tuple[CourseSession, datetime, int | None]] = []

    def clean(self) -> dict:
        carried = self.data.getlist("time")
        if not 0 < len(carried) <= MOST_SESSIONS:
            raise ValidationError(NotWhole.text, code="none")
        seen = [_seen(one) for one in carried]
        if len({one[0] for one in seen}) < len(seen):
            raise ValidationError(NotWhole.text, code="twice")
        self._find(seen)
        return super().clean()

    def _find(self, seen: list[Seen]) -> None:
        bookings = Booking.objects.counting().filter(course=self.course, replaces=None)
        booked = {
            booking.session_id: booking
            for booking in bookings.select_related("visit_type", "location", "patient", "session")
        }
        sessions = {one.pk: one for one in self.course.sessions.select_related("course__patient")}
        for pk, starts, who, version in seen:
            if pk not in sessions:
                raise ValidationError(NotWhole.text, code="time")
            if version is None:
                self.places.append((sessions[pk], starts, who))
                continue
            if pk not in booked:
                raise ValidationError(Changed.text, code="changed")
            booked[pk].version = version
            self.moves.append((booked[pk], starts, who))


def _seen(carried: str) -> Seen:
    try:
        session, starts, who, version = carried.split("@")
        moment = datetime.fromisoformat(starts)
        found = int(session), moment.astimezone(UTC), *(int(one) if one else None for one in (who, version))
    except (ValueError, OverflowError):
        raise ValidationError(NotWhole.text, code="time") from None
    numbers = [one for one in (found[0], *found[2:]) if one is not None]
    if moment.utcoffset() is None or not 2000 < moment.year < 2200 or not all(0 < n < 2**31 for n in numbers):
        raise ValidationError(NotWhole.text, code="time")
    return found


# Why the desk plans again: a code on the change, for the reports
WHYS = (
    ("patient", gettext_lazy("Patient asked")),
    ("ill", gettext_lazy("Patient ill")),
    ("not_come", gettext_lazy("Did not come")),
    ("given_late", gettext_lazy("Given on another day")),
    ("clinic", gettext_lazy("The clinic")),
    ("other", gettext_lazy("Something else")),
)


def why_choices(usual: str) -> list[dict]:
    return [{"code": code, "words": words, "chosen": code == usual} for code, words in WHYS]


ASK = "ask"


class DeskReplan(WholeReplan):
    """`do`: ask the patient instead of moving at once; what has no time yet cannot be asked about."""

    reason = forms.ChoiceField(choices=WHYS)
    do = forms.ChoiceField(required=False, choices=[(ASK, "")])

    @property
    def asks(self) -> bool:
        return self.cleaned_data.get("do") == ASK and bool(self.moves) and not self.places
