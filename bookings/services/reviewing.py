"""Whom the dermatologists have to look at, in which order, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from bookings.models import Booking
from bookings.models.bookings import LIVE
from clinic.models import Patient
from clinic.models.alarms import Lane
from clinic.services.days import local_day
from consultations.models import Decision, Screening
from consultations.models.decisions import ALLOWS_TREATMENT, Verdict
from consultations.models.screenings import Outcome
from consultations.services import rounds
from consultations.services.form_state import NOT_STARTED
from consultations.services.news import is_found_news, is_said_news
from treatments.models import Course
from treatments.services.may_treat import newest_decisions

LOOK_AHEAD = timedelta(days=14)
DECIDE_BEFORE = timedelta(hours=24)
MOST = 200
LANES = (Lane.EMERGENCY, Lane.SAME_DAY, Lane.SEVEN_DAYS, Lane.NONE)
OUTCOMES = tuple(Outcome)
BLOCKING = (Outcome.ABS, Outcome.DEFER)


@dataclass(frozen=True)
class Waiting:
    """One patient in the queue. `deadline`: a session's time is kept until the doctor has decided.

    `course_form`: how far the questions before a course are; empty for whom no course is under way.
    """

    patient: Patient
    screening: Screening
    booking: Booking | None
    lapses: bool
    course_form: str = ""

    @property
    def deadline(self) -> datetime | None:
        in_question = self.lapses or self.screening.outcome in BLOCKING
        return self.booking.starts - DECIDE_BEFORE if in_question and self._is_session else None

    @property
    def _is_session(self) -> bool:
        return self.booking is not None and self.booking.session_id is not None

    def order(self) -> tuple:
        """By lane, sessions in question, outcome, whose time comes first, who waits longest."""
        return (
            LANES.index(Lane(self.screening.lane)),
            self.deadline is None,
            OUTCOMES.index(Outcome(self.screening.outcome)),
            self.booking is None,
            self.booking.starts if self.booking else self.screening.at,
            self.screening.at,
        )


def waiting(*, now: datetime) -> list[Waiting]:
    """Return the queue in six queries, however long it is."""
    lapsing = set(_lapsing(now))
    found = list(_newest_screenings().filter(Q(decided=False) | Q(patient__in=lapsing))[:MOST])
    screenings = _to_look_at(found, lapsing)
    bookings = _next_bookings((screening.patient_id for screening in screenings), now)
    course_forms = _course_forms([screening.patient_id for screening in screenings])
    rows = [
        Waiting(
            patient=screening.patient,
            screening=screening,
            booking=bookings.get(screening.patient_id),
            lapses=screening.patient_id in lapsing,
            course_form=course_forms.get(screening.patient_id, ""),
        )
        for screening in screenings
    ]
    return sorted(rows, key=Waiting.order)


def _newest_screenings() -> QuerySet[Screening]:
    """The last screening of each living patient's newest answers, and whether these were decided on."""
    newest = Screening.objects.filter(patient=OuterRef("patient")).order_by("-last_answer", "-pk")
    decided = Decision.objects.filter(patient=OuterRef("patient"), last_answer__gte=OuterRef("last_answer"))
    return (
        Screening.objects.filter(pk=Subquery(newest.values("pk")[:1]))
        .filter(patient__died_on=None, patient__merged_into=None)
        .annotate(decided=Exists(decided))
        .select_related("patient", "rules")
        .order_by("at")
    )


def _to_look_at(screenings: list[Screening], lapsing: set[int]) -> list[Screening]:
    """Without those who said before a session that nothing is new, after a decision on all the rest."""
    decisions = newest_decisions(screening.patient_id for screening in screenings)
    return [
        screening
        for screening in screenings
        if screening.patient_id in lapsing
        or is_found_news(screening, decision := decisions.get(screening.patient_id))
        or is_said_news(screening, decision)
    ]


def _course_forms(patients: list[int]) -> dict[int, str]:
    courses = Course.objects.filter(patient__in=patients, ended_on=None).values_list("patient", flat=True)
    forms = rounds.course_forms(patients)
    return {patient: forms.get(patient, NOT_STARTED) for patient in courses}


def _lapsing(now: datetime) -> QuerySet:
    """Patients whose decision would stop a session within two weeks: lapsed by then, or only a deferral."""
    newest = Decision.objects.filter(patient=OuterRef("patient")).order_by("-pk")
    today = local_day(now)
    return (
        Booking.objects.counting()
        .filter(status__in=LIVE, day__range=(today, today + LOOK_AHEAD), patient__isnull=False)
        .annotate(
            verdict=Subquery(newest.values("verdict")[:1]),
            valid_until=Subquery(newest.values("valid_until")[:1]),
        )
        .filter(Q(verdict__in=ALLOWS_TREATMENT, valid_until__lt=F("day")) | Q(verdict=Verdict.DEFER))
        .values_list("patient", flat=True)
    )


def _next_bookings(patients: Iterable[int], now: datetime) -> dict[int, Booking]:
    """The next visit of each: sessions and consultations alike."""
    visits = (
        Booking.objects.live()
        .filter(patient__in=list(patients), ends__gt=now, replaces__isnull=True)
        .select_related("location", "practitioner__resource")
        .order_by("patient", "starts")
        .distinct("patient")
    )
    return {booking.patient_id: booking for booking in visits}
