"""What somebody takes home at the end of a visit, line by line: the next date, care at home.

Each line comes from a function in LINES, which says nothing (None) where it has nothing to say. What is built
later adds its own with `line`: after-care sheets say there where theirs is. What there is to pay is not for
everybody who sees people out: the page adds it for those who may read it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking, Status
from bookings.services.courses import Row, State, rows
from clinic import formats
from clinic.models.visit_types import VisitKind
from clinic.services.days import zone_of


class Place(IntEnum):
    """In which order lines stand."""

    NEXT = 1
    CARE = 2
    OWED = 3


@dataclass(frozen=True)
class Line:
    """`href`, `action`: a button beside it, which no print shows."""

    title: str
    words: tuple[str, ...]
    href: str = ""
    action: str = ""


Say = Callable[[Booking, datetime], Line | None]
LINES: list[tuple[Place, Say]] = []


def line(place: Place) -> Callable[[Say], Say]:
    def register(say: Say) -> Say:
        LINES.append((place, say))
        return say

    return register


def read_lines(booking: Booking, *, now: datetime) -> list[Line]:
    """Return what there is to say at the end of this visit, in order."""
    said = [say(booking, now) for _, say in sorted(LINES, key=lambda one: one[0])]
    return [one for one in said if one]


@line(Place.NEXT)
def next_visit(booking: Booking, now: datetime) -> Line | None:
    """What is booked next; else when the next session may be; else that nothing is."""
    coming = Booking.objects.filter(patient=booking.patient, status=Status.BOOKED, starts__gt=now)
    following = (
        coming.select_related("location", "practitioner__resource", "visit_type").order_by("starts").first()
    )
    if following:
        return _booked(following)
    row = _session_to_book(booking)
    return _to_book(row) if row else _follow_up(booking)


def _booked(following: Booking) -> Line:
    when = formats.when(following.starts, zone_of(following.location))
    where = f"{following.practitioner.resource.name}, {following.location.name}"
    return Line(_("Next visit"), (when, following.visit_type.name, where))


def _session_to_book(booking: Booking) -> Row | None:
    if not booking.course_id or booking.course.ended_on:
        return None
    lacking = (row for row in rows(booking.course) if row.state == State.TO_BOOK and not row.session.is_soft)
    return next(lacking, None)


def _to_book(row: Row) -> Line:
    session = row.session
    words = [_("Session %(number)s has no time yet.") % {"number": session.number}]
    if row.first:
        days = {
            "first": formats.day(row.first),
            "target": formats.day(row.target),
            "last": formats.day(row.last),
        }
        words.append(_("Best on %(target)s, from %(first)s to %(last)s.") % days)
    href = f"{reverse('desk_book', args=[session.course.patient_id])}?session={session.pk}"
    return Line(
        _("Next visit"), tuple(words), href, _("Book session %(number)s") % {"number": session.number}
    )


def _follow_up(booking: Booking) -> Line:
    href = reverse("desk_book", args=[booking.patient_id])
    return Line(_("Next visit"), (_("Nothing is booked."),), href, _("Book a follow-up"))


@line(Place.CARE)
def care_at_home(booking: Booking, now: datetime) -> Line | None:
    """The words everybody is told after a session; until a sheet for each product is written."""
    if booking.visit_type.kind != VisitKind.SESSION:
        return None
    words = _("Keep the day after quiet: no sport, no washing. The nurse tells you the rest.")
    wrong = _("Something does not feel right? Ring us, or open “Something's wrong?” on our pages.")
    return Line(_("At home"), (words, wrong))
