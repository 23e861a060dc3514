"""Somebody leaves: hours end with the last day, visits after it are handed over, the account closes.

When somebody leaves is written in the audit trail, the newest row counts: `member_leaves` with the day,
`member_stays` if they do not after all, `member_back` when they return. The account closes by itself the day
after, or at once when a manager says so.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db.models import QuerySet

from bookings import door
from bookings.models import Booking, FeedToken, Status, WorkingHours
from bookings.rules.week import replaced
from bookings.services.desk.urgent import sitting_in_urgent_time
from bookings.services.door.gap_rules import Authority
from bookings.services.door.taking import in_one_transaction, lock
from bookings.services.house.hours import rows_of, write_rows
from bookings.services.house.members import (
    LastManager,
    locked_with_managers,
    practitioner_of,
    refuse_without_manager,
)
from bookings.services.openings.search import Room, read_room, read_visit
from clinic import audit
from clinic.models import AuditRow, Location, Practitioner, Resource, StaffRole, User
from clinic.refusals import Refusal
from clinic.services.days import local_day

LEAVES, STAYS = "member_leaves", "member_stays"
SINCE = (LEAVES, STAYS, "member_back")
MOST_AT_ONCE = 50  # each is an act of its own, and somebody waits for the page


# The last day


def leaving_days(users: Iterable[int]) -> dict[int, date]:
    """Return the last day of those who leave, in one query."""
    subjects = {f"user:{pk}": pk for pk in users}
    rows = AuditRow.objects.filter(subject__in=subjects, action__in=SINCE).order_by("at", "pk")
    found: dict[int, date] = {}
    for subject, action, detail in rows.values_list("subject", "action", "detail"):
        found.pop(subjects[subject], None)
        if action == LEAVES:
            found[subjects[subject]] = date.fromisoformat(detail["last_on"])
    return found


def plan_leave(*, member: User, last_on: date, by: User, now: datetime) -> None:
    """End their hours with that day; a day that is over closes the account, too. Raises LastManager, Busy."""
    in_one_transaction(lambda: _plan(member, last_on, by, now))


def _plan(member: User, last_on: date, by: User, now: datetime) -> None:
    member = locked_with_managers(member)
    practitioner = practitioner_of(member)
    if practitioner:
        lock(patients=set(), resources={practitioner.pk})
        _end_hours(practitioner.resource, last_on)
    _refuse_last_to_manage(member)
    _note(LEAVES, member, by, now, last_on=last_on)
    if last_on < local_day(now):
        _close(member, practitioner, by, now)


def _end_hours(resource: Resource, last_on: date) -> None:
    for location in Location.objects.filter(working_hours__resource=resource).distinct().order_by("pk"):
        before = rows_of(location=location, resource=resource)
        after = replaced(before, [], from_on=last_on + timedelta(days=1), until_on=None)
        write_rows(location=location, resource=resource, before=before, after=after)


def _refuse_last_to_manage(member: User) -> None:
    """Those who leave, too, do not count as somebody who could."""
    others = User.objects.filter(is_active=True, roles__role="manager", roles__location=None)
    ids = set(others.exclude(pk=member.pk).values_list("pk", flat=True))
    manages = StaffRole.objects.filter(user=member, role="manager", location=None).exists()
    if manages and not ids - leaving_days(ids).keys():
        raise LastManager


def stay(*, member: User, by: User, now: datetime) -> None:
    """They do not leave after all. Hours that were ended are written anew on their page."""
    in_one_transaction(lambda: _note(STAYS, member, by, now))


# The account


def close_account(*, member: User, by: User | None, now: datetime) -> None:
    """End log-in, sessions, roles and feeds; a dermatologist is out of use. Raises LastManager, Busy."""

    def close() -> None:
        locked_with_managers(member)  # before what they work with, as everywhere
        practitioner = practitioner_of(member)
        if practitioner:
            lock(patients=set(), resources={practitioner.pk})
        _close(member, practitioner, by, now)

    in_one_transaction(close)


def _close(member: User, practitioner: Practitioner | None, by: User | None, now: datetime) -> None:
    fresh = locked_with_managers(member)
    fresh.is_active = False  # ends every session with its next request
    fresh.set_unusable_password()
    fresh.save(update_fields=["is_active", "password"])
    fresh.roles.all().delete()
    refuse_without_manager()
    if practitioner:
        Resource.objects.filter(pk=practitioner.pk).update(is_active=False)
        FeedToken.objects.filter(practitioner=practitioner, revoked_at=None).update(revoked_at=now)
    _note("member_left", member, by, now)


def close_due(*, now: datetime) -> int:
    """Close the accounts of those whose last day is over; return how many."""
    staff = {member.pk: member for member in User.objects.filter(is_staff=True, is_active=True)}
    today = local_day(now)
    due = [staff[pk] for pk, last_on in sorted(leaving_days(staff).items()) if last_on < today]
    return sum(_closed(member, now) for member in due)


def _closed(member: User, now: datetime) -> bool:
    try:
        close_account(member=member, by=None, now=now)
    except Refusal:
        return False  # the last manager: the staff page says so until there is another
    return True


# Their visits


@dataclass(frozen=True)
class Handover:
    """A visit, and the colleague who is free for it at the same time; None if nobody is."""

    booking: Booking
    colleague: Practitioner | None


def visits_after(*, practitioner: Practitioner, last_on: date, now: datetime) -> QuerySet[Booking]:
    """Booked visits after the last day, in order. Times only held for somebody are not visits."""
    shown = ("patient", "visit_type", "location", "practitioner__resource", "session", "course")
    ahead = Booking.objects.filter(
        practitioner=practitioner, status=Status.BOOKED, day__gt=last_on, starts__gt=now
    )
    return ahead.select_related(*shown).order_by("starts", "pk")


def propose(*, bookings: Sequence[Booking], now: datetime) -> list[Handover]:
    """Find somebody free at the same time for each, shared out evenly."""
    urgent = sitting_in_urgent_time(bookings) if bookings else set()
    rooms = _rooms(bookings, urgent, now)
    given: Counter[int] = Counter()
    found: dict[int, int] = {}
    for booking in bookings:
        room = rooms[booking.visit_type_id, booking.location_id, booking.pk in urgent]
        free = [who for who in room.practitioners_at(booking.starts) if who != booking.practitioner_id]
        for who in sorted(free, key=lambda one: (given[one], one)):
            chosen = room.choose(booking.starts, practitioner=who)
            if chosen:
                room.use(booking.starts, chosen)
                given[who] += 1
                found[booking.pk] = who
                break
    people = Practitioner.objects.select_related("resource").in_bulk(set(found.values()))
    return [Handover(booking, people.get(found.get(booking.pk))) for booking in bookings]


def _rooms(
    bookings: Sequence[Booking], urgent: Collection[int], now: datetime
) -> Mapping[tuple[int, int, bool], Room]:
    """One read for all visits of one type at one location; their own rooms and chairs count as free.

    For those who sit in a time kept for urgent visits, a colleague's kept time does, too, as at the door.
    """
    groups: dict[tuple[int, int, bool], list[Booking]] = defaultdict(list)
    for booking in bookings:
        groups[booking.visit_type_id, booking.location_id, booking.pk in urgent].append(booking)
    ids = [booking.pk for booking in bookings]
    return {
        group: read_room(
            visit=read_visit(some[0].visit_type), location=some[0].location, now=now, ignoring=ids,
            urgent=group[2], first_day=min(one.day for one in some), last_day=max(one.day for one in some),
        )
        for group, some in groups.items()
    }  # fmt: skip


def hand_over(*, handovers: Sequence[Handover], by: User, now: datetime) -> int:
    """Move each to the colleague proposed, at the same time; return how many went. The rest stay to do."""
    return sum(_handed(one, by, now) for one in handovers if one.colleague)


def _handed(handover: Handover, by: User, now: datetime) -> bool:
    booking = handover.booking
    try:
        door.move(
            moves=[(booking, booking.starts, handover.colleague.pk)], key=uuid4(), by=by, now=now,
            authority=Authority.DESK, reason="handed over",
        )  # fmt: skip
    except Refusal:
        return False
    return True


def works_on(practitioner: Practitioner, day: date) -> bool:
    """Whether any hours hold that day or later."""
    hours = WorkingHours.objects.filter(resource=practitioner.resource)
    return hours.exclude(until_on__lt=day).exists()


def _note(action: str, member: User, by: User | None, now: datetime, **detail: object) -> None:
    audit.record(by=by, action=action, subject=f"user:{member.pk}", patient=None, now=now, **detail)
