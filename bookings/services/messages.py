"""What patients are told of the diary. Called in the transaction of a change, with that change written.

One notice tells a whole change, and takes in what earlier notices had not told yet: booked, moved and moved
back within the grace is one message, or none. Reminders are derived anew for every booking that changed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bookings.models import Booking, Change, ChangeLine, Status
from bookings.rules import reminder_ladder
from bookings.rules.reminder_ladder import Difference, Planned, Visit
from clinic import formats, outbox
from clinic.models import Location, Message, Patient
from clinic.models.outbox import OPEN_STATES, MessageClass, MessageState
from clinic.rules import quiet_hours
from clinic.rules.message_texts import KINDS, NOTICES, QUESTIONS, RUNNING_LATE, MessageFields
from clinic.rules.timespans import local_day
from treatments.models import CourseSession

LINK = "my_visits"  # one neutral address for everything: it asks who is there before it shows anything
_QUESTION_KINDS = [kind.code for kind in QUESTIONS]
_NOTICE_KINDS = [kind.code for kind in NOTICES]
_NEVER_CAME_ABOUT = (Status.HELD, Status.CANCELLED)


def booking_changed(*, bookings: Sequence[Booking], change: Change, now: datetime) -> list[Message]:
    """Replace what is told about these bookings, all of one patient, whose `change` has its lines."""
    patient = _patient_of(bookings)
    untold = _take_back_notices(patient, change)
    _withdraw_about(bookings)
    places = _Places(bookings)
    told = [
        *_notice(patient, change, untold, places, now),
        *_reminders(patient, bookings, places, now),
    ]
    return [*outbox.write(told, now=now), *_days_again(bookings, now)]


@transaction.atomic(savepoint=False)
def next_session(*, session: CourseSession, last: date, now: datetime) -> list[Message]:
    """Tell the time of `session`, or the days to choose from, now that the one before was given on `last`."""
    outbox.withdraw(subjects=[_about_session(session.pk)])
    patient = session.course.patient
    booking = Booking.objects.counting().filter(session=session, status=Status.BOOKED).first()
    if booking:
        visit = Visit(booking.starts, booking.location_id, ZoneInfo(booking.location.time_zone))
        planned = reminder_ladder.next_visit(visit, now=now)
        said = _time(patient, booking.location, booking.starts)
    else:
        location, latest = session.course.location, last + timedelta(days=session.latest)
        tz = ZoneInfo(location.time_zone)
        planned = reminder_ladder.next_days(latest, tz=tz, now=now)
        earliest = max(last + timedelta(days=session.earliest), local_day(now, tz))
        said = _days(patient, location, earliest, latest)
    if planned is None:
        return []
    draft = _draft(_about_session(session.pk), patient, planned, said, version=last.toordinal())
    return outbox.write([draft], now=now)


def withdraw_reminders(*, bookings: Sequence[Booking], now: datetime) -> None:
    """The visit has been, or will not be: nobody is reminded of it, or asked to choose its day, any more."""
    _withdraw_about(bookings)


def status_changed(*, booking: Booking, now: datetime) -> None:
    """Who has come, or will not, is reminded of nothing; one taken back to `booked` is reminded again."""
    withdraw_reminders(bookings=[booking], now=now)
    if booking.status == Status.BOOKED:
        outbox.write(_reminders(_patient_of([booking]), [booking], _Places([booking]), now), now=now)


def another_time_proposed(*, offer: Booking, now: datetime) -> list[Message]:
    """Ask whether the patient could come at the offered time; about the booking, so its end takes it back."""
    booking, patient = offer.replaces, _patient_of([offer])
    places = _Places([offer, booking])
    offered = Visit(offer.starts, offer.location_id, ZoneInfo(offer.location.time_zone))
    planned = reminder_ladder.question(
        stands=places.visit(booking) or offered, offered=offered, until=offer.held_until, now=now
    )
    withdraw_question(booking=booking)
    if planned is None:
        return []
    said = _time(patient, offer.location, offer.starts)
    draft = _draft(_about_booking(booking.pk), patient, planned, said, version=offer.pk)
    return outbox.write([draft], now=now)


def withdraw_question(*, booking: Booking) -> None:
    outbox.withdraw(subjects=[_about_booking(booking.pk)], kinds=_QUESTION_KINDS)


@transaction.atomic(savepoint=False)
def contact_changed(*, patient: Patient, now: datetime) -> list[Message]:
    """Derive all reminders anew, to where the person can be reached now."""
    ahead = Booking.objects.filter(
        patient=patient, status=Status.BOOKED, starts__gt=now, replaces__isnull=True
    )
    bookings = list(ahead.order_by("starts"))
    withdraw_reminders(bookings=bookings, now=now)
    return outbox.write(_reminders(patient, bookings, _Places(bookings), now), now=now)


@transaction.atomic(savepoint=False)
def running_late(
    *,
    bookings: Sequence[Booking],
    by: timedelta,
    announcement: int,
    instead_of: Collection[int],
    now: datetime,
) -> list[Message]:
    """Tell when these visits are now expected to begin; who was told that very time is not told again.

    `instead_of`: bookings about which an earlier announcement may not have been sent yet.
    """
    subjects = [_about_booking(pk) for pk in {*instead_of, *(booking.pk for booking in bookings)}]
    outbox.withdraw(subjects=subjects, kinds=[RUNNING_LATE.code])
    known = {subject: message.fields["time"] for subject, message in told_late(subjects).items()}
    places, drafts = _Places(bookings), []
    for booking in bookings:
        expected, subject = booking.starts + by, _about_booking(booking.pk)
        said = _time(booking.patient, places[booking.location_id], expected)
        if known.get(subject) != said.time:
            planned = _late_now(expected, ZoneInfo(said.location.time_zone), now)
            drafts.append(_draft(subject, booking.patient, planned, said, version=announcement))
    return outbox.write(drafts, now=now)


def _late_now(expected: datetime, tz: ZoneInfo, now: datetime) -> Planned:
    due = quiet_hours.fit(
        now, message_class=MessageClass.CHANGE, when_quiet=RUNNING_LATE.when_quiet, tz=tz, now=now
    )
    return Planned(RUNNING_LATE.code, MessageClass.CHANGE, due or now, expected)


def told_late(subjects: Collection[str]) -> dict[str, Message]:
    """Return, by subject, the newest message about running late that went out."""
    sent = Message.objects.filter(
        subject__in=subjects, kind=RUNNING_LATE.code, state__in=[MessageState.SENDING, MessageState.SENT]
    )
    return {message.subject: message for message in sent.order_by("version")}


# What there is to tell


def _patient_of(bookings: Sequence[Booking]) -> Patient:
    if len({booking.patient_id for booking in bookings}) != 1:
        raise ValueError("one change is about one patient")
    return Patient.objects.select_related("account").get(pk=bookings[0].patient_id)


def _take_back_notices(patient: Patient, change: Change) -> set[int]:
    """Withdraw the notices not sent yet; return the changes that nobody has been told of.

    A notice taken in by a later one keeps that one's subject as its reason, so that a third finds both.
    """
    notices = Message.objects.filter(patient=patient, kind__in=_NOTICE_KINDS)
    still_open = set(notices.filter(state__in=OPEN_STATES).values_list("subject", "state"))
    # one on its way counts as told, and must not be tried again after what is told now
    subjects = {subject for subject, _ in still_open}
    outbox.withdraw(subjects=subjects, kinds=_NOTICE_KINDS, reason=_about_change(change.pk))
    waiting = {subject for subject, state in still_open if state == MessageState.SCHEDULED}
    if not waiting:
        return set()
    told = notices.filter(subject__in=waiting, state__in=[MessageState.SENDING, MessageState.SENT])
    untold = waiting - set(told.values_list("subject", flat=True))
    taken_in = notices.filter(state=MessageState.WITHDRAWN, reason__in=untold)
    untold |= set(taken_in.values_list("subject", flat=True))
    taken_in.update(reason=_about_change(change.pk))
    return {int(subject.removeprefix("change:")) for subject in untold}


def _withdraw_about(bookings: Sequence[Booking]) -> None:
    """All but a question about another time, which ends with its offer."""
    sessions = [_about_session(booking.session_id) for booking in bookings if booking.session_id]
    subjects = [*(_about_booking(booking.pk) for booking in bookings), *sessions]
    outbox.withdraw(subjects=subjects, kinds=[kind for kind in KINDS if kind not in _QUESTION_KINDS])


def _days_again(bookings: Sequence[Booking], now: datetime) -> list[Message]:
    """The days to choose from, kept back when a time was chosen, once that time is given up."""
    sessions = {booking.session_id: booking.session for booking in bookings if _is_given_up(booking)}
    if not sessions:
        return []
    kept_back = Message.objects.filter(
        subject__in=[_about_session(pk) for pk in sessions], kind="next_to_book", state=MessageState.WITHDRAWN
    )
    versions = dict(kept_back.order_by("version").values_list("subject", "version"))
    told = []
    for pk, session in sessions.items():
        if version := versions.get(_about_session(pk)):
            told += next_session(session=session, last=date.fromordinal(version), now=now)
    return told


def _is_given_up(booking: Booking) -> bool:
    return booking.session_id is not None and booking.status == Status.CANCELLED


def _notice(
    patient: Patient, change: Change, untold: Collection[int], places: "_Places", now: datetime
) -> list[outbox.Draft]:
    lines = ChangeLine.objects.filter(change__in=[*untold, change.pk]).select_related("booking")
    first: dict[int, ChangeLine] = {}
    for line in lines.order_by("change_id", "pk"):
        first.setdefault(line.booking_id, line)
    differences = [
        Difference(told=places.before(line), now=places.visit(line.booking))
        for line in first.values()
        if line.booking.status == Status.BOOKED or line.booking.status in _NEVER_CAME_ABOUT
    ]
    own_act = change.by_id is not None and change.by_id == patient.account_id
    found = reminder_ladder.notice(differences, own_act=own_act, now=now)
    if found is None:
        return []
    said = _time(patient, places[found.shown.place], found.shown.starts)
    return [_draft(_about_change(change.pk), patient, found.planned, said)]


def _reminders(
    patient: Patient, bookings: Sequence[Booking], places: "_Places", now: datetime
) -> list[outbox.Draft]:
    drafts = []
    for booking in bookings:
        visit = places.visit(booking)
        if visit is None or booking.replaces_id:
            continue
        said = _time(patient, places[visit.place], booking.starts)
        drafts += [
            _draft(_about_booking(booking.pk), patient, planned, said, booking.version)
            for planned in reminder_ladder.reminders(visit, now=now)
        ]
    return drafts


class _Places:
    """The locations of some bookings, each read once, and what a booking is at them."""

    def __init__(self, bookings: Sequence[Booking]) -> None:
        self._known = Location.objects.in_bulk({booking.location_id for booking in bookings})

    def __getitem__(self, location: int) -> Location:
        if location not in self._known:
            self._known[location] = Location.objects.get(pk=location)
        return self._known[location]

    def visit(self, booking: Booking) -> Visit | None:
        return self._visit(booking.starts, booking.location_id, booking.status)

    def before(self, line: ChangeLine) -> Visit | None:
        if line.before is None:
            return None
        starts, status = datetime.fromisoformat(line.before["starts"]), line.before["status"]
        was_here = status == Status.ARRIVED  # who waited here knew of that time
        return self._visit(starts, line.before["location"], Status.BOOKED if was_here else status)

    def _visit(self, starts: datetime, location: int, status: str) -> Visit | None:
        if status != Status.BOOKED:
            return None
        return Visit(starts, location, ZoneInfo(self[location].time_zone))


# In which words


@dataclass(frozen=True, slots=True)
class _Said:
    location: Location
    weekday_day: str
    time: str


def _time(patient: Patient, location: Location, starts: datetime) -> _Said:
    tz = ZoneInfo(location.time_zone)
    with translation.override(outbox.language_for(patient)):
        return _Said(location, formats.day(local_day(starts, tz)), formats.time_of(starts, tz))


def _days(patient: Patient, location: Location, first: date, last: date) -> _Said:
    with translation.override(outbox.language_for(patient)):
        words = {"first": formats.day(first), "last": formats.day(last)}
        stretch = words["last"] if first >= last else _("from %(first)s to %(last)s") % words
    return _Said(location, stretch, "")


def _draft(subject: str, patient: Patient, planned: Planned, said: _Said, version: int = 1) -> outbox.Draft:
    location = said.location
    with translation.override(outbox.language_for(patient)):
        place = settings.CLINIC_NEUTRAL_NAME or _("the clinic")  # a location's own name may tell too much
    return outbox.Draft(
        subject=subject,
        kind=planned.kind,
        message_class=planned.message_class,
        patient=patient,
        fields=MessageFields(place, location.area, said.weekday_day, said.time, outbox.link(reverse(LINK))),
        time_zone=location.time_zone,
        due_at=planned.due_at,
        not_after=planned.not_after,
        version=version,
    )


def _about_booking(booking: int) -> str:
    return f"booking:{booking}"


def _about_change(change: int) -> str:
    return f"change:{change}"


def _about_session(session: int) -> str:
    return f"session:{session}"
