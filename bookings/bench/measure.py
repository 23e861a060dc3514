"""The process that measures: `python -m bookings.bench.measure`, started by `manage.py bench`.

It prepares its databases, runs what it was asked for and prints the rows as JSON; what it is doing goes to
standard error.
"""

import argparse
import json
import os
import sys
import time
import traceback
from importlib import import_module

import django

BENCHMARKS = (
    "searching", "over_http", "one_time", "throughput", "planning", "placing", "page", "packing",
    "people", "board", "leave",
)  # fmt: skip
SMALLER = {"1m": ["1k", "100k", "1m"], "100k": ["1k", "100k"], "tiny": ["tiny_before", "tiny"]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=SMALLER, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--hurried", action="store_true")
    parser.add_argument("--tables-of", help="a database with all tables and no rows, to save making them")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bookings.bench.settings")
    django.setup()
    found, failed = measure(asked)
    print(json.dumps(found))
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


def measure(asked: argparse.Namespace) -> tuple[list[dict], list[str]]:
    """The rows, and the benchmarks that have none because they broke."""
    from django.conf import settings

    from bookings.bench import database, places
    from bookings.bench.harness import Run
    from clinic import clock

    sizes = SMALLER[asked.size]
    clock.start_at(settings.VAR / clock.NAME, places.NOW)
    database.prepare(sizes, say, tables_of=asked.tables_of)
    run = Run(places.SIZES[asked.size], sizes, asked.rounds, asked.hurried)
    found: list[dict] = []
    failed = []
    for name in asked.names or BENCHMARKS:
        began = time.monotonic()
        try:
            found += [row.as_json() for row in import_module(f"bookings.bench.{name}").rows(run)]
        except Exception:
            traceback.print_exc()
            failed.append(name)
        say(f"{name}: {time.monotonic() - began:.0f} s")
    database.drop_copies(sizes)
    return found, failed


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
