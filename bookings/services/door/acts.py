"""What somebody asks of the door: times to take, bookings to give up, on whose word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bookings.models import Booking
from bookings.services.door.gap_rules import Authority
from clinic.models import Location, Patient, User, VisitType
from clinic.rules import timespans
from treatments.models import CourseSession


@dataclass(frozen=True)
class Take:
    """One time wanted: for a new booking, or for an existing one that moves.

    practitioner, among: with this one, with one of these. fit_in: why it is squeezed in beside somebody's
    list. replaces: the booking it offers another time for. said: what stood beside the time that is put back.
    """

    visit_type: VisitType
    location: Location
    starts: datetime
    practitioner: int | None = None
    booking: Booking | None = None
    session: CourseSession | None = None
    among: frozenset[int] | None = None
    fit_in: str = ""
    replaces: Booking | None = None
    said: Mapping | None = None

    @property
    def stays(self) -> bool:
        """Only the room or the practitioner changes, or another is offered."""
        booking = self.booking or self.replaces
        return bool(booking) and (booking.starts, booking.location_id) == (self.starts, self.location.pk)


@dataclass(frozen=True)
class Act:
    """One thing somebody does at the door, whole.

    own_holds: holds and offers that end with it. until: how long an offer is kept. together: what offers of
    one plan share. urgent: the times kept
    for urgent visits may be used. walk_in: the patient stands at the desk. undoes_at: when what it undoes was
    done; who stood in a closure then may stand there again, and is listed as before.
    """

    action: str
    key: UUID
    by: User | None
    now: datetime
    authority: Authority = Authority.PATIENT
    patient: Patient | None = None
    takes: Sequence[Take] = ()
    frees: Sequence[Booking] = ()
    reason: str = ""
    held_for: str = ""
    held_by: User | None = None
    until: datetime | None = None
    together: UUID | None = None
    urgent: bool = False
    walk_in: bool = False
    undoes_at: datetime | None = None
    own_holds: frozenset[int] = frozenset()
    expected: Mapping[int, int] = field(default_factory=dict)

    @property
    def touched(self) -> dict[int, Booking]:
        moved = [take.booking for take in self.takes if take.booking]
        return {booking.pk: booking for booking in (*moved, *self.frees)}

    @property
    def changes_time(self) -> set[int]:
        """Bookings that end, or come to begin at another time or place; a new one is none of them."""
        moved = {take.booking.pk for take in self.takes if take.booking and not take.stays}
        return moved | {booking.pk for booking in self.frees}

    @property
    def stays_in_its_time(self) -> bool:
        """Only rooms or practitioners of what is booked already change."""
        return bool(self.takes) and all(take.stays for take in self.takes)

    @property
    def ignored(self) -> set[int]:
        """Bookings whose own claims are about to be given up."""
        return self.own_holds | self.touched.keys()

    @property
    def is_hold(self) -> bool:
        """Whether nothing has happened yet: a time kept for a while, for a browser or as an offer."""
        return self.action in ("hold", "propose")

    @property
    def beside_the_course(self) -> set[int]:
        """Bookings that do not count for gaps: those given up, those another time is offered for."""
        return self.ignored | {take.replaces.pk for take in self.takes if take.replaces}

    def payload(self) -> dict:
        return {
            "action": self.action,
            "patient": self.patient and self.patient.pk,
            "frees": sorted(booking.pk for booking in self.frees),
            "takes": [
                [
                    take.visit_type.pk,
                    take.location.pk,
                    take.starts.astimezone(UTC).isoformat(),
                    take.practitioner,
                    take.booking and take.booking.pk,
                    take.session and take.session.pk,
                    take.fit_in,
                ]
                for take in self.takes
            ],
        }


def day_of(take: Take) -> date:
    return timespans.local_day(take.starts, ZoneInfo(take.location.time_zone))
