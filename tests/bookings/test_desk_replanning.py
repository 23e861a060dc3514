"""The desk moves a session and sees what follows, and plans the rest of a course again, with a reason."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import door
from bookings.models import Booking, Change, Status
from bookings.services.broken_plans import broken
from bookings.services.desk.todo import todo
from tests import builders
from tests.bookings.desk_clinic import desk
from tests.bookings.door_clinic import uuid4
from tests.bookings.patient_clinic import at_now, carried, hidden, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db

FORTNIGHT = {"never_before": 7, "earliest": 12, "target": 14, "latest": 18}
DAYS = ("2026-11-03", "2026-11-17", "2026-12-01", "2026-12-15")


@pytest.fixture
def course(place):
    return placed_course(place)


def placed_course(place, *days, hour="10:00", name="Asha Rao"):
    course = builders.a_course(
        sessions=4, gap=FORTNIGHT, location=place.location, visit_type=place.session,
        practitioner=place.doctor, patient=builders.a_patient(name=name),
    )  # fmt: skip
    times = [
        (session, local(f"{day}T{hour}"), None)
        for session, day in zip(course.sessions.order_by("number"), days or DAYS, strict=True)
    ]
    door.place_course(course=course, times=times, key=uuid4(), by=None, now=NOW)
    return course


def booking_of(course, number) -> Booking:
    return Booking.objects.counting().get(course=course, session__number=number)


def days_of(course) -> list[str]:
    bookings = Booking.objects.filter(course=course, status=Status.BOOKED).order_by("starts")
    return [f"{booking.day:%d %b}" for booking in bookings]


def move_page(desk, booking, query=""):
    return desk.get(reverse("desk_move", args=[booking.reference]) + query)


def choose(desk, booking, starts):
    page = move_page(desk, booking)
    sent = {"key": hidden(page, "key"), "version": booking.version, "starts": carried(starts)}
    return desk.post(reverse("desk_move", args=[booking.reference]), sent)


def confirm(desk, page, **fields):
    sent = {"key": hidden(page, "key"), "time": page.context["carried"], "reason": "ill"} | fields
    return desk.post(page.request["PATH_INFO"] + f"?{page.request['QUERY_STRING']}", sent)


def miss(booking):
    Booking.objects.filter(pk=booking.pk).update(status=Status.NO_SHOW, clear_until=None)
    booking.claims.all().delete()


def test_days_on_which_others_move_are_offered_to_the_desk(desk, course):
    page = move_page(desk, booking_of(course, 2), "?since=2026-11-16&day=2026-11-21")

    opened = {day["date"]: day["words"] for day in page.context["days"] if day["href"]}
    # past its latest day, 21 November, on the desk's word
    assert opened[20] == opened[21] == "moves 1 more"
    assert opened[28] == "moves 2 more"
    words = text_of(page)
    assert "On this day others move too: session 3 to Thu 3 Dec." in words
    assert "after Thu 19 Nov it moves too" in words


def test_desk_sees_what_follows_and_moves_all_with_a_reason(desk, course):
    shown = choose(desk, booking_of(course, 2), "2026-11-20T12:00")
    page = desk.get(shown["Location"])

    assert page.context["changes"] == [
        {"label": "2", "was": "Tue 17 Nov", "now": "Fri 20 Nov, 12:00 pm", "why": ""},
        {"label": "3", "was": "Tue 1 Dec", "now": "Wed 2 Dec, 10:00 am",
         "why": "your sessions need at least 12 days between them"},
        {"label": "4", "stays": True, "alone": True},
    ]  # fmt: skip
    assert days_of(course) == ["03 Nov", "17 Nov", "01 Dec", "15 Dec"]
    done = confirm(desk, page)
    assert done.status_code == 302
    change = Change.objects.latest("pk")
    assert (change.action, change.reason, change.by) == ("replan", "ill", desk.user)
    assert days_of(course) == ["03 Nov", "20 Nov", "02 Dec", "15 Dec"]
    assert "Planned 2 visits of Asha Rao anew, the first for Fri 20 Nov, 12:00 pm." in text_of(
        desk.get(done["Location"])
    )


def test_a_change_without_a_reason_is_asked_for_it(desk, course):
    page = desk.get(choose(desk, booking_of(course, 2), "2026-11-20T12:00")["Location"])

    assert confirm(desk, page, reason="").status_code == 400
    assert confirm(desk, page, reason="boredom").status_code == 400
    assert days_of(course) == ["03 Nov", "17 Nov", "01 Dec", "15 Dec"]


def test_they_can_be_asked_first_and_answer_for_all_of_it(desk, course, at_now):
    page = desk.get(choose(desk, booking_of(course, 2), "2026-11-20T12:00")["Location"])
    assert "we keep these times for them until Tue 3 Nov, 10:00 am" in text_of(page)
    asked = confirm(desk, page, do="ask")

    assert "They are asked. The times are kept for them until Tue 3 Nov, 10:00 am." in text_of(
        desk.get(asked["Location"])
    )
    assert days_of(course) == ["03 Nov", "17 Nov", "01 Dec", "15 Dec"]
    offers = Booking.objects.filter(replaces__course=course, status=Status.HELD).order_by("starts")
    assert [f"{offer.day:%d %b}" for offer in offers] == ["20 Nov", "02 Dec"]
    assert about_offers(course.location, local("2026-11-02T12:00")) == 1
    assert about_offers(course.location, local("2026-11-02T12:00"), words="and 1 more session") == 1

    door.accept(offer=offers[0], key=uuid4(), by=course.patient.account, now=local("2026-11-02T12:00"))
    assert days_of(course) == ["03 Nov", "20 Nov", "02 Dec", "15 Dec"]


def test_what_nobody_answered_ends_and_stands_in_the_desks_list(desk, course, at_now):
    page = desk.get(choose(desk, booking_of(course, 2), "2026-11-20T12:00")["Location"])
    confirm(desk, page, do="ask")

    late = local("2026-11-03T10:01")
    assert days_of(course) == ["03 Nov", "17 Nov", "01 Dec", "15 Dec"]
    assert about_offers(course.location, late, words="no answer about") == 1
    assert about_offers(course.location, late + timedelta(days=3), words="no answer about") == 0


def about_offers(location, now, words="asked about"):
    reasons = [str(said) for row in todo(location=location, now=now) for _, _, said in row.reasons]
    return sum(words in said for said in reasons)


def test_session_that_moves_alone_is_moved_at_once(desk, course):
    assert "visit=" in choose(desk, booking_of(course, 2), "2026-11-18T12:00")["Location"]
    assert days_of(course) == ["03 Nov", "18 Nov", "01 Dec", "15 Dec"]


def test_a_drop_on_the_board_that_moves_others_shows_them_first(desk, course):
    booking = booking_of(course, 2)
    sent = {
        "key": str(uuid4()),
        "version": booking.version,
        "starts": carried("2026-11-20T12:00"),
        "seen": NOW.isoformat(),
        "by": "doctor",
    }
    shown = desk.post(reverse("desk_drag", args=[booking.reference]), sent)

    assert shown["Location"].startswith(f"/desk/courses/{course.pk}/again/?session=")
    assert days_of(course) == ["03 Nov", "17 Nov", "01 Dec", "15 Dec"]


def test_patients_page_leads_to_the_plan_of_the_rest(desk, course):
    page = desk.get(reverse("desk_patient", args=[course.patient_id]))

    assert page.context["courses"] == [
        {"name": course.visit_type.name, "again": f"/desk/courses/{course.pk}/again/"}
    ]
    assert "Every session has a time that fits" in text_of(desk.get(f"/desk/courses/{course.pk}/again/"))


def test_missed_session_is_planned_late_on_the_desks_word(desk, course, at_now):
    builders.a_record(session=course.sessions.get(number=1), started_at=local("2026-11-03T10:00"))
    Booking.objects.filter(pk=booking_of(course, 1).pk).update(status=Status.DONE)
    miss(booking_of(course, 2))
    set_clock(at_now, local("2026-11-25T07:00"))
    page = desk.get(f"/desk/courses/{course.pk}/again/")

    assert [(row["label"], row.get("now"), row.get("why")) for row in page.context["changes"]] == [
        ("2", "Wed 25 Nov, 10:00 am", "missed on Tue 17 Nov"),
        ("3", "Mon 7 Dec, 10:00 am", "your sessions need at least 12 days between them"),
        ("4", "Sat 19 Dec, 10:00 am", ""),  # the same reason, said once
    ]
    assert next(one for one in page.context["whys"] if one["chosen"])["code"] == "not_come"
    assert confirm(desk, page).status_code == 302
    assert days_of(course) == ["25 Nov", "07 Dec", "19 Dec"]


def lines_of(place, now):
    return [
        (row.booking.patient.name, [str(words) for _, _, words in row.reasons])
        for row in todo(location=place.location, now=now)
        if row.about.startswith("course:")
    ]


def test_todo_lists_courses_whose_next_sessions_no_longer_fit(desk, place, course):
    morning = local("2026-11-20T07:00")
    placed_course(place, hour="14:00", name="Ravi Naik")
    assert lines_of(place, morning) == []
    builders.a_record(session=course.sessions.get(number=1), started_at=local("2026-11-03T10:00"))
    Booking.objects.filter(pk=booking_of(course, 1).pk).update(status=Status.DONE)
    miss(booking_of(course, 2))

    assert lines_of(place, morning - timedelta(days=2)) == []
    assert lines_of(place, morning) == [("Asha Rao", ["the next sessions no longer fit as they stand"])]


@pytest.mark.parametrize(("day", "is_broken"), [("2026-11-05", False), ("2026-11-06", True)])
def test_session_given_too_late_for_the_next_one_breaks_the_plan(place, course, day, is_broken):
    give(course, local(f"{day}T10:00"))

    assert set(broken(location=place.location, today=local(day).date())) == (
        {course.pk} if is_broken else set()
    )


def give(course, moment):
    session = course.sessions.get(number=1)
    builders.a_record(session=session, started_at=moment)
    Booking.objects.filter(session=session).update(
        status=Status.DONE, day=moment.date(), starts=moment, ends=moment + timedelta(hours=1),
        clear_until=moment.date() + timedelta(days=7),
    )  # fmt: skip


def test_broken_plans_cost_the_same_queries_for_one_and_for_three(place, django_assert_num_queries):
    today = local("2026-11-06T10:00").date()
    for count, hours in ((1, ["10:00"]), (3, ["12:00", "14:00"])):
        for hour in hours:
            give(placed_course(place, hour=hour), local(f"2026-11-06T{hour}"))
        with django_assert_num_queries(4):
            assert len(broken(location=place.location, today=today)) == count


def test_other_locations_desk_finds_no_such_course(client, course):
    client.force_login(builders.staff(role="front_desk", location=builders.a_location()))

    assert client.get(f"/desk/courses/{course.pk}/again/").status_code == 404
