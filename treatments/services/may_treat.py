"""The one predicate on whether a session may be placed, let in, numbed or injected.

Asked by the door, at check-in, by the record and by every re-plan. A `Standing` is read once for a patient in
four queries; judging sessions and days against it takes none, so a whole course costs what one session does.
The first time a needle is asked about takes one more, for what is injected in the courses of all of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from clinic import formats
from clinic.models import Patient
from consultations.models import Answer, Consent, Decision, Screening
from consultations.models.consents import ConsentPurpose
from consultations.models.decisions import ALLOWS_TREATMENT, Verdict
from consultations.rules.candidacy_rules import RULES
from treatments.models import Course, CourseSession, Pause, PreCheck
from treatments.services.agreeing import Subject, subjects_of
from treatments.services.plans import scopes_of


class Stage(StrEnum):
    PLACING = "placing"
    ARRIVING = "arriving"
    NUMBING = "numbing"
    INJECTING = "injecting"


TITLES = {rule.id: rule.title for rule in RULES}
NEEDLE = frozenset({Stage.NUMBING, Stage.INJECTING})


@dataclass(frozen=True)
class Obstacle:
    """One reason why not. `text` is for patient and desk and names no medical fact; `doctor_text` does."""

    code: str
    text: str
    doctor_text: str


class Subjects:
    """What every course of these people asks agreement for, read when it is first asked."""

    def __init__(self, people: Iterable[int]) -> None:
        self.people = list(people)

    @cached_property
    def by_course(self) -> dict[int, Subject]:
        return subjects_of(Course.objects.filter(patient__in=self.people))


@dataclass(frozen=True)
class Standing:
    """What medicine says of one patient at one moment. `consents`: of each the purpose and what about."""

    patient: Patient
    decision: Decision | None
    later: tuple[Screening, ...]
    consents: frozenset[tuple[str, str]]
    pauses: tuple[Pause, ...]
    subjects: Subjects

    def obstacles(
        self, session: CourseSession, *, day: date, stage: str, precheck: PreCheck | None = None
    ) -> tuple[Obstacle, ...]:
        """Return why this session may not reach this stage on this day; empty when it may."""
        if session.course.patient_id != self.patient.pk:
            raise ValueError("the session belongs to another patient")
        stage = Stage(stage)
        found = [
            *self._closed(session),
            *self._decided(day, stage),
            *self._in_question(session, day),
            *self._agreed(session, stage),
        ]
        if stage in NEEDLE:
            found += _checked(precheck)
        return tuple(found)

    def _closed(self, session: CourseSession) -> Iterable[Obstacle]:
        if self.patient.died_on:
            yield Obstacle("died", _("This record is closed."), _("The patient has died."))
        if session.course.ended_on:
            yield Obstacle("course_ended", _("This course has ended."), _("The course has ended."))
        if any(pause.course_id in (None, session.course_id) for pause in self.pauses):
            text = _("This course is paused until somebody resumes it.")
            yield Obstacle("paused", text, text)

    def _decided(self, day: date, stage: Stage) -> Iterable[Obstacle]:
        decision = self.decision
        if decision is None:
            yield _doctor_first("no_decision", _("No decision has been signed yet."))
        elif decision.verdict == Verdict.DEFER:
            yield from _deferred(decision, day, stage)
        elif decision.verdict not in ALLOWS_TREATMENT:
            words = _("The decision in force: %(verdict)s.") % {"verdict": decision.get_verdict_display()}
            yield _doctor_first("not_allowed", words)
        elif stage in NEEDLE and decision.valid_until < day:
            words = _("The decision was valid until %(day)s. Please decide again.")
            yield _doctor_first("lapsed", words % {"day": formats.day_with_year(decision.valid_until)})

    def _in_question(self, session: CourseSession, day: date) -> Iterable[Obstacle]:
        worse = [
            item["id"]
            for screening in self.later
            for item in worse_items(screening, self.decision)
            if _concerns(item, screening, session, day)
        ]
        if worse:
            words = _("Answers given after the decision: %(rules)s. Please decide again.")
            named = sorted({f"{rule} {_(TITLES[rule])}" if rule in TITLES else rule for rule in worse})
            yield _doctor_first("in_question", words % {"rules": ", ".join(named)})

    def _agreed(self, session: CourseSession, stage: Stage) -> Iterable[Obstacle]:
        if stage == Stage.PLACING and (ConsentPurpose.HEALTH_DATA, "") not in self.consents:
            text = _("We need the patient's agreement to keep health answers first.")
            yield Obstacle("no_health_consent", text, text)
        if stage in NEEDLE and not self._wants_the_needle(session):
            text = _("We need the patient's agreement to the treatment first.")
            words = _("There is no standing consent to what this course injects.")
            yield Obstacle("no_procedure_consent", text, words)

    def _wants_the_needle(self, session: CourseSession) -> bool:
        subject = self.subjects.by_course.get(session.course_id)
        return subject is not None and (ConsentPurpose.PROCEDURE, subject.key) in self.consents


def may_treat(
    *, patient: Patient, session: CourseSession, day: date, stage: str, now: datetime
) -> tuple[Obstacle, ...]:
    """Return what stands against it; empty means yes."""
    standing = standing_of(patient, now=now)
    precheck = newest_precheck(session, day) if stage in NEEDLE else None
    return standing.obstacles(session, day=day, stage=stage, precheck=precheck)


def standing_of(patient: Patient, *, now: datetime) -> Standing:
    """Read everything that may_treat looks at, except the day's pre-check, in four queries."""
    return standings_of([patient], now=now)[patient.pk]


def standings_of(patients: Iterable[Patient], *, now: datetime) -> dict[int, Standing]:
    """As standing_of for many, in the same four queries."""
    people = {patient.pk: patient for patient in patients}
    decisions = newest_decisions(people)
    screenings = _screenings_after(decisions)
    consents = Consent.objects.filter(patient__in=people, given_at__lte=now, withdrawn_at=None)
    pauses = Pause.objects.filter(patient__in=people, ended_at=None, from_at__lte=now)
    agreed = [(consent.patient_id, (consent.purpose, consent.about_key)) for consent in consents]
    paused, subjects = list(pauses), Subjects(people)
    return {
        pk: Standing(
            patient=patient,
            decision=decisions.get(pk),
            later=screenings.get(pk, ()),
            consents=frozenset(what for owner, what in agreed if owner == pk),
            pauses=tuple(pause for pause in paused if pause.patient_id == pk),
            subjects=subjects,
        )
        for pk, patient in people.items()
    }


def newest_precheck(session: CourseSession, day: date) -> PreCheck | None:
    return newest_prechecks([session.pk], day).get(session.pk)


def newest_prechecks(sessions: Iterable[int], day: date) -> dict[int, PreCheck]:
    """The last of the day for each session; each says whether something was answered since. One query."""
    found = PreCheck.objects.filter(session__in=list(sessions), day=day).order_by("session", "-pk")
    newest = found.distinct("session").annotate(is_outdated=_answered_since())
    return {one.session_id: one for one in newest}


def _answered_since() -> Exists:
    """By the order of rows, for whoever waited for a lock may bear an earlier time."""
    asked = Answer.objects.filter(intake=OuterRef(OuterRef("intake"))).order_by("-pk").values("pk")[:1]
    answers = Answer.objects.filter(intake__patient=OuterRef("session__course__patient"))
    return Exists(answers.filter(Q(pk__gt=Subquery(asked)) | Q(at__gt=OuterRef("at"))))


def worse_items(screening: Screening, decision: Decision | None) -> list[Mapping[str, Any]]:
    """Return what blocks in `screening` and was not already on the table when the decision was signed."""
    if decision is None:
        return []
    known = {_identity(item): item.get("until_on") or "" for item in decision.screening.fired}
    return [
        item
        for item in screening.fired
        if item["outcome"] in ("ABS", "DEFER") and _is_worse(item, known.get(_identity(item)))
    ]


def newest_decisions(people: Iterable[int]) -> dict[int, Decision]:
    found = Decision.objects.filter(patient__in=list(people)).select_related("screening")
    return {one.patient_id: one for one in found.order_by("patient", "-pk").distinct("patient")}


def _screenings_after(decisions: Mapping[int, Decision]) -> dict[int, tuple[Screening, ...]]:
    """Return the screenings of the newest answers since the decision: one for each thing planned."""
    if not decisions:
        return {}
    since = [Q(patient=pk, pk__gt=decision.screening_id) for pk, decision in decisions.items()]
    found = list(Screening.objects.filter(reduce(or_, since)).order_by("pk"))
    newest: dict[int, int] = {}
    for screening in found:
        owner = screening.patient_id
        newest[owner] = max(newest.get(owner, 0), screening.last_answer_id)
    return {
        pk: tuple(one for one in found if one.patient_id == pk and one.last_answer_id == newest[pk])
        for pk in newest
    }


def _identity(item: Mapping[str, Any]) -> tuple[Any, ...]:
    return item["id"], item.get("clause"), item["scope"], item["outcome"]


def _is_worse(item: Mapping[str, Any], known_until: str | None) -> bool:
    """New, or now until a later day; open-ended counts as the latest day there is."""
    if known_until is None:
        return True
    return known_until != "" and (not item.get("until_on") or item["until_on"] > known_until)


def _concerns(item: Mapping[str, Any], screening: Screening, session: CourseSession, day: date) -> bool:
    if item.get("until_on") and day >= date.fromisoformat(item["until_on"]):
        return False
    if item["scope"] == "PRODUCT":
        return (screening.planned.get("product") or {}).get("code") == session.product.code
    return item["scope"] in scopes_of(session.product)


def _deferred(decision: Decision, day: date, stage: Stage) -> Iterable[Obstacle]:
    """A deferral keeps days before its date free of sessions; it is never itself a yes to a needle."""
    if decision.defer_until and day < decision.defer_until:
        date_text = {"day": formats.day_with_year(decision.defer_until)}
        text = _("The doctor asked to wait until %(day)s.") % date_text
        yield Obstacle("deferred", text, _("Deferred until %(day)s.") % date_text)
    elif stage in NEEDLE:
        yield _doctor_first("deferral_over", _("The time to wait is over. Please decide again."))


def _checked(precheck: PreCheck | None) -> Iterable[Obstacle]:
    if precheck is None:
        text = _("Today's check before the session has not been done.")
        yield Obstacle("no_precheck", text, text)
    elif precheck.is_outdated:
        text = _("Something was answered after today's check. Please ask once more.")
        yield Obstacle("precheck_outdated", text, text)
    elif not precheck.is_clear:
        yield _doctor_first("precheck_not_clear", _("Today's check found something new."))


def _doctor_first(code: str, doctor_text: str) -> Obstacle:
    return Obstacle(code, _("The doctor needs to look at this first."), doctor_text)
