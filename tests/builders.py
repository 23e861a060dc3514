"""A made-up clinic, one plain function a thing. Everything has a default, nothing is random.

Each call makes a new row; what it belongs to is made too unless given. Names and numbers count upwards, so
that they differ and never mean anybody. Times default to NOW: give the code under test its `now` from here.
"""

import io
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from bookings.models import Booking, Claim, Status
from clinic.models import Alarm, Message, OnCall, ReminderConsent
from consultations.models import (
    Answer,
    Consent,
    Consultation,
    Decision,
    Intake,
    Photo,
    Screening,
    SymptomReport,
)
from tests.builders_house import (
    LONG_AGO,
    NOW,
    PASSWORD,
    WEEK,
    a_chair,
    a_location,
    a_patient,
    a_phone,
    a_practitioner,
    a_product,
    a_release,
    a_resource,
    a_room,
    a_visit_type,
    an_account,
    consultation_type,
    next_key,
    next_number,
    session_type,
    staff,
    working_hours,
)
from tests.builders_waiting import a_freed_time, a_wait, an_offer
from treatments.models import Course, CourseSession, Pause, PreCheck, Prescription, Record
from treatments.services.agreeing import consent_subject

__all__ = [
    "LONG_AGO",
    "NOW",
    "PASSWORD",
    "TWO_WEEKS_APART",
    "WEEK",
    "a_booking",
    "a_chair",
    "a_consent",
    "a_consultation",
    "a_course",
    "a_decision",
    "a_freed_time",
    "a_location",
    "a_message",
    "a_patient",
    "a_pause",
    "a_phone",
    "a_photo",
    "a_practitioner",
    "a_precheck",
    "a_product",
    "a_record",
    "a_release",
    "a_report",
    "a_resource",
    "a_room",
    "a_screening",
    "a_visit_type",
    "a_wait",
    "an_account",
    "an_alarm",
    "an_intake",
    "an_offer",
    "consultation_type",
    "next_key",
    "next_number",
    "on_call",
    "reminder_consent",
    "session_type",
    "staff",
    "working_hours",
]

TWO_WEEKS_APART = {"never_before": 7, "earliest": 10, "target": 14, "latest": 21}

# Asked and decided


def a_consent(*, patient=None, purpose="health_data", release=None, course=None, now=NOW, **fields):
    """`course`: agreed to what it injects."""
    if course:
        subject = consent_subject(course)
        patient, purpose = course.patient, "procedure"
        fields |= {"about": subject.about, "about_key": subject.key}
    words = {"title": "An example", "paragraphs": [f"Example {next_number()}."], "sentence": "I agree."}
    return Consent.objects.create(
        patient=patient or a_patient(),
        purpose=purpose,
        release=release or a_release(kind="consent", content=words),
        language="en",
        given_at=now,
        **fields,
    )


def an_intake(
    *, patient=None, answers=None, purpose="full", submitted=True, questionnaire=None, now=NOW, **fields
):
    """`answers`: {key: value} or {(key, row): value}; never empty, for decisions are bound to the newest."""
    patient = patient or a_patient()
    intake = Intake.objects.create(
        patient=patient,
        purpose=purpose,
        questionnaire=questionnaire or a_release(kind="questionnaire"),
        answered_by=patient.account,
        started_at=now - timedelta(minutes=5),
        submitted_at=now if submitted else None,
        **fields,
    )
    for name, value in (answers or {"example_question": "no"}).items():
        key, row = name if isinstance(name, tuple) else (name, 0)
        Answer.objects.create(intake=intake, key=key, row=row, value=value, by=patient.account, at=now)
    return intake


def a_screening(*, intake=None, outcome="NONE", lane="none", rules=None, now=NOW, **fields):
    intake = intake or an_intake(now=now)
    answers = {
        f"{a.key}" if not a.row else f"{a.key}/{a.row}": a.value for a in intake.answers.order_by("id")
    }
    return Screening.objects.create(
        **{
            "patient": intake.patient,
            "last_answer": intake.answers.order_by("-id")[0],
            "answers": answers,
            "planned": {},
            "rules": rules or a_release(kind="rules"),
            "on": now.date(),
            "outcome": outcome,
            "lane": lane,
            "verdicts": {"ALL": outcome},
            "fired": [],
            "unclear": [],
            "at": now,
        }
        | fields
    )


def a_decision(*, patient=None, screening=None, verdict="suitable", signed_by=None, now=NOW, **fields):
    """Signed on the screening's answers; `patient` is for when no screening is given."""
    screening = screening or a_screening(intake=an_intake(patient=patient, now=now), now=now)
    if verdict == "with_conditions":
        fields.setdefault("conditions", "an example condition")
    if verdict == "defer":
        fields.setdefault("defer_until", now.date() + timedelta(days=30))
    return Decision.objects.create(
        **{
            "patient": screening.patient,
            "last_answer": screening.last_answer,
            "screening": screening,
            "verdict": verdict,
            "valid_until": now.date() + timedelta(days=90),
            "signed_by": signed_by or a_practitioner(),
            "signed_at": now,
            "key": next_key(),
        }
        | fields
    )


def a_consultation(*, patient=None, practitioner=None, signed=False, now=NOW, **fields):
    return Consultation.objects.create(
        patient=patient or a_patient(),
        practitioner=practitioner or a_practitioner(),
        started_at=now,
        signed_at=now if signed else None,
        **fields,
    )


# Prescribed and done


def a_course(
    *, patient=None, sessions=3, gap=None, product=None, visit_type=None, location=None, practitioner=None,
    decision=None, protocol=None, note="", now=NOW, **fields,
):  # fmt: skip
    """A prescribed course, nothing placed yet, with both consents given, so that sessions may be placed.

    `gap`: four numbers of days, or a list of such, one for each session from the second on.
    """
    location = location or a_location()
    visit_type = visit_type or session_type()
    practitioner = practitioner or a_practitioner(location=location, qualified=[visit_type])
    decision = decision or a_decision(patient=patient, signed_by=practitioner, now=now)
    course = Course.objects.create(
        **{"patient": decision.patient, "protocol": protocol or a_release(kind="protocol")}
        | {"visit_type": visit_type, "location": location, "practitioner": practitioner, "created_at": now}
        | fields
    )
    steps = _steps(sessions, gap)
    _prescribe(course=course, decision=decision, steps=steps, product=product or a_product(), note=note)
    _agree(course, now)
    return course


def _agree(course, now):
    standing = course.patient.consents.filter(withdrawn_at=None)
    if not standing.filter(purpose="health_data").exists():
        a_consent(patient=course.patient, now=now)
    if not standing.filter(about_key=consent_subject(course).key).exists():
        a_consent(course=course, now=now)


def _steps(sessions, gap):
    gaps = [gap or TWO_WEEKS_APART] * (sessions - 1) if not isinstance(gap, list) else gap
    return [{"number": 1}, *({"number": number, **days} for number, days in enumerate(gaps, start=2))]


def _prescribe(*, course, decision, steps, product, note):
    Prescription.objects.create(
        course=course,
        revision=1,
        decision=decision,
        steps=[{**step, "product": product.code} for step in steps],
        note=note,
        signed_by=decision.signed_by,
        signed_at=decision.signed_at,
        key=next_key(),
    )
    CourseSession.objects.bulk_create(CourseSession(course=course, product=product, **step) for step in steps)


def a_record(*, session=None, outcome="given", started_at=NOW, signed_by=None, **fields):
    """What was written when a session was given, without telling the diary: services do that."""
    session = session or a_course().sessions.get(number=1)
    day = started_at.astimezone(ZoneInfo(session.course.location.time_zone)).date()
    if outcome == "not_given":
        fields.setdefault("not_given_reason", "infection")
    record = Record.objects.create(
        session=session,
        outcome=outcome,
        started_at=started_at,
        day=day,
        signed_by=signed_by or session.course.practitioner,
        signed_at=started_at + timedelta(minutes=30),
        key=next_key(),
        **fields,
    )
    if outcome != "not_given":
        CourseSession.objects.filter(pk=session.pk).update(given_on=day)
    return record


def a_pause(*, patient=None, course=None, cause="travel", by=None, now=NOW):
    patient = patient or (course.patient if course else a_patient())
    return Pause.objects.create(
        patient=patient, course=course, cause=cause, by=by or staff(role="front_desk"), from_at=now
    )


# When


def a_booking(*, patient=None, session=None, starts=NOW + timedelta(days=7), visit_type=None, location=None,
              practitioner=None, status=Status.BOOKED, clear_days=7, now=NOW, **fields):  # fmt: skip
    """Rows as the door would have written them, with a claim for the practitioner alone.

    Tests of the door and of openings book through the door instead.
    """
    course = session.course if session else None
    location = location or (course.location if course else a_location())
    visit_type = visit_type or (course.visit_type if course else consultation_type())
    practitioner = practitioner or (course and course.practitioner) or a_practitioner(location=location)
    day = starts.astimezone(ZoneInfo(location.time_zone)).date()
    steps = list(visit_type.steps.order_by("position"))
    booking = Booking.objects.create(
        **{
            "reference": f"EX{next_number():06d}",
            "patient": course.patient if course else patient or a_patient(),
            "visit_type": visit_type,
            "course": course,
            "session": session,
            "practitioner": practitioner,
            "location": location,
            "starts": starts,
            "ends": starts + timedelta(minutes=sum(step.minutes for step in steps)),
            "day": day,
            "clear_until": day + timedelta(days=clear_days) if session else None,
            "status": status,
            "created_at": now,
        }
        | fields
    )
    _claim_practitioner(booking, steps)
    return booking


def _claim_practitioner(booking, steps):
    starts = booking.starts
    for step in steps:
        ends = starts + timedelta(minutes=step.minutes)
        if step.needs.filter(kind="practitioner").exists():
            Claim.objects.create(
                booking=booking, resource_id=booking.practitioner_id, step=step, starts=starts, ends=ends,
                held_until=booking.held_until,
            )  # fmt: skip
        starts = ends


# Told


def a_message(*, patient=None, booking=None, kind="reminder_24", channel="sms", due_at=NOW, **fields):
    patient = patient or (booking.patient if booking else a_patient())
    return Message.objects.create(
        **{
            "subject": f"booking:{booking.pk}" if booking else f"patient:{patient.pk}",
            "kind": kind,
            "channel": channel,
            "message_class": "ordinary",
            "patient": patient,
            "address": patient.phone if channel == "sms" else "patient@example.org",
            "time_zone": "Asia/Kolkata",
            "fields": {
                "place": "Example Clinic",
                "area": "Example Area",
                "weekday_day": "Mon 2 Nov",
                "time": "10:00 am",
                "link": "https://clinic.example/my/",
            },
            "due_at": due_at,
            "created_at": due_at,
        }
        | fields
    )


def reminder_consent(*, patient, channel="sms", now=NOW):
    return ReminderConsent.objects.create(
        patient=patient, channel=channel, given_at=now, given_by=patient.account
    )


def an_alarm(*, patient=None, kind="example", lane="same-day", now=NOW, **fields):
    patient = patient or a_patient()
    usual = {"subject": f"patient:{patient.pk}", "deadline": now + timedelta(hours=4)}
    return Alarm.objects.create(patient=patient, kind=kind, lane=lane, raised_at=now, **usual | fields)


def a_report(*, patient=None, signs=("pain",), now=NOW, **fields):
    patient = patient or a_patient()
    usual = {"by": patient.account, "at": now, "key": next_key()}
    return SymptomReport.objects.create(patient=patient, signs=list(signs), **usual | fields)


@cache
def a_jpeg(*, size=(300, 400), colour="tan"):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def a_photo(*, patient=None, view="front", content=None, agreed=True, now=NOW, **fields):
    """A row with its file, and the agreement it is kept under. `content`: what the file holds."""
    patient = patient or a_patient()
    standing = patient.consents.filter(purpose="photos_care", withdrawn_at=None)
    if agreed and not standing.exists():
        a_consent(patient=patient, purpose="photos_care", now=now)
    usual = {"width": 300, "height": 400, "size": 900, "sha256": f"{next_number():064d}", "taken_at": now}
    return Photo.objects.create(
        patient=patient,
        view=view,
        file=default_storage.save(f"photos/{next_key().hex}.jpg", ContentFile(content or a_jpeg())),
        by=patient.account,
        **usual | fields,
    )


def on_call(user=None, *, rank=1, starts=NOW - timedelta(days=1), ends=NOW + timedelta(days=365)):
    user = user or staff(role="dermatologist")
    return OnCall.objects.create(user=user, rank=rank, starts=starts, ends=ends)


def a_precheck(*, session, is_clear=True, by=None, intake=None, now=NOW):
    """Today's check as it was noted; services/prechecks.py asks and judges."""
    day = now.astimezone(ZoneInfo(session.course.location.time_zone)).date()
    by = by or staff(role="nurse")
    return PreCheck.objects.create(session=session, day=day, is_clear=is_clear, intake=intake, by=by, at=now)
