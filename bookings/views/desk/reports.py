"""Reports for managers: how a location was used, who did not come, what for; each as chart, table and CSV."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.forms.reports import SPANS, USUAL, ReportAsked
from bookings.services.papers.day_csv import table
from bookings.services.papers.reports import (
    FEW,
    Attended,
    Came,
    Use,
    Used,
    Weeks,
    monday_of,
    read_attendance,
    read_use,
)
from bookings.views.desk.charts import Bars, Columns, bars, columns, percent
from bookings.views.desk.frame import desk_page, place_of
from clinic import clock, formats
from clinic.models import Location
from clinic.models.people import Role
from clinic.permissions import my_locations, staff
from clinic.services.days import local_day


@dataclass(frozen=True)
class Asked:
    locations: list[Location]
    location: Location
    weeks: Weeks
    now: datetime

    def link(self, name: str = "desk_reports", *, args=(), at: str = "", since: date | None = None) -> str:
        since = since or self.weeks.first
        query = {"at": at or self.location.slug, "since": since.isoformat(), "weeks": self.weeks.count}
        return f"{reverse(name, args=args)}?{urlencode(query)}"


@dataclass(frozen=True)
class Report:
    """One question answered. `cells`: as the page shows them; `plain`: as a spreadsheet counts with them."""

    code: str
    title: str
    words: str
    chart: Bars | Columns
    head: list[str]
    cells: list[list[str]]
    plain_head: list[str]
    plain: list[list[str]]
    together: list[str] | None = None

    @property
    def lies(self) -> bool:
        return isinstance(self.chart, Bars)


def of_weeks(view: Callable) -> Callable:
    @never_cache
    @require_safe
    @staff(Role.MANAGER)
    def guarded(request: HttpRequest, **parts: str) -> HttpResponse:
        now = clock.now()
        locations = list(my_locations(request, Role.MANAGER).order_by("pk"))
        form = ReportAsked(request.GET)
        form.is_valid()
        given = form.cleaned_data
        location = place_of(request, locations, given.get("at"))
        if location is None:
            return desk_page(request, "no_location", {"here": "reports"}, now=now)
        count = given.get("weeks") or USUAL
        usual = local_day(now, location) - timedelta(weeks=count - 1)  # up to this week
        weeks = Weeks(monday_of(given.get("since") or usual), count)
        return view(request, Asked(locations, location, weeks, now), **parts)

    return guarded


@of_weeks
def reports(request: HttpRequest, asked: Asked) -> HttpResponse:
    used, attended = _read(asked)
    weeks, span = asked.weeks, timedelta(weeks=asked.weeks.count)
    content = {
        "asked": asked,
        "here": "reports",
        "location_name": asked.location.area,
        "title": f"{formats.day_with_year(weeks.first)} – {formats.day_with_year(weeks.last)}",
        "before": asked.link(since=weeks.first - span),
        "after": asked.link(since=weeks.first + span),
        "spans": [{"weeks": n, "name": words, "chosen": n == weeks.count} for n, words in SPANS.items()],
        "places": [
            {"name": one.area, "href": asked.link(at=one.slug), "chosen": one == asked.location}
            for one in asked.locations
        ],
        "is_empty": used.together == Use() and attended.together == Came(),
        "facts": _facts(used, attended),
        "few": FEW if attended.together.is_few else 0,
        "open": attended.together.open,
        "reports": [
            {"report": one, "csv": asked.link("desk_report_csv", args=[one.code])}
            for one in _reports(used, attended)
        ],
    }
    return desk_page(request, "reports", content, now=asked.now)


@of_weeks
def report_csv(request: HttpRequest, asked: Asked, which: str) -> HttpResponse:
    report = next((one for one in _reports(*_read(asked)) if one.code == which), None)
    if report is None:
        raise Http404
    name = f"{which}-{asked.location.slug}-{asked.weeks.first}-{asked.weeks.count}-weeks.csv"
    answer = HttpResponse(table(report.plain_head, report.plain), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _read(asked: Asked) -> tuple[Used, Attended]:
    used = read_use(location=asked.location, weeks=asked.weeks)
    return used, read_attendance(location=asked.location, weeks=asked.weeks, now=asked.now)


def _facts(used: Used, attended: Attended) -> list[dict]:
    together = attended.together
    return [
        {"term": _("Time used"), "value": percent(used.together.share)},
        {"term": _("Came"), "value": together.came},
        {"term": _("Did not come"), "value": percent(together.not_come_share)},
        {"term": _("Cancelled late"), "value": percent(together.late_share)},
    ]


def _reports(used: Used, attended: Attended) -> list[Report]:
    return [
        _use(
            "by-dermatologist",
            _("Use by dermatologist"),
            _(
                "Booked minutes of all minutes that could be booked: their hours here, less closures."
                " Visits written down afterwards count; fit-ins add nothing."
            ),
            _("Dermatologist"),
            used.practitioners,
        ),
        _use(
            "by-room",
            _("Use by room"),
            _(
                "Booked minutes, cleaning included, of the location's hours less closures."
                " Visits written down afterwards are missing: nobody noted their room."
            ),
            _("Room"),
            used.rooms,
        ),
        _use_by_week(used),
        _attendance(attended),
        _kinds(attended),
    ]


# Use

_USE_HEAD = ["open_minutes", "booked_minutes", "use_percent"]


def _use(code: str, title: str, words: str, of_what: str, rows: Sequence[tuple[str, Use]]) -> Report:
    sized = [(name, percent(use.share), use.share or 0, 0) for name, use in rows]
    return Report(
        code=code,
        title=title,
        words=words,
        chart=bars(code, title, _summed(sized), sized, whole=1),
        head=[of_what, _("Open"), _("Booked"), _("Use")],
        cells=[[name, *_use_words(use)] for name, use in rows],
        plain_head=["name", *_USE_HEAD],
        plain=[[name, *_use_plain(use)] for name, use in rows],
        together=[_("Together"), *_use_words(sum((use for _name, use in rows), Use()))],
    )


def _use_by_week(used: Used) -> Report:
    title = _("Use by week")
    labels = [_week(monday) for monday in used.weeks]
    shares = [use.share for use in used.weeks.values()]
    said = [(label, percent(share), 0, 0) for label, share in zip(labels, shares, strict=True)]
    return Report(
        code="by-week",
        title=title,
        words=_("All dermatologists together. A week that is not over counts what is booked so far."),
        chart=columns("by-week", title, _summed(said), labels, [("one", "", shares)]),
        head=[_("Week of"), _("Open"), _("Booked"), _("Use")],
        cells=[[_week(monday), *_use_words(use)] for monday, use in used.weeks.items()],
        plain_head=["week_of", *_USE_HEAD],
        plain=[[monday.isoformat(), *_use_plain(use)] for monday, use in used.weeks.items()],
        together=[_("Together"), *_use_words(used.together)],
    )


def _use_words(use: Use) -> list[str]:
    return [_hours(use.open), _hours(use.booked), percent(use.share)]


def _use_plain(use: Use) -> list[str]:
    return [str(use.open), str(use.booked), _points(use.share)]


def _hours(minutes: int) -> str:
    return _("%(n)s h") % {"n": f"{minutes / 60:.1f}".removesuffix(".0")}


def _points(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f}"


def _week(monday: date) -> str:
    """23 Nov"""
    return f"{monday.day} {formats.month(monday)}"


def _summed(rows: Sequence[tuple]) -> str:
    return "; ".join(f"{row[0]}: {row[1]}" for row in rows)


# Who came

_CAME_HEAD = [
    "came", "did_not_come", "cancelled_late", "no_outcome_noted", "to_come", "did_not_come_percent",
    "cancelled_late_percent",
]  # fmt: skip


def _attendance(attended: Attended) -> Report:
    title = _("Who did not come, who cancelled late")
    labels = [_week(monday) for monday in attended.weeks]
    missed = [came.not_come_share for came in attended.weeks.values()]
    late = [came.late_share for came in attended.weeks.values()]
    series = [("one", _("did not come"), missed), ("two", _("cancelled late"), late)]
    parts = zip(labels, missed, late, strict=True)
    summed = "; ".join(f"{label}: {percent(one)}, {percent(two)}" for label, one, two in parts)
    return Report(
        code="attendance",
        title=title,
        words=_(
            "Of all visits that were expected a day ahead: those who came, did not come, or cancelled within"
            " the last 24 hours. What the clinic cancelled, and bookings made by mistake, are left out."
        ),
        chart=columns("attendance", title, summed, labels, series),
        head=[_("Week of"), _("Came"), _("Did not come"), _("Cancelled late"), _("To come")],
        cells=[[_week(monday), *_came_words(came)] for monday, came in attended.weeks.items()],
        plain_head=["week_of", *_CAME_HEAD],
        plain=[[monday.isoformat(), *_came_plain(came)] for monday, came in attended.weeks.items()],
        together=[_("Together"), *_came_words(attended.together)],
    )


def _came_words(came: Came) -> list[str]:
    return [
        str(came.came),
        _with_share(came.not_come, came.not_come_share),
        _with_share(came.late, came.late_share),
        str(came.ahead),
    ]


def _with_share(count: int, share: float | None) -> str:
    return str(count) if share is None else f"{count} ({percent(share)})"


def _came_plain(came: Came) -> list[str]:
    counts = (came.came, came.not_come, came.late, came.open, came.ahead)
    return [*map(str, counts), _points(came.not_come_share), _points(came.late_share)]


def _kinds(attended: Attended) -> Report:
    title = _("Visits by kind")
    rows = [(name, _visits(came), came.came, came.ahead) for name, came in attended.kinds.items()]
    return Report(
        code="by-kind",
        title=title,
        words=_("Visits that came, and those still to come in these weeks."),
        chart=bars("by-kind", title, _summed(rows), rows, legend=[_("came"), _("to come")]),
        head=[_("Visit"), _("Came"), _("Did not come"), _("Cancelled late"), _("To come")],
        cells=[[name, *_came_words(came)] for name, came in attended.kinds.items()],
        plain_head=["kind", *_CAME_HEAD],
        plain=[[name, *_came_plain(came)] for name, came in attended.kinds.items()],
    )


def _visits(came: Came) -> str:
    visits = came.came + came.ahead
    return ngettext("%(n)s visit", "%(n)s visits", visits) % {"n": visits}
