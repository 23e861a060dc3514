"""The rest of each course that a closure touches: its sessions ahead that have a time, for re-planning.

Two queries, however many courses.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bookings.models import Booking, Status
from bookings.models.bookings import LIVE
from bookings.rules.planner import After
from bookings.services.door.gap_rules import floor_to, gap_before, judge_day, own_treatments
from treatments.models import CourseSession
from treatments.rules.gaps import RESCREEN_AFTER_DAYS, Gap, Treatment, Verdict
from treatments.services.extensions import with_extensions


@dataclass(frozen=True)
class Tail:
    """Sessions are counted from 1, as in rules/replanning.py.

    `lost`: those whose place closes. `pinned`: others that stay where they are, whatever happens.
    """

    bookings: tuple[Booking, ...]
    sessions: tuple[CourseSession, ...]
    gaps: tuple[Gap, ...]
    after: After | None
    lost: frozenset[int]
    pinned: frozenset[int]
    treatments: frozenset[Treatment]

    @property
    def id(self) -> int:
        """The first booking that has to go stands for the course."""
        return self.bookings[min(self.lost) - 1].pk

    @property
    def patient(self) -> int:
        return self.bookings[0].patient_id

    @property
    def movable(self) -> frozenset[int]:
        return frozenset(range(1, len(self.bookings) + 1)) - self.pinned

    def days(self, new: Mapping[int, date]) -> list[date]:
        """`new` {booking: day} of those that go elsewhere."""
        return [new.get(booking.pk, booking.day) for booking in self.bookings]

    def drift(self, new: Mapping[int, date]) -> int:
        """How many days further it is from where it was and from its targets than before."""
        days, old = self.days(new), self.days({})
        moved = sum(abs((one - other).days) for one, other in zip(days, old, strict=True))
        return moved + self._off_target(days) - self._off_target(old)

    def _off_target(self, days: Sequence[date]) -> int:
        return sum(
            abs((day - before).days - gap.target) for before, day, gap in self._pairs(days) if before and gap
        )

    def _pairs(self, days: Sequence[date]) -> Iterable[tuple[date | None, date, Gap | None]]:
        first = (self.after.day, self.after.gap) if self.after else (None, None)
        yield first[0], days[0], first[1]
        yield from zip(days, days[1:], self.gaps, strict=False)

    def late(self, new: Mapping[int, date]) -> set[int]:
        """Return the bookings that would come after their latest day, of those that go elsewhere."""
        days = self.days(new)
        before = [self.after.day if self.after else None, *days]
        return {
            booking.pk
            for booking, session, last, day in zip(
                self.bookings, self.sessions, before, days, strict=False
            )
            if booking.pk in new and last and judge_day(session, last=last, day=day) == Verdict.LATE
        }  # fmt: skip

    def floor_to(self, other: "Tail") -> int:
        return max(floor_to(self.treatments, one) for one in other.treatments)


def as_late_as_may_be(gap: Gap) -> Gap:
    """What the desk may book: late, but not so late that they have to be asked anew."""
    latest = max(gap.latest, min(2 * gap.target, RESCREEN_AFTER_DAYS))
    return Gap(gap.never_before, gap.earliest, gap.target, latest)


def read_tails(touched: Iterable[Booking], *, now: datetime) -> list[Tail]:
    """Return the courses of these bookings, which stand in them as they are given; those that cannot be
    planned as one are left out.
    """
    lost = {one.pk: one for one in touched if one.session_id and _may_move(one, now)}
    courses = {one.course_id for one in lost.values()}
    if not courses:
        return []
    sessions = _sessions(courses)
    booked = _booked(courses)
    for one in lost.values():
        booked[one.course_id][one.session_id] = one
    found = (_tail(sessions[course], booked[course], lost, now) for course in sorted(courses))
    return [tail for tail in found if tail]


def _may_move(booking: Booking, now: datetime) -> bool:
    return booking.status == Status.BOOKED and booking.starts > now


def _sessions(courses: Collection[int]) -> dict[int, list[CourseSession]]:
    rows = CourseSession.objects.filter(course__in=courses, dropped_reason="").select_related("product")
    found = defaultdict(list)
    for session in with_extensions(rows).order_by("number"):
        found[session.course_id].append(session)
    return found


def _booked(courses: Collection[int]) -> dict[int, dict[int, Booking]]:
    rows = Booking.objects.counting().filter(course__in=courses, parked=False)
    related = ("patient", "visit_type", "location", "practitioner__resource", "session")
    found: dict[int, dict[int, Booking]] = defaultdict(dict)
    for booking in rows.select_related(*related):
        found[booking.course_id][booking.session_id] = booking
    return found


def _tail(
    sessions: Sequence[CourseSession], booked: Mapping[int, Booking], lost: Collection[int], now: datetime
) -> Tail | None:
    ahead = [one for one in sessions if one.pk in booked and _is_ahead(one, booked[one.pk])]
    behind = [one for one in sessions if one.given_on or (one.pk in booked and one not in ahead)]
    if not ahead or (behind and behind[-1].number > ahead[0].number):
        return None
    bookings = [booked[one.pk] for one in ahead]
    days = [one.day for one in bookings]
    if days != sorted(set(days)) or any(gap is None for gap in map(_gap, ahead[1:])):
        return None
    places = {booking.pk: number for number, booking in enumerate(bookings, start=1)}
    gone = frozenset(places[pk] for pk in lost if pk in places)
    pinned = frozenset(places[one.pk] for one in bookings if not _may_move(one, now))
    return Tail(
        tuple(bookings), tuple(ahead), tuple(_gap(one) for one in ahead[1:]),
        _after(behind, ahead[0], booked), gone, pinned, own_treatments(sessions),
    )  # fmt: skip


def _is_ahead(session: CourseSession, booking: Booking) -> bool:
    return not session.given_on and booking.status in LIVE and booking.status != Status.HELD


def _gap(session: CourseSession) -> Gap | None:
    return None if session.never_before is None else gap_before(session)


def _after(
    behind: Sequence[CourseSession], first: CourseSession, booked: Mapping[int, Booking]
) -> After | None:
    gap = _gap(first)
    if not behind or gap is None:
        return None
    last = behind[-1]
    return After(last.given_on or booked[last.pk].day, gap)
