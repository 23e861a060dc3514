"""What a browser is about to book, kept in its session from the tapped time to the booking."""

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings import door
from bookings.models import Booking
from bookings.refusals import Refusal
from bookings.services import own_booking
from bookings.services.openings.doctors import Whom
from bookings.services.own_booking import Contact, Wanted
from clinic.models import Patient
from clinic.permissions import browser_key, choose_patient

WISH = "wish"  # session
LAST_BOOKED = "last_booked"  # session: where the back button leads
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Wish:
    """One browser has one: its door keeps one time at once. Only what a session can store.

    `who`, `gender` and `language` were asked for; `doctor` has the hold.
    """

    visit_type: int
    location: int
    starts: str
    who: int | None
    gender: str
    language: str
    doctor: int
    hold: str
    until: str
    extended: bool
    key: str
    name: str = ""
    phone: str = ""
    email: str = ""
    for_name: str = ""
    channels: list[str] = field(default_factory=list)

    @property
    def comes(self) -> str:
        """The name of the person who comes."""
        return self.for_name or self.name

    @property
    def whom(self) -> Whom:
        return Whom(self.who, self.gender, self.language)

    @property
    def begins(self) -> datetime:
        return datetime.fromisoformat(self.starts)

    @property
    def kept_until(self) -> datetime:
        return datetime.fromisoformat(self.until)


def keep(request: HttpRequest, held: Booking, *, whom: Whom, now: datetime) -> None:
    """A new time; what was typed for an earlier one stays."""
    before = wish_of(request, now=now)
    wish = Wish(
        visit_type=held.visit_type_id,
        location=held.location_id,
        starts=held.starts.isoformat(),
        who=whom.who,
        gender=whom.gender,
        language=whom.language,
        doctor=held.practitioner_id,
        hold=held.reference,
        until=held.held_until.isoformat(),
        extended=held.hold_extended,
        key=before.key if before and before.hold == held.reference else str(uuid4()),
    )
    if before:
        typed = {name: getattr(before, name) for name in ("name", "phone", "email", "for_name", "channels")}
        wish = replace(wish, **typed)
    request.session[WISH] = asdict(wish)


def note_details(request: HttpRequest, wish: Wish, **details) -> Wish:
    wish = replace(wish, **details)
    request.session[WISH] = asdict(wish)
    return wish


def extend(request: HttpRequest, wish: Wish, *, now: datetime) -> Wish:
    """Ten minutes more, once. Pressed twice it was once; too late is said by the page itself."""
    held = own_booking.held_time(wish.hold, held_for=browser_key(request))
    if held is None or held.hold_extended:
        return wish
    try:
        held = door.extend(held=held, now=now)
    except Refusal as refused:
        messages.warning(request, refused.text)
        return wish
    return note_details(request, wish, until=held.held_until.isoformat(), extended=True)


def wish_of(request: HttpRequest, *, now: datetime) -> Wish | None:
    """What was typed is forgotten an hour after the hold: the next person at this browser may be another."""
    stored = request.session.get(WISH)
    if not stored or stored.keys() != {one.name for one in fields(Wish)}:
        return None
    wish = Wish(**stored)
    return wish if now < wish.kept_until + FORGOTTEN_AFTER else None


def without_wish(request: HttpRequest) -> HttpResponse:
    """Pages that stand on a chosen time, reached without one: the back button, or the second of two taps.

    After the first tap has logged in, the session this one came with is gone. Its answer must leave the new
    session's cookie alone; the next request comes with that cookie and finds what was booked.
    """
    reference = request.session.get(LAST_BOOKED)
    if reference:
        return HttpResponseRedirect(reverse("booked", args=[reference]))
    if request.method == "POST":
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return HttpResponseRedirect(f"{reverse('book_details')}?again=1")
    if "again" in request.GET:
        text = _("That page was used already. If you have just booked, the visit stands under My visits.")
        messages.info(request, text)
    return HttpResponseRedirect(reverse("book"))


def finish(request: HttpRequest, wish: Wish, *, patient: Patient, now: datetime) -> str:
    """Book it and return the address of the page that says so. Raises what the door raises."""
    wanted = Wanted(
        visit_type=wish.visit_type,
        location=wish.location,
        starts=wish.begins,
        who=None if wish.whom.is_anybody else wish.doctor,
        hold=wish.hold,
        held_for=browser_key(request),
        key=UUID(wish.key),
    )
    contact = Contact(wish.name, wish.email, tuple(wish.channels))
    booking = own_booking.finish(wanted=wanted, patient=patient, contact=contact, by=request.user, now=now)
    choose_patient(request, patient)
    request.session.pop(WISH, None)
    request.session[LAST_BOOKED] = booking.reference
    return reverse("booked", args=[booking.reference])
