import json
from datetime import date

from django.core.management.base import BaseCommand

from clinic.management import json_file
from treatments.rules import gaps

MOST_DAYS = 3660
NEEDED, OPTIONAL = ("last", "day", "gap"), ("elsewhere", "until", "held")


class Command(BaseCommand):
    help = (
        'Judge a gap: {"last": date, "day": date, "gap": {four numbers}} → {"verdict", "days"}. "last" is '
        'the day the session before was given. May be added: "elsewhere" [{"day", "floor"}], the days of the '
        'patient\'s other courses and what to keep from them; "until", a day that a doctor extended the '
        'session to; "held" true, while a reaction has not been cleared. No database.'
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help='a JSON file, or "-" for standard input')

    def handle(self, *args, file, **options):
        self.stdout.write(json.dumps(judge(json_file.read_json(file))))


def judge(question: object) -> dict[str, object]:
    question = json_file.fields(question, "input", required=NEEDED, optional=OPTIONAL)
    last = json_file.calendar_date(question["last"], "last")
    day = json_file.calendar_date(question["day"], "day")
    judged = gaps.verdict(
        last=last,
        day=day,
        gap=read_gap(question["gap"]),
        elsewhere=read_elsewhere(question.get("elsewhere", [])),
        until=read_until(question.get("until")),
        held=read_held(question.get("held")),
    )
    return {"verdict": judged, "days": (day - last).days}


def read_gap(value: object) -> gaps.Gap:
    names = ("never_before", "earliest", "target", "latest")
    numbers = json_file.fields(value, "gap", required=names)
    read = {name: read_days(numbers[name], f"gap.{name}") for name in names}
    try:
        return gaps.Gap(**read)
    except ValueError:
        raise json_file.bad_input("gap: never_before <= earliest <= target <= latest is needed.") from None


def read_elsewhere(value: object) -> list[tuple[date, int]]:
    if not isinstance(value, list):
        raise json_file.bad_input("elsewhere: a list is needed.")
    return [_other(one, f"elsewhere[{position}]") for position, one in enumerate(value)]


def _other(one: object, where: str) -> tuple[date, int]:
    one = json_file.fields(one, where, required=("day", "floor"))
    return json_file.calendar_date(one["day"], f"{where}.day"), read_days(one["floor"], f"{where}.floor")


def read_until(value: object) -> date | None:
    return None if value is None else json_file.calendar_date(value, "until")


def read_held(value: object) -> bool:
    if not isinstance(value, bool | None):
        raise json_file.bad_input("held: true or false is needed.")
    return bool(value)


def read_days(value: object, where: str) -> int:
    return json_file.whole_number(value, where, least=1, most=MOST_DAYS)
