"""What patients are told of the diary. Called in the transaction of a change, with that change written.

One notice tells a whole change, and takes in what earlier notices had not told yet: booked, moved and moved
back within the grace is one message, or none. Reminders are derived anew for every booking that changed, and
so is when it truly begins (true_starts.py).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from bookings.models import Booking, Change, ChangeLine, Offer, Status
from bookings.rules import reminder_ladder
from bookings.rules.reminder_ladder import Difference, Visit
from bookings.rules.soft_windows import OPENS_BEFORE
from bookings.services import true_starts
from bookings.services.wording import (
    Places,
    about_booking,
    about_change,
    about_session,
    at_time,
    drafted,
    on_days,
)
from clinic import outbox
from clinic.models import Message, Patient
from clinic.models.outbox import OPEN_STATES, MessageState
from clinic.rules.message_texts import KINDS, NOTICES, QUESTIONS, TIME_TO_CHOOSE
from clinic.rules.timespans import local_day
from consultations.services.unfinished import unfinished_form
from treatments.models import CourseSession

_QUESTION_KINDS = [kind.code for kind in QUESTIONS]
_NOTICE_KINDS = [kind.code for kind in NOTICES]
_RUNG_KINDS = [*(rung.kind for rung in reminder_ladder.LADDER), *reminder_ladder.FORM_KINDS]
DAYS_KINDS = ["next_to_book", TIME_TO_CHOOSE.code]
EARLIER_KEPT = "earlier_kept"
_NEVER_CAME_ABOUT = (Status.HELD, Status.CANCELLED)


def booking_changed(*, bookings: Sequence[Booking], change: Change, now: datetime) -> list[Message]:
    """Replace what is told about these bookings, all of one patient, whose `change` has its lines."""
    patient = _patient_of(bookings)
    untold = _take_back_notices(patient, change)
    _withdraw_about(bookings)
    places = Places(bookings)
    differences = _differences(change, untold, places)
    told = [
        *_notice(patient, change, differences.values(), places, now),
        *_reminders(patient, bookings, places, now),
    ]
    retold = {pk for pk, difference in differences.items() if difference.told != difference.now}
    return [
        *outbox.write(told, now=now),
        *_days_again(bookings, now),
        *true_starts.tell(bookings=bookings, retold=retold, now=now),
    ]


@transaction.atomic(savepoint=False)
def next_session(*, session: CourseSession, last: date, now: datetime) -> list[Message]:
    """Tell the time of `session`, or the days to choose from, now that the one before was given on `last`."""
    outbox.withdraw(subjects=[about_session(session.pk)])
    patient = session.course.patient
    booking = Booking.objects.counting().filter(session=session, status=Status.BOOKED).first()
    if booking:
        visit = Visit(booking.starts, booking.location_id, ZoneInfo(booking.location.time_zone))
        planned = reminder_ladder.next_visit(visit, now=now)
        said = at_time(patient, booking.location, booking.starts)
    else:
        location, latest = session.course.location, last + timedelta(days=session.latest)
        tz = ZoneInfo(location.time_zone)
        planned = _when_to_choose(session, last, latest, tz=tz, now=now)
        earliest = max(last + timedelta(days=session.earliest), local_day(now, tz))
        said = on_days(patient, location, earliest, latest)
    if planned is None:
        return []
    draft = drafted(about_session(session.pk), patient, planned, said, version=last.toordinal())
    return outbox.write([draft], now=now)


def _when_to_choose(
    session: CourseSession, last: date, latest: date, *, tz: ZoneInfo, now: datetime
) -> reminder_ladder.Planned | None:
    """At once; of a session that is wanted later, when its days come near."""
    if not session.is_soft:
        return reminder_ladder.next_days(latest, tz=tz, now=now)
    opens_on = max(last, last + timedelta(days=session.target) - OPENS_BEFORE)
    return reminder_ladder.time_to_choose(opens_on, latest, tz=tz, now=now)


def withdraw_reminders(*, bookings: Sequence[Booking], now: datetime) -> None:
    """The visit has been, or will not be: nobody is reminded of it, or asked to choose its day, any more."""
    _withdraw_about(bookings)


def status_changed(*, booking: Booking, now: datetime) -> None:
    """Who has come, or will not, is reminded of nothing; one taken back to `booked` is reminded again."""
    withdraw_reminders(bookings=[booking], now=now)
    if booking.status == Status.BOOKED:
        outbox.write(_reminders(_patient_of([booking]), [booking], Places([booking]), now), now=now)
        true_starts.tell(bookings=[booking], retold=(), now=now)


def another_time_proposed(*, offer: Booking, now: datetime) -> list[Message]:
    """Ask whether the patient could come at the offered time; about the booking, so its end takes it back."""
    booking, patient = offer.replaces, _patient_of([offer])
    places = Places([offer, booking])
    offered = Visit(offer.starts, offer.location_id, ZoneInfo(offer.location.time_zone))
    planned = reminder_ladder.question(
        stands=places.visit(booking) or offered, offered=offered, until=offer.held_until, now=now
    )
    withdraw_question(booking=booking)
    if planned is None:
        return []
    if _is_waited_for(offer):
        planned = replace(planned, kind=EARLIER_KEPT)
    said = at_time(patient, offer.location, offer.starts)
    draft = drafted(about_booking(booking.pk), patient, planned, said, version=offer.pk)
    return outbox.write([draft], now=now)


def _is_waited_for(offer: Booking) -> bool:
    """They wait for an earlier time and this one was found for them: nothing is wrong with what they have."""
    waiting = Offer.objects.filter(entry__patient=offer.patient_id, entry__visit_type=offer.visit_type_id)
    return waiting.filter(freed__starts=offer.starts, outcome="", is_held=False).exists()


def withdraw_question(*, booking: Booking) -> None:
    outbox.withdraw(subjects=[about_booking(booking.pk)], kinds=_QUESTION_KINDS)


@transaction.atomic(savepoint=False)
def form_changed(*, patient: Patient, now: datetime) -> list[Message]:
    """The first form was written in, or sent: derive its reminders anew."""
    return outbox.write(_form_reminders(patient, Places([]), now), now=now)


@transaction.atomic(savepoint=False)
def contact_changed(*, patient: Patient, now: datetime) -> list[Message]:
    """Derive the reminders of visits anew, to where the person can be reached now."""
    bookings = _visits_ahead(patient, now)
    outbox.withdraw(subjects=[about_booking(booking.pk) for booking in bookings], kinds=_RUNG_KINDS)
    return outbox.write(_reminders(patient, bookings, Places(bookings), now), now=now)


# What there is to tell


def _visits_ahead(patient: Patient, now: datetime) -> list[Booking]:
    ahead = Booking.objects.filter(
        patient=patient, status=Status.BOOKED, starts__gt=now, replaces__isnull=True
    )
    return list(ahead.order_by("starts"))


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
    outbox.withdraw(subjects=subjects, kinds=_NOTICE_KINDS, reason=about_change(change.pk))
    waiting = {subject for subject, state in still_open if state == MessageState.SCHEDULED}
    if not waiting:
        return set()
    told = notices.filter(subject__in=waiting, state__in=[MessageState.SENDING, MessageState.SENT])
    untold = waiting - set(told.values_list("subject", flat=True))
    taken_in = notices.filter(state=MessageState.WITHDRAWN, reason__in=untold)
    untold |= set(taken_in.values_list("subject", flat=True))
    taken_in.update(reason=about_change(change.pk))
    return {int(subject.removeprefix("change:")) for subject in untold}


def _withdraw_about(bookings: Sequence[Booking]) -> None:
    """All but a question about another time, which ends with its offer."""
    sessions = [about_session(booking.session_id) for booking in bookings if booking.session_id]
    subjects = [*(about_booking(booking.pk) for booking in bookings), *sessions]
    outbox.withdraw(subjects=subjects, kinds=[kind for kind in KINDS if kind not in _QUESTION_KINDS])


def _days_again(bookings: Sequence[Booking], now: datetime) -> list[Message]:
    """The days to choose from, kept back when a time was chosen, once that time is given up."""
    sessions = {booking.session_id: booking.session for booking in bookings if _is_given_up(booking)}
    if not sessions:
        return []
    kept_back = Message.objects.filter(
        subject__in=[about_session(pk) for pk in sessions], kind__in=DAYS_KINDS, state=MessageState.WITHDRAWN
    )
    versions = dict(kept_back.order_by("version").values_list("subject", "version"))
    told = []
    for pk, session in sessions.items():
        if version := versions.get(about_session(pk)):
            told += next_session(session=session, last=date.fromordinal(version), now=now)
    return told


def _is_given_up(booking: Booking) -> bool:
    return booking.session_id is not None and booking.status == Status.CANCELLED


def _differences(change: Change, untold: Collection[int], places: Places) -> dict[int, Difference]:
    """By booking: what the patient knows of it, and how it is now."""
    lines = ChangeLine.objects.filter(change__in=[*untold, change.pk]).select_related("booking")
    first: dict[int, ChangeLine] = {}
    for line in lines.order_by("change_id", "pk"):
        first.setdefault(line.booking_id, line)
    return {
        pk: Difference(told=places.before(line), now=places.visit(line.booking))
        for pk, line in first.items()
        if line.booking.status == Status.BOOKED or line.booking.status in _NEVER_CAME_ABOUT
    }


def _notice(
    patient: Patient, change: Change, differences: Collection[Difference], places: Places, now: datetime
) -> list[outbox.Draft]:
    own_act = change.by_id is not None and change.by_id == patient.account_id
    found = reminder_ladder.notice(list(differences), own_act=own_act, now=now)
    if found is None:
        return []
    said = at_time(patient, places[found.shown.place], found.shown.starts)
    return [drafted(about_change(change.pk), patient, found.planned, said)]


def _reminders(
    patient: Patient, bookings: Sequence[Booking], places: Places, now: datetime
) -> list[outbox.Draft]:
    drafts = []
    for booking in bookings:
        visit = places.visit(booking)
        if visit is None or booking.replaces_id:
            continue
        said = at_time(patient, places[visit.place], booking.starts)
        drafts += [
            drafted(about_booking(booking.pk), patient, planned, said, booking.version)
            for planned in reminder_ladder.reminders(visit, now=now)
        ]
    if any(booking.session_id is None for booking in bookings):
        drafts += _form_reminders(patient, places, now)
    return drafts


def _form_reminders(patient: Patient, places: Places, now: datetime) -> list[outbox.Draft]:
    """A form belongs to the next consultation alone, whichever that is now; sessions have none."""
    ahead = [booking for booking in _visits_ahead(patient, now) if booking.session_id is None]
    outbox.withdraw(
        subjects=[about_booking(booking.pk) for booking in ahead], kinds=reminder_ladder.FORM_KINDS
    )
    form = unfinished_form(patient) if ahead else None
    if form is None:
        return []
    booking, visit = ahead[0], places.visit(ahead[0])
    left_at = max(booking.created_at, form.left_at or booking.created_at)
    said = at_time(patient, places[visit.place], booking.starts)
    return [
        drafted(about_booking(booking.pk), patient, planned, said, booking.version)
        for planned in reminder_ladder.form_reminders(visit, left_at=left_at, now=now)
    ]
