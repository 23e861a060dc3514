"""To do now: what stands in the list, why, in what order, and what goes when it is settled."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, CallOutcome, Closure, Status
from bookings.services.desk import calling, lateness, todo
from bookings.services.door.gap_rules import Authority
from bookings.services.door.settling import release
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, desk, session_visit, visit
from tests.bookings.patient_clinic import at_now, buttons, hidden, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def rows(place, now=NOW):
    return todo.todo(location=place.location, now=now)


def said(place, now=NOW):
    """{who: reasons in words}, in the order of the list."""
    return {
        row.booking.patient.name if row.booking else row.title: [str(words) for _, _, words in row.reasons]
        for row in rows(place, now)
    }


def acts(row):
    return [act.words for act in row.acts]


def with_form(patient):
    builders.an_intake(patient=patient, now=NOW - timedelta(days=2))


def call(booking, outcome, at=NOW):
    by = builders.staff(role="front_desk")
    return calling.note_call(booking=booking, outcome=CallOutcome(outcome), by=by, now=at)


def confirm(booking):
    return calling.confirm(booking=booking, by=None, now=NOW)


def confirmed_visit(place, starts=AT_11, **fields):
    """Nothing is left to do about it."""
    booking = visit(place, starts, **fields)
    with_form(booking.patient)
    confirm(booking)
    return booking


def been(place, patient, *, status=Status.DONE, days=30, **fields):
    return builders.a_booking(
        patient=patient, location=place.location, visit_type=place.consultation,
        starts=NOW - timedelta(days=days), status=status, **fields,
    )  # fmt: skip


# Nothing


def test_nothing_to_do_says_so_kindly(desk, place):
    confirmed_visit(place, TOMORROW_11)

    page = desk.get("/desk/todo/")

    assert rows(place) == []
    assert "Nothing to do just now" in text_of(page)


def test_somebody_who_works_nowhere_open_is_told_so(client, place):
    client.force_login(builders.staff(role="front_desk", location=builders.a_location(is_open=False)))

    for page in ("todo", "running-late", "day-end"):
        assert "Nothing can be booked here" in text_of(client.get(f"/desk/{page}/"))


# Not confirmed


def test_visits_of_later_today_and_tomorrow_are_rung_until_confirmed(place):
    today, tomorrow = visit(place, AT_11, name="Asha Rao"), visit(place, TOMORROW_11, name="Ravi Naik")
    visit(place, TOMORROW_11 + timedelta(days=1), name="Later Still")
    for booking in (today, tomorrow):
        with_form(booking.patient)

    assert said(place) == {
        "Asha Rao": ["not confirmed", "first visit"],
        "Ravi Naik": ["not confirmed", "first visit"],
    }
    confirm(today)
    assert list(said(place)) == ["Ravi Naik"]


def test_next_day_with_visits_is_rung_where_tomorrow_has_none(place):
    saturday = local("2026-11-07T12:00")
    visit(place, local("2026-11-09T11:00"))  # Monday

    assert list(said(place, saturday)) == ["Asha Rao"]


def test_a_day_further_off_than_a_long_weekend_waits(place):
    visit(place, local("2026-11-07T11:00"))

    assert rows(place, NOW) == []


def test_who_may_rather_not_come_is_rung_first(place):
    names = ("Comes Always", "Never Said", "Is New", "Has Missed")
    found = [
        visit(place, TOMORROW_11 + n * HOUR, name=name) for n, name in enumerate(names)
    ]  # by time, the other way round
    for booking in found:
        with_form(booking.patient)
    been(place, found[0].patient, confirmed_at=NOW - timedelta(days=31))
    been(place, found[1].patient)
    been(place, found[3].patient, status=Status.NO_SHOW)
    been(place, found[3].patient, days=60)

    assert said(place) == {
        "Has Missed": ["not confirmed", "missed a visit before", "has never confirmed"],
        "Is New": ["not confirmed", "first visit"],
        "Never Said": ["not confirmed", "has never confirmed"],
        "Comes Always": ["not confirmed"],
    }


def test_who_booked_today_is_rung_last(place):
    booking = builders.a_booking(
        location=place.location, practitioner=place.doctor, visit_type=place.consultation, starts=TOMORROW_11,
    )  # fmt: skip
    Booking.objects.filter(pk=booking.pk).update(created_at=NOW - HOUR)
    visit(place, TOMORROW_11 + HOUR)

    assert list(said(place)) == ["Asha Rao", booking.patient.name]
    assert "booked today" in said(place)[booking.patient.name]


def test_no_answer_hides_the_line_for_an_hour_then_says_when(place):
    booking = visit(place, TOMORROW_11)
    call(booking, "no_answer", NOW + 20 * MINUTE)

    assert rows(place, NOW + 79 * MINUTE) == []
    assert "tried 10:20 am" in said(place, NOW + 80 * MINUTE)["Asha Rao"]

    call(booking, "no_answer", NOW + 90 * MINUTE)
    assert "tried 2 times, last 11:30 am" in said(place, NOW + 150 * MINUTE)["Asha Rao"]


def test_wants_another_time_stands_before_other_calls_until_moved(place):
    wants, other = visit(place, TOMORROW_11 + HOUR), visit(place, TOMORROW_11, name="Ravi Naik")
    call(wants, "wants_change")
    assert list(said(place)) == ["Asha Rao", "Ravi Naik"]
    assert said(place)["Asha Rao"][0] == "wants another time, said 10:00 am"

    door.move(
        moves=[(wants, local("2026-11-10T11:00"), None)], key=uuid4(), by=None, now=NOW + MINUTE,
        authority=Authority.DESK,
    )  # fmt: skip
    assert list(said(place, NOW + MINUTE)) == [other.patient.name]


def test_wrong_number_stays_until_somebody_decides(place):
    booking = visit(place, TOMORROW_11)
    call(booking, "wrong_number")
    assert said(place, NOW + 2 * HOUR)["Asha Rao"][0] == "wrong number, tried 10:00 am"

    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW + MINUTE)
    assert rows(place, NOW + 2 * HOUR) == []


def test_call_row_has_its_outcomes_each_with_a_key(place):
    visit(place, TOMORROW_11)
    [row] = rows(place)

    assert [(act.words, act.value, act.key) for act in row.acts] == [
        ("Comes", "confirmed", "c"),
        ("No answer", "no_answer", "n"),
        ("Wants another time", "wants_change", "m"),
        ("Wrong number", "wrong_number", "w"),
    ]


def test_wants_another_time_offers_to_move_it(place):
    call(visit(place, TOMORROW_11), "wants_change")

    assert acts(rows(place)[0])[-1] == "Move…"


def test_page_shows_whom_to_ring_and_what_to_say(desk, place, settings):
    settings.CLINIC_NEUTRAL_NAME = "Lakeview"
    booking = visit(place, TOMORROW_11)

    page = desk.get("/desk/todo/")

    body, text = page.content.decode(), text_of(page)
    assert f'href="tel:{booking.patient.phone}"' in body
    assert buttons(page, "outcome") == CallOutcome.values
    assert (
        "Hello, this is Lakeview. May I speak with Asha Rao? You have a time with us on Tue 3 Nov, 11:00 am "
        "in Indiranagar. Will you come?"
    ) in text
    script = text.split("What to say")[1].split("Comes")[0].lower()
    assert [word for word in ("consultation", "doctor", "skin", "hair") if word in script] == []


def test_somebody_without_a_number_is_marked(place):
    booking = visit(place, TOMORROW_11)
    type(booking.patient).objects.filter(pk=booking.patient_id).update(phone="", account=None)

    assert "no number" in said(place)["Asha Rao"]


def test_no_answer_is_said_with_when_the_line_comes_back(desk, place):
    booking = visit(place, TOMORROW_11)
    call(booking, "no_answer")

    page = desk.get(f"/desk/todo/?done={booking.reference}")

    assert "Asha Rao: no answer. The line comes back at 11:00 am." in text_of(page)


# Forms


def test_form_not_sent_within_a_day_of_the_visit(place):
    unsent, begun = visit(place, AT_11), visit(place, AT_11 + HOUR, name="Ravi Naik")
    builders.an_intake(patient=begun.patient, submitted=False)
    tomorrow = visit(place, TOMORROW_11, name="More Than A Day")
    sent = visit(place, AT_11 + 2 * HOUR, name="Has Sent")
    with_form(sent.patient)
    for booking in (unsent, begun, tomorrow, sent):
        confirm(booking)

    assert said(place) == {"Asha Rao": ["form not finished"], "Ravi Naik": ["form not finished"]}


def test_a_session_asks_for_no_first_form(place):
    booking = session_visit(place, AT_11)
    confirm(booking)

    assert rows(place) == []


def test_one_visit_is_one_line_with_all_its_reasons(place):
    visit(place, AT_11)
    [row] = rows(place)

    assert [words for _, _, words in row.reasons] == ["not confirmed", "first visit", "form not finished"]


# Late, and not come


def test_who_said_late_stands_there_until_they_are_here(place):
    booking = confirmed_visit(place)
    lateness.say_late(booking=booking, minutes=20, by=None, now=NOW)
    assert said(place) == {"Asha Rao": ["comes 20 min late, about 11:20 am"]}

    door.set_status(booking=booking, to=Status.ARRIVED, by=place.doctor.user, now=AT_11 + 15 * MINUTE)
    assert rows(place, AT_11 + 16 * MINUTE) == []


@pytest.mark.parametrize(("minutes", "found"), [(15, {}), (16, {"Asha Rao": ["not here for 16 min"]})])
def test_not_here_after_a_quarter_of_an_hour(place, minutes, found):
    confirmed_visit(place)

    assert said(place, AT_11 + minutes * MINUTE) == found


def test_not_here_offers_check_in_how_late_and_did_not_come(place):
    confirmed_visit(place)
    [row], [later] = rows(place, AT_11 + 16 * MINUTE), rows(place, AT_11 + 30 * MINUTE)

    assert acts(row) == ["Check in", "20 min late", "30 min late", "Did not come…"]
    assert acts(later) == ["Check in", "Did not come…"]


def test_who_said_half_an_hour_is_given_it(place):
    booking = confirmed_visit(place)
    lateness.say_late(booking=booking, minutes=30, by=None, now=NOW)

    assert said(place, AT_11 + 30 * MINUTE) == {"Asha Rao": ["comes 30 min late, about 11:30 am"]}
    assert said(place, AT_11 + 31 * MINUTE) == {"Asha Rao": ["not here for 31 min", "said 30 min late"]}


def test_nobody_is_thought_not_to_come_while_the_doctor_runs_late(place):
    confirmed_visit(place)
    lateness.announce(
        location=place.location, practitioner=place.doctor, minutes=30, seen=0,
        by=builders.staff(role="front_desk"), now=NOW,
    )  # fmt: skip

    assert rows(place, AT_11 + 40 * MINUTE) == []


def test_an_overrun_names_who_will_wait_and_for_how_long(place):
    inside = confirmed_visit(place)
    confirmed_visit(place, AT_11 + 30 * MINUTE, name="Ravi Naik")
    door.set_status(booking=inside, to=Status.ARRIVED, by=place.doctor.user, now=AT_11)
    inside.refresh_from_db()
    door.set_status(booking=inside, to=Status.IN_ROOM, by=place.doctor.user, now=AT_11)
    now = AT_11 + 29 * MINUTE
    assert rows(place, now) == []

    Booking.objects.filter(patient__name="Ravi Naik").update(status=Status.ARRIVED, arrived_at=now)
    assert said(place, AT_11 + 50 * MINUTE) == {
        "Dr Rao": ["runs 20 min behind", "Ravi Naik about 11:50 am, 20 min later"]
    }
    [row] = rows(place, AT_11 + 50 * MINUTE)
    assert row.acts[0].href == (
        f"/desk/running-late/?at={place.location.slug}&who={place.doctor.pk}&minutes=20"
    )


def test_an_overrun_that_was_said_is_no_news(place):
    booking = confirmed_visit(place)
    Booking.objects.filter(pk=booking.pk).update(status=Status.ARRIVED, arrived_at=AT_11)
    now = AT_11 + 25 * MINUTE
    assert list(said(place, now)) == ["Dr Rao"]

    lateness.announce(
        location=place.location, practitioner=place.doctor, minutes=20, seen=0,
        by=builders.staff(role="front_desk"), now=now,
    )  # fmt: skip
    assert rows(place, now) == []


# Closed, and asked about another time


def close(place, starts, ends):
    return Closure.objects.create(location=place.location, starts=starts, ends=ends, reason="Strike")


def test_visit_in_a_closure_is_never_silent(place):
    confirmed_visit(place, local("2026-11-20T11:00"))
    close(place, local("2026-11-20T09:00"), local("2026-11-20T18:00"))

    assert said(place) == {"Asha Rao": ["closed then, or outside the hours"]}
    [row] = rows(place)
    assert acts(row) == ["Move…", "Ask or keep…", "Cancel…"]


def test_asking_and_keeping_is_offered_to_those_who_may(client, place):
    confirmed_visit(place, local("2026-11-20T11:00"))
    close(place, local("2026-11-20T09:00"), local("2026-11-20T18:00"))

    for role, is_offered in (("front_desk", True), ("manager", True), ("nurse", False)):
        client.force_login(builders.staff(role=role))
        page = client.get("/desk/todo/").content.decode()
        assert (f'href="/desk/closures/?at={place.location.slug}"' in page) is is_offered


def test_visit_kept_in_a_closure_is_settled(place):
    booking = confirmed_visit(place, local("2026-11-20T11:00"))
    close(place, local("2026-11-20T09:00"), local("2026-11-20T18:00"))
    door.keep(booking=booking, why="Dr Rao comes in", by=place.doctor.user, now=NOW)

    assert rows(place) == []


def an_offer(place, booking, starts, *, status=Status.HELD, **fields):
    return builders.a_booking(
        patient=booking.patient, location=place.location, practitioner=place.doctor,
        visit_type=place.consultation, starts=starts, status=status, replaces=booking, **fields,
    )  # fmt: skip


def test_somebody_asked_about_another_time_is_waited_for(place):
    booking = confirmed_visit(place, local("2026-11-20T11:00"))
    an_offer(place, booking, local("2026-11-21T12:00"), held_until=NOW + 4 * HOUR)

    assert said(place) == {"Asha Rao": ["asked about Sat 21 Nov, 12:00 pm, may answer until 2:00 pm"]}


def asked(place):
    """A visit and the time that was offered for it, as the door keeps it."""
    booking = visit(place, local("2026-11-20T11:00"))
    by = builders.staff(role="front_desk")
    offer = door.propose(
        booking=booking, starts=local("2026-11-21T12:00"), practitioner=None, until=NOW + 4 * HOUR, by=by,
        now=NOW,
    )  # fmt: skip
    return booking, offer


def answer(desk, booking, **said):
    return desk.post(f"/desk/visits/{booking.reference}/answer/", said)


def test_who_says_yes_on_the_phone_comes_then_however_often_it_is_pressed(desk, place):
    booking, offer = asked(place)
    assert "They say yes" in text_of(desk.get("/desk/todo/"))

    pressed = [answer(desk, booking, yes=offer.reference).status_code for _ in range(2)]

    booking.refresh_from_db()
    assert (pressed, booking.starts) == ([302, 302], local("2026-11-21T12:00"))


def test_who_says_no_on_the_phone_stays_and_the_time_is_free(desk, place):
    booking, offer = asked(place)

    pressed = [answer(desk, booking, no=offer.reference).status_code for _ in range(2)]

    booking.refresh_from_db()
    offer.refresh_from_db()
    assert (pressed, booking.starts) == ([302, 302], local("2026-11-20T11:00"))
    assert offer.status == Status.CANCELLED


@pytest.mark.parametrize("said", [{}, {"yes": "X", "no": "Y"}, {"yes": "\0"}, {"yes": "é" * 400}])
def test_an_answer_that_is_none_is_said_so(desk, place, said):
    booking, _ = asked(place)
    assert answer(desk, booking, **said).status_code == 400


def test_an_answer_to_a_question_that_is_over_is_refused(desk, place):
    booking, offer = asked(place)
    door.decline(offer=offer, by=None, now=NOW)
    assert answer(desk, booking, yes=offer.reference).status_code == 409
    assert answer(desk, booking, yes="ABCDEFG").status_code == 409


def test_a_session_that_lost_its_time_wants_another_until_it_has_one(place, desk):
    booking = session_visit(place, TOMORROW_11)
    release([booking], by=desk.user, now=NOW, reason="given_day")
    [row] = rows(place)
    assert [words for _, _, words in row.reasons] == ["lost its time: another is wanted"]
    assert f"session={booking.session_id}" in row.acts[0].href

    door.book_session(
        session=booking.session, starts=TOMORROW_11 + HOUR, key=uuid4(), by=desk.user, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    assert "lost its time" not in str([row.reasons for row in rows(place)])


def test_no_to_another_time_stands_with_the_closure(place):
    booking = confirmed_visit(place, local("2026-11-20T11:00"))
    close(place, local("2026-11-20T09:00"), local("2026-11-20T18:00"))
    an_offer(place, booking, local("2026-11-21T12:00"), status=Status.CANCELLED)

    assert said(place) == {
        "Asha Rao": ["closed then, or outside the hours", "said no to Sat 21 Nov, 12:00 pm"]
    }


def test_offer_that_ran_out_is_no_answer(place):
    booking = confirmed_visit(place, local("2026-11-20T11:00"))
    close(place, local("2026-11-20T09:00"), local("2026-11-20T18:00"))
    an_offer(place, booking, local("2026-11-21T12:00"), held_until=NOW)

    assert said(place)["Asha Rao"] == [
        "closed then, or outside the hours",
        "no answer about Sat 21 Nov, 12:00 pm",
    ]


def test_no_to_an_offer_without_a_closure_leaves_nothing_to_do(place):
    booking = confirmed_visit(place, local("2026-11-20T11:00"))
    an_offer(place, booking, local("2026-11-21T12:00"), status=Status.CANCELLED)

    assert rows(place) == []


def test_an_offer_itself_is_not_a_visit_to_ring_about(place):
    booking = confirmed_visit(place, local("2026-11-20T11:00"))
    an_offer(place, booking, TOMORROW_11, held_until=NOW + 4 * HOUR)

    assert list(said(place)) == ["Asha Rao"]


# Days left open


def test_day_gone_by_with_somebody_still_to_come_wants_to_be_closed(place):
    been(place, builders.a_patient(), status=Status.BOOKED, days=3)
    been(place, builders.a_patient(), status=Status.IN_ROOM, days=3, arrived_at=NOW - timedelta(days=3))
    been(place, builders.a_patient(), days=4)

    assert said(place) == {"Fri 30 Oct": ["2 visits without an end"]}
    [row] = rows(place)
    assert row.acts[0].href == f"/desk/day-end/?at={place.location.slug}&day=2026-10-30"


# The list as a whole


def test_most_urgent_first(place):
    visit(place, TOMORROW_11, name="Tomorrow")
    visit(place, AT_11 + 3 * HOUR, name="Later Today")
    confirmed_visit(place, AT_11, name="Not Here")

    assert list(said(place, AT_11 + 20 * MINUTE)) == ["Not Here", "Later Today", "Tomorrow"]
    page = [group["title"] for group in _groups(place)]
    assert page == ["Now", "Today", "For the days ahead"]


def _groups(place):
    from bookings.views.desk.todo import _groups as groups

    return groups([{"urgency": row.urgency} for row in rows(place, AT_11 + 20 * MINUTE)])


def test_count_is_the_length_of_the_list(place):
    visit(place, TOMORROW_11)
    visit(place, AT_11, name="Ravi Naik")

    assert todo.todo_count(location=place.location, now=NOW) == len(rows(place)) == 2


def test_count_is_one_query_for_half_a_minute(place, django_assert_num_queries):
    booking = visit(place, TOMORROW_11)
    assert todo.todo_count(location=place.location, now=NOW) == 1
    confirm(booking)

    with django_assert_num_queries(1):
        assert todo.todo_count(location=place.location, now=NOW + timedelta(seconds=29)) == 1
    assert todo.todo_count(location=place.location, now=NOW + timedelta(seconds=30)) == 0


def test_count_follows_whoever_looks_at_the_list(desk, place):
    booking = visit(place, TOMORROW_11)
    todo.todo_count(location=place.location, now=NOW)
    confirm(booking)
    desk.get("/desk/todo/")

    with_list = NOW + timedelta(seconds=10)  # the page's own clock has moved on a little
    assert todo.todo_count(location=place.location, now=with_list) == 0


def test_count_of_a_clock_that_was_put_back_is_made_anew(place):
    visit(place, TOMORROW_11)
    todo.todo_count(location=place.location, now=NOW + HOUR)

    assert todo.todo_count(location=place.location, now=NOW - timedelta(days=5)) == 0


def test_other_locations_have_lists_of_their_own(desk, place):
    visit(place, TOMORROW_11)
    other = builders.a_location()

    assert todo.todo(location=other, now=NOW) == []
    assert "Asha Rao" not in text_of(desk.get(f"/desk/todo/?at={other.slug}"))
    assert "Asha Rao" in text_of(desk.get(f"/desk/todo/?at={place.location.slug}"))


def test_list_takes_as_many_queries_for_one_as_for_three(desk, place, at_now, django_assert_num_queries):
    fill(place, "One")
    set_clock(at_now, AT_11 + 20 * MINUTE)
    desk.get("/desk/todo/")
    with django_assert_num_queries(LIST_QUERIES):
        rows(place, AT_11 + 20 * MINUTE)
    with django_assert_num_queries(PAGE_QUERIES):
        desk.get("/desk/todo/")

    fill(place, "Two", 30 * MINUTE)
    fill(place, "Three", HOUR)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(rows(place, AT_11 + 20 * MINUTE)) == 8
    with django_assert_num_queries(PAGE_QUERIES):
        desk.get("/desk/todo/")


LIST_QUERIES, PAGE_QUERIES = 20, 33  # the page keeps the number of lines for the bars of others: five


def fill(place, name, later=timedelta(0)):
    """Somebody who is not here, somebody to ring, somebody in a closure who said no, and an open day."""
    confirmed_visit(place, AT_11 + later, name=f"{name} Here")
    call(visit(place, TOMORROW_11 + later, name=f"{name} Call"), "no_answer", NOW - 2 * HOUR)
    closed = builders.a_booking(
        location=place.location, visit_type=place.consultation, starts=local("2026-11-20T11:00") + later,
        patient=builders.a_patient(name=f"{name} Closed"),
    )  # fmt: skip
    if later == timedelta(0):
        close(place, local("2026-11-20T09:00"), local("2026-11-20T18:00"))
        been(place, builders.a_patient(), status=Status.BOOKED, days=3)
    an_offer(place, closed, local("2026-11-21T12:00") + later, status=Status.CANCELLED)


def test_keys_go_on_with_the_line_below(desk, place):
    first, second = visit(place, TOMORROW_11), visit(place, TOMORROW_11 + HOUR, name="Ravi Naik")
    assert hidden(desk.get("/desk/todo/"), "next") == second.reference

    answer = desk.post(
        f"/desk/visits/{first.reference}/call/",
        {"outcome": "no_answer", "version": first.version, "next": second.reference},
    )

    page = desk.get(answer["Location"]).content.decode()
    assert f'href="/desk/patients/{second.patient_id}/" autofocus' in page
