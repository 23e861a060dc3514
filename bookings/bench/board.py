"""The day board of the big clinic, its whole day and a poll with nothing new, against an empty page."""

from bookings.bench import places, web
from bookings.bench.harness import Row, Run, count_queries, in_turn

ADDRESS = f"/desk/board/?at=twenty&day={places.TODAY}&by=doctor"
PAGE = f"/desk/?at=twenty&day={places.TODAY}&by=doctor"


def rows(run: Run) -> list[Row]:
    desk = web.log_in("desk@bench.example")
    known = {"If-None-Match": desk.client.get(ADDRESS).headers["ETag"]}
    counted = {
        "poll": count_queries(lambda: desk.client.get(ADDRESS, headers=known)),
        "board": count_queries(lambda: desk.client.get(PAGE)),
    }
    with web.serving() as served:
        empty, page = served.get("/bench/empty", desk), served.get(PAGE, desk)

        def poll() -> None:
            """With the tag of the answer before: now and then the clock alone makes it another board."""
            status, answer = served.fetch(served.message("GET", ADDRESS, desk, more=known))
            if status == 200:
                known["If-None-Match"] = _tag_of(answer)
            elif status != 304:
                raise RuntimeError(f"{status} instead of 304")

        works = {"empty": lambda: served.ok(empty), "poll": poll, "board": lambda: served.ok(page)}
        web.warm_up(works.values(), run)
        rounds = in_turn(works, rounds=run.rounds, each=run.times(20))
    return [
        Row(
            f"{name}_over_http",
            [{"ours": one[name], "against": one["empty"]} for one in rounds],
            queries=queries,
        )
        for name, queries in counted.items()
    ]


def _tag_of(answer: bytes) -> str:
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return next(line.partition(": ")[2] for line in head if line.lower().startswith("etag:"))
