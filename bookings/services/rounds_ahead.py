"""What a patient still has to answer: before the next session, and before a course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.models import Booking, Status
from clinic.models import Patient
from clinic.services.days import local_day
from consultations.models.intakes import Purpose
from consultations.rules.rounds import is_asked
from consultations.services.intakes import open_intake
from consultations.services.rounds import answered_round, open_course_questions


@dataclass(frozen=True)
class SessionRound:
    """The short round before a session. `answered_at`: of the one that still counts."""

    booking: Booking
    is_begun: bool
    answered_at: datetime | None


@dataclass(frozen=True)
class CourseRound:
    """`count`: questions that are open, as far as the answers tell."""

    count: int
    is_begun: bool


def session_round(patient: Patient, coming: Sequence[Booking], *, now: datetime) -> SessionRound | None:
    """None unless the next session is near; `coming`: the visits ahead, soonest first."""
    booked = (one for one in coming if one.session_id and one.status == Status.BOOKED)
    nearest = next(booked, None)
    if nearest is None or not is_asked(starts=nearest.starts, now=now):
        return None
    answered = answered_round(patient, at=now)
    begun = open_intake(patient, Purpose.PRE_SESSION)
    return SessionRound(nearest, begun is not None, answered.submitted_at if answered else None)


def course_round(patient: Patient, *, now: datetime) -> CourseRound | None:
    """For somebody with a course; None once everything is answered and sent."""
    count = len(open_course_questions(patient, today=local_day(now)))
    begun = open_intake(patient, Purpose.COURSE)
    return CourseRound(count, begun is not None) if count or begun else None
