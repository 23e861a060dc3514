"""Another time for one visit, or a first one for one session: only days that keep the gaps are offered."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door, refusals
from bookings.forms.times import ChooseTime, MoveTo, WhereAndWho
from bookings.models import Booking, Status
from bookings.permissions import load_booking
from bookings.services.courses import SessionWindow
from bookings.services.openings.fortnight import DAYS, Search, by_day, opening_weekdays, read_fortnight
from bookings.services.replanning import Replanned, Standing, read_standing
from bookings.views import replan_words
from bookings.views.patient import choosing, replanning
from bookings.views.patient.booked import refused_page
from clinic import clock, formats
from clinic.permissions import account_required
from clinic.services.days import local_day, zone_of
from treatments.models import CourseSession
from treatments.permissions import load_session_times


@dataclass(frozen=True)
class Asked:
    """One visit looking for a time: a booking that moves, a session without one, or both."""

    booking: Booking | None
    session: CourseSession | None
    address: str
    now: datetime
    day: date | None = None
    since: date | None = None
    anybody: bool = False

    @property
    def subject(self):
        """Where it is and what it is: the booking, or the course that wants one."""
        return self.booking or self.session.course

    @property
    def today(self) -> date:
        return local_day(self.now, self.subject.location)

    @property
    def doctor(self):
        return self.subject.practitioner

    @property
    def who(self) -> int | None:
        return self.doctor.pk if self.doctor and not self.anybody else None

    def link(self, **other) -> str:
        parts = {"since": self.since, "anybody": "1" if self.anybody else "", **other}
        query = urlencode({name: value for name, value in parts.items() if value})
        return self.address + (f"?{query}" if query else "")


FARTHEST = timedelta(days=2 * 366)
DAYS_BEFORE = 3  # of the day a visit has now: a phone shows four or five days at once

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
@account_required
def move(request: HttpRequest, reference: str) -> HttpResponse:
    booking = load_booking(request, reference)
    asked = _asked(request, booking, booking.session, reverse("move_visit", args=[reference]))
    form = MoveTo(request.POST or None)
    if request.method != "POST" and (booking.status != Status.BOOKED or booking.starts <= asked.now):
        return redirect("my_visits")
    if not form.is_valid():
        return times_page(request, asked, refused=refusals.NotATime() if form.is_bound else None)
    booking.version = form.cleaned_data["version"]
    if others := _others_that_move(asked, form.cleaned_data):
        return others
    to = [(booking, form.cleaned_data["starts"], form.cleaned_data["who"])]
    try:
        door.move(moves=to, key=form.cleaned_data["key"], by=request.user, now=asked.now)
    except refusals.Changed as refused:
        return refused_page(request, refused)
    except refusals.Refusal as refused:
        return times_page(request, asked, refused=refused)
    return redirect("my_visits")


@never_cache
@get_or_post
@account_required
def session_time(request: HttpRequest, session_id: int) -> HttpResponse:
    session = load_session_times(request, session_id)
    asked = _asked(request, None, session, reverse("session_time", args=[session_id]))
    form = ChooseTime(request.POST or None)
    if not form.is_valid():
        return times_page(request, asked, refused=refusals.NotATime() if form.is_bound else None)
    chosen = form.cleaned_data
    if others := _others_that_move(asked, chosen):
        return others
    try:
        door.book_session(
            session=session, starts=chosen["starts"], practitioner=chosen["who"], key=chosen["key"],
            by=request.user, now=asked.now,
        )  # fmt: skip
    except refusals.AlreadyBooked as refused:
        return refused_page(request, refused)
    except refusals.Refusal as refused:
        return times_page(request, asked, refused=refused)
    return redirect("my_visits")


def _others_that_move(asked: Asked, chosen: dict) -> HttpResponse | None:
    """To the page that shows what else moves first; None when nothing else does."""
    if asked.session is None or _is_same_day(asked, chosen["starts"]):
        return None
    standing = read_standing(asked.session.course, now=asked.now)
    if asked.session.pk not in {one.pk for one in standing.ahead}:
        return None  # it has been given meanwhile: the door says so
    replanned = standing.move(asked.session, chosen["starts"], chosen["who"])
    if sum(row.changes for row in replanned.rows) < 2:
        return None
    where = replanning.address(asked.session.course, asked.session, chosen["starts"], chosen["who"])
    return redirect(where)


def _is_same_day(asked: Asked, starts: datetime) -> bool:
    booking = asked.booking
    return booking is not None and local_day(starts, booking.location) == booking.day


def _asked(request: HttpRequest, booking: Booking | None, session: CourseSession | None, address: str):
    form = WhereAndWho(request.GET)
    form.is_valid()  # what cannot be read counts as not asked for
    given = form.cleaned_data
    return Asked(
        booking=booking,
        session=session,
        address=address,
        now=clock.now(),
        day=given.get("day"),
        since=given.get("since"),
        anybody=request.GET.get("anybody") == "1",
    )


def times_page(
    request: HttpRequest, asked: Asked, *, refused: refusals.Refusal | None = None
) -> HttpResponse:
    course = _read_course(asked) if asked.session else None
    window = course.window if course else SessionWindow(asked.today, None)
    days = course.days if course else _days(asked, window)
    content = {
        "booking": asked.booking,
        "session": asked.session,
        "subject": asked.subject,
        "was": formats.when(asked.booking.starts, zone_of(asked.booking.location)) if asked.booking else "",
        "once": uuid4(),
        "who": asked.who or "",
        **_chips(asked),
        **_why(asked, window),
        **_laid_out(asked, window, days, course),
        **_refusal(asked, refused),
    }
    status = refused.status if refused else 200
    return render(request, "bookings/patient/move.html", content, status=status)


@dataclass(frozen=True)
class CourseTimes:
    """What is free for one session over fourteen days, and what else would move on each of them."""

    window: SessionWindow
    days: dict[date, Sequence[datetime]]
    moves: dict[date, Replanned]


def _read_course(asked: Asked) -> CourseTimes:
    """Only days on which the rest of the course can follow; one start stands for all of a day."""
    session, booking = asked.session, asked.booking
    far = max(asked.since or asked.today, booking.day if booking else asked.today)
    standing = read_standing(
        session.course, now=asked.now, shown=min(far, asked.today + FARTHEST) + timedelta(days=DAYS)
    )
    first, last = standing.window(session)
    window = SessionWindow(first, last, _number_before(standing, session))
    since = _first_day(asked, window)
    until = since + timedelta(days=DAYS - 1)
    starts = standing.starts(asked.who, max(first, since), min(last or until, until))
    days = by_day(starts, since, zone_of(asked.subject.location))
    moves = {day: standing.move(session, starts[0]) for day, starts in days.items() if starts}
    own = booking.starts if booking else None
    return CourseTimes(
        window,
        {
            day: [start for start in starts if start != own and not moves[day].failed]
            for day, starts in days.items()
        },
        {day: found for day, found in moves.items() if not found.failed},
    )


def _number_before(standing: Standing, session: CourseSession) -> int | None:
    before = standing.session_before(session)
    return before.number if before else None


def _days(asked: Asked, window: SessionWindow) -> dict[date, Sequence[datetime]]:
    booking = asked.booking
    search = Search(booking.visit_type, booking.location, _first_day(asked, window), asked.who, [booking.pk])
    found = read_fortnight(search, now=asked.now).days
    return {day: [start for start in starts if start != booking.starts] for day, starts in found.items()}


def _first_day(asked: Asked, window: SessionWindow) -> date:
    """Where the window begins; for a booking far ahead, the days round it."""
    usual = window.first
    if asked.booking:
        usual = max(usual, asked.booking.day - timedelta(days=DAYS_BEFORE))
    first = max(asked.since or usual, asked.today)
    return min(first, asked.today + FARTHEST)


def _laid_out(asked: Asked, window: SessionWindow, days, course: CourseTimes | None) -> dict:
    opened = [day for day, starts in days.items() if starts]
    usual = asked.day or (asked.booking.day if asked.booking else None)
    chosen = usual if usual in opened else (opened[0] if opened else None)
    tz = zone_of(asked.subject.location)
    first, last = next(iter(days)), next(reversed(days))
    later = last + timedelta(days=1)
    earlier = max(first - timedelta(days=DAYS), asked.today)
    return {
        "days": choosing.day_strip(
            days,
            chosen=chosen,
            address=lambda day: asked.link(day=day) + "#days",
            words_without=_without(window, opening_weekdays(asked.subject.location, asked.today)),
            words_with=_words_with(course),
        ),
        "others": replan_words.others(course.moves[chosen], asked.session, tz) if course and chosen else "",
        "all_shut": not opened,
        "chosen_day": formats.day(chosen) if chosen else "",
        "groups": choosing.time_groups(days[chosen], tz) if chosen else [],
        "later": asked.link(since=later) if not window.last or later <= window.last else "",
        "earlier": asked.link(since=earlier) if first > max(window.first, asked.today) else "",
    }


def _without(window: SessionWindow, weekdays: Collection[int]) -> Callable[[date], str]:
    usual = choosing.closed_or(_("none"), weekdays)

    def words(day: date) -> str:
        if day < window.first:
            return _("too soon")
        return _("too late") if window.last and day > window.last else usual(day)

    return words


def _words_with(course: CourseTimes | None) -> Callable[[date], str] | None:
    """A day on which others move too says how many, instead of how many times are left."""
    if course is None:
        return None
    return lambda day: replan_words.how_many_more(course.moves[day])


def _chips(asked: Asked) -> dict:
    """The same doctor first; somebody else only when asked for."""
    if not asked.doctor:
        return {"people": []}
    name = asked.doctor.resource.name
    return {
        "people": [
            {"name": _("With %(doctor)s") % {"doctor": name}, "chosen": not asked.anybody,
             "href": asked.link(anybody="", day=asked.day)},
            {"name": _("Any dermatologist"), "chosen": asked.anybody,
             "href": asked.link(anybody="1", day=asked.day)},
        ]
    }  # fmt: skip


def _why(asked: Asked, window: SessionWindow) -> dict:
    """Why other days are not offered."""
    if asked.session is None or (window.because_of is None and window.last is None):
        return {}
    shown = {
        "first": formats.day(window.first),
        "last": formats.day(window.last) if window.last else "",
        "number": asked.session.number,
    }
    shut, alone = (window.last is not None and window.last < window.first), window.last == window.first
    return {"window": shown, "is_shut": shut, "is_one_day": alone}


def _refusal(asked: Asked, refused: refusals.Refusal | None) -> dict:
    if refused is None:
        return {}
    nearest = choosing.nearest_groups(getattr(refused, "nearest", []), zone_of(asked.subject.location))
    if asked.session:
        nearest = []  # the door does not know which of them keep the gaps; the strip below does
    reasons = [obstacle.text for obstacle in getattr(refused, "obstacles", ())]
    return {"refused": refused.text, "reasons": reasons, "nearest": nearest, "has_errors": True}
