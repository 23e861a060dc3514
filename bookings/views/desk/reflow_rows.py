"""The visits that a closure touches, in the words of the desk: from where to where, why, and what to do."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.forms.closures import Goes, RowForm, Typed, carried_plan
from bookings.models import Booking, Status
from bookings.models.bookings import PRESENT
from bookings.rules.reflow import BEFORE_VISIT, Found, Way
from bookings.services.closing import closures, reflow
from bookings.services.closing.quality import Quality
from bookings.services.closing.reflow import MOST, Along, Choice, Closing, Proposal
from bookings.services.closing.why_not import WhyNot
from bookings.services.desk.day import Visit, read_visits
from bookings.views.desk.frame import age_of
from bookings.views.desk.lines import Tag, what_of
from clinic import formats, outbox
from clinic.models import Location, Patient, Practitioner
from clinic.models.outbox import Channel
from clinic.rules import phones
from clinic.rules.message_texts import QUESTIONS
from clinic.services.days import local_day, zone_of

AT_ONCE = 30  # so many rows stand in one table


@dataclass(frozen=True)
class Shown:
    """One visit on the page, with those of its course that move along. `doing`: what is chosen so far."""

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
    along: list["ShownAlong"]
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

    @property
    def needs_somebody(self) -> bool:
        """Whether it cannot just go as proposed."""
        return bool(self.proposal.found is None or self.is_here or self.is_new or self.errors)


@dataclass(frozen=True)
class ShownAlong:
    """A visit that moves only because another of its course does."""

    what: str
    was: str
    doctor: str
    goes: str
    goes_to: str
    checks: list[Tag]


@dataclass(frozen=True)
class Group:
    """Rows that stand together. `is_shut`: folded, nothing in it waits for a decision."""

    rows: list[Shown]
    title: str = ""
    words: str = ""
    is_shut: bool = False


@dataclass(frozen=True)
class Page:
    """All visits of a page: `rows` with something to choose, `more` beyond what one page can carry."""

    rows: list[Shown]
    seen: str
    goes: str
    more: int
    quality: Quality

    @property
    def groups(self) -> list[Group]:
        """A few stand in one table; of many those without a time come first, the others by day."""
        if len(self.rows) <= AT_ONCE:
            return [Group(self.rows)]
        urgent = [row for row in self.rows if row.needs_somebody]
        rest: dict[date, list[Shown]] = {}
        for row in sorted(self.rows, key=lambda row: row.visit.booking.starts):
            if not row.needs_somebody:
                rest.setdefault(row.visit.booking.day, []).append(row)
        first = [Group(urgent, _("To decide"), _("these have no new time, or want a second look"))]
        return first * bool(urgent) + [
            Group(rows, formats.day(day), self._words_of_day(day, rows), is_shut=True)
            for day, rows in rest.items()
        ]

    def _words_of_day(self, day: date, rows: Sequence[Shown]) -> str:
        same = sum(row.proposal.found.starts == row.visit.booking.starts for row in rows)
        words = [ngettext("%(n)s visit", "%(n)s visits", len(rows)) % {"n": len(rows)}]
        if same:
            words.append(_("%(n)s at the same time") % {"n": same})
        if len(rows) > same:
            words.append(_("%(n)s at another time") % {"n": len(rows) - same})
        words.append(_("room for %(n)s that day") % {"n": self.quality.free.get(day, 0)})
        return ", ".join(words)

    def count(self, *choices: str) -> int:
        return sum(row.doing in choices for row in self.rows)


def read_page(
    closing: Closing, bookings: Sequence[Booking], *, place: Location, now: datetime,
    typed: Typed | None = None,
) -> Page:  # fmt: skip
    visits = read_visits(Booking.objects.filter(pk__in=[one.pk for one in bookings]), now=now)
    by_pk = {visit.booking.pk: visit for visit in visits}
    plan = reflow.read_plan(closing, [visit.booking for visit in visits], place=place, now=now)
    proposals = plan.rows
    doctors = _doctors(proposals)
    reached = _reached([proposal.booking for proposal in proposals], now)
    rows = [
        _shown(proposal, by_pk[proposal.booking.pk], doctors, reached, place, typed, now)
        for proposal in proposals[:MOST]
    ]
    seen = " ".join(f"{one.booking.reference}:{one.booking.version}" for one in visits)
    goes = carried_plan(_carried(proposals[:MOST]))
    return Page(rows, seen, goes, max(0, len(proposals) - MOST), plan.quality)


def _carried(proposals: Iterable[Proposal]) -> Iterator[tuple[str, Goes]]:
    for one in proposals:
        if one.found:
            lead = one.booking.reference
            yield lead, Goes(one.found.starts, one.found.practitioner)
            for other in one.along:
                goes = Goes(other.found.starts, other.found.practitioner, other.booking.version, lead)
                yield other.booking.reference, goes


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
    found = [proposal.found for proposal in proposals if proposal.found]
    found += [one.found for proposal in proposals for one in proposal.along]
    who = {one.practitioner for one in found}
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
        reason=_reason(proposal),
        checks=_checks(proposal, visit, now),
        reached=reached.get(booking.patient_id) or _("nothing to write to"),
        phone_words=phones.shown(patient.phone),
        along=[_shown_along(one, visit, doctors, tz) for one in proposal.along],
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


def _shown_along(one: Along, lead: Visit, doctors: Mapping[int, str], tz) -> ShownAlong:
    session = {"number": one.booking.session.number, "count": lead.booking.sessions}
    return ShownAlong(
        what=_("session %(number)s of %(count)s moves along") % session,
        was=formats.when(one.booking.starts, tz),
        doctor=one.booking.practitioner.resource.name,
        goes=_goes(one.booking, one.found, tz),
        goes_to=_("with %(doctor)s") % {"doctor": doctors[one.found.practitioner]},
        checks=[("sun", "clock", _("past its latest day"))] if one.is_late else [],
    )


def _reason(proposal: Proposal) -> str:
    """Why there and not elsewhere."""
    if proposal.found is None:
        return _WHY_NOT[proposal.why_not] if proposal.why_not else _("being looked after just now")
    return {
        Way.SAME: _("another room or chair is free"),
        Way.COLLEAGUE: _("a colleague is free then"),
        Way.SAME_DAY: _("nobody is free at that time"),
        Way.NEXT_DAY: _("nobody is free that day"),
        Way.DAY_BEFORE: _("nearest to its day") if proposal.booking.session_id else _("no later day will do"),
    }[proposal.found.way]


_WHY_NOT = {
    WhyNot.NOBODY: gettext_lazy("nobody who may do it is there in those weeks"),
    WhyNot.FULL: gettext_lazy("no free time in four weeks"),
    WhyNot.TAKEN: gettext_lazy("others of this list have the last free times"),
    WhyNot.GAP: gettext_lazy("no day between its neighbours"),
}


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
