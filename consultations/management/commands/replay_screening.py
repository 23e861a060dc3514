import json

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from clinic.management import json_file
from consultations.services.replaying import (
    BATCH,
    DRAFT,
    STORED,
    NoSuchRelease,
    Replayed,
    Tally,
    newest_screenings,
    replay,
    rules_named,
)

BAR = 30


class Command(BaseCommand):
    help = (
        "What other rules would say of the answers on file: which results would change, by ids. The newest "
        "result of each patient and plan is judged again on its own day. Writes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("--rules", metavar="RELEASE", required=True, help="a version number, or draft")
        parser.add_argument(
            "--against",
            metavar="RELEASE",
            default=STORED,
            help="a version number, or draft; else the results as they are stored",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object, rows first")

    def handle(self, *args, rules, against, **options):
        connection.ensure_connection()  # says in one line what to do where no database is configured
        try:
            chosen = named(rules, "--rules")
            compared = None if against == STORED else named(against, "--against")
            total = newest_screenings().count()
        except DatabaseError:
            raise json_file.bad_input("The database holds no results of screening yet.") from None
        replayed = self.with_bar(replay(rules=chosen, against=compared), total)
        show = self.as_json if options["json"] else self.as_text
        show(replayed, {"rules": rules, "against": against})

    def with_bar(self, replayed, total):
        """Draw how far it is on standard error, a batch at a time."""
        for done, one in enumerate(replayed, start=1):
            yield one
            if done % BATCH == 0 or done == total:
                self.stderr.write(f"\r{bar(done, total)}", str, ending="")
                self.stderr.flush()
        self.stderr.write("")

    def as_json(self, replayed, names):
        """Rows are written as they come: memory does not grow with them."""
        tally, separator = Tally(), ""
        self.stdout.write(json.dumps(names)[:-1] + ', "rows": [', ending="")
        for one in replayed:
            tally.count(one)
            if one.is_changed:
                self.stdout.write(separator + "\n" + json.dumps(one.as_dict()), ending="")
                separator = ","
        self.stdout.write("], " + json.dumps(tally.as_dict())[1:])

    def as_text(self, replayed, names):
        tally = Tally()
        for one in replayed:
            tally.count(one)
            if one.is_changed:
                self.stdout.write(line(one))
        self.stdout.write(f"{tally.changed} of {tally.replayed} would change")
        for (before, after), count in sorted(tally.outcomes.items()):
            self.stdout.write(f"  {count} from {before} to {after}")
        if tally.unreadable:
            self.stdout.write(f"{len(tally.unreadable)} could not be judged: {ids(tally.unreadable)}")


def named(name: str, option: str):
    try:
        return rules_named(name)
    except NoSuchRelease:
        raise json_file.bad_input(
            f"{option}: a version of the rules that is there, or {DRAFT}, is needed."
        ) from None


def bar(done: int, total: int) -> str:
    share = done / max(total, done)
    filled = round(BAR * share)
    return f"[{'#' * filled}{'.' * (BAR - filled)}] {done:,} of {total:,}"


def line(one: Replayed) -> str:
    parts = [f"screening {one.screening} of patient {one.patient}:"]
    parts.append(f"{one.before.outcome} → {one.after.outcome}")
    if one.before.lane != one.after.lane:
        parts.append(f"lane {one.before.lane} → {one.after.lane}")
    return " ".join([*parts, *(f"+{name}" for name in one.added), *(f"-{name}" for name in one.removed)])


def ids(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers)
