"""What waits for a dermatologist: answers and courses; and the queue as a rail beside one patient's page."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from bookings.services.cold import cold_count
from bookings.services.reviewing import Waiting, waiting
from bookings.views.queue_pauses import paused_lines
from clinic import audit, clock, formats
from clinic.models import User
from clinic.models.alarms import Lane
from clinic.models.people import Role
from clinic.permissions import duties, staff
from clinic.services.days import local_day, zone_of
from consultations.rules.candidacy import rules_from
from consultations.services.form_state import SENT
from consultations.services.reading import age_of, headlines
from treatments.models import ReviewPoint
from treatments.services.reviewing_courses import ToLookAt, courses_to_look_at

Tag = tuple[str, str, str]  # colour, icon, words
FLAGS_SHOWN = 2


@dataclass(frozen=True)
class Line:
    """One patient as a line: who, when they come, what it is about."""

    patient_id: int
    name: str
    age_sex: str
    when: str
    with_whom: str
    tags: list[Tag]
    since: str
    deadline: str
    is_overdue: bool
    group: Tag


@staff(Role.DERMATOLOGIST)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    only_mine = request.GET.get("whose") == "mine"
    rows = read_rows(now=now, of=request.user if only_mine else None)
    lines = in_words(rows, now=now)
    courses = courses_to_look_at(now=now, locations=duties(request).locations(Role.DERMATOLOGIST))
    courses = [one for one in courses if not only_mine or _is_own(one, request.user)]
    paused = paused_lines(
        now=now,
        locations=duties(request).locations(Role.DERMATOLOGIST),
        of=request.user if only_mine else None,
    )
    patients = [row.patient for row in rows] + [one.course.patient for one in courses]
    patients += [one["course"].patient for one in paused]
    audit.viewed_list(by=request.user, patients=patients, what="queue", now=now)
    context = {
        "lines": lines,
        "groups": _counted(lines),
        "courses": [_course_line(one) for one in courses],
        "paused": paused,
        "cold": cold_count(now=now, locations=duties(request).locations(Role.DERMATOLOGIST)),
        "only_mine": only_mine,
        "here": "queue",
        "today": formats.day(local_day(now)),
        "keys": [("j / k", _("move")), ("Enter", _("open"))],
    }
    return render(request, "bookings/queue.html", context)


def read_rows(*, now: datetime, of: User | None = None) -> list[Waiting]:
    """Return the queue; `of` keeps those whose next visit is with this dermatologist."""
    rows = waiting(now=now)
    if of is None:
        return rows
    return [row for row in rows if row.booking and row.booking.practitioner.user_id == of.pk]


def _is_own(one: ToLookAt, user: User) -> bool:
    return one.course.practitioner is not None and one.course.practitioner.user_id == user.pk


def _course_line(one: ToLookAt) -> dict:
    """Whose course it is, how far, and which looks are due since when."""
    said = {"given": one.given, "planned": one.planned}
    return {
        "course": one.course,
        "name": one.course.patient.name,
        "doctor": one.course.practitioner.resource.name if one.course.practitioner else "",
        "far": _("%(given)s of %(planned)s sessions given") % said,
        "tags": [("sun", "eye", str(ReviewPoint(due.point).label)) for due in one.due],
        "since": formats.day_with_year(one.since),
    }


def in_words(rows: list[Waiting], *, now: datetime) -> list[Line]:
    releases = {row.screening.rules_id: row.screening.rules for row in rows}
    rules = {pk: rules_from(release.content) for pk, release in releases.items()}
    return [_line(row, rules[row.screening.rules_id], now) for row in rows]


def _line(row: Waiting, rules: tuple, now: datetime) -> Line:
    zone, today = zone_of(row.booking.location if row.booking else None), local_day(now)
    group = _group(row)
    age = age_of(row.screening, today)
    age_sex = ", ".join(str(part) for part in (age, row.patient.get_sex_at_birth_display()) if part)
    return Line(
        patient_id=row.patient.pk,
        name=row.patient.name,
        age_sex=age_sex,
        when=formats.when(row.booking.starts, zone) if row.booking else _("no time booked"),
        with_whom=row.booking.practitioner.resource.name if row.booking else "",
        tags=_tags(row, rules) or [group],
        since=formats.when(row.screening.at, zone),
        deadline=formats.when(row.deadline, zone) if row.deadline else "",
        is_overdue=row.deadline is not None and row.deadline < now,
        group=group,
    )


def _group(row: Waiting) -> Tag:
    """What the row is counted as at the top of the page."""
    if row.screening.lane in (Lane.EMERGENCY, Lane.SAME_DAY):
        return ("alarm", "warning", _("today"))
    if row.screening.lane == Lane.SEVEN_DAYS:
        return ("alarm", "clock", _("within 7 days"))
    if row.lapses:
        return ("sun", "clock", _("decision runs out"))
    if row.screening.outcome in ("ABS", "DEFER"):
        return ("alarm", "person", _("blocked or waiting"))
    if row.screening.outcome == "REVIEW":
        return ("sun", "person", _("need review"))
    if row.screening.outcome == "CAUTION":
        return ("sun", "warning", _("to keep in mind"))
    return ("plain", "check", _("nothing found"))


def _tags(row: Waiting, rules: tuple) -> list[Tag]:
    """The lane and the first findings in words, then how many answers are open."""
    tags = [_group(row)] if row.screening.lane != Lane.NONE or row.lapses else []
    for outcome, title in headlines(row.screening, rules)[:FLAGS_SHOWN]:
        tags.append(("alarm" if outcome in ("ABS", "DEFER") else "sun", "person", title))
    if unclear := len(row.screening.unclear):
        tags.append(("sun", "question", ngettext("%(n)s unclear", "%(n)s unclear", unclear) % {"n": unclear}))
    return tags + _course_form(row)


def _course_form(row: Waiting) -> list[Tag]:
    """The questions before a course, which are asked once it is prescribed."""
    if not row.course_form:
        return []
    if row.course_form == SENT:
        return [("leaf", "check", _("course form sent"))]
    return [("plain", "form", _("course form open"))]


def _counted(lines: list[Line]) -> list[Tag]:
    counts = Counter(line.group for line in lines)
    return [(colour, icon, f"{n} {words}") for (colour, icon, words), n in counts.items()]
