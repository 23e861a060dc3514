"""The day board: words and places of its cards, without a script, and very full."""

import gzip
from datetime import date, time
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings import door
from bookings.models import Closure, RunningLate, WorkingHours
from bookings.views.desk.cards import Card
from bookings.views.desk.grid import Cell
from clinic.models import Resource
from tests import builders
from tests.bookings.board_clinic import MINUTE, card, items, propose, set_to, words_on
from tests.bookings.desk_clinic import (
    AT_11,
    desk,
    session_visit,
    visit,
)
from tests.bookings.full_day import fill
from tests.bookings.patient_clinic import at_now, hidden, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db

# Words, colours and icons


@pytest.mark.parametrize(
    ("fields", "look", "icon", "words"),
    [
        ({}, "booked", "ring", "not confirmed"),
        ({"confirmed_at": NOW}, "confirmed", "check", "confirmed"),
        ({"status": "arrived", "arrived_at": NOW}, "arrived", "dot", "arrived 10:00 am"),
        ({"status": "preparing"}, "preparing", "drop", "numbing"),
        ({"status": "in_room"}, "in_room", "play", "in the room"),
        ({"status": "watching"}, "watching", "eye", "resting"),
        ({"status": "done"}, "done", "block", "done"),
    ],
)
def test_status_is_said_by_colour_icon_and_word(desk, place, fields, look, icon, words):
    booking = visit(place)
    set_to(booking, **fields)

    page = desk.get("/desk/")

    assert card(page, booking).look == look
    assert f'href="#i-{icon}"/></svg> {words}</span>' in card(page, booking).marks
    assert f'<symbol id="i-{icon}"' in page.content.decode()


def test_a_visit_further_ahead_is_booked_and_nobody_misses_a_word_yet(desk, place):
    booking = visit(place, local("2026-11-05T11:00"))

    page = desk.get(f"/desk/?visit={booking.reference}")

    assert "not confirmed" not in words_on(page, booking)
    assert "booked" in words_on(page, booking)


def test_flags_of_the_day_stand_on_the_card(desk, place, at_now):
    booking = visit(place)
    manager = builders.staff(role="manager")
    set_to(booking, fit_in_reason="came from far", kept_by=manager, kept_why="wishes it", late_minutes=20)
    set_clock(at_now, AT_11 + 10 * MINUTE)

    said = words_on(desk.get("/desk/"), booking)

    for words in ("20 min late", "fit-in", "kept although closed", "first visit", "form not finished"):
        assert words in said
    assert "not here yet" not in said


def test_somebody_who_is_later_than_they_said_is_missed(desk, place, at_now):
    booking = visit(place)
    set_to(booking, late_minutes=20)
    set_clock(at_now, AT_11 + 21 * MINUTE)

    assert "not here yet" in words_on(desk.get("/desk/"), booking)


def test_a_hold_is_dashed_nobodys_and_counts_down(desk, place):
    held = door.hold(
        visit_type=place.consultation, location=place.location, starts=AT_11, held_for="x", now=NOW
    )

    page = desk.get("/desk/")

    assert (card(page, held).look, card(page, held).href) == ("held", "")
    assert "Somebody is booking online" in words_on(page, held)
    assert "held 10 min" in words_on(page, held)
    assert f'data-until="{int(held.held_until.timestamp())}"' in page.content.decode()
    assert desk.get(f"/desk/?visit={held.reference}").context["card"] is None


def test_an_offer_is_dashed_and_opens_the_visit_it_is_for(desk, place):
    booking = visit(place)
    offer = propose(booking)

    page = desk.get("/desk/")

    assert (card(page, offer).look, card(page, offer).href) == ("offer", f"?visit={booking.reference}")
    assert "instead of Mon 2 Nov, 11:00 am asked: waiting for an answer" in words_on(page, offer)
    assert "asked to move" in words_on(page, booking)
    assert "1 asked" in text_of(page)
    opened = text_of(desk.get(f"/desk/?visit={booking.reference}"))
    assert "Mon 2 Nov, 3:00 pm, asked; kept until Mon 2 Nov, 12:00 pm" in opened


def test_a_declined_offer_is_gone_without_a_trace_on_the_board(desk, place):
    offer = propose(visit(place))
    door.decline(offer=offer, by=None, now=NOW)

    page = desk.get("/desk/")

    assert [item.reference for item in items(page)] == [offer.replaces.reference]
    assert "asked" not in words_on(page, offer.replaces)
    assert page.context["gone"] == []


# Columns


def test_a_session_in_a_rooms_column_shows_what_is_elsewhere(desk, place):
    Resource.objects.filter(kind="room").update(turnover_minutes=10)
    booking = session_visit(place)
    chair = booking.claims.filter(resource__kind="chair").first().resource.name
    room = booking.claims.get(resource__kind="room").resource

    page = desk.get("/desk/?by=room")

    assert card(page, booking).about == "session 1 of 4 · Dr Rao"
    assert card(page, booking).parts == [
        ("s-9 numb elsewhere", f"numbing · {chair}"),
        ("s-4 inject", f"injecting · {room.name}"),
        ("s-3 watch elsewhere t-2", f"watching · {chair}"),  # the room is cleaned meanwhile
    ]


def test_cleaning_is_a_tail_after_the_card(desk, place):
    Resource.objects.filter(kind="room").update(turnover_minutes=10)
    booking = visit(place)
    room = booking.claims.get(resource__kind="room").resource_id

    for query in ("by=room", "by=doctor"):
        page = desk.get(f"/desk/?{query}")
        tails = {
            column.key: band.place
            for column in page.context["board"]["columns"]
            for band in column.bands
            if band.kind == "clean"
        }
        assert tails == {room if query == "by=room" else place.doctor.pk: "r-30 s-2"}


def test_cards_that_overlap_stand_side_by_side(desk, place):
    first = visit(place)
    fitted = door.fit_in(
        patient=builders.a_patient(name="Ravi Naik"), visit_type=place.consultation, location=place.location,
        starts=AT_11 + 15 * MINUTE, practitioner=place.doctor.pk, reason="came from far", key=uuid4(),
        by=desk.user, now=NOW,
    )  # fmt: skip

    page = desk.get("/desk/")

    assert card(page, first).place == "r-24 s-6 of-2"
    assert card(page, fitted).place == "r-27 s-6 of-2 at-1"
    assert page.context["board"]["columns"][0].lanes == 2


def test_outside_hours_is_grey_and_only_where_both_are_open(desk, place):
    WorkingHours.objects.filter(resource=None, location=place.location).update(starts=time(10))
    WorkingHours.objects.filter(resource=place.doctor.resource).update(ends=time(17))
    visit(place, local("2026-11-02T10:00"))

    [column] = desk.get("/desk/").context["board"]["columns"]

    assert column.note == "10:00 am – 5:00 pm"
    assert [
        band.place for band in column.bands if band.kind == "off"
    ] == []  # the board is as long as the day
    [room, _other] = desk.get("/desk/?by=room").context["board"]["columns"]
    assert room.note == "10:00 am – 6:00 pm"


def test_a_break_at_noon_is_grey(desk, place):
    WorkingHours.objects.filter(resource=place.doctor.resource).update(ends=time(13))
    builders.working_hours(
        location=place.location, resource=place.doctor.resource, hours=[(0, time(14), time(18))]
    )

    [column] = desk.get("/desk/").context["board"]["columns"]

    assert [(band.kind, band.place) for band in column.bands] == [("off", "r-48 s-12")]


def test_somebody_with_visits_who_is_not_here_that_day_has_a_column_all_grey(desk, place):
    visit(place)
    WorkingHours.objects.filter(resource=place.doctor.resource).delete()

    [column] = desk.get("/desk/").context["board"]["columns"]

    assert (column.name, column.note) == ("Dr Rao", "")
    assert [(band.kind, band.place) for band in column.bands] == [("off", "r-0 s-12")]
    assert [type(item) for item in column.items] == [Card]


@pytest.mark.parametrize(("now", "kept"), [("11:59", ["r-36 s-6"]), ("12:00", [])])
def test_the_urgent_time_is_kept_until_noon(desk, place, at_now, now, kept):
    WorkingHours.objects.filter(resource=place.doctor.resource).update(
        urgent_from=time(12), urgent_to=time(12, 30)
    )
    set_clock(at_now, local(f"2026-11-02T{now}"))

    [column] = desk.get("/desk/").context["board"]["columns"]

    assert [band.place for band in column.bands if band.kind == "kept"] == kept


def test_a_doctor_who_runs_late_says_so_over_the_column(desk, place):
    for minutes in (10, 30):
        RunningLate.objects.create(
            practitioner=place.doctor, location=place.location, day=date(2026, 11, 2), minutes=minutes,
            by=desk.user, at=NOW,
        )  # fmt: skip

    assert "Dr Rao runs 30 min late" in text_of(desk.get("/desk/"))


def test_a_closure_over_days_says_till_when(desk, place):
    Closure.objects.create(
        resource=place.doctor.resource, starts=local("2026-11-01T00:00"), ends=local("2026-11-05T00:00"),
        reason="On leave",
    )  # fmt: skip

    page = desk.get("/desk/")

    assert "On leave, till Wed 4 Nov" in text_of(page)
    assert items(page, Cell) == []


# Empty times


def test_an_empty_time_leads_to_finding_somebody_for_it(desk, place):
    visit(place)

    found = items(desk.get("/desk/"), Cell)  # a moment after ten

    assert [cell.words for cell in found][:5] == ["10:15 am", "10:30 am", "10:45 am", "11:30 am", "11:45 am"]
    asked = f"at={place.location.slug}&day=2026-11-02&start=2026-11-02T11:30&who={place.doctor.pk}"
    assert found[3].href == f"{reverse('patient_list')}?{asked}"
    assert desk.get(found[3].href).status_code == 200


def test_rooms_have_no_empty_times_for_the_door_chooses_them(desk, place):
    assert items(desk.get("/desk/?by=room"), Cell) == []


def test_a_day_that_has_been_has_no_empty_times(desk, place):
    assert items(desk.get("/desk/?day=2026-10-30"), Cell) == []


# Without a script


def test_every_step_on_a_card_is_a_button_of_a_form(desk, place):
    booking = visit(place)
    page = desk.get("/desk/")
    body = page.content.decode()

    step = reverse("desk_step", args=[booking.reference])
    assert f'<button class="step" form="to-arrived" formaction="{step}" name="version" value="1">' in body
    assert hidden(page, "to") == "arrived"
    assert 'id="to-arrived"' in body


def test_a_visit_later_today_is_checked_in_from_its_card_beside_the_board(desk, place):
    soon = visit(place)
    later = visit(place, local("2026-11-02T15:00"), name="Ravi Naik")

    page = desk.get("/desk/")

    assert card(page, soon).step.to == "arrived"
    assert card(page, later).step is None
    assert [act.to for act in desk.get(f"/desk/?visit={later.reference}").context["card"]["acts"]] == [
        "arrived"
    ]


# A very full day


@pytest.fixture
def full_day(place):
    quick = builders.a_visit_type(
        kind="consultation", name="Follow-up", steps=[("talking", 15, ["practitioner"])]
    )
    return fill(
        location=place.location, visit_type=quick, first=local("2026-11-02T09:00"), day=date(2026, 11, 2)
    )


def test_four_hundred_and_eighty_visits_take_as_many_queries_and_few_bytes(
    desk, place, full_day, django_assert_num_queries
):
    desk.get("/desk/")
    with django_assert_num_queries(20):  # one less than for one visit in test_desk_views.py, who was screened
        page = desk.get("/desk/")

    assert len(items(page)) == len(full_day) == 480
    assert len(page.content) <= 400_000
    assert len(gzip.compress(page.content)) <= 40_000


def test_a_full_board_is_sent_compressed(desk, place, full_day):
    page = desk.get("/desk/", headers={"Accept-Encoding": "gzip"})

    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) <= 40_000
