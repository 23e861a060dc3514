import dataclasses
import json
from decimal import Decimal

from django.core.management.base import BaseCommand

from clinic.management import json_file
from consultations.rules.scales import SCALES, BadMeasure, grade


class Command(BaseCommand):
    help = (
        "Grade by a scale: an object of its fields → its result, as JSON. --list prints the scales with "
        "their fields. No database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("name", metavar="NAME", nargs="?", help="a scale, such as salt")
        parser.add_argument("file", metavar="FILE", nargs="?", help='a JSON file, or "-" for standard input')
        parser.add_argument("--list", action="store_true", help="the scales and their fields, as JSON")

    def handle(self, *args, name=None, file=None, **options):
        if options["list"]:
            self.stdout.write(json.dumps([described(scale) for scale in SCALES.values()], indent=1))
            return
        if name is None or file is None:
            raise json_file.bad_input("NAME and FILE are needed; --list prints the scales.")
        self.stdout.write(json.dumps(graded(name.replace("-", "_"), file), ensure_ascii=False))


def graded(name: str, file: str) -> object:
    if name not in SCALES:
        raise json_file.bad_input("NAME: there is no such scale; --list prints them.")
    fields = json_file.read_json(file)
    try:
        return as_plain(grade(name, fields))
    except BadMeasure as problem:
        raise json_file.bad_input(f"{problem}.") from None


def as_plain(result: object) -> object:
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        return as_plain(dataclasses.asdict(result))
    if isinstance(result, dict):
        return {key: as_plain(part) for key, part in result.items()}
    if isinstance(result, list | tuple):
        return [as_plain(part) for part in result]
    return float(result) if isinstance(result, Decimal) else result


def described(scale) -> dict[str, object]:
    return {
        "name": scale.name,
        "required": list(scale.required),
        "optional": list(scale.optional),
        "about": scale.about,
    }
