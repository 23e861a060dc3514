"""A time clicked on the board: one button on the book page, or why it cannot be, and what is near."""

import pytest

from bookings.models import Booking
from clinic.models import Resource
from tests import builders
from tests.bookings.desk_clinic import TUESDAY_10, a_course, book_page, desk, somebody, take, visit
from tests.bookings.patient_clinic import at_now, buttons, carried, hidden, local, place

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


def clicked(desk, patient, query):
    return book_page(desk, patient, f"?{query}")


def test_clicked_time_is_one_button_with_the_focus(desk, place):
    ravi = somebody()

    page = clicked(desk, ravi, f"start=2026-11-03T10:30&who={place.doctor.pk}&at={place.location.slug}")
    [take_it] = page.context["clicked"]["takes"]
    answer = desk.post(
        page.context["offer"].here,
        {"key": hidden(page, "key"), "who": hidden(page, "who"), "starts": take_it["value"]},
    )

    assert take_it["words"] == "Book Tue 3 Nov, 10:30 am with Dr Rao"
    assert 'value="2026-11-03T05:00Z" autofocus>' in page.content.decode()
    assert page.context["chosen_day"] == "Tue 3 Nov"
    assert answer.status_code == 302
    assert (Booking.objects.get().starts, Booking.objects.get().practitioner) == (
        local("2026-11-03T10:30"),
        place.doctor,
    )


def test_clicked_time_in_a_room_says_who_could_be_there(desk, place):
    builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Iyer")

    room = Resource.objects.filter(kind="room").first()

    for query in ("start=2026-11-03T10:30", f"start=2026-11-03T10:30&who={room.pk}"):
        [take_it] = clicked(desk, somebody(), query).context["clicked"]["takes"]
        assert take_it["words"] == "Book Tue 3 Nov, 10:30 am with Dr Iyer or Dr Rao"


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2026-11-02T09:00", "Mon 2 Nov, 9:00 am has passed."),
        ("2026-11-03T10:20", "Visits of this kind begin every 15 minutes, not at 10:20 am."),
        ("2026-11-03T20:00", "Dr Rao is not free for 30 minutes from Tue 3 Nov, 8:00 pm."),
        ("2026-11-03T17:45", "Dr Rao is not free for 30 minutes from Tue 3 Nov, 5:45 pm."),
        ("2028-11-03T10:00", "Fri 3 Nov, 10:00 am is more than a year ahead."),
    ],
)
def test_clicked_time_that_cannot_be_says_why(desk, place, start, words):
    page = clicked(desk, somebody(), f"start={start}&who={place.doctor.pk}")

    assert page.context["clicked"]["why"] == words
    assert "takes" not in page.context["clicked"]


def test_clicked_time_that_is_taken_offers_the_nearest_and_a_colleague(desk, place):
    iyer = builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Iyer")
    visit(place, local(TUESDAY_10), practitioner=place.doctor.pk)

    page = clicked(desk, somebody(), f"start={TUESDAY_10}&who={place.doctor.pk}")

    assert [one["words"] for one in page.context["clicked"]["near"]] == [
        "Book Tue 3 Nov, 9:15 am with Dr Rao",
        "Book Tue 3 Nov, 9:30 am with Dr Rao",
        "Book Tue 3 Nov, 10:30 am with Dr Rao",
        "Book Tue 3 Nov, 10:00 am with Dr Iyer",
    ]
    assert page.context["clicked"]["near"][-1]["value"] == f"{carried(TUESDAY_10)}/{iyer.pk}"


def test_clicked_list_of_a_doctor_who_does_not_do_that_kind(desk, place):
    other = builders.a_practitioner(location=place.location, qualified=[place.session])

    page = clicked(desk, somebody(), f"start={TUESDAY_10}&who={other.pk}")

    assert page.context["clicked"]["why"] == "Whose list you clicked does not do this kind of visit here."
    assert page.context["clicked"]["near"][0]["words"].endswith("with Dr Rao")


def test_clicked_time_outlives_another_kind_of_visit_but_not_another_place(desk, place):
    builders.consultation_type(name="Follow-up", is_online=False)
    builders.a_location()

    page = clicked(desk, somebody(), f"start={TUESDAY_10}&who={place.doctor.pk}")

    assert all(f"who={place.doctor.pk}" in kind["href"] for kind in page.context["kinds"])
    assert all("start=2026-11-03T10%3A00" in kind["href"] for kind in page.context["kinds"])
    assert not any("start=" in one["href"] for one in page.context["places"])


def test_clicked_time_on_which_the_session_may_not_be_offers_a_consultation(desk, place):
    course = a_course(place, given="2026-10-28")  # from 7 November on

    too_soon = clicked(desk, course.patient, f"start={TUESDAY_10}")
    asked_for = clicked(
        desk, course.patient, f"start={TUESDAY_10}&session={course.sessions.get(number=2).pk}"
    )

    assert [kind["chosen"] for kind in too_soon.context["kinds"]] == [False, True]
    assert too_soon.context["clicked"]["takes"]
    assert asked_for.context["clicked"]["why"] == "Tue 3 Nov, 10:00 am is too soon for this session."


@pytest.mark.parametrize(
    "start", ["x", "2026-11-03", "0001-01-01T00:00", "9999-12-31T23:59", "2026-02-30T10:00", "%00"]
)
def test_clicked_time_that_cannot_be_read_counts_as_none(desk, place, start):
    page = clicked(desk, somebody(), f"start={start}")

    assert page.status_code in (200, 400)  # 400 for what nobody can store
    assert b"autofocus>" not in page.content


def test_wish_for_a_woman_at_the_desk_leaves_only_her_times(desk, place):
    wednesdays = [(2, *builders.WEEK[0][1:])]
    banu = builders.a_practitioner(
        location=place.location, qualified=[place.consultation], name="Dr Banu", gender="female",
        hours=wednesdays,
    )  # fmt: skip

    page = book_page(desk, somebody(), "?gender=female")
    at_ten = next(value for value in buttons(page, "starts") if carried("2026-11-04T10:00") in value)
    whoever = take(desk, page, "2026-11-04T10:00")  # not by its button, which names her
    desk.post(page.context["offer"].here, {"key": hidden(page, "key"), "starts": at_ten})

    assert whoever.status_code == 400
    assert page.context["chosen_day"] == "Wed 4 Nov"
    assert Booking.objects.get().practitioner == banu
