"""What the planner is asked for one course: the sessions without a time, what is free, what is wished.

Everything is read once, in a constant number of queries; several plans can be made of it (rhythms.py), and
where there is none it says why (explaining.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from zoneinfo import ZoneInfo

from bookings.models import Booking
from bookings.models.bookings import LIVE
from bookings.rules import planner
from bookings.rules.planner import After, GapDays, Opening, PlanRequest, Weights
from bookings.services.away import away_days
from bookings.services.door.gap_rules import floors_elsewhere, latest_day
from bookings.services.openings.search import Room, read_room, read_visit
from clinic.rules import timespans
from clinic.rules.timespans import Span
from treatments.models import Course, CourseSession
from treatments.rules.gaps import Gap
from treatments.services.extensions import with_extensions

HORIZON = timedelta(days=366)
AHEAD = timedelta(days=365)  # so far ahead the door books, whatever the hour
FREE_TO_START = timedelta(days=42)
# A day off the target outweighs any preference of the day; another dermatologist outweighs the hour.
TO_BEGIN = Weights(gap_day=100, start_day=100)
TO_GO_ON = Weights(gap_day=100, start_day=0)  # the gap to the last session says when, not how soon
OTHER_WEEKDAY = 100
OTHER_PRACTITIONER = 60
AN_HOUR_OFF = 5
MOVED = 10**7  # more than all else together: a time that was shown stays while it is free

Seen = Mapping[int, tuple[datetime, int | None]]


@dataclass(frozen=True)
class Wish:
    """What somebody asked for. `around`: the hour they like best; nothing is left out because of it.

    Hard: no day before `not_before`, only `weekdays` (0 is Monday), only with `practitioner`.
    """

    not_before: date | None = None
    around: time | None = None
    weekdays: frozenset[int] = frozenset()
    practitioner: int | None = None


@dataclass(frozen=True)
class Taste:
    """Which openings are liked better; each may be had."""

    practitioner: int | None = None
    around: time | None = None
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Wanted:
    session: CourseSession
    starts: datetime
    practitioner: int | None


@dataclass(frozen=True)
class Proposal:
    """Times for every session that lacks one, or why one of them can't be placed."""

    wanted: tuple[Wanted, ...] = ()
    failed: CourseSession | None = None
    window: tuple[date, date] | None = None
    reason: str = ""

    @property
    def times(self) -> list[tuple[CourseSession, datetime, int | None]]:
        """As door.place_course takes them."""
        return [(item.session, item.starts, item.practitioner) for item in self.wanted]


def gap_of(session: CourseSession) -> Gap | None:
    if session.never_before is None:
        return None
    return Gap(session.never_before, session.earliest, session.target, session.latest)


def propose(
    course: Course, *, now: datetime, not_before: date | None = None, around: time | None = None,
    wish: Wish | None = None, seen: Seen | None = None,
) -> Proposal:  # fmt: skip
    """Return the plan of least cost for the sessions without a time; those that have one stay put.

    `seen`: the times of a plan that was shown, by session; as many of them stay as can.
    """
    question = ask(course, now=now, wish=wish or Wish(not_before, around))
    return question.propose(seen=seen) if question else Proposal()


@dataclass(frozen=True)
class Tail:
    """The sessions from the first that lacks a time on; sessions nobody wants a time for yet stay out.

    `previous`: the day of the one before them. `whole`: the course from its first session on.
    """

    sessions: tuple[CourseSession, ...]
    whole: tuple[CourseSession, ...]
    booked: Mapping[int, Booking]
    previous: date | None

    @property
    def lacking(self) -> frozenset[int]:
        """Counted from 1, as the planner does."""
        numbered = enumerate(self.sessions, start=1)
        return frozenset(number for number, session in numbered if session.pk not in self.booked)

    @property
    def taken(self) -> frozenset[int]:
        return frozenset(range(1, len(self.sessions) + 1)) - self.lacking

    @property
    def first_gap(self) -> Gap | None:
        """The gap to the session before; its latest is the day that a doctor put it off to, if one did."""
        first, gap = self.sessions[0], gap_of(self.sessions[0])
        if gap is None or self.previous is None:
            return None
        latest = (latest_day(first, self.previous) - self.previous).days
        return replace(gap, latest=max(gap.latest, latest))

    @cached_property
    def gaps(self) -> list[Gap | GapDays]:
        """Two that are booked stay as far apart as they are, late or early."""
        found: list[Gap | GapDays] = []
        for before, session in zip(self.sessions, self.sessions[1:], strict=False):
            gap = gap_of(session)
            if before.pk in self.booked and session.pk in self.booked:
                days = (self.booked[session.pk].day - self.booked[before.pk].day).days
                gap = GapDays(min(gap.earliest, days), min(gap.target, days), max(gap.latest, days))
            found.append(gap)
        return found


def read_tail(course: Course) -> Tail:
    sessions = _sessions(course)
    booked = {booking.session_id: booking for booking in Booking.objects.counting().filter(course=course)}
    ahead = [one for one in sessions if not one.given_on and not one.is_soft]
    first = next((index for index, one in enumerate(ahead) if one.pk not in booked), len(ahead))
    tail = ahead[first:]
    number = tail[0].number if tail else 0
    days = [
        one.given_on or getattr(booked.get(one.pk), "day", None) for one in sessions if one.number < number
    ]
    previous = next((day for day in reversed(days) if day), None)
    own = {one.pk: booked[one.pk] for one in tail if one.pk in booked}
    return Tail(tuple(tail), tuple(sessions), own, previous)


def _sessions(course: Course) -> list[CourseSession]:
    wanted = course.sessions.filter(dropped_reason="").select_related("product")
    sessions = list(with_extensions(wanted).order_by("number"))
    for session in sessions:
        session.course = course
    return sessions


def ask(course: Course, *, now: datetime, wish: Wish, whole_year: bool = False) -> "Question | None":
    """Read what there is; None when every session has its time.

    `whole_year`: from the first day that anybody may allow, to the last on which times are open.
    """
    tail = read_tail(course)
    if not tail.sessions:
        return None
    tz = ZoneInfo(course.location.time_zone)
    today = timespans.local_day(now, tz)
    first_day = max(wish.not_before or date.min, today)
    if tail.first_gap:
        least = tail.first_gap.never_before if whole_year else tail.first_gap.earliest
        first_day = max(first_day, tail.previous + timedelta(days=least))
    end = today + AHEAD
    last_day = end if whole_year else min(end, first_day + FREE_TO_START + _longest(tail))
    first_day = min(first_day, last_day)
    room = read_room(
        visit=read_visit(course.visit_type), location=course.location, first_day=first_day,
        last_day=last_day, now=now,
    )  # fmt: skip
    return Question(
        course, wish, now, tail, room, first_day, last_day,
        near=frozenset(days_of_other_injections(course, tail.whole)),
        away=frozenset(away_days(course.patient, first_day, last_day)),
        busy=_busy(course, first_day, last_day),
    )  # fmt: skip


def _longest(tail: Tail) -> timedelta:
    return min(HORIZON, timedelta(days=sum(session.latest or 0 for session in tail.sessions)))


def _busy(course: Course, first: date, last: date) -> tuple[Span, ...]:
    """When the patient is here for something else."""
    visits = Booking.objects.filter(
        patient=course.patient_id, status__in=LIVE, replaces=None, day__gte=first, day__lte=last
    )
    return tuple(Span(starts, ends) for starts, ends in visits.values_list("starts", "ends"))


def days_of_other_injections(course: Course, sessions: Sequence[CourseSession] | None = None) -> set[date]:
    """Days too near to an injection of another course: no session may be on them."""
    return {
        day + timedelta(days=n)
        for day, floor in floors_elsewhere(course, sessions)
        for n in range(1 - floor, floor)
    }


@dataclass(frozen=True)
class Question:
    """`near`: days too near to an injection of another course. `away`: when the patient cannot come.

    `busy`: when they are here for another visit.
    """

    course: Course
    wish: Wish
    now: datetime
    tail: Tail
    room: Room
    first_day: date
    last_day: date
    near: frozenset[date]
    away: frozenset[date]
    busy: tuple[Span, ...]
    _starts: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def tz(self) -> ZoneInfo:
        return self.room.tz

    @property
    def weights(self) -> Weights:
        return TO_GO_ON if self.tail.first_gap else TO_BEGIN

    @property
    def taste(self) -> Taste:
        return Taste(self.wish.practitioner or self.course.practitioner_id, self.wish.around)

    @cached_property
    def shut(self) -> frozenset[date]:
        """Days on which no session of this patient may be, whoever is free."""
        return self.near | self.away | self.unwished

    @property
    def unwished(self) -> frozenset[date]:
        if not self.wish.weekdays:
            return frozenset()
        days = (self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1))
        return frozenset(day for day in days if day.weekday() not in self.wish.weekdays)

    def with_wish(self, **wished) -> "Question":
        """The same, asked for something else that was read already: whom and which weekdays."""
        return replace(self, wish=replace(self.wish, **wished))

    def propose(self, **asked) -> Proposal:
        return self.answer(planner.plan(self.request(**asked)))

    def request(
        self, *, taste: Taste | None = None, weights: Weights | None = None, seen: Seen | None = None
    ) -> PlanRequest:
        first_gap = self.tail.first_gap
        return PlanRequest(
            not_before=self.first_day,
            tz=self.tz,
            gaps=self.tail.gaps,
            openings=self.openings(taste or self.taste, seen or {}),
            after=After(self.tail.previous, first_gap) if first_gap else None,
            weights=weights or self.weights,
        )

    def answer(self, plan: planner.Plan) -> Proposal:
        if plan.failure:
            failed = self.tail.sessions[plan.failure.session - 1]
            return Proposal((), failed, plan.failure.window, planner.REASONS[plan.failure.reason])
        wanted = tuple(
            Wanted(session, opening.at, opening.tag)
            for session, opening in zip(self.tail.sessions, plan.proposals[0].openings, strict=True)
            if session.pk not in self.tail.booked
        )
        return Proposal(wanted)

    def openings(self, taste: Taste, seen: Seen) -> list[Opening]:
        """The best start of each day for the sessions that lack a time, and the booked ones as their own."""
        lacking = self.tail.lacking
        sessions = None if len(lacking) == len(self.tail.sessions) else lacking
        extra = MOVED if seen else 0
        found = [replace(best, sessions=sessions, cost=best.cost + extra) for best in self._best(taste)]
        for number, session in enumerate(self.tail.sessions, start=1):
            if booking := self.tail.booked.get(session.pk):
                found.append(Opening(booking.starts, 0, frozenset({number})))
            elif session.pk in seen and self.is_free(*seen[session.pk]):
                starts, who = seen[session.pk]
                found.append(Opening(starts, 0, frozenset({number}), tag=who))
        return found

    def is_free(self, starts: datetime, practitioner: int | None) -> bool:
        """Whether a time that was shown can still be had."""
        day = timespans.local_day(starts, self.tz)
        if day in self.shut or not self.first_day <= day <= self.last_day or starts < self.not_before:
            return False
        choose = (self.room.choose, self.room.choose_to_repack)
        return not self._is_busy(starts) and any(one(starts, practitioner) for one in choose)

    @property
    def not_before(self) -> datetime:
        return self.now + timedelta(minutes=self.course.visit_type.notice_minutes)

    def _best(self, taste: Taste) -> Iterable[Opening]:
        """With whom they like, if they are free at all that day, and near the hour they like.

        Two sessions are never on one day, so the planner would choose the same from all starts; of a year of
        them that would be most of the work.
        """
        best: dict[date, Opening] = {}
        for who in self._who(taste):
            dearer = 0 if who == taste.practitioner else OTHER_PRACTITIONER
            for day, starts in self.starts(who, except_on=best).items():
                cost, start = min((_off_hour(start, taste.around), start) for start in starts)
                cost += dearer + (OTHER_WEEKDAY if _is_other_weekday(day, taste) else 0)
                best[day] = Opening(start.astimezone(UTC), cost, tag=who)
        return best.values()

    def _who(self, taste: Taste) -> Iterable[int | None]:
        if self.wish.practitioner:
            return (self.wish.practitioner,)
        return dict.fromkeys((taste.practitioner, None))

    def starts(self, who: int | None, *, except_on: Iterable[date] = ()) -> dict[date, list[datetime]]:
        """Return by day the local times at which a session could start."""
        shut = self.shut.union(except_on)
        if (who, shut) not in self._starts:
            end = timespans.day_span(self.last_day, self.tz).end - timespans.GRAIN
            found = self.room.starts(
                not_before=self.not_before, not_after=end, practitioner=who, except_on=shut
            )
            local = (start.astimezone(self.tz) for start in found if not self._is_busy(start))
            by_day = {day: list(starts) for day, starts in groupby(local, key=datetime.date)}
            self._starts[who, shut] = by_day
        return self._starts[who, shut]

    def _is_busy(self, starts: datetime) -> bool:
        if not self.busy:
            return False
        visit = Span(starts, starts + self.room.visit.length)
        return any(visit.overlaps(other) for other in self.busy)


def _is_other_weekday(day: date, taste: Taste) -> bool:
    return bool(taste.weekdays) and day.weekday() not in taste.weekdays


def _off_hour(at: datetime, around: time | None) -> int:
    if around is None:
        return 0
    minutes = abs((at.hour - around.hour) * 60 + at.minute - around.minute)
    return min(OTHER_PRACTITIONER - 1, minutes * AN_HOUR_OFF // 60)
