"""Planning a course: eight sessions with three proposals, and twelve over a year."""

from bookings.bench import courses, lookup, places
from bookings.bench.harness import Row, Run, in_turn
from bookings.bench.searching import search
from bookings.rules import planner
from bookings.rules.planner import GapDays, Opening, PlanRequest
from bookings.services.planning import propose

WEEKLY = GapDays(5, 7, 9)


def rows(run: Run) -> list[Row]:
    return [_eight_sessions(run), _twelve_over_a_year(run)]


def _eight_sessions(run: Run) -> Row:
    """Search and plan together, against the search alone."""
    location, treat = lookup.place("ten"), lookup.kind(places.TREAT)
    sessions = min(8, run.size.days // 8 + 1)

    def starts():
        return search(location, treat, run.size.days).starts(not_before=places.NOW)

    def plan():
        request = PlanRequest(
            not_before=places.TODAY,
            tz=search_tz,
            gaps=[WEEKLY] * (sessions - 1),
            openings=[Opening(start) for start in starts()],
            proposals=3,
        )
        proposals = planner.plan(request).proposals
        if len(proposals) != 3:
            raise RuntimeError(f"{len(proposals)} proposals instead of 3")

    search_tz = search(location, treat, 1).tz
    rounds = in_turn({"against": starts, "ours": plan}, rounds=run.rounds, each=run.times(7))
    return Row("planning_8_sessions", rounds, 1.8)


def _twelve_over_a_year(run: Run) -> Row:
    """`propose` as the course page calls it, against one search of sixty days."""
    location, treat = lookup.place("four"), lookup.kind(places.TREAT)
    course = courses.make(1, run.size)[0]

    def plan():
        if propose(course, now=places.NOW).failed:
            raise RuntimeError("the course has no plan")

    works = {
        "against": lambda: search(location, treat, run.size.days).starts(not_before=places.NOW),
        "ours": plan,
    }
    return Row("planning_12_over_a_year", in_turn(works, rounds=run.rounds, each=run.times(5)), 9)
