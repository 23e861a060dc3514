"""What every page of a manager stands in, and how it lists visits."""

from collections.abc import Iterable

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.models import Booking
from bookings.permissions import manages_everywhere
from bookings.services.house.locations import ChangedMeanwhile
from bookings.views.desk.frame import address_of
from clinic import formats
from clinic.refusals import Refusal
from clinic.services.days import zone_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
MOST_SHOWN = 200


def manager_page(
    request: HttpRequest, template: str, content: dict, *, section: str = "locations", status: int = 200
) -> HttpResponse:
    content |= {"here": "clinic", "sections": _sections(request, section)}
    form = content.get("form")
    if form is not None and form.is_bound and form.errors and status == 200:
        status = 422
    return render(request, f"bookings/manager/{template}.html", content, status=status)


def _sections(request: HttpRequest, chosen: str) -> list[dict]:
    """The managers' own menu; links that lead nowhere, or not for this person, are left out."""
    rows = [("locations", _("Locations"), "manage_home")]
    if manages_everywhere(request):
        rows += [
            ("staff", _("Staff"), "manage_staff"),
            ("types", _("Kinds of visit and prices"), "manage_visit_types"),
        ]
    rows += [("forecast", _("Sessions expected"), "desk_forecast")]
    rows += [("closures", _("Closures and holidays"), "desk_closures"), ("on_call", _("On call"), "on_call")]
    found = [(code, words, address(name)) for code, words, name in rows]
    return [{"name": words, "href": href, "chosen": code == chosen} for code, words, href in found if href]


def address(name: str, *args) -> str:
    """The address of a page that another floor may not have built; empty then."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def mark_to_send(request: HttpRequest, fresh: str, refused: Refusal | None = None) -> str:
    """What the form carries as `seen`: what was seen first, so that a colleague's change is not overlooked
    while errors are mended; the newest once somebody was told of it.
    """
    if isinstance(refused, ChangedMeanwhile) or request.method != "POST":
        return fresh
    return request.POST.get("seen", "")[:40] or fresh


def seen_by(request: HttpRequest) -> str:
    return request.POST.get("seen", "")[:40]


def typed(request: HttpRequest):
    """An empty form that was sent is wrong, not new."""
    return request.POST if request.method == "POST" else None


def say(form: Form, refused: Refusal, field: str | None = None) -> int:
    """The refusal beside what was typed; the status of the page."""
    form.add_error(field, refused.text)
    return refused.status


def visit_rows(bookings: Iterable[Booking]) -> list[dict]:
    """Visits as the managers' lists show them: when, who, what, with whom; never why somebody comes."""
    return [
        {
            "booking": booking,
            "when": formats.when(booking.starts, zone_of(booking.location)),
            "name": booking.patient.name if booking.patient else _("Somebody is booking online"),
            "what": booking.visit_type.name,
            "doctor": booking.practitioner.resource.name,
            "place": booking.location.area,
            "href": address_of(booking),
        }
        for booking in bookings
    ]
