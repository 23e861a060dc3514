"""What a line of the desk's lists is: about whom, why, by when, and the acts that settle it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking, CallOutcome, Status
from bookings.permissions import CLOSERS
from consultations.services import calls

Reason = tuple[str, str, str]  # colour, icon, words: what {% tag %} takes


class Urgency(IntEnum):
    NOW = 0  # somebody stands here, or should
    TODAY = 1
    AHEAD = 2


@dataclass(frozen=True)
class Act:
    """A button. It posts `name`=`value` with the visit's version, or without a name it leads somewhere.

    `key` works while the row has the focus; `roles`: whose it is, where it is not everybody's.
    """

    words: str
    href: str
    name: str = ""
    value: str = ""
    key: str = ""
    is_usual: bool = False
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """`about`: what it is about, as booking:17; rows about the same become one line.

    `at`: when it happens, or happened; within one urgency the heavier come first, then the earlier.
    """

    about: str
    urgency: Urgency
    at: datetime | None
    reasons: tuple[Reason, ...]
    acts: tuple[Act, ...] = ()
    booking: Booking | None = None
    title: str = ""
    weight: int = 0
    asks_for_call: bool = False

    @property
    def order(self) -> tuple:
        return self.urgency, -self.weight, self.at.timestamp() if self.at else 0, self.about


def merged(rows: Iterable[Row]) -> list[Row]:
    """Return one row for each thing they are about, the most urgent first; a visit is rung about once."""
    found: dict[str, Row] = {}
    for row in rows:
        found[row.about] = _both(found[row.about], row) if row.about in found else row
    return sorted(found.values(), key=lambda row: row.order)


def _both(one: Row, other: Row) -> Row:
    return replace(
        one,
        urgency=min(one.urgency, other.urgency),
        weight=max(one.weight, other.weight),
        reasons=_each_once([*one.reasons, *other.reasons]),
        acts=_each_once([*one.acts, *other.acts]),
        asks_for_call=one.asks_for_call or other.asks_for_call,
    )


def _each_once(things: Sequence) -> tuple:
    return tuple(dict.fromkeys(things))


def about(booking: Booking) -> str:
    return f"booking:{booking.pk}"


def number_of(booking: Booking) -> str:
    """Where to ring about a visit: the patient's own number, else the one their account logs in with."""
    return calls.number_of(booking.patient)


# The acts that several kinds of row have


def call_outcomes(booking: Booking) -> tuple[Act, ...]:
    keys = {
        CallOutcome.CONFIRMED: "c",
        CallOutcome.NO_ANSWER: "n",
        CallOutcome.WANTS_CHANGE: "m",
        CallOutcome.WRONG_NUMBER: "w",
    }
    href = reverse("desk_call", args=[booking.reference])
    return tuple(
        Act(
            str(outcome.label).capitalize(), href, "outcome", outcome.value, key,
            is_usual=outcome == CallOutcome.CONFIRMED,
        )
        for outcome, key in keys.items()
    )  # fmt: skip


def check_in(booking: Booking) -> Act:
    return _step(booking, Status.ARRIVED, _("Check in"), "a")


def _step(booking: Booking, to: str, words: str, key: str = "") -> Act:
    return Act(words, reverse("desk_step", args=[booking.reference]), "to", str(to), key, is_usual=True)


def to_the_room(booking: Booking) -> Act:
    return _step(booking, Status.IN_ROOM, _("To the room"))


def done(booking: Booking) -> Act:
    return _step(booking, Status.DONE, _("Done, goes home"), "d")


def answers(offer: Booking) -> tuple[Act, ...]:
    """For somebody who rings instead of tapping the link."""
    href = reverse("desk_answer", args=[offer.replaces.reference])
    return (
        Act(_("They say yes"), href, "yes", offer.reference, is_usual=True),
        Act(_("They say no"), href, "no", offer.reference),
    )


def move(booking: Booking) -> Act:
    return Act(_("Move…"), reverse("desk_move", args=[booking.reference]))


def book_session(booking: Booking) -> Act:
    href = f"{reverse('desk_book', args=[booking.patient_id])}?session={booking.session_id}"
    return Act(_("Choose a time…"), href)


def plan_again(booking: Booking) -> Act:
    return Act(_("Plan the rest again…"), reverse("desk_course_again", args=[booking.course_id]))


def cancel(booking: Booking) -> Act:
    return Act(_("Cancel…"), reverse("desk_cancel", args=[booking.reference]))


def hand_tablet(booking: Booking) -> Act:
    """For whoever is here, or comes early enough, to fill in what they did not at home."""
    return Act(_("Offer the tablet…"), reverse("hand_tablet", args=[booking.patient_id]))


def ask_or_keep(booking: Booking) -> Act:
    """Where whoever stands in a closure can be asked about another time, or kept with a reason."""
    href = f"{reverse('desk_closures')}?at={booking.location.slug}"
    return Act(_("Ask or keep…"), href, roles=CLOSERS)


def did_not_come(booking: Booking) -> Act:
    return Act(_("Did not come…"), reverse("desk_no_show", args=[booking.reference]))


def was_here(booking: Booking) -> Act:
    address = reverse("desk_past", args=[booking.patient_id])
    return Act(_("They were here…"), f"{address}?visit={booking.reference}")


def says_late(booking: Booking, minutes: Iterable[int]) -> tuple[Act, ...]:
    href = reverse("desk_late", args=[booking.reference])
    return tuple(Act(_("%(n)s min late") % {"n": one}, href, "minutes", str(one)) for one in minutes)
