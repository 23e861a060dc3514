"""What the open day board asks for by itself: is anything new, one visit, and a card dropped elsewhere."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from bookings import door, refusals
from bookings.forms.board import Dropped
from bookings.forms.desk import DayAsked
from bookings.models import Booking
from bookings.permissions import load_booking
from bookings.refusals import Refusal
from bookings.services.desk.board import board_tag, refuse_old_board, with_stamp
from bookings.services.desk.day import last_touch, read_visits
from bookings.services.door.gap_rules import Authority
from bookings.views.desk import lines
from bookings.views.desk.day import Asked, day_content, day_page, read_asked
from bookings.views.desk.frame import address_of
from bookings.views.desk.replanning import others_that_move
from bookings.views.desk.side import side_of
from clinic import clock, formats
from clinic.models import Location, Qualified
from clinic.permissions import my_locations, staff
from clinic.services.days import local_day, zone_of

BOARD_AT = "X-Board-At"  # the server's clock: the browser's may be wrong, and the demo's can be moved


@never_cache
@require_safe
@gzip_page
@staff()
def board(request: HttpRequest) -> HttpResponse:
    """The board as it is now; 304 when it is as the caller knows it, after one query of its own."""
    now = clock.now()
    asked = _read_poll(request, now)
    tag = board_tag(asked.location, shown=asked.shown, by=request.user, now=now)
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        content = day_content(request, asked, asked.location, now=now)
        response = render(request, "bookings/desk/parts/poll.html", content)
    response.headers["ETag"], response.headers[BOARD_AT] = tag, now.isoformat()
    return response


def _read_poll(request: HttpRequest, now: datetime) -> Asked:
    """What the page's own address says; asked for by hand, without a day, it is today where one was last."""
    form = DayAsked(request.GET)
    form.is_valid()
    given = form.cleaned_data
    if not given.get("at") or not given.get("day"):
        asked = read_asked(request, now=now)
        given = given | {"at": asked.location and asked.location.slug, "day": asked.day}
    location = _stamped(request, given, now)
    return Asked(
        locations=[location],
        location=location,
        day=given["day"],
        today=local_day(now, location),
        by=given.get("by") or "doctor",
        visit=given.get("visit") or "",
    )


def _stamped(request: HttpRequest, given: dict, now: datetime) -> Location:
    found = with_stamp(my_locations(request).filter(slug=given["at"]), day=given["day"], now=now).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@staff()
def card(request: HttpRequest, reference: str) -> HttpResponse:
    """One visit for the place beside the board, without the board."""
    now = clock.now()
    booking = load_booking(request, reference)
    visits = read_visits(Booking.objects.filter(pk=booking.pk), now=now)
    content = {
        "card": side_of(request, visits[0] if visits else None, now=now),
        "asked": read_asked(request, now=now, booking=booking),
    }
    return render(request, "bookings/desk/parts/side.html", content)


@require_POST
@staff()
def drag(request: HttpRequest, reference: str) -> HttpResponse:
    """A card was dropped and the question answered with yes. The same move as from the Move page."""
    now = clock.now()
    booking = load_booking(request, reference)
    form = Dropped(request.POST)
    if not form.is_valid():
        return _stays(request, booking, refusals.NotATime(), now=now)
    chosen = form.cleaned_data
    booking.version = chosen["version"]
    who = chosen["who"] or booking.practitioner_id  # in a room's column the doctor stays
    to = [(booking, chosen["starts"], who)]
    try:
        refuse_old_board(seen=chosen["seen"], now=now)
        if others := others_that_move(booking.session, chosen["starts"], who, was=booking, now=now):
            return others
        [moved] = door.move(moves=to, key=chosen["key"], by=request.user, now=now, authority=Authority.DESK)
    except Refusal as refused:
        return _stays(request, booking, refused, now=now, who=who)
    return redirect(address_of(moved, chosen["by"]))


def _stays(
    request: HttpRequest, booking: Booking, refused: Refusal, *, now: datetime, who: int | None = None
) -> HttpResponse:
    """The day as it stands, the visit where it was and open, and why it did not move."""
    booking.refresh_from_db()
    tz = zone_of(booking.location)
    said = {
        "text": refused.text,
        "more": [*_unqualified(booking, who), *(one.text for one in getattr(refused, "obstacles", ()))],
        "nearest": [formats.when(one, tz) for one in getattr(refused, "nearest", ())],
        "move": reverse("desk_move", args=[booking.reference]),
        "stands": formats.when(booking.starts, tz),
    }
    if isinstance(refused, refusals.Changed | refusals.NotPossible):
        said["since"] = lines.touched(last_touch(booking), tz, now)
    asked = read_asked(request, now=now, booking=booking)
    return day_page(request, asked, now=now, refused=said, status=refused.status)


def _unqualified(booking: Booking, who: int | None) -> list[str]:
    """The door only says that nothing is free there; the desk wants to know that it never will be."""
    if who is None or Qualified.objects.filter(practitioner=who, visit_type=booking.visit_type).exists():
        return []
    return [_("%(visit)s is not what they do.") % {"visit": booking.visit_type.name}]
