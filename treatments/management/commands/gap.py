import json

from django.core.management.base import BaseCommand

from clinic.management import json_file
from treatments.rules import gaps

MOST_DAYS = 3660


class Command(BaseCommand):
    help = (
        'Judge a gap: {"last": date, "day": date, "gap": {four numbers}} → {"verdict", "days"}. No database.'
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help='a JSON file, or "-" for standard input')

    def handle(self, *args, file, **options):
        self.stdout.write(json.dumps(judge(json_file.read_json(file))))


def judge(question: object) -> dict[str, object]:
    question = json_file.fields(question, "input", required=("last", "day", "gap"))
    last = json_file.calendar_date(question["last"], "last")
    day = json_file.calendar_date(question["day"], "day")
    gap = read_gap(question["gap"])
    return {"verdict": gaps.verdict(last=last, day=day, gap=gap), "days": (day - last).days}


def read_gap(value: object) -> gaps.Gap:
    names = ("never_before", "earliest", "target", "latest")
    numbers = json_file.fields(value, "gap", required=names)
    read = {
        name: json_file.whole_number(numbers[name], f"gap.{name}", least=1, most=MOST_DAYS) for name in names
    }
    try:
        return gaps.Gap(**read)
    except ValueError:
        raise json_file.bad_input("gap: never_before <= earliest <= target <= latest is needed.") from None
