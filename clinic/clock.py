"""The one place that reads the clock. Views, tasks and commands call it once and pass `now` down.

In production it is the time. In the demo, web, worker and beat share a clock that can be moved forward: the
file var/clock holds how many seconds it is ahead.
"""

import fcntl
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

NAME = "clock"


def now() -> datetime:
    real = timezone.now()
    return real + _demo_clock.ahead() if settings.DEMO else real


def advance(delta: timedelta) -> datetime:
    """Move the demo's clock forward for every process; its new time."""
    if not settings.DEMO:
        raise RuntimeError("Only the demo's clock can be moved.")
    if delta <= timedelta(0):
        raise ValueError("The clock moves forward only.")
    file = settings.VAR / NAME
    with (settings.VAR / f"{NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two clicks at once are two moves
        write_ahead(file, read_ahead(file) + delta)
    return now()


def start_at(file: Path, moment: datetime) -> None:
    """Set the clock before the processes start (CLINIC_CLOCK)."""
    write_ahead(file, moment - datetime.now(UTC))


def read_ahead(file: Path) -> timedelta:
    try:
        return timedelta(seconds=float(file.read_text()))
    except (OSError, ValueError, OverflowError):
        return timedelta(0)


def write_ahead(file: Path, ahead: timedelta) -> None:
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    new.write_text(f"{ahead.total_seconds()}\n")
    new.replace(file)  # readers see the old file or the new one, never half


class DemoClock:
    """The file's offset, read again when the file is another than last time."""

    def __init__(self):
        self.seen: tuple | None = None
        self.offset = timedelta(0)

    def ahead(self) -> timedelta:
        file = settings.VAR / NAME
        try:
            status = file.stat()
        except OSError:
            return timedelta(0)
        version = (file, status.st_mtime_ns, status.st_ino)
        if version != self.seen:
            self.offset, self.seen = read_ahead(file), version
        return self.offset


_demo_clock = DemoClock()
