"""The visits that a closure touches, in the words of the desk: from where to where, why, and what to do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.forms.closures import RowForm, Typed
from bookings.models import Booking, Status
from bookings.models.bookings import PRESENT
from bookings.rules.reflow import BEFORE_VISIT, Found, Way
from bookings.services.closing import closures, reflow
from bookings.services.closing.reflow import MOST, Choice, Closing, Proposal
from bookings.services.desk.day import Visit, read_visits
from bookings.views.desk.frame import age_of
from bookings.views.desk.lines import Tag, what_of
from bookings.views.patient.choosing import carried
from clinic import formats, outbox
from clinic.models import Location, Patient, Practitioner
from clinic.models.outbox import Channel
from clinic.rules import phones
from clinic.rules.message_texts import QUESTIONS
from clinic.services.days import local_day, zone_of


@dataclass(frozen=True)
class Shown:
    """One visit on the page. `doing`: what is chosen so far; `starts` and `who` are carried by its form."""

    proposal: Proposal
    visit: Visit
    patient: Patient
    reference: str
    age: str
    what: str
    was: str
    doctor: str
    goes: str
    goes_to: str
    until: str
    reason: str
    checks: list[Tag]
    reached: str
    phone_words: str
    starts: str
    who: int | None
    options: list[tuple[str, str]]
    doing: str
    why: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    is_new: bool = False

    @property
    def status(self) -> str:
        return self.visit.booking.status

    @property
    def is_here(self) -> bool:
        return self.status in PRESENT


@dataclass(frozen=True)
class Page:
    """All visits of a page: `rows` with something to choose, `more` beyond what one page can carry."""

    rows: list[Shown]
    seen: str
    more: int

    def count(self, *choices: str) -> int:
        return sum(row.doing in choices for row in self.rows)


def read_page(
    closing: Closing, bookings: Sequence[Booking], *, place: Location, now: datetime,
    typed: Typed | None = None,
) -> Page:  # fmt: skip
    visits = read_visits(Booking.objects.filter(pk__in=[one.pk for one in bookings]), now=now)
    by_pk = {visit.booking.pk: visit for visit in visits}
    proposals = reflow.read_proposals(closing, [visit.booking for visit in visits], place=place, now=now)
    doctors = _doctors(proposals)
    reached = _reached([proposal.booking for proposal in proposals], now)
    rows = [
        _shown(proposal, by_pk[proposal.booking.pk], doctors, reached, place, typed, now)
        for proposal in proposals[:MOST]
    ]
    seen = " ".join(f"{one.booking.reference}:{one.booking.version}" for one in visits)
    return Page(rows, seen, max(0, len(proposals) - MOST))


def left_over(closing: Closing, *, now: datetime) -> list[Booking]:
    """The visits a closure touches that nobody has found a place for, kept or asked."""
    touched = closures.touched(**closing.parts, now=now)
    asked = Booking.objects.filter(replaces__in=touched, status=Status.HELD).unexpired(now)
    waiting = set(asked.values_list("replaces", flat=True))
    return [one for one in touched if not one.kept_why and one.pk not in waiting]


def ended_offer(offer: Booking) -> dict:
    """Somebody who is asked about a time that closes: where they stand, and what they were asked about."""
    booking, tz = offer.replaces, zone_of(offer.location)
    return {
        "name": offer.patient.name,
        "phone": offer.patient.phone,
        "phone_words": phones.shown(offer.patient.phone),
        "was": formats.when(booking.starts, zone_of(booking.location)),
        "doctor": booking.practitioner.resource.name,
        "asked": formats.when(offer.starts, tz),
        "asked_with": offer.practitioner.resource.name,
    }


def _doctors(proposals: Iterable[Proposal]) -> dict[int, str]:
    who = {proposal.found.practitioner for proposal in proposals if proposal.found}
    return dict(Practitioner.objects.filter(pk__in=who).values_list("pk", "resource__name"))


def _reached(bookings: Collection[Booking], now: datetime) -> dict[int, str]:
    """By patient, over what a question would go: as the outbox decides, in one query and that of accounts."""
    pks = {booking.patient_id for booking in bookings}
    patients = Patient.objects.filter(pk__in=pks).select_related("account")
    consents = outbox.standing_consents(pks)
    words = {Channel.SMS: _("text message"), Channel.EMAIL: _("e-mail")}
    found = {}
    for patient in patients:
        draft = outbox.Draft("", QUESTIONS[0].code, "", patient, None, "", now, None)
        found[patient.pk] = ", ".join(words[one] for one in outbox.addresses(draft, consents[patient.pk]))
    return found


def _shown(
    proposal: Proposal, visit: Visit, doctors: Mapping[int, str], reached: Mapping[int, str], place: Location,
    typed: Typed | None, now: datetime,
) -> Shown:  # fmt: skip
    booking, found, tz = proposal.booking, proposal.found, zone_of(proposal.booking.location)
    patient = booking.patient
    form = typed.rows.get(booking.reference) if typed else None
    elsewhere = f" · {booking.location.area}" if booking.location != place else ""
    return Shown(
        proposal=proposal,
        visit=visit,
        patient=patient,
        reference=booking.reference,
        age=age_of(patient, local_day(now, booking.location)),
        what=what_of(visit) + elsewhere,
        was=formats.when(booking.starts, tz),
        doctor=booking.practitioner.resource.name,
        goes=_goes(booking, found, tz),
        goes_to=_("with %(doctor)s") % {"doctor": doctors[found.practitioner]} if found else "",
        until=_until(proposal, tz, now),
        reason=_reason(booking, found),
        checks=_checks(proposal, visit, now),
        reached=reached.get(booking.patient_id) or _("nothing to write to"),
        phone_words=phones.shown(patient.phone),
        starts=carried(found.starts) if found else "",
        who=found.practitioner if found else None,
        options=[(choice.value, _option(choice, booking, found)) for choice in proposal.choices],
        doing=_doing(proposal, form),
        why=_why(_usual_why(booking), proposal, form),
        errors={name: errors[0] for name, errors in form.errors.items()} if form else {},
        is_new=typed is not None and typed.seen.get(booking.reference) != booking.version,
    )


def _goes(booking: Booking, found: Found | None, tz) -> str:
    if found is None:
        return ""
    if found.starts == booking.starts:
        return _("same time")
    same_day = found.starts.astimezone(tz).date() == booking.day
    return formats.time_of(found.starts, tz) if same_day else formats.when(found.starts, tz)


def _until(proposal: Proposal, tz, now: datetime) -> str:
    if proposal.until is None or Choice.ASK not in proposal.choices:
        return ""
    is_today = proposal.until.astimezone(tz).date() == now.astimezone(tz).date()
    return formats.time_of(proposal.until, tz) if is_today else formats.when(proposal.until, tz)


def _reason(booking: Booking, found: Found | None) -> str:
    """Why there and not elsewhere."""
    if found is None:
        if booking.status in PRESENT and booking.status != Status.ARRIVED:
            return _("being looked after just now")
        return _("no day between its neighbours") if booking.session_id else _("no free time in four weeks")
    return {
        Way.SAME: _("another room or chair is free"),
        Way.COLLEAGUE: _("a colleague is free then"),
        Way.SAME_DAY: _("nobody is free at that time"),
        Way.NEXT_DAY: _("nobody is free that day"),
        Way.DAY_BEFORE: _("no later day will do"),
    }[found.way]


def _checks(proposal: Proposal, visit: Visit, now: datetime) -> list[Tag]:
    tags: list[Tag] = []
    booking = proposal.booking
    if booking.status == Status.BOOKED and booking.starts <= now:
        tags.append(("sun", "phone", _("should be here: ring them")))
    if proposal.is_late:
        tags.append(("sun", "clock", _("past its latest day")))
    if visit.doctor_first:
        tags.append(("sun", "person", _("doctor to review")))
    if Choice.ASK in proposal.choices and proposal.found.starts != booking.starts and _is_hasty(proposal):
        tags.append(("sun", "phone", _("short notice: ring them, too")))
    if proposal.found and proposal.found.in_place and proposal.found.way == Way.COLLEAGUE:
        tags.append(("sun", "phone", _("same time, other doctor: tell them")))
    return tags or ([("leaf", "check", _("fits"))] if proposal.found else [])


def _is_hasty(proposal: Proposal) -> bool:
    """Whether less time than usual is left to answer."""
    earlier = min(proposal.booking.starts, proposal.found.starts)
    return proposal.until + BEFORE_VISIT > earlier


def _option(choice: Choice, booking: Booking, found: Found | None) -> str:
    if choice == Choice.MOVE and found and found.way == Way.SAME:
        return _("Move to another room")
    if choice == Choice.MOVE and found and found.way == Way.COLLEAGUE:
        return _("Give to the colleague")
    if choice == Choice.MOVE and booking.status in PRESENT:
        return _("Move now, they are here")
    return {
        Choice.MOVE: _("Move and tell"),
        Choice.ASK: _("Ask them"),
        Choice.KEEP: _("Stays anyway"),
        Choice.CANCEL: _("Cancel"),
        Choice.LATER: _("Leave in To do"),
    }[choice]


def _doing(proposal: Proposal, form: RowForm | None) -> str:
    typed = form.data.get(f"{form.prefix}-do") if form else None
    return typed if typed in proposal.choices else proposal.usual


def _usual_why(booking: Booking) -> str:
    return _("already inside") if booking.status in PRESENT else ""


def _why(usual: str, proposal: Proposal, form: RowForm | None) -> str:
    if form:
        return form.data.get(f"{form.prefix}-why", "")
    return usual if proposal.usual == Choice.KEEP else ""
