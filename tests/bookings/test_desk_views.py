"""The desk's day: what stands on it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Closure, Status
from bookings.views.desk.cards import Card
from consultations.rules import candidacy_rules
from tests import builders
from tests.bookings.desk_clinic import (
    AT_11,
    TOMORROW_11,
    address,
    desk,
    screened,
    session_visit,
    status_of,
    take_step,
    visit,
)
from tests.bookings.patient_clinic import at_now, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


def columns(page):
    """{column: the names on its cards}"""
    return {
        column.name: [item.name for item in column.items if isinstance(item, Card)]
        for column in page.context["board"]["columns"]
    }


def card_of(page, booking):
    items = [item for column in page.context["board"]["columns"] for item in column.items]
    return next(item for item in items if getattr(item, "reference", "") == booking.reference)


# What stands on the day


def test_day_shows_a_consultation_with_its_room(desk, place):
    visit(place)

    page = text_of(desk.get("/desk/"))

    assert "11:00 – 11:30 am Asha Rao" in page
    assert "First consultation not confirmed" in page
    assert "1 to come" in page


def test_day_shows_the_steps_of_a_session_as_parts_of_one_card(desk, place):
    booking = session_visit(place)
    names = list(booking.claims.order_by("starts", "resource__kind").values_list("resource__name", flat=True))

    page = desk.get("/desk/")

    chair, _doctor, room, _again = names
    assert columns(page) == {"Dr Rao": [booking.patient.name]}
    assert card_of(page, booking).place == "r-24 s-16"  # 11:00 to 12:20, from 9:00 on
    assert card_of(page, booking).parts == [
        ("s-9 numb", f"numbing · {chair}"),
        ("s-4 inject", f"injecting · {room}"),
        ("s-3 watch", f"watching · {chair}"),
    ]
    assert "session 1 of 4" in text_of(page)


def test_day_groups_by_doctor_and_by_room(desk, place):
    booking = visit(place)
    room = booking.claims.get(resource__kind="room").resource.name
    [other] = place.location.resources.filter(kind="room").exclude(name=room)

    by_doctor, by_room = desk.get("/desk/?by=doctor"), desk.get("/desk/?by=room")

    assert columns(by_doctor) == {"Dr Rao": ["Asha Rao"]}
    assert columns(by_room) == {room: ["Asha Rao"], other.name: []}
    assert columns(desk.get("/desk/")) == columns(by_room)  # as last time


def test_day_says_who_works_without_visits_and_who_is_away(desk, place):
    Closure.objects.create(
        resource=place.doctor.resource, starts=local("2026-11-02T14:00"), ends=local("2026-11-02T16:00"),
        reason="Leave",
    )  # fmt: skip

    page = desk.get("/desk/")

    assert "Dr Rao 9:00 am – 6:00 pm Leave, 2:00 – 4:00 pm" in text_of(page)
    assert "Nobody is booked on this day." in text_of(page)
    [column] = page.context["board"]["columns"]
    assert [(band.kind, band.place) for band in column.bands] == [("away", "r-60 s-24")]


def test_day_shows_its_neighbours_and_what_was_cancelled_beside_it(desk, place):
    booking = visit(place, TOMORROW_11)
    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)

    response = desk.get("/desk/?day=2026-11-03")

    assert response.context["before"]["words"] == "Mon 2 Nov"
    assert response.context["after"]["words"] == "Wed 4 Nov"
    assert [row.name for row in response.context["gone"]] == ["Asha Rao"]
    assert columns(response) == {"Dr Rao": []}


def test_day_shows_only_the_location_asked_for(desk, place):
    visit(place)
    other = builders.a_location()

    page = text_of(desk.get(f"/desk/?at={other.slug}"))

    assert "Asha Rao" not in page
    assert "Nobody is booked on this day" in page


def test_day_of_a_visit_needs_no_more_than_the_visit(desk, place):
    booking = visit(place, TOMORROW_11)

    page = desk.get(f"/desk/?visit={booking.reference}")

    assert page.context["title"] == "Tue 3 Nov"
    assert page.context["card"]["row"].name == "Asha Rao"


def test_day_of_somebody_with_a_role_elsewhere_shows_nothing_of_here(client, place):
    booking = visit(place)
    elsewhere = builders.a_location()
    client.force_login(builders.staff(role="front_desk", location=elsewhere))

    for query in (f"at={place.location.slug}", f"visit={booking.reference}"):
        assert "Asha Rao" not in text_of(client.get(f"/desk/?{query}"))
    assert take_step(client, booking, "arrived").status_code == 404
    assert status_of(booking) == Status.BOOKED


def test_day_without_a_location_says_so(client, place):
    draft = builders.a_location(is_open=False)
    client.force_login(builders.staff(role="front_desk", location=draft))

    assert "Nothing can be booked here" in text_of(client.get("/desk/"))


@pytest.mark.parametrize(
    "query",
    ["day=0001-01-01", "day=9999-12-31", "day=2026-02-30", "day=x", "at=nowhere", "by=x", "visit=ZZZ",
     "visit=" + "A" * 400],
)  # fmt: skip
def test_day_ignores_what_it_cannot_read(desk, place, query):
    response = desk.get(f"/desk/?{query}")

    assert response.status_code == 200
    assert response.context["title"] == "Mon 2 Nov"


def test_day_marks_where_the_clock_stands(desk, place, at_now):
    set_clock(at_now, AT_11 + timedelta(minutes=7))

    today, tomorrow = desk.get("/desk/"), desk.get("/desk/?day=2026-11-03")

    assert today.context["board"]["now"] == {"row": 25, "words": "11:07 am"}
    assert tomorrow.context["board"]["now"] is None


def test_day_takes_as_many_queries_for_one_visit_as_for_three(desk, place, django_assert_num_queries):
    first = visit(place)
    screened(first.patient, outcome="REVIEW")
    address_of_first = f"/desk/?day=2026-11-02&visit={first.reference}"
    desk.get("/desk/")
    with django_assert_num_queries(21):
        desk.get("/desk/")
    with django_assert_num_queries(24):
        desk.get(address_of_first)

    screened(visit(place, AT_11 + timedelta(hours=1), name="Ravi Naik").patient, outcome="ABS")
    session_visit(place, AT_11 + timedelta(hours=3))
    with django_assert_num_queries(21):
        desk.get("/desk/")
    with django_assert_num_queries(24):
        desk.get(address_of_first)


# Flags


def flags(desk):
    [booking] = Booking.objects.all()
    side = desk.get(f"/desk/?visit={booking.reference}").context["card"]
    return [words for _colour, _icon, words in side["row"].tags]


def fired(rule, clause, scope="ALL"):
    return {"id": rule, "clause": clause, "scope": scope, "outcome": "ABS", "answers": {"pregnant": "yes"}}


def test_flags_of_somebody_new_without_a_form(desk, place):
    visit(place)

    assert flags(desk) == ["form not finished", "first visit"]


def test_flags_say_doctor_to_review_and_never_why(desk, place):
    booking = visit(place)
    screened(booking.patient, outcome="ABS", fired=[fired("R-01", "pregnant")])

    page = text_of(desk.get(f"/desk/?visit={booking.reference}")).lower()

    assert flags(desk) == ["doctor to review", "first visit"]
    assert "pregnan" not in page
    assert "r-01" not in page


def test_flags_are_gone_when_the_doctor_has_decided(desk, place):
    booking = visit(place)
    builders.a_decision(screening=screened(booking.patient, outcome="ABS"), signed_by=place.doctor)

    assert flags(desk) == ["first visit"]


def test_flags_of_a_session_whose_decision_runs_out_before_it(desk, place):
    booking = session_visit(place)
    assert flags(desk) == ["form open", "first visit"]

    booking.patient.decisions.get()  # signed for ninety days
    builders.a_decision(
        patient=booking.patient, signed_by=place.doctor, valid_until=booking.day - timedelta(days=1)
    )

    assert flags(desk) == ["doctor to review", "form open", "first visit"]


def test_flags_give_the_words_that_the_rule_has_for_the_desk(desk, place):
    booking = visit(place)
    rule = next(one for one in candidacy_rules.RULES if one.desk == "Brings a list of medicines.")
    screened(booking.patient, outcome="CAUTION", fired=[fired(rule.id, rule.clauses[0].id)])

    assert flags(desk) == ["first visit", "Brings a list of medicines."]


def test_card_offers_everything_that_can_be_done(desk, place):
    booking = visit(place)

    page = desk.get(f"/desk/?visit={booking.reference}")

    words = text_of(page)
    assert f"Reference {booking.reference}" in words
    assert "Booked by the patient, Fri 30 Oct, 10:00 am" in words
    for name in ("desk_move", "desk_cancel"):
        assert address(booking, name) in page.content.decode()
