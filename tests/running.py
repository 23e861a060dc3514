"""The processes of `make run` on a folder and a port of their own, for tests that need the real thing."""

import fcntl
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from clinic.local import processes

BASE = Path(__file__).resolve().parent.parent
ABOUT_THE_TESTS = {"CLINIC_MODE", "CLINIC_VAR", "CLINIC_CLOCK", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
ABOUT_THE_TESTS |= {"PUBLIC_URL", "DEBUG", "PORT", "DJANGO_SETTINGS_MODULE"}
ABOUT_THE_TESTS |= {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}  # of the `make test` around us


def a_users_environ() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ABOUT_THE_TESTS}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


END_WITH_TESTS = processes.end_with_starter(signal.SIGTERM)  # also when they are killed


class RunningDemo:
    """`with RunningDemo(folder) as demo:` opens the demo clinic and leaves no process behind."""

    def __init__(self, var: Path, *, target: str = "run", **environ: str):
        self.var, self.target, self.port = var, target, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = var.with_name(f"{var.name}.output")
        ours = {"CLINIC_VAR": str(var), "PORT": str(self.port)}
        self.environ = a_users_environ() | ours | environ
        self.process: subprocess.Popen | None = None

    def __enter__(self):
        return self.start().wait_until_open()

    def __exit__(self, *_error):
        if self.process and self.process.poll() is None:
            self.stop()

    def start(self, **how):
        self.output.parent.mkdir(parents=True, exist_ok=True)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                ["make", "--no-print-directory", "-C", BASE, self.target],
                env=self.environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **{"stdin": subprocess.DEVNULL, "preexec_fn": END_WITH_TESTS, **how},
            )
        return self

    def wait_until_open(self, seconds: float = 120):
        return self.wait_for(self.is_open, seconds)

    def is_open(self) -> bool:
        if self.target == "servers":
            return "manage.py in this folder finds them" in self.said()
        return self.status("/healthz") == 200

    def wait_for(self, is_so, seconds: float = 60):
        until = time.monotonic() + seconds
        while not is_so():
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.said()}"
            assert time.monotonic() < until, f"not within {seconds} s:\n{self.said()}"
            time.sleep(0.05)
        return self

    def status(self, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def stop(self, number: int = signal.SIGTERM, seconds: float = 60) -> int:
        """The signal goes to make, as when somebody stops `make run`."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def manage(self, *arguments: str, **more) -> subprocess.CompletedProcess:
        """manage.py beside the running demo: it has nothing but the folder's name."""
        environ = {k: v for k, v in self.environ.items() if k != "PORT"}
        command = [sys.executable, BASE / "manage.py", *arguments]
        return subprocess.run(command, env=environ, cwd=BASE, capture_output=True, text=True, **more)

    def processes(self) -> dict[int, str]:
        """Every living process that belongs to this folder, by whatever it can be known."""
        return {pid: command for pid, command in all_processes() if belongs(pid, command, str(self.var))}


def loaded_demo(var: Path, *, clock: str) -> RunningDemo:
    """The demo clinic of this clock in a folder of its own. It is loaded once a run, and copied from then on:
    loading takes longer than most journeys.
    """
    loaded = loaded_folder(var.parent.parent) / re.sub(r"\W", "-", clock)
    loaded.parent.mkdir(parents=True, exist_ok=True)
    with loaded.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of all processes that share the tests
        if not loaded.with_suffix(".done").exists():
            with RunningDemo(loaded, CLINIC_CLOCK=clock):
                pass
            loaded.with_suffix(".done").touch()
    subprocess.run(["cp", "-a", loaded, var], check=True)  # with the owners: the database has its own account
    return RunningDemo(var, CLINIC_CLOCK=clock)


def loaded_folder(tests: Path) -> Path:
    """Of this run: the processes that share its tests have one parent."""
    shared = "PYTEST_XDIST_WORKER" in os.environ
    return tests / f"loaded-{os.getppid() if shared else os.getpid()}"


def all_processes():
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if state not in "ZX":
                yield int(entry.name), command.strip()


def belongs(pid: int, command: str, folder: str) -> bool:
    try:
        environ = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
        here = str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return folder in command
    return folder in command or here.startswith(folder) or f"CLINIC_VAR={folder}" in environ
