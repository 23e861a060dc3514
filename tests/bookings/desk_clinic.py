"""A member of the front desk at the small clinic of patient_clinic.py, and what they click."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings import door
from bookings.services.door.gap_rules import Authority
from clinic.services.name_words import rename
from consultations.rules import candidacy_rules
from consultations.rules.candidacy import rules_content
from tests import builders
from tests.bookings.patient_clinic import carried, hidden, local
from tests.builders import NOW

TODAY_11 = "2026-11-02T11:00"
TUESDAY_10 = "2026-11-03T10:00"
AT_11, TOMORROW_11 = local(TODAY_11), local("2026-11-03T11:00")


@pytest.fixture
def desk(client, place):
    user = builders.staff(role="front_desk", name="Meera Pai")
    client.force_login(user)
    client.user = user
    return client


def visit(place, starts=AT_11, *, name="Asha Rao", **fields):
    patient = builders.a_patient(name=name)
    return door.book(
        patient=patient, visit_type=place.consultation, location=place.location, starts=starts, key=uuid4(),
        by=patient.account, now=NOW - timedelta(days=3), **fields,
    )  # fmt: skip


def session_visit(place, starts=AT_11):
    course = builders.a_course(
        location=place.location, visit_type=place.session, practitioner=place.doctor, sessions=4,
        now=NOW - timedelta(days=3),
    )  # fmt: skip
    first = course.sessions.get(number=1)
    return door.book_session(
        session=first,
        starts=starts,
        key=uuid4(),
        by=None,
        now=NOW - timedelta(days=2),
        authority=Authority.DESK,
    )


def address(booking, name="desk_step"):
    return reverse(name, args=[booking.reference])


def take_step(desk, booking, to, *, version=None):
    booking.refresh_from_db()
    return desk.post(address(booking), {"to": to, "version": version or booking.version, "by": "doctor"})


def status_of(booking):
    booking.refresh_from_db()
    return booking.status


def fresh_form(booking):
    return {"key": str(uuid4()), "version": booking.version}


def screened(patient, *, outcome, fired=(), now=NOW - timedelta(days=1)):
    release = builders.a_release(kind="rules", content=rules_content(candidacy_rules.RULES))
    intake = builders.an_intake(patient=patient, answers={"pregnant": "yes"}, now=now)
    return builders.a_screening(intake=intake, outcome=outcome, rules=release, fired=list(fired), now=now)


def a_course(place, *, given=None, **fields):
    """Three sessions, a fortnight apart; the first given on that day."""
    course = builders.a_course(
        location=place.location, visit_type=place.session, practitioner=place.doctor,
        now=NOW - timedelta(days=60), **fields,
    )  # fmt: skip
    if given:
        builders.a_record(session=course.sessions.get(number=1), started_at=local(f"{given}T10:00"))
    return course


def somebody(name="Ravi Naik", **fields):
    patient = builders.a_patient(name=name, **fields)
    rename(patient, name)
    return patient


def find(desk, typed, **fields):
    answer = desk.post("/desk/patients/", {"q": typed, **fields})
    return desk.get(answer["Location"])


def book_page(desk, patient, query=""):
    return desk.get(reverse("desk_book", args=[patient.pk]) + query)


def take(desk, page, starts, **fields):
    """Press the button of a time on that page."""
    sent = {"key": hidden(page, "key"), "who": hidden(page, "who"), "starts": carried(starts)}
    return desk.post(page.context["offer"].here, sent | fields)
