"""Newly screened answers, judged against what each course under way plans to inject, and at the chair against
what is really there: the product or lot picked, and what numbs.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from clinic.models import Patient
from clinic.services.days import local_day
from consultations.models import Decision, Screening
from consultations.rules import candidacy
from consultations.rules.candidacy import words_of
from consultations.rules.candidacy_rules import RULES
from consultations.services.decisions import blocking_items, newest_answer_id
from consultations.services.screenings import patient_answers, write_screening
from treatments import refusals
from treatments.models import CourseSession, Product
from treatments.services.may_treat import Obstacle, worse_items
from treatments.services.plans import planned_of


def screen_courses(*, patient: Patient, now: datetime) -> list[Screening]:
    """Screen the newest answers for each product still to be given; expects the patient locked.

    Answers that nobody has sent or read yet are left alone: they are still being typed.
    """
    newest = newest_answer_id(patient)
    if not Screening.objects.filter(patient=patient, last_answer_id=newest).exists():
        return []
    to_come = CourseSession.objects.filter(
        course__patient=patient, course__ended_on=None, given_on=None, dropped_reason=""
    )
    products = Product.objects.filter(pk__in=to_come.values("product")).order_by("pk")
    return [screen_against(patient=patient, product=product, now=now) for product in products]


def screen_against(
    *, patient: Patient, product: Product, now: datetime, numbing: Mapping[str, Any] | None = None
) -> Screening:
    """Screen all answers against one product, and what numbs it, as rules/numbing.py plans it; expects the
    patient locked. Raises NothingAnswered.
    """
    return write_screening(patient=patient, planned=planned_of(product) | dict(numbing or {}), now=now)


def refuse_product(*, patient: Patient, product: Product, now: datetime) -> None:
    """For whoever signs a product, or picks a lot of it, at the chair; expects the patient locked.

    Raises NotAllowed with what the answers have against it, unless a doctor knew that and decided.
    """
    if newest_answer_id(patient) is None:
        return  # nothing to judge; that nobody has decided is said elsewhere
    screening = screen_against(patient=patient, product=product, now=now)
    found = obstacles_of(screening, decision=newest_decision(patient), today=local_day(now))
    if found:
        raise refusals.NotAllowed(found)


def would_refuse(*, patient: Patient, product: Product, now: datetime) -> tuple[Obstacle, ...]:
    """The same for a page that shows a product before anybody picks it: nothing is written."""
    if newest_answer_id(patient) is None:
        return ()
    today, planned = local_day(now), planned_of(product)
    answers = patient_answers(patient, today)
    result = candidacy.screen(answers, on=today, rules=RULES, planned=planned)
    screening = Screening(patient=patient, planned=planned, **result.as_dict())
    return obstacles_of(screening, decision=newest_decision(patient), today=today)


def obstacles_of(screening: Screening, *, decision: Decision | None, today: date) -> tuple[Obstacle, ...]:
    """What blocks or waits, in the scopes of that plan, and was not on the table when the doctor decided."""
    worse = items_against(screening, decision=decision, today=today)
    return tuple(_obstacle(*key) for key in dict.fromkeys((item["id"], item["clause"]) for item in worse))


def items_against(screening: Screening, *, decision: Decision | None, today: date) -> list[Mapping[str, Any]]:
    blocking = blocking_items(screening, today)
    if decision is None:
        return blocking
    worse = worse_items(screening, decision)
    return [item for item in blocking if item in worse]


def open_questions(screening: Screening, *, decision: Decision | None) -> list[str]:
    """What nobody can say, and rules need for this plan; without what the doctor knew to be open."""
    known = {item["key"] for item in decision.screening.unclear} if decision else set()
    return [item["key"] for item in screening.unclear if item["key"] not in known]


def newest_decision(patient: Patient, *, before: datetime | None = None) -> Decision | None:
    decisions = patient.decisions.select_related("screening").order_by("-pk")
    return (decisions.filter(signed_at__lte=before) if before else decisions).first()


def _obstacle(rule: str, clause: str) -> Obstacle:
    words = words_of(RULES, rule, clause)
    said = {"rule": rule, "title": _(words.title), "words": _(words.clinician)}
    text, doctor_text = _("The doctor needs to look at this first."), _("%(rule)s %(title)s: %(words)s")
    return Obstacle("against_product", text, doctor_text % said)
