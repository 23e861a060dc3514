"""Sessions expected in the next twelve weeks, beside what is still free: who is short of time, and when."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.services.forecast import Cell, Column, Forecast, forecast
from bookings.views.desk.frame import desk_page
from bookings.views.desk.where import read_where
from clinic import clock, formats
from clinic.models.people import Role
from clinic.models.places import ResourceKind
from clinic.permissions import staff

HOUR = 60


@never_cache
@require_safe
@staff(Role.FRONT_DESK, Role.MANAGER)
def expected(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    where = read_where(request, now=now)
    if where.location is None:
        return desk_page(request, "no_location", {"here": "todo"}, now=now)
    seen = forecast(location=where.location, now=now)
    content = {
        "here": "todo",
        "columns": [_heading(column) for column in seen.columns],
        "weeks": [_week(seen, n, where.today) for n in range(len(seen.mondays))],
        "total": sum(seen.sessions),
        "short": _short(seen),
        "has_unnamed": any(seen.anybody),
        **where.frame("desk_forecast"),
    }
    return desk_page(request, "forecast", content, now=now)


def _heading(column: Column) -> str:
    if column.kind == ResourceKind.ROOM:
        return ngettext("%(n)s room", "%(n)s rooms", column.count) % {"n": column.count}
    if column.kind == ResourceKind.CHAIR:
        return ngettext("%(n)s chair", "%(n)s chairs", column.count) % {"n": column.count}
    return column.name


def _week(seen: Forecast, n: int, today: date) -> dict:
    monday = seen.mondays[n]
    return {
        "title": _("this week") if monday <= today else _week_of(monday),
        "sessions": seen.sessions[n],
        "anybody": seen.anybody[n],
        "cells": [_cell(column.cells[n]) for column in seen.columns],
    }


def _week_of(monday: date) -> str:
    return _("week of %(monday)s") % {"monday": f"{monday.day} {formats.month(monday)}"}


def _cell(cell: Cell) -> dict:
    """What is needed counts up, what is free counts down: a doubt is on the safe side."""
    return {
        "sessions": cell.sessions,
        "needed": hours(cell.needed, up=True) if cell.needed else "",
        "free": _("%(time)s free") % {"time": hours(cell.free)},
        "short": _("%(time)s short") % {"time": hours(cell.short, up=True)} if cell.short else "",
    }


def hours(minutes: int, *, up: bool = False) -> str:
    """9 h, or 9½ h; below an hour in minutes."""
    if minutes < HOUR:
        return _("%(n)s min") % {"n": minutes}
    halves = -(-minutes // 30) if up else minutes // 30
    return _("%(hours)s h") % {"hours": f"{halves // 2}{'½' if halves % 2 else ''}"}


def _short(seen: Forecast) -> list[str]:
    """Every week in which something is short, in a sentence each."""
    words = _("%(week)s: %(name)s, %(time)s short")
    return [
        words
        % {
            "week": _week_of(monday),
            "name": _heading(column),
            "time": hours(column.cells[n].short, up=True),
        }
        for n, monday in enumerate(seen.mondays)
        for column in seen.columns
        if column.cells[n].short
    ]
