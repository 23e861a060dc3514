"""The queue beside one patient's page, which is a lower floor's and knows no appointments."""

from django import template

from bookings.views.queue import in_words, read_rows
from clinic import clock
from clinic.models import Patient

register = template.Library()
MOST = 12


@register.inclusion_tag("bookings/parts/review_rail.html")
def review_rail(patient: Patient) -> dict[str, object]:
    """Says how urgent each is and not what was answered, so that it is no reading of anybody's record."""
    now = clock.now()
    return {"lines": in_words(read_rows(now=now)[:MOST], now=now), "patient": patient}
