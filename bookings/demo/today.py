"""A full day at both locations, told through the door: who is there by now follows from the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle

from bookings import door, refusals
from bookings.demo.people import OF_TODAY, PEOPLE, Person
from bookings.demo.stories import Demo, make_patient
from bookings.models import Booking, Status
from bookings.services.desk import calling
from bookings.services.openings.search import read_room, read_visit
from clinic.models import Location, Patient, VisitType

AN_OFFER_STANDS_FOR = timedelta(hours=20)
# Minutes from now at which a visit begins, if the clinic is open then; each next one somewhat later.
BEGINS = {
    "done": (-150, -105),
    "in_room": (-15,),
    "late": (-40,),
    "waiting": (5, 15),
    "coming": (60, 90, 120),
    "squeezed_in": (60,),
    "asked": (180,),
}
STEPS = {
    "done": ((-5, Status.ARRIVED), (0, Status.IN_ROOM), (15, Status.DONE)),
    "in_room": ((-10, Status.ARRIVED), (0, Status.IN_ROOM)),
    "waiting": ((-40, Status.ARRIVED),),
}


def tell_today(demo: Demo) -> list[Patient]:
    """Fill today; return whom with."""
    begins = {story: cycle(minutes) for story, minutes in BEGINS.items()}
    patients = []
    for number, person in enumerate(OF_TODAY, start=1 + len(PEOPLE)):
        patient = make_patient(demo, person, number)
        _tell(demo, person, patient, number, begins)
        patients.append(patient)
    return patients


def _tell(
    demo: Demo, person: Person, patient: Patient, number: int, begins: dict[str, Iterator[int]]
) -> None:
    place = demo.clinic.indiranagar if number <= len(PEOPLE) + 10 else demo.clinic.jayanagar
    kind = demo.clinic.consultation if number % 3 == 0 else demo.clinic.follow_up
    tomorrow = demo.at(1, 10)
    begun = demo.now + timedelta(minutes=next(begins[person.story])) if person.story in begins else tomorrow
    if person.story == "squeezed_in":
        return _squeeze_in(demo, patient, place, kind, begun)
    if kind == demo.clinic.follow_up:
        _walk(demo, _book(demo, patient, place, demo.clinic.consultation, demo.at(-16 - number % 5)), "done")
    booking = _book(demo, patient, place, kind, tomorrow if person.story == "asked" else begun)
    if person.story == "asked":
        return _ask(demo, booking, begun)
    if person.story == "coming":
        calling.confirm(booking=booking, by=None, now=demo.now)
    return _walk(demo, booking, person.story)


def _walk(demo: Demo, booking: Booking, story: str) -> None:
    """Through the day, as far as the clock has come."""
    for minutes, status in STEPS.get(story, ()):
        at = booking.starts + timedelta(minutes=minutes)
        if at <= demo.now:
            booking = door.set_status(booking=booking, to=status, by=demo.clinic.desk, now=at)


def _book(demo: Demo, patient: Patient, place: Location, kind: VisitType, begins: datetime) -> Booking:
    starts = _free(demo, place, kind, begins)[0]
    return door.book(
        patient=patient, visit_type=kind, location=place, starts=starts, key=demo.keys(), by=demo.clinic.desk,
        now=min(demo.now, starts) - timedelta(days=3), authority=door.Authority.DESK,
    )  # fmt: skip


def _free(demo: Demo, place: Location, kind: VisitType, begins: datetime) -> list[datetime]:
    day = begins.astimezone(demo.clinic.tz).date()
    room = read_room(
        visit=read_visit(kind), location=place, first_day=day, last_day=day + timedelta(days=7),
        now=min(demo.now, begins),
    )  # fmt: skip
    return room.starts(not_before=begins)


def _squeeze_in(demo: Demo, patient: Patient, place: Location, kind: VisitType, begins: datetime) -> None:
    """Beside somebody who is booked; where nobody is, or no room is left, they do not come."""
    beside = Booking.objects.filter(location=place, status=Status.BOOKED, starts__gte=begins)
    for other in beside.filter(starts__lt=begins + timedelta(hours=4)).order_by("starts"):
        try:
            door.fit_in(
                patient=patient, visit_type=kind, location=place, starts=other.starts,
                practitioner=other.practitioner_id, reason="Came a long way, cannot come again",
                key=demo.keys(), by=demo.clinic.desk, now=demo.now,
            )  # fmt: skip
        except refusals.Refusal:
            continue
        return


def _ask(demo: Demo, booking: Booking, begins: datetime) -> None:
    """Would today suit as well? The time is kept until they answer."""
    starts = _free(demo, booking.location, booking.visit_type, begins)[0]
    door.propose(
        booking=booking, starts=starts, practitioner=None, until=demo.now + AN_OFFER_STANDS_FOR,
        by=demo.clinic.desk, now=demo.now,
    )  # fmt: skip
