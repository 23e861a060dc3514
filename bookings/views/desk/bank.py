"""Card and UPI payments that nobody has seen in the bank yet, and a month's money with its file."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings.forms.ledger import METHODS, MonthAsked, SeenForm
from bookings.models import Entry
from bookings.permissions import MONEY
from bookings.services.ledger import bank
from bookings.services.ledger.entries import shown_reference
from bookings.services.papers.day_csv import table
from bookings.views.desk.frame import desk_page, place_of
from bookings.views.desk.where import address
from clinic import audit, clock, formats
from clinic.models import Location
from clinic.models.people import Role
from clinic.permissions import duties, load_location, my_locations, staff
from clinic.services.days import local_day

SHOWN_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Month:
    location: Location
    first: date

    def link(self, name: str = "desk_bank", *, first: date | None = None, at: str = "") -> str:
        month = f"{first or self.first:%Y-%m}"
        return address(name, at=at or self.location.slug, month=month)


def _asked(request: HttpRequest, *roles: str, now: datetime) -> tuple[Month | None, list[Location]]:
    form = MonthAsked(request.GET)
    form.is_valid()
    given = form.cleaned_data
    locations = list(my_locations(request, *roles).order_by("pk"))
    location = place_of(request, locations, given.get("at"))
    if location is None:
        return None, locations
    first = (given.get("month") or local_day(now, location)).replace(day=1)
    return Month(location, first), locations


@never_cache
@require_safe
@staff(*MONEY)
def bank_list(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    asked, locations = _asked(request, *MONEY, now=now)
    if asked is None:
        return desk_page(request, "no_location", {"here": "money"}, now=now)
    days = bank.month_days(location=asked.location, first=asked.first)
    content = {
        "here": "money",
        "month": asked,
        "location_name": asked.location.area,
        "places": [
            {"name": one.area, "href": asked.link(at=one.slug), "chosen": one == asked.location}
            for one in locations
        ],
        "open": [_row(one) for one in bank.not_seen_yet(location=asked.location)],
        "ticked": [_row(one) for one in bank.seen_last(location=asked.location, since=now - SHOWN_AFTER)],
        "title": f"{formats.month(asked.first)} {asked.first.year}",
        "methods": METHODS.values(),
        "days": [{"day": formats.day(one.day), "sums": _sums(one), "together": one.together} for one in days],
        "sums": [sum(one.by_method[method] for one in days) for method in METHODS],
        "together": sum(one.together for one in days),
        "before": asked.link(first=asked.first - timedelta(days=1)),
        "after": asked.link(first=bank.next_month(asked.first)),
        "csv": asked.link("desk_money_csv") if _manages(request, asked.location) else "",
    }
    return desk_page(request, "bank", content, now=now)


def _manages(request: HttpRequest, location: Location) -> bool:
    return duties(request).covers(location.pk, Role.MANAGER)


def _sums(one: bank.DayMoney) -> list:
    return [(words, one.by_method[method]) for method, words in METHODS.items()]


def _row(entry: Entry) -> dict:
    return {
        "entry": entry,
        "day": formats.day(entry.day),
        "method": METHODS[entry.method],
        "reference": shown_reference(entry.reference),
    }


@require_POST
@staff(*MONEY)
def bank_seen(request: HttpRequest, slug: str) -> HttpResponse:
    """Tick what stands in the bank's list, or take a tick back."""
    now = clock.now()
    location = load_location(request, slug, *MONEY)
    form = SeenForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Tick what you saw in the bank"))
        return redirect(address("desk_bank", at=slug))
    is_seen = form.cleaned_data["wish"] == "seen"
    count = bank.mark(
        location=location, entries=form.cleaned_data["entry"], is_seen=is_seen, by=request.user, now=now
    )
    words = ngettext("%(n)s payment noted.", "%(n)s payments noted.", count)
    messages.success(request, words % {"n": count})
    return redirect(address("desk_bank", at=slug))


@never_cache
@require_safe
@staff(Role.MANAGER)
def money_csv(request: HttpRequest) -> HttpResponse:
    """Every line of a month, for whoever keeps the books."""
    now = clock.now()
    asked, _locations = _asked(request, Role.MANAGER, now=now)
    if asked is None:
        return desk_page(request, "no_location", {"here": "money"}, now=now)
    entries = bank.month_entries(location=asked.location, first=asked.first)
    audit.viewed_list(by=request.user, patients={one.patient for one in entries}, what="money", now=now)
    signs = bank.signs_of(entries)
    body = table(bank.CSV_HEAD, [bank.csv_row(one, signs[one.pk]) for one in entries])
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    name = f"money-{asked.location.slug}-{asked.first:%Y-%m}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
