"""What else moves in a course when one session moves, is lost or lacks a time: read once, planned as often as
asked, carried out by door.replan. The rule: bookings/rules/replanning.py.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby, pairwise

from django.utils.translation import gettext as _

from bookings.models import Away, Booking, Status
from bookings.rules import planner
from bookings.rules.planner import After, Opening
from bookings.rules.replanning import Replan, ReplanRequest
from bookings.rules.replanning import replan as replan_by_rule
from bookings.services.door.gap_rules import Authority, gap_before
from bookings.services.openings.search import Room, read_room, read_visit
from bookings.services.planning import days_of_other_injections
from clinic import formats
from clinic.rules import timespans
from clinic.services.days import zone_of
from treatments.models import Course, CourseSession
from treatments.rules.gaps import RESCREEN_AFTER_DAYS, Gap
from treatments.services.extensions import extended_until, with_extensions

HORIZON = timedelta(days=366)
ROOM_TO_FOLLOW = timedelta(days=42)
OTHER_PRACTITIONER = 60  # costs more than any hour of the day
MINUTES_A_POINT = 12

Chosen = Mapping[int, tuple[datetime, int | None]]


@dataclass(frozen=True)
class Row:
    """One session to come: where it stands and where it would. `after` is None where it stays without one."""

    session: CourseSession
    booking: Booking | None
    before: datetime | None
    after: datetime | None
    practitioner: int | None = None
    why: str = ""

    @property
    def changes(self) -> bool:
        return self.after is not None and self.after != self.before


@dataclass(frozen=True)
class Replanned:
    """What would change, before anything does; or which session finds no time, on which days, and why."""

    rows: tuple[Row, ...] = ()
    failed: CourseSession | None = None
    window: tuple[date, date] | None = None
    failure: planner.Failure | None = None

    @property
    def moves(self) -> list[tuple[Booking, datetime, int | None]]:
        """As door.replan takes them."""
        return [
            (row.booking, row.after, row.practitioner) for row in self.rows if row.changes and row.booking
        ]

    @property
    def places(self) -> list[tuple[CourseSession, datetime, int | None]]:
        return [
            (row.session, row.after, row.practitioner) for row in self.rows if row.changes and not row.booking
        ]

    @property
    def frees(self) -> list[Booking]:
        """Nothing is given up: a course is planned again whole, or not at all."""
        return []

    @property
    def reason(self) -> str:
        return _(planner.REASONS[self.failure.reason]) if self.failure else ""


def replan(
    course: Course, *, now: datetime, chosen: Chosen | None = None, lost: Collection[int] = (),
    not_before: date | None = None, authority: Authority = Authority.PATIENT,
) -> Replanned:  # fmt: skip
    """Plan the rest of a course again with the fewest moves: sessions without a time get one.

    `chosen` {session id: (start, practitioner or None)}; `lost`: sessions whose time cannot stay.
    """
    standing = read_standing(course, now=now, not_before=not_before, authority=authority)
    return standing.replan(chosen=chosen or {}, lost=lost)


# Reading


def read_standing(
    course: Course, *, now: datetime, not_before: date | None = None,
    authority: Authority = Authority.PATIENT, shown: date | None = None,
) -> "Standing":  # fmt: skip
    """Read a course and what is free for it. `shown`: a day that a page wants times for as well."""
    tz = zone_of(course.location)
    today = timespans.local_day(now, tz)
    sessions, booked = _sessions(course), _booked(course)
    given = [session for session in sessions if session.given_on]
    ahead = sessions[sessions.index(given[-1]) + 1 :] if given else sessions
    own = [booked[one.pk] for one in ahead if one.pk in booked and _may_move(booked[one.pk], now)]
    first = max(today, not_before or today)
    days = [first, *(booking.day for booking in own), *([shown] if shown else [])]
    longest = ROOM_TO_FOLLOW + timedelta(days=sum(session.latest or 0 for session in ahead))
    last = min(max([first + longest, *(day + ROOM_TO_FOLLOW for day in days)]), first + HORIZON)
    room = read_room(
        visit=read_visit(course.visit_type), location=course.location, first_day=first, last_day=last,
        now=now, ignoring=[booking.pk for booking in own],
    )  # fmt: skip
    closed = days_of_other_injections(course) | _days_away(course, first, last)
    is_patient = authority == Authority.PATIENT
    notice = timedelta(minutes=course.visit_type.notice_minutes if is_patient else 0)
    last_given = (given[-1], given[-1].given_on) if given else None
    return Standing(
        course, now, authority, first, tuple(ahead), booked, last_given, room, frozenset(closed),
        now + notice, _missed(course),
    )  # fmt: skip


def _sessions(course: Course) -> list[CourseSession]:
    sessions = course.sessions.filter(dropped_reason="").select_related("product")
    return list(with_extensions(sessions).order_by("number"))


def _booked(course: Course) -> dict[int, Booking]:
    found = Booking.objects.counting().filter(course=course, replaces=None).select_related(
        "visit_type", "location", "patient", "practitioner__resource", "session"
    )  # fmt: skip
    return {booking.session_id: booking for booking in found}


def _missed(course: Course) -> dict[int, date]:
    rows = Booking.objects.filter(course=course, status=Status.NO_SHOW).order_by("day")
    return dict(rows.values_list("session_id", "day"))


def _may_move(booking: Booking, now: datetime) -> bool:
    return booking.status == Status.BOOKED and booking.starts > now


def _days_away(course: Course, first: date, last: date) -> set[date]:
    spans = Away.objects.filter(
        patient=course.patient_id, removed_at=None, last_on__gte=first, first_on__lte=last
    )
    return {
        day
        for begins, ends in spans.values_list("first_on", "last_on")
        for day in _days(max(begins, first), min(ends, last))
    }


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


# Planning


@dataclass(frozen=True)
class Standing:
    """A course as it stands and what is free for it. `ahead`: its sessions after the one given last."""

    course: Course
    now: datetime
    authority: Authority
    first_day: date
    ahead: tuple[CourseSession, ...]
    booked: Mapping[int, Booking]
    last: tuple[CourseSession, date] | None
    room: Room
    closed: frozenset[date]
    not_before: datetime
    missed: Mapping[int, date]

    @property
    def tz(self):
        return self.room.tz

    def replan(self, *, chosen: Chosen, lost: Collection[int] = ()) -> Replanned:
        """Every session that is wanted has a time afterwards."""
        tail = [one for one in self.ahead if one.pk in self.booked or not one.is_soft or one.pk in chosen]
        return self._plan(tail, self.last and self.last[1], chosen, lost)

    def move(self, session: CourseSession, starts: datetime, who: int | None = None) -> Replanned:
        """Put one session at a time; only later ones that have a time follow, none is added."""
        later = [
            one for one in self.ahead if one.number > session.number and one.pk in self.booked
        ]  # fmt: skip
        own = next(one for one in self.ahead if one.pk == session.pk)
        return self._plan([own, *later], self.day_before(session), {session.pk: (starts, who)}, ())

    def session_before(self, session: CourseSession) -> CourseSession | None:
        """The nearest one before it that has a day: its gap counts from there."""
        earlier = [one for one in self.ahead if one.number < session.number and one.pk in self.booked]
        return earlier[-1] if earlier else self.last and self.last[0]

    def day_before(self, session: CourseSession) -> date | None:
        before = self.session_before(session)
        if before is None:
            return None
        return before.given_on or self.booked[before.pk].day

    def window(self, session: CourseSession) -> tuple[date, date | None]:
        """The days its own gap leaves: a late one may stay as late as it is."""
        before, gap = self.day_before(session), self._gap_before(session, None)
        if before is None or gap is None:
            return self.first_day, None
        own = self.booked.get(session.pk)
        last = before + timedelta(days=self._gap_before(session, before).latest)
        first = max(self.first_day, before + timedelta(days=gap.earliest))
        return first, max(last, own.day) if own else last

    def is_free(self, starts: datetime, practitioner: int | None = None) -> bool:
        day = timespans.local_day(starts, self.tz)
        return starts in self.starts(practitioner, day, day)

    def starts(self, practitioner: int | None, first: date, last: date) -> list[datetime]:
        end = timespans.local_instant(last + timedelta(days=1), time(0), self.tz) - timespans.GRAIN
        begin = max(self.not_before, timespans.local_instant(first, time(0), self.tz))
        return self.room.starts(
            not_before=begin, not_after=end, practitioner=practitioner, except_on=self.closed
        )

    def _plan(self, tail: Sequence[CourseSession], before: date | None, chosen: Chosen, lost) -> Replanned:
        if not tail:
            return Replanned()
        found, request = None, None
        for may_be_late in (False, True) if self.authority != Authority.PATIENT else (False,):
            request = self._request(tail, before, chosen, frozenset(lost), may_be_late)
            found = replan_by_rule(request)
            if not found.failure:
                return Replanned(self._rows(tail, before, found, chosen))
        failed = tail[found.failure.session - 1]
        return Replanned((), failed, found.failure.window, found.failure)

    def _request(self, tail, before: date | None, chosen: Chosen, lost, may_be_late: bool) -> ReplanRequest:
        """`may_be_late`: what has to find a time may lie past its latest day, on the desk's word."""
        numbers = {session.pk: number for number, session in enumerate(tail, start=1)}
        seeking = {one.pk for one in tail if one.pk in chosen or one.pk in lost or one.pk not in self.booked}
        gaps = [
            self._gap_between(one, other, may_be_late and other.pk in seeking)
            for one, other in pairwise(tail)
        ]
        fixed = {
            session.pk: self.booked[session.pk].starts
            for session in tail
            if session.pk in self.booked and not _may_move(self.booked[session.pk], self.now)
        }
        fixed |= {pk: starts for pk, (starts, _who) in chosen.items() if pk in numbers}
        after = None
        if before and (gap := self._gap_before(tail[0], before)):
            after = After(before, _widened(gap) if may_be_late and tail[0].pk in seeking else gap)
        return ReplanRequest(
            not_before=self.first_day,
            tz=self.tz,
            gaps=gaps,
            openings=self._openings_for(tail),
            standing=[(one.pk in self.booked and self.booked[one.pk].starts) or None for one in tail],
            lost=frozenset(numbers[pk] for pk in lost if pk in numbers),
            chosen={numbers[pk]: starts for pk, starts in fixed.items()},
            after=after,
        )

    def _gap_between(self, one: CourseSession, other: CourseSession, may_be_late: bool) -> Gap:
        """Sessions between them that have no time keep room for theirs."""
        booking = self.booked.get(one.pk)
        parts = [
            self._gap_before(session, booking.day if booking and session == other else None)
            for session in self.ahead
            if one.number < session.number <= other.number
        ]
        gap = Gap(*(sum(getattr(part, name) for part in parts) for name in _FOUR))
        return _widened(gap) if may_be_late else gap

    def _gap_before(self, session: CourseSession, last: date | None) -> Gap | None:
        """With what a doctor's extension adds to it."""
        if session.never_before is None:
            return None
        gap, until = gap_before(session), extended_until(session)
        if last is None or until is None:
            return gap
        return replace(gap, latest=max(gap.latest, (until - last).days))

    # What is free

    @cached_property
    def _free_days(self) -> list[tuple[date, int | None, list[datetime]]]:
        """Of each day the starts with whom they know, if they are free at all that day, else with anybody."""
        known, found, seen = self._known, [], set()
        for who in dict.fromkeys((known, None)):
            starts = self.room.starts(
                not_before=self.not_before, practitioner=who, except_on=[*self.closed, *seen]
            )
            for day, several in groupby((start.astimezone(self.tz) for start in starts), key=datetime.date):
                seen.add(day)
                found.append((day, who, list(several)))
        return found

    @property
    def _known(self) -> int | None:
        if self.course.practitioner_id:
            return self.course.practitioner_id
        return next(
            (self.booked[one.pk].practitioner_id for one in self.ahead if one.pk in self.booked), None
        )

    def _openings_for(self, tail: Sequence[CourseSession]) -> list[Opening]:
        """The best start of each day for each hour that sessions have now."""
        hours = {number: self._hour(session) for number, session in enumerate(tail, start=1)}
        return [
            opening
            for hour in set(hours.values())
            for opening in self._openings_round(hour, frozenset(n for n, own in hours.items() if own == hour))
        ]

    def _hour(self, session: CourseSession) -> time | None:
        """What they have now, or what they have for the others."""
        own = self.booked.get(session.pk) or next(iter(self.booked.values()), None)
        return own.starts.astimezone(self.tz).time() if own else None

    def _openings_round(self, hour: time | None, sessions: frozenset[int]) -> list[Opening]:
        openings = []
        for _day, who, starts in self._free_days:
            cost, start = min((_off_hour(start, hour), start) for start in starts)
            dearer = 0 if who == self._known else OTHER_PRACTITIONER
            openings.append(Opening(start.astimezone(UTC), cost + dearer, sessions, tag=who))
        return openings

    # What it comes to

    def _rows(self, tail, before: date | None, found: Replan, chosen: Chosen) -> tuple[Row, ...]:
        rows, previous = [], before
        for number, (session, opening) in enumerate(zip(tail, found.openings, strict=True), start=1):
            booking = self.booked.get(session.pk)
            who = chosen[session.pk][1] if session.pk in chosen else opening.tag
            why = ""
            if session.pk in chosen:
                pass
            elif booking is None and session.pk in self.missed:
                why = _("missed on %(day)s") % {"day": formats.day(self.missed[session.pk])}
            elif number in found.moved:
                why = self._why(tail, number, booking, previous)
            rows.append(Row(session, booking, booking.starts if booking else None, opening.at, who, why))
            previous = timespans.local_day(opening.at, self.tz)
        return tuple(rows)

    def _why(self, tail, number: int, booking: Booking, previous: date | None) -> str:
        session = tail[number - 1]
        if previous is None or session.never_before is None:
            return ""
        gap = self._gap_between(tail[number - 2], session, False) if number > 1 else gap_before(session)
        length = (booking.day - previous).days
        if length < gap.earliest:
            return _("your sessions need at least %(days)d days between them") % {"days": gap.earliest}
        if length > gap.latest:
            return _("at most %(days)d days should lie between your sessions") % {"days": gap.latest}
        return _("so that there is time enough before the next one")


_FOUR = ("never_before", "earliest", "target", "latest")


def _widened(gap: Gap) -> Gap:
    """As late as it may be without asking a doctor."""
    return replace(gap, latest=max(gap.latest, min(2 * gap.target, RESCREEN_AFTER_DAYS)))


def _off_hour(at: datetime, around: time | None) -> int:
    if around is None:
        return 0
    minutes = abs((at.hour - around.hour) * 60 + at.minute - around.minute)
    return min(OTHER_PRACTITIONER - 1, minutes // MINUTES_A_POINT)
