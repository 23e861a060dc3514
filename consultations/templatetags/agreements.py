"""A reminder to read and agree before the first session, and the way back to the words."""

from django import template

from clinic.models import Patient
from consultations.rules.consent_texts import PROCEDURE
from consultations.services.standing import standing_consent, was_taken_back

register = template.Library()


@register.inclusion_tag("consultations/parts/agreement_asked.html")
def agreement_asked(patient: Patient) -> dict[str, object]:
    """{% agreement_asked patient %} on the page of a course. It names no treatment: phones are shared."""
    standing = standing_consent(patient, PROCEDURE)
    return {"standing": standing, "taken_back": standing is None and was_taken_back(patient, PROCEDURE)}
