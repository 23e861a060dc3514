"""Somebody with a course, who has answered all there is to ask, on the day of a session."""

from datetime import date, timedelta

from consultations.models import Answer
from consultations.services.screenings import screen
from tests import builders
from tests.builders import NOW
from tests.consultations.histories import man, woman
from treatments.models import CourseSession

NO = {
    "since_illness": "no",
    "since_medicine": "no",
    "since_scalp": "no",
    "since_reaction": "no",
    "alcohol_24h": "no",
}
WOMANS_NO = NO | {"since_pregnancy": "no"}
LONG_BEFORE = NOW - timedelta(days=20)


def answered(patient, answers, *, now=LONG_BEFORE):
    return builders.an_intake(patient=patient, answers=answers, now=now)


def a_session(*, answers=None, product=None, decided_on=None, now=LONG_BEFORE, **fields):
    """The first of a course whose doctor decided on these answers, or what `decided_on` changes in them."""
    answers = man() if answers is None else answers
    sex, born_on = answers["sex_at_birth"], date.fromisoformat(answers["born_on"])
    patient = fields.pop("patient", None) or builders.a_patient(sex_at_birth=sex, born_on=born_on)
    answered(patient, answers, now=now)
    screening = screen(patient=patient, planned=decided_on, now=now)
    decision = builders.a_decision(screening=screening, now=now)
    product = product or builders.a_product(ingredients=("minoxidil", "water"))
    course = builders.a_course(decision=decision, product=product, now=now, **fields)
    return first_of(course)


def first_of(course):
    return CourseSession.objects.select_related("course__patient", "course__location", "product").get(
        course=course, number=1
    )


def a_woman(**changes):
    return a_session(answers=woman(**changes))


def newest_values(intake):
    rows = Answer.objects.filter(intake=intake).order_by("pk")
    return dict(rows.values_list("key", "value"))
