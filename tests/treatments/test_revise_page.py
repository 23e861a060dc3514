"""A course signed anew, as the doctor clicks it."""

import uuid

import pytest
from django.urls import reverse

from clinic import clock
from tests import builders
from treatments.models import Course, Extension, Prescription

pytestmark = pytest.mark.django_db
KEY = str(uuid.UUID(int=7))


@pytest.fixture
def doctor(client):
    visit_type, location = builders.session_type(), builders.a_location()
    practitioner = builders.a_practitioner(location=location, qualified=[visit_type])
    client.force_login(practitioner.user)
    practitioner.location, practitioner.visit_type = location, visit_type
    return practitioner


@pytest.fixture
def course(doctor):
    return builders.a_course(
        sessions=3, location=doctor.location, visit_type=doctor.visit_type, practitioner=doctor,
        note="Slowly.", now=clock.now(),
    )  # fmt: skip


def address(course):
    return reverse("revise_course", args=[course.pk])


def posted(course, **fields):
    """What the page sends when nothing was typed."""
    parts = ("never_before", "earliest", "target", "latest")
    gaps = {
        f"gap_{one.number}_{part}": getattr(one, part)
        for one in course.sessions.filter(given_on=None, dropped_reason="", number__gt=1)
        for part in parts
    }
    shown = course.sessions.filter(given_on=None, dropped_reason="").values_list("number", flat=True)
    seen = course.prescriptions.order_by("-revision").first().revision
    return (
        {"key": KEY, "seen": seen, "shown": ",".join(map(str, sorted(shown))), "note": "Slowly."}
        | {"add_more": 0, "add_keep_up": 0}
        | gaps
        | fields
    )


QUARTER = {
    "gap_keep_up_never_before": 84,
    "gap_keep_up_earliest": 84,
    "gap_keep_up_target": 91,
    "gap_keep_up_latest": 105,
}


def test_the_page_shows_what_is_ahead(client, course):
    page = client.get(address(course)).content.decode()
    assert "Revision 1, signed by" in page
    assert "Slowly." in page
    assert 'name="gap_2_target" value="14"' in page
    assert 'name="gap_1_target"' not in page
    assert 'name="drop_1"' not in page
    assert 'name="drop_3"' in page
    assert 'name="gap_keep_up_target" value="91"' in page


def test_changing_dropping_and_adding_in_one_signature(client, course):
    data = posted(
        course, gap_2_target=16, gap_2_latest=20, drop_3="on", add_keep_up=2, note="Wider.", **QUARTER
    )
    response = client.post(address(course), data)
    assert (response.status_code, response["Location"]) == (302, reverse("course_record", args=[course.pk]))
    rows = course.sessions.order_by("number").values_list(
        "number", "target", "phase", "is_soft", "dropped_reason"
    )
    assert list(rows) == [
        (1, None, "course", False, ""), (2, 16, "course", False, ""), (3, 14, "course", False, "revised"),
        (4, 91, "maintenance", True, ""), (5, 91, "maintenance", True, ""),
    ]  # fmt: skip
    page = client.get(response["Location"]).content.decode()
    for words in (
        "revision 2",
        "Wider.",
        "no time wanted yet",
        "keeping it up",
        "taken out of the plan by the doctor",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"gap_3_earliest": 5}, "The four numbers must not fall."),
        ({"gap_3_never_before": 6}, "At least 7 days for this product, whoever decides."),
        ({"gap_3_target": ""}, "This field is required."),
        ({"gap_3_target": "soon"}, "Enter a whole number."),
        ({"gap_3_latest": 401}, "Ensure this value is less than or equal to 400."),
        ({"add_more": 61}, "Ensure this value is less than or equal to 60."),
        ({"add_more": -1}, "Ensure this value is greater than or equal to 0."),
        ({"add_more": 1, "gap_more_target": ""}, "This field is required."),
        ({"add_keep_up": 1, "gap_keep_up_latest": 90}, "The four numbers must not fall."),
        ({"add_more": 60}, "A course has 60 sessions at most."),
        ({"seen": ""}, "This field is required."),
        ({"key": "x"}, "Enter a valid UUID."),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, course, field, words):
    more = dict(zip(QUARTER, (7, 7, 14, 21), strict=True))
    more = {name.replace("keep_up", "more"): value for name, value in more.items()}
    data = posted(course, note="typed before", gap_2_latest=23, **QUARTER, **more) | field
    response = client.post(address(course), data)
    page = response.content.decode()
    assert (response.status_code in (200, 400), Prescription.objects.count()) == (True, 1)
    assert words in page
    assert "typed before" in page
    assert 'name="gap_2_latest" value="23"' in page


def test_a_row_that_is_taken_out_or_not_added_is_not_judged(client, course):
    data = posted(course, drop_3="on", gap_3_target="soon", gap_more_target="x")
    assert client.post(address(course), data).status_code == 302
    assert course.prescriptions.count() == 2


def test_nothing_changed_is_said(client, course):
    response = client.post(address(course), posted(course))
    assert (response.status_code, "Nothing has been changed yet." in response.content.decode()) == (400, True)


def test_a_double_submit_signs_once(client, course):
    data = posted(course, gap_2_target=16, add_keep_up=1, **QUARTER)
    assert [client.post(address(course), data).status_code for _ in range(2)] == [302, 302]
    assert (course.prescriptions.count(), course.sessions.count()) == (2, 4)


def test_going_back_and_typing_something_else_signs_nothing(client, course):
    client.post(address(course), posted(course, gap_2_target=16))
    before = posted(course, gap_2_target=18, seen=1)
    assert client.post(address(course), before).status_code == 400
    assert course.sessions.get(number=2).target == 16


def test_a_page_that_is_out_of_date_signs_nothing_and_keeps_what_was_typed(client, course):
    data = posted(course, gap_3_target=18)
    course.sessions.filter(number=3).update(dropped_reason="forfeited")
    response = client.post(address(course), data)
    page = response.content.decode()
    assert (response.status_code, course.prescriptions.count()) == (409, 1)
    assert "This course changed while the page was open." in page
    assert 'name="gap_3_target" value="18"' in page


@pytest.mark.parametrize("shown", ["", "x", "1,2,3,99999999999999999999", "-1", "٣"])
def test_a_page_that_says_nonsense_is_no_error_of_ours(client, course, shown):
    response = client.post(address(course), posted(course, shown=shown, gap_2_target=16))
    assert response.status_code in (302, 409)


def test_an_ended_course_leads_back(client, course):
    Course.objects.filter(pk=course.pk).update(ended_on=clock.now().date(), ended_why="other")
    for response in (client.get(address(course)), client.post(address(course), posted(course, note="x"))):
        assert (response.status_code, response["Location"]) == (
            302,
            reverse("course_record", args=[course.pk]),
        )
    assert "Change the course" not in client.get(reverse("course_record", args=[course.pk])).content.decode()


def test_a_course_that_is_all_given_may_be_kept_up(client, course):
    for number in (1, 2, 3):
        builders.a_record(session=course.sessions.get(number=number), started_at=clock.now())
    assert "Every session has been given." in client.get(address(course)).content.decode()
    client.post(address(course), posted(course, add_keep_up=1, **QUARTER))
    assert course.sessions.get(number=4).is_soft is True


@pytest.mark.parametrize("role", ["front_desk", "nurse", "manager"])
def test_others_find_nothing_here(client, course, role):
    client.force_login(builders.staff(role=role))
    assert client.get(address(course)).status_code == 404
    assert client.post(address(course), posted(course, note="x")).status_code == 404
    assert course.prescriptions.count() == 1


def test_the_course_page_tells_an_extension(client, course, doctor):
    Extension.objects.create(
        session=course.sessions.get(number=2), until_on=clock.now().date(), why="away", signed_by=doctor,
        at=clock.now(), key=builders.next_key(),
    )  # fmt: skip
    page = client.get(reverse("course_record", args=[course.pk])).content.decode()
    assert "extended to" in page
    assert address(course) in page
