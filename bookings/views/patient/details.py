"""Who comes, and how we reach them: a name and a number before a log-in, one tap after it."""

from dataclasses import asdict
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import refusals
from bookings.forms.details import DetailsForm, NewPersonForm, PersonTapped
from bookings.views.patient import whom_chips
from bookings.views.patient import wish as wishes
from bookings.views.patient.times import read_asked, times_page
from bookings.views.patient.wish import Wish
from clinic import clock, formats
from clinic.models import Location, Patient, VisitType
from clinic.permissions import load_own_patient
from clinic.refusals import Refusal
from clinic.services import accounts
from clinic.services.days import zone_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
MORE_TIME = "more_time"  # the button's value, on each page on which the ten minutes run


@never_cache
@get_or_post
def details(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404
    now = clock.now()
    wish = wishes.wish_of(request, now=now)
    if wish is None:
        return wishes.without_wish(request)
    if is_of_another_tab(request, wish):
        return details_page(request, wish, form=None, status=409, now=now)
    if request.POST.get("action") == MORE_TIME:
        return _more_time(request, wish, now=now)
    return _choose_person(request, wish) if request.user.is_authenticated else _ask(request, wish)


def is_of_another_tab(request: HttpRequest, wish: Wish) -> bool:
    """The page stood on a time that this browser has given up for another one since."""
    return request.method == "POST" and request.POST.get("key") != wish.key


def _more_time(request: HttpRequest, wish: Wish, *, now: datetime) -> HttpResponse:
    """The same page again with what stands in its boxes, unjudged: they are not finished."""
    wish = wishes.extend(request, wish, now=now)
    typed = request.POST.dict()
    if request.user.is_authenticated:
        form = NewPersonForm(account=request.user, initial=typed)
    else:
        form = DetailsForm(initial=typed)
    return details_page(request, wish, form=form, now=now)


def _ask(request: HttpRequest, wish: Wish) -> HttpResponse:
    now = clock.now()
    form = DetailsForm(request.POST or None, initial=_typed_before(wish))
    if not form.is_valid():
        return details_page(request, wish, form=form, now=now)
    typed = {name: form.cleaned_data[name] for name in ("name", "phone", "email", "for_name")}
    wish = wishes.note_details(request, wish, **typed, channels=form.channels)
    to = {"phone": wish.phone} if wish.phone else {"email": wish.email}
    try:
        accounts.start_code_login(request, **to, name=wish.comes, now=now)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return details_page(request, wish, form=form, status=refused.status, now=now)
    return redirect("book_code")


def _typed_before(wish: Wish) -> dict:
    return asdict(wish) | {f"remind_{channel}": True for channel in wish.channels}


def _choose_person(request: HttpRequest, wish: Wish) -> HttpResponse:
    """Whom an account that is logged in books for."""
    now = clock.now()
    tapped = PersonTapped(request.POST or None)
    if tapped.is_valid():
        patient = load_own_patient(request, tapped.cleaned_data["person"])
        return book(request, wish, patient=patient, now=now)
    form = NewPersonForm(request.POST or None, account=request.user, initial={"name": wish.comes})
    if not form.is_valid():
        return details_page(request, wish, form=form, now=now)
    try:
        patient = accounts.add_person(account=request.user, name=form.cleaned_data["name"], now=now)
    except Refusal as refused:
        form.add_error("name", refused.text)
        return details_page(request, wish, form=form, status=refused.status, now=now)
    wish = wishes.note_details(request, wish, channels=form.channels)
    return book(request, wish, patient=patient, now=now)


def book(request: HttpRequest, wish: Wish, *, patient: Patient, now: datetime) -> HttpResponse:
    """Finish, or show the times that are left."""
    try:
        return redirect(wishes.finish(request, wish, patient=patient, now=now))
    except refusals.Refusal as refused:
        asked = read_asked(request, now=now, location=wish.location, whom=wish.whom)
        return times_page(request, asked.near(wish.begins, now=now), now=now, refused=refused)


def details_page(request: HttpRequest, wish: Wish, *, form, now: datetime, status: int = 0) -> HttpResponse:
    content = {"form": form, "once": wish.key} | said_of(wish, now)
    if status == 409:
        content["other_tab"] = _("You chose another time after opening that page. Nothing is booked yet.")
        form = content["form"] = (
            NewPersonForm(account=request.user)
            if request.user.is_authenticated
            else DetailsForm(initial=_typed_before(wish))
        )
    if request.user.is_authenticated:
        content["people"] = accounts.people(request.user)
    status = status or (422 if form.is_bound and form.errors else 200)
    template = "person" if request.user.is_authenticated else "details"
    return render(request, f"bookings/patient/{template}.html", content, status=status)


def _other_times(wish: Wish, location: Location) -> str:
    """Back to the times, with the same wish for a dermatologist."""
    parts = {"at": location.slug, **whom_chips.parts(wish.whom)}
    return f"{reverse('book')}?{urlencode({name: value for name, value in parts.items() if value})}"


def said_of(wish: Wish, now: datetime) -> dict:
    """The visit as every page of this flow names it."""
    location = get_object_or_404(Location, pk=wish.location)
    tz = zone_of(location)
    return {
        "location": location,
        "visit_type": get_object_or_404(VisitType, pk=wish.visit_type),
        "when": formats.when(wish.begins, tz),
        "time": formats.time_of(wish.begins, tz),
        "kept_until": formats.time_of(wish.kept_until, tz) if wish.kept_until > now else "",
        "more_time": MORE_TIME if wish.kept_until > now and not wish.extended else "",
        "other_times": _other_times(wish, location),
    }
