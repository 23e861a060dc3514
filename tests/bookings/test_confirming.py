"""I'll be there: the patient says so by one button, in the days in which the desk would ring."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from bookings import door
from bookings.models import Booking, Closure, Status
from bookings.services.desk import calling, todo
from bookings.services.door.gap_rules import Authority
from clinic.models import AuditRow
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, visit
from tests.bookings.patient_clinic import at_now, buttons, hidden, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
COMES, SAID = "I'll be there", "You said you will be there"


@pytest.fixture
def mine(client, place):
    booking = visit(place, TOMORROW_11)
    client.force_login(booking.patient.account)
    return booking


def address(booking):
    return f"/my/visit/{booking.reference}/"


def tap(client, booking, page=None):
    page = page or client.get(address(booking))
    return client.post(address(booking), {"version": hidden(page, "version")})


def confirmed(booking):
    booking.refresh_from_db()
    return booking.confirmed_at is not None


def look_of(booking, board):
    """The word for how the visit looks on a board."""
    return re.search(rf'id="v-{booking.reference}" class="visit [^"]* (\w+)"', board.content.decode())[1]


def ask(place, booking, starts=TOMORROW_11 + 2 * DAY):
    return door.propose(
        booking=booking, starts=starts, practitioner=place.doctor.pk, until=NOW + DAY / 4,
        by=builders.staff(role="front_desk"), now=NOW, key=uuid4(),
    )  # fmt: skip


# One tap


@pytest.mark.parametrize("start", ["/my/", "visit"])
def test_one_tap_says_it_from_my_visits_and_from_the_visits_own_page(client, mine, start):
    page = client.get(address(mine) if start == "visit" else start)
    assert COMES in text_of(page)

    answer = tap(client, mine, page)

    assert (answer.status_code, answer["Location"]) == (302, address(mine))
    assert confirmed(mine)
    assert mine.confirmed_by is None
    assert AuditRow.objects.get(action="visit_confirmed").by is None


def test_afterwards_it_says_so_with_the_way_to_move_or_cancel(client, mine):
    tap(client, mine)

    for page in (client.get(address(mine)), client.get("/my/")):
        assert SAID in text_of(page)
        assert COMES not in text_of(page)
        assert reverse("move_visit", args=[mine.reference]) in page.content.decode()
        assert reverse("cancel_visit", args=[mine.reference]) in page.content.decode()


def test_page_names_when_where_and_with_whom(client, mine):
    said = text_of(client.get(address(mine)))

    assert "Tue 3 Nov, 11:00 am" in said
    assert "Lakeview, Indiranagar" in said
    assert "Dr Rao" in said


def test_looking_changes_nothing(client, mine):
    client.get(address(mine))
    client.head(address(mine))

    assert not confirmed(mine)


def test_second_tap_is_the_same_word(client, mine, at_now):
    page = client.get(address(mine))
    tap(client, mine, page)
    first = Booking.objects.get(pk=mine.pk).confirmed_at
    set_clock(at_now, NOW + 5 * MINUTE)

    answer = tap(client, mine, page)

    assert answer["Location"] == address(mine)
    assert Booking.objects.get(pk=mine.pk).confirmed_at == first
    assert AuditRow.objects.filter(action="visit_confirmed").count() == 1


def test_form_carries_its_token(mine):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mine.patient.account)

    assert browser.post(address(mine), {"version": mine.version}).status_code == 403
    assert not confirmed(mine)


def test_desks_line_vanishes_and_the_board_shows_the_mark(client, mine, place):
    def lines():
        rows = todo.todo(location=place.location, now=NOW)
        return [row for row in rows if row.asks_for_call]

    staff = Client()
    staff.force_login(builders.staff(role="front_desk"))
    board = f"/desk/?at={place.location.slug}&day=2026-11-03"
    assert [row.booking.pk for row in lines()] == [mine.pk]
    assert look_of(mine, staff.get(board)) == "booked"

    tap(client, mine)

    assert lines() == []
    assert look_of(mine, staff.get(board)) == "confirmed"


def test_patient_who_wanted_another_time_and_comes_after_all_is_not_rung(client, mine, place):
    calling.note_call(
        booking=mine, outcome="wants_change", by=builders.staff(role="front_desk"), now=NOW - MINUTE
    )

    tap(client, mine)

    assert not [row for row in todo.todo(location=place.location, now=NOW + MINUTE) if row.asks_for_call]


# Which visits


@pytest.mark.parametrize(
    ("starts", "may"),
    [
        (AT_11, True),  # later today
        (TOMORROW_11, True),
        (AT_11 + 4 * DAY, True),  # nothing between: the next day with visits
        (AT_11 + 5 * DAY, False),
    ],
)
def test_offered_in_the_days_in_which_the_desk_rings(client, place, starts, may):
    booking = visit(place, starts)
    client.force_login(booking.patient.account)

    assert (COMES in text_of(client.get(address(booking)))) is may
    assert (COMES in text_of(client.get("/my/"))) is may
    rung = [row.booking for row in todo.todo(location=place.location, now=NOW) if row.asks_for_call]
    assert (booking in rung) is may
    answer = client.post(address(booking), {"version": booking.version})
    assert answer.status_code == (302 if may else 409)
    assert confirmed(booking) is may


def test_day_after_the_next_one_with_visits_is_not_asked_about_yet(client, place):
    visit(place, TOMORROW_11)
    later = visit(place, TOMORROW_11 + DAY, name="Later")
    client.force_login(later.patient.account)

    assert COMES not in text_of(client.get(address(later)))


def test_visits_at_another_location_do_not_count_as_the_next_day(client, place):
    elsewhere = builders.a_location()
    builders.a_booking(location=elsewhere, starts=TOMORROW_11)
    mine = visit(place, TOMORROW_11 + DAY)
    client.force_login(mine.patient.account)

    assert COMES in text_of(client.get(address(mine)))


def test_visit_that_has_begun_is_not_asked_about(client, mine, at_now):
    page = client.get(address(mine))
    set_clock(at_now, TOMORROW_11)

    assert COMES not in text_of(client.get(address(mine)))
    answer = tap(client, mine, page)
    assert answer.status_code == 409
    assert "That is not possible for this visit any more." in text_of(answer)
    assert not confirmed(mine)


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.DONE, Status.NO_SHOW, Status.CANCELLED])
def test_visit_that_is_no_longer_to_come_is_not_asked_about(client, mine, status):
    Booking.objects.filter(pk=mine.pk).update(status=status, status_at=NOW)
    mine.claims.all().delete()

    page = client.get(address(mine))
    assert page.status_code == 200
    assert COMES not in text_of(page)
    assert client.post(address(mine), {"version": mine.version}).status_code == 409
    assert not confirmed(mine)


def test_cancelled_visit_says_so_with_the_way_to_another(client, mine):
    door.cancel(bookings=[mine], key=uuid4(), by=mine.patient.account, now=NOW)

    page = client.get(address(mine))

    assert "This visit is cancelled" in text_of(page)
    assert 'href="/book/"' in page.content.decode()


# While they are asked about another time


def test_not_offered_while_a_question_waits_for_its_answer(client, mine, place):
    page = client.get(address(mine))
    ask(place, mine)

    for address_of in (address(mine), "/my/"):
        assert COMES not in text_of(client.get(address_of))
    assert "Can you come at another time?" in text_of(client.get(address(mine)))
    answer = tap(client, mine, page)
    assert answer.status_code == 409
    assert "We have asked you about another time. Please answer that first." in text_of(answer)
    assert not confirmed(mine)


def test_page_of_the_time_that_is_offered_leads_to_the_question(client, mine, place):
    offer = ask(place, mine)

    answer = client.get(address(offer))

    assert answer["Location"] == reverse("visit_offer", args=[mine.reference])
    assert client.post(address(offer), {"version": 1})["Location"] == answer["Location"]


def test_after_a_no_where_the_visit_can_stay_they_may_say_that_they_come(client, mine, place):
    offer = ask(place, mine)
    door.decline(offer=offer, by=mine.patient.account, now=NOW)

    assert COMES in text_of(client.get("/my/"))
    assert COMES in text_of(client.get(address(mine)))


def test_after_a_no_to_what_has_to_change_it_is_the_desk_that_rings(client, mine, place):
    offer = ask(place, mine)
    Closure.objects.create(
        resource=place.doctor.resource, starts=mine.starts, ends=mine.ends, kind="leave", reason="Ill"
    )
    door.decline(offer=offer, by=mine.patient.account, now=NOW)

    assert COMES not in text_of(client.get("/my/"))
    assert COMES not in text_of(client.get(address(mine)))


# What happened meanwhile


def test_visit_in_a_closure_is_asked_about_by_nobody_until_it_is_settled(client, mine, place):
    Closure.objects.create(
        location=place.location,
        starts=mine.starts,
        ends=mine.ends,
        reason="strike",
        by=builders.staff(role="manager"),
    )
    assert COMES not in text_of(client.get(address(mine)))
    assert not [row for row in todo.todo(location=place.location, now=NOW) if row.asks_for_call]

    Booking.objects.filter(pk=mine.pk).update(kept_by=builders.staff(role="manager"), kept_why="asked to")

    assert COMES in text_of(client.get(address(mine)))
    assert [row for row in todo.todo(location=place.location, now=NOW) if row.asks_for_call]


def test_moved_meanwhile_shows_the_new_time_and_asks_again(client, mine):
    page = client.get(address(mine))
    fresh = Booking.objects.get(pk=mine.pk)
    door.move(
        moves=[(fresh, TOMORROW_11 + timedelta(hours=1), None)], key=uuid4(), by=None, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip

    answer = tap(client, mine, page)

    assert answer.status_code == 409
    assert "Your visit has changed in the meantime. Please look at it once more." in text_of(answer)
    assert "Tue 3 Nov, 12:00 pm" in text_of(answer)
    assert not confirmed(mine)
    tap(client, mine, answer)
    assert confirmed(mine)


def test_confirmed_in_another_tab_is_confirmed_in_this_one(client, mine):
    other = client.get("/my/")
    tap(client, mine)

    assert tap(client, mine, other)["Location"] == address(mine)
    assert SAID in text_of(client.get(address(mine)))


@pytest.mark.parametrize("sent", [{}, {"version": "x"}, {"version": "0"}, {"version": "9" * 30}])
def test_form_that_is_not_whole_changes_nothing(client, mine, sent):
    answer = client.post(address(mine), sent)

    assert answer.status_code == 400
    assert "This page was not sent whole. Please try again." in text_of(answer)
    assert COMES in text_of(answer)
    assert not confirmed(mine)


def test_log_in_that_ran_out_comes_back_to_the_button(client, mine):
    page = client.get(address(mine))
    client.logout()

    answer = client.post(
        address(mine), {"version": hidden(page, "version")}, HTTP_REFERER=f"http://testserver{address(mine)}"
    )

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/") or "next=" in answer["Location"]
    assert not confirmed(mine)
    client.force_login(mine.patient.account)
    assert COMES in text_of(client.get(address(mine)))


def test_somebody_elses_visit_is_not_there(client, mine):
    client.force_login(builders.an_account())

    assert client.get(address(mine)).status_code == 404
    assert client.post(address(mine), {"version": mine.version}).status_code == 404
    assert not confirmed(mine)


def test_behind_a_shared_phone_it_is_one_tap_too(client, place):
    booking = visit(place, TOMORROW_11)
    type(booking.patient).objects.filter(pk=booking.patient_id).update(phone_shared=True)
    client.force_login(booking.patient.account)

    tap(client, booking)

    assert confirmed(booking)


# At what cost


def test_who_may_say_so_is_one_query_however_many(place, django_assert_num_queries):
    bookings = [visit(place, TOMORROW_11)]
    for number in (1, 3):
        while len(bookings) < number:
            starts = TOMORROW_11 + timedelta(hours=len(bookings))
            bookings.append(visit(place, starts, name=f"Number {len(bookings)}"))
        with django_assert_num_queries(1):
            assert calling.may_be_confirmed(bookings, now=NOW) == {one.pk for one in bookings}


def test_nothing_near_costs_no_query(place, django_assert_num_queries):
    far = visit(place, local("2026-11-20T11:00"))
    with django_assert_num_queries(0):
        assert calling.may_be_confirmed([far], now=NOW) == set()


def test_buttons_of_the_page_are_the_ones_it_needs(client, mine):
    """Neither a minute late nor an answer: only to come, to move, to cancel."""
    page = client.get(address(mine))

    assert buttons(page, "answer") == buttons(page, "minutes") == []
