"""Newly screened answers, judged against what each course under way plans to inject."""

from datetime import datetime

from clinic.models import Patient
from consultations.models import Screening
from consultations.services.decisions import newest_answer_id
from consultations.services.screenings import write_screening
from treatments.models import CourseSession, Product
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
    return [write_screening(patient=patient, planned=planned_of(product), now=now) for product in products]
