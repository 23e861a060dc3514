"""Whether a course is agreed to: a reminder on the patient's pages, and the state of it on the doctor's."""

from django import template

from consultations.rules.consent_texts import PROCEDURE
from consultations.services.standing import standing_consent, was_taken_back
from consultations.views.agreement_words import given_words
from treatments.models import Course
from treatments.services.agreeing import consent_subject

register = template.Library()


@register.inclusion_tag("treatments/parts/agreement_asked.html")
def agreement_asked(course: Course) -> dict[str, object]:
    """{% agreement_asked course %} on the page of a course. It names no treatment: phones are shared."""
    return {"course": course, **_state(course)}


@register.inclusion_tag("treatments/parts/agreement_state.html")
def agreement_state(course: Course) -> dict[str, object]:
    """{% agreement_state course %} for clinicians: when it was agreed, or the way to the tablet."""
    state = _state(course)
    standing = state["standing"]
    first = course.sessions.filter(given_on=None, dropped_reason="").order_by("number").first()
    return {
        "course": course,
        "session": None if course.ended_on else first,
        "given": given_words(standing.consent) if standing else "",
        **state,
    }


def _state(course: Course) -> dict[str, object]:
    subject = consent_subject(course)
    about, document = subject.about, subject.document
    standing = standing_consent(course.patient, PROCEDURE, about=about, document=document)
    taken_back = standing is None and was_taken_back(course.patient, PROCEDURE, about=about)
    return {"standing": standing, "taken_back": taken_back}
