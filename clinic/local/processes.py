"""Starting, stopping and finding again the processes of one machine. Knows nothing of what they do.

Each program gets a session of its own: Ctrl-C in the terminal reaches the supervisor alone, once, and a whole
group can be stopped. The kernel also tells each one when its starter dies (`PR_SET_PDEATHSIG`), so that even
kill -9 of the starter leaves nothing; `stop_leftovers` is for what survives that all the same.
"""

import contextlib
import ctypes
import json
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from clinic.local import run_file

PR_SET_PDEATHSIG = 1
SLOW = 10  # seconds after which a person is told
LIBC = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """One line for the person at the terminal: what is wrong and what to do."""


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    environ: dict[str, str]
    is_ready: Callable[[], bool] = lambda: True
    account: pwd.struct_passwd | None = None  # another account than the starter's
    stop_signal: signal.Signals = signal.SIGTERM
    folder: Path = Path("/")
    patience: float = 60  # seconds until it must be ready


@dataclass
class Running:
    program: Program
    process: subprocess.Popen
    started: str = field(default="")

    def has_ended(self) -> bool:
        return self.process.poll() is not None


def identity(account: pwd.struct_passwd | None) -> dict:
    """For subprocess: as whom to run."""
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def start(program: Program, log: Path) -> Running:
    with log.open("ab") as output:
        process = subprocess.Popen(
            program.command,
            env=program.environ,
            cwd=program.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_starter(program.stop_signal),
            **identity(program.account),
        )
    return Running(program, process, run_file.started(process.pid) or "")


def end_with_starter(stop_signal: signal.Signals) -> Callable[[], None]:
    """For subprocess's preexec_fn: runs in the child, before the program."""
    starter = os.getpid()

    def ask_the_kernel():
        LIBC.prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != starter:  # it died in between
            os._exit(1)

    return ask_the_kernel


def wait_until_ready(
    running: Running,
    log: Path,
    *,
    say: Callable[[str], None] = print,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """A database that was killed may have much to read again: say so, and wait."""
    began, said = time.monotonic(), False
    while not running.program.is_ready():
        waited = time.monotonic() - began
        if running.has_ended() or waited > running.program.patience:
            why = last_line(log)
            raise Refused(f"{running.program.name} did not start ({why}); see {log}")
        if waited > SLOW and not said:
            said = True
            say(f"{running.program.name} is still starting (after a crash it reads its journal again) …")
        pause(0.05)


def last_line(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1][:200] if lines else "no output"


def stop(group: list[Running], *, patience: float) -> None:
    """Ask all leaders; after `patience` seconds, or when they have gone, nobody of their groups stays."""
    for running in group:
        if not running.has_ended():
            running.process.send_signal(running.program.stop_signal)
    until = time.monotonic() + patience
    for running in group:
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(max(0, until - time.monotonic()))
        kill_group(running.process.pid)
        running.process.wait()


def kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def remember(file: Path, running: list[Running]) -> None:
    rows = [[r.program.name, r.process.pid, r.started, int(r.program.stop_signal)] for r in running]
    new = file.with_name(file.name + ".new")
    new.write_text(json.dumps(rows))
    new.replace(file)


def stop_leftovers(file: Path, *, patience: float = 30) -> list[str]:
    """Stop what a killed starter left; a process number that now belongs to another is left alone."""
    try:
        rows = json.loads(file.read_text())
    except (OSError, ValueError):
        return []
    alive = [row for row in rows if row[2] and run_file.started(row[1]) == row[2]]
    for _name, pid, _started, stop_signal in alive:
        os.kill(pid, stop_signal)
    until = time.monotonic() + patience
    for _name, pid, started, _signal in alive:
        while run_file.started(pid) == started and time.monotonic() < until:
            time.sleep(0.05)
        kill_group(pid)
    file.unlink(missing_ok=True)
    return [row[0] for row in alive]
