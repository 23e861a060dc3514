"""What a kind of visit costs, from which day on. What has begun is never changed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from bookings.forms.manager.visit_types import PriceForm
from bookings.permissions import house_manager, load_price, load_visit_type
from bookings.refusals import Refusal
from bookings.services.house import visit_types as services
from bookings.views.manager.frame import get_or_post, manager_page, say, typed
from clinic import clock, formats
from clinic.models import VisitType
from clinic.services.days import local_day


@never_cache
@get_or_post
@house_manager(keeps_post=True)
def prices(request: HttpRequest, code: str) -> HttpResponse:
    now = clock.now()
    kind = load_visit_type(request, code)
    today = local_day(now)
    form = PriceForm(typed(request), initial={"from_on": today}, today=today)
    status = 200
    if form.is_valid():
        try:
            services.add_price(visit_type=kind, **form.cleaned_data, by=request.user, now=now)
        except Refusal as refused:
            status = say(form, refused, "from_on")
        else:
            return redirect("manage_prices", kind.code)
    content = {"form": form, "type": kind, "rows": _rows(kind, today)}
    return manager_page(request, "prices", content, section="types", status=status)


def _rows(kind: VisitType, today) -> list[dict]:
    """The newest first; of those that have begun, one holds."""
    stored = list(kind.prices.order_by("-from_on"))
    holds = next((one for one in stored if one.from_on <= today), None)
    return [
        {
            "price": one,
            "from_day": formats.day_with_year(one.from_on),
            "amount": formats.rupees(one.amount),
            "holds": one is holds,
            "is_ahead": one.from_on > today,
        }
        for one in stored
    ]


@require_POST
@house_manager()
def drop_price(request: HttpRequest, code: str, price_id: int) -> HttpResponse:
    """Take back one that has not begun."""
    now = clock.now()
    price = load_price(request, code, price_id)
    try:
        services.drop_price(price=price, today=local_day(now), by=request.user, now=now)
    except Refusal as refused:
        messages.error(request, refused.text)
    return redirect("manage_prices", code)
