"""Everybody who waits for such a time as became free, as bookings/rules/ranking.py judges them.

A constant number of queries, however many wait.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from bookings.models import Away, Booking, FreedTime, Offer, Status, WaitlistEntry
from bookings.models.bookings import LIVE
from bookings.rules import offer_terms
from bookings.rules.ranking import FreeTime, Neighbour, Ranking, Waiting, rank
from bookings.services.door.gap_rules import Placed, floor_to, gap_before, own_treatments, treatments_on
from clinic.rules import timespans
from treatments.models import CourseSession
from treatments.rules.gaps import Treatment
from treatments.services.extensions import extended_until, with_extensions
from treatments.services.may_treat import Stage, Standing, standings_of

SHOWN_WITH_IT = ("patient__account", "visit_type", "location", "practitioner__resource", "booking")


@dataclass(frozen=True)
class Candidates:
    """Who waits, by entry, what each has already, and how they rank for one freed time."""

    entries: Mapping[int, WaitlistEntry]
    has: Mapping[int, Booking]
    ranking: Ranking


def open_entries() -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.filter(ended_at=None)


def free_time(freed: FreedTime, *, now: datetime) -> FreeTime:
    tz = ZoneInfo(freed.location.time_zone)
    local = freed.starts.astimezone(tz)
    soon = offer_terms.is_soon(freed.starts, tz=tz, now=now)
    return FreeTime(local.date(), local.time(), freed.practitioner_id, soon)


def candidates(freed: FreedTime, *, now: datetime) -> Candidates:
    waiting = open_entries().filter(location=freed.location_id, visit_type=freed.visit_type_id)
    found = list(waiting.select_related(*SHOWN_WITH_IT, "session__course", "session__product").order_by("pk"))
    facts = _Facts(found, freed, now)
    today = timespans.local_day(now, ZoneInfo(freed.location.time_zone))
    ranking = rank(free_time(freed, now=now), [facts.waiting(entry) for entry in found], today=today)
    has = {entry.pk: had for entry in found if (had := facts.has(entry))}
    return Candidates({entry.pk: entry for entry in found}, has, ranking)


def what_they_have(entries: Sequence[WaitlistEntry]) -> dict[int, Booking]:
    """Return by entry the booking they would give up: that of their session, or the visit they named."""
    sessions = [entry.session_id for entry in entries if entry.session_id]
    named = [entry.booking_id for entry in entries if entry.booking_id and not entry.session_id]
    rows = Booking.objects.filter(status=Status.BOOKED, replaces=None).select_related(
        "visit_type", "location", "practitioner__resource", "session"
    )
    of_session = {one.session_id: one for one in rows.filter(session__in=sessions)} if sessions else {}
    of_pk = {one.pk: one for one in rows.filter(pk__in=named)} if named else {}
    found = {
        entry.pk: of_session.get(entry.session_id) if entry.session_id else of_pk.get(entry.booking_id)
        for entry in entries
    }
    return {pk: booking for pk, booking in found.items() if booking}


def wished_among(held: Collection[Booking]) -> set[int]:
    """Of times kept for visits, those kept because people wait for an earlier one. One query, if any."""
    return set(Offer.objects.filter(held__in=held).values_list("held", flat=True)) if held else set()


class _Facts:
    """What the rule asks of everybody who waits, read at once."""

    def __init__(self, entries: Sequence[WaitlistEntry], freed: FreedTime, now: datetime) -> None:
        self.freed = freed
        people = {entry.patient_id: entry.patient for entry in entries}
        courses = {entry.session.course_id for entry in entries if entry.session_id}
        self._has = what_they_have(entries)
        self.plans = _plans(courses)
        self.treatments = _treatments_of(people) if courses else {}
        self.busy = _busy(people, freed)
        self.away = _away(people)
        self.standings = standings_of(people.values(), now=now) if courses else {}

    def has(self, entry: WaitlistEntry) -> Booking | None:
        return self._has.get(entry.pk)

    def waiting(self, entry: WaitlistEntry) -> Waiting:
        has, said = self.has(entry), entry
        before, after = self._neighbours(entry) if entry.session else (None, None)
        return Waiting(
            entry=entry.pk, since=said.created_at, first_on=said.first_on, last_on=said.last_on,
            weekdays=frozenset(said.weekdays),
            hours=(said.from_time, said.to_time) if said.from_time and said.to_time else None,
            practitioner=said.practitioner_id, at_short_notice=said.at_short_notice,
            has_on=has.day if has else None, before=before, after=after, near=self._near(entry),
            away=self.away.get(entry.patient_id, ()), is_held_back=self._is_held_back(entry),
            is_busy=bool(self.busy.get(entry.patient_id, set()) - {has and has.pk}),
        )  # fmt: skip

    def _neighbours(self, entry: WaitlistEntry) -> tuple[Neighbour | None, Neighbour | None]:
        """The placed sessions beside it; the gap of a session counts from the one before it."""
        placed = self.plans[entry.session.course_id].placed
        earlier = [one for one in placed if one.session.number < entry.session.number]
        later = [one for one in placed if one.session.number > entry.session.number]
        own = self.plans[entry.session.course_id].sessions.get(entry.session_id)
        before = _neighbour(earlier[-1].day, own) if earlier and own else None
        return before, _neighbour(later[0].day, later[0].session) if later else None

    def _near(self, entry: WaitlistEntry) -> list[tuple[date, int]]:
        """The days of their other courses, each with those to keep from it."""
        if entry.session is None:
            return []
        own = self.plans[entry.session.course_id].treatments
        return [
            (day, floor_to(own, other))
            for course, day, other in self.treatments.get(entry.patient_id, ())
            if course != entry.session.course_id
        ]

    def _is_held_back(self, entry: WaitlistEntry) -> bool:
        session = entry.session
        if session is None:
            return entry.patient.died_on is not None
        if session.given_on or session.dropped_reason:
            return True
        standing: Standing = self.standings[entry.patient_id]
        day = timespans.local_day(self.freed.starts, ZoneInfo(self.freed.location.time_zone))
        return bool(standing.obstacles(session, day=day, stage=Stage.PLACING))


@dataclass(frozen=True)
class _Plan:
    """A course: its sessions by id, those of them that have a day, in order, and what it gives."""

    sessions: Mapping[int, CourseSession]
    placed: Sequence[Placed]
    treatments: frozenset[Treatment]


def _neighbour(day: date, session: CourseSession) -> Neighbour | None:
    """The gap of a session counts from the one before it."""
    if session.never_before is None:
        return None
    return Neighbour(day, gap_before(session), extended_until(session))


def _plans(courses: Collection[int]) -> dict[int, _Plan]:
    if not courses:
        return {}
    rows = CourseSession.objects.filter(course__in=courses, dropped_reason="").select_related("product")
    sessions = defaultdict(list)
    for session in with_extensions(rows).order_by("number"):
        sessions[session.course_id].append(session)
    booked = Booking.objects.counting().filter(course__in=courses).values_list("session", "day")
    days = dict(booked)
    return {course: _plan(sessions[course], days) for course in courses}


def _plan(sessions: Sequence[CourseSession], days: Mapping[int, date]) -> _Plan:
    placed = [
        Placed(session, day, session.given_on is not None)
        for session in sessions
        if (day := session.given_on or days.get(session.pk))
    ]
    return _Plan({one.pk: one for one in sessions}, placed, own_treatments(sessions))


def _treatments_of(people: Iterable[int]) -> dict[int, list[tuple[int, date, Treatment]]]:
    rows = Booking.objects.counting().filter(patient__in=list(people))
    found = defaultdict(list)
    for (patient,), course, day, treatment in treatments_on(rows, "patient"):
        found[patient].append((course, day, treatment))
    return found


def _busy(people: Iterable[int], freed: FreedTime) -> dict[int, set[int]]:
    rows = Booking.objects.filter(
        patient__in=list(people), status__in=LIVE, replaces=None, starts__lt=freed.ends,
        ends__gt=freed.starts,
    )  # fmt: skip
    found = defaultdict(set)
    for patient, pk in rows.values_list("patient", "pk"):
        found[patient].add(pk)
    return found


def _away(people: Iterable[int]) -> dict[int, list[tuple[date, date]]]:
    rows = Away.objects.filter(patient__in=list(people), removed_at=None)
    found = defaultdict(list)
    for patient, first, last in rows.values_list("patient", "first_on", "last_on"):
        found[patient].append((first, last))
    return found
