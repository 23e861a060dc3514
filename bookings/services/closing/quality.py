"""How good a joint plan is, against what nobody could do better than.

Everybody is looked at as if they were alone, with the times of all the others that have to go free besides:
whoever cannot be placed then cannot be placed at all, and nobody moves less in company than alone. For how
many there is no room, days and people are counted (rules/joint.most_that_fit).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bookings.rules import reflow as rules
from bookings.rules.joint import Joint, Seeking, most_in_turn, most_that_fit
from bookings.rules.openings import Pick
from bookings.services.closing.diary import DAY, Diary, RoomKey
from bookings.services.closing.picture import Picture, Placement
from bookings.services.closing.tails import Tail, as_late_as_may_be
from clinic.rules import timespans


@dataclass(frozen=True)
class Alone:
    """One visit, or one course, by itself. `days`: on which each of its visits could be; `fits`: how many of
    them at once. `open`: those for which there is any time at all, their gaps left aside.
    """

    days: Mapping[int, frozenset[date]]
    fits: int
    moves: int = 0
    drift: int = 0
    open: frozenset[int] = frozenset()

    @property
    def fits_whole(self) -> bool:
        return self.fits == len(self.days)


@dataclass(frozen=True)
class Quality:
    """`lost`: visits that have to go; `moves`: visits that get another time, and `along` those of them that
    could have stayed; `drift`: days from where they were and from their targets. What is at least so is so
    for every plan.
    """

    lost: int = 0
    placed: int = 0
    unplaced_at_least: int = 0
    moves: int = 0
    along: int = 0
    moves_at_least: int = 0
    drift: int = 0
    drift_at_least: int = 0
    free: Mapping[date, int] = field(default_factory=dict)

    @property
    def unplaced(self) -> int:
        return self.lost - self.placed


# Alone


def read_alone(picture: Picture) -> dict[int, Alone]:
    """Expects nobody seated yet."""
    return {one: _alone(picture, one) for one in picture.everybody()}


def _alone(picture: Picture, one: int) -> Alone:
    tail = picture.tails.get(one)
    found = _visit_alone(picture, one) if tail is None else _course_alone(picture, tail)
    is_open = frozenset(visit for visit in found.days if picture.open_days(visit))
    return replace(found, open=is_open)


def _visit_alone(picture: Picture, one: int) -> Alone:
    visit = picture.displaced[one]
    if _own_time(picture, one):
        return Alone({one: frozenset({visit.day})}, 1)
    first, last = visit.day - rules.BEFORE, visit.day + rules.AHEAD
    ranked = rules.ranked(visit, picture.starts(visit, first, last), today=picture.today)
    days = frozenset(timespans.local_day(start, visit.tz) for _, start in ranked)
    if not days:
        return Alone({one: days}, 0)
    return Alone({one: days}, 1, 1, min(abs((day - visit.day).days) for day in days))


def _own_time(picture: Picture, one: int) -> bool:
    visit = picture.displaced[one]
    found = rules.at_own_time(visit, picture)
    if found:
        picture.diary.leave(one)
    return found is not None


def _course_alone(picture: Picture, tail: Tail) -> Alone:
    days = _days_of(picture, tail)
    settled = picture.settle(tail, tail.lost)
    picture.unsettle(tail, settled)
    moving = tail.lost - settled.keys()
    if not moving:
        return Alone(days, len(tail.lost))
    movable = picture.movable(tail)
    ways = [(moving, moving), (moving, movable - settled.keys()), (tail.lost, movable)]
    for lost, movable in ways[: 3 if settled else 2]:
        if plan := picture.try_plan(tail, lost, movable, is_late=True):
            new = {
                tail.bookings[k - 1].pk: picture.day_of(tail.bookings[k - 1].pk, plan.openings[k - 1].at)
                for k in plan.moved
            }
            return Alone(days, len(tail.lost), sum(_has_moved(tail, plan, k) for k in plan.moved),
                         tail.drift(new))  # fmt: skip
    return Alone(days, _fits(picture, tail))


def _has_moved(tail: Tail, plan, k: int) -> bool:
    return plan.openings[k - 1].at != tail.bookings[k - 1].starts


def _fits(picture: Picture, tail: Tail) -> int:
    some = picture.place_some(tail)
    if some is None:
        return 0
    picture.take_out(tail.id, some)
    return len(tail.lost) - len(some.left)


def _days_of(picture: Picture, tail: Tail) -> dict[int, frozenset[date]]:
    """Reaching from what was given, gap by gap, as late as may be; what can stay stays in reach."""
    found, (first, last) = {}, _reach(tail)
    for k, booking in enumerate(tail.bookings, start=1):
        if k > 1:
            gap = as_late_as_may_be(tail.gaps[k - 2])
            first, last = first + gap.earliest * DAY, last + gap.latest * DAY
        if k in tail.lost:
            open_days = picture.open_days(booking.pk)
            found[booking.pk] = frozenset(
                day for day in open_days if first <= day <= last or day == booking.day
            )
        first, last = max(first, booking.day - rules.BEFORE), min(last, booking.day + rules.AHEAD)
        first, last = min(first, booking.day), max(last, booking.day)
    return found


def _reach(tail: Tail) -> tuple[date, date]:
    own = tail.bookings[0].day
    if tail.after is None:
        return own - rules.BEFORE, own + rules.AHEAD
    gap = as_late_as_may_be(tail.after.gap)
    return tail.after.day + gap.earliest * DAY, tail.after.day + gap.latest * DAY


# Room for how many


def read_free(picture: Picture, alone: Mapping[int, Alone]) -> dict[tuple[RoomKey | None, date], int]:
    """Return how many visits of a kind each of the days holds at most; None as the kind: of all kinds."""
    wanted: set[tuple[RoomKey, date]] = set()
    for one in alone.values():
        for visit, days in one.days.items():
            wanted |= {(picture.diary.key(visit), day) for day in days}
    found = {(key, day): _holds(picture.diary, key, day) for key, day in wanted}
    for day in {day for _, day in wanted}:
        found[None, day] = _people_hold(picture.diary, {key for key, on in wanted if on == day}, day)
    return found


def _holds(diary: Diary, key: RoomKey, day: date) -> int:
    """So many of one kind: no more than its doctors, its rooms or its chairs can do one after another."""
    room = diary.rooms[key]
    return min(
        sum(most_in_turn(starts, length) for _, starts, length in _each(diary, key, pick, day))
        for pick in room.picks
    )


def _each(diary: Diary, key: RoomKey, pick: Pick, day: date) -> Iterator[tuple[int, int, int]]:
    """(resource, when such a visit could start with it, for how many cells it is in use then)."""
    room, possible = diary.rooms[key], diary.cells(key)
    for one in pick.candidates:
        starts = diary.on_day(key, day, room.availability.free_starts(pick, one) & possible)[1]
        turnover = room.availability.turnover.get(one, 0) if len(pick.uses) == 1 else 0
        yield one, starts, pick.uses[0].cells + turnover


def _people_hold(diary: Diary, keys: Iterable[RoomKey], day: date) -> int:
    """So many of all kinds: each practitioner from any start of any kind, for as long as the shortest."""
    starts: dict[int, int] = defaultdict(int)
    shortest: dict[int, int] = {}
    for key in keys:
        room = diary.rooms[key]
        pick = room.picks[room.visit.practitioner_need]
        for one, own, length in _each(diary, key, pick, day):
            starts[one] |= own << pick.uses[0].offset
            shortest[one] = min(length, shortest.get(one, length))
    return sum(most_in_turn(bits, shortest[one]) for one, bits in starts.items())


# Put together


def judge(
    picture: Picture, joint: Joint[Placement], alone: Mapping[int, Alone],
    free: Mapping[tuple[RoomKey | None, date], int],
) -> Quality:  # fmt: skip
    whole = [one for one, placement in joint.placed.items() if not placement.left]
    lost = sum(len(one.days) for one in alone.values())
    without = sum(len(placement.left) for placement in joint.placed.values())
    without += sum(len(alone[one].days) for one in joint.left)
    return Quality(
        lost=lost,
        placed=lost - without,
        unplaced_at_least=min(without, lost - _at_most(picture, alone, free)),
        moves=sum(joint.placed[one].moves for one in whole),
        along=sum(taken.booking not in alone[one].days for one in whole for taken in joint.placed[one].taken),
        moves_at_least=sum(alone[one].moves for one in whole),
        drift=sum(picture.drift(one, joint.placed[one]) for one in whole),
        drift_at_least=sum(alone[one].drift for one in whole),
        free={day: count for (key, day), count in free.items() if key is None},
    )


def _at_most(
    picture: Picture, alone: Mapping[int, Alone], free: Mapping[tuple[RoomKey | None, date], int]
) -> int:
    """Whoever sits in a time kept for urgent visits is taken to find another: those are counted nowhere."""
    urgent, key = picture.diary.urgent, picture.diary.key
    seeking = [
        Seeking(one, key(visit), frozenset(day.toordinal() for day in days))
        for one, found in alone.items()
        for visit, days in found.days.items()
        if visit not in urgent
    ]
    by_number = {(kind, day.toordinal()): count for (kind, day), count in free.items()}
    most = most_that_fit(
        seeking, of_each={one: found.fits for one, found in alone.items()}, of_kind=by_number,
        of_day={day: count for (kind, day), count in by_number.items() if kind is None},
    )  # fmt: skip
    return most + len(urgent)
