"""Several plans for one course, each with a name that is true of it: the one we suggest, and other rhythms.

soonest    begins earlier than what we suggest, as early as can be
steadiest  its gaps are nearer to what the doctor planned, as near as can be
yours      more sessions on the days of the week, with the doctor, this patient mostly had
other      the best that has at least half of its sessions on other days than every plan before it

What is no better in what its name says is not offered, nor what is the same plan under another name.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum

from bookings.models import Booking
from bookings.models.bookings import GONE
from bookings.rules import planner
from bookings.rules.planner import Weights
from bookings.services.planning import Proposal, Question, Taste
from clinic.rules import timespans

FIRST_OF_ALL = 100_000  # outweighs whatever a year of drift and wishes can come to
A_HABIT = 2  # visits
LOOKED_BACK = 12  # visits


class Rhythm(StrEnum):
    SUGGESTED = "suggested"
    SOONEST = "soonest"
    STEADIEST = "steadiest"
    YOURS = "yours"
    OTHER = "other"


WEIGHTS = {
    Rhythm.SOONEST: Weights(gap_day=100, start_day=FIRST_OF_ALL),
    Rhythm.STEADIEST: Weights(gap_day=FIRST_OF_ALL, start_day=100),
    Rhythm.YOURS: Weights(gap_day=4, start_day=1),
}


@dataclass(frozen=True)
class Offered:
    """One plan. `drift`: days that its gaps are off their targets, all together; `usual`: see Habit."""

    rhythm: Rhythm
    proposal: Proposal
    days: tuple[date, ...]
    drift: int
    usual: int = 0

    def on_other_days(self, than: "Offered") -> int:
        return sum(day not in than.days for day in self.days)


@dataclass(frozen=True)
class Habit:
    """When and with whom this patient mostly came."""

    weekdays: frozenset[int]
    around: time
    practitioner: int

    def covers(self, proposal: Proposal, question: Question) -> int:
        """Return how many sessions are on such a day with this doctor."""
        return sum(
            timespans.local_day(item.starts, question.tz).weekday() in self.weekdays
            and item.practitioner == self.practitioner
            for item in proposal.wanted
        )


def offer(question: Question) -> list[Offered]:
    """Return the plan we suggest and every other rhythm there is; empty where there is no plan."""
    suggested = question.propose()
    if not suggested.wanted:
        return []
    habit = read_habit(question)
    found = [_offered(Rhythm.SUGGESTED, suggested, question, habit)]
    for rhythm in (Rhythm.SOONEST, Rhythm.STEADIEST, *([Rhythm.YOURS] if habit else [])):
        one = _offered(rhythm, _plan(question, rhythm, habit), question, habit)
        if _is_better(one, found[0]) and all(one.proposal != other.proposal for other in found):
            found.append(one)
    if other := _on_other_days(question, found):
        found.append(_offered(Rhythm.OTHER, other, question, habit))
    return found


def _plan(question: Question, rhythm: Rhythm, habit: Habit | None) -> Proposal:
    taste = None
    if rhythm == Rhythm.YOURS:
        who = question.wish.practitioner or habit.practitioner
        taste = Taste(who, question.wish.around or habit.around, habit.weekdays)
    return question.propose(weights=WEIGHTS[rhythm], taste=taste)


def _is_better(one: Offered, than: Offered) -> bool:
    if one.rhythm == Rhythm.SOONEST:
        return one.days[0] < than.days[0]
    if one.rhythm == Rhythm.STEADIEST:
        return one.drift < than.drift
    return one.usual > than.usual


def _on_other_days(question: Question, shown: Sequence[Offered]) -> Proposal | None:
    request = question.request()
    most_shared = len(shown[0].days) // 2
    unlike = [frozenset(one.days) for one in shown]
    plan = planner.plan(replace(request, unlike=unlike, most_shared=most_shared))
    return question.answer(plan) if plan.proposals else None


def _offered(rhythm: Rhythm, proposal: Proposal, question: Question, habit: Habit | None) -> Offered:
    days = tuple(timespans.local_day(item.starts, question.tz) for item in proposal.wanted)
    usual = habit.covers(proposal, question) if habit else 0
    return Offered(rhythm, proposal, days, drift(question, proposal), usual)


def drift(question: Question, proposal: Proposal) -> int:
    """Return by how many days the gaps are off their targets, those to booked sessions included."""
    tail, own = question.tail, {item.session.pk: item.starts for item in proposal.wanted}
    days = [
        timespans.local_day(own[session.pk], question.tz)
        if session.pk in own
        else tail.booked[session.pk].day
        for session in tail.sessions
    ]
    gaps = list(tail.gaps)
    if tail.first_gap:
        days, gaps = [tail.previous, *days], [tail.first_gap, *gaps]
    pairs = zip(days, days[1:], gaps, strict=False)
    return sum(abs((after - before).days - gap.target) for before, after, gap in pairs)


def read_habit(question: Question) -> Habit | None:
    """Return what the patient's last visits have in common; None with too few of them."""
    course = question.course
    visits = Booking.objects.filter(patient=course.patient_id, location=course.location, replaces=None)
    rows = visits.exclude(status__in=GONE).filter(in_error_at=None).order_by("-starts")
    found = list(rows.values_list("starts", "practitioner")[:LOOKED_BACK])
    if len(found) < A_HABIT:
        return None
    local = [starts.astimezone(question.tz) for starts, _who in found]
    weekdays = Counter(starts.weekday() for starts in local)
    minutes = sorted(starts.hour * 60 + starts.minute for starts in local)[len(local) // 2]
    return Habit(
        weekdays=frozenset(day for day, times in weekdays.items() if times * 2 >= max(weekdays.values())),
        around=time(minutes // 60, minutes % 60),
        practitioner=Counter(who for _starts, who in found).most_common(1)[0][0],
    )
