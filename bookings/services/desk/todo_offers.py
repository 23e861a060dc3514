"""Other times that people were asked about, and what came of it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import Protocol
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Booking, Offer, Status
from bookings.services.desk import todo_rows
from bookings.services.desk.todo_rows import Row, Urgency, about
from bookings.services.door.offering import how_it_ended, is_of_another_time
from clinic import formats
from clinic.models import Location

NO_TO_OFFER, ASKED = 50, 0
LAPSED_SINCE = timedelta(days=1)


class Here(Protocol):
    location: Location
    now: datetime
    today: date
    tz: tzinfo
    stranded: list[Booking]

    def time(self, moment: datetime) -> str: ...

    def urgency(self, booking: Booking) -> Urgency: ...


def offers(here: Here) -> Iterable[Row]:
    """Another time that somebody was asked about: waiting for the answer, answered with no while their own
    is closed, closed itself before they said anything, or for a day after nobody answered. A wish for an
    earlier one is no question of ours.
    """
    rows = Booking.objects.filter(
        replaces__location=here.location, replaces__day__gte=here.today, replaces__status=Status.BOOKED,
        replaces__starts__gt=here.now,
    )  # fmt: skip
    related = ("patient__account", "visit_type", "practitioner__resource")
    rows = rows.select_related(*(f"replaces__{name}" for name in related)).annotate(
        is_wished=Exists(Offer.objects.filter(held=OuterRef("pk"))), **how_it_ended()
    )
    newest = {offer.replaces_id: offer for offer in rows.order_by("pk")}
    closed = {booking.pk for booking in here.stranded} if newest else set()
    plans = Counter(offer.together for offer in newest.values() if offer.together)
    said: set[UUID] = set()
    for offer in sorted(newest.values(), key=lambda offer: (offer.replaces.starts, offer.pk)):
        is_asked = offer.status == Status.HELD and offer.held_until > here.now
        is_closed = offer.replaces_id in closed
        if offer.house_ended:
            if _is_to_be_told(offer):
                yield _ended_row(here, offer, is_closed)
        elif is_asked or is_closed or _has_just_lapsed(here, offer):
            if is_closed or offer.together not in said:
                yield _offer_row(here, offer, is_asked, 0 if is_closed else plans[offer.together] - 1)
            said |= {offer.together} - {None}


def _has_just_lapsed(here: Here, offer: Booking) -> bool:
    was_held = offer.status == Status.HELD and not offer.is_wished
    return was_held and here.now - LAPSED_SINCE < offer.held_until <= here.now


def _is_to_be_told(offer: Booking) -> bool:
    """Until the visit is moved, kept, or somebody has said on the phone that they come as it stands."""
    return not (is_of_another_time(offer) or offer.replaces.kept_why or offer.is_told)


def _ended_row(here: Here, offer: Booking, is_closed: bool) -> Row:
    booking = offer.replaces
    booking.location = here.location
    said = {"when": formats.when(offer.starts, here.tz)}
    reason = ("sun", "warning", _("was asked about %(when)s, which we had to take back: ring them") % said)
    calls = () if is_closed else todo_rows.call_outcomes(booking)
    acts = (*calls, todo_rows.move(booking))
    urgency = here.urgency(booking)
    return Row(about(booking), urgency, booking.starts, (reason,), acts, booking, weight=NO_TO_OFFER)


def _offer_row(here: Here, offer: Booking, is_asked: bool, others: int) -> Row:
    """`others`: of the same plan, which are answered with it."""
    booking = offer.replaces
    booking.location = here.location
    said = {"when": formats.when(offer.starts, here.tz)}
    if is_asked:
        said["until"] = here.time(offer.held_until)
        reason = ("sky", "clock", _("asked about %(when)s, may answer until %(until)s") % said)
    elif offer.status == Status.CANCELLED:
        reason = ("sun", "cross", _("said no to %(when)s") % said)
    else:
        reason = ("sun", "question", _("no answer about %(when)s") % said)
    reasons = [reason]
    if others > 0:
        words = ngettext("and %(n)s more session", "and %(n)s more sessions", others) % {"n": others}
        reasons.append(("plain", "calendar", words))
    weight = ASKED if is_asked else NO_TO_OFFER
    answers = todo_rows.answers(offer) if is_asked else ()
    acts = (*answers, todo_rows.move(booking))
    urgency = here.urgency(booking)
    return Row(about(booking), urgency, booking.starts, tuple(reasons), acts, booking, weight=weight)
