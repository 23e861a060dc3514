"""Somebody away for longer, as the desk sees it: courses that move as one, how good it is, many rows."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Change, Closure, Status
from bookings.services.closing import closures
from bookings.services.door.gap_rules import Authority
from bookings.services.verifying import verify
from bookings.views.desk import reflow_rows
from bookings.views.desk.closure_words import sums_of
from clinic.models import Message
from tests import builders
from tests.bookings.desk_clinic import desk, visit
from tests.bookings.patient_clinic import at_now, local, place, text_of
from tests.bookings.test_closure_pages import apply, away, boxes, colleague, fresh, preview, row_of
from tests.builders import NOW

__all__ = ["at_now", "colleague", "desk", "place"]
pytestmark = pytest.mark.django_db
GAP = {"never_before": 7, "earliest": 12, "target": 14, "latest": 18}


@pytest.fixture
def course(place):
    """Three sessions on Tuesdays, a fortnight apart; the first is before the leave."""
    return placed(place, "2026-11-03T09:00", "2026-11-17T09:00", "2026-11-30T09:00")


def placed(place, *starts, patient=None):
    course = builders.a_course(
        location=place.location, visit_type=place.session, practitioner=place.doctor, sessions=len(starts),
        gap=GAP, patient=patient, now=NOW - timedelta(days=3),
    )  # fmt: skip
    sessions = course.sessions.order_by("number")
    return door.place_course(
        course=course, times=[(one, local(at), None) for one, at in zip(sessions, starts, strict=True)],
        key=uuid4(), by=None, now=NOW - timedelta(days=2), authority=Authority.DESK,
    )  # fmt: skip


def leave(place):
    return away(place, first="2026-11-16", last="2026-11-20")


def test_session_that_moves_along_stands_under_the_one_it_moves_with(desk, place, course):
    page = preview(desk, **leave(place))

    assert [row.reference for row in page.context["page"].rows] == [course[1].reference]
    said = text_of(page)
    assert "It concerns 1 visit." in said
    assert "Tue 17 Nov, 9:00 am Dr Rao Sat 21 Nov, 9:00 am with Dr Rao" in said
    assert "session 3 of 3 moves along" in said
    assert "Mon 30 Nov, 9:00 am Dr Rao Thu 3 Dec, 9:00 am with Dr Rao keeps the gap" in said


def test_what_moves_along_is_asked_as_one_and_answered_by_one_yes(desk, place, course):
    apply(desk, preview(desk, **leave(place)))

    offers = list(Booking.objects.filter(status=Status.HELD).order_by("starts"))
    assert [offer.replaces for offer in offers] == course[1:]
    assert len({offer.together for offer in offers}) == 1 and offers[0].together
    assert Message.objects.filter(kind="another_time").count() == 1
    door.accept(offer=offers[0], key=uuid4(), by=course[0].patient.account, now=NOW)
    assert [fresh(one).starts for one in course[1:]] == [
        local("2026-11-21T09:00"),
        local("2026-12-03T09:00"),
    ]
    assert verify(now=NOW).wrong == {}


def test_what_moves_along_is_moved_in_one_change_and_undone_with_it(desk, place, course):
    page = preview(desk, **leave(place))
    closed = apply(desk, page, **{f"{course[1].reference}-do": "move"})

    [change] = Change.objects.filter(action="move")
    assert [line.booking_id for line in change.lines.order_by("booking")] == [one.pk for one in course[1:]]
    assert fresh(course[2]).starts == local("2026-12-03T09:00")
    bar = desk.get(closed["Location"]).context["undo"]
    desk.post(bar["action"], {"key": str(bar["once"])})
    assert [fresh(one).starts for one in course] == [one.starts for one in course]


@pytest.mark.parametrize("choice", ["later", "cancel"])
def test_nothing_moves_along_with_what_does_not_move(desk, place, course, choice):
    apply(desk, preview(desk, **leave(place)), **{f"{course[1].reference}-do": choice})

    assert fresh(course[2]).starts == course[2].starts
    assert not Booking.objects.filter(status=Status.HELD).exists()


def test_two_visits_of_one_patient_are_asked_about_together(desk, place, colleague):
    patient = builders.a_patient()
    two = [
        door.book(
            patient=patient, visit_type=place.consultation, location=place.location, starts=local(at),
            practitioner=place.doctor.pk, key=uuid4(), by=None, now=NOW, authority=Authority.DESK,
        )
        for at in ("2026-11-17T09:00", "2026-11-18T10:00")
    ]  # fmt: skip

    apply(desk, preview(desk, **leave(place)))

    offers = Booking.objects.filter(status=Status.HELD)
    assert {offer.replaces for offer in offers} == set(two)
    assert len({offer.together for offer in offers}) == 1
    assert Message.objects.filter(kind="another_time").count() == 1


def test_when_not_all_can_be_asked_together_the_rest_is_asked_alone(desk, place, course):
    other = placed(place, "2026-11-18T15:00", patient=builders.a_patient())
    page = preview(desk, **leave(place))
    goes = row_of(page, other[0]).proposal.found.starts
    visit(place, goes + timedelta(minutes=45), name="Somebody quicker", practitioner=place.doctor.pk)

    closed = apply(desk, page)

    assert {offer.replaces for offer in Booking.objects.filter(status=Status.HELD)} == set(course[1:])
    assert "That time is no longer free." in text_of(desk.get(closed["Location"]))
    assert closures.stranded(location=place.location, now=NOW) == [course[1], *other]


def test_form_cannot_take_along_what_is_of_another_course(desk, place, course):
    [other] = placed(place, "2026-12-01T09:00")
    page = preview(desk, **leave(place))
    goes = boxes(page)["goes"].replace(course[2].reference, other.reference)

    closed = apply(desk, page, goes=goes)

    # and without the third session the second would come too near to it
    assert not Booking.objects.filter(status=Status.HELD).exists()
    assert "1 visit still has no place" in text_of(desk.get(closed["Location"]))


# Many


def test_many_rows_stand_by_day_and_those_without_a_time_first(desk, place, colleague, monkeypatch):
    monkeypatch.setattr(reflow_rows, "AT_ONCE", 2)
    visits = [
        visit(place, local(f"2026-11-{day}T11:00"), practitioner=place.doctor.pk) for day in (17, 17 + 1)
    ]
    third = visit(place, local("2026-11-17T15:00"), practitioner=place.doctor.pk)
    for n in range(18):
        visit(place, local("2026-11-18T09:00") + timedelta(minutes=30 * n), practitioner=colleague.pk)

    page = preview(desk, **leave(place))

    groups = page.context["page"].groups
    assert [(group.title, group.is_shut) for group in groups] == [("Tue 17 Nov", True), ("Wed 18 Nov", True)]
    assert [row.reference for row in groups[0].rows] == [visits[0].reference, third.reference]
    assert groups[0].words.startswith("2 visits, 2 at the same time, room for ")
    assert groups[1].words.startswith("1 visit, 1 at another time, room for 0 that day")
    assert page.content.decode().count('<details class="reflow-day">') == 2
    apply(desk, page)
    assert Booking.objects.filter(status=Status.HELD).count() == 3


def test_row_of_a_long_list_sends_two_fields(desk, place, colleague):
    booking = visit(place, local("2026-11-17T11:00"), practitioner=place.doctor.pk)

    sent = [name for name in boxes(preview(desk, **leave(place))) if name.startswith(booking.reference)]

    assert sorted(sent) == [f"{booking.reference}-do", f"{booking.reference}-why"]
    assert reflow_rows.MOST * len(sent) < 1000 - 100  # so many fields may a form have


def test_preview_says_how_good_the_plan_is_when_something_is_left(desk, place):
    for n in range(3):
        visit(place, local("2026-11-17T11:00") + timedelta(hours=n), practitioner=place.doctor.pk)
    for_ever = away(place, first="2026-11-02", last="2027-02-20")

    page = preview(desk, **for_ever)

    said = text_of(page)
    assert "3 visits have to go: 0 placed. 3 have no time yet, and nobody could find one" in said
    assert {row.reason for row in page.context["page"].rows} == {
        "nobody who may do it is there in those weeks"
    }


def test_sums_say_nothing_of_a_few_that_are_all_placed(desk, place, colleague):
    visit(place, local("2026-11-17T11:00"), practitioner=place.doctor.pk)

    assert preview(desk, **leave(place)).context["sums"] == []


def quality(**fields):
    return reflow_rows.Quality(**{"lost": 214, "placed": 214} | fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ["214 visits have to go: 214 placed."]),
        (
            {"placed": 209, "unplaced_at_least": 3},
            [
                "214 visits have to go: 209 placed.",
                "5 have no time yet; at least 3 cannot have one, whatever is done.",
            ],
        ),
        (
            {"placed": 213, "unplaced_at_least": 0},
            ["214 visits have to go: 213 placed.", "1 has no time yet."],
        ),
        (
            {"moves": 220, "moves_at_least": 200},
            ["214 visits have to go: 214 placed.", "220 get another time; at least 200, whatever is done."],
        ),
        (
            {"moves": 200, "moves_at_least": 200},
            ["214 visits have to go: 214 placed.", "200 get another time; fewer is not possible."],
        ),
    ],
)
def test_sums_in_plain_words(fields, words):
    assert sums_of(quality(**fields)) == words


def test_closing_with_what_moves_along_is_undone_whole(desk, place, course):
    closed = apply(desk, preview(desk, **leave(place)))
    bar = desk.get(closed["Location"]).context["undo"]

    desk.post(bar["action"], {"key": str(bar["once"])})

    assert not Closure.objects.exists()
    assert not Booking.objects.filter(status=Status.HELD).exists()
