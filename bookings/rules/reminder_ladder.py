"""What one patient is told about visits, and when. Which words: clinic/rules/message_texts.py.

booked, moved, cancelled     one notice for a whole change: at once after the person's own act and within a
                             day of the visit, else after three minutes, so that an undo means nobody was told
−72 h, −24 h                 reminders, on the evening before when their hour is quiet
on hold                      once, after two weeks or from the day that was named
given                        the next visit, or the days to choose one from
days of a visit long ahead   when a time can be chosen, three weeks before the day aimed at
form not sent                2 h after it was left, −48 h; at −24 h the reminder itself says so
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from clinic.rules import quiet_hours
from clinic.rules.message_texts import KINDS
from clinic.rules.timespans import local_instant

ORDINARY = "ordinary"
CHANGE = "change"
GRACE = timedelta(minutes=3)
IN_THE_MORNING = time(10)
SOON = timedelta(hours=24)
MOST_ORDINARY_PER_SESSION = 3


@dataclass(frozen=True, slots=True)
class Rung:
    """A reminder so long before the visit, of use until the rung below it."""

    kind: str
    before: timedelta
    useful_until: timedelta


LADDER = (
    Rung("reminder_72", timedelta(hours=72), timedelta(hours=24)),
    Rung("reminder_24", timedelta(hours=24), timedelta(0)),
)

FORM_LEFT, FORM_SOON = "form_left", "form_48"
FORM_KINDS = (FORM_LEFT, FORM_SOON)
FORM_LEFT_FOR = timedelta(hours=2)
FORM_BEFORE = timedelta(hours=48)
NOT_TWICE_WITHIN = timedelta(hours=12)
ON_HOLD, ON_HOLD_FOR = "on_hold", timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Visit:
    starts: datetime
    place: int
    tz: tzinfo


@dataclass(frozen=True, slots=True)
class Planned:
    kind: str
    message_class: str
    due_at: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """One booking: what the patient was last told, and how it is now; None for no visit."""

    told: Visit | None
    now: Visit | None


@dataclass(frozen=True, slots=True)
class Notice:
    planned: Planned
    shown: Visit


def reminders(visit: Visit, *, now: datetime) -> list[Planned]:
    """Return the reminders still ahead; one whose hour has passed is not made up for."""
    return [
        _out_of_the_night(
            Planned(rung.kind, ORDINARY, visit.starts - rung.before, visit.starts - rung.useful_until),
            tz=visit.tz,
            now=now,
        )
        for rung in LADDER
        if visit.starts - rung.before > now
    ]


def form_reminders(visit: Visit, *, left_at: datetime, now: datetime) -> list[Planned]:
    """Return the reminders still ahead of a form that has not been sent.

    `left_at`: when it was last written in, or the visit booked. Never two of them, nor one beside the
    reminder of the day before, within half a day.
    """
    day_before = visit.starts - SOON
    left = _of_form(FORM_LEFT, left_at + FORM_LEFT_FOR, visit, now)
    soon = _of_form(FORM_SOON, visit.starts - FORM_BEFORE, visit, now)
    found = []
    if left_at + FORM_LEFT_FOR > now and left.due_at + NOT_TWICE_WITHIN <= day_before:
        found.append(left)
    beside = found and timedelta(0) <= soon.due_at - left.due_at < NOT_TWICE_WITHIN
    if visit.starts - FORM_BEFORE > now and not beside:
        found.append(soon)
    return found


def _of_form(kind: str, due: datetime, visit: Visit, now: datetime) -> Planned:
    planned = Planned(kind, ORDINARY, due, visit.starts - SOON)
    return _out_of_the_night(planned, tz=visit.tz, now=now)


def question(*, stands: Visit, offered: Visit, until: datetime, now: datetime) -> Planned | None:
    """Return when to ask whether somebody could come at another time; None when no time is left to ask."""
    soon = _is_soon(stands, now) or _is_soon(offered, now)
    message_class, due = (CHANGE, now) if soon else (ORDINARY, now + GRACE)
    if due >= until:
        return None
    return _out_of_the_night(Planned("another_time", message_class, due, until), tz=offered.tz, now=now)


def notice(differences: Sequence[Difference], *, own_act: bool, now: datetime) -> Notice | None:
    """Return the one notice that says how things differ from what was told; None if they don't, or too late.

    A booking made and undone before anybody was told differs in nothing; nor does one that is past matter.
    """
    real = [d for d in differences if d.told != d.now and (d.now or d.told).starts > now]
    shown = min(
        [d.now for d in real if d.now] or [d.told for d in real if d.told],
        key=lambda visit: visit.starts,
        default=None,
    )
    if shown is None:
        return None
    soon = any(_is_soon(visit, now) for d in real for visit in (d.told, d.now))
    at_once = own_act or soon
    message_class, due = (CHANGE, now) if at_once else (ORDINARY, now + GRACE)
    planned = Planned(_notice_kind(real), message_class, due, shown.starts)
    return Notice(_out_of_the_night(planned, tz=shown.tz, now=now), shown)


def next_visit(visit: Visit, *, now: datetime) -> Planned | None:
    """After a session was given and the next has its time."""
    if visit.starts <= now:
        return None
    planned = Planned("next_booked", ORDINARY, now + GRACE, visit.starts)
    return _out_of_the_night(planned, tz=visit.tz, now=now)


def next_days(last_day: date, *, tz: tzinfo, now: datetime) -> Planned | None:
    """After a session was given and the next has no time: of use until the last day for it has ended."""
    ends = local_instant(last_day + timedelta(days=1), time(0), tz)
    if ends <= now:
        return None
    return _out_of_the_night(Planned("next_to_book", ORDINARY, now + GRACE, ends), tz=tz, now=now)


def on_hold(due_at: datetime, *, tz: tzinfo, now: datetime) -> Planned | None:
    """While all that was ahead is on hold; None when the day to ask is long past."""
    planned = Planned(ON_HOLD, ORDINARY, due_at, due_at + ON_HOLD_FOR)
    return _out_of_the_night(planned, tz=tz, now=now) if planned.not_after > now else None


def time_to_choose(opens_on: date, last_day: date, *, tz: tzinfo, now: datetime) -> Planned | None:
    """In the morning of the day from which a time can be chosen; of use until the last day has ended."""
    ends = local_instant(last_day + timedelta(days=1), time(0), tz)
    if ends <= now:
        return None
    due = max(local_instant(opens_on, IN_THE_MORNING, tz), now + GRACE)
    return _out_of_the_night(Planned("time_to_choose", ORDINARY, due, ends), tz=tz, now=now)


def form_again(*, tz: tzinfo, now: datetime) -> Planned:
    """Somebody is asked to look through their form: of use for a fortnight."""
    planned = Planned("form_again", ORDINARY, now + GRACE, now + timedelta(days=14))
    return _out_of_the_night(planned, tz=tz, now=now)


def _out_of_the_night(planned: Planned, *, tz: tzinfo, now: datetime) -> Planned:
    fitted = quiet_hours.fit(
        planned.due_at,
        message_class=planned.message_class,
        when_quiet=KINDS[planned.kind].when_quiet,
        tz=tz,
        now=now,
    )
    return replace(planned, due_at=fitted or planned.due_at)


def _is_soon(visit: Visit | None, now: datetime) -> bool:
    return visit is not None and now < visit.starts < now + SOON


def _notice_kind(differences: Sequence[Difference]) -> str:
    acts = {"booked" if d.told is None else "cancelled" if d.now is None else "moved" for d in differences}
    act = acts.pop() if len(acts) == 1 else "changed"
    return act if len(differences) == 1 else f"{act}_several"
