"""A reminder to read and agree before the first session of a course, and the way back to the words."""

from django import template

from consultations.rules.consent_texts import PROCEDURE
from consultations.services.standing import standing_consent, was_taken_back
from treatments.models import Course
from treatments.services.agreeing import consent_subject

register = template.Library()


@register.inclusion_tag("treatments/parts/agreement_asked.html")
def agreement_asked(course: Course) -> dict[str, object]:
    """{% agreement_asked course %} on the page of a course. It names no treatment: phones are shared."""
    subject = consent_subject(course)
    about, document = subject.about, subject.document
    standing = standing_consent(course.patient, PROCEDURE, about=about, document=document)
    return {
        "course": course,
        "standing": standing,
        "taken_back": standing is None and was_taken_back(course.patient, PROCEDURE, about=about),
    }
