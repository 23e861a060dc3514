"""For whom something is booked at the desk, and what: consultations, and the sessions that want a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpRequest

from bookings.forms.desk import BookAsked
from bookings.models import Booking, Status
from bookings.services import soft
from bookings.services.courses import Row, rows
from bookings.services.desk.times import Wanted, read_limits
from bookings.services.openings.doctors import ANYBODY, Doctor, Whom, doctors_for
from bookings.views.desk.frame import age_of, locations_of, place_of
from bookings.views.patient import whom_chips
from clinic import clock
from clinic.models import Location, Patient, Practitioner, VisitType
from clinic.models.visit_types import VisitKind
from clinic.rules import phones
from clinic.services.days import local_day
from treatments.models import Course, CourseSession
from treatments.services.pausing import without_paused

Link = Callable[..., str]


@dataclass(frozen=True)
class Asked:
    """What the address asks for, as far as it makes sense. `given`: its parts, read."""

    patient: Patient
    wanted: Wanted
    whom: Whom
    doctors: Sequence[Doctor]
    types: Sequence[VisitType]
    sessions: Sequence[Row]
    locations: Sequence[Location]
    given: dict

    @property
    def parts(self) -> dict:
        """Its parts as they stand in an address; `who` may be 0, anybody."""
        wanted, given = self.wanted, self.given
        what = {"session": wanted.session.pk} if wanted.session else {"type": wanted.visit_type.code}
        at = None if wanted.session else wanted.location.slug
        return what | {"at": at, **whom_chips.parts(self.whom), "who": given.get("who")}


def read_asked(request: HttpRequest, patient: Patient, now: datetime) -> Asked | None:
    """None where nothing can be booked: no place, no kind of visit, or a record that is closed."""
    form = BookAsked(request.GET)
    form.is_valid()  # what cannot be read of an address counts as not asked for
    given = form.cleaned_data
    locations = locations_of(request)
    types = list(VisitType.objects.current().filter(kind=VisitKind.CONSULTATION).order_by("pk"))
    if not locations or not types or patient.died_on or patient.merged_into_id:
        return None
    sessions = sessions_to_book(patient, locations)
    wanted = _wanted(request, patient, given, sessions=sessions, types=types, locations=locations)
    today = local_day(now, wanted.location)
    doctors = doctors_for(wanted.visit_type, wanted.location, today=today)
    whom = _whom(given, wanted, doctors)
    among = whom.among(doctors)
    wanted = Wanted(wanted.visit_type, wanted.location, wanted.session, None, whom.who, among)
    return Asked(patient, wanted, whom, doctors, types, sessions, locations, given)


def _wanted(request: HttpRequest, patient: Patient, given: dict, *, sessions, types, locations) -> Wanted:
    session = _session_asked(sessions, given)
    if session:
        course = session.course
        return Wanted(course.visit_type, course.location, session, practitioner=course.practitioner_id)
    return Wanted(_type_asked(types, given, patient), place_of(request, locations, given.get("at")))


def _whom(given: dict, wanted: Wanted, doctors: Sequence[Doctor]) -> Whom:
    """With the dermatologist of the course unless somebody else is asked for."""
    if given.get("who") is None and not given.get("gender") and not given.get("speaks"):
        return Whom(wanted.practitioner)
    whom = whom_chips.whom_of(given)
    if given.get("start") and whom.who and not _is_a_doctor(whom.who, doctors):
        return ANYBODY  # the list that was clicked is a room's
    return whom


def _is_a_doctor(pk: int, doctors: Sequence[Doctor]) -> bool:
    return pk in {one.pk for one in doctors} or Practitioner.objects.filter(pk=pk).exists()


def sessions_to_book(patient: Patient, locations: Sequence[Location]) -> list[Row]:
    """The next session of each course that wants a time and may have one."""
    courses = Course.objects.filter(patient=patient, ended_on=None, location__in=locations)
    courses = courses.select_related("visit_type", "location", "patient").order_by("pk")
    found = []
    for course in without_paused(courses):
        found += soft.to_book(rows(course), local_day(clock.now(), course.location))[:1]
    return found


def _session_asked(sessions: Sequence[Row], given: dict) -> CourseSession | None:
    """The one in the address; nothing asked for: the next one of a course under way, if it may be then."""
    if given.get("type"):
        return None
    wanted, start = given.get("session"), given.get("start")
    found = (row.session for row in sessions if wanted in (None, row.session.pk))
    session = next(found, None)
    if wanted and session is None:
        raise Http404
    if session and start and not wanted and not _may_be(session, start.date(), given):
        return None
    return session


def _may_be(session: CourseSession, day: date, given: dict) -> bool:
    """Somebody clicked that day on a board: one on which the session may be, and at the course's place."""
    return given.get("at") in ("", None, session.course.location.slug) and read_limits(session).allow(day)


def _type_asked(types: Sequence[VisitType], given: dict, patient: Patient) -> VisitType:
    """Somebody who has been here needs no first consultation."""
    asked = next((one for one in types if one.code == given.get("type")), None)
    if asked:
        return asked
    been = Booking.objects.filter(patient=patient, status=Status.DONE).exists()
    return next((one for one in types if one.is_online != been), types[0])


# The head of each page: who it is, what for, where


def head(asked: Asked, link: Link, *, now: datetime, sessions: bool = True) -> dict:
    """What parts/who_and_what.html shows; `link` gives the page with something else chosen."""
    patient = asked.patient
    return {
        "patient": patient,
        "age": age_of(patient, local_day(now, asked.wanted.location)),
        "phone": phones.shown(patient.phone),
        "kinds": [*(_session_kinds(asked, link) if sessions else []), *_type_kinds(asked, link)],
        "places": _places(asked, link),
        "here": "day",
    }


def _session_kinds(asked: Asked, link: Link) -> list[dict]:
    return [
        {
            "name": row.session.course.visit_type.name,
            "number": row.session.number,
            "href": link(session=row.session.pk, type=None, at=None, since=None, who=_kept_who(asked)),
            "chosen": asked.wanted.session == row.session,
        }
        for row in asked.sessions
    ]


def _type_kinds(asked: Asked, link: Link) -> list[dict]:
    at = asked.wanted.location.slug
    return [
        {
            "name": one.name,
            "href": link(type=one.code, session=None, at=at, since=None, who=_kept_who(asked)),
            "chosen": asked.wanted.session is None and asked.wanted.visit_type == one,
        }
        for one in asked.types
    ]


def _kept_who(asked: Asked) -> int | None:
    """Another kind of visit forgets whom the first one was with, unless that list was clicked."""
    return asked.given.get("who") if asked.given.get("start") else None


def _places(asked: Asked, link: Link) -> list[dict]:
    """A course has its own location; a time clicked on one board is none at another place."""
    if asked.wanted.session or len(asked.locations) < 2:
        return []
    return [
        {
            "name": one.area,
            "href": link(at=one.slug, who=None, start=None),
            "chosen": one == asked.wanted.location,
        }
        for one in asked.locations
    ]
