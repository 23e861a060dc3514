"""The day's money: what should be there by person and method, what was counted, and the difference."""

from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.forms.ledger import METHODS, TillForm
from bookings.models import TillClose
from bookings.permissions import MONEY, takes_money
from bookings.services.ledger import till as tills
from bookings.services.ledger.till import TillLine
from bookings.views.desk.frame import desk_page
from bookings.views.desk.where import Where, address, read_where
from clinic import clock, formats
from clinic.models import Location
from clinic.permissions import load_location, staff
from clinic.refusals import Refusal
from clinic.services.days import zone_of


def money_part(request: HttpRequest, where: Where, day: date) -> dict | None:
    """What the close of day says about money, to those who take it there; four queries at most."""
    location = where.location
    if not takes_money(request, location.pk):
        return None
    lines = tills.expected(location=location, day=day)
    close = tills.newest_close(location=location, day=day)
    return {
        "lines": [_line(one) for one in (tills.compared(close, lines) if close else lines)],
        "closed": _closed(close, location) if close else "",
        "note": close.note if close else "",
        "unpaid": [
            {"name": one.patient.name, "href": reverse("desk_checkout", args=[one.reference])}
            for one in tills.not_checked_out(location=location, day=day)
        ],
        "href": address_of(location, day),
        "bank": address("desk_bank", at=location.slug),
    }


def address_of(location: Location, day: date) -> str:
    return f"{reverse('desk_till', args=[location.slug])}?day={day.isoformat()}"


def _closed(close: TillClose, location: Location) -> str:
    said = {"when": formats.when(close.at, zone_of(location)), "name": close.by.name}
    return _("Counted %(when)s by %(name)s") % said


def _line(line: TillLine) -> dict:
    return {
        "name": line.name,
        "method": METHODS[line.method],
        "expected": formats.rupees(line.expected),
        "counted": "" if line.counted is None else formats.rupees(line.counted),
        "difference": _difference(line.difference),
    }


def _difference(amount: Decimal | None) -> tuple[str, str, str] | None:
    """Colour, icon and words for a tag."""
    if amount is None:
        return None
    if not amount:
        return "leaf", "check", _("right")
    words = _("%(amount)s too much") if amount > 0 else _("%(amount)s missing")
    return "sun", "warning", words % {"amount": formats.rupees(abs(amount))}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MONEY, keeps_post=True)
def till(request: HttpRequest, slug: str) -> HttpResponse:
    """Count, by person and method; again if need be: the newest counts."""
    now = clock.now()
    location = load_location(request, slug, *MONEY)
    where = read_where(request, now=now, location=location)
    day = min(where.day, where.today)
    lines = tills.expected(location=location, day=day)
    initial = {"key": uuid4(), "seen": tills.seen_of(lines)}
    form = TillForm(request.POST if request.method == "POST" else None, lines=lines, initial=initial)
    if not form.is_valid():
        return _page(request, where, day, form, now=now, status=422 if form.is_bound else 200)
    try:
        _close(location, day, form, by=request.user, now=now)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _page(request, where, day, form, now=now, status=refused.status)
    messages.success(request, _("The day's money is counted."))
    return redirect(address("desk_day_end", at=slug, day=day.isoformat()))


def _close(location: Location, day: date, form: TillForm, *, by, now: datetime) -> TillClose:
    typed = form.cleaned_data
    return tills.close_till(
        location=location, day=day, counts=form.counts, seen=typed["seen"], note=typed["note"],
        key=typed["key"], by=by, now=now,
    )  # fmt: skip


def _page(request: HttpRequest, where: Where, day: date, form: TillForm, *, now: datetime, status: int):
    if form.is_bound and form.data.get("seen") != tills.seen_of(form.lines):
        form.data = form.data.copy()  # the figures shown beside it are today's now
        form.data["seen"] = tills.seen_of(form.lines)
        form.data["key"] = str(uuid4())
    content = {
        "form": form,
        "rows": [
            {
                "name": line.name,
                "method": METHODS[line.method],
                "expected": formats.rupees(line.expected),
                "box": box,
            }
            for line, box in form.rows
        ],
        "title": formats.day(day),
        "location_name": where.location.area,
        "back": address("desk_day_end", at=where.location.slug, day=day.isoformat()),
        "here": "todo",
    }
    return desk_page(request, "till", content, now=now, status=status)
