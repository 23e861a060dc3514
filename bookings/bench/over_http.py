"""Thirty days of one practitioner's openings, asked for over HTTP, against an empty page beside it."""

from bookings.bench import lookup, web
from bookings.bench.harness import Row, Run, in_turn


def rows(run: Run) -> list[Row]:
    location = lookup.place("four")
    practitioner = lookup.practitioners(location)[0]
    with web.serving() as served:
        empty, openings = served.get("/bench/empty"), served.get(f"/bench/openings/{practitioner}")
        page = served.get(f"/book/?at=four&who={practitioner}")
        works = {
            "against": lambda: served.ok(empty),
            "ours": lambda: served.ok(openings),
            "page": lambda: served.ok(page),
        }
        web.warm_up(works.values(), run)
        rounds = in_turn(works, rounds=run.rounds, each=run.times(40))
    pages = [{"ours": one["page"], "against": one["against"]} for one in rounds]
    return [Row("openings_over_http", rounds, 6), Row("booking_page_over_http", pages)]
