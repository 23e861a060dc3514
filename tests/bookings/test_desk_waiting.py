"""The desk's waiting list: who gains from a freed time and why, offering by hand, and the line in To do."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking, FreedTime, Offer, WaitlistEntry
from bookings.services.desk import todo
from bookings.services.waiting.filling import fill
from tests import builders
from tests.bookings.desk_clinic import desk, visit
from tests.bookings.patient_clinic import at_now, hidden, local, place, text_of
from tests.bookings.test_waiting_pages import gave_up
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
THURSDAY, SOONER = local("2026-11-12T11:00"), local("2026-11-03T09:30")


def waits(place, starts, name, **fields):
    return builders.a_wait(booking=visit(place, local(starts), name=name), **fields)


@pytest.fixture
def three(place):
    return [
        waits(place, "2026-11-16T10:00", "Asha Rao"),
        waits(place, "2026-11-26T10:00", "Ravi Naik"),
        waits(place, "2026-11-27T10:00", "Mina Pai", weekdays=[0]),
    ]


def test_who_gains_and_why_and_who_does_not(desk, place, three):
    gave_up(place, THURSDAY)

    shown = text_of(desk.get("/desk/waiting/"))

    first, second = shown.index("1. Ravi Naik has Thu 26 Nov, 10:00 am"), shown.index("2. Asha Rao")
    assert first < second
    assert "has a time 14 days earlier waits since Sun 1 Nov" in shown
    assert "One more waits, for whom it is not Mina Pai · not on that day of the week" in shown
    assert "Who is past their latest day, the longest past it first." in shown
    assert "since Sun 1 Nov Mina Pai" in shown


def test_one_click_asks_the_one_of_their_choice(desk, place, three):
    freed = gave_up(place, THURSDAY)
    page = desk.get("/desk/waiting/")
    sent = {"key": hidden(page, "key"), "entry": three[0].pk}

    answer = desk.post(f"/desk/waiting/times/{freed.pk}/offer/", sent)
    desk.post(f"/desk/waiting/times/{freed.pk}/offer/", sent)

    assert answer.status_code == 302
    offer = Offer.objects.get()
    assert (offer.entry, offer.is_held, offer.held.starts) == (three[0], True, THURSDAY)
    shown = text_of(desk.get(answer["Location"]))
    assert "Asha Rao is asked." in shown
    assert "may answer until Tue 3 Nov, 10:00 am" in shown


@pytest.mark.parametrize("happens", ["booked", "asked", "suits nobody"])
def test_what_cannot_be_offered_is_said(desk, place, three, happens):
    freed, entry = gave_up(place, THURSDAY), three[0]
    if happens == "booked":
        visit(place, THURSDAY, name="Quick Naik")
    if happens == "asked":
        fill(now=NOW)
    if happens == "suits nobody":
        entry = three[2]

    sent = {"key": str(uuid4()), "entry": entry.pk}
    answer = desk.post(f"/desk/waiting/times/{freed.pk}/offer/", sent)

    assert answer.status_code == 409
    assert "That time does not suit this person any more." in text_of(answer)
    assert not Offer.objects.filter(entry=entry).exists()


@pytest.mark.parametrize("sent", [{}, {"entry": "x"}, {"entry": "1"}])
def test_what_was_not_sent_whole_changes_nothing(desk, place, three, sent):
    freed = gave_up(place, THURSDAY)

    assert desk.post(f"/desk/waiting/times/{freed.pk}/offer/", sent).status_code == 400
    assert not Offer.objects.exists()


def test_takes_somebody_off_the_list(desk, place, three):
    desk.post(f"/desk/waiting/{three[1].pk}/end/")

    assert WaitlistEntry.objects.get(pk=three[1].pk).ended_why == "withdrawn"
    assert "Ravi Naik waits no more." in text_of(desk.get("/desk/waiting/"))


def test_puts_somebody_on_the_list(desk, place):
    booking = visit(place, THURSDAY, name="Asha Rao")
    url = f"/desk/patients/{booking.patient_id}/wait/"
    page = desk.get(url)
    assert "Something earlier than Thu 12 Nov, 11:00 am" in text_of(page)

    sent = {"key": hidden(page, "key"), "what": f"visit:{booking.reference}", "hours": "afternoon"}
    answer = desk.post(url, sent)

    assert answer.status_code == 302
    entry = WaitlistEntry.objects.get()
    assert (entry.booking, entry.by, entry.at_short_notice) == (booking, desk.user, False)
    assert "12 to 4 pm · not at short notice" in text_of(desk.get(answer["Location"]))


def test_what_they_wait_for_has_to_be_said(desk, place):
    booking = visit(place, THURSDAY)
    url = f"/desk/patients/{booking.patient_id}/wait/"

    answer = desk.post(url, {"key": hidden(desk.get(url), "key"), "hours": "any"})

    assert answer.status_code == 422
    assert "Choose what they wait for" in text_of(answer)


def test_a_time_of_tomorrow_that_nobody_took_yet_is_a_thing_to_do(desk, place, three):
    gave_up(place, SOONER)
    before = [row.about for row in todo.todo(location=place.location, now=NOW)]
    fill(now=NOW)

    [row] = [row for row in todo.todo(location=place.location, now=NOW) if row.about.startswith("freed:")]

    assert not [about for about in before if about.startswith("freed:")]
    assert (row.title, row.reasons[0][2]) == (
        "Free: Tue 3 Nov, 9:30 am, Dr Rao",
        "2 were told of it, no yes yet",
    )
    assert "Free: Tue 3 Nov, 9:30 am, Dr Rao" in text_of(desk.get("/desk/todo/"))


def test_the_page_costs_the_same_for_one_and_for_three(desk, place, three):
    gave_up(place, THURSDAY)

    def counted():
        with CaptureQueriesContext(connection) as caught:
            desk.get("/desk/waiting/")
        return len(caught)

    for entry in three[1:]:
        WaitlistEntry.objects.filter(pk=entry.pk).update(ended_at=NOW, ended_why="passed")
    counted()  # the first page settles where somebody works
    one = counted()
    WaitlistEntry.objects.update(ended_at=None, ended_why="")
    gave_up(place, THURSDAY + timedelta(hours=1))

    assert counted() == one == PAGE_QUERIES
    assert FreedTime.objects.count() == 2
    assert Booking.objects.filter(status="booked").count() == 3


PAGE_QUERIES = 13
