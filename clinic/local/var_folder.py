"""The folder that holds everything a demo writes, and who may use it: one supervisor at a time.

The lock is the kernel's: it goes with the process that holds it, however that ends.
"""

import contextlib
import fcntl
import os
import shutil
from pathlib import Path

from clinic.local import run_file
from clinic.local.processes import Refused

BASE = Path(__file__).resolve().parent.parent.parent
LOCK, CHILDREN, MARK = "run.lock", "children.json", ".clinic-var"


def path() -> Path:
    return Path(os.environ.get("CLINIC_VAR") or BASE / "var").absolute()


def claim(var: Path):
    """Make the folder ours until this process ends; the returned file is the lock, keep it."""
    check_is_ours(var)
    try:
        var.mkdir(parents=True, exist_ok=True)
        (var / "log").mkdir(exist_ok=True)
        (var / MARK).touch()
        lock = (var / LOCK).open("a+")
    except OSError as error:
        raise Refused(
            f"Cannot write in {var} ({error.strerror}): "
            "run as the account that owns it, or name another folder with CLINIC_VAR=…"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Refused(f"Already running on {var} {where(var)}: `make stop` stops it.") from None
    lock.truncate(0)
    lock.write(f"{os.getpid()} {run_file.started(os.getpid())}\n")
    lock.flush()
    return lock


def check_is_ours(var: Path) -> None:
    """`make reset` deletes the folder, so it must never be one that held something else."""
    if var == BASE / "var" or not var.exists() or (var / MARK).exists():
        return
    if not var.is_dir() or any(var.iterdir()):
        raise Refused(f"CLINIC_VAR={var} is not an empty folder: name one for the demo alone.")


def where(var: Path) -> str:
    pid, address = holder(var), run_file.read(var).get("PUBLIC_URL")
    return f"(process {pid}{f', {address}' if address else ''})"


def holder(var: Path) -> int | None:
    """The living supervisor's process, if any."""
    try:
        pid, began = (var / LOCK).read_text().split()
    except (OSError, ValueError):
        return None
    return int(pid) if run_file.started(int(pid)) == began else None


def wipe(var: Path) -> None:
    check_is_ours(var)
    shutil.rmtree(var, onerror=refuse_to_wipe)


def refuse_to_wipe(_function, place, error):
    if not isinstance(error[1], FileNotFoundError):
        raise Refused(f"Cannot delete {place} ({error[1].strerror}): run as the account that owns it.")


def rotate_logs(var: Path, *, keep: int = 5_000_000) -> None:
    for log in (var / "log").glob("*.log"):
        with contextlib.suppress(OSError):
            if log.stat().st_size > keep:
                log.replace(log.with_suffix(".log.1"))
