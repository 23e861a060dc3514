"""When today's visits will truly begin, told to those who know another time.

A dermatologist runs late, or somebody is given to another one at the same time: whoever was told something
else, or nothing, hears of it once. What they know is read from what went out. How manyth word on its true
start it is numbers a message: neither an announcement nor a booking's version would let 11:45, then 11:00, be
followed by 11:45 again. Callers have the booking locked, so that two do not count to the same number.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max

from bookings.models import Booking, ChangeLine, RunningLate, Status
from bookings.rules.reminder_ladder import Planned
from bookings.services.wording import about_booking, about_change, at_time, drafted
from clinic import outbox
from clinic.models import Message
from clinic.models.outbox import MessageClass, MessageState
from clinic.rules import quiet_hours
from clinic.rules.message_texts import KINDS, NOTICES, ON_TIME, RUNNING_LATE
from clinic.services.days import local_day, zone_of

TOLD_AHEAD = timedelta(hours=3)
KNOWN = (MessageState.SENDING, MessageState.SENT)  # one on its way counts as told
_LATE_KINDS = (RUNNING_LATE.code, ON_TIME.code)
_NOTICE_KINDS = [kind.code for kind in NOTICES]
_ONE_DAY = timedelta(days=1)


@transaction.atomic(savepoint=False)
def tell(*, bookings: Sequence[Booking], retold: Collection[int], now: datetime) -> list[Message]:
    """Tell those of today who know another start than the true one.

    `retold`: bookings whose time a notice is just being written of, which will be what they know.
    """
    coming = [booking for booking in bookings if _is_to_come_today(booking, now)]
    if not coming:
        return []
    outbox.withdraw(subjects=[about_booking(one.pk) for one in coming], kinds=_LATE_KINDS)
    known = told([booking for booking in coming if booking.pk not in retold])
    late = _minutes_as_told(coming)
    news = [booking for booking in coming if _is_news(booking, late[booking.pk], known.get(booking.pk))]
    return outbox.write(list(_drafts(news, late, now)), now=now)


def _is_to_come_today(booking: Booking, now: datetime) -> bool:
    is_to_come = booking.status == Status.BOOKED and booking.replaces_id is None
    soon = now < booking.starts < now + _ONE_DAY
    return is_to_come and soon and booking.day == local_day(now, booking.location)


def announced(bookings: Collection[Booking]) -> dict[int, RunningLate]:
    """Return by booking what was said last of its dermatologist, there and on its day; one query."""
    rows = RunningLate.objects.filter(
        location__in={one.location_id for one in bookings},
        practitioner__in={one.practitioner_id for one in bookings},
        day__in={one.day for one in bookings},
    )
    newest = {(row.location_id, row.practitioner_id, row.day): row for row in rows.order_by("pk")}
    found = {one.pk: newest.get((one.location_id, one.practitioner_id, one.day)) for one in bookings}
    return {pk: row for pk, row in found.items() if row}


def _minutes_as_told(bookings: Collection[Booking]) -> dict[int, timedelta]:
    """By how much each begins later, as the others of its list were told: not who comes long after it."""
    rows = announced(bookings)
    late = {}
    for booking in bookings:
        row = rows.get(booking.pk)
        counts = row is not None and booking.starts <= row.at + TOLD_AHEAD
        late[booking.pk] = timedelta(minutes=row.minutes) if counts else timedelta(0)
    return late


def _is_news(booking: Booking, late: timedelta, known: Message | None) -> bool:
    as_booked = _time(booking, timedelta(0))
    return _time(booking, late) != (known.fields["time"] if known else as_booked)


def _time(booking: Booking, late: timedelta) -> str:
    return at_time(booking.patient, booking.location, booking.starts + late).time


def _drafts(
    bookings: Collection[Booking], late: Mapping[int, timedelta], now: datetime
) -> Iterable[outbox.Draft]:
    numbers = _next_numbers(bookings) if bookings else {}
    for booking in bookings:
        subject, expected = about_booking(booking.pk), booking.starts + late[booking.pk]
        said = at_time(booking.patient, booking.location, expected)
        planned = _at_once(RUNNING_LATE.code if late[booking.pk] else ON_TIME.code, booking, expected, now)
        yield drafted(subject, booking.patient, planned, said, version=numbers.get(subject, 1))


def _next_numbers(bookings: Collection[Booking]) -> dict[str, int]:
    subjects = [about_booking(booking.pk) for booking in bookings]
    rows = Message.objects.filter(subject__in=subjects, kind__in=_LATE_KINDS).order_by().values("subject")
    return {row["subject"]: row["last"] + 1 for row in rows.annotate(last=Max("version"))}


def _at_once(kind: str, booking: Booking, expected: datetime, now: datetime) -> Planned:
    due = quiet_hours.fit(
        now,
        message_class=MessageClass.CHANGE,
        when_quiet=KINDS[kind].when_quiet,
        tz=zone_of(booking.location),
        now=now,
    )
    return Planned(kind, MessageClass.CHANGE, due or now, expected)


def take_back_late(bookings: Iterable[int]) -> None:
    """What was said of a list holds no more: whoever has not heard it yet shall not."""
    outbox.withdraw(subjects=[about_booking(pk) for pk in bookings], kinds=[RUNNING_LATE.code])


# What they know


def told(bookings: Collection[Booking]) -> dict[int, Message]:
    """Return by booking the last word on its true start, where no notice has told another time since."""
    subjects = {about_booking(booking.pk): booking.pk for booking in bookings}
    sent = Message.objects.filter(subject__in=subjects, kind__in=_LATE_KINDS, state__in=KNOWN)
    newest = {subjects[message.subject]: message for message in sent.order_by("version")}
    moved = _told_of_a_move(newest) if newest else set()
    return {pk: message for pk, message in newest.items() if pk not in moved}


def told_late(bookings: Collection[Booking]) -> dict[int, Message]:
    """Return by booking the message of those who believe that they begin later than booked."""
    return {pk: message for pk, message in told(bookings).items() if message.kind == RUNNING_LATE.code}


def _told_of_a_move(newest: Mapping[int, Message]) -> set[int]:
    moves = ChangeLine.objects.filter(booking__in=newest).exclude(
        before__starts=F("after__starts"), before__location=F("after__location")
    )
    since = {
        (booking, about_change(change))
        for booking, change, at in moves.values_list("booking", "change", "change__at")
        if at > newest[booking].created_at
    }
    changes = _changes_told({message.patient_id for message in newest.values()}) if since else set()
    return {booking for booking, change in since if change in changes}


def _changes_told(patients: Collection[int]) -> set[str]:
    """Subjects of the notices that went out, and of those that they took in."""
    notices = Message.objects.filter(patient__in=patients, kind__in=_NOTICE_KINDS)
    went = set(notices.filter(state__in=KNOWN).values_list("subject", flat=True))
    taken_in = notices.filter(state=MessageState.WITHDRAWN, reason__in=went)
    return went | set(taken_in.values_list("subject", flat=True))
