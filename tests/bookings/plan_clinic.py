"""One dermatologist, one room, one chair, a course of three a fortnight apart, and days without a time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.models import Away, Closure, Status
from bookings.services.planning import Wish, ask
from tests import builders
from tests.builders import NOW

IST = ZoneInfo("Asia/Kolkata")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=IST)


def november(number: int) -> date:
    """Days after 31 October 2026, so that 31 is 1 December; the 2nd is a Monday, and today."""
    return date(2026, 10, 31) + timedelta(days=number)


@pytest.fixture
def course():
    """At least 7, planned 10 to 21 days apart, aimed at 14; nothing placed."""
    location = builders.a_location()
    builders.a_room(location=location)
    builders.a_chair(location=location)
    session = builders.session_type()
    doctor = builders.a_practitioner(location=location, qualified=[session], name="Dr Rao")
    return builders.a_course(location=location, visit_type=session, practitioner=doctor, sessions=3)


def question(course, *, now=NOW, **wished):
    return ask(course, now=now, wish=Wish(**wished))


def given(course, text="2026-11-04T10:00"):
    """The first session; what is left has to follow it in 10 to 21 days: 14 to 25 November."""
    builders.a_record(session=course.sessions.get(number=1), started_at=local(text))
    return local(text) + timedelta(hours=1)


def days(proposal) -> list[date]:
    return [item.starts.astimezone(IST).date() for item in proposal.wanted]


def close(course, first: int, last: int, *, kind="closed", resource=None):
    starts, ends = (datetime.combine(november(day), time(0), IST) for day in (first, last + 1))
    of = {"resource": resource} if resource else {"location": course.location}
    return Closure.objects.create(starts=starts, ends=ends, kind=kind, reason="an example", **of)


def away(course, first: int, last: int, **fields):
    return Away.objects.create(
        patient=course.patient, first_on=november(first), last_on=november(last), at=NOW,
        by=course.patient.account, **fields,
    )  # fmt: skip


def fill(course, first: int, last: int, *, practitioner=None):
    """Take all of the practitioner's time on these days."""
    all_day = builders.consultation_type(steps=[("talking", 200, ["practitioner"])] * 3)
    for number in range(first, last + 1):
        starts = datetime.combine(november(number), time(8), IST)
        builders.a_booking(
            visit_type=all_day, location=course.location, starts=starts,
            practitioner=practitioner or course.practitioner,
        )  # fmt: skip


def came(course, *texts, practitioner=None):
    """Earlier visits of this patient."""
    kind = builders.consultation_type()
    for text in texts:
        builders.a_booking(
            patient=course.patient, visit_type=kind, location=course.location, starts=local(text),
            practitioner=practitioner or course.practitioner, status=Status.DONE,
        )  # fmt: skip
