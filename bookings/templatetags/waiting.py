"""What a patient waits for, and the times that became free for them, on the page of their visits."""

from datetime import datetime

from django import template
from django.urls import reverse

from bookings.services.waiting import joining
from bookings.services.waiting.joining import Wait
from bookings.views import waiting_words
from clinic import clock, formats
from clinic.models import Patient
from clinic.services.days import zone_of

register = template.Library()


@register.simple_tag
def waiting_for(patient: Patient) -> dict[str, list[dict]]:
    """{% waiting_for patient as waiting %}: `waits`, and the `free_times` they are asked about.

    A time that is kept for a visit they have is a question about that visit (views/patient/offers.py).
    """
    now = clock.now()
    waits = joining.waits_of(patient)
    return {
        "free_times": [free for wait in waits for free in _free_times(wait, now)],
        "waits": [
            {
                "entry": wait.entry,
                "words": waiting_words.wait_words(wait.entry, wait.has),
                "wishes": waiting_words.wishes_words(wait.entry),
                "change": _change(wait),
            }
            for wait in waits
        ],
    }


def _free_times(wait: Wait, now: datetime) -> list[dict]:
    has = formats.when(wait.has.starts, zone_of(wait.has.location)) if wait.has else ""
    asked = [offer for offer in wait.offers if offer.held_id is None and offer.until > now]
    return [{"free": waiting_words.offered(offer, now), "has": has} for offer in asked]


def _change(wait: Wait) -> str:
    if wait.has:
        return reverse("wait_visit", args=[wait.has.reference])
    if wait.entry.session_id:
        return reverse("wait_session", args=[wait.entry.session_id])
    return f"{reverse('wait_consultation')}?at={wait.entry.location.slug}"
