"""Placing those whose place closes, one after another, on one picture of what is free.

rules/joint.py says who and in which order. A visit by itself goes where rules/reflow.py likes it best; the
rest of a course goes as one (rules/replanning.py), and is tried in this order:

    1. whoever can keep their own time keeps it, with a colleague or in another room; the others that have
       to go find another day between their neighbours
    2. neighbours move as well, as few as must, then also those who could have kept their time
    3. the same, later than the latest day: the desk may
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import combinations

from bookings.models import Booking
from bookings.models.bookings import PRESENT
from bookings.rules import reflow as rules
from bookings.rules.joint import Worth
from bookings.rules.openings import GRAIN_MINUTES, run_of
from bookings.rules.planner import After, Opening
from bookings.rules.reflow import AHEAD, BEFORE, Displaced, Found, Way
from bookings.rules.replanning import Replan, ReplanRequest, replan
from bookings.services.closing.diary import DAY, Diary, Taken
from bookings.services.closing.tails import Tail, as_late_as_may_be
from bookings.services.desk.times import Limits
from bookings.services.openings.search import Room
from clinic.rules import timespans
from clinic.services.days import zone_of

OTHER_PRACTITIONER = 60  # another dermatologist outweighs any hour of the day
AN_HOUR = 5
SOON = timedelta(days=2)
SAME_TIME = (Way.SAME, Way.COLLEAGUE)
LOOKED_AT = 40  # so many of those who may be in somebody's way


@dataclass(frozen=True)
class Placement:
    """What a visit, or a course, was given. `left`: visits of it that have to go and found nothing."""

    taken: tuple[Taken, ...]
    left: frozenset[int] = frozenset()

    @property
    def moves(self) -> int:
        return sum(one.found.way not in SAME_TIME for one in self.taken)


class Picture:
    def __init__(
        self, diary: Diary, tails: Iterable[Tail], limits: Mapping[int, Limits], today: date
    ) -> None:
        self.diary, self.limits, self.today, self.now = diary, limits, today, diary.now
        self.tails = {tail.id: tail for tail in tails}
        self.displaced = {pk: self._displaced(booking) for pk, booking in diary.bookings.items()}
        self.new_days: dict[int, date] = {}  # {session: day} of visits placed by themselves
        self._best: dict[tuple[int, date], tuple[datetime, int | None, int] | None] = {}
        self._seen_at = -1
        self.placed_courses: dict[int, dict[int, Placement]] = {}  # {patient: {course: what it was given}}

    def _displaced(self, booking: Booking) -> Displaced:
        is_here = booking.status in PRESENT
        notice = timedelta(0) if is_here else timedelta(minutes=booking.visit_type.notice_minutes)
        return Displaced(
            booking.pk, booking.starts, booking.practitioner_id, is_here, self.now + notice,
            zone_of(booking.location),
        )  # fmt: skip

    def everybody(self) -> list[int]:
        """Who looks for a time, in the order in which they choose; a course with its first visit to go."""
        in_course = {tail.bookings[k - 1].pk: tail.id for tail in self.tails.values() for k in tail.lost}
        order = rules.in_order(self.displaced[booking.pk] for booking in self.diary.touched)
        return list(dict.fromkeys(in_course.get(visit.id, visit.id) for visit in order))

    # What rules/joint.py asks

    def place(self, one: int) -> Placement | None:
        tail = self.tails.get(one)
        return self._place_visit(one) if tail is None else self.place_course(tail)

    def take_out(self, one: int, placement: Placement) -> None:
        for taken in placement.taken:
            self.diary.leave(taken.booking)
        self._note(one, None)

    def put_back(self, one: int, placement: Placement) -> None:
        for taken in placement.taken:
            self.diary.take_again(taken)
        self._note(one, placement)

    def in_the_way(self, one: int, placed: Mapping[int, Placement]) -> list[int]:
        """Those with a time on a day that would do; who uses what they have again is left in peace."""
        wanted = self.wanted_days(one)
        found = []
        for other, placement in placed.items():
            if any(taken.gave_up for taken in placement.taken):
                continue
            days = {self.day_of(taken.booking, taken.found.starts) for taken in placement.taken}
            if near := [abs(day - old) for day in days & wanted.keys() for old in (wanted[day],)]:
                found.append((min(near), other))
        return [other for _, other in sorted(found)[:LOOKED_AT]]

    def wanted_days(self, one: int) -> dict[date, date]:
        """The days on which its visits could be, each with the day of the visit that it would be for."""
        tail = self.tails.get(one)
        visits = [tail.bookings[k - 1].pk for k in sorted(tail.lost)] if tail else [one]
        return {day: old for visit in visits for day, old in self._days_round(visit)}

    def _days_round(self, visit: int) -> Iterator[tuple[date, date]]:
        old = self.displaced[visit].day
        for n in range(-BEFORE.days, AHEAD.days + 1):
            yield old + n * DAY, old

    def day_of(self, visit: int, starts: datetime) -> date:
        return timespans.local_day(starts, self.displaced[visit].tz)

    def open_days(self, visit: int) -> list[date]:
        """The days round its own on which anybody could see it at any time."""
        key = self.diary.key(visit)
        cells = self.diary.cells(key)
        return [day for day, _ in self._days_round(visit) if self.diary.on_day(key, day, cells)[1]]

    def worth(self, one: int, placement: Placement) -> Worth:
        return placement.moves, self.drift(one, placement)

    def drift(self, one: int, placement: Placement) -> int:
        """How many days it goes from where it was; of a course also from its targets."""
        new = {taken.booking: self.day_of(taken.booking, taken.found.starts) for taken in placement.taken}
        if tail := self.tails.get(one):
            return tail.drift(new)
        return sum(abs((day - self.displaced[visit].day).days) for visit, day in new.items())

    def _note(self, one: int, placement: Placement | None) -> None:
        patient = self.diary.bookings[one].patient_id
        courses = self.placed_courses.setdefault(patient, {})
        courses.pop(one, None)
        if placement is not None and one in self.tails:
            courses[one] = placement

    # A visit by itself: what rules/reflow.py asks

    def _place_visit(self, one: int) -> Placement | None:
        found = rules.place(self.displaced[one], self, self.today)
        if found is None:
            return None
        self._remember_day(one, found.starts)
        return Placement((self.diary.noted(one, found),))

    def _remember_day(self, visit: int, starts: datetime) -> None:
        if session := self.diary.bookings[visit].session_id:
            self.new_days[session] = self.day_of(visit, starts)

    def give_up(self, visit: Displaced) -> None:
        self.diary.give_up(visit.id)

    def keep(self, visit: Displaced) -> None:
        self.diary.keep(visit.id)

    def starts(self, visit: Displaced, first: date, last: date) -> list[datetime]:
        room, limits = self.diary.room(visit.id), self.limits.get(visit.id)
        found = self.diary.starts(visit, first, last)
        return [start for start in found if self._may(visit, start, room, limits)]

    def take(self, visit: Displaced, starts: datetime, *, with_own: bool = False) -> int | None:
        return self.diary.take(visit.id, starts, visit.practitioner, with_own=with_own)

    def _may(self, visit: Displaced, start: datetime, room: Room, limits: Limits | None) -> bool:
        day = timespans.local_day(start, room.tz)
        if limits and not (limits.allow(day) and self._once_moved(limits).allow(day)):
            return False
        return self.diary.is_free_to_come(visit.id, start, room)

    def _once_moved(self, limits: Limits) -> Limits:
        """With the neighbours in the course on the days that they were given before this one."""
        sides = {"before": limits.before, "after": limits.after}
        new = {
            side: replace(one, day=self.new_days.get(one.session.pk, one.day))
            for side, one in sides.items() if one
        }  # fmt: skip
        return replace(limits, **new)

    # The rest of a course

    def place_course(self, tail: Tail, *, left: frozenset[int] = frozenset()) -> Placement | None:
        """`left`: sessions that stay where they are for now, although their place closes."""
        lost = tail.lost - left
        settled = self.settle(tail, lost)
        plan = self._plan(tail, lost, frozenset(settled), left)
        if plan is None:
            self.unsettle(tail, settled)
            plan = self._plan(tail, lost, frozenset(), left, everybody=True) if settled else None
            settled = {}
        return None if plan is None else self._taken(tail, plan, settled, left)

    def settle(self, tail: Tail, lost: Iterable[int]) -> dict[int, Found]:
        """Let those keep their own time who can."""
        found = {k: rules.at_own_time(self.displaced[tail.bookings[k - 1].pk], self) for k in sorted(lost)}
        return {k: one for k, one in found.items() if one}

    def unsettle(self, tail: Tail, settled: Iterable[int]) -> None:
        for k in settled:
            self.diary.leave(tail.bookings[k - 1].pk)

    def _plan(
        self, tail: Tail, lost: frozenset[int], settled: frozenset[int], left: frozenset[int], *,
        everybody: bool = False,
    ) -> Replan | None:  # fmt: skip
        """The first way that goes. `everybody`: no longer those alone that have to move."""
        moving = lost - settled
        if not moving:
            return Replan()
        others = self.movable(tail) - settled - left
        ways = [] if everybody else [(moving, False)]
        ways += [(others, False)] if everybody or others != moving else []
        for movable, is_late in (*ways, (others, True)):
            if plan := self.try_plan(tail, moving, movable, is_late=is_late):
                return plan
        return None

    def movable(self, tail: Tail) -> frozenset[int]:
        """Whoever could stay is not called in at short notice, nor told off when they are about to come."""
        soon = self.today + SOON
        return frozenset(k for k in tail.movable if k in tail.lost or tail.bookings[k - 1].day >= soon)

    def try_plan(
        self, tail: Tail, moving: frozenset[int], movable: frozenset[int], *, is_late: bool
    ) -> Replan | None:
        plan = replan(self._request(tail, moving, movable, is_late=is_late))
        return plan if plan.failure is None else None

    def _request(
        self, tail: Tail, moving: frozenset[int], movable: frozenset[int], *, is_late: bool
    ) -> ReplanRequest:
        gaps = [as_late_as_may_be(gap) if is_late else gap for gap in tail.gaps]
        after = tail.after
        if after and is_late:
            after = After(after.day, as_late_as_may_be(after.gap))
        standing = [booking.starts for booking in tail.bookings]
        pinned = {k: at for k, at in enumerate(standing, start=1) if k not in movable}
        return ReplanRequest(
            not_before=self.today, tz=zone_of(tail.bookings[0].location), gaps=gaps, standing=standing,
            openings=list(self._openings(tail, sorted(movable))), lost=moving, chosen=pinned, after=after,
        )  # fmt: skip

    def _openings(self, tail: Tail, numbers: Iterable[int]) -> Iterator[Opening]:
        closed = self._closed(tail)
        for k in numbers:
            visit = self.displaced[tail.bookings[k - 1].pk]
            first = self.today if k in tail.lost else self.today + SOON
            for day, _ in self._days_round(visit.id):
                if day >= first and day not in closed and (best := self._best_of(visit, day)):
                    at, who, cost = best
                    yield Opening(at, cost, frozenset({k}), tag=who)

    def _closed(self, tail: Tail) -> set[date]:
        """Days too near to a treatment of another course, where that stands and where it goes."""
        found = set(self.limits[tail.id].closed)
        for other, placement in self.placed_courses.get(tail.patient, {}).items():
            if other != tail.id:
                floor = tail.floor_to(self.tails[other])
                for taken in placement.taken:
                    day = self.day_of(taken.booking, taken.found.starts)
                    found |= {day + n * DAY for n in range(1 - floor, floor)}
        return found

    def _best_of(self, visit: Displaced, day: date) -> tuple[datetime, int | None, int] | None:
        """The start of the day, with whom they know if at all, and nearest to the hour they have."""
        if self._seen_at != self.diary.version:
            self._best, self._seen_at = {}, self.diary.version
        if (visit.id, day) not in self._best:
            self._best[visit.id, day] = self._look_on(visit, day)
        return self._best[visit.id, day]

    def _look_on(self, visit: Displaced, day: date) -> tuple[datetime, int | None, int] | None:
        key, room = self.diary.key(visit.id), self.diary.room(visit.id)
        local = visit.starts.astimezone(visit.tz)
        wanted = (local.hour * 60 + local.minute) // GRAIN_MINUTES
        for who, dearer in ((visit.practitioner, 0), (None, OTHER_PRACTITIONER)):
            first, cells = self.diary.on_day(key, day, self.diary.cells(key, who))
            for cell in _nearest_first(cells, wanted):
                at = room.grid.instant(first + cell)
                if self._may_go(visit, at, room):
                    return at, who, dearer + abs(cell - wanted) * AN_HOUR // 12
        return None

    def _may_go(self, visit: Displaced, at: datetime, room: Room) -> bool:
        way = rules.way_to(visit, at, today=self.today)
        return way is not None and self.diary.is_free_to_come(visit.id, at, room)

    def _taken(
        self, tail: Tail, plan: Replan, settled: Mapping[int, Found], left: frozenset[int]
    ) -> Placement | None:
        found = {tail.bookings[k - 1].pk: one for k, one in settled.items()}
        for k in sorted(plan.moved):
            visit, opening = tail.bookings[k - 1].pk, plan.openings[k - 1]
            who = self.diary.take(visit, opening.at, opening.tag)
            if who is None:
                for one in found:
                    self.diary.leave(one)
                return None
            way = rules.way_to(self.displaced[visit], opening.at, today=self.today)
            found[visit] = Found(way, opening.at, who)
        placement = Placement(
            tuple(self.diary.noted(visit, one) for visit, one in found.items()),
            frozenset(tail.bookings[k - 1].pk for k in left),
        )
        self._note(tail.id, placement)
        return placement

    def place_some(self, tail: Tail) -> Placement | None:
        """As many of a course as can be, where not all can; the others stay where they are for now."""
        for fewer in range(1, len(tail.lost)):
            for left in combinations(sorted(tail.lost, reverse=True), fewer):
                if placement := self.place_course(tail, left=frozenset(left)):
                    return placement
        return None


def _nearest_first(cells: int, wanted: int) -> Iterator[int]:
    """The cells that are set, those nearest to the one wanted first, of two the later."""
    wanted = max(0, wanted)
    later, earlier = cells >> wanted, cells & run_of(0, wanted)
    while later or earlier:
        up = (later & -later).bit_length() - 1 if later else None
        down = wanted - earlier.bit_length() + 1 if earlier else None
        if down is None or (up is not None and up <= down):
            yield wanted + up
            later &= later - 1
        else:
            yield wanted - down
            earlier ^= 1 << (wanted - down)
