"""A clinic in which one patient's record is full of canaries: words that must turn up on no page of anybody
who may not read them. Every personal and medical text column of tests/field_classes.py has one in some row.
"""

import uuid
from datetime import timedelta
from types import SimpleNamespace

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils import timezone

from bookings.models import Away, Change, ChangeLine, Closure, Entry, FeedToken, Status, TillClose
from bookings.services.papers import feeds
from clinic.models import Release
from clinic.services.name_words import find_by_name
from consultations.models import Consent, Intake, TabletPass
from consultations.rules import candidacy_rules
from consultations.rules.candidacy import screen
from consultations.services.calls import REPORT, report_subject
from consultations.services.publishing import questionnaire_release, rules_release
from tests import builders
from tests.consultations.histories import woman
from tests.field_classes import FIELD_CLASSES
from treatments.models import Addendum, Course, CourseReview, CourseSession, Extension, Pause
from treatments.rules import protocols

PERSONAL = "personalcanary"
MEDICAL = "medicalcanary"
PHONE = "+919111177777"
OTHER_PHONE = "+919222288888"
PHONES = ("9111177777", "91111 77777", "9222288888", "92222 88888")
FORMS_OF_A_PERSON = (PERSONAL, *PHONES)


def a_world() -> SimpleNamespace:
    """Patient A with a whole record, patient B with a like one of plain words, staff of each role."""
    now = timezone.now().replace(second=0, microsecond=0)
    world = SimpleNamespace(now=now, day=now.date().isoformat())
    world.location = builders.a_location(name="Example Clinic")
    world.consultation_type = builders.consultation_type()
    world.session_type = builders.session_type()
    both = [world.consultation_type, world.session_type]
    world.practitioner = builders.a_practitioner(location=world.location, qualified=both)
    world.draft = builders.a_location(is_open=False)  # a place that nobody can book yet, with a room
    world.room = builders.a_room(location=world.draft)
    world.price = world.consultation_type.prices.get()
    world.patient = somebody()
    record_of(world)
    bookings_of(world)
    world.other = builders.a_patient()
    world.users = {role: builders.staff(role=role) for role in ("front_desk", "nurse", "manager")}
    world.users["dermatologist"] = world.practitioner.user
    world.users["patient"] = world.patient.account
    world.users["other"] = world.other.account
    looked_at_and_paid(world)
    return world


def somebody():
    account = builders.an_account(
        phone=PHONE, email=f"{PERSONAL}@example.org", name=f"{PERSONAL} account", pin=PERSONAL
    )
    patient = builders.a_patient(
        account=account,
        name=f"{PERSONAL} name",
        name_key=f"{PERSONAL} key",
        phone=PHONE,
        email=f"{PERSONAL}@example.org",
        area=f"{PERSONAL} area",
        emergency_contact_name=f"{PERSONAL} contact",
        emergency_contact_phone=OTHER_PHONE,
        guardian_name=f"{PERSONAL} guardian",
        pin=make_password(None) + PERSONAL,
    )
    find_by_name([patient])
    return patient


def record_of(world) -> None:
    now, patient = world.now, world.patient
    helped_with(world)
    answers = woman(medicines_other=f"{MEDICAL} medicine", scalp_signs=["open_wounds"])
    world.intake = builders.an_intake(
        patient=patient, answers=answers, questionnaire=questionnaire_release(now=now), now=now
    )
    world.open_intake = builders.an_intake(
        patient=patient, purpose="update", submitted=False, answers={"pregnant": "no"},
        questionnaire=world.intake.questionnaire, now=now - timedelta(hours=1),
    )  # fmt: skip
    world.screening = screened(world.intake, answers, now)
    world.decision = builders.a_decision(
        screening=world.screening, signed_by=world.practitioner, now=now, verdict="with_conditions",
        conditions=f"{MEDICAL} conditions", reason=f"{MEDICAL} reason", patient_text=f"{MEDICAL} sentence",
    )  # fmt: skip
    world.consultation = builders.a_consultation(
        patient=patient, practitioner=world.practitioner, now=now,
        findings=f"{MEDICAL} findings", diagnosis=f"{MEDICAL} diagnosis", advice=f"{MEDICAL} advice",
    )  # fmt: skip
    world.course = builders.a_course(
        decision=world.decision,
        location=world.location,
        practitioner=world.practitioner,
        visit_type=world.session_type,
        product=builders.a_product(name=f"{MEDICAL} product", code=f"{MEDICAL}-code", ingredients=[MEDICAL]),
        note=f"{MEDICAL} note",
        protocol=protocol(now),
        now=now,
    )
    Course.objects.create(
        patient=patient, protocol=world.course.protocol, visit_type=world.session_type,
        location=world.location, created_at=now, ended_on=now.date(), ended_why="other",
    )  # fmt: skip
    world.consent = patient.consents.get(purpose="procedure")
    Consent.objects.filter(pk=world.consent.pk).update(
        signed="typed", signature=f"{PERSONAL} signature", witness=f"{PERSONAL} witness"
    )
    world.session = world.course.sessions.get(number=2)
    given = world.course.sessions.get(number=1)
    world.record = builders.a_record(
        session=given,
        started_at=now - timedelta(days=14),
        note=f"{MEDICAL} note",
        entered_late_why=f"{MEDICAL} late",
    )
    Addendum.objects.create(
        record=world.record, text=f"{MEDICAL} addendum", by=world.practitioner.user, at=now
    )
    CourseSession.objects.filter(course=world.course, number=3).update(dropped_reason="returned")
    world.pause = builders.a_pause(course=world.course, now=now - timedelta(days=9))
    Pause.objects.filter(pk=world.pause.pk).update(ended_at=now - timedelta(days=8), ended_by=world.pause.by)
    in_a_month = {"first_on": now.date() + timedelta(days=30), "last_on": now.date() + timedelta(days=33)}
    world.away = Away.objects.create(patient=patient, by=patient.account, at=now, **in_a_month)
    world.photo = builders.a_photo(patient=patient, sha256=MEDICAL, now=now)
    world.alarm = builders.an_alarm(patient=patient, kind=MEDICAL, now=now)
    world.on_call = builders.on_call(world.practitioner.user, starts=now, ends=now + timedelta(days=1))
    said = {"words": f"{MEDICAL} words", "answers": {"fever": MEDICAL}}
    world.report = builders.a_report(patient=patient, signs=[MEDICAL], now=now, **said)
    call_about = {"kind": REPORT, "subject": report_subject(world.report)}
    builders.an_alarm(patient=patient, now=now, **call_about)


def looked_at_and_paid(world) -> None:
    """A session that may be had later, a look back at the course, money that came, the till of that day."""
    now, doctor = world.now, {"signed_by": world.practitioner, "at": world.now}
    Extension.objects.create(
        session=world.session, until_on=now.date() + timedelta(days=60), why=f"{MEDICAL} why",
        key=uuid.UUID(int=78), **doctor,
    )  # fmt: skip
    world.course_review = CourseReview.objects.create(
        course=world.course, point="session_4", outcome="go_on", note=f"{MEDICAL} note",
        key=uuid.UUID(int=79), **doctor,
    )  # fmt: skip
    desk = {"location": world.location, "day": now.date(), "by": world.users["front_desk"], "at": now}
    world.entry = Entry.objects.create(
        patient=world.patient, kind="payment", amount=100, method="upi", reference=f"{PERSONAL} reference",
        why=f"{PERSONAL} why", receipt="EX/2026-27/1", key=uuid.UUID(int=80), **desk,
    )  # fmt: skip
    TillClose.objects.create(lines=[], note=f"{PERSONAL} note", key=uuid.UUID(int=81), **desk)


def helped_with(world) -> None:
    """An older form that somebody wrote down, on a tablet that has long been given back."""
    before = world.now - timedelta(days=2)
    answers = {"weight_kg": 60}
    intake = builders.an_intake(patient=world.patient, purpose="course", answers=answers, now=before)
    Intake.objects.filter(pk=intake.pk).update(
        help="relative", helper_name=f"{PERSONAL} helper", is_read_over=True
    )
    TabletPass.objects.create(
        intake=intake, token_hash=f"{PERSONAL}hash", by=builders.staff(role="front_desk"), made_at=before,
        expires_at=world.now, ended_at=world.now,
    )  # fmt: skip


def screened(intake, answers, now):
    """What the real rules say, with a canary in each part that can hold words."""
    planned = {"product": {"code": f"{MEDICAL}-code"}}
    found = screen(answers, on=now.date(), planned=planned, rules=candidacy_rules.RULES).as_dict()
    assert found["fired"]
    found["fired"] = [item | {"canary": MEDICAL} for item in found["fired"]]
    release = rules_release(now=now)
    return builders.a_screening(
        intake=intake, rules=release, answers=answers, planned=planned, now=now, **found
    )


def protocol(now) -> Release:
    content = protocols.content(protocols.PROTOCOLS["P5"]) | {"title": f"{MEDICAL} protocol"}
    return builders.a_release(kind="protocol", code="P5", content=content, now=now)


def bookings_of(world) -> None:
    """A consultation, a session that counts, a time held by patient A, and an act that moved one."""
    now, where = world.now, {"location": world.location, "practitioner": world.practitioner}
    starts = world.now.replace(minute=0) + timedelta(days=7)
    notes = ("kept", "too_close", "entered_late", "in_error")
    by = {f"{note}_by": world.practitioner.user for note in notes}
    why = {f"{note}_why": f"{PERSONAL} why" for note in notes}
    world.booking = builders.a_booking(
        patient=world.patient, starts=starts, visit_type=world.consultation_type, now=now, **where,
        fit_in_reason=f"{PERSONAL} fit in", entered_late_at=now, in_error_at=now, **by, **why,
    )  # fmt: skip
    world.visit = builders.a_booking(
        session=world.session, starts=starts + timedelta(days=1), now=now, **where
    )
    feeds_of(world)
    waits_of(world)
    world.hold = builders.a_booking(
        patient=world.patient, starts=starts + timedelta(days=2), visit_type=world.consultation_type, now=now,
        status=Status.HELD, held_until=now + timedelta(minutes=10), **where,
    )  # fmt: skip
    world.change = Change.objects.create(
        key=uuid.UUID(int=77), by=world.patient.account, action="move", payload_hash="0" * 64, at=now,
        reason=f"{PERSONAL} reason", undo_until=now + timedelta(minutes=3),
    )  # fmt: skip
    ChangeLine.objects.create(change=world.change, booking=world.booking, before={}, after={})
    money_of(world)
    world.closure = Closure.objects.create(
        location=world.location, starts=starts, ends=starts + timedelta(hours=2), reason="Repair", at=now
    )
    world.message = builders.a_message(
        booking=world.booking,
        channel="email",
        due_at=now,
        address=f"{PERSONAL}@example.org",
        fields={"place": PERSONAL, "area": "a", "weekday_day": "Tue 24 Nov", "time": "10 am", "link": "/my/"},
    )


def money_of(world) -> None:
    """A payment by UPI, some of which went back, and a day that was counted."""
    where = {"patient": world.patient, "location": world.location, "day": world.now.date(), "at": world.now}
    by = {"by": world.practitioner.user}
    world.payment = Entry.objects.create(
        key=uuid.uuid4(), kind="payment", amount=800, method="upi", reference=f"{PERSONAL}4123",
        receipt="01/26-27/000001", booking=world.booking, **where, **by,
    )  # fmt: skip
    Entry.objects.create(
        key=uuid.uuid4(), kind="refund", amount=100, method="cash", why=f"{PERSONAL} why",
        receipt="01/26-27/000002", **where, **by,
    )  # fmt: skip
    TillClose.objects.create(
        key=uuid.uuid4(), location=world.location, day=world.now.date(), lines=[], note=f"{PERSONAL} note",
        at=world.now, **by,
    )  # fmt: skip


def waits_of(world) -> None:
    """Who waits for something earlier, and is asked about a time that somebody gave up."""
    world.wait = builders.a_wait(booking=world.booking, now=world.now)
    gone = builders.a_booking(
        starts=world.booking.starts - timedelta(days=2), visit_type=world.consultation_type, now=world.now,
        location=world.location, practitioner=world.practitioner, status=Status.CANCELLED,
    )  # fmt: skip
    world.freed = builders.a_freed_time(booking=gone, now=world.now)
    world.wait_offer = builders.an_offer(freed=world.freed, entry=world.wait, now=world.now)


def feeds_of(world) -> None:
    """One that can be read, whose secret the walk knows, and one whose hash is a canary."""
    world.feed_secret = "a-secret-of-the-walk"
    made = {"practitioner": world.practitioner, "by": world.practitioner.user, "created_at": world.now}
    world.feed = FeedToken.objects.create(token_hash=feeds.hashed(world.feed_secret), **made)
    FeedToken.objects.create(token_hash=f"{PERSONAL}hash", **made)


# Is there a canary in every cage?


def texts() -> list[tuple[type[models.Model], str, str]]:
    """Every text column that may hold words, with its class. Codes with choices and secrets hold none."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [
        (model, column.name, FIELD_CLASSES[model._meta.label][column.name])
        for model in apps.get_models()
        if model._meta.app_label in ("clinic", "consultations", "treatments", "bookings")
        for column in model._meta.local_concrete_fields
        if isinstance(column, kinds) and not column.choices
        and (model._meta.label, column.name) not in WITHOUT
    ]  # fmt: skip


WITHOUT = {  # no words can stand there: hashed, a number, or a code that a constraint or column type decides
    ("clinic.User", "password"),
    ("clinic.User", "phone"),
    ("clinic.Patient", "phone"),
    ("clinic.Patient", "emergency_contact_phone"),
    ("consultations.Answer", "key"),
    ("consultations.Screening", "verdicts"),
    ("consultations.Screening", "unclear"),
}


def empty_cages() -> list[str]:
    """Personal and medical text columns that no row of the world has a canary in."""
    return [
        f"{model._meta.label}.{column}"
        for model, column, word in texts()
        if word != "neutral" and not any(
            {"personal": PERSONAL, "medical": MEDICAL}[word] in str(value)
            for value in model.objects.values_list(column, flat=True)
        )
    ]  # fmt: skip
