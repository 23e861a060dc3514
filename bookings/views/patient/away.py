"""Days I'm away: no session is put there; what is booked on them already is said at once."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.forms.pausing import AwayForm
from bookings.models import Away, Booking
from bookings.permissions import load_away
from bookings.refusals import Refusal
from bookings.services.away import add_away, booked_while_away, coming_away, remove_away
from bookings.views.patient.booked import refused_page
from clinic import clock, formats
from clinic.permissions import account_required, patient_required
from clinic.services.days import local_day, zone_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def away(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    form = AwayForm(request.POST if request.method == "POST" else None, today=local_day(now))
    if not form.is_valid():
        return _page(request, form, now, status=422 if form.is_bound else 200)
    try:
        add_away(patient=request.patient, by=request.user, now=now, **form.cleaned_data)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _page(request, form, now, status=refused.status)
    messages.success(request, _("Noted. No session is planned on those days."))
    return redirect("my_away")


def _page(request: HttpRequest, form: AwayForm, now: datetime, *, status: int) -> HttpResponse:
    content = {
        "form": form,
        "spans": spans_seen(coming_away(request.patient, today=local_day(now))),
        "touched": [_touched(one) for one in booked_while_away(request.patient, now=now)],
    }
    return render(request, "bookings/patient/away.html", content, status=status)


def spans_seen(spans: Sequence[Away]) -> list[dict]:
    return [{"away": one, "words": span_words(one)} for one in spans]


def span_words(away: Away) -> str:
    first, last = formats.day_with_year(away.first_on), formats.day_with_year(away.last_on)
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _touched(booking: Booking) -> dict:
    """A visit on a day away: where it can be moved, and its course paused."""
    course = booking.course
    return {
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "session": booking.session.number if booking.session else None,
        "move": reverse("move_visit", args=[booking.reference]),
        "pause": reverse("course_pause", args=[course.pk]) if course else "",
    }


@require_POST
@account_required
def remove(request: HttpRequest, away_id: int) -> HttpResponse:
    found = load_away(request, away_id)
    try:
        remove_away(away=found, by=request.user, now=clock.now())
    except Refusal as refused:
        return refused_page(request, refused)
    messages.success(request, _("Removed: you can come on those days."))
    return redirect("my_away")
