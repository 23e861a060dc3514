"""A reminder to take the photos again before a session, so that they can be compared."""

from django import template

from clinic import clock, formats
from clinic.models import Patient
from clinic.services.days import local_day
from consultations.rules import pictures
from consultations.services.photos import last_taken_at

register = template.Library()


@register.inclusion_tag("consultations/photos/asked.html")
def photos_asked(patient: Patient) -> dict[str, object]:
    """{% photos_asked patient %} on a page with sessions to come. It shows no picture: phones are shared."""
    taken_at, today = last_taken_at(patient), local_day(clock.now())
    due = taken_at is not None and pictures.is_due(local_day(taken_at), today)
    return {"last_on": formats.day(local_day(taken_at)) if due else ""}
