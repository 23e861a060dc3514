"""Plans a course: one opening for each session, every gap kept, at the least cost there is.

    cost = start_day × days from not_before to session 1 + gap_day × Σ |gap − target| + Σ cost of the openings

Only days matter between two sessions, so of one day only the cheapest opening counts. A table filled from the
last session backwards says, for each session and day, what this and all later ones cost at least. It bounds a
search over days, which finds the cheapest plan without a detour, and further ones exactly too: each is the
cheapest with at least half of its sessions on other days than every earlier one. Of equals, the earliest days
win, session by session. Days are ordinals (`date.toordinal`) in the clinic's time zone.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from fractions import Fraction
from heapq import heapify, heappop, heappush

from clinic.rules import timespans
from treatments.rules.gaps import Gap

Cost = int | Fraction
Costs = dict[int, Cost]


def gettext_noop(text: str) -> str:
    return text


@dataclass(frozen=True)
class GapDays:
    """The three numbers the planner keeps to; a `Gap` has them too."""

    earliest: int
    target: int
    latest: int

    def __post_init__(self) -> None:
        if not 1 <= self.earliest <= self.target <= self.latest:
            raise ValueError("a gap is 1 ≤ earliest ≤ target ≤ latest")


@dataclass(frozen=True)
class Opening:
    """A time that could be booked, for all sessions or some; `costs` replaces `cost` for a session.

    `tag` is the caller's own mark, such as who and where; it comes back with the proposal.
    """

    at: datetime
    cost: Cost = 0
    sessions: frozenset[int] | None = None
    costs: Mapping[int, Cost] = field(default_factory=dict)
    tag: Hashable = None

    @property
    def is_plain(self) -> bool:
        return self.sessions is None and not self.costs


@dataclass(frozen=True)
class After:
    """The session given last, for a course that has begun."""

    day: date
    gap: GapDays | Gap


@dataclass(frozen=True)
class Weights:
    gap_day: Cost = 1
    start_day: Cost = 1


@dataclass(frozen=True)
class PlanRequest:
    not_before: date
    tz: tzinfo
    gaps: Sequence[GapDays | Gap]
    openings: Sequence[Opening]
    after: After | None = None
    weights: Weights = Weights()
    proposals: int = 1
    unlike: Sequence[frozenset[date]] = ()  # the days of plans that were shown before
    most_shared: int | None = None  # so many days may be those of an earlier one; half of the sessions

    @property
    def sessions(self) -> int:
        return len(self.gaps) + 1


@dataclass(frozen=True)
class Proposal:
    openings: tuple[Opening, ...]
    cost: Cost

    @property
    def times(self) -> tuple[datetime, ...]:
        return tuple(opening.at for opening in self.openings)


class Reason(StrEnum):
    WINDOW_OVER = "window_over"
    NO_OPENING = "no_opening"
    NOT_FOR_SESSION = "not_for_session"
    GAP_NOT_KEPT = "gap_not_kept"


REASONS = {
    Reason.WINDOW_OVER: gettext_noop(
        "The days for this session end before the first day that was asked for."
    ),
    Reason.NO_OPENING: gettext_noop("No time is open on the days on which this session may be."),
    Reason.NOT_FOR_SESSION: gettext_noop(
        "Times are open on these days, but none of them suits this session."
    ),
    Reason.GAP_NOT_KEPT: gettext_noop(
        "Times are open on these days, but none of them keeps the gap to the session before."
    ),
}


@dataclass(frozen=True)
class Failure:
    """The first session that no choice of the earlier ones leaves a time for; its days, first and last."""

    session: int
    window: tuple[date, date]
    reason: Reason


@dataclass(frozen=True)
class Plan:
    proposals: tuple[Proposal, ...] = ()
    failure: Failure | None = None


def plan(request: PlanRequest) -> Plan:
    problem = _Problem(request)
    if not problem.least_rest[0]:
        return Plan(failure=_first_failure(problem))
    proposals: list[Proposal] = []
    earlier = [frozenset(day.toordinal() for day in days) for days in request.unlike]
    while len(proposals) < request.proposals:
        found = _cheapest_other_than(problem, earlier)
        if found is None:
            break
        days, cost = found
        openings = zip(problem.cheapest, days, strict=True)
        proposals.append(Proposal(tuple(by_day[day] for by_day, day in openings), cost))
        earlier.append(frozenset(days))
    return Plan(tuple(proposals))


def open_days(request: PlanRequest) -> list[list[int]]:
    """Return for each session the days on which a time is open for it, whatever the gaps say."""
    days = [timespans.local_day(opening.at, request.tz).toordinal() for opening in request.openings]
    return [sorted(by_day) for by_day in _cheapest_by_day(request, days)]


class _Problem:
    """The request as tables by session, counted from 0, and day.

    cheapest: the opening of the day. own_cost: what it costs there, with the start for the first session.
    least_rest: what this session on this day and all later ones cost at least; days without a way on are left
    out.
    """

    def __init__(self, request: PlanRequest) -> None:
        self.request = request
        self.first_days = first_days(request)
        self.days_of = [
            timespans.local_day(opening.at, request.tz).toordinal() for opening in request.openings
        ]
        self.cheapest = _cheapest_by_day(request, self.days_of)
        self.own_cost = [
            {day: _cost_for(opening, session) for day, opening in by_day.items()}
            for session, by_day in enumerate(self.cheapest, start=1)
        ]
        self.own_cost[0] = {
            day: cost + _start_cost(request, day)
            for day, cost in self.own_cost[0].items()
            if day in self.first_days
        }
        self.least_rest = _least_rest(self.own_cost, request.gaps, request.weights.gap_day)
        self.open_days = [sorted(costs) for costs in self.least_rest]

    def steps(self, session: int, day: int) -> Iterator[tuple[int, Cost]]:
        """Return each day for the next session that has a way on, with what the gap to it costs."""
        gap, days = self.request.gaps[session], self.open_days[session + 1]
        for index in range(bisect_left(days, day + gap.earliest), bisect_right(days, day + gap.latest)):
            yield days[index], self.request.weights.gap_day * abs(days[index] - day - gap.target)


def first_days(request: PlanRequest) -> range:
    """Return the days on which the first session may be; without a session before it, any from not_before."""
    first, last = request.not_before.toordinal(), date.max.toordinal()
    if request.after:
        given = request.after.day.toordinal()
        first, last = max(first, given + request.after.gap.earliest), given + request.after.gap.latest
    return range(first, last + 1)


def _start_cost(request: PlanRequest, day: int) -> Cost:
    cost = request.weights.start_day * (day - request.not_before.toordinal())
    if request.after:
        gap = day - request.after.day.toordinal()
        cost += request.weights.gap_day * abs(gap - request.after.gap.target)
    return cost


def _cost_for(opening: Opening, session: int) -> Cost:
    return opening.costs.get(session, opening.cost)


def _cheapest_by_day(request: PlanRequest, days_of: Sequence[int]) -> list[dict[int, Opening]]:
    """Return for each session the cheapest opening of each day, of equals the earliest."""
    first = request.not_before.toordinal()
    dated = [(day, opening) for day, opening in zip(days_of, request.openings, strict=True) if day >= first]
    plain: dict[int, Opening] = {}
    for day, opening in dated:
        if opening.is_plain:
            _keep_cheaper(plain, day, opening, 1)
    tables = [dict(plain) for _ in range(request.sessions)]
    numbers = range(1, request.sessions + 1)
    for day, opening in dated:
        if not opening.is_plain:
            for session in numbers if opening.sessions is None else opening.sessions.intersection(numbers):
                _keep_cheaper(tables[session - 1], day, opening, session)
    return tables


def _keep_cheaper(by_day: dict[int, Opening], day: int, opening: Opening, session: int) -> None:
    kept = by_day.setdefault(day, opening)
    if (_cost_for(opening, session), opening.at) < (_cost_for(kept, session), kept.at):
        by_day[day] = opening


def _least_rest(own_cost: Sequence[Costs], gaps: Sequence[GapDays | Gap], gap_day: Cost) -> list[Costs]:
    tables = [own_cost[-1]]
    for own, gap in zip(reversed(own_cost[:-1]), reversed(gaps), strict=True):
        following = _least_following(sorted(own), tables[-1], gap, gap_day)
        tables.append({day: own[day] + cost for day, cost in following.items()})
    return tables[::-1]


def _least_following(days: list[int], following: Costs, gap: GapDays | Gap, gap_day: Cost) -> Costs:
    """Return for each day the least cost of the gap and all that follows; days without a way on are left out.

    |gap − target| is a straight line on each side of the target. Seen from any day the line only moves up or
    down, so the least of each side is that of a window that slides along the days.
    """
    points = sorted(following.items())
    sooner = [(day, cost - gap_day * day) for day, cost in points]
    later = [(day, cost + gap_day * day) for day, cost in points]
    least_sooner = _window_minima(sooner, [(day + gap.earliest, day + gap.target) for day in days])
    least_later = _window_minima(later, [(day + gap.target, day + gap.latest) for day in days])
    result: Costs = {}
    for day, early, late in zip(days, least_sooner, least_later, strict=True):
        on_target = gap_day * (day + gap.target)
        sides = [early + on_target] if early is not None else []
        sides += [late - on_target] if late is not None else []
        if sides:
            result[day] = min(sides)
    return result


def _window_minima(
    points: Sequence[tuple[int, Cost]], windows: Iterable[tuple[int, int]]
) -> Iterator[Cost | None]:
    """Return the least value in each window; windows only move forward, so each point comes and goes once."""
    rising: deque[tuple[int, Cost]] = deque()
    upcoming = 0
    for first, last in windows:
        while upcoming < len(points) and points[upcoming][0] <= last:
            while rising and rising[-1][1] >= points[upcoming][1]:
                rising.pop()
            rising.append(points[upcoming])
            upcoming += 1
        while rising and rising[0][0] < first:
            rising.popleft()
        yield rising[0][1] if rising else None


def _cheapest_other_than(
    problem: _Problem, earlier: Sequence[frozenset[int]]
) -> tuple[tuple[int, ...], Cost] | None:
    """Return the cheapest plan with at least half its sessions on other days than each earlier one, as days.

    1. A partial plan is bounded by its cost so far and the least that its rest can cost, so the first whole
       plan to leave the heap is the cheapest. Of equals it has the earliest days: tuples compare that way.
    2. Two partial plans that end on one day, and share equally many days with each earlier proposal, can go
       on in the same ways: only the first to leave the heap is followed.
    """
    allowed = problem.request.most_shared
    allowed = problem.request.sessions // 2 if allowed is None else allowed
    heap = [(cost, (day,), 0) for day, cost in problem.least_rest[0].items()]
    heapify(heap)
    followed = set()
    while heap:
        bound, days, before = heappop(heap)
        shared = tuple(sum(day in taken for day in days) for taken in earlier)
        state = (len(days), days[-1], shared)
        if state in followed or any(count > allowed for count in shared):
            continue
        if len(days) == problem.request.sessions:
            return days, bound
        followed.add(state)
        session = len(days) - 1
        before += problem.own_cost[session][days[-1]]
        for day, gap_cost in problem.steps(session, days[-1]):
            rest = problem.least_rest[session + 1][day]
            heappush(heap, (before + gap_cost + rest, (*days, day), before + gap_cost))
    return None


def _first_failure(problem: _Problem) -> Failure:
    """Go forward from the first session to the first one that no chain of days reaches."""
    window, reached = problem.first_days, sorted(problem.own_cost[0])
    session = 0
    while reached:
        gap = problem.request.gaps[session]
        session += 1
        window = range(reached[0] + gap.earliest, reached[-1] + gap.latest + 1)
        reached = sorted(day for day in problem.own_cost[session] if _is_reached(day, reached, gap))
    return _failure(problem, session, window)


def _is_reached(day: int, before: Sequence[int], gap: GapDays | Gap) -> bool:
    index = bisect_left(before, day - gap.latest)
    return index < len(before) and before[index] <= day - gap.earliest


def _failure(problem: _Problem, session: int, window: range) -> Failure:
    request = problem.request
    if not window:
        given, gap = request.after.day.toordinal(), request.after.gap
        over = (given + gap.earliest, given + gap.latest)
        return Failure(1, (day_of(over[0]), day_of(over[1])), Reason.WINDOW_OVER)
    first, last = window[0], window[-1]
    if session == 0 and request.after is None:
        # Nothing bounds it: the window is as far as anybody looked.
        last = max([first, *problem.days_of])
    if any(day in window for day in problem.cheapest[session]):
        reason = Reason.GAP_NOT_KEPT
    elif any(day in window for day in problem.days_of):
        reason = Reason.NOT_FOR_SESSION
    else:
        reason = Reason.NO_OPENING
    return Failure(session + 1, (day_of(first), day_of(last)), reason)


def day_of(ordinal: int) -> date:
    return date.fromordinal(min(ordinal, date.max.toordinal()))
