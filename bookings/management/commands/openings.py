import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.core.management.base import BaseCommand
from django.db.models import Model

from bookings.services.openings.search import read_room, read_visit
from clinic import clock, formats
from clinic.management.json_file import bad_input, calendar_date
from clinic.models import Location, Practitioner, VisitType
from clinic.rules import timespans

MOST_DAYS = 366


class Command(BaseCommand):
    help = "Print the openings of a kind of visit at a location, day by day, and who could take each."

    def add_arguments(self, parser):
        parser.add_argument("visit_type", metavar="VISIT_TYPE", help="its code, such as first-consultation")
        parser.add_argument("--location", metavar="L", required=True, help="its slug")
        parser.add_argument("--from", metavar="DATE", required=True, dest="first_day", help="the first day")
        parser.add_argument("--days", metavar="N", required=True, help=f"how many days, 1 to {MOST_DAYS}")
        parser.add_argument("--practitioner", metavar="P", help="only with this one: number or name")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args, visit_type, location, first_day, days, practitioner, **options):
        visit_type = _known(VisitType, "code", visit_type, "VISIT_TYPE")
        location = _known(Location, "slug", location, "--location")
        names = dict(Practitioner.objects.order_by("pk").values_list("pk", "resource__name"))
        who = _practitioner(practitioner, names) if practitioner is not None else None
        first, count = calendar_date(first_day, "--from"), _number_of_days(days)
        found = _by_day(visit_type, location, first, count, who, now=clock.now())
        answer = {
            "visit_type": visit_type.code,
            "location": location.slug,
            "time_zone": location.time_zone,
            "days": [_day(day, openings, names) for day, openings in found.items()],
        }
        self.stdout.write(json.dumps(answer) if options["json"] else "\n".join(_lines(found, names)))


Openings = dict[datetime, tuple[int, ...]]


def _by_day(visit_type, location, first: date, count: int, who, *, now: datetime) -> dict[date, Openings]:
    """Return every start from now on, on the clock there, and who could take it: what the desk may book."""
    days: dict[date, Openings] = {first + timedelta(days=n): {} for n in range(count)}
    room = read_room(
        visit=read_visit(visit_type), location=location, first_day=first, last_day=max(days), now=now
    )
    for start, free in room.who_at(room.starts(not_before=now, practitioner=who)).items():
        day = timespans.local_day(start, room.tz)
        if day in days:
            days[day][start.astimezone(room.tz)] = tuple(one for one in free if who in (None, one))
    return days


def _day(day: date, openings: Openings, names: dict[int, str]) -> dict:
    return {
        "day": day.isoformat(),
        "openings": [
            {"at": start.isoformat(), "practitioners": [{"number": pk, "name": names[pk]} for pk in free]}
            for start, free in openings.items()
        ],
    }


def _lines(found: dict[date, Openings], names: dict[int, str]) -> Iterator[str]:
    for day, openings in found.items():
        yield f"{formats.day(day)} {day.year}: {len(openings)}"
        for start, free in openings.items():
            yield f"  {formats.time_of(start, start.tzinfo):>8}  {', '.join(names[pk] for pk in free)}"


def _known(model: type[Model], field: str, given: str, where: str):
    """Compared here, not in the database: what stands on a command line need not be text at all."""
    known = {getattr(one, field): one for one in model.objects.order_by("pk")}
    if given not in known:
        raise bad_input(f"{where}: unknown; known are {', '.join(known) or 'none'}.")
    return known[given]


def _practitioner(given: str, names: dict[int, str]) -> int:
    found = [pk for pk, name in names.items() if given in (str(pk), name)]
    if len(found) != 1:
        known = ", ".join(f"{pk} {name}" for pk, name in names.items())
        raise bad_input(f"--practitioner: a number or a whole name is needed; known are {known or 'none'}.")
    return found[0]


def _number_of_days(given: object) -> int:
    text = str(given)
    if not (text.isascii() and text.isdigit()) or len(text) > 3 or not 1 <= int(text) <= MOST_DAYS:
        raise bad_input(f"--days: a number from 1 to {MOST_DAYS} is needed.")
    return int(text)
