"""A page of two hundred openings: laying it out and rendering it, against the search that found them."""

from itertools import islice

from django.template.loader import render_to_string
from django.test import RequestFactory

from bookings.bench import lookup, places
from bookings.bench.harness import Row, Run, in_turn
from bookings.services.openings.fortnight import Search, read_fortnight
from bookings.views.patient import choosing
from clinic.services.days import zone_of

OPENINGS = 200


def rows(run: Run) -> list[Row]:
    location, talk = lookup.place("twenty"), lookup.kind(places.TALK)
    request = RequestFactory().get("/book/")

    def search():
        return read_fortnight(Search(talk, location), now=places.NOW)

    found = search()
    starts = list(islice((start for day in found.days.values() for start in day), OPENINGS))

    def render():
        content = {
            "location": location,
            "visit_type": talk,
            "days": choosing.day_strip(
                found.days, chosen=found.first_open, address=str, words_without=lambda day: "full"
            ),
            "groups": choosing.time_groups(starts, zone_of(location)),
        }
        return render_to_string("bookings/patient/times.html", content, request)

    shown = render().count('name="starts"')
    rounds = in_turn({"against": search, "ours": render}, rounds=run.rounds, each=run.times(15))
    return [Row("page_of_200_openings", rounds, 2, proofs={"all are shown": shown == len(starts)})]
