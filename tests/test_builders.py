"""The builders make rows that every constraint accepts, with nothing but their defaults."""

import pytest

from bookings.models import Claim
from tests import builders

pytestmark = pytest.mark.django_db

BUILDERS = [
    builders.a_location,
    builders.a_room,
    builders.a_chair,
    builders.a_practitioner,
    builders.consultation_type,
    builders.session_type,
    builders.an_account,
    builders.a_patient,
    builders.a_product,
    builders.a_consent,
    builders.an_intake,
    builders.a_screening,
    builders.a_decision,
    builders.a_consultation,
    builders.a_course,
    builders.a_record,
    builders.a_pause,
    builders.a_booking,
    builders.a_message,
    builders.an_alarm,
    builders.a_report,
]


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_builder_makes_a_new_row_each_time(build):
    first, second = build(), build()

    assert first.pk != second.pk


@pytest.mark.parametrize("role", ["front_desk", "nurse", "dermatologist", "manager"])
def test_staff_has_that_role_everywhere(role):
    roles = builders.staff(role=role).roles.values_list("role", "location")

    assert list(roles) == [(role, None)]


def test_session_type_watches_in_the_chair_it_numbed_in():
    steps = list(builders.session_type().steps.order_by("position"))
    kinds = [(step.name, step.minutes, sorted(step.needs.values_list("kind", flat=True))) for step in steps]

    assert kinds == [
        ("numbing", 45, ["chair"]),
        ("injecting", 20, ["practitioner", "room"]),
        ("watching", 15, ["chair"]),
    ]
    assert steps[2].needs.get().same_as == steps[0].needs.get()


def test_course_has_its_sessions_and_one_prescription():
    course = builders.a_course(sessions=4)

    assert list(course.sessions.order_by("number").values_list("number", "target")) == [
        (1, None), (2, 14), (3, 14), (4, 14),
    ]  # fmt: skip
    assert [step["number"] for step in course.prescriptions.get().steps] == [1, 2, 3, 4]


def test_session_booking_claims_the_practitioner_for_injecting_only():
    session = builders.a_course().sessions.get(number=1)
    booking = builders.a_booking(session=session)

    claim = Claim.objects.get(booking=booking)
    assert (claim.starts - booking.starts).total_seconds() == 45 * 60
    assert (claim.ends - claim.starts).total_seconds() == 20 * 60
