"""`make run` with real processes: what it refuses, what it survives, and that nothing of it stays."""

import fcntl
import os
import pty
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import termios
import time
from pathlib import Path

import pytest

from clinic.local import processes, run_file, servers
from tests.running import BASE, RunningDemo, a_users_environ

pytestmark = pytest.mark.fault
ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not ROOT, reason="an ordinary user starts no server as somebody else")


@pytest.fixture(scope="module")
def folder():
    """Not pytest's own: as root, PostgreSQL's account must be able to enter."""
    place = Path(tempfile.gettempdir()) / f"scalp-test-{os.getpid()}"
    place.mkdir(mode=0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def demo(folder):
    """Its very first start was stopped while the demo clinic was being loaded."""
    running = RunningDemo(folder / "demo", CLINIC_CLOCK="2030-01-02T08:30:00+05:30")
    running.start().wait_for(lambda: count(running, "Location") not in {"", "0\n"})
    running.stop(signal.SIGTERM)
    assert nothing_left(running)
    with running:
        yield running


def count(demo, model):
    """Empty while there is no such table yet."""
    code = f"from clinic.models import {model}; print({model}.objects.count())"
    return demo.manage("shell", "-v", "0", "-c", code).stdout


def make(target, *, as_whom=None, **environ):
    """The exit code and what was said, without make's own line on a failed recipe."""
    result = subprocess.run(
        ["make", "--no-print-directory", "-C", BASE, target],
        env=a_users_environ() | environ,
        capture_output=True,
        text=True,
        timeout=60,
        **(as_whom or {}),
    )
    said = (result.stdout + result.stderr).splitlines()
    return result.returncode, [line for line in said if not line.startswith("make: ***")]


def nobody():
    entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def nobody_may_run_python():
    try:
        return ROOT and subprocess.run([BASE / ".venv/bin/python", "-V"], cwd="/", **nobody()).returncode == 0
    except PermissionError:
        return False


def pid_of(demo, part):
    return min(pid for pid, command in demo.processes().items() if part in command)


def in_shell(demo, code):
    result = demo.manage("shell", "-v", "0", "-c", code)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def nothing_left(demo, seconds=15):
    until = time.monotonic() + seconds
    while demo.processes() and time.monotonic() < until:
        time.sleep(0.05)
    return demo.processes() == {}


nobody_may_run_it = pytest.mark.skipif(
    not nobody_may_run_python(), reason="needs root, and a Python that every account may run"
)


# --- A demo that runs


def test_half_loaded_demo_is_begun_afresh(demo):
    assert "loaded only half: starting afresh" in (demo.var / "log" / "preparation.log").read_text()
    assert count(demo, "Patient") == "51\n"  # as tests/bookings/test_seed_demo.py counts them


def test_second_run_on_the_same_folder_is_refused_in_one_line(demo):
    code, said = make("run", CLINIC_VAR=str(demo.var), PORT="0")
    supervisor = pid_of(demo, "clinic.local.supervisor")
    assert code == 2  # make's code for a recipe that failed
    assert said == [
        f"Already running on {demo.var} (process {supervisor}, {demo.url}): `make stop` stops it."
    ]


def test_commands_beside_a_running_demo_find_it(demo):
    found = demo.manage("check", "--database", "default")
    assert (found.returncode, found.stderr) == (0, "")


def test_supervisor_is_makes_only_child(demo):
    [child] = children_of(demo.process.pid)
    assert demo.processes()[child] == ".venv/bin/python -m clinic.local.supervisor run"


def test_each_program_has_a_session_of_its_own(demo):
    """So that Ctrl-C in the terminal reaches the supervisor alone."""
    programs = children_of(pid_of(demo, "clinic.local.supervisor"))
    assert len(programs) == 5
    assert [os.getsid(pid) for pid in programs] == programs


def test_clock_starts_where_it_is_told_for_every_process(demo):
    told = in_shell(demo, "from clinic import clock; print(clock.now().isoformat())")
    assert told.startswith("2030-01-02T03:0")
    assert "Demo clock Wed 02 Jan 2030, 08:3" in demo.said()


def test_web_listens_on_this_machine_only(demo):
    with socket.socket() as other:
        other.bind(("127.0.0.2", demo.port))  # would fail had the demo taken every address


def test_killed_worker_is_started_again_and_said_so(demo):
    worker = pid_of(demo, "clinic.celery --quiet worker")
    os.kill(worker, signal.SIGKILL)
    demo.wait_for(lambda: "Worker was killed by signal 9: starting it again." in demo.said())
    demo.wait_for(lambda: any("--quiet worker" in command for command in demo.processes().values()))


def test_killed_database_is_started_again(demo):
    os.kill(pid_of(demo, "bin/postgres"), signal.SIGKILL)
    demo.wait_for(lambda: "PostgreSQL was killed by signal 9: starting it again." in demo.said())
    demo.wait_for(lambda: demo.status("/readyz") == 200)


def test_killed_supervisor_leaves_nothing_and_the_next_run_goes_on_where_it_was(demo):
    in_shell(demo, "from clinic.models import User; User.objects.create_user(email='a@b.in')")
    people = count(demo, "User")
    os.kill(pid_of(demo, "clinic.local.supervisor"), signal.SIGKILL)
    demo.process.wait(10)
    assert nothing_left(demo)
    assert (demo.var / run_file.NAME).exists()
    began = time.monotonic()

    demo.start().wait_until_open()
    seconds = time.monotonic() - began

    assert count(demo, "User") == people
    assert seconds < 30  # about 6 alone; other tests' leftovers may be busy
    demo.stop(signal.SIGTERM)
    assert nothing_left(demo)
    assert not (demo.var / run_file.NAME).exists()


# --- Servers alone: quick


def only_servers(var, **environ):
    return RunningDemo(var, target="servers", **environ)


@nobody_may_run_it
def test_ordinary_user_runs_the_servers_too(folder):
    home = folder / "home"
    home.mkdir()
    shutil.chown(home, "nobody")
    demo = only_servers(home / "var", HOME=str(home))
    demo.start(**nobody()).wait_until_open()
    owner = (demo.var / "postgres").owner()
    demo.stop(signal.SIGTERM)
    assert owner == "nobody"
    assert nothing_left(demo)


def test_ctrl_c_in_a_terminal_ends_everything_in_order(folder):
    demo = only_servers(folder / "terminal")
    ours, theirs = pty.openpty()

    def in_the_terminal():
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    demo.start(stdin=theirs, preexec_fn=in_the_terminal).wait_until_open()
    os.write(ours, b"\x03")
    demo.process.wait(30)
    os.close(ours)
    os.close(theirs)
    assert nothing_left(demo, seconds=0)
    assert "Stopped; nothing runs any more." in demo.said()
    assert "database system is shut down" in (demo.var / "log" / "postgresql.log").read_text()


def test_make_stop_ends_a_run_and_reset_deletes_its_folder(folder):
    with only_servers(folder / "stopped") as demo:
        assert make("stop", CLINIC_VAR=str(demo.var)) == (0, ["Stopped."])
        assert nothing_left(demo, seconds=0)
    assert make("stop", CLINIC_VAR=str(demo.var)) == (0, [f"Nothing runs on {demo.var}."])
    assert make("reset", CLINIC_VAR=str(demo.var))[0] == 0
    assert not demo.var.exists()


def test_long_path_gets_short_sockets(folder):
    with only_servers(folder / ("long-" * 20) / "var") as demo:
        sockets = servers.socket_path_folder(demo.var / "postgres")
        assert str(sockets).startswith(run_file.SHORT_SOCKETS)
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert demo.manage("check", "--database", "default").returncode == 0
    make("reset", CLINIC_VAR=str(demo.var))
    assert not sockets.exists()


def test_pid_file_of_a_database_that_died_does_not_stop_the_next(folder):
    """As in a container started again: by then its number is another process's of the same account."""
    var = folder / "stale"
    with only_servers(var):
        pass
    with subprocess.Popen(["sleep", "60"], **processes.identity(servers.server_account())) as another:
        lines = [another.pid, var / "postgres", 1, 5432, var / "postgres-socket", "", "1 1", "ready", ""]
        (var / "postgres" / "postmaster.pid").write_text("\n".join(map(str, lines)))
        with only_servers(var) as demo:
            assert demo.manage("check", "--database", "default").returncode == 0
        assert another.poll() is None
        another.kill()


# --- Refusals: one line that says what to do


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"PORT": "eighty"}, "PORT=eighty is not a port: give a number from 1 to 65535."),
        ({"PORT": "65536"}, "PORT=65536 is not a port: give a number from 1 to 65535."),
        ({"CLINIC_CLOCK": "noon"}, "CLINIC_CLOCK=noon is not a time such as 2026-11-24T10:30:00+05:30."),
    ],
    ids=lambda value: str(value)[:30],
)
def test_unusable_setting_is_refused_in_one_line(folder, environ, line):
    assert make("run", CLINIC_VAR=str(folder / "refused"), **environ) == (2, [line])


def test_taken_port_is_refused_in_one_line(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = make("run", CLINIC_VAR=str(folder / "refused"), PORT=str(port))
    assert (code, len(said)) == (2, 1)
    assert said[0].startswith(f"Port {port} cannot be used (Address already in use): try PORT={port + 1}")


def test_folder_that_holds_something_else_is_refused_also_by_reset(folder):
    place = folder / "letters"
    place.mkdir()
    (place / "letter").touch()
    line = f"CLINIC_VAR={place} is not an empty folder: name one for the demo alone."
    assert make("run", CLINIC_VAR=str(place)) == (2, [line])
    assert make("reset", CLINIC_VAR=str(place)) == (2, [line])
    assert (place / "letter").exists()


@nobody_may_run_it
def test_folder_one_may_not_write_in_is_refused_in_one_line(folder):
    code, said = make("run", as_whom=nobody(), CLINIC_VAR=str(folder / "not-mine"))
    assert (code, len(said)) == (2, 1)
    assert said[0].startswith(f"Cannot write in {folder / 'not-mine'} (Permission denied)")


@only_root
def test_folder_that_the_servers_account_may_not_enter_is_named_and_not_opened(folder):
    shut = folder / "shut"
    shut.mkdir(mode=0o700)
    code, said = make("run", CLINIC_VAR=str(shut / "var"), PORT=str(RunningDemo(shut).port))
    assert (code, len(said)) == (2, 1)
    assert f"its account clinic-demo may not enter {shut}: move the project" in said[0]
    assert shut.stat().st_mode & 0o777 == 0o700


def test_data_of_another_postgresql_is_refused_in_one_line(folder):
    var = folder / "older"
    with only_servers(var):
        pass
    (var / "postgres" / "PG_VERSION").write_text("17\n")
    line = f"PostgreSQL 17 made {var / 'postgres'} and this is 18: `make reset` starts a new demo."
    assert make("servers", CLINIC_VAR=str(var)) == (2, [line])


def test_supervisor_is_for_the_demo_only(folder):
    command = [BASE / ".venv/bin/python", "-m", "clinic.local.supervisor", "run"]
    environ = {**os.environ, "CLINIC_MODE": "production", "CLINIC_VAR": str(folder / "refused")}
    refused = subprocess.run(command, cwd=BASE, env=environ, capture_output=True, text=True)
    assert refused.returncode == 1
    assert refused.stdout.startswith("This starts the demo only")
