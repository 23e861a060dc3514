"""On My visits: the form waits to be looked through once more, because a doctor asked or it was begun."""

from django import template

from bookings.services.asking_again import is_asked
from clinic.models import Patient

register = template.Library()


@register.inclusion_tag("bookings/patient/parts/form_asked.html")
def form_asked(patient: Patient) -> dict[str, bool]:
    """{% form_asked patient %}: says nothing of what stands in it."""
    return {"is_asked": is_asked(patient)}
