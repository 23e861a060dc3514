"""Somebody stands at the desk without a time: whoever is free first, or squeezed in beside a list."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door, refusals
from bookings.forms.desk import FitIn
from bookings.forms.times import ChooseTime
from bookings.models import Booking
from bookings.refusals import Refusal
from bookings.services.desk.fitting_in import Half, List, read_lists
from bookings.services.desk.times import DAYS, Limits, read_limits
from bookings.services.desk.walking_in import Soonest, soonest
from bookings.services.door.gap_rules import Authority
from bookings.views.desk import asking
from bookings.views.desk.asking import Asked
from bookings.views.desk.frame import address_of, desk_page
from bookings.views.patient import choosing
from clinic import clock, formats
from clinic.permissions import load_patient, staff
from clinic.services.days import local_day, zone_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _link(name: str, asked: Asked) -> asking.Link:
    """This page with something else chosen; None leaves a part out."""

    def link(**other) -> str:
        parts = {**asked.parts, "day": asked.given.get("day"), **other, "since": None, "start": None}
        query = urlencode({part: value for part, value in parts.items() if value is not None})
        return f"{reverse(name, args=[asked.patient.pk])}?{query}"

    return link


# Here now


@never_cache
@get_or_post
@staff()
def walk_in(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    asked = asking.read_asked(request, load_patient(request, patient_id, now=now), now)
    if asked is None:
        return desk_page(request, "no_location", {"here": "day"}, now=now)
    if asked.wanted.session:
        return redirect(asking_for_today(asked, now))
    form = ChooseTime(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _walk_in_page(request, asked, now, refused=refusals.NotATime() if form.is_bound else None)
    try:
        booking = _see_now(asked, form.cleaned_data, by=request.user, now=now)
    except Refusal as refused:
        return _walk_in_page(request, asked, now, refused=refused)
    return redirect(address_of(booking))


def asking_for_today(asked: Asked, now: datetime) -> str:
    """A session needs its room, chair and plan: it is booked for today, and then checked in."""
    today = local_day(now, asked.wanted.location)
    query = urlencode({"session": asked.wanted.session.pk, "day": today})
    return f"{reverse('desk_book', args=[asked.patient.pk])}?{query}"


def _see_now(asked: Asked, chosen: dict, *, by, now: datetime) -> Booking:
    return door.book(
        patient=asked.patient,
        visit_type=asked.wanted.visit_type,
        location=asked.wanted.location,
        starts=chosen["starts"],
        practitioner=chosen["who"],
        key=chosen["key"],
        by=by,
        now=now,
        authority=Authority.DESK,
        walk_in=True,
    )


def _walk_in_page(request: HttpRequest, asked: Asked, now: datetime, *, refused: Refusal | None):
    wanted, link = asked.wanted, _link("desk_walk_in", asked)
    found = soonest(wanted.visit_type, wanted.location, doctors=_who_would_do(asked), now=now)
    content = {
        **asking.head(asked, link, now=now),
        "soonest": [_offered(one, zone_of(wanted.location), now) for one in found],
        "once": uuid4(),
        "here_href": link(),
        "refused": refused.text if refused else "",
        "fit_in": _link("desk_fit_in", asked)(),
        "another_day": _link("desk_book", asked)(),
        "has_errors": bool(refused),
    }
    return desk_page(request, "walk_in", content, now=now, status=refused.status if refused else 200)


def _who_would_do(asked: Asked) -> list:
    return [one for one in asked.doctors if asked.wanted.would_do(one.pk)]


def _offered(one: Soonest, tz, now: datetime) -> dict:
    """Now, or how long they would wait."""
    minutes = max(0, (one.start - now) // timedelta(minutes=1))
    said = {"doctor": one.doctor.name, "time": formats.time_of(one.start, tz)}
    words = _("%(doctor)s now, %(time)s") if minutes < 5 else _("%(doctor)s at %(time)s")
    return {
        "value": choosing.carried(one.start, one.doctor.pk),
        "words": words % said,
        "wait": _wait(minutes) if minutes >= 5 else "",
    }


def _wait(minutes: int) -> str:
    if minutes < 60:
        return ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes}
    return _("in %(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}


# Squeezed in


@never_cache
@get_or_post
@staff(keeps_post=True)
def fit_in(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    asked = asking.read_asked(request, load_patient(request, patient_id, now=now), now)
    if asked is None:
        return desk_page(request, "no_location", {"here": "day"}, now=now)
    form = FitIn(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _fit_in_page(request, asked, form, now)
    try:
        booking = _squeeze(asked, form, by=request.user, now=now)
    except Refusal as refused:
        return _fit_in_page(request, asked, form, now, refused=refused)
    return redirect(address_of(booking))


def _squeeze(asked: Asked, form: FitIn, *, by, now: datetime) -> Booking:
    chosen = form.cleaned_data
    if chosen["who"] is None:
        raise refusals.NotWhole
    return door.fit_in(
        patient=asked.patient,
        visit_type=asked.wanted.visit_type,
        location=asked.wanted.location,
        session=asked.wanted.session,
        starts=chosen["starts"],
        practitioner=chosen["who"],
        reason=form.why,
        key=chosen["key"],
        by=by,
        now=now,
    )


def _fit_in_page(
    request: HttpRequest, asked: Asked, form: FitIn, now: datetime, *, refused: Refusal | None = None
) -> HttpResponse:
    link, today = _link("desk_fit_in", asked), local_day(now, asked.wanted.location)
    day = _day(asked, today)
    limits = read_limits(asked.wanted.session) if asked.wanted.session else Limits()
    lists = read_lists(asked.wanted, day, doctors=_who_would_do(asked), limits=limits, now=now)
    content = {
        **asking.head(asked, link, now=now),
        "form": form,
        "lists": [_list(one, zone_of(asked.wanted.location)) for one in lists],
        "day": formats.day(day),
        "days": _days(day, today, link),
        "once": uuid4(),
        "here_href": link(day=day),
        "refused": refused.text if refused else "",
        "not_a_time": "starts" in form.errors or "key" in form.errors,
        "usual": _link("desk_book", asked)(day=day),
        "has_errors": bool(refused or form.errors),
    }
    status = refused.status if refused else 422 if form.errors else 200
    return desk_page(request, "fit_in", content, now=now, status=status)


def _day(asked: Asked, today: date) -> date:
    """Today, or one of the days ahead that the page offers."""
    day = asked.given.get("day") or today
    return min(max(day, today), today + timedelta(days=DAYS - 1))


def _days(chosen: date, today: date, link: asking.Link) -> list[dict]:
    ahead = (today + timedelta(days=n) for n in range(DAYS))
    return [
        {
            "href": link(day=day),
            "weekday": formats.weekday(day),
            "date": day.day,
            "month": formats.month(day),
            "words": _("today") if day == today else "",
            "chosen": day == chosen,
        }
        for day in ahead
    ]


def _list(one: List, tz) -> dict:
    return {"doctor": one.doctor.name, "halves": [_half(half, one, tz) for half in one.halves]}


def _half(half: Half, one: List, tz) -> dict:
    """How many are left; none: the times are not shown, for they could not be taken."""
    left = ngettext("%(n)s left", "%(n)s left", half.left) % {"n": half.left} if half.left else _("none left")
    groups = choosing.time_groups(half.starts, tz, who_of=lambda start: one.doctor.pk) if half.left else []
    return {
        "title": _("Morning") if half.is_morning else _("Afternoon"),
        "left": left,
        "is_full": not half.left,
        "times": [time for group in groups for time in group["times"]],
    }
