"""Re-plans the rest of a course: as few sessions move as must, and those as little as they can.

Exactly, and in this order:

    1. fewest moves
    2. least drift: Σ |new day − old day| + Σ |gap − target|
    3. least cost of the openings used
    4. earliest days, session by session

The four are compared one after the other, never added up, so no sum of a later one outweighs an earlier one.
A session either stays at the very time it has or takes an opening. Gaps hold between each two sessions, with
one exception: two that both stay may stay as far apart as they are, late or early, though never below the
floor that nobody may go under. What was given before counts as staying.

A table filled from the last session backwards says, for each session and day, what this and all later ones
come to at least. Days are ordinals (`date.toordinal`) in the clinic's time zone.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from bookings.rules.planner import After, Cost, Failure, GapDays, Opening, Reason
from clinic.rules import timespans
from treatments.rules.gaps import Gap

AnyGap = GapDays | Gap


@dataclass(frozen=True)
class ReplanRequest:
    """The sessions still to come, counted from 1, each with the time it has now.

    `gaps`: one between each two of them. `lost`: sessions whose time cannot stay. `chosen`: times that
    somebody has put sessions at, there and nowhere else; the time a session has already pins it there.
    `not_before` bounds the openings; what stands sooner may stay.
    """

    not_before: date
    tz: tzinfo
    gaps: Sequence[AnyGap]
    openings: Sequence[Opening]
    standing: Sequence[datetime | None]
    lost: frozenset[int] = frozenset()
    chosen: Mapping[int, datetime] = field(default_factory=dict)
    after: After | None = None

    def __post_init__(self) -> None:
        if not self.standing or len(self.gaps) != len(self.standing) - 1:
            raise ValueError("one gap between each two sessions")

    @property
    def sessions(self) -> int:
        return len(self.standing)


@dataclass(frozen=True)
class Replan:
    """One opening a session, without cost or tag where it stays; or why there is no way.

    `moved`: the sessions that have a time now and come to another. `drift`: in days.
    """

    openings: tuple[Opening, ...] = ()
    moved: frozenset[int] = frozenset()
    drift: int = 0
    failure: Failure | None = None

    @property
    def times(self) -> tuple[datetime, ...]:
        return tuple(opening.at for opening in self.openings)

    @property
    def tags(self) -> tuple:
        return tuple(opening.tag for opening in self.openings)


class _Worth(NamedTuple):
    """What is compared, first things first."""

    moves: int
    drift: int
    cost: Cost


class _Place(NamedTuple):
    opening: Opening
    stays: bool
    worth: _Worth


class _Way(NamedTuple):
    """This session and all later ones at their least, and on which day the next one is then."""

    worth: _Worth
    next_day: int | None


def replan(request: ReplanRequest) -> Replan:
    places = [_places(request, session) for session in range(1, request.sessions + 1)]
    reached = _reached(request, places)
    if len(reached) < request.sessions:
        return Replan(failure=_failure(request, reached))
    ways = _ways(request, reached)
    best = min((way.worth, day) for day, way in ways[0].items())
    chain = list(_chain(ways, best[1]))
    taken = [reached[session][day] for session, day in enumerate(chain)]
    moved = {
        session
        for session, place in enumerate(taken, start=1)
        if not place.stays and request.standing[session - 1] is not None
    }
    return Replan(tuple(place.opening for place in taken), frozenset(moved), best[0].drift)


# Where each session could be


def _places(request: ReplanRequest, session: int) -> dict[int, _Place]:
    """Return one place a day: where it stays if it may, else the cheapest opening, of equals the earliest."""
    standing, chosen = request.standing[session - 1], request.chosen.get(session)
    if chosen is not None:
        return _fixed(request, session, chosen)
    found: dict[int, Opening] = {}
    first = request.not_before.toordinal()
    for opening in request.openings:
        day = _day(request, opening.at)
        if day >= first and (opening.sessions is None or session in opening.sessions):
            kept = found.setdefault(day, opening)
            if (_cost(opening, session), opening.at) < (_cost(kept, session), kept.at):
                found[day] = opening
    places = {day: _new(request, session, day, opening) for day, opening in found.items()}
    if standing is not None and session not in request.lost:
        places[_day(request, standing)] = _Place(Opening(standing), True, _Worth(0, 0, 0))
    return places


def _fixed(request: ReplanRequest, session: int, chosen: datetime) -> dict[int, _Place]:
    day = _day(request, chosen)
    if chosen == request.standing[session - 1] and session not in request.lost:
        return {day: _Place(Opening(chosen), True, _Worth(0, 0, 0))}
    listed = [
        opening
        for opening in request.openings
        if opening.at == chosen and (opening.sessions is None or session in opening.sessions)
    ]
    opening = min(listed, key=lambda one: _cost(one, session), default=Opening(chosen))
    return {day: _new(request, session, day, opening)}


def _new(request: ReplanRequest, session: int, day: int, opening: Opening) -> _Place:
    standing, cost = request.standing[session - 1], _cost(opening, session)
    if standing is None:
        return _Place(opening, False, _Worth(0, 0, cost))
    return _Place(opening, False, _Worth(1, abs(day - _day(request, standing)), cost))


def _cost(opening: Opening, session: int) -> Cost:
    return opening.costs.get(session, opening.cost)


def _day(request: ReplanRequest, at: datetime) -> int:
    return timespans.local_day(at, request.tz).toordinal()


# Which of them follow one another


def _reached(request: ReplanRequest, places: Sequence[dict[int, _Place]]) -> list[dict[int, _Place]]:
    """Return the places that a chain from the front reaches, up to the first session that none does."""
    before, found = None, []
    for session, own in enumerate(places):
        if session == 0:
            kept = {day: place for day, place in own.items() if _may_begin(request, day, place)}
        else:
            gap = request.gaps[session - 1]
            kept = {day: place for day, place in own.items() if _follows_any(before, day, place, gap)}
        if not kept:
            break
        found.append(kept)
        before = kept
    return found


def _may_begin(request: ReplanRequest, day: int, place: _Place) -> bool:
    if request.after is None:
        return True
    given, gap = request.after.day.toordinal(), request.after.gap
    return _is_apart(day - given, gap) or (place.stays and day - given >= _floor(gap))


def _follows_any(before: Mapping[int, _Place], day: int, place: _Place, gap: AnyGap) -> bool:
    if any(day - length in before for length in range(gap.earliest, gap.latest + 1)):
        return True
    return place.stays and any(one.stays and day - other >= _floor(gap) for other, one in before.items())


def _is_apart(days: int, gap: AnyGap) -> bool:
    return gap.earliest <= days <= gap.latest


def _floor(gap: AnyGap) -> int:
    return getattr(gap, "never_before", gap.earliest)


# The best chain


def _ways(request: ReplanRequest, reached: Sequence[dict[int, _Place]]) -> list[dict[int, _Way]]:
    """Return for each session and day the least of what follows; days without a way on are left out."""
    tables = [{day: _Way(place.worth, None) for day, place in reached[-1].items()}]
    for session in range(request.sessions - 2, -1, -1):
        gap, own, following = request.gaps[session], reached[session], tables[-1]
        days, stay = sorted(following), _stay_of(reached[session + 1])
        table = {}
        for day, place in own.items():
            nexts = _nexts(day, place, gap, days, stay if stay in following else None)
            best = min(((_after(following[on].worth, on - day, gap), on) for on in nexts), default=None)
            if best is not None:
                table[day] = _Way(_sum(place.worth, best[0]), best[1])
        tables.append(table)
    return _with_start(request, tables[::-1])


def _stay_of(places: Mapping[int, _Place]) -> int | None:
    return next((day for day, place in places.items() if place.stays), None)


def _nexts(day: int, place: _Place, gap: AnyGap, days: Sequence[int], stay: int | None) -> Iterator[int]:
    yield from days[bisect_left(days, day + gap.earliest) : bisect_right(days, day + gap.latest)]
    if place.stays and stay is not None and stay - day >= _floor(gap) and not _is_apart(stay - day, gap):
        yield stay


def _after(worth: _Worth, length: int, gap: AnyGap) -> _Worth:
    return _Worth(worth.moves, worth.drift + abs(length - gap.target), worth.cost)


def _sum(one: _Worth, other: _Worth) -> _Worth:
    return _Worth(one.moves + other.moves, one.drift + other.drift, one.cost + other.cost)


def _with_start(request: ReplanRequest, tables: list[dict[int, _Way]]) -> list[dict[int, _Way]]:
    if request.after is None:
        return tables
    given, gap = request.after.day.toordinal(), request.after.gap
    first = {day: _Way(_after(way.worth, day - given, gap), way.next_day) for day, way in tables[0].items()}
    return [first, *tables[1:]]


def _chain(ways: Sequence[Mapping[int, _Way]], day: int) -> Iterator[int]:
    for table in ways:
        yield day
        day = table[day].next_day


# When there is no way


def _failure(request: ReplanRequest, reached: Sequence[Mapping[int, _Place]]) -> Failure:
    """Name the first session that no choice of those before leaves a time for."""
    session = len(reached) + 1
    earliest, last = _window(request, reached)
    first = max(earliest, request.not_before.toordinal())
    if first > last:
        return Failure(session, (_date(earliest), _date(last)), Reason.WINDOW_OVER)
    inside = [one for one in request.openings if first <= _day(request, one.at) <= last]
    if session in request.chosen or any(one.sessions is None or session in one.sessions for one in inside):
        reason = Reason.GAP_NOT_KEPT
    else:
        reason = Reason.NOT_FOR_SESSION if inside else Reason.NO_OPENING
    return Failure(session, (_date(first), _date(last)), reason)


def _window(request: ReplanRequest, reached: Sequence[Mapping[int, _Place]]) -> tuple[int, int]:
    if reached:
        gap = request.gaps[len(reached) - 1]
        return min(reached[-1]) + gap.earliest, max(reached[-1]) + gap.latest
    if request.after is None:
        # Nothing bounds it: the window is as far as anybody looked.
        first = request.not_before.toordinal()
        return first, max([first, *(_day(request, one.at) for one in request.openings)])
    given, gap = request.after.day.toordinal(), request.after.gap
    return given + gap.earliest, given + gap.latest


def _date(ordinal: int) -> date:
    return date.fromordinal(min(ordinal, date.max.toordinal()))
