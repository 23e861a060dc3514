"""The queue beside one patient's page: that page is a lower floor's and knows no appointments, this tag does."""

from django import template

from bookings.views.queue import read_lines
from clinic import clock
from clinic.models import Patient

register = template.Library()
MOST = 12


@register.inclusion_tag("bookings/parts/review_rail.html")
def review_rail(patient: Patient) -> dict[str, object]:
    return {"lines": read_lines(now=clock.now())[:MOST], "patient": patient}
