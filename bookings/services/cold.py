"""Courses gone cold: the next session has no time and its last day is past. Those on pause wait, no more.

Five queries however many: the sessions; calls, messages and forms; who was asked to look through the form.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from bookings.models import Booking, Call
from bookings.services.asking_again import ASKED
from clinic.models import AuditRow, Message, Patient
from clinic.models.outbox import MessageState
from clinic.services.alarms import number_of
from clinic.services.days import local_day
from consultations.models import Intake
from consultations.models.intakes import Purpose
from treatments.models import Course, CourseSession, Extension, Pause
from treatments.rules.coldness import Coldness, coldness
from treatments.rules.gaps import Gap, Verdict

WHAT_IS_NEW = (Purpose.FULL, Purpose.UPDATE)


@dataclass(frozen=True)
class Contact:
    """When we last had to do with somebody: a call, a message, or the last session itself."""

    on: date
    how: str  # call | message | visit


@dataclass(frozen=True)
class Cold:
    """`asked_on`: a doctor asked to look through the form; `answered_on`: one came after the last session."""

    session: CourseSession
    last_given: date
    coldness: Coldness
    contact: Contact
    asked_on: date | None = None
    answered_on: date | None = None

    @property
    def course(self) -> Course:
        return self.session.course

    @property
    def patient(self) -> Patient:
        return self.session.course.patient

    @property
    def number(self) -> str:
        return number_of(self.patient)

    @property
    def needs_doctor(self) -> bool:
        return self.coldness.verdict == Verdict.RESCREEN


def cold_courses(*, now: datetime, locations: Collection[int] | None = None) -> list[Cold]:
    """Return those first whom the desk may still book, the latest first; `locations` None: everywhere."""
    found = [(session, cold) for session in _sessions(now, locations) if (cold := _coldness(session, now))]
    since = _Since.read([session.course.patient_id for session, _ in found])
    rows = [_row(session, cold, since) for session, cold in found]
    return sorted(rows, key=lambda row: (row.needs_doctor, -row.coldness.days_late, row.course.pk))


def cold_course(course: Course, *, now: datetime) -> Cold | None:
    """The same of one course; None where it is not cold."""
    session = _sessions(now, None).filter(course=course).first()
    cold = session and _coldness(session, now)
    return _row(session, cold, _Since.read([course.patient_id])) if cold else None


def cold_count(*, now: datetime, locations: Collection[int] | None = None) -> int:
    """How many there are, in one query."""
    return sum(_coldness(session, now) is not None for session in _sessions(now, locations))


# Which sessions


def _sessions(now: datetime, locations: Collection[int] | None) -> QuerySet[CourseSession]:
    """The next session of every course under way that has been begun, where it has no time."""
    of_course = CourseSession.objects.filter(course=OuterRef("course"))
    earlier = of_course.filter(number__lt=OuterRef("number"), given_on=None, dropped_reason="")
    last = of_course.filter(number__lt=OuterRef("number"), given_on__isnull=False).order_by("-number")
    placed = Booking.objects.counting().unexpired(now).filter(session=OuterRef("pk"))
    longer = Extension.objects.filter(session=OuterRef("pk")).order_by("-until_on")
    found = CourseSession.objects.filter(
        ~Exists(earlier), ~Exists(placed), ~Exists(_pauses()), given_on=None, dropped_reason="",
        target__isnull=False, course__ended_on=None, course__patient__died_on=None,
        course__patient__merged_into=None,
    )  # fmt: skip
    if locations is not None:
        found = found.filter(course__location__in=locations)
    return found.annotate(
        last_given=Subquery(last.values("given_on")[:1]),
        possible_until=Subquery(longer.values("until_on")[:1]),
    ).select_related("course__patient__account", "course__location", "course__practitioner__resource")


def _pauses() -> QuerySet[Pause]:
    of_all = Q(course=None, patient=OuterRef("course__patient"))
    return Pause.objects.filter(Q(course=OuterRef("course")) | of_all, ended_at=None)


def _coldness(session: CourseSession, now: datetime) -> Coldness | None:
    if session.last_given is None:
        return None
    return coldness(
        last=session.last_given,
        gap=Gap(session.never_before, session.earliest, session.target, session.latest),
        today=local_day(now, session.course.location),
        extended_until=session.possible_until,
    )


# What there was since


@dataclass(frozen=True)
class _Since:
    """By patient: the last call, the last message sent, when they were asked, and when a form came last."""

    calls: dict[int, datetime]
    messages: dict[int, datetime]
    asked: dict[int, datetime]
    forms: dict[int, datetime]

    @classmethod
    def read(cls, patients: Collection[int]) -> "_Since":
        if not patients:
            return cls({}, {}, {}, {})
        sent = Message.objects.filter(patient__in=patients, state=MessageState.SENT)
        asked = AuditRow.objects.filter(patient__in=patients, action=ASKED)
        forms = Intake.objects.filter(patient__in=patients, purpose__in=WHAT_IS_NEW)
        calls = Call.objects.filter(booking__patient__in=patients)
        return cls(
            _newest(calls, "booking__patient", "at"), _newest(sent, "patient", "sent_at"),
            _newest(asked, "patient", "at"), _newest(forms, "patient", "submitted_at"),
        )  # fmt: skip


def _newest(rows: QuerySet, patient: str, at: str) -> dict[int, datetime]:
    return dict(rows.order_by().values_list(patient).annotate(newest=Max(at)))


def _row(session: CourseSession, cold: Coldness, since: _Since) -> Cold:
    patient = session.course.patient_id

    def day(moments: dict[int, datetime]) -> date | None:
        moment = moments.get(patient)
        return local_day(moment, session.course.location) if moment else None

    asked, form = day(since.asked), day(since.forms)
    is_asked = asked is not None and asked > session.last_given
    is_answered = form is not None and form > session.last_given
    contact = _last_contact([("call", day(since.calls)), ("message", day(since.messages))], session)
    return Cold(
        session, session.last_given, cold, contact, asked if is_asked else None, form if is_answered else None
    )


def _last_contact(found: Iterable[tuple[str, date | None]], session: CourseSession) -> Contact:
    contacts = [Contact(on, how) for how, on in found if on]
    return max([Contact(session.last_given, "visit"), *contacts], key=lambda contact: contact.on)
