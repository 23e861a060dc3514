"""What speaks against an act: times that never were any, too many visits, medicine, the plan of a course."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bookings import refusals
from bookings.models import Booking, Change, Status
from bookings.models.bookings import GONE
from bookings.rules.openings import GRAIN_MINUTES
from bookings.services.door.acts import Act, Take, day_of
from bookings.services.door.gap_rules import Authority, check_gaps
from clinic.models import User, VisitType
from clinic.models.visit_types import VisitKind
from clinic.rules import timespans
from treatments.models import CourseSession
from treatments.services.may_treat import Obstacle, Stage, Standing, standing_of

MOST_AHEAD = 3
MOST_HOLDS = 3
NOON = time(12)
HORIZON = timedelta(days=366)


def refuse_impossible(act: Act) -> None:
    """Off the grid, in the past, too soon, too far ahead; or a treatment that no course prescribes."""
    if act.action == "undo":
        return
    for take in act.takes:
        if take.visit_type.kind == VisitKind.SESSION and take.session is None:
            raise refusals.NotPossible
        ahead, earliest, horizon = take.starts - act.now, timedelta(0), HORIZON
        if act.authority == Authority.PATIENT:
            earliest = timedelta(minutes=take.visit_type.notice_minutes)
            horizon = timedelta(days=take.visit_type.horizon_days) if take.session is None else horizon
        every = take.visit_type.start_every_minutes
        if act.walk_in or take.fit_in:  # at the desk, now: on the next five minutes
            every, earliest = GRAIN_MINUTES, -timespans.GRAIN
        local = take.starts.astimezone(ZoneInfo(take.location.time_zone))
        if _off_grid(local, every) or not earliest <= ahead <= horizon:
            raise refusals.NotATime


def _off_grid(local: datetime, every: int) -> bool:
    """Counted on the clock on the wall, as openings are, also on days on which that clock changes."""
    return bool((local.hour * 60 + local.minute) % every or local.second or local.microsecond)


def refuse_kinds_gone(act: Act) -> None:
    """Nothing new is of a kind that another version has taken the place of. Expects the practitioner locked,
    with whom a new version is made.

    What was promised before stays: visits that move, sessions of courses, a time held already.
    """
    if act.action == "undo":
        return
    new = {take.visit_type.pk for take in act.takes if not (take.booking or take.session or take.replaces)}
    if new and VisitType.objects.filter(pk__in=new, retired_at__isnull=False).exists():
        raise refusals.KindGone


def refuse_too_many(act: Act) -> None:
    """Expects the patient locked. Sessions of a course are as many as were prescribed."""
    new = [take for take in act.takes if take.session is None and take.booking is None]
    if not new or act.patient is None or act.authority != Authority.PATIENT:
        return
    ahead = Booking.objects.filter(
        patient=act.patient, session=None, status=Status.BOOKED, starts__gt=act.now, replaces=None
    )
    if ahead.count() + len(new) > MOST_AHEAD:
        raise refusals.TooMany


def refuse_too_many_holds(act: Act) -> None:
    """Three times at once behind one log-in, in whatever browsers; with it locked, two taps are counted."""
    if act.held_by is None:
        return
    list(User.objects.select_for_update(no_key=True).filter(pk=act.held_by.pk).values("pk"))
    held = Booking.objects.filter(status=Status.HELD, held_by=act.held_by).unexpired(act.now)
    if held.exclude(pk__in=act.own_holds).count() >= MOST_HOLDS:
        raise refusals.TooManyHolds


def refuse_fit_ins_past_cap(act: Act) -> None:
    """Expects the practitioner's row locked: so many a half-day and no more, whoever asks at once."""
    for take in act.takes:
        if take.fit_in and fit_ins_left(take, ignoring=act.ignored) < 1:
            raise refusals.NoFitInLeft


def fit_ins_left(take: Take, *, ignoring: Collection[int] = ()) -> int:
    """Return how many more visits may be squeezed in with the practitioner in that half of the day."""
    tz = ZoneInfo(take.location.time_zone)
    noon = timespans.local_instant(day_of(take), NOON, tz)
    half = {"starts__lt": noon} if take.starts < noon else {"starts__gte": noon}
    there = Booking.objects.filter(
        practitioner=take.practitioner, location=take.location, day=day_of(take), **half
    )
    there = there.exclude(fit_in_reason="").exclude(status__in=GONE).exclude(pk__in=ignoring)
    return take.location.fit_ins_per_half_day - there.count()


def let_medicine_decide(act: Act, undoes: Change | None) -> None:
    """Expects the patient locked: the caller's sessions were read before, and may have changed since."""
    days = {take.session.pk: day_of(take) for take in act.takes if take.session}
    if not days:
        return
    sessions = CourseSession.objects.select_related("course__patient", "product").filter(pk__in=days)
    sessions = list(sessions.order_by("course", "number"))
    standing = standing_of(sessions[0].course.patient, now=act.now)
    for session in sessions:
        _refuse_closed(session)
        obstacles = standing.obstacles(session, day=days[session.pk], stage=Stage.PLACING)
        if undoes:
            obstacles = _new_since(undoes.at, obstacles, standing)
        if obstacles:
            raise refusals.NeedsReview(obstacles)
    for course in {session.course for session in sessions}:
        own = {session.pk: days[session.pk] for session in sessions if session.course == course}
        check_gaps(
            course=course, days=own, ignoring=act.beside_the_course, authority=act.authority,
            reason=act.reason,
        )  # fmt: skip


def _refuse_closed(session: CourseSession) -> None:
    if session.given_on:
        raise refusals.AlreadyBooked
    if session.dropped_reason:
        raise refusals.NotPossible


_KEEPS_TIMES = ("no_decision", "not_allowed", "deferred", "in_question")


def _new_since(at: datetime, obstacles: Collection[Obstacle], standing: Standing) -> tuple[Obstacle, ...]:
    """What was in question already kept its time: undoing a slip puts that back. What came since does not."""
    facts = [*standing.later, *([standing.decision] if standing.decision else [])]
    times = [getattr(fact, "signed_at", None) or fact.at for fact in facts]
    times += [pause.from_at for pause in standing.pauses]
    if any(time > at for time in times):
        return tuple(obstacles)
    return tuple(obstacle for obstacle in obstacles if obstacle.code not in _KEEPS_TIMES)
