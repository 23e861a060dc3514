"""From what somebody answers, by the button or the link, to the door: which sessions stand in question."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings import door, refusals
from bookings.models import Booking
from consultations.models import Intake
from consultations.rules.questionnaire import PAGE_OF, QUESTIONS
from consultations.rules.questions import DATE
from consultations.services.intake_pages import number_of
from tests import builders
from tests.bookings.patient_clinic import at_now, local, place
from tests.builders import NOW
from tests.consultations.histories import man
from tests.treatments import chair
from tests.treatments.chair import NO
from treatments.services.may_treat import may_treat

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
RIGHT = {"right": "on"}


@pytest.fixture
def patient(client):
    patient = builders.a_patient(sex_at_birth="male")
    client.force_login(patient.account)
    return patient


def a_course(patient, place, **fields):
    return chair.a_session(
        patient=patient, location=place.location, practitioner=place.doctor, visit_type=place.session,
        **fields,
    ).course  # fmt: skip


def beside(course, place, **fields):
    """Another course of the same person on the same decision."""
    decision = course.patient.decisions.get()
    where = {"location": place.location, "practitioner": place.doctor, "visit_type": place.session}
    return builders.a_course(decision=decision, now=NOW, **where, **fields)


def typed(answers):
    """As a browser sends it: days in three boxes."""
    sent = {}
    for key, value in answers.items():
        if QUESTIONS[key].type == DATE:
            sent |= dict(
                zip((f"{key}_{part}" for part in ("year", "month", "day")), value.split("-"), strict=True)
            )
        else:
            sent[key] = value
    return sent


def change(client, page, **changes):
    """Something changed: from the button under My visits to the last button of the form."""
    client.post(reverse("intake_update"))
    intake = Intake.objects.get(purpose="update", submitted_at=None)
    send(client, reverse("intake_page", args=[intake.pk, number_of(PAGE_OF[page])]), changes)


def send(client, page, answers):
    """Answer page after page as a person does, also what an answer opens on its own page; then send."""
    raw, pages = typed(man() | answers), 0
    while "/check/" not in page:
        page, pages = client.post(page.partition("#")[0], raw)["Location"], pages + 1
        assert pages < 20
    sent = client.post(page, RIGHT)
    assert sent["Location"].endswith("/sent/")


def in_question(session, day):
    found = may_treat(patient=session.course.patient, session=session, day=day, stage="placing", now=NOW)
    return "in_question" in [one.code for one in found]


def place_all(course, *starts):
    sessions = course.sessions.order_by("number")
    times = [(session, local(start), None) for session, start in zip(sessions, starts, strict=False)]
    return door.place_course(course=course, times=times, key=uuid4(), by=None, now=NOW)


def test_a_dated_wait_holds_only_the_sessions_before_its_date(client, place, patient):
    course = a_course(patient, place)
    first, second, third = place_all(course, "2026-11-05T10:00", "2026-11-19T10:00", "2026-12-03T10:00")

    change(client, "well_now", recent_illness="yes", recent_illness_date="2026-11-01")

    assert [in_question(one.session, one.day) for one in (first, second, third)] == [True, False, False]
    with pytest.raises(refusals.NeedsReview):
        door.move(moves=[(first, local("2026-11-06T10:00"), None)], key=uuid4(), by=None, now=NOW)
    [moved] = door.move(moves=[(third, local("2026-12-04T10:00"), None)], key=uuid4(), by=None, now=NOW)
    assert moved.starts == local("2026-12-04T10:00")
    kept = Booking.objects.get(pk=first.pk)
    assert (kept.status, kept.starts) == ("booked", first.starts)  # only a person releases a time


def test_what_one_product_holds_stops_only_courses_that_plan_it(client, place, patient):
    with_it = a_course(patient, place, product=builders.a_product(ingredients=("minoxidil", "parabens")))
    without = beside(with_it, place, product=builders.a_product(ingredients=("triamcinolone", "saline")))

    change(client, "allergies", allergies=["parabens"], reaction_kind=["rash"])

    day = (NOW + timedelta(days=5)).date()
    sessions = [course.sessions.select_related("product").get(number=1) for course in (with_it, without)]
    assert [in_question(one, day) for one in sessions] == [True, False]
    with pytest.raises(refusals.NeedsReview):
        place_all(with_it, "2026-11-05T10:00")
    assert place_all(without, "2026-11-05T10:00")


def test_the_short_round_puts_in_question_too(client, place, patient):
    course = a_course(patient, place)
    [first] = place_all(course, "2026-11-04T10:00")
    page = client.post("/my/before-visit/")["Location"]

    changes = {"recent_illness": "yes", "recent_illness_date": "2026-11-01"}
    send(client, page, NO | {"since_illness": "yes"} | changes)

    assert in_question(first.session, first.day)
