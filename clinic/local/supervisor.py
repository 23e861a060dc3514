"""The demo's one parent process: servers, preparation, web, worker and beat; and the end of all of them.

    python -m clinic.local.supervisor run        what `make run` execs
    python -m clinic.local.supervisor servers    only the embedded servers, for working on the code
    python -m clinic.local.supervisor stop       (these two need no package: any Python 3.11 does)
    python -m clinic.local.supervisor reset

A program that dies is started again, with one line that says which: a killed worker or database heals here as
it would under systemd. One that dies FAILS times within a minute will not heal, and ends all with a line.
"""

import contextlib
import os
import signal
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable
from pathlib import Path

from clinic.local import demo, processes, run_file, servers, var_folder
from clinic.local.processes import Program, Refused, Running

FAILS, WITHIN = 5, 60  # ends of one program, seconds
SERVERS = {"PostgreSQL", "Valkey"}


class Stop(Exception):
    """Somebody asked us to end: Ctrl-C, SIGTERM, or the terminal closed."""


def say(line: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads any more: no reason to leave processes behind
        print(line, flush=True)


class Supervisor:
    def __init__(self, var: Path):
        self.var = var
        self.running: list[Running] = []
        self.ends: dict[str, deque] = defaultdict(lambda: deque(maxlen=FAILS))
        self.read_until: dict[Path, int] = {}
        self.asked_to_stop = False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)

    def ask_to_stop(self, _number, _frame) -> None:
        self.asked_to_stop = True

    def pause(self, seconds: float = 0.05) -> None:
        """Every wait goes through here, so that we end between two steps and never within one."""
        if not self.asked_to_stop:
            time.sleep(seconds)
        if self.asked_to_stop:
            raise Stop

    def log(self, name: str) -> Path:
        return self.var / "log" / f"{name.lower()}.log"

    def start(self, *programs: Program) -> None:
        """All at once, then wait for each."""
        started = [self.begin(program) for program in programs]
        for running in started:
            processes.wait_until_ready(running, self.log(running.program.name), say=say, pause=self.pause)

    def begin(self, program: Program) -> Running:
        log = self.log(program.name)
        self.read_until.setdefault(log, log.stat().st_size if log.exists() else 0)
        running = processes.start(program, log)
        self.running.append(running)
        self.remember()
        return running

    def remember(self) -> None:
        processes.remember(self.var / var_folder.CHILDREN, self.running)

    def finish(self, program: Program) -> None:
        """Run a program that ends by itself."""
        running = self.begin(program)
        while not running.has_ended():
            self.pause()
        self.running.remove(running)
        if running.process.returncode:
            log = self.log(program.name)
            raise Refused(f"{program.name} failed ({processes.last_line(log)}); see {log}")

    def watch(self) -> None:
        while True:
            self.pause(0.2)
            for running in [r for r in self.running if r.has_ended()]:
                self.start_again(running)
            self.tell_troubles()

    def start_again(self, running: Running) -> None:
        name, code = running.program.name, running.process.returncode
        processes.kill_group(running.process.pid)
        self.running.remove(running)
        ends = self.ends[name]
        ends.append(time.monotonic())
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        if len(ends) == FAILS and ends[-1] - ends[0] < WITHIN:
            log = self.log(name)
            raise Refused(
                f"{name} {how}, {FAILS} times in {WITHIN} s ({processes.last_line(log)}); see {log}"
            )
        say(f"{name} {how}: starting it again.")
        self.pause(0.3 * len(ends))
        self.begin(running.program)

    def tell_troubles(self) -> None:
        """Lines of the children's logs that a person should see now."""
        for log, seen in self.read_until.items():
            fresh, self.read_until[log] = read_from(log, seen)
            troubles = [line for line in fresh if any(f" {word} " in line for word in ("ERROR", "CRITICAL"))]
            for line in troubles[:5]:
                say(f"{log.stem}: {line[:300]}")

    def stop_all(self) -> None:
        """Web, worker and beat together; then the servers they stood on."""
        processes.stop([r for r in self.running if r.program.name not in SERVERS], patience=12)
        processes.stop([r for r in self.running if r.program.name in SERVERS], patience=60)
        self.running.clear()
        (self.var / var_folder.CHILDREN).unlink(missing_ok=True)


def read_from(log: Path, position: int) -> tuple[list[str], int]:
    """The complete lines from `position` on, and where the next one begins."""
    try:
        with log.open("rb") as file:
            file.seek(position)
            whole, newline, _rest = file.read(1_000_000).rpartition(b"\n")
    except OSError:
        return [], position
    return whole.decode(errors="replace").splitlines(), position + len(whole + newline)


# --- What one can wish


def run(var: Path) -> int:
    return supervise(var, run_demo)


def run_servers(var: Path) -> int:
    return supervise(var, run_only_servers)


def supervise(var: Path, work: Callable[[Supervisor], None]) -> int:
    demo.check_mode()
    lock = var_folder.claim(var)
    supervisor = Supervisor(var)
    supervisor.listen()
    try:
        left = processes.stop_leftovers(var / var_folder.CHILDREN)
        if left:
            say(f"Stopped what a killed run had left: {', '.join(left)}.")
        var_folder.rotate_logs(var)
        work(supervisor)
    except Stop:
        say("Stopping …")
    except Refused:
        if not supervisor.asked_to_stop:  # else it is our own end that something stumbled over
            raise
    finally:
        run_file.remove(var)
        supervisor.stop_all()
        lock.close()
    say("Stopped; nothing runs any more.")
    return 0


def start_servers(supervisor: Supervisor) -> dict[str, str]:
    """The addresses: what the environment names, or embedded servers of our own."""
    var, given = supervisor.var, os.environ
    own = [] if given.get("DATABASE_URL") else [servers.prepare_postgres(var / "postgres")]
    own += [] if given.get("REDIS_URL") else [servers.prepare_valkey(var / "valkey")]
    supervisor.start(*own)
    return {
        "DATABASE_URL": given.get("DATABASE_URL") or servers.create_database(var / "postgres"),
        "REDIS_URL": given.get("REDIS_URL") or servers.redis_url(var / "valkey"),
    }


def run_only_servers(supervisor: Supervisor) -> None:
    addresses = start_servers(supervisor)
    run_file.write(supervisor.var, demo.shared(supervisor.var, addresses, port=demo.port()))
    say("PostgreSQL and Valkey run; manage.py in this folder finds them. Ctrl-C stops them.")
    supervisor.watch()


def run_demo(supervisor: Supervisor) -> None:
    began, var = time.monotonic(), supervisor.var
    port = demo.port()
    demo.check_port_is_free(port)
    demo.set_clock(var)
    shared = demo.shared(var, start_servers(supervisor), port=port)
    run_file.write(var, shared)
    say("Preparing the database and the demo clinic …")
    supervisor.finish(demo.preparation(shared))
    supervisor.start(*demo.programs(shared, port))
    say(demo.welcome(var, port, seconds=time.monotonic() - began))
    supervisor.watch()


def stop(var: Path) -> int:
    pid = var_folder.holder(var)
    if pid is None:
        left = processes.stop_leftovers(var / var_folder.CHILDREN)
        say(f"Stopped what a killed run had left: {', '.join(left)}." if left else f"Nothing runs on {var}.")
        return 0
    try:
        os.kill(pid, signal.SIGTERM)
    except PermissionError:
        raise Refused(f"Process {pid} belongs to another account: stop it as that account.") from None
    until = time.monotonic() + 60
    while var_folder.holder(var) == pid:
        if time.monotonic() > until:
            raise Refused(f"Process {pid} has not stopped within a minute; see {var / 'log'}.")
        time.sleep(0.1)
    say("Stopped.")
    return 0


def reset(var: Path) -> int:
    if not var.exists():
        say(f"There is no {var}.")
        return 0
    var_folder.check_is_ours(var)
    stop(var)
    for name in ("postgres", "valkey"):
        servers.remove_sockets(var / name)
    var_folder.wipe(var)
    say(f"Deleted {var}.")
    return 0


WISHES = {"run": run, "servers": run_servers, "stop": stop, "reset": reset}


def main(arguments: list[str]) -> int:
    wish = arguments[0] if arguments else "run"
    if wish not in WISHES:
        say(f"Unknown: {wish}. One of {', '.join(WISHES)}.")
        return 2
    try:
        return WISHES[wish](var_folder.path())
    except Refused as refusal:
        say(str(refusal))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
