import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from bookings.management.commands import plan_course
from bookings.rules import planner

ROOT = Path(__file__).parents[2]
WEEK = {"earliest": 7, "target": 7, "latest": 10}


def asked(**changes) -> dict:
    return {
        "not_before": "2027-01-04",
        "time_zone": "Asia/Kolkata",
        "gaps": [WEEK],
        "openings": [{"at": "2027-01-04T10:30:00+05:30"}, {"at": "2027-01-11T05:00:00Z"}],
        **changes,
    }


def answered(question: dict) -> dict:
    return plan_course.answer(planner.plan(plan_course.read_request(question)))


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", "plan_course", *arguments]
    return subprocess.run(command, cwd=ROOT, env={}, input=given, capture_output=True, text=True, check=False)


def test_plan_course_gives_the_times_back_as_they_were_written():
    times = ["2027-01-04T10:30:00+05:30", "2027-01-11T05:00:00Z"]
    assert answered(asked()) == {"feasible": True, "proposals": [{"sessions": times, "cost": 0}]}


def test_plan_course_reads_every_field():
    question = asked(
        gaps=[WEEK, {"earliest": 7, "target": 14, "latest": 18}],
        openings=[
            {"at": "2027-01-04T09:00:00+05:30", "sessions": [2, 3]},
            {"at": "2027-01-05T09:00:00+05:30", "cost": 3, "costs": {"1": 2}},
            {"at": "2027-01-13T09:00:00+05:30", "cost": 4, "sessions": [2]},
            {"at": "2027-01-25T09:00:00+05:30"},
        ],
        after={"day": "2026-12-28", "gap": WEEK},
        cost={"gap_day": 10, "start_day": 100},
    )
    times = ["2027-01-05T09:00:00+05:30", "2027-01-13T09:00:00+05:30", "2027-01-25T09:00:00+05:30"]
    # start 1 day, drifts 1 (after the last given), 1 and 2, openings 2 + 4
    assert answered(question)["proposals"] == [{"sessions": times, "cost": 100 + 10 * 4 + 2 + 4}]


def test_plan_course_weighs_a_day_as_one_unless_told():
    question = asked(openings=[{"at": "2027-01-06T09:00:00+05:30"}, {"at": "2027-01-15T09:00:00+05:30"}])
    assert answered(question)["proposals"][0]["cost"] == 2 + 2
    assert answered(question | {"cost": {"gap_day": 0}})["proposals"][0]["cost"] == 2
    assert answered(question | {"cost": {"start_day": 0.25}})["proposals"][0]["cost"] == 2.5


def test_plan_course_adds_decimal_costs_exactly():
    openings = [{"at": f"2027-01-{day:02}T09:00:00Z", "cost": 0.1} for day in (4, 11, 18)]
    cost = answered(asked(gaps=[WEEK, WEEK], openings=openings))["proposals"][0]["cost"]
    assert repr(cost) == "0.3"


def test_plan_course_says_what_cannot_be_placed():
    assert answered(asked(openings=[{"at": "2027-01-04T10:30:00+05:30"}])) == {
        "feasible": False,
        "failed_session": 2,
        "window": ["2027-01-11", "2027-01-14"],
        "reason_code": "no_opening",
        "reason": "No time is open on the days on which this session may be.",
    }


def opening(**changes) -> dict:
    return asked(openings=[{"at": "2027-01-04T10:30:00+05:30"} | changes])


BAD = [
    ([], "input: an object is needed."),
    ({}, 'input: "not_before" is missing.'),
    (
        asked(location=1),
        "input: unknown key; known are not_before, time_zone, gaps, openings, after, cost.",
    ),
    (asked(not_before="2027-13-01"), "not_before: a date such as 2027-01-04 is needed."),
    (asked(not_before="9999-12-31"), "not_before: a year from 1850 to 2999 is needed."),
    (asked(gaps=None), "gaps: a list is needed."),
    (asked(gaps=[WEEK] * 52), "gaps: 52 sessions at most."),
    (asked(gaps=[7]), "gaps[0]: an object is needed."),
    (asked(gaps=[WEEK, {"earliest": 7}]), 'gaps[1]: "target" is missing.'),
    (asked(gaps=[WEEK | {"never_before": 7}]), "gaps[0]: unknown key; known are earliest, target, latest."),
    (asked(gaps=[WEEK | {"earliest": -7}]), "gaps[0].earliest: a number from 1 to 3660 is needed."),
    (asked(gaps=[WEEK | {"earliest": 0}]), "gaps[0].earliest: a number from 1 to 3660 is needed."),
    (asked(gaps=[WEEK | {"latest": 3661}]), "gaps[0].latest: a number from 1 to 3660 is needed."),
    (asked(gaps=[WEEK | {"target": 7.5}]), "gaps[0].target: a whole number is needed."),
    (asked(gaps=[WEEK | {"earliest": 8}]), "gaps[0]: earliest <= target <= latest is needed."),
    (asked(gaps=[WEEK | {"latest": 6}]), "gaps[0]: earliest <= target <= latest is needed."),
    (asked(openings={}), "openings: a list is needed."),
    (asked(openings=["2027-01-04"]), "openings[0]: an object is needed."),
    (asked(openings=[{}]), 'openings[0]: "at" is missing.'),
    (opening(at="2027-01-04T10:30:00"), "openings[0].at: a time with its offset such as"),
    (opening(at=5), "openings[0].at: a time with its offset such as"),
    (opening(price=5), "openings[0]: unknown key; known are at, cost, sessions, costs."),
    (opening(cost=-1), "openings[0].cost: a number from 0 to 1000000000000 is needed."),
    (opening(cost="1"), "openings[0].cost: a number from 0 to 1000000000000 is needed."),
    (opening(cost=True), "openings[0].cost: a number from 0 to 1000000000000 is needed."),
    (opening(cost=10**13), "openings[0].cost: a number from 0 to 1000000000000 is needed."),
    (opening(sessions=1), "openings[0].sessions: a list is needed."),
    (opening(sessions=[3]), "openings[0].sessions[0]: a number from 1 to 2 is needed."),
    (opening(sessions=[1, "2"]), "openings[0].sessions[1]: a whole number is needed."),
    (opening(costs={"3": 1}), "openings[0].costs: unknown key; known are 1, 2."),
    (opening(costs={"1": None}), "openings[0].costs.1: a number from 0 to 1000000000000 is needed."),
    (asked(after={"day": "2027-01-01"}), 'after: "gap" is missing.'),
    (asked(after={"day": "x", "gap": WEEK}), "after.day: a date such as 2027-01-04 is needed."),
    (
        asked(after={"day": "2027-01-01", "gap": WEEK | {"latest": 1}}),
        "after.gap: earliest <= target <= latest",
    ),
    (asked(cost={"gap_day": -1}), "cost.gap_day: a number from 0 to 1000000000000 is needed."),
    (asked(cost={"day": 1}), "cost: unknown key; known are gap_day, start_day."),
    (asked(cost=None), "cost: an object is needed."),
]


@pytest.mark.parametrize(("question", "message"), BAD, ids=range(len(BAD)))
def test_plan_course_refuses_bad_input_in_one_line(question, message):
    with pytest.raises(CommandError) as caught:
        plan_course.read_request(question)
    assert caught.value.returncode == 2
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "Asia", "Asia/", "../etc/passwd", "/etc/localtime", "a" * 5000, "ಏಷ್ಯಾ", 5, None, [], {}],
)
def test_plan_course_refuses_what_is_no_time_zone(name):
    with pytest.raises(CommandError) as caught:
        plan_course.read_request(asked(time_zone=name))
    assert str(caught.value) == "time_zone: the name of a time zone such as Asia/Kolkata is needed."


def test_plan_course_runs_without_a_database_or_settings(tmp_path):
    path = tmp_path / "course.json"
    path.write_text(json.dumps(asked()))
    for done in (run(str(path)), run("-", given=json.dumps(asked()))):
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout) == answered(asked())


def test_plan_course_exits_two_with_one_line():
    done = run("-", given='{"not_before": NaN}')
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "CommandError: The input holds NaN or Infinity, which JSON does not know.\n"
