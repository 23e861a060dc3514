"""Two records that are one person's, a manager, and what each may hold, for tests of merging."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.models import Away, Entry, EntryKind, Status
from bookings.services.people.merge_plan import Choice, read_plan
from bookings.services.people.merging import merge
from clinic import audit
from clinic.models import Patient
from clinic.services.name_words import rename
from tests import builders
from tests.builders import NOW

EARLIER = NOW - timedelta(days=30)


def somebody(name="Meena Rao", **fields):
    patient = builders.a_patient(name=name, **fields)
    rename(patient, name)
    return patient


@pytest.fixture
def kept():
    return somebody()


@pytest.fixture
def other():
    return somebody("Mina Rav")


@pytest.fixture
def manager():
    return builders.staff(role="manager")


def choice(kept, **parts):
    chosen = dict.fromkeys(("name", "birth", "phone", "account"), kept.pk)
    return Choice(**{**chosen, **{name: getattr(one, "pk", one) for name, one in parts.items()}})


def together(kept, other, *, by=None, now=NOW, seen=None, **chosen):
    """Put `other` into `kept` as the page would have; both are as the database has them then."""
    for one in (kept, other):
        one.refresh_from_db()
    seen = seen or read_plan(kept=kept, other=other).seen
    by = by or builders.staff(role="manager")
    merge(kept=kept, other=other, choice=choice(kept, **chosen), seen=seen, by=by, now=now)
    for one in (kept, other):
        one.refresh_from_db()


def whole_record(patient, *, product=None, now=EARLIER):
    """A row of every table that says whose it is."""
    intake = builders.an_intake(patient=patient, answers={"pregnant": "no"}, now=now)
    screening = builders.a_screening(intake=intake, now=now)
    decision = builders.a_decision(screening=screening, now=now)
    course = builders.a_course(decision=decision, now=now, **({"product": product} if product else {}))
    record = builders.a_record(session=course.sessions.get(number=1), started_at=now, note="given")
    builders.a_consultation(patient=patient, signed=True, findings="scalp", now=now)
    builders.a_report(patient=patient, now=now)
    builders.a_photo(patient=patient, intake=intake, now=now)
    builders.a_pause(patient=patient, now=now)
    later = now + timedelta(days=99)
    builders.an_alarm(patient=patient, kind=f"example-{patient.pk}", deadline=later, now=now)
    builders.a_message(patient=patient, due_at=now)
    builders.reminder_consent(patient=patient, now=now)
    audit.record(by=None, action="example", subject=f"patient:{patient.pk}", patient=patient, now=now)
    audit.viewed(by=builders.staff(role="nurse"), patient=patient, what="contact", now=now)
    Patient.objects.create(name="Earlier", merged_into=patient)
    Away.objects.create(
        patient=patient, first_on=later.date(), last_on=later.date(), by=builders.staff(role="nurse"), at=now
    )
    builders.a_wait(session=course.sessions.get(number=2), now=now)
    Entry.objects.create(
        key=builders.next_key(), patient=patient, course=course, session=record.session, at=now,
        location=course.location, day=now.date(), kind=EntryKind.CHARGE, amount=Decimal("4500"),
    )  # fmt: skip
    builders.a_booking(
        session=record.session, starts=now, status=Status.DONE, now=now, practitioner=course.practitioner
    )
    return course
