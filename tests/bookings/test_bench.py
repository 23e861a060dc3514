"""`manage.py bench` at its smallest: every row runs and its proofs hold. Times are asserted nowhere."""

import fcntl
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from bookings.bench import server
from bookings.bench.harness import Row, quantile
from tests.running import a_users_environ

ROOT = Path(__file__).parents[2]
GOALS = {
    "openings_treatment_to_packed": 2.3,
    "openings_treatment_to_tuples": 0.6,
    "growth_tiny_before_to_tiny": 1.2,
    "openings_over_http": 6,
    "booking_page_over_http": None,
    "one_time_loser_median": 5,
    "one_time_loser_p99": 50,
    "one_time_unserved_loser_median": None,
    "one_time_unserved_loser_p99": None,
    "bookings_over_http": 0.2,
    "planning_8_sessions": 1.8,
    "planning_12_over_a_year": 9,
    "placing_12_sessions": 3.5,
    "page_of_200_openings": 2,
    "repacking_first_come": None,
    "repacking_best_fit": None,
    "finding_people": None,
    "poll_over_http": None,
    "board_over_http": None,
    "joint_replan_seconds": None,
    "joint_replan_placed": 1,
    "joint_replan_moves_to_bound": None,
}


def run(*command: str, **environ: str) -> subprocess.CompletedProcess:
    own = a_users_environ() | environ
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=own, capture_output=True, text=True, check=False
    )


def bench(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess:
    return run("manage.py", "bench", *arguments, CLINIC_VAR=str(folder), **environ)


@pytest.fixture
def measured(transactional_db, var_folder):
    """The measuring process on this run's own PostgreSQL and tables, which takes half as long."""
    tables = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:  # nobody may be connected to a database that is copied
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [tables],
        )
    connection.close()
    folder = var_folder / "bench"
    environ = server.environ(folder, settings.ENVIRON["DATABASE_URL"])
    hurried = ["--size", "tiny", "--rounds", "1", "--hurried", "--tables-of", tables]
    yield run("-m", "bookings.bench.measure", *hurried, **environ)
    with connection.cursor() as cursor:
        for name in ("empty", "tiny_before", "tiny"):
            cursor.execute(f"DROP DATABASE IF EXISTS bench_{name}")


def test_bench_runs_every_row_and_its_proofs_hold(measured):
    assert measured.returncode == 0, measured.stderr
    assert_complete(json.loads(measured.stdout))


@pytest.mark.skipif(not os.environ.get("CLINIC_SOAK"), reason="the same from its beginning: make soak")
@pytest.mark.race
def test_bench_makes_its_own_server(var_folder):
    ended = bench(var_folder / "bench", "--size", "tiny", "--rounds", "1", "--hurried", "--json")

    assert ended.returncode == 0, ended.stderr
    assert_complete(json.loads(ended.stdout))


def assert_complete(found: list[dict]) -> None:
    rows = {row["name"]: row for row in found}
    assert {name: row["goal"] for name, row in rows.items()} == GOALS
    for row in rows.values():
        assert list(row)[:5] == ["name", "ratio", "goal", "holds", "rounds"]
        assert math.isfinite(row["ratio"]) and row["ratio"] > 0
        assert len(row["rounds"]) == 1
        assert all(value > 0 for value in row["rounds"][0].values()), row
        assert {name for name, so in row["proofs"].items() if not so} == set(), row
    searches = [row["queries"] for name, row in rows.items() if name.startswith(("openings_t", "growth"))]
    assert (searches, rows["finding_people"]["queries"]) == ([4, 4, 4], 2)


def test_bench_refuses_on_the_machine_of_a_clinic(tmp_path):
    url = "postgresql://nobody@database.invalid/clinic"
    ended = bench(tmp_path, CLINIC_MODE="production", DATABASE_URL=url)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines() == [
        "CommandError: bench is not for the machine of a clinic: nothing was measured"
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "NAME: unknown; known are searching, "),
        (["--size", "2m"], "--size: unknown; known are 1m, 100k, tiny."),
        (["--rounds", "0"], "--rounds: a number from 1 to 50 is needed."),
        (["--rounds", "many"], "--rounds: a number from 1 to 50 is needed."),
    ],
)
def test_bench_refuses_nonsense_in_one_line(tmp_path, arguments, said):
    ended = bench(tmp_path, *arguments)

    assert (ended.returncode, ended.stdout) == (2, "")
    [line] = ended.stderr.splitlines()
    assert line.startswith(f"CommandError: {said}")


def test_bench_runs_alone(tmp_path):
    (tmp_path / "bench").mkdir()
    with (tmp_path / "bench" / "bench.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = bench(tmp_path, "--size", "tiny")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"CommandError: A bench is running in {tmp_path / 'bench'} already.\n"


ROUNDS = [{"ours": 10, "against": 5}, {"ours": 9, "against": 3}, {"ours": 40, "against": 10}]


def test_a_row_is_the_median_of_its_rounds_ratios():
    assert Row("example", ROUNDS).ratio == 3
    assert Row("example", ROUNDS, ratios=[0.5, 0.1, 0.2]).ratio == 0.2
    assert Row("example", ROUNDS).medians == {"ours": 10, "against": 5}


def test_a_row_holds_when_its_goal_is_reached_and_its_proofs_are_so():
    assert Row("example", ROUNDS).holds is None
    assert [Row("example", ROUNDS, goal).holds for goal in (3, 2.9)] == [True, False]
    assert [Row("example", ROUNDS, goal, at_least=True).holds for goal in (3, 3.1)] == [True, False]
    assert Row("example", ROUNDS, 3, proofs={"one": True, "other": False}).holds is False


def test_a_quantile_is_one_of_the_times():
    assert [quantile([4, 1, 3, 2], share) for share in (0.1, 0.5, 0.51, 0.99, 1)] == [1, 2, 3, 4, 4]
