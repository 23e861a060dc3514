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
from consultations.rules.questionnaire import PAGES, QUESTIONS, pages_of, questions_on
from consultations.rules.questions import COURSE, FIRST, SESSION
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, desk, screened, session_visit, visit
from tests.bookings.patient_clinic import at_now, place, text_of

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
HALF_HOUR = timedelta(minutes=30)
ON_PAPER = (FIRST, COURSE)


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
        f"/desk/paper/{kind}/?at={place.location.slug}" for kind in ("history", "course", "visits", "session")
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


def on_paper(stage: str | None = None, *, private: bool | None = None) -> list:
    """Every question that is printed, with what stands beside it."""
    return [
        one
        for each in (ON_PAPER if stage is None else (stage,))
        for apart in ((False, True) if private is None else (private,))
        for section in paper_forms.sections(stage=each, private=apart)
        for one in section.questions
    ]


@pytest.mark.parametrize("stage", ON_PAPER)
def test_every_question_of_a_stage_is_on_paper_once_with_its_place_on_the_screen(stage):
    asked = [(one.number, one.key) for one in on_paper(stage)]
    on_screen = [
        (f"{page}.{place}", question.key)
        for page, each in enumerate(PAGES, start=1)
        for place, question in enumerate(questions_on(each.key), start=1)
        if each.stage == stage
    ]

    assert sorted(asked) == sorted(on_screen)


def test_all_that_is_asked_before_a_course_or_the_consultation_is_on_one_of_the_papers():
    before_a_session = {question.key for page in pages_of(SESSION) for question in questions_on(page.key)}

    assert {one.key for one in on_paper()} == {
        key for key, one in QUESTIONS.items() if not one.derived
    } - before_a_session


@pytest.mark.parametrize("stage", ON_PAPER)
def test_questions_for_the_doctor_alone_are_on_a_sheet_of_their_own(stage):
    assert [one.key for one in on_paper(stage, private=False) if QUESTIONS[one.key].private] == []
    assert [one.key for one in on_paper(stage, private=True) if not QUESTIONS[one.key].private] == []
    assert on_paper(stage, private=True)


def test_every_choice_is_a_box_and_not_sure_is_offered_where_the_screen_offers_it():
    for one in on_paper():
        question = QUESTIONS[one.key]
        figures = [str(n) for n in range(11)] if question.type == "scale" else []
        extra = ["I'm not sure"] if question.may_be_unsure and "not_sure" not in question.codes else []
        assert one.boxes == [text for _, text in question.choices] + figures + extra, one.key


def test_question_that_hangs_on_another_says_whom_it_is_for():
    for one in on_paper():
        assert bool(one.only_for) == (QUESTIONS[one.key].shown_if is not None), one.key


@pytest.mark.parametrize(
    ("key", "kind", "unit"),
    [
        ("born_on", "date", ""),
        ("hair_impact", "boxes", ""),
        ("medicines_named", "lines", ""),
        ("weight_kg", "figures", "kg"),
        ("duration_value", "figures", ""),
    ],
)
def test_each_type_of_question_has_its_room_to_answer(key, kind, unit):
    [found] = [one for one in on_paper() if one.key == key]

    assert (found.kind, found.unit) == (kind, unit)


@pytest.mark.parametrize(("kind", "stage"), [("history", "first"), ("course", "course")])
def test_every_sheet_prints_its_questions(desk, place, kind, stage):
    page = desk.get(f"/desk/paper/{kind}/").content.decode()

    assert re.findall(r'data-question="(\w+)"', page) == [
        one.key for private in (False, True) for one in on_paper(stage, private=private)
    ]
    assert page.index("For the doctor alone") < page.index(
        f'data-question="{on_paper(stage, private=True)[0].key}"'
    )


def test_history_asks_for_consent_before_the_first_question(desk, place):
    text = text_of(desk.get("/desk/paper/history/"))

    assert text.index(CONSENT_TEXTS[HEALTH_DATA]["sentence"]) < text.index("Date of birth")
    assert "For the doctor alone" in text


@pytest.mark.parametrize("kind", ["history", "course", "visits", "session"])
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
