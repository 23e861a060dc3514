"""How far each made-up person has come, told through the same services that real people use.

Every act is done at a moment of its own: the services take `now`, so two past weeks are written as they would
have been.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bookings import door
from bookings.demo.people import PEOPLE, Person, before_course, history
from bookings.demo.places import Clinic
from bookings.models import Booking, Status
from bookings.services import planning
from bookings.services.openings.search import read_room, read_visit
from clinic.models import Location, Patient, User, VisitType
from clinic.models.alarms import CallOutcome
from clinic.services.alarms import acknowledge
from clinic.services.name_words import add_patient
from clinic.services.reminder_consents import agree_to_reminders
from consultations.models import Decision, Screening
from consultations.models.consents import Signed
from consultations.models.decisions import Verdict
from consultations.models.intakes import Purpose
from consultations.rules.consent_texts import HEALTH_DATA, ORIGINAL
from consultations.rules.history.rescreen import RESCREEN
from consultations.rules.questionnaire import pages_of, questions_on
from consultations.rules.questions import COURSE, FIRST
from consultations.services.agreements import Signing, agree_to_health_data, words_hash
from consultations.services.decisions import Draft, sign_decision
from consultations.services.intakes import autosave, next_page, save_answers, start_intake, submit
from consultations.services.sentences import Told, patient_text
from treatments.models import Course, CourseSession
from treatments.rules.protocols import PROTOCOLS
from treatments.services.agreeing import Shown, agree_to_course, consent_subject
from treatments.services.prechecks import Asking, Plan, ask
from treatments.services.prescribing import Order, prescribe
from treatments.services.records import Entry, sign_record

PHONES = "+9190000{:05d}"
NOBODY: Mapping[str, Patient] = {}


@dataclass
class Demo:
    clinic: Clinic
    now: datetime
    keys: Callable[[], UUID]

    @property
    def today(self) -> date:
        return self.now.astimezone(self.clinic.tz).date()

    def at(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """The local time so many days from today; never a Sunday, on which the clinic rests."""
        day = self.today + timedelta(days=days)
        if day.weekday() == 6:
            day += timedelta(days=1 if days >= 0 else -1)
        return datetime.combine(day, time(hour, minute), self.clinic.tz)


def begin(clinic: Clinic, now: datetime) -> Demo:
    numbers = count(1)
    return Demo(clinic, now, lambda: uuid5(NAMESPACE_URL, f"demo:{next(numbers)}"))


def tell_all(demo: Demo) -> list[Patient]:
    """Make everybody who has a story of their own."""
    patients: dict[str, Patient] = {}
    for number, person in enumerate(PEOPLE, start=1):
        patients[person.name] = make_patient(demo, person, number, patients)
    for number, person in enumerate(PEOPLE):
        STORIES[person.story](demo, patients[person.name], person, number)
    return list(patients.values())


def make_patient(demo: Demo, person: Person, number: int, known: Mapping[str, Patient] = NOBODY) -> Patient:
    phone = PHONES.format(number)
    account = known[person.phone_of].account if person.phone_of else User.objects.create_user(phone=phone)
    patient = add_patient(
        account=account,
        name=person.name,
        born_on=person.born_on,
        sex_at_birth=person.sex,
        area=person.area,
        language_spoken=person.language,
        language_read=person.language,
        phone=account.phone,
    )
    agree_to_reminders(patient=patient, channels=["sms"], by=account, now=demo.at(-20))
    return patient


# Steps that stories are made of


def _book(demo: Demo, patient: Patient, starts: datetime, visit_type: VisitType | None = None) -> Booking:
    """Book the first time that is free from `starts` on, a few days ahead as people do."""
    visit_type = visit_type or demo.clinic.consultation
    location, start = _first_free(demo, visit_type, starts)
    return door.book(
        patient=patient, visit_type=visit_type, location=location, starts=start, key=demo.keys(),
        by=patient.account, now=min(demo.now, start - timedelta(days=3)), authority=door.Authority.DESK,
    )  # fmt: skip


def _first_free(demo: Demo, visit_type: VisitType, starts: datetime) -> tuple[Location, datetime]:
    day = starts.astimezone(demo.clinic.tz).date()
    places = (demo.clinic.indiranagar, demo.clinic.jayanagar)
    if day.toordinal() % 3 == 0:
        places = places[::-1]
    for last_day in (day, day + timedelta(days=7)):
        for location in places:
            room = read_room(
                visit=read_visit(visit_type), location=location, first_day=day, last_day=last_day,
                now=min(demo.now, starts),
            )  # fmt: skip
            free = room.starts(not_before=starts)
            if free:
                return location, free[0]
    raise RuntimeError("the demo clinic is full")


def _visit(demo: Demo, booking: Booking, to: Status = Status.DONE) -> None:
    """Take a booking through its day, as far as the clock has come."""
    steps = [Status.ARRIVED, Status.IN_ROOM, Status.DONE] if to == Status.DONE else [to]
    for minutes, status in zip((0, 10, 25), steps, strict=False):
        at = booking.starts + timedelta(minutes=minutes)
        if at <= demo.now:
            booking = door.set_status(booking=booking, to=status, by=demo.clinic.desk, now=at)


def _answers(demo: Demo, patient: Patient, person: Person, *, at: datetime, half: bool = False) -> None:
    """Agree and fill in the form page by page; `half` stops in the middle and sends nothing."""
    account = patient.account
    shown = words_hash(HEALTH_DATA)
    agree_to_health_data(patient=patient, shown=shown, language=ORIGINAL, by=account, now=at)
    intake = start_intake(patient=patient, by=account, now=at)
    raw = _as_typed(history(person, at.astimezone(demo.clinic.tz).date()))
    pages = pages_of(FIRST)
    asked = pages[: len(pages) // 2] if half else pages
    keys = {question.key for page in asked for question in questions_on(page.key)}
    given = {key: value for key, value in raw.items() if key in keys}
    _valid(autosave(intake=intake, raw=given, by=account, now=at))
    if half:
        return
    while page := next_page(intake, now=at):  # where every question may be left out, or is missing
        _valid(save_answers(intake=intake, page=page.key, raw=raw, by=account, now=at))
    submit(intake=intake, by=account, now=at + timedelta(minutes=5))


def _valid(problems: Mapping[str, str]) -> None:
    if problems:
        raise RuntimeError(f"the demo's answers are not valid: {sorted(problems)}")


def _as_typed(answers: dict[str, Any]) -> dict[str, Any]:
    return {key: value if isinstance(value, list) else str(value) for key, value in answers.items()}


def _agree_to(course: Course, at: datetime) -> None:
    """On the patient's own page, with the name typed under the words."""
    patient, subject = course.patient, consent_subject(course)
    shown = Shown(words=words_hash(subject.document), language=ORIGINAL, about_key=subject.key)
    signing = Signing(signed=Signed.TYPED, signature=patient.name)
    agree_to_course(course=course, shown=shown, by=patient.account, now=at, signing=signing)


def _decide(
    demo: Demo, patient: Patient, verdict: Verdict, *, at: datetime, defer_until: date | None = None
) -> Decision:
    screening = Screening.objects.filter(patient=patient).latest("pk")
    told = Told(verdict=verdict, defer_until=defer_until)
    draft = Draft(
        verdict=verdict,
        screening=screening,
        last_answer_id=screening.last_answer_id,
        defer_until=defer_until,
        patient_text=patient_text(told, screening=screening, today=at.astimezone(demo.clinic.tz).date()),
    )
    return sign_decision(
        patient=patient, practitioner=demo.clinic.doctors[0], draft=draft, key=demo.keys(), now=at
    )


# Stories


def _not_started(demo, patient, person, number):
    _book(demo, patient, demo.at(1 + number % 20, 9 + number % 8))


def _half(demo, patient, person, number):
    booking = _book(demo, patient, demo.at(number % 2, 10 + number % 5))
    _answers(demo, patient, person, at=_before(demo, booking), half=True)


def _sent(demo, patient, person, number, *, sent: datetime | None = None):
    booking = _book(demo, patient, demo.at(number % 4, 9 + number % 9))
    _answers(demo, patient, person, at=sent or _before(demo, booking))
    if booking.starts <= demo.now:
        _visit(demo, booking)


def _sent_just_now(demo, patient, person, number):
    """A doctor still has to ring."""
    _sent(demo, patient, person, number, sent=demo.now - timedelta(minutes=30))


def _sent_and_rung(demo, patient, person, number):
    _sent(demo, patient, person, number)
    alarms = list(patient.alarms.all())
    at = min(demo.now, alarms[0].raised_at + timedelta(minutes=50))
    acknowledge(alarms=alarms, by=demo.clinic.doctors[0].user, outcome=CallOutcome.REACHED, now=at)


def _before(demo: Demo, booking: Booking) -> datetime:
    return min(demo.now, booking.starts) - timedelta(hours=26)


def _consulted(demo, patient, person, number) -> datetime:
    booking = _book(demo, patient, demo.at(-12 + number % 3, 10 + number % 6))
    _answers(demo, patient, person, at=booking.starts - timedelta(days=1))
    _visit(demo, booking)
    return booking.starts + timedelta(minutes=20)


def _decided(demo, patient, person, number):
    _decide(demo, patient, Verdict.SUITABLE, at=_consulted(demo, patient, person, number))


def _deferred(demo, patient, person, number):
    at = _consulted(demo, patient, person, number)
    _decide(demo, patient, Verdict.DEFER, at=at, defer_until=demo.today + timedelta(days=12))


def _not_suitable(demo, patient, person, number):
    _decide(demo, patient, Verdict.NOT_SUITABLE, at=_consulted(demo, patient, person, number))


def _done(demo, patient, person, number):
    booking = _book(demo, patient, demo.at(-3 - number % 5, 10 + number % 6))
    _answers(demo, patient, person, at=booking.starts - timedelta(days=1))
    _visit(demo, booking)


def _no_show(demo, patient, person, number):
    _visit(demo, _book(demo, patient, demo.at(-4, 11)), Status.NO_SHOW)


def _cancelled(demo, patient, person, number):
    booking = _book(demo, patient, demo.at(2, 15))
    door.cancel(
        bookings=[booking], key=demo.keys(), by=patient.account, now=demo.now - timedelta(hours=20),
        authority=door.Authority.DESK,
    )  # fmt: skip


def _prescribed(demo, patient, person, number):
    at = _consulted(demo, patient, person, number)
    decision = _decide(demo, patient, Verdict.SUITABLE, at=at)
    _prescribe(demo, decision, "P1", at)


def _course_under_way(demo, patient, person, number):
    """Two of ten weekly sessions given, the next ones booked."""
    course = _placed(demo, patient, person, first=demo.at(-10, 11))
    for number_of in (1, 2):
        _give(demo, course, number_of)


def _session_today(demo, patient, person, number):
    """The first session of a course, begun so that by now it is watched what the injections do."""
    begun = demo.now.astimezone(demo.clinic.tz) - timedelta(minutes=70)
    course = _placed(demo, patient, person, first=begun)
    booking = Booking.objects.select_related("session__course").get(session__course=course, session__number=1)
    for minutes, status in ((-5, Status.ARRIVED), (45, Status.IN_ROOM), (65, Status.WATCHING)):
        at = booking.starts + timedelta(minutes=minutes)
        if at <= demo.now:
            if status == Status.ARRIVED:
                _check(demo, booking.session, at)
            booking = door.set_status(booking=booking, to=status, by=demo.clinic.nurse, now=at)


def _placed(demo: Demo, patient: Patient, person: Person, *, first: datetime) -> Course:
    booking = _book(demo, patient, demo.at(-13, 10))
    _answers(demo, patient, person, at=booking.starts - timedelta(days=1))
    _visit(demo, booking)
    at = booking.starts + timedelta(minutes=20)
    course = _prescribe(demo, _decide(demo, patient, Verdict.SUITABLE, at=at), "P5", at)
    _agree_to(course, at)
    _before_course(demo, patient, person, at=at + timedelta(hours=3))
    proposal = planning.propose(course, now=at, not_before=first.date(), around=first.time())
    door.place_course(course=course, times=proposal.times, key=demo.keys(), by=patient.account, now=at)
    return course


def _prescribe(demo: Demo, decision: Decision, protocol: str, at: datetime) -> Course:
    order = Order(
        protocol_code=protocol,
        gaps=PROTOCOLS[protocol].gaps,
        visit_type=demo.clinic.session,
        location=demo.clinic.indiranagar,
        treats=demo.clinic.doctors[0],
    )
    return prescribe(
        decision=decision, practitioner=demo.clinic.doctors[0], order=order, key=demo.keys(), now=at
    )


def _give(demo: Demo, course: Course, number: int) -> None:
    session = course.sessions.get(number=number)
    booking = Booking.objects.get(session=session)
    if booking.starts > demo.now:
        return
    door.set_status(booking=booking, to=Status.ARRIVED, by=demo.clinic.desk, now=booking.starts)
    _check(demo, session, booking.starts)
    started_at = booking.starts + timedelta(minutes=50)
    sign_record(
        session=session,
        practitioner=booking.practitioner,
        entry=Entry(outcome="given", started_at=started_at),
        key=demo.keys(),
        now=started_at + timedelta(minutes=15),
    )


def _before_course(demo: Demo, patient: Patient, person: Person, *, at: datetime) -> None:
    """What is asked once a course is prescribed, answered and sent."""
    account = patient.account
    intake = start_intake(patient=patient, by=account, now=at, purpose=Purpose.COURSE)
    raw = _as_typed(before_course(person, at.astimezone(demo.clinic.tz).date()))
    for page in pages_of(COURSE):
        save_answers(intake=intake, page=page.key, raw=raw, by=account, now=at)
    submit(intake=intake, by=account, now=at)


def _check(demo: Demo, session: CourseSession, at: datetime) -> None:
    """A nurse asks in private, and nothing is new."""
    raw = {question.key: "no" for question in questions_on(RESCREEN.key) if question.choices}
    plan = Plan(numbing="lidocaine_cream", is_wanted=True)
    asking = Asking(by=demo.clinic.nurse, is_doctor=False)
    ask(session=session, raw=raw, plan=plan, asking=asking, now=at)


STORIES = {
    "not_started": _not_started,
    "half": _half,
    "clear": _sent,
    "flagged": _sent,
    "unclear": _sent,
    "same_day": _sent_and_rung,
    "seven_days": _sent,
    "call_today": _sent_just_now,
    "decided": _decided,
    "deferred": _deferred,
    "not_suitable": _not_suitable,
    "done": _done,
    "no_show": _no_show,
    "cancelled": _cancelled,
    "prescribed": _prescribed,
    "course_under_way": _course_under_way,
    "session_today": _session_today,
}
