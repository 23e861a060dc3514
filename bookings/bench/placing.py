"""Placing twelve sessions at once, against placing one."""

from datetime import timedelta
from itertools import count
from uuid import UUID

from bookings import door
from bookings.bench import courses, places
from bookings.bench.harness import Row, Run, count_queries, in_turn
from bookings.services.planning import propose


def rows(run: Run) -> list[Row]:
    each, keys = run.times(5), count(1)
    waiting = enumerate(courses.make(2 * (run.rounds * each + 1) + 1, run.size))

    def planned():
        """The next course as the diary stands now, not all beginning on one day."""
        number, course = next(waiting)
        not_before = places.TODAY + timedelta(days=number * 3 % 28)
        return course, propose(course, now=places.NOW, not_before=not_before).times

    def place(course, times):
        door.place_course(
            course=course, times=times, key=UUID(int=next(keys)), by=None, now=places.NOW,
            authority=door.Authority.DESK,
        )  # fmt: skip

    def place_one(course, times):
        place(course, times[:1])

    course, times = planned()
    queries = count_queries(lambda: place(course, times))
    works = {"against": place_one, "ours": place}
    rounds = in_turn(works, rounds=run.rounds, each=each, before=planned)
    return [Row("placing_12_sessions", rounds, 3.5, queries=queries)]
