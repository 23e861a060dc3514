"""var/run.env: how commands beside a running demo find its mode and addresses.

The file names the supervisor's process and when that process started: a process number alone may have been
given to somebody else since.
"""

import os
from pathlib import Path

NAME = "run.env"
SHORT_SOCKETS = "/tmp/clinic-"  # noqa: S108 made with mode 0700 and checked by servers.py
PID, STARTED = "SUPERVISOR_PID", "SUPERVISOR_STARTED"


def started(pid: int) -> str | None:
    """When a process began (the boot's id and clock ticks since boot); None when there is no such process."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return None if after_name[0] in "ZX" else f"{boot}/{after_name[19]}"


def write(var: Path, environ: dict[str, str]) -> None:
    lines = {**environ, PID: str(os.getpid()), STARTED: started(os.getpid()) or ""}
    new = var / f"{NAME}.new"
    new.touch(mode=0o600)
    new.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    new.replace(var / NAME)


def read(var: Path) -> dict[str, str]:
    try:
        lines = (var / NAME).read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def read_while_running(var: Path) -> dict[str, str]:
    """The file's settings while the supervisor that wrote it lives, else nothing."""
    found = read(var)
    pid, began = found.pop(PID, ""), found.pop(STARTED, "")
    return found if pid.isdigit() and began and started(int(pid)) == began else {}


def remove(var: Path) -> None:
    (var / NAME).unlink(missing_ok=True)
