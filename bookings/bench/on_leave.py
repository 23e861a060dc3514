"""A doctor whose days are full of courses, three colleagues who have little free time, and three weeks away.

Every fortnight the doctor sees the same people at the same hours, eleven a day from Monday to Saturday, so
that a leave of three weeks touches three sessions of every two courses. With the colleagues so much is free
in those weeks for each session that is lost (`free`): three for five, unless said.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from bookings.bench import courses, places
from bookings.bench.courses import Prescribed
from bookings.models import Booking, Claim, Status
from bookings.services.closing.diary import Closing
from clinic.models import Location, Patient, Practitioner, Resource, Step, VisitType
from clinic.rules import timespans
from clinic.rules.timespans import Span
from treatments.models import Course

GAP = {"never_before": 7, "earliest": 12, "target": 14, "latest": 18}
SESSIONS = 6
A_DAY, EVERY = 11, timedelta(minutes=45)
OPEN, HALF_HOURS = time(9), 18
USABLE = range(2, 16)  # the half hours before which there is time for numbing, and after which for watching
WEEK, DAY = timedelta(days=7), timedelta(days=1)
AFTER = 9 * WEEK  # so long after it the diary is as full as during the leave


@dataclass(frozen=True)
class Crew:
    """`doctors`, `rooms`: the first one goes away. `chairs`: the first two are that one's."""

    location: Location
    talk: VisitType
    treat: VisitType
    doctors: Sequence[int]
    rooms: Sequence[int]
    chairs: Sequence[int]


@dataclass(frozen=True)
class Leave:
    closing: Closing
    courses: Sequence[Course]
    lost: int


def make(crew: Crew, *, number: int = 132, weeks: int = 3, free: Fraction = Fraction(3, 5)) -> Leave:
    """Write it into the diary as it would stand; `number` of courses, at most eleven a day of a fortnight."""
    doctor = Practitioner.objects.get(pk=crew.doctors[0])
    prescribed = Prescribed(crew.location, crew.treat, doctor, SESSIONS, GAP)
    made = courses.prescribe(number, prescribed)
    first = places.TODAY + 2 * WEEK
    last = first + weeks * WEEK - DAY
    sessions = list(_sessions(crew, made))
    _store(sessions)
    lost = sum(first <= booking.day <= last for booking, _ in sessions)
    _store(_talks(crew, _free_by_day(first, last, int(lost * free))), since=len(sessions))
    tz = ZoneInfo(crew.location.time_zone)
    span = Span(timespans.local_instant(first, time(0), tz), timespans.local_instant(last + DAY, time(0), tz))
    return Leave(Closing(None, Resource.objects.get(pk=crew.doctors[0]), span), made, lost)


def _free_by_day(first: date, last: date, free: int) -> dict[date, int]:
    """So many in those weeks, evenly; as much on every other day as on the emptiest of them."""
    days = [day for day in _days(last) if first <= day]
    each, more = divmod(free, len(days))
    found = dict.fromkeys(_days(last + AFTER), each)
    return found | {day: each + (place < more) for place, day in enumerate(days)}


def _days(last: date) -> list[date]:
    every = (places.TODAY + DAY * n for n in range((last - places.TODAY).days + 1))
    return [day for day in every if day.weekday() < 6]


# The doctor's own


def _sessions(crew: Crew, made: Sequence[Course]) -> Iterator[tuple[Booking, list[Claim]]]:
    """Course by course the next hour, and the day after when the hours of a day are given away."""
    days = _days(places.TODAY + 2 * WEEK)[1:]
    steps = list(Step.objects.filter(visit_type=crew.treat).order_by("position"))
    for place, course in enumerate(made):
        hour, day = place // len(days) % A_DAY, days[place % len(days)]
        for number, session in enumerate(course.sessions.order_by("number")):
            starts = _at(crew, day + 2 * WEEK * number) + EVERY * hour
            booking = _booking(crew, course.patient, starts, crew.treat, 80, crew.doctors[0])
            booking.course, booking.session = course, session
            is_last = number == SESSIONS - 1
            booking.clear_until = booking.day + timedelta(days=7 if is_last else GAP["never_before"])
            yield booking, list(_session_claims(crew, booking, steps, crew.chairs[hour % 2]))


def _session_claims(crew: Crew, booking: Booking, steps: Sequence[Step], chair: int) -> Iterator[Claim]:
    numbed, done = (booking.starts + timedelta(minutes=n) for n in (45, 65))
    yield Claim(booking=booking, resource_id=chair, step=steps[0], starts=booking.starts, ends=numbed)
    for resource in (crew.doctors[0], crew.rooms[0]):
        turnover = timedelta(minutes=5 * (resource == crew.rooms[0]))
        yield Claim(booking=booking, resource_id=resource, step=steps[1], starts=numbed, ends=done + turnover)
    yield Claim(booking=booking, resource_id=chair, step=steps[2], starts=done, ends=booking.ends)


# What the colleagues have to do


def _talks(crew: Crew, free: dict[date, int]) -> Iterator[tuple[Booking, list[Claim]]]:
    """Everything but the free half hours, which lie scattered over all of them."""
    [step] = Step.objects.filter(visit_type=crew.talk)
    colleagues = list(zip(crew.doctors[1:], crew.rooms[1:], strict=True))
    people = _people(len(colleagues) * HALF_HOURS)
    for number, (day, count) in enumerate(free.items()):
        usable = [(who, half) for half in USABLE for who in range(len(colleagues))]
        left = {usable[(number * 7 + n * 11) % len(usable)] for n in range(count)}
        if len(left) < count:
            raise ValueError("too much is to be free")
        for who, (doctor, room) in enumerate(colleagues):
            for half in range(HALF_HOURS):
                if (who, half) not in left:
                    starts = _at(crew, day) + timedelta(minutes=30) * half
                    patient = people[who * HALF_HOURS + half]
                    booking = _booking(crew, patient, starts, crew.talk, 30, doctor)
                    yield booking, _talk_claims(booking, step, doctor, room)


def _talk_claims(booking: Booking, step: Step, doctor: int, room: int) -> list[Claim]:
    return [
        Claim(booking=booking, resource_id=one, step=step, starts=booking.starts, ends=booking.ends)
        for one in (doctor, room)
    ]


def _people(number: int) -> list[Patient]:
    return Patient.objects.bulk_create(
        Patient(name=f"Talker {n}", phone=f"+9190001{n:05}", born_on=date(1990, 5, 17)) for n in range(number)
    )


# Rows


def _at(crew: Crew, day: date) -> datetime:
    return timespans.local_instant(day, OPEN, ZoneInfo(crew.location.time_zone))


def _booking(
    crew: Crew, patient: Patient, starts: datetime, kind: VisitType, minutes: int, doctor: int
) -> Booking:
    return Booking(
        patient=patient, visit_type=kind, practitioner_id=doctor, location=crew.location, starts=starts,
        ends=starts + timedelta(minutes=minutes), status=Status.BOOKED, created_at=places.NOW - WEEK,
        day=timespans.local_day(starts, ZoneInfo(crew.location.time_zone)),
    )  # fmt: skip


def _store(found: Iterable[tuple[Booking, list[Claim]]], *, since: int = 0) -> None:
    found = list(found)
    for number, (booking, _) in enumerate(found, start=since):
        booking.reference = f"L{number:06}"
    Booking.objects.bulk_create(booking for booking, _ in found)
    Claim.objects.bulk_create(claim for _, claims in found for claim in claims)
