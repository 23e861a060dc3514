import os
import signal
import subprocess
import sys
import time

import pytest

from clinic.local import processes, run_file

pytestmark = pytest.mark.fault
SLEEP = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)")
DEAF = (
    sys.executable,
    "-c",
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "subprocess.Popen(['sleep', '60']); print('up', flush=True); time.sleep(60)",
)


def program(command, log, name="sleeper"):
    return processes.Program(
        name,
        command,
        dict(os.environ),
        is_ready=lambda: log.exists() and "up" in log.read_text(),
        patience=20,
    )


@pytest.fixture
def log(tmp_path):
    return tmp_path / "sleeper.log"


@pytest.fixture
def sleeper(log):
    running = processes.start(program(SLEEP, log), log)
    processes.wait_until_ready(running, log)
    yield running
    processes.stop([running], patience=5)


def stray(started=None):
    """A process that no starter looks after, as one whose starter was killed."""
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    return process, started or run_file.started(process.pid)


def nobody_of_the_group_lives(leader, seconds=5):
    until = time.monotonic() + seconds
    asked = [
        "pgrep",
        "--pgroup",
        str(leader),
        "--runstates",
        "R,S,D",
    ]  # not those whose end is still to be noted
    while subprocess.run(asked, capture_output=True).returncode == 0 and time.monotonic() < until:
        time.sleep(0.02)
    return time.monotonic() < until


def test_stop_ends_a_program_that_listens_at_once(sleeper):
    began = time.monotonic()
    processes.stop([sleeper], patience=30)
    assert sleeper.process.returncode == -signal.SIGTERM
    assert time.monotonic() - began < 5


def test_stop_ends_a_deaf_program_and_its_children_after_patience(log):
    deaf = processes.start(program(DEAF, log), log)
    processes.wait_until_ready(deaf, log)
    processes.stop([deaf], patience=0.2)
    assert deaf.process.returncode == -signal.SIGKILL
    assert nobody_of_the_group_lives(deaf.process.pid)


def test_program_that_ends_instead_of_getting_ready_is_refused_with_its_last_words(log):
    failing = program((sys.executable, "-c", "print('no room left')"), log, name="Database")
    running = processes.start(failing, log)
    with pytest.raises(
        processes.Refused, match=r"Database did not start \(no room left\); see .*sleeper.log"
    ):
        processes.wait_until_ready(running, log)


def test_slow_start_is_waited_for_and_said_once(log, monkeypatch):
    monkeypatch.setattr(processes, "SLOW", 0.1)
    said = []
    slow = (sys.executable, "-c", "import time; time.sleep(0.5); print('up', flush=True); time.sleep(60)")
    running = processes.start(program(slow, log), log)
    processes.wait_until_ready(running, log, say=said.append)
    processes.stop([running], patience=5)
    assert len(said) == 1


def test_leftover_of_a_killed_starter_is_stopped(tmp_path):
    process, started = stray()
    file = tmp_path / "children.json"
    processes.remember(file, [processes.Running(program((), tmp_path, "stray"), process, started)])
    assert processes.stop_leftovers(file) == ["stray"]
    assert process.wait(5) == -signal.SIGTERM
    assert not file.exists()


def test_process_that_only_has_a_leftovers_number_is_left_alone(tmp_path):
    process, started = stray(started="another-boot/1")
    file = tmp_path / "children.json"
    processes.remember(file, [processes.Running(program((), tmp_path, "stray"), process, started)])
    assert processes.stop_leftovers(file) == []
    assert process.poll() is None
    process.kill()
    process.wait()


def test_children_end_when_their_starter_is_killed(tmp_path):
    code = (
        "import os, signal, sys; from pathlib import Path; from clinic.local import processes;"
        "log = Path(sys.argv[1]);"
        "child = processes.Program('child', ('sleep', '60'), dict(os.environ));"
        "print(processes.start(child, log).process.pid, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    starter = subprocess.run([sys.executable, "-c", code, tmp_path / "log"], capture_output=True, text=True)
    child = int(starter.stdout)
    until = time.monotonic() + 5
    while run_file.started(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert run_file.started(child) is None


# --- run.env


def test_run_file_is_believed_while_its_writer_lives(tmp_path):
    run_file.write(tmp_path, {"DATABASE_URL": "postgresql://here"})
    assert run_file.read_while_running(tmp_path) == {"DATABASE_URL": "postgresql://here"}
    assert (tmp_path / "run.env").stat().st_mode & 0o777 == 0o600


def test_run_file_of_a_dead_process_is_ignored(tmp_path):
    process, started = stray()
    write_for(tmp_path, process.pid, started)
    alive = run_file.read_while_running(tmp_path)
    process.kill()
    process.wait()
    assert alive == {"CLINIC_MODE": "demo"}
    assert run_file.read_while_running(tmp_path) == {}


def test_run_file_whose_number_belongs_to_another_process_by_now_is_ignored(tmp_path):
    write_for(tmp_path, os.getpid(), run_file.started(os.getppid()))
    assert run_file.read_while_running(tmp_path) == {}


@pytest.mark.parametrize(
    "text", ["", "SUPERVISOR_PID=\n", "SUPERVISOR_PID=x\nSUPERVISOR_STARTED=y\n", "\n\n="]
)
def test_damaged_run_file_is_ignored(tmp_path, text):
    (tmp_path / "run.env").write_text(text)
    assert run_file.read_while_running(tmp_path) == {}


def write_for(folder, pid, started):
    lines = f"CLINIC_MODE=demo\nSUPERVISOR_PID={pid}\nSUPERVISOR_STARTED={started}\n"
    (folder / "run.env").write_text(lines)
