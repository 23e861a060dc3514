"""The rounds of questions after the first form: one before each session, one before a course.

What is said at the chair is a round of its own, asked by a clinician: what was answered by link never counts
as asked there.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from clinic import audit
from clinic.models import Patient, User
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from consultations import refusals
from consultations.models import Answer, Intake
from consultations.models.intakes import Help, Purpose
from consultations.rules.history.rescreen import NEW, RESCREEN
from consultations.rules.questionnaire import QUESTIONS, Question, questions_on, shown, with_derived
from consultations.rules.rounds import is_valid
from consultations.services.form_state import IN_PROGRESS, SENT
from consultations.services.intake_pages import Place
from consultations.services.intakes import open_intake, pages_for, start_intake, write_answers
from consultations.services.publishing import questionnaire_release
from consultations.services.said import term_of, words_of_answer
from consultations.services.screenings import patient_answers

TROUBLE = "since_reaction"
NOW_PAGE = "well_now"


class NotWhole(refusals.Refusal):
    """A question of the round has no answer. `problems`: what is wrong, by question."""

    status = 422
    text = refusals.IntakeUnfinished.text

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True)
class SaidOnce:
    """One answer of a short round. `is_news`: a yes, or not sure; `is_text`: in the patient's own words."""

    term: str
    words: tuple[str, ...]
    is_news: bool
    is_text: bool


# Before a session


def start_session_round(*, patient: Patient, by: User, now: datetime, language: str = "en") -> Intake:
    """Return the round that is open, or a new one. Raises ConsentNeeded.

    One begun so long ago that its answers count no more is closed: resumed, it would pass them off as new.
    """
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        begun = open_intake(locked, Purpose.PRE_SESSION)
        if begun and not is_valid(begun.started_at, at=now):
            _close(begun)
    return start_intake(patient=patient, by=by, now=now, purpose=Purpose.PRE_SESSION, language=language)


def begin_at_chair(
    *, patient: Patient, raw: Mapping[str, Any], by: User, is_doctor: bool, now: datetime
) -> Intake:
    """Keep what somebody says in private to a nurse or doctor; expects the patient locked.

    What is for the doctor alone is asked by no nurse. Raises NotWhole, ConsentNeeded.
    """
    begun = open_intake(patient, Purpose.PRE_SESSION)
    if begun:
        _close(begun)
    intake = Intake.objects.create(
        patient=patient,
        purpose=Purpose.PRE_SESSION,
        questionnaire=questionnaire_release(now=now),
        answered_by=by,
        help=Help.NONE if is_doctor else Help.STAFF,
        helper_name="" if is_doctor else by.name or by.email,
        started_at=now,
    )
    audit.record(by=by, action="intake_started", subject=f"intake:{intake.pk}", patient=patient, now=now)
    problems = write_answers(intake=intake, questions=questions_on(RESCREEN.key), raw=raw, by=by, now=now)
    if problems:
        raise NotWhole(problems)
    return intake


def short_questions(patient: Patient, *, today: date) -> list[Question]:
    """What is asked before every session, of this patient; also what nobody knows to be beside the point."""
    facts = with_derived(patient_answers(patient, today), today)
    return [question for question in questions_on(RESCREEN.key) if shown(question, facts) is not False]


def at_chair(patient: Patient, *, today: date) -> Intake | None:
    """What was begun at the chair today and is not finished."""
    rounds = Intake.objects.filter(patient=patient, purpose=Purpose.PRE_SESSION, submitted_at=None)
    begun = rounds.filter(answered_by__is_staff=True).select_related("patient").first()
    return begun if begun and local_day(begun.started_at) == today else None


def newest_by_link(patient: Patient) -> Intake | None:
    """The round that the patient answered last without us, sent or not; `answered_at` on it."""
    rounds = _with_answers(Intake.objects.filter(patient=patient, purpose=Purpose.PRE_SESSION))
    return rounds.exclude(answered_by__is_staff=True).order_by("-pk").first()


def answered_round(patient: Patient, *, at: datetime) -> Intake | None:
    """The round that still counts at that moment, sent by whomever."""
    sent = Intake.objects.filter(patient=patient, purpose=Purpose.PRE_SESSION, submitted_at__isnull=False)
    newest = _with_answers(sent).order_by("-submitted_at").first()
    return newest if newest and is_valid(newest.submitted_at, at=at) else None


def said_in(intake: Intake) -> list[SaidOnce]:
    """What was answered to the short round itself, in its order."""
    rows = Answer.objects.filter(intake=intake, key__in=[one.key for one in questions_on(RESCREEN.key)])
    newest = dict(rows.order_by("key", "-pk").distinct("key").values_list("key", "value"))
    return [_said(question, newest[question.key]) for question in _given(newest)]


def to_fill_in(intake: Intake, place: Place) -> dict[str, Any]:
    """What stands on a page at the chair before it is asked: what this round has said, and lists to add to.

    How somebody is just now is never filled in from an earlier day.
    """
    rows = Answer.objects.filter(intake=intake, row=0).order_by("key", "-pk").distinct("key")
    own = dict(rows.values_list("key", "value"))
    if place.page.key == NOW_PAGE:
        return own
    facts = patient_answers(intake.patient, local_day(intake.started_at))
    lists = {one.key: facts[one.key] for one in place.questions if one.is_list and one.key in facts}
    return lists | own


def had_trouble(intake: Intake) -> bool:
    """Somebody said that something was wrong after the last session, or is not sure."""
    if intake.purpose != Purpose.PRE_SESSION:
        return False
    newest = Answer.objects.filter(intake=intake, key=TROUBLE).order_by("-pk")
    return newest.values_list("value", flat=True).first() in NEW


def _given(values: Mapping[str, Any]) -> Iterable[Question]:
    return (one for one in questions_on(RESCREEN.key) if values.get(one.key) is not None)


def _said(question: Question, value: Any) -> SaidOnce:
    is_text = not question.choices
    return SaidOnce(term_of(question.key), words_of_answer(question.key, value), value in NEW, is_text)


def _with_answers(rounds: QuerySet[Intake]) -> QuerySet[Intake]:
    return rounds.annotate(answered_at=Max("answers__at")).filter(answered_at__isnull=False)


def _close(begun: Intake) -> None:
    """What was answered in it counts, as it does anyway; it is dated by its last answer, not by today."""
    last = Answer.objects.filter(intake=begun).aggregate(last=Max("at"))["last"]
    begun.submitted_at = max(begun.started_at, last or begun.started_at)
    begun.save(update_fields=["submitted_at"])


# Before a course


def open_course_questions(patient: Patient, *, today: date) -> list[Question]:
    """What still has to be asked before a course, as far as the answers tell."""
    facts = with_derived(patient_answers(patient, today), today)
    return [
        question
        for page in pages_for(facts, Purpose.COURSE)
        for question in questions_on(page.key)
        if question.required and question.key not in facts and shown(question, facts) is True
    ]


def course_forms(patients: Collection[int]) -> dict[int, str]:
    """Whether each has sent the questions before a course, or begun them; nothing of who has not."""
    forms = Intake.objects.filter(patient__in=patients, purpose=Purpose.COURSE).order_by("pk")
    rows = forms.values_list("patient", "submitted_at")
    return {patient: SENT if sent else IN_PROGRESS for patient, sent in rows}


def terms(keys: Iterable[str]) -> list[str]:
    """Questions by their names on a dense page."""
    return [term_of(key) for key in keys if key in QUESTIONS]
