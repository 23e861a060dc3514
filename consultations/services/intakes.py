"""Asking: begin or resume, save as it is typed, find the next page, send.

Answers are rows that are only ever added; the newest of a key counts. So autosave, a stale tab, a helper and
the history all need nothing of their own.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.models import Patient, User
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from consultations import refusals
from consultations.models import Answer, Consent, Intake, Screening
from consultations.models.consents import ConsentPurpose
from consultations.models.intakes import Purpose
from consultations.rules.conditions import judge
from consultations.rules.history.rescreen import ASK_AGAIN
from consultations.rules.questionnaire import (
    BEFORE_SESSION,
    PAGES,
    QUESTIONS,
    Page,
    Question,
    check_answers,
    facts_of,
    page_is_shown,
    questions_on,
    shown,
    with_derived,
)
from consultations.rules.questions import COURSE, FIRST, SESSION
from consultations.rules.windows import Window
from consultations.services.changes import patient_changed
from consultations.services.intake_reading import (
    Answers,
    given_for,
    in_words,
    is_child,
    is_left_to_doctor,
    leave_a_child_alone,
    read,
    set_aside_contradictions,
)
from consultations.services.publishing import questionnaire_release
from consultations.services.screenings import patient_answers, record_facts, write_screening
from consultations.services.windows import add_rows, standing_of

__all__ = ["in_words", "is_child", "is_left_to_doctor"]


# Begin


def start_intake(
    *, patient: Patient, by: User | None, now: datetime, purpose: str = Purpose.FULL, language: str = "en"
) -> Intake:
    """Return the open intake for this purpose, begun now if there is none. Raises ConsentNeeded."""
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        refuse_without_consent(locked)
        return write_start(patient=locked, by=by, now=now, purpose=purpose, language=language)


def write_start(*, patient: Patient, by: User | None, now: datetime, purpose: str, language: str) -> Intake:
    """Return the open intake inside a transaction that has locked the patient."""
    intake = open_intake(patient, purpose)
    if intake is not None:
        return intake
    intake = Intake.objects.create(
        patient=patient,
        purpose=purpose,
        questionnaire=questionnaire_release(now=now),
        answered_by=by,
        language=language,
        started_at=now,
    )
    _audit(intake, "intake_started", by, now)
    return intake


def open_intake(patient: Patient, purpose: str = Purpose.FULL) -> Intake | None:
    """Return what can be resumed, on whatever device."""
    return Intake.objects.filter(patient=patient, purpose=purpose, submitted_at=None).first()


def has_health_consent(patient: Patient) -> bool:
    standing = Consent.objects.filter(patient=patient, withdrawn_at=None)
    return standing.filter(purpose=ConsentPurpose.HEALTH_DATA).exists()


def refuse_without_consent(patient: Patient) -> None:
    """Not one answer is kept before the person agreed to it."""
    if not has_health_consent(patient):
        raise refusals.ConsentNeeded


# Read


def current_answers(intake: Intake, *, today: date) -> Answers:
    """Return the answers as they stand in this intake, canonical, with what the record knows.

    A round of changes stands on all that the patient ever answered; a first form on its own answers only, and
    what is new before a session is said for that session alone.
    """
    if intake.purpose == Purpose.FULL or intake.shown_since:
        return record_facts(intake.patient, today) | _given(_own_rows(intake))
    answers = patient_answers(intake.patient, today)
    if intake.purpose == Purpose.PRE_SESSION:
        own = _own_rows(intake)
        return {key: answers[key] for key in answers if key in own or key not in BEFORE_SESSION}
    return answers


def _own_rows(intake: Intake) -> Answers:
    """Return the newest row of each key; None for one that was left empty or taken back."""
    rows = Answer.objects.filter(intake=intake, row=0).order_by("key", "-pk").distinct("key")
    if intake.shown_since:
        rows = rows.filter(at__gte=intake.shown_since, by=None)
    return dict(rows.values_list("key", "value"))


def _given(rows: Mapping[str, Any]) -> Answers:
    return {key: value for key, value in rows.items() if value is not None and key in QUESTIONS}


# Save


def save_answers(
    *,
    intake: Intake,
    page: str,
    raw: Mapping[str, Any],
    by: User | None,
    now: datetime,
    window: Window | None = None,
) -> dict[str, str]:
    """Keep what one page says and return what is wrong, by key; right answers are kept beside wrong ones.

    `window`: what the page showed; it learns what was written. Raises ConsentNeeded, IntakeSent.
    """
    with transaction.atomic(durable=True):
        lock_patient(intake.patient_id)
        return write_answers(
            intake=intake, questions=questions_on(page), raw=raw, by=by, now=now, window=window, settles=True
        )


def autosave(
    *,
    intake: Intake,
    raw: Mapping[str, Any],
    by: User | None,
    now: datetime,
    window: Window | None = None,
) -> dict[str, str]:
    """Keep single answers while the page is still being filled in; what is not in `raw` is left alone."""
    questions = [QUESTIONS[key] for key in QUESTIONS if key in raw and not QUESTIONS[key].derived]
    with transaction.atomic(durable=True):
        lock_patient(intake.patient_id)
        return write_answers(intake=intake, questions=questions, raw=raw, by=by, now=now, window=window)


def write_answers(
    *,
    intake: Intake,
    questions: Iterable[Question],
    raw: Mapping[str, Any],
    by: User | None,
    now: datetime,
    window: Window | None = None,
    settles: bool = False,
) -> dict[str, str]:
    """Save inside a transaction that has locked the patient. `settles`: the page was sent as it stands."""
    intake, today = _still_open(intake), local_day(now)
    standing, known = (
        current_answers(intake, today=today),
        standing_of(intake, record_facts(intake.patient, today)),
    )
    questions = [
        one for one in questions
        if not is_left_to_doctor(one, intake)
        and not known.is_left_as_it_was(one.key, given_for(one, raw), window)
    ]  # fmt: skip
    reading = read(questions, raw, standing, today)
    reading.values = {
        key: value
        for key, value in reading.values.items()
        if known.says_something_new(key, value, window, settles=settles)
    }
    leave_a_child_alone(reading, standing, today)
    set_aside_contradictions(reading, standing, today)
    if add_rows(intake, reading.values, known, window, by, now):
        _complete_record(intake.patient, reading.values)
        patient_changed(intake.patient, by=by, now=now)
    return {key: in_words(problem) for key, problem in reading.problems.items()}


def _still_open(intake: Intake) -> Intake:
    found = Intake.objects.select_related("patient").get(pk=intake.pk)
    if found.submitted_at:
        raise refusals.IntakeSent
    refuse_without_consent(found.patient)
    found.shown_since = intake.shown_since
    return found


def _complete_record(patient: Patient, values: Answers) -> None:
    """What the record did not know yet; what it knows stays, and differing answers stand in the intake."""
    found: dict[str, Any] = {}
    if patient.born_on is None and values.get("born_on") not in {None, "not_sure"}:
        found = {"born_on": date.fromisoformat(values["born_on"]), "approximate_birth_year": None}
    if not patient.sex_at_birth and values.get("sex_at_birth") not in {None, "not_sure"}:
        found["sex_at_birth"] = values["sex_at_birth"]
    for name, value in found.items():
        setattr(patient, name, value)
    if found:
        patient.save(update_fields=list(found))


# Go on


def next_page(intake: Intake, *, now: datetime) -> Page | None:
    """Return the first page with something left to answer; None when all can be sent.

    A round of changes asks only for what is missing, whatever pages it passes over; the round before a
    session asks everything on its pages anew.
    """
    today = local_day(now)
    facts = with_derived(current_answers(intake, today=today), today)
    own = _own_rows(intake)
    seen = set(QUESTIONS) if intake.purpose == Purpose.UPDATE else set(own)
    given = _given(own) if intake.purpose == Purpose.PRE_SESSION else facts
    pages = pages_for(facts, intake.purpose)
    return next((page for page in pages if _is_unfinished(intake, page, facts, given, seen)), None)


def pages_for(facts: Mapping[str, Any], purpose: str) -> list[Page]:
    """Return the pages of a round that apply to these answers, in the order they are asked."""
    found = [page for page in PAGES if _is_of_round(page, facts, purpose) and page_is_shown(page, facts)]
    return sorted(found, key=lambda page: page.stage != SESSION)


def _is_of_round(page: Page, facts: Mapping[str, Any], purpose: str) -> bool:
    """Changes may touch all that was ever asked; a session asks briefly, and precisely where it must."""
    if purpose == Purpose.PRE_SESSION:
        again = ASK_AGAIN.get(page.key)
        return page.stage == SESSION or (again is not None and judge(again, facts_of(facts)).value is True)
    if purpose == Purpose.UPDATE and page.stage == COURSE:
        return any(question.key in facts for question in questions_on(page.key))
    return page.stage == (COURSE if purpose == Purpose.COURSE else FIRST)


def asked_on(page: Page, facts: Mapping[str, Any], intake: Intake) -> list[Question]:
    """The questions that apply for sure; what hangs on one not answered yet comes after that answer.

    What is for the doctor alone is not asked through a helper.
    """
    return [
        question
        for question in questions_on(page.key)
        if shown(question, facts) is True and not is_left_to_doctor(question, intake)
    ]


def _is_unfinished(
    intake: Intake, page: Page, facts: Mapping[str, Any], given: Mapping[str, Any], seen: set[str]
) -> bool:
    """A required answer is missing; or nothing is required and the page was never sent.

    On a clinic tablet such a page may be passed over: left empty, it keeps what was said at home.
    """
    asked = asked_on(page, facts, intake)
    needed = [question.key for question in asked if question.required]
    if needed:
        return any(key not in given for key in needed)
    passed_over = intake.shown_since is not None
    return bool(asked) and not passed_over and not any(question.key in seen for question in asked)


# Send


def submit(*, intake: Intake, by: User | None, now: datetime, is_read_over: bool = False) -> Screening:
    """Send the form to the doctor and screen it; sending twice sends once.

    Raises ConsentNeeded, IntakeUnfinished with the page to go to, and NotReadOver where somebody helped.
    """
    with transaction.atomic(durable=True):
        patient = lock_patient(intake.patient_id)
        return write_submission(patient=patient, intake=intake, by=by, now=now, is_read_over=is_read_over)


def write_submission(
    *, patient: Patient, intake: Intake, by: User | None, now: datetime, is_read_over: bool = False
) -> Screening:
    """Send inside a transaction that has locked the patient."""
    intake = Intake.objects.select_related("patient").get(pk=intake.pk)
    if intake.submitted_at is None:
        refuse_without_consent(patient)
        _refuse_unfinished(intake, now)
        if intake.help:
            _refuse_not_read_over(is_read_over)
            _leave_to_the_doctor(intake, by, now)
        intake.submitted_at, intake.is_read_over = now, is_read_over
        intake.save(update_fields=["submitted_at", "is_read_over"])
        _audit(intake, "intake_submitted", by, now)
    screening = write_screening(patient=patient, planned=None, now=now)
    patient_changed(patient, by=by, now=now)
    return screening


def _refuse_unfinished(intake: Intake, now: datetime) -> None:
    today = local_day(now)
    if page := next_page(intake, now=now):
        raise refusals.IntakeUnfinished(page.key)
    for key in check_answers(current_answers(intake, today=today), today):
        if not is_left_to_doctor(QUESTIONS[key], intake):
            raise refusals.IntakeUnfinished(QUESTIONS[key].page or PAGES[0].key)


def _refuse_not_read_over(is_read_over: bool) -> None:
    """What somebody else wrote down counts as the patient's own only once they have heard it."""
    if not is_read_over:
        raise refusals.NotReadOver


def _leave_to_the_doctor(intake: Intake, by: User | None, now: datetime) -> None:
    """What a helper was not asked stands as left to the doctor: unknown is not a no."""
    today = local_day(now)
    facts = with_derived(current_answers(intake, today=today), today)
    left = {
        question.key: _unsaid(question)
        for page in pages_for(facts, intake.purpose)
        for question in questions_on(page.key)
        if question.private and question.required and question.key not in facts and shown(question, facts)
    }
    add_rows(intake, left, standing_of(intake, {}), None, by, now)


def _unsaid(question: Question) -> Any:
    said = "private" if "private" in question.codes else "not_sure"
    return [said] if question.is_list else said


def _audit(intake: Intake, action: str, by: User | None, now: datetime) -> None:
    audit.record(
        by=by,
        action=action,
        subject=f"intake:{intake.pk}",
        patient=intake.patient,
        now=now,
        purpose=intake.purpose,
    )
