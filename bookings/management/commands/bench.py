import fcntl
import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from bookings.bench import server
from bookings.bench.measure import BENCHMARKS, SMALLER
from clinic.local.processes import Refused
from clinic.local.var_folder import BASE, MARK
from clinic.management.json_file import bad_input

MOST_ROUNDS = 50


class Command(BaseCommand):
    help = "Measure speed as ratios taken in turn, on a server and databases of bench's own under var/bench."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; or all")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--rounds", default="5", metavar="N", help="5 unless said")
        parser.add_argument(
            "--size", default="1m", help=f"bookings stored: {', '.join(SMALLER)}; 1m unless said"
        )
        parser.add_argument(
            "--hurried", action="store_true", help="everything twice: only to see that it runs"
        )

    def handle(self, *args, name, rounds, size, hurried, **options):
        refuse_in_production()
        asked = ["--size", _known(size, SMALLER, "--size"), "--rounds", _number(rounds)]
        asked += ["--hurried"] if hurried else []
        asked += [_known(name, BENCHMARKS, "NAME")] if name else []
        try:
            ended = measure(settings.VAR / "bench", asked)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if ended.stdout:
            self.stdout.write(ended.stdout.strip() if options["json"] else table(json.loads(ended.stdout)))
        if ended.returncode:
            raise CommandError("Not everything was measured: why stands above.")


def refuse_in_production() -> None:
    """A demo, or a checkout that knows of no database at all, has no clinic to slow down."""
    if not settings.DEMO and (settings.ENVIRON.get("CLINIC_MODE") or settings.ENVIRON.get("DATABASE_URL")):
        raise CommandError("bench is not for the machine of a clinic: nothing was measured")


def measure(folder: Path, asked: list[str]) -> subprocess.CompletedProcess:
    """In a process of its own, whose settings name the bench database from the beginning."""
    with alone_in(folder), server.running(folder) as url:
        return subprocess.run(
            [sys.executable, "-m", "bookings.bench.measure", *asked],
            env=server.environ(folder, url), cwd=BASE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip


@contextmanager
def alone_in(folder: Path):
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / MARK).touch()  # `make run` and `make reset` know by it that the folder is the demo's
    with (folder / "bench.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(f"A bench is running in {folder} already.") from None
        yield


def table(rows: list[dict]) -> str:
    """Name, ratio, goal, whether it holds, and the medians for the note."""
    lines = [("", "ratio", "goal", "holds", "medians")]
    for row in rows:
        goal = "" if row["goal"] is None else f"{'≥' if row['at_least'] else '≤'} {row['goal']:g}"
        medians = ", ".join(f"{name} {value:g}" for name, value in row["medians"].items())
        queries = f", {row['queries']} queries" if row["queries"] else ""
        holds = {True: "yes", False: "NO", None: ""}[row["holds"]]
        lines.append((row["name"], f"{row['ratio']:.2f}", goal, holds, f"{medians} {row['unit']}{queries}"))
    return "\n".join(
        f"{name:<30}{ratio:>8}  {goal:<7}{holds:<6}{rest}" for name, ratio, goal, holds, rest in lines
    )


def _known(given: str, known, where: str) -> str:
    if given not in known:
        raise bad_input(f"{where}: unknown; known are {', '.join(known)}.")
    return given


def _number(given: object) -> str:
    text = str(given)
    if not (text.isascii() and text.isdigit()) or len(text) > 2 or not 1 <= int(text) <= MOST_ROUNDS:
        raise bad_input(f"--rounds: a number from 1 to {MOST_ROUNDS} is needed.")
    return text
