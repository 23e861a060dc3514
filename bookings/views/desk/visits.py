"""What happens to a visit: a step through the day, not come, cancelled, moved, and put back."""

from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings import door, refusals
from bookings.forms.desk import CANCEL_REASONS, CancelForm, Step
from bookings.forms.times import Key, SeenBooking
from bookings.models import Booking, Change, Status
from bookings.permissions import load_booking, load_change, seen_bookings
from bookings.refusals import Refusal
from bookings.services.closing import undoing
from bookings.services.desk import acts as desk_acts
from bookings.services.desk.day import last_touch, read_visits
from bookings.services.door.gap_rules import Authority
from bookings.views.desk import lines
from bookings.views.desk.day import day_page, read_asked
from bookings.views.desk.frame import address_of, desk_page
from clinic import clock, formats
from clinic.permissions import staff
from clinic.services.days import local_day, zone_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
UNDONE_TEXTS = {
    "book": gettext_lazy("Undone: nothing is booked."),
    "place": gettext_lazy("Undone: these times are free again."),
    "move": gettext_lazy("Undone: the visit is back where it was."),
    "replan": gettext_lazy("Undone: all sessions are back where they were."),
    "cancel": gettext_lazy("Undone: the visit is booked again."),
}


@require_POST
@staff()
def step(request: HttpRequest, reference: str) -> HttpResponse:
    """One click: here, numbing, in the room, resting, done, and back."""
    now = clock.now()
    booking = load_booking(request, reference)
    form = Step(request.POST)
    if not form.is_valid():
        return refused_on_day(request, booking, refusals.NotPossible(), now=now, status=400)
    booking.version = form.cleaned_data["version"]
    to = Status(form.cleaned_data["to"])
    try:
        _step(booking, to, by=request.user, now=now)
    except Refusal as refused:
        return refused_on_day(request, booking, refused, now=now)
    return redirect(address_of(booking, form.cleaned_data["by"]))


def _step(booking: Booking, to: Status, *, by, now: datetime) -> None:
    """What the page does not offer is refused, unless it is done already: people press twice."""
    [visit] = read_visits(Booking.objects.filter(pk=booking.pk), now=now) or [None]
    if visit is None:
        raise refusals.NotPossible
    fresh = visit.booking
    ahead = desk_acts.steps_ahead(visit, today=local_day(now, booking.location))
    if fresh.version == booking.version and to not in ahead and fresh.status != to:
        raise refusals.NotPossible
    door.set_status(booking=booking, to=to, by=by, now=now)


def refused_on_day(
    request: HttpRequest, booking: Booking, refused: Refusal, *, now: datetime, status: int = 0
) -> HttpResponse:
    """The day as it stands now, with the visit open, why nothing was done, and what had changed."""
    booking.refresh_from_db()
    said = {"text": refused.text, "more": [one.text for one in getattr(refused, "obstacles", ())]}
    if isinstance(refused, refusals.Changed | refusals.NotPossible):
        tz = zone_of(booking.location)
        said["since"] = lines.touched(last_touch(booking), tz, now)
        said["stands"] = formats.when(booking.starts, tz)
    asked = read_asked(request, now=now, booking=booking)
    return day_page(request, asked, now=now, refused=said, status=status or refused.status)


@never_cache
@get_or_post
@staff()
def no_show(request: HttpRequest, reference: str) -> HttpResponse:
    """Asked once more: the time goes to others, and nobody can take that back."""
    now = clock.now()
    booking = load_booking(request, reference)
    form = SeenBooking(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        if not desk_acts.may_be_no_show(booking, now=now):
            return refused_on_day(request, booking, refusals.NotPossible(), now=now)
        content = _about(booking) | {"late": lines.ago(booking.starts, zone_of(booking.location), now)}
        return desk_page(request, "no_show", content, now=now, status=422 if form.is_bound else 200)
    booking.version = form.cleaned_data["version"]
    try:
        door.set_status(booking=booking, to=Status.NO_SHOW, by=request.user, now=now)
    except Refusal as refused:
        return refused_on_day(request, booking, refused, now=now)
    return redirect(address_of(booking))


def _about(booking: Booking) -> dict:
    tz = zone_of(booking.location)
    return {
        "booking": booking,
        "when": formats.when(booking.starts, tz),
        "back": address_of(booking),
        "once": uuid4(),
        "here": "day",
    }


@never_cache
@get_or_post
@staff(keeps_post=True)
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Why, by one button; then three minutes to undo."""
    now = clock.now()
    booking = load_booking(request, reference)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        if not form.is_bound and not desk_acts.can_move(booking):
            return refused_on_day(request, booking, refusals.NotPossible(), now=now)
        content = _about(booking) | {"form": form, "reasons": CANCEL_REASONS.items()}
        return desk_page(request, "cancel", content, now=now, status=422 if form.is_bound else 200)
    booking.version = form.cleaned_data["version"]
    key = form.cleaned_data["key"]
    try:
        door.cancel(
            bookings=[booking], key=key, by=request.user, now=now, authority=Authority.DESK, reason=form.why
        )
    except Refusal as refused:
        return refused_on_day(request, booking, refused, now=now)
    return redirect(address_of(booking))


@require_POST
@staff()
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """All that one press did, a closing with every visit it moved."""
    now = clock.now()
    change = load_change(request, key)
    form = Key(request.POST)
    if not form.is_valid():
        return _not_undone(request, change, refusals.NotPossible(), now=now, status=400)
    try:
        done = undoing.undo(change=change, key=form.cleaned_data["key"], by=request.user, now=now)
    except Refusal as refused:
        return _not_undone(request, change, refused, now=now)
    if done.failed:
        messages.warning(request, _not_put_back(done.failed))
    if done.opened:
        messages.success(request, _("Undone: open again, and nobody is asked about it any more."))
        return redirect("desk_closures")
    messages.success(request, UNDONE_TEXTS.get(change.action, _("Undone.")))
    booking = done.bookings[-1]
    if not seen_bookings(request).filter(pk=booking.pk).exists():  # it is back at another location
        return redirect("desk_patient", booking.patient_id)
    return redirect(address_of(booking))


def _not_put_back(count: int) -> str:
    words = ngettext(
        "%(n)s visit could not be put back, for its time is somebody else's by now: it stays where it is.",
        "%(n)s visits could not be put back, for their times are others' by now: they stay where they are.",
        count,
    )
    return words % {"n": count}


def _not_undone(
    request: HttpRequest, change: Change, refused: Refusal, *, now: datetime, status: int = 0
) -> HttpResponse:
    line = change.lines.select_related("booking__location").order_by("pk").first()
    if line:
        return refused_on_day(request, line.booking, refused, now=now, status=status)
    messages.warning(request, refused.text)
    return redirect("desk_closures")
