"""To do now: the one list of the desk. Each kind of thing to do is a function in KINDS that gives rows.

A later kind is one more function and one more name in KINDS. Some twenty queries at most, however long the
list: the visits of today and the next day, calls about them, three for delays, seven for what stands in a
closure, sessions that lost their time, offers, days left open, courses gone cold, three for pauses.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cached_property

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from bookings.models import Booking, CallOutcome, Status
from bookings.models.bookings import PRESENT
from bookings.services.closing import closures
from bookings.services.cold import cold_count
from bookings.services.desk import calling, lateness, todo_rows
from bookings.services.desk.calling import FIRST, MISSED, NEVER, Tried
from bookings.services.desk.lateness import NO_DELAY, Delay
from bookings.services.desk.todo_courses import courses_to_plan_again
from bookings.services.desk.todo_offers import offers
from bookings.services.desk.todo_pauses import pauses
from bookings.services.desk.todo_rows import Act, Reason, Row, Urgency, about, merged
from bookings.services.desk.todo_waiting import free_times
from clinic import formats
from clinic.models import Location
from clinic.services.days import local_day, zone_of
from consultations.models import Intake
from consultations.models.intakes import Purpose

COUNT_GOOD_FOR = timedelta(seconds=30)
FORM_BEFORE = timedelta(hours=24)
LEFT_OPEN_SINCE = timedelta(days=30)
RELEASED_SINCE = timedelta(days=90)
STRANDED, WANTS_CHANGE, WRONG_NUMBER, CALL, FORM = 50, 40, 30, 10, 0
JUST_BOOKED = -8  # they said today that they come; rung last


class Scope:
    """One location now. What a kind asks for is read when the first one asks, and once."""

    def __init__(self, location: Location, now: datetime) -> None:
        self.location, self.now = location, now
        self.tz, self.today = zone_of(location), local_day(now, location)

    @cached_property
    def bookings(self) -> list[Booking]:
        """Everybody booked today and on the next day with visits."""
        booked = Booking.objects.filter(location=self.location, status=Status.BOOKED, replaces=None)
        last = calling.last_day(self.location, self.today)
        return self.read(booked.filter(day__gte=self.today, day__lte=last))

    def read(self, bookings: QuerySet[Booking]) -> list[Booking]:
        """With all that a row says of a visit, in one query."""
        own = Booking.objects.filter(patient=OuterRef("patient"))
        earlier = own.filter(starts__lt=OuterRef("starts"))
        forms = Intake.objects.filter(patient=OuterRef("patient"), purpose=Purpose.FULL).order_by("-pk")
        found = bookings.select_related("patient__account", "visit_type", "practitioner__resource").annotate(
            been_before=Exists(earlier.filter(status=Status.DONE)),
            missed_before=Exists(earlier.filter(status=Status.NO_SHOW)),
            confirmed_before=Exists(own.filter(confirmed_at__isnull=False).exclude(pk=OuterRef("pk"))),
            form_sent_at=Subquery(forms.values("submitted_at")[:1]),
        )
        rows = list(found.order_by("starts", "pk"))
        for booking in rows:
            booking.location = self.location
        return rows

    @cached_property
    def coming(self) -> list[Booking]:
        return [booking for booking in self.bookings if booking.starts > self.now]

    @cached_property
    def begun(self) -> list[Booking]:
        return [booking for booking in self.bookings if booking.starts <= self.now]

    @cached_property
    def tried(self) -> dict[int, Tried]:
        return calling.tried([booking.pk for booking in self.coming])

    @cached_property
    def delays(self) -> dict[int, Delay]:
        return lateness.delays(location=self.location, day=self.today, now=self.now)

    @cached_property
    def stranded(self) -> list[Booking]:
        return closures.stranded(location=self.location, now=self.now)

    def time(self, moment: datetime) -> str:
        """The time of something today, else with its day."""
        is_today = local_day(moment, self.location) == self.today
        return formats.time_of(moment, self.tz) if is_today else formats.when(moment, self.tz)

    def urgency(self, booking: Booking) -> Urgency:
        return Urgency.TODAY if booking.day == self.today else Urgency.AHEAD


def todo(*, location: Location, now: datetime) -> list[Row]:
    """Return everything that waits for the desk of this location, the most urgent first."""
    scope = Scope(location, now)
    return merged(row for kind in KINDS for row in kind(scope))


def todo_count(*, location: Location, now: datetime) -> int:
    """Return how many lines the list has, for a bar: up to half a minute old, and then one query."""
    count, at = cache.get(_count_key(location)) or (0, None)
    if at is not None and timedelta(0) <= now - at < COUNT_GOOD_FOR:
        return count
    return remember_count(len(todo(location=location, now=now)), location=location, now=now)


def remember_count(count: int, *, location: Location, now: datetime) -> int:
    """Whoever has just read the list renews its number."""
    cache.set(_count_key(location), (count, now))
    return count


def _count_key(location: Location) -> str:
    return f"todo:{location.pk}"


# Whom to ring


def to_ring(scope: Scope) -> Iterable[Row]:
    """Visits of later today and the next day that nobody has confirmed, and that can be."""
    closed = {booking.pk for booking in scope.stranded}
    for booking in scope.coming:
        found = scope.tried.get(booking.pk)
        if booking.pk not in closed and calling.is_to_be_rung(booking, found, now=scope.now):
            yield _call_row(scope, booking, found)


def _call_row(scope: Scope, booking: Booking, found: Tried | None) -> Row:
    weight, reason = _came_of_it(scope, found)
    signs = calling.signals(booking)
    reasons = [reason, *(_SIGNALS[sign.code] for sign in signs)]
    weight += sum(sign.weight for sign in signs)
    if local_day(booking.created_at, scope.location) == scope.today and found is None:
        weight += JUST_BOOKED
        reasons.append(("plain", "calendar", _("booked today")))
    if not todo_rows.number_of(booking):
        reasons.append(("sun", "phone", _("no number")))
    acts = todo_rows.call_outcomes(booking)
    if found is not None and found.last.outcome == CallOutcome.WANTS_CHANGE:
        acts = (*acts, todo_rows.move(booking))
    return Row(
        about(booking), scope.urgency(booking), booking.starts, tuple(reasons), acts, booking, weight=weight,
        asks_for_call=True,
    )  # fmt: skip


_SIGNALS: dict[str, Reason] = {
    MISSED.code: ("sun", "cross", _lazy("missed a visit before")),
    FIRST.code: ("leaf", "star", _lazy("first visit")),
    NEVER.code: ("plain", "question", _lazy("has never confirmed")),
}


def _came_of_it(scope: Scope, found: Tried | None) -> tuple[int, Reason]:
    if found is None or found.last.outcome == CallOutcome.CONFIRMED:
        return CALL, ("plain", "phone", _("not confirmed"))
    said = {"time": scope.time(found.last.at), "n": found.times}
    if found.last.outcome == CallOutcome.WANTS_CHANGE:
        return WANTS_CHANGE, ("sun", "arrow", _("wants another time, said %(time)s") % said)
    if found.last.outcome == CallOutcome.WRONG_NUMBER:
        return WRONG_NUMBER, ("sun", "phone", _("wrong number, tried %(time)s") % said)
    words = ngettext("tried %(time)s", "tried %(n)s times, last %(time)s", found.times)
    return CALL, ("plain", "phone", words % said)


# Before they come


def forms(scope: Scope) -> Iterable[Row]:
    """Consultations within a day whose form has not been sent: every reminder has gone, so the desk offers
    the tablet. What stands in it is nobody's here.
    """
    for booking in scope.coming:
        is_soon = booking.starts - scope.now <= FORM_BEFORE
        if not is_soon or calling.is_resting(scope.tried.get(booking.pk), now=scope.now):
            continue
        if booking.session_id is None and booking.form_sent_at is None:
            reasons = (("sun", "form", _("form not finished")),)
            acts = (todo_rows.hand_tablet(booking),)
            yield Row(
                about(booking), scope.urgency(booking), booking.starts, reasons, acts, booking, weight=FORM
            )


def stranded(scope: Scope) -> Iterable[Row]:
    """Visits that stand in a closure or outside all hours: nobody would be there."""
    if not scope.stranded:
        return
    found = Booking.objects.filter(pk__in=[booking.pk for booking in scope.stranded])
    for booking in scope.read(found):
        reasons = (("alarm", "warning", _("closed then, or outside the hours")),)
        urgency = Urgency.NOW if booking.day <= scope.today else Urgency.AHEAD
        acts = (todo_rows.move(booking), todo_rows.ask_or_keep(booking), todo_rows.cancel(booking))
        yield Row(about(booking), urgency, booking.starts, reasons, acts, booking, weight=STRANDED)


def to_be_moved(scope: Scope) -> Iterable[Row]:
    """Sessions whose time was released because another was given, or two records became one."""
    placed = Booking.objects.counting().filter(session=OuterRef("session"))
    released = {
        "change_lines__change__action": "to_be_moved",
        "change_lines__change__at__gt": scope.now - RELEASED_SINCE,
    }
    wanted = {"session__given_on": None, "session__dropped_reason": "", "course__ended_on": None}
    lost = Booking.objects.filter(
        ~Exists(placed), location=scope.location, status=Status.CANCELLED, **released, **wanted
    )
    newest = {booking.session_id: booking for booking in scope.read(lost.distinct())}
    for booking in newest.values():
        reasons = (("sun", "calendar", _("lost its time: another is wanted")),)
        acts = (todo_rows.book_session(booking),)
        yield Row(
            f"session:{booking.session_id}", Urgency.TODAY, booking.starts, reasons, acts, booking,
            weight=STRANDED,
        )  # fmt: skip


# On the day


def on_their_way(scope: Scope) -> Iterable[Row]:
    """Who said that they come late, until they should be here."""
    for booking in scope.bookings:
        if booking.late_minutes and not _may_not_come(scope, booking):
            expected = booking.starts + timedelta(minutes=booking.late_minutes)
            said = {"n": booking.late_minutes, "time": scope.time(expected)}
            reasons = (("sun", "clock", _("comes %(n)s min late, about %(time)s") % said),)
            acts = (todo_rows.check_in(booking), todo_rows.move(booking))
            urgency = Urgency.NOW if booking.starts <= scope.now else Urgency.TODAY
            yield Row(about(booking), urgency, expected, reasons, acts, booking)


def not_here(scope: Scope) -> Iterable[Row]:
    """Whose visit began a while ago. Whether they come is asked only while the doctor is in time."""
    for booking in scope.begun:
        if _may_not_come(scope, booking):
            minutes = (scope.now - booking.starts) // timedelta(minutes=1)
            reasons = [("sun", "clock", _("not here for %(n)s min") % {"n": minutes})]
            if booking.late_minutes:
                reasons.append(("plain", "clock", _("said %(n)s min late") % {"n": booking.late_minutes}))
            late = todo_rows.says_late(booking, lateness.late_choices(booking, now=scope.now))
            acts = (todo_rows.check_in(booking), *late, todo_rows.did_not_come(booking))
            yield Row(about(booking), Urgency.NOW, booking.starts, tuple(reasons), acts, booking)


def _may_not_come(scope: Scope, booking: Booking) -> bool:
    delay = scope.delays.get(booking.practitioner_id, NO_DELAY)
    return lateness.may_suggest_no_show(booking, delay=delay, now=scope.now)


def overruns(scope: Scope) -> Iterable[Row]:
    """Doctors who run later than was said, with whom that keeps waiting."""
    for pk, delay in scope.delays.items():
        if delay.is_news:
            yield _overrun(scope, pk, delay)


def _overrun(scope: Scope, pk: int, delay: Delay) -> Row:
    said = {"name": delay.practitioner.resource.name, "n": delay.behind}
    reasons = [("sun", "clock", _("runs %(n)s min behind") % said)]
    for wait in delay.waits:
        words = {"name": wait.booking.patient.name, "time": scope.time(wait.expected), "n": wait.minutes}
        reasons.append(("plain", "person", _("%(name)s about %(time)s, %(n)s min later") % words))
    nearest = min(lateness.RUNS_LATE, key=lambda minutes: (abs(minutes - delay.behind), -minutes))
    query = urlencode({"at": scope.location.slug, "who": pk, "minutes": nearest})
    acts = (Act(_("Say that we run late…"), f"{reverse('desk_running_late')}?{query}"),)
    first = delay.waits[0].since
    return Row(f"practitioner:{pk}", Urgency.NOW, first, tuple(reasons), acts, title=said["name"])


# Afterwards


def days_left_open(scope: Scope) -> Iterable[Row]:
    """Days gone by on which somebody stands as still to come, or still inside."""
    for day, count in left_open(location=scope.location, before=scope.today).items():
        words = ngettext("%(n)s visit without an end", "%(n)s visits without an end", count) % {"n": count}
        query = urlencode({"at": scope.location.slug, "day": day.isoformat()})
        acts = (Act(_("Close the day…"), f"{reverse('desk_day_end')}?{query}"),)
        reasons = (("sun", "calendar", words),)
        yield Row(f"day:{day}", Urgency.TODAY, None, reasons, acts, title=formats.day(day), weight=STRANDED)


def left_open(*, location: Location, before: date) -> dict[date, int]:
    """{day: visits that have neither come to an end nor been noted as not come}; one query."""
    rows = Booking.objects.filter(
        location=location, day__lt=before, day__gte=before - LEFT_OPEN_SINCE, replaces=None
    )
    unsettled = rows.filter(Q(status=Status.BOOKED) | Q(status__in=PRESENT)).order_by("day")
    return dict(unsettled.values_list("day").annotate(n=Count("pk")).values_list("day", "n"))


def courses_gone_cold(scope: Scope) -> Iterable[Row]:
    """Courses without a time whose last day is past: one line for all of them; who they are stands there."""
    count = cold_count(now=scope.now, locations=[scope.location.pk])
    if not count:
        return
    words = ngettext("%(n)s course has no time and is late", "%(n)s courses have no time and are late", count)
    address = f"{reverse('desk_courses')}?{urlencode({'at': scope.location.slug})}"
    acts = (Act(_("See who…"), address),)
    reasons = (("sun", "calendar", words % {"n": count}),)
    title = _("Courses to look after")
    yield Row(f"courses:{scope.location.pk}", Urgency.AHEAD, None, reasons, acts, title=title)


KINDS: tuple[Callable[[Scope], Iterable[Row]], ...] = (
    not_here,
    on_their_way,
    overruns,
    stranded,
    to_be_moved,
    courses_to_plan_again,
    offers,
    free_times,
    to_ring,
    forms,
    days_left_open,
    courses_gone_cold,
    pauses,
)
