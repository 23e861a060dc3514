"""What the front desk may know of somebody's answers: whether a doctor has to look first, how far the form
is, and the rules' own words for the desk. Never an answer, a condition or the name of a rule.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _

from clinic.models import Release
from clinic.models.alarms import Lane
from consultations.models import Decision, Intake, Screening
from consultations.models.decisions import ALLOWS_TREATMENT
from consultations.models.intakes import Purpose
from consultations.rules.candidacy_rules import DOCTOR_FIRST, NOTHING_FOR_DESK
from consultations.rules.planned import read_plan
from consultations.services.form_state import IN_PROGRESS, NOT_STARTED, SENT
from consultations.services.news import is_found_news

NEEDS_DOCTOR = ("ABS", "DEFER", "REVIEW")


@dataclass(frozen=True)
class DeskNotes:
    """Of one patient. `is_open`: answers wait for a doctor; `treatable_until`: of a decision that allows.

    `course_form`: how far the questions before a course are, which only somebody with a course is asked.
    """

    form: str = NOT_STARTED
    course_form: str = NOT_STARTED
    is_open: bool = False
    treatable_until: date | None = None
    texts: tuple[str, ...] = ()

    def doctor_first(self, session_on: date | None = None) -> bool:
        """Whether a doctor has to look before the visit; `session_on` is the day of a session."""
        if session_on is None:
            return self.is_open
        return self.is_open or self.treatable_until is None or self.treatable_until < session_on


def desk_notes(patients: Collection[int]) -> dict[int, DeskNotes]:
    """Return the notes of each of these patients in four queries, however many they are."""
    forms, decisions, screenings = _forms(patients), _decisions(patients), _screenings(patients)
    desk_words = _desk_words({screening.rules_id for rows in screenings.values() for screening in rows})
    return {
        patient: _notes(
            forms[Purpose.FULL].get(patient, NOT_STARTED),
            forms[Purpose.COURSE].get(patient, NOT_STARTED),
            decisions.get(patient),
            screenings[patient],
            desk_words,
        )
        for patient in patients
    }


def _notes(
    form: str, course_form: str, decision: Decision | None, screenings: list[Screening], desk_words
) -> DeskNotes:
    undecided = [one for one in screenings if not decision or decision.last_answer_id < one.last_answer_id]
    is_open = any(
        (one.outcome in NEEDS_DOCTOR or one.lane != Lane.NONE) and is_found_news(one, decision)
        for one in undecided
    )
    words = (text for screening in screenings for text in _texts(screening, desk_words))
    allowed = decision is not None and decision.verdict in ALLOWS_TREATMENT
    return DeskNotes(
        form=form,
        course_form=course_form,
        is_open=is_open,
        treatable_until=decision.valid_until if allowed else None,
        texts=tuple(dict.fromkeys(filter(None, (_without_review(text, is_open) for text in words)))),
    )


def _texts(screening: Screening, desk_words: Mapping[tuple, str]) -> Iterable[str]:
    """What the rules that count for the plan say to the desk."""
    scopes = read_plan(screening.planned).scopes
    for item in screening.fired:
        if item["scope"] in scopes:
            yield desk_words.get((screening.rules_id, item["id"], item["clause"]), "")


def _without_review(text: str, is_open: bool) -> str:
    """A tag says that a doctor has to look; the sentence would go on saying so when the doctor has."""
    if text == NOTHING_FOR_DESK:
        return ""
    review = _(DOCTOR_FIRST)
    said = _(text) if text else ""
    if said.endswith(review) and not is_open:
        return ""
    return said.removeprefix(review).removesuffix(review).strip()


def _forms(patients: Collection[int]) -> dict[str, dict[int, str]]:
    """The state of each patient's newest first form, and of the newest before a course."""
    states: dict[str, dict[int, str]] = {Purpose.FULL: {}, Purpose.COURSE: {}}
    forms = Intake.objects.filter(patient__in=patients, purpose__in=states).order_by("pk")
    for patient, purpose, submitted in forms.values_list("patient", "purpose", "submitted_at"):
        states[purpose][patient] = SENT if submitted else IN_PROGRESS
    return states


def _decisions(patients: Collection[int]) -> dict[int, Decision]:
    newest = Decision.objects.filter(patient__in=patients).order_by("patient", "-pk").distinct("patient")
    rows = newest.select_related("screening").only(
        "patient",
        "last_answer",
        "verdict",
        "valid_until",
        "screening__outcome",
        "screening__lane",
        "screening__fired",
        "screening__unclear",
    )
    return {decision.patient_id: decision for decision in rows}


def _screenings(patients: Collection[int]) -> dict[int, list[Screening]]:
    """The screenings of each patient's newest answers: one for each thing planned."""
    newest = (
        Screening.objects.filter(patient__in=patients)
        .values("patient")
        .annotate(newest=Max("last_answer"))
        .values("newest")
    )
    rows = Screening.objects.filter(patient__in=patients, last_answer__in=newest).order_by("pk")
    found: dict[int, list[Screening]] = defaultdict(list)
    for screening in rows.defer("answers", "verdicts"):
        found[screening.patient_id].append(screening)
    return found


def _desk_words(releases: Collection[int]) -> dict[tuple, str]:
    """{(release, rule, clause): words for the desk}; words of a clause go before those of its rule."""
    return {
        (release.pk, rule["id"], clause["id"]): clause["desk"] or rule["desk"]
        for release in Release.objects.filter(pk__in=releases).only("content")
        for rule in release.content.get("rules", ())
        for clause in rule["clauses"]
    }
