"""A made-up clinic, one plain function a thing. Everything has a default, nothing is random.

Each call makes a new row; what it belongs to is made too unless given. Names and numbers count upwards, so
that they differ and never mean anybody. Times default to NOW: give the code under test its `now` from here.
"""

import hashlib
import itertools
import json
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bookings.models import Booking, Claim, Status, WorkingHours
from clinic.models import (
    Alarm,
    Location,
    Message,
    Need,
    Patient,
    Practitioner,
    Price,
    Qualified,
    Release,
    ReminderConsent,
    Resource,
    StaffRole,
    Step,
    User,
    VisitType,
)
from consultations.models import Answer, Consent, Consultation, Decision, Intake, Screening
from treatments.models import Course, CourseSession, Pause, Prescription, Product, Record

NOW = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)  # Monday, 10:00 in Bengaluru
LONG_AGO = date(2026, 1, 1)
PASSWORD = "demo-clinic-2026"
WEEK = tuple((weekday, time(9), time(18)) for weekday in range(6))  # Monday to Saturday
TWO_WEEKS_APART = {"never_before": 7, "earliest": 10, "target": 14, "latest": 21}

_numbers = itertools.count(1)


def _number() -> int:
    return next(_numbers)


def _key() -> uuid.UUID:
    return uuid.UUID(int=_number())


# Places


def working_hours(*, location, resource=None, hours=WEEK, from_on=LONG_AGO, until_on=None):
    """Weekly hours, one row for each (weekday, starts, ends); of the location itself without a resource."""
    return WorkingHours.objects.bulk_create(
        WorkingHours(
            location=location,
            resource=resource,
            weekday=weekday,
            starts=starts,
            ends=ends,
            from_on=from_on,
            until_on=until_on,
        )
        for weekday, starts, ends in hours
    )


def a_location(*, name=None, time_zone="Asia/Kolkata", hours=WEEK, is_open=True, **fields):
    number = _number()
    location = Location.objects.create(
        name=name or f"Example Clinic {number}",
        slug=f"example-{number}",
        time_zone=time_zone,
        address=f"{number} Example Street",
        area=f"Example Area {number}",
        registration_number=f"EX-{number}",
        opened_on=LONG_AGO if is_open else None,
        **fields,
    )
    working_hours(location=location, hours=hours)
    return location


def a_resource(*, kind, location=None, name=None, turnover_minutes=0):
    return Resource.objects.create(
        kind=kind,
        name=name or f"{kind.title()} {_number()}",
        location=location or a_location(),
        turnover_minutes=turnover_minutes,
    )


def a_room(*, location=None, name=None, turnover_minutes=0):
    return a_resource(kind="room", location=location, name=name, turnover_minutes=turnover_minutes)


def a_chair(*, location=None, name=None, turnover_minutes=0):
    return a_resource(kind="chair", location=location, name=name, turnover_minutes=turnover_minutes)


def a_practitioner(*, location=None, qualified=(), hours=WEEK, name=None, user=None, **fields):
    """A dermatologist who works these hours at the location and may do the visit types in `qualified`."""
    number = _number()
    location = location or a_location()
    user = user or staff(role="dermatologist", location=None, name=name)
    practitioner = Practitioner.objects.create(
        resource=Resource.objects.create(kind="practitioner", name=name or f"Dr Example {number}"),
        user=user,
        council="Example Medical Council",
        registration_number=f"EMC-{number}",
        languages=["en"],
        **{"verified_by": user, "verified_on": LONG_AGO} | fields,
    )
    working_hours(location=location, resource=practitioner.resource, hours=hours)
    for visit_type in qualified:
        Qualified.objects.create(practitioner=practitioner, visit_type=visit_type)
    return practitioner


# Visit types


def a_visit_type(*, kind, steps, code=None, name=None, price=None, **fields):
    """`steps`: (name, minutes, needs); a need is a kind, or "chair:0" for the very chair that step 0 had."""
    number = _number()
    visit_type = VisitType.objects.create(
        code=code or f"{kind}-{number}", name=name or f"Example {kind} {number}", kind=kind, **fields
    )
    made: list[dict[str, Need]] = []
    for position, (step_name, minutes, needs) in enumerate(steps):
        step = Step.objects.create(visit_type=visit_type, position=position, name=step_name, minutes=minutes)
        made.append({})
        for need in needs:
            resource_kind, _, same = need.partition(":")
            made[position][resource_kind] = Need.objects.create(
                step=step, kind=resource_kind, same_as=made[int(same)][resource_kind] if same else None
            )
    if price is not None:
        Price.objects.create(visit_type=visit_type, from_on=LONG_AGO, amount=Decimal(price))
    return visit_type


def consultation_type(**fields):
    """30 minutes with a dermatologist in a room; patients book it themselves."""
    return a_visit_type(
        **{"kind": "consultation", "is_online": True, "start_every_minutes": 15, "price": "800"}
        | {"steps": [("talking", 30, ["practitioner", "room"])]}
        | fields
    )


def session_type(**fields):
    """Numbing 45 in a chair, injecting 20 by a dermatologist in a room, watching 15 in the same chair."""
    steps = [
        ("numbing", 45, ["chair"]),
        ("injecting", 20, ["practitioner", "room"]),
        ("watching", 15, ["chair:0"]),
    ]
    return a_visit_type(
        **{"kind": "session", "start_every_minutes": 15, "price": "4500", "steps": steps} | fields
    )


# People


def a_phone() -> str:
    return f"+9190000{_number():05d}"


def an_account(*, phone=None, email=None, **fields):
    """A patient's log-in: a phone unless an e-mail is given, never a password."""
    if phone is None and email is None:
        phone = a_phone()
    return User.objects.create_user(phone=phone, email=email, **fields)


def a_patient(*, account=True, name=None, **fields):
    """`account`: True for a new one with the same phone, None for nobody's, or the account it belongs to."""
    phone = fields.pop("phone", None) or a_phone()
    owner = an_account(phone=phone) if account is True else account or None
    return Patient.objects.create(
        **{"account": owner, "name": name or f"Example Patient {_number()}", "phone": phone}
        | {"born_on": date(1990, 5, 17), "sex_at_birth": "female", "area": "Example Area"}
        | fields
    )


def staff(*, role, location=None, name=None, email=None, password=PASSWORD):
    """`role`: front_desk, nurse, dermatologist, manager; everywhere unless a location is given."""
    number = _number()
    user = User.objects.create_user(
        email=email or f"{role}{number}@clinic.example",
        name=name or f"Example {role.replace('_', ' ').title()} {number}",
        password=password,
        is_staff=True,
    )
    StaffRole.objects.create(user=user, role=role, location=location)
    return user


# Releases and products


def a_release(*, kind, code=None, content=None, version=1, signed_by=None, now=NOW):
    content = {"example": _number()} if content is None else content
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Release.objects.create(
        kind=kind,
        code=code or f"example-{_number()}",
        version=version,
        content=content,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        published_at=now,
        signed_by=signed_by,
        signed_at=now if signed_by else None,
    )


def a_product(*, name=None, code=None, ingredients=("minoxidil",), regulatory_status="licensed_other_route"):
    number = _number()
    return Product.objects.create(
        code=code or f"product-{number}",
        name=name or f"Example Product {number}",
        ingredients=list(ingredients),
        regulatory_status=regulatory_status,
    )


# Asked and decided


def a_consent(*, patient=None, purpose="health_data", release=None, now=NOW):
    return Consent.objects.create(
        patient=patient or a_patient(),
        purpose=purpose,
        release=release or a_release(kind="consent"),
        language="en",
        given_at=now,
    )


def an_intake(*, patient=None, answers=None, purpose="full", submitted=True, questionnaire=None, now=NOW):
    """`answers`: {key: value} or {(key, row): value}; never empty, for decisions are bound to the newest."""
    patient = patient or a_patient()
    intake = Intake.objects.create(
        patient=patient,
        purpose=purpose,
        questionnaire=questionnaire or a_release(kind="questionnaire"),
        answered_by=patient.account,
        started_at=now - timedelta(minutes=5),
        submitted_at=now if submitted else None,
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
            "key": _key(),
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
    for purpose in ("health_data", "procedure"):
        if not course.patient.consents.filter(purpose=purpose, withdrawn_at=None).exists():
            a_consent(patient=course.patient, purpose=purpose, now=now)
    steps = _steps(sessions, gap)
    _prescribe(course=course, decision=decision, steps=steps, product=product or a_product(), note=note)
    return course


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
        key=_key(),
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
        key=_key(),
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
            "reference": f"EX{_number():06d}",
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
    return Alarm.objects.create(
        patient=patient, kind=kind, subject=f"patient:{patient.pk}", lane=lane, raised_at=now,
        deadline=now + timedelta(hours=4), **fields,
    )  # fmt: skip
