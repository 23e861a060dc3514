"""A visit in the words of the desk: on a line of the day, in the open card, in the waiting list."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from django.utils.translation import gettext as _

from bookings.models import Booking, Status
from bookings.models.bookings import GONE, PRESENT
from bookings.services.desk import acts as desk_acts
from bookings.services.desk.day import Part, Touch, Visit
from bookings.views.desk.frame import age_of
from clinic import formats
from clinic.services.days import local_day, zone_of
from clinic.templatetags.look import STATUSES
from consultations.services.form_state import SENT

Tag = tuple[str, str, str]  # colour, icon, words
LONG_WAIT, TOO_LONG = timedelta(minutes=15), timedelta(minutes=30)


@dataclass(frozen=True)
class Act:
    """A step as a button."""

    to: str
    words: str
    key: str = ""


@dataclass(frozen=True)
class Line:
    visit: Visit
    reference: str
    version: int
    name: str
    age: str
    starts: datetime
    when: str
    doctor: str
    what: str
    parts: list[dict]
    status: str
    state: Tag
    tags: list[Tag]
    acts: list[Act]
    is_chosen: bool

    @property
    def next(self) -> Act | None:
        """The button on the line itself. Numbing begins in the open card, where today's check is."""
        ahead = [act for act in self.acts if act.to != Status.PREPARING]
        usual = self.acts[0].to != Status.PREPARING if self.acts else False
        return ahead[0] if usual else None


def line_of(visit: Visit, *, now: datetime, chosen: str = "") -> Line:
    booking, tz = visit.booking, zone_of(visit.booking.location)
    today = local_day(now, booking.location)
    patient = booking.patient
    return Line(
        visit=visit,
        reference=booking.reference,
        version=booking.version,
        name=patient.name if patient else _holder(booking),
        age=age_of(patient, today) if patient else "",
        starts=booking.starts,
        when=formats.span_of(booking.starts, booking.ends, tz),
        doctor=booking.practitioner.resource.name,
        what=what_of(visit),
        parts=parts_of(visit, tz),
        status=booking.status,
        state=state_of(visit, now, tz),
        tags=tags_of(visit, now) if patient else [],
        acts=[_act(booking.status, to) for to in desk_acts.steps_ahead(visit, today=today)],
        is_chosen=booking.reference == chosen,
    )


def what_of(visit: Visit) -> str:
    name = visit.booking.visit_type.name
    if visit.session_of is None:
        return name
    number, count = visit.session_of
    said = {"name": name, "number": number, "count": count}
    return _("%(name)s, session %(number)s of %(count)s") % said


def parts_of(visit: Visit, tz: tzinfo) -> list[dict]:
    """Each step with its resources; the clock stands on those after the first."""
    return [_part(part, tz, at=place > 0) for place, part in enumerate(visit.parts)]


def _part(part: Part, tz: tzinfo, *, at: bool) -> dict:
    return {
        "kind": part.kind,
        "name": part.name,
        "where": ", ".join(part.where),
        "time": formats.time_of(part.starts, tz),
        "at": at,
    }


def _holder(booking: Booking) -> str:
    """A time held without a patient: by a colleague, or by somebody at home."""
    if booking.held_by and booking.held_by.is_staff:
        return _("%(name)s is booking") % {"name": booking.held_by.name}
    return _("Somebody is booking online")


def state_of(visit: Visit, now: datetime, tz: tzinfo) -> Tag:
    """Where the visit stands, in colour, icon and word."""
    booking = visit.booking
    if visit.is_offer:
        return "plum", "chat", _("asked: waiting for an answer")
    code, words = _status(booking, now, tz)
    colour, icon, usual = STATUSES[code]
    return "plain" if code == "booked" and words else colour, icon, words or str(usual)


def _status(booking: Booking, now: datetime, tz: tzinfo) -> tuple[str, str]:
    """The status as the desk speaks of it, and words where the usual one says too little."""
    match booking.status:
        case Status.HELD:
            return "held", _("held %(n)s min") % {"n": minutes_left(booking, now)}
        case Status.BOOKED if booking.confirmed_at:
            return "confirmed", ""
        case Status.BOOKED if now.astimezone(tz).date() <= booking.day <= _tomorrow(now, tz):
            return "booked", _("not confirmed")
        case Status.ARRIVED if booking.arrived_at:
            return "arrived", _("arrived %(time)s") % {"time": formats.time_of(booking.arrived_at, tz)}
    return str(booking.status), ""


def _tomorrow(now: datetime, tz: tzinfo) -> date:
    return now.astimezone(tz).date() + timedelta(days=1)


def minutes_left(booking: Booking, now: datetime) -> int:
    """A minute that has begun counts."""
    return -((now - booking.held_until) // timedelta(minutes=1))


def tags_of(visit: Visit, now: datetime) -> list[Tag]:
    """What somebody at the desk has to know of this visit. Never an answer or a condition."""
    booking = visit.booking
    if booking.in_error_at:
        return [("alarm", "warning", _("entered in error"))]
    late = [("plain", "pencil", _("entered later"))] if booking.entered_late_at else []
    if visit.is_offer or booking.status in GONE or booking.status == Status.DONE:
        return late
    tags: list[Tag] = list(filter(None, [_punctual(booking, now)]))
    if visit.doctor_first:
        tags.append(("sun", "person", _("doctor to review")))
    if visit.notes.form != SENT and booking.session_id is None:
        tags.append(("sun", "form", _("form not finished")))
    if visit.notes.course_form != SENT and booking.session_id is not None:
        tags.append(("plain", "form", _("form open")))
    if visit.is_first:
        tags.append(("leaf", "star", _("first visit")))
    return tags + _agreed(booking) + [("sky", "info", text) for text in visit.notes.texts]


def _punctual(booking: Booking, now: datetime) -> Tag | None:
    """They said how late they are; until then nobody misses them."""
    if booking.status != Status.BOOKED:
        return None
    late = timedelta(minutes=booking.late_minutes or 0)
    if now > booking.starts + late:
        return "sun", "clock", _("not here yet")
    return ("sun", "clock", _("%(n)s min late") % {"n": booking.late_minutes}) if late else None


def _agreed(booking: Booking) -> list[Tag]:
    """What somebody arranged for this visit alone."""
    found: list[tuple[object, Tag]] = [
        (getattr(booking, "asked_to_move", False), ("plum", "chat", _("asked to move"))),
        (booking.kept_by_id, ("plain", "lock", _("kept although closed"))),
        (booking.fit_in_reason, ("plain", "plus", _("fit-in"))),
    ]
    return [tag for is_so, tag in found if is_so]


def _act(status: str, to: str) -> Act:
    words = {
        (Status.BOOKED, Status.ARRIVED): (_("Check in"), "a"),
        (Status.ARRIVED, Status.PREPARING): (_("Start numbing"), "p"),
        (Status.ARRIVED, Status.BOOKED): (_("Not here after all"), ""),
        (Status.PREPARING, Status.ARRIVED): (_("Back to waiting"), ""),
        (Status.WATCHING, Status.IN_ROOM): (_("Back to the room"), ""),
    }
    usual = {
        Status.IN_ROOM: (_("To the room"), "r"),
        Status.WATCHING: (_("Out of the room, resting"), "o"),
        Status.DONE: (_("Done, goes home"), "d"),
    }
    said, key = words.get((status, to)) or usual[to]
    return Act(to, said, key)


# Who waits


def is_waiting(visit: Visit) -> bool:
    return visit.booking.status == Status.ARRIVED


def is_inside(visit: Visit) -> bool:
    return visit.booking.status in PRESENT and not is_waiting(visit)


def waited(visit: Visit, now: datetime) -> Tag:
    """How long, in colour and words: amber from a quarter of an hour, red from half of one."""
    since = now - (visit.booking.arrived_at or now)
    colour = "alarm" if since >= TOO_LONG else "sun" if since >= LONG_WAIT else "leaf"
    return colour, "clock", _("%(n)s min") % {"n": since // timedelta(minutes=1)}


def touched(touch: Touch | None, tz: tzinfo, now: datetime) -> str:
    """Moved by Meera Pai, 12 s ago."""
    if touch is None:
        return ""
    by, when = touch.by or _("the patient"), ago(touch.at, tz, now)
    return _("%(act)s by %(by)s, %(ago)s") % {"act": _done(touch.action), "by": by, "ago": when}


def touched_just_now(touch: Touch, tz: tzinfo, now: datetime) -> str:
    """Moved 12 s ago by Meera Pai: on a card that changes under somebody's eyes, when comes before who."""
    by, when = touch.by or _("the patient"), ago(touch.at, tz, now)
    return _("%(act)s %(ago)s by %(by)s") % {"act": _done(touch.action), "by": by, "ago": when}


def _done(action: str) -> str:
    return {
        "book": _("Booked"),
        "place": _("Booked"),
        "move": _("Moved"),
        "replan": _("Planned anew"),
        "cancel": _("Cancelled"),
        "undo": _("Undone"),
        "to_be_moved": _("Cancelled"),
        "enter_past": _("Entered later"),
        "fit_in": _("Fitted in"),
        "propose": _("Asked to move"),
        "accept": _("Moved"),
        "decline": _("Other time declined"),
        "keep": _("Kept although closed"),
        "arrived": _("Checked in"),
        "booked": _("Set back to booked"),
        "preparing": _("Numbing begun"),
        "in_room": _("Taken to the room"),
        "watching": _("Out of the room"),
        "done": _("Done"),
        "no_show": _("Noted as not come"),
    }.get(action, _("Changed"))


def ago(moment: datetime, tz: tzinfo, now: datetime) -> str:
    seconds = int((now - moment).total_seconds())
    if seconds < 60:
        return _("%(n)s s ago") % {"n": max(0, seconds)}
    if seconds < 3600:
        return _("%(n)s min ago") % {"n": seconds // 60}
    same_day: bool = moment.astimezone(tz).date() == now.astimezone(tz).date()
    return formats.time_of(moment, tz) if same_day else formats.when(moment, tz)
