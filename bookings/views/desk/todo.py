"""To do now, as a page, and what its buttons do: how a call ended, and whether somebody comes."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from bookings import door
from bookings.forms.todo import TODO, Answer, Confirm, Outcome, first_error
from bookings.models import Booking, CallOutcome, Change
from bookings.permissions import load_booking, seen_bookings
from bookings.refusals import HoldExpired, Refusal
from bookings.services.desk import calling, todo, todo_rows
from bookings.services.desk.todo_rows import Row, Urgency
from bookings.services.desk.todo_tag import todo_tag
from bookings.views.desk.board import BOARD_AT
from bookings.views.desk.frame import address_of, desk_page
from bookings.views.desk.where import Where, address, read_where
from clinic import clock, formats, outbox
from clinic.models.people import Language
from clinic.permissions import duties, staff
from clinic.rules import phones
from clinic.services.days import zone_of


@never_cache
@require_safe
@staff()
def todo_list(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    return todo_page(request, read_where(request, now=now), now=now)


def todo_page(
    request: HttpRequest, where: Where, *, now: datetime, refused: str = "", status: int = 200
) -> HttpResponse:
    if where.location is None:
        return desk_page(request, "no_location", {"here": "todo"}, now=now)
    content = {
        "here": "todo",
        "refused": {"text": refused} if refused else None,
        "has_errors": bool(refused),
        "noted": _noted(request, where, now),
        "keys": [
            ("j / k", _("along the list")), ("c", _("comes")), ("n", _("no answer")),
            ("m", _("wants another time")), ("w", _("wrong number")), ("a", _("check in")),
        ],
        **where.frame("desk_todo"),
        **_list(request, where, now),
    }  # fmt: skip
    return desk_page(request, "todo", content, now=now, status=status)


@never_cache
@require_safe
@gzip_page
@staff()
def poll(request: HttpRequest) -> HttpResponse:
    """The list as it is now; 304 when nothing on it can have changed, after one query of its own."""
    now = clock.now()
    where = read_where(request, now=now, remembers=False)
    if where.location is None:
        raise Http404
    tag = todo_tag(where.location, by=request.user, now=now)
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        content = {"asked": where, **_list(request, where, now)}
        response = render(request, "bookings/desk/parts/todo_list.html", content)
    response.headers["ETag"], response.headers[BOARD_AT] = tag, now.isoformat()
    return response


def _list(request: HttpRequest, where: Where, now: datetime) -> dict:
    """The lines. The tag is read first: what comes later is found next time."""
    tag = todo_tag(where.location, by=request.user, now=now)
    rows = [shown(request, row, where) for row in todo.todo(location=where.location, now=now)]
    todo.remember_count(len(rows), location=where.location, now=now)
    _line_up(rows, where)
    return {
        "groups": _groups(rows),
        "count": len(rows),
        "tag": tag,
        "at": now.isoformat(),
        "tz": where.location.time_zone,
        "poll": address("desk_todo_poll", at=where.location.slug),
    }


def _line_up(rows: list[dict], where: Where) -> None:
    """Each line knows the next, so that keys go on from where somebody was."""
    references = [row["booking"].reference if "booking" in row else "" for row in rows]
    for row, own, following in zip(rows, references, [*references, ""][1:], strict=True):
        row["next"] = following
        row["has_focus"] = bool(own) and own == where.next


def _groups(rows: list[dict]) -> list[dict]:
    words = {
        Urgency.NOW: _("Now"),
        Urgency.TODAY: _("Today"),
        Urgency.AHEAD: _("For the days ahead"),
    }
    groups = [
        {"title": title, "code": urgency.name.lower(), "rows": [r for r in rows if r["urgency"] == urgency]}
        for urgency, title in words.items()
    ]
    return [group for group in groups if group["rows"]]


def shown(request: HttpRequest, row: Row, where: Where) -> dict:
    """A row in words: who, when, where to ring, why, and the buttons of whoever looks."""
    booking = row.booking
    acts = [act for act in row.acts if not act.roles or duties(request).has(*act.roles)]
    content = {
        "about": row.about.replace(":", "-"),
        "urgency": row.urgency,
        "reasons": row.reasons,
        "title": row.title,
        "posts": [act for act in acts if act.name],
        "links": [act for act in acts if not act.name],
    }
    if booking is None:
        return content
    number = todo_rows.number_of(booking)
    return content | {
        "booking": booking,
        "when": _when(booking, where),
        "doctor": booking.practitioner.resource.name,
        "number": number,
        "number_words": phones.shown(number),
        "href": address_of(booking),
        "script": _script(booking) if row.asks_for_call and number else None,
    }


def _when(booking: Booking, where: Where) -> str:
    """The time alone for a visit of today."""
    tz = zone_of(booking.location)
    is_today = booking.day == where.today
    return formats.time_of(booking.starts, tz) if is_today else formats.when(booking.starts, tz)


def _script(booking: Booking) -> dict:
    """What to say on the phone, in the patient's language. It does not tell a listener what the visit is."""
    patient = booking.patient
    with translation.override(outbox.language_for(patient)):
        said = {
            "place": settings.CLINIC_NEUTRAL_NAME or _("the clinic"),
            "name": patient.name,
            "when": formats.when(booking.starts, zone_of(booking.location)),
            "area": booking.location.area,
        }
        words = _(
            "Hello, this is %(place)s. May I speak with %(name)s? You have a time with us on %(when)s "
            "in %(area)s. Will you come?"
        )
        return {
            "words": words % said,
            "lang": outbox.language_for(patient),
            "speaks": patient.get_language_spoken_display()
            if patient.language_spoken != Language.ENGLISH
            else "",
        }


def _noted(request: HttpRequest, where: Where, now: datetime) -> dict | None:
    """What was just written down, and for a while the way to take it back."""
    booking = (
        seen_bookings(request).select_related("patient", "location").filter(reference=where.done).first()
    )
    if booking is None:
        return None
    call = booking.calls.order_by("-pk").first()
    said = {"name": booking.patient.name, "when": _when(booking, where)}
    if booking.confirmed_at and now - booking.confirmed_at < calling.TAKEN_BACK_FOR:
        return {"booking": booking, "words": _("%(name)s comes, %(when)s.") % said, "take_back": True}
    if call and call.outcome == CallOutcome.NO_ANSWER and now - call.at < timedelta(minutes=10):
        said["time"] = formats.time_of(call.at + calling.NOT_AGAIN_FOR, zone_of(booking.location))
        return {"words": _("%(name)s: no answer. The line comes back at %(time)s.") % said}
    return None


# What the buttons do


@require_POST
@staff()
def call(request: HttpRequest, reference: str) -> HttpResponse:
    """How a call ended: one button, and the next thing to do."""
    now = clock.now()
    booking = load_booking(request, reference)
    form = Outcome(request.POST)
    if not form.is_valid():
        return refused_on_todo(request, booking, first_error(form), now=now, status=400)
    booking.version = form.cleaned_data["version"]
    outcome = CallOutcome(form.cleaned_data["outcome"])
    try:
        calling.note_call(booking=booking, outcome=outcome, by=request.user, now=now)
    except Refusal as refused:
        return refused_on_todo(request, booking, refused.text, now=now, status=refused.status)
    if outcome == CallOutcome.WANTS_CHANGE:
        return redirect("desk_move", booking.reference)
    if outcome == CallOutcome.WRONG_NUMBER:
        return redirect("desk_patient", booking.patient_id)
    return back_to(TODO, booking, form.cleaned_data["next"])


@require_POST
@staff()
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """What somebody says on the phone to another time that they were asked about."""
    now = clock.now()
    booking = load_booking(request, reference)
    form = Answer(request.POST)
    if not form.is_valid():
        return refused_on_todo(request, booking, first_error(form), now=now, status=400)
    try:
        _answer(booking, form.cleaned_data, by=request.user, now=now)
    except Refusal as refused:
        return refused_on_todo(request, booking, refused.text, now=now, status=refused.status)
    return back_to(TODO, booking, form.cleaned_data["next"])


def _answer(booking: Booking, said: dict, *, by, now: datetime) -> None:
    """One key an offer: pressing twice is one answer."""
    asked = said["yes"] or said["no"]
    key = uuid5(NAMESPACE_URL, f"offer:{asked}:{booking.pk}")
    if Change.objects.filter(key=key).exists():
        return
    offer = booking.offers.select_related(*OFFERED_WITH_IT).filter(reference=asked).first()
    if offer is None:
        raise HoldExpired
    if said["no"]:
        door.decline(offer=offer, by=by, now=now)
    else:
        door.accept(offer=offer, key=key, by=by, now=now)


OFFERED_WITH_IT = ("visit_type", "location", "replaces__patient", "replaces__session")


def refused_on_todo(
    request: HttpRequest, booking: Booking, words: str, *, now: datetime, status: int
) -> HttpResponse:
    where = read_where(request, now=now, location=booking.location)
    return todo_page(request, where, now=now, refused=words, status=status)


@require_POST
@staff()
def confirm(request: HttpRequest, reference: str) -> HttpResponse:
    """They said that they come; or, with wish=no, that was a mistake."""
    now = clock.now()
    booking = load_booking(request, reference)
    form = Confirm(request.POST)
    if not form.is_valid():
        return refused_on_todo(request, booking, first_error(form), now=now, status=400)
    booking.version = form.cleaned_data["version"]
    wants = calling.unconfirm if form.cleaned_data["wish"] == "no" else calling.confirm
    try:
        wants(booking=booking, by=request.user, now=now)
    except Refusal as refused:
        return refused_on_todo(request, booking, refused.text, now=now, status=refused.status)
    return back_to(form.cleaned_data["back"], booking, form.cleaned_data["next"])


def back_to(page: str, booking: Booking, following: str) -> HttpResponse:
    """Where the button was: the list, on its next line, or the day with that visit open."""
    if page == TODO:
        at = booking.location.slug
        return redirect(address("desk_todo", at=at, done=booking.reference, next=following))
    return redirect(address_of(booking))
