"""The day on paper, the blank sheets, and the file to keep."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Status
from bookings.services.papers import paper_forms
from clinic.models import AuditRow, Location
from consultations.rules.consent_texts import CONSENT_TEXTS, HEALTH_DATA
from consultations.rules.questionnaire import PAGES, QUESTIONS, questions_on
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, desk, screened, session_visit, visit
from tests.bookings.patient_clinic import at_now, place, text_of

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
HALF_HOUR = timedelta(minutes=30)


def rows_of(answer) -> list:
    return [row for sheet in answer.context["sheets"] for part in sheet["parts"] for row in part["rows"]]


# The list


def test_row_has_what_the_desk_needs_at_the_door(desk, place):
    booking = visit(place)
    [row] = rows_of(desk.get("/desk/day-list/"))

    assert (row.time, row.until, row.name, row.age) == ("11:00 am", "11:30 am", "Asha Rao", "36")
    assert row.what == "First consultation"
    assert row.where == booking.claims.get(resource__kind="room").resource.name
    assert row.phone.replace(" ", "") == booking.patient.phone


def test_session_names_chair_and_room_in_their_order_once_each(desk, place):
    booking = session_visit(place)
    names = {kind: booking.claims.filter(resource__kind=kind)[0].resource.name for kind in ("chair", "room")}
    [row] = rows_of(desk.get("/desk/day-list/"))

    assert row.where == f"{names['chair']}, {names['room']}"
    assert row.what.endswith("session 1 of 4")


def test_list_is_today_and_tomorrow_by_dermatologist(desk, place):
    other = builders.a_practitioner(location=place.location, name="Dr Aarti", qualified=[place.consultation])
    visit(place, TOMORROW_11, name="Three", practitioner=place.doctor.pk)
    visit(place, name="Two", practitioner=place.doctor.pk)
    visit(place, name="One", practitioner=other.pk)
    visit(place, AT_11 + timedelta(days=2), name="Too far")
    sheets = desk.get("/desk/day-list/").context["sheets"]

    assert [
        (sheet["name"], part["title"], [row.name for row in part["rows"]])
        for sheet in sheets
        for part in sheet["parts"]
    ] == [
        ("Dr Aarti", "Mon 2 Nov", ["One"]),
        ("Dr Rao", "Mon 2 Nov", ["Two"]),
        ("Dr Rao", "Tue 3 Nov", ["Three"]),
    ]


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.NO_SHOW, Status.HELD])
def test_who_does_not_come_is_not_on_paper(desk, place, status):
    held_until = AT_11 if status == Status.HELD else None
    builders.a_booking(
        location=place.location, visit_type=place.consultation, starts=AT_11, status=status,
        held_until=held_until,
    )  # fmt: skip

    assert rows_of(desk.get("/desk/day-list/")) == []
    assert "Nobody is booked, Mon 2 Nov – Tue 3 Nov" in text_of(desk.get("/desk/day-list/"))


def test_flags_are_words_and_no_answer_or_rule_is_among_them(desk, place):
    booking = visit(place)
    screened(booking.patient, outcome="REVIEW", fired=[])
    answer = desk.get("/desk/day-list/")
    [row] = rows_of(answer)

    assert row.flags == "doctor to review, first visit"
    assert "pregnan" not in text_of(answer).lower()


def test_flags_of_one_who_is_done_are_over(desk, place):
    builders.a_booking(location=place.location, starts=AT_11, status=Status.DONE)

    assert rows_of(desk.get("/desk/day-list/"))[0].flags == ""


def test_heading_stands_in_the_tables_head_so_that_every_page_repeats_it(desk, place):
    visit(place)
    page = desk.get("/desk/day-list/").content.decode()
    [head] = re.findall(r"<thead>(.*?)</thead>", page, re.S)

    assert "Dr Rao · Mon 2 Nov" in head
    assert "Indiranagar, as it stood Mon 2 Nov, 10:00 am" in head
    assert [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'scope="col"[^>]*>(.*?)</th>', head)] == [
        "Time", "Room, chair", "Name", "Age", "Visit", "Note", "Phone", "Initials",
    ]  # fmt: skip


def test_page_says_what_to_do_afterwards_and_links_the_blank_sheets(desk, place):
    answer = desk.get("/desk/day-list/")
    page = answer.content.decode()

    assert "When the line or power goes" in page
    assert "Enter a visit that has been" in page
    for href in re.findall(r'href="(/desk/(?:paper|day)[^"]+)"', page):
        assert desk.get(href.replace("&amp;", "&")).status_code == 200
    assert {
        f"/desk/paper/{kind}/?at={place.location.slug}" for kind in ("history", "visits", "session")
    } <= set(re.findall(r'href="([^"]+)"', page))


@pytest.mark.parametrize(
    ("email", "at", "expected"),
    [
        ("", ["07:00"], "a manager sets where and when"),
        ("desk@clinic.example", ["13:30", "07:00"], "at 7:00 am, 1:30 pm"),
        ("desk@clinic.example", [], "a manager sets where and when"),
    ],
)
def test_page_says_when_the_list_is_sent(desk, place, email, at, expected):
    Location.objects.filter(pk=place.location.pk).update(day_list_email=email, day_list_at=at)

    assert expected in text_of(desk.get("/desk/day-list/"))


@pytest.mark.parametrize("visits", [1, 3])
def test_list_takes_as_many_queries_for_three_as_for_one(desk, place, visits):
    for number in range(visits):
        visit(place, AT_11 + number * HALF_HOUR, name=f"Somebody {number}")
    desk.get("/desk/day-list/")
    with CaptureQueriesContext(connection) as queries:
        desk.get("/desk/day-list/")

    assert len(queries) == 12


@pytest.mark.parametrize(
    "query", ["day=2026-02-30", "day=9999-12-31", "day=0001-01-01", "at=nowhere", "day=x"]
)
def test_nonsense_in_the_address_is_today_at_the_usual_place(desk, place, query):
    answer = desk.get(f"/desk/day-list/?{query}")

    assert (answer.status_code, answer.context["asked"].day.isoformat()) == (200, "2026-11-02")


# The file


def test_saved_file_is_the_one_that_is_sent_and_saving_is_noted(desk, place):
    booking = visit(place)
    answer = desk.get("/desk/day-list/file/")
    page = answer.content.decode()

    assert answer["Content-Disposition"] == (
        f'attachment; filename="list-{place.location.slug}-2026-11-02.html"'
    )
    assert "Asha Rao" in page
    assert "onsultation" not in page
    assert booking.reference not in page
    assert AuditRow.objects.get(action="day_exported").detail == {"day": "2026-11-02", "kind": "file"}


# Blank sheets


def test_every_question_is_on_paper_once_with_its_place_on_the_screen():
    asked = [
        (one.number, one.key)
        for private in (False, True)
        for section in paper_forms.sections(private=private)
        for one in section.questions
    ]
    on_screen = [
        (f"{page}.{place}", question.key)
        for page, each in enumerate(PAGES, start=1)
        for place, question in enumerate(questions_on(each.key), start=1)
    ]

    assert sorted(asked) == sorted(on_screen)
    assert {key for _, key in asked} == {key for key, one in QUESTIONS.items() if not one.derived}


def test_questions_for_the_doctor_alone_are_on_a_sheet_of_their_own(desk):
    first, second = (
        {one.key for section in paper_forms.sections(private=private) for one in section.questions}
        for private in (False, True)
    )

    assert second == {key for key, question in QUESTIONS.items() if question.private}
    assert first & second == set()


def test_every_choice_is_a_box_and_not_sure_is_offered_where_the_screen_offers_it():
    boxes = {
        one.key: one.boxes
        for private in (False, True)
        for section in paper_forms.sections(private=private)
        for one in section.questions
    }
    for key, found in boxes.items():
        question = QUESTIONS[key]
        extra = ["I'm not sure"] if question.may_be_unsure and "not_sure" not in question.codes else []
        assert found == [text for _, text in question.choices] + extra, key


def test_question_that_hangs_on_another_says_whom_it_is_for():
    assert set(paper_forms.ONLY_FOR) == {key for key, one in QUESTIONS.items() if one.shown_if}


def test_history_asks_for_consent_before_the_first_question(desk, place):
    text = text_of(desk.get("/desk/paper/history/"))

    assert text.index(CONSENT_TEXTS[HEALTH_DATA]["sentence"]) < text.index("Date of birth")
    assert "For the doctor alone" in text


@pytest.mark.parametrize("kind", ["history", "visits", "session"])
def test_blank_sheet_names_the_place_and_nobody(desk, place, kind):
    visit(place)
    text = text_of(desk.get(f"/desk/paper/{kind}/?at={place.location.slug}"))

    assert "Indiranagar" in text
    assert "Asha" not in text


def test_sheet_that_is_none_is_404(desk, place):
    assert desk.get("/desk/paper/unknown/").status_code == 404


def test_nothing_without_a_location(client, at_now):
    client.force_login(builders.staff(role="front_desk"))

    for path in ("/desk/day-list/", "/desk/day-list/file/", "/desk/day.csv", "/desk/paper/visits/"):
        assert client.get(path).status_code == 200
