"""What the page of a whole course says: the plan, other rhythms, why there is none, what others took."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.services.explaining import Blocked, Explanation, Help, WayOn, Why
from bookings.services.own_visits import CourseSeen
from bookings.services.planning import Proposal, Question, Wanted
from bookings.services.rhythms import Offered, Rhythm
from clinic import formats
from clinic.models import Location
from clinic.services.days import local_day, zone_of
from treatments.models import CourseSession
from treatments.rules.gaps import Verdict

Names = Mapping[int, str]
Times = Sequence[tuple[CourseSession, datetime, int | None]]
Link = Callable[..., str]
A_FEW = 3  # stretches of days; more of them are counted instead

RHYTHMS = {
    Rhythm.SUGGESTED: gettext_lazy("What we suggest"),
    Rhythm.SOONEST: gettext_lazy("Soonest"),
    Rhythm.STEADIEST: gettext_lazy("Steadiest"),
    Rhythm.YOURS: gettext_lazy("Your days and doctor"),
    Rhythm.OTHER: gettext_lazy("Other days"),
}
REASONS = {
    Why.SOON: gettext_lazy("too soon to book"),
    Why.FAR: gettext_lazy("more than a year ahead, not open for booking yet"),
    Why.NEAR: gettext_lazy("too near to a session of your other course"),
    Why.AWAY: gettext_lazy("you said that you are away"),
    Why.GAP: gettext_lazy("times are free, but too near to another session, or too far from it"),
    Why.WEEKDAY: gettext_lazy("times are free, but not on the days you chose"),
    Why.DOCTOR: gettext_lazy("times are free, but not with the doctor you chose"),
    Why.FULL: gettext_lazy("every time is taken"),
    Why.HOURS: gettext_lazy("nobody treats then"),
    Why.HOLIDAY: gettext_lazy("public holiday"),
    Why.CLOSED: gettext_lazy("the clinic is closed"),
    Why.LEAVE: gettext_lazy("the doctor is away"),
}


def counted(seen: CourseSeen) -> tuple[int, int]:
    """Return how many sessions the plan is of, and how many come later, without a time for now."""
    soft = sum(row.session.is_soft and not row.booking for row in seen.rows)
    return len(seen.rows) - soft, soft


# One plan


def session_rows(seen: CourseSeen, proposal: Proposal, names: Names, shown: Times = ()) -> list[dict]:
    """Every session with its day, and how many days lie between it and the one before.

    `shown`: the times that stood here before; what changed is struck.
    """
    wanted = {item.session.pk: item for item in proposal.wanted}
    before = {session.pk: starts for session, starts, _who in shown}
    found, previous = [], None
    for row in seen.rows:
        item = wanted.get(row.session.pk)
        starts = item.starts if item else row.booking.starts if row.booking else None
        day = row.session.given_on or (local_day(starts, seen.course.location) if starts else None)
        if day is None:
            continue
        one = {"number": row.session.number, "state": "booked", "when": _when(starts, day, seen)}
        if row.state == "given":
            one |= {"state": "done", "when": formats.day(day)}
        elif item:
            one |= _choose(item, day, previous, names)
            one |= _struck(before.get(row.session.pk), starts, seen)
        found.append(one)
        previous = day
    return found


def _when(starts: datetime | None, day: date, seen: CourseSeen) -> str:
    return formats.when(starts, zone_of(seen.course.location)) if starts else formats.day(day)


def _choose(item: Wanted, day: date, previous: date | None, names: Names) -> dict:
    why = _("%(days)d days after the one before") % {"days": (day - previous).days} if previous else ""
    return {"state": "choose", "word": names.get(item.practitioner, _("any dermatologist")), "why": why}


def _struck(was: datetime | None, now: datetime, seen: CourseSeen) -> dict:
    if was in (None, now):
        return {}
    return {"state": "moved", "was": formats.when(was, zone_of(seen.course.location)), "word": _("new time")}


# Somebody was quicker


def lost(question: Question, shown: Times, proposal: Proposal) -> dict | None:
    """Say which of the times that were shown are taken, and what else has changed with them."""
    gone = [
        (session, starts)
        for session, starts, who in shown
        if session.pk not in question.tail.booked and not question.is_free(starts, who)
    ]
    if not gone:
        return None
    before = {session.pk: starts for session, starts, _who in shown}
    taken = {session.pk for session, _starts in gone}
    moved = [item.session.number for item in proposal.wanted if before.get(item.session.pk) != item.starts]
    others = [
        item.session.number
        for item in proposal.wanted
        if item.session.pk not in taken and before.get(item.session.pk) != item.starts
    ]
    return {
        "sentence": " ".join(_taken(session, starts, question.course.location) for session, starts in gone),
        "after": _after(proposal, moved, others),
    }


def _taken(session: CourseSession, starts: datetime, location: Location) -> str:
    said = {"number": session.number, "when": formats.when(starts, zone_of(location))}
    return _("Somebody else has just taken the time of session %(number)d, %(when)s.") % said


def _after(proposal: Proposal, moved: Sequence[int], others: Sequence[int]) -> str:
    if not proposal.wanted:
        return ""
    if others:
        said = {"numbers": _listed(others)}
        one = _("Session %(numbers)s has a new time too, so that the days between your sessions are kept.")
        many = _("Sessions %(numbers)s have new times too, so that the days between your sessions are kept.")
        return (one if len(others) == 1 else many) % said
    if len(moved) < len(proposal.wanted):
        return _("All other sessions are as you saw them.")
    return ""


def _listed(numbers: Sequence[int]) -> str:
    *most, last = (str(number) for number in numbers)
    return _("%(first)s and %(last)s") % {"first": ", ".join(most), "last": last} if most else last


# Other rhythms


def true_of_chosen(chosen: Offered, offered: Sequence[Offered]) -> str:
    """What the plan that is shown has before all others, as far as it is true."""
    is_soonest = all(chosen.days[0] <= one.days[0] for one in offered)
    if chosen.drift:
        return _("As soon as can be.") if is_soonest else ""
    if is_soonest:
        return _("As soon as can be, with the days between as the doctor planned.")
    return _("With the days between as the doctor planned.")


def rhythm_rows(offered: Sequence[Offered], chosen: Offered, link: Link) -> list[dict]:
    """Each other plan with what is true of it, against the one that is shown."""
    return [
        {
            "name": RHYTHMS[one.rhythm],
            "days": _from_to(one.days[0], one.days[-1]),
            "words": " · ".join([*_true_of(one, chosen), *_shares(one, chosen)][:2]),
            "href": link(rhythm=one.rhythm if one.rhythm != Rhythm.SUGGESTED else None),
        }
        for one in offered
        if one is not chosen
    ]


def _true_of(one: Offered, chosen: Offered) -> Iterator[str]:
    sooner = (chosen.days[0] - one.days[0]).days
    if sooner > 0:
        yield ngettext("begins %(n)d day sooner", "begins %(n)d days sooner", sooner) % {"n": sooner}
    if one.drift < chosen.drift:
        nearer, exact = _("days between nearer to the plan"), _("the days between as the doctor planned")
        yield nearer if one.drift else exact
    if one.rhythm == Rhythm.YOURS:
        said = {"n": one.usual, "all": len(one.days)}
        yield _("%(n)d of %(all)d as you usually come") % said


def _shares(one: Offered, chosen: Offered) -> list[str]:
    other = one.on_other_days(chosen)
    if other == 0:
        return [_("same days, other times")]
    return [_("%(n)d of %(all)d on other days") % {"n": other, "all": len(one.days)}]


def _from_to(first: date, last: date) -> str:
    if first == last:
        return formats.day(first)
    return _("%(first)s to %(last)s") % {"first": formats.day(first), "last": formats.day(last)}


# Why there is none


def explained(found: Explanation, link: Link) -> dict:
    number = {"number": found.session.number}
    if found.window:
        said = number | {"first": formats.day(found.window[0]), "last": formats.day(found.window[1])}
        title = _("We could not find a time for session %(number)d between %(first)s and %(last)s.") % said
    else:
        title = _("The sessions around it leave no day for session %(number)d.") % number
    ways = [_way(one, link) for one in found.ways]
    return {"title": title, "blocked": [_blocked(one) for one in found.blocked], "ways": ways}


def _blocked(blocked: Blocked) -> dict:
    stretches = list(_stretches(blocked.days))
    if len(stretches) <= A_FEW:
        return {"days": ", ".join(_from_to(*one) for one in stretches), "why": REASONS[blocked.why]}
    said = {"n": len(blocked.days), "first_to_last": _from_to(blocked.days[0], blocked.days[-1])}
    return {"days": _("%(n)d days, %(first_to_last)s") % said, "why": REASONS[blocked.why]}


def _stretches(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    first = last = days[0]
    for day in days[1:]:
        if day != last + timedelta(days=1):
            yield first, last
            first = day
        last = day
    yield first, last


WITH = {
    Help.DOCTOR: gettext_lazy("With any dermatologist: session %(number)d on %(day)s"),
    Help.WEEKDAY: gettext_lazy("On any day of the week: session %(number)d on %(day)s"),
    Help.WISHES: gettext_lazy("With any dermatologist, on any day: session %(number)d on %(day)s"),
    Help.BEGIN_SOONER: gettext_lazy("Begin as soon as you can: session %(number)d on %(day)s"),
    Help.BEGIN_LATER: gettext_lazy("Begin on %(day)s: then there is a time for every session"),
    Help.AWAY: gettext_lazy("While you are away there is a time: session %(number)d on %(day)s"),
}
ASK = {
    Verdict.LATE: gettext_lazy("The front desk can book that: please ring us."),
    Verdict.RESCREEN: gettext_lazy("The doctor has to look at that first: please ring us."),
    Verdict.DOCTOR_ONLY: gettext_lazy("Only the doctor can say whether that is possible: please ring us."),
}


def _way(way: WayOn, link: Link) -> dict:
    said = {"number": way.session.number, "day": formats.day(way.day)}
    if way.help in (Help.LATER, Help.SOONER):
        return {"words": _gives_way(way, said), "ask": ASK.get(way.verdict, ASK[Verdict.RESCREEN])}
    looser = {
        Help.DOCTOR: {"doctor": None}, Help.WEEKDAY: {"day": None}, Help.BEGIN_SOONER: {"begin": None},
        Help.WISHES: {"doctor": None, "day": None}, Help.BEGIN_LATER: {"begin": way.day},
    }  # fmt: skip
    href = link(**looser[way.help]) if way.help in looser else ""
    return {"words": WITH[way.help] % said, "href": href, "ask": ""}


def _gives_way(way: WayOn, said: dict) -> str:
    said = said | {"n": way.days, "of": way.of.number}
    if way.help == Help.LATER:
        words = ngettext("%(n)d day later than planned", "%(n)d days later than planned", way.days)
    else:
        words = ngettext("%(n)d day sooner than planned", "%(n)d days sooner than planned", way.days)
    said["change"] = words % said
    if way.of == way.session:
        return _("%(change)s would do: session %(number)d on %(day)s.") % said
    return _("Session %(of)d %(change)s would do: then session %(number)d is on %(day)s.") % said
