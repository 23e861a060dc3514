import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from treatments.management.commands import gap as gap_command
from treatments.rules import gaps
from treatments.rules.gaps import Floor, Gap, Verdict, default_gap

LAST = date(2027, 1, 4)
WEEKLY = Gap(7, 7, 7, 10)
MONTHLY = Gap(7, 24, 28, 35)
STEROID = Gap(21, 28, 28, 35)
QUARTERLY = Gap(84, 84, 91, 105)


@pytest.mark.parametrize(
    "numbers",
    [
        (0, 7, 7, 10),
        (-1, 7, 7, 10),
        (8, 7, 7, 10),
        (7, 8, 7, 10),
        (7, 7, 11, 10),
        (7, 7, 7, 7.0),
        (True, 7, 7, 9),
    ],
)
def test_gap_refuses_numbers_out_of_order_and_other_types(numbers):
    with pytest.raises(ValueError, match="a gap is"):
        Gap(*numbers)


def test_gap_takes_four_equal_numbers():
    assert Gap(1, 1, 1, 1).latest == 1


@pytest.mark.parametrize(
    ("target", "floors", "expected"),
    [
        (7, [], WEEKLY),
        (14, [], Gap(7, 12, 14, 18)),
        (21, [], Gap(7, 18, 21, 26)),
        (28, [], MONTHLY),
        (91, [], Gap(7, 84, 91, 105)),
        (28, [Floor.TRIAMCINOLONE], STEROID),
        (21, [Floor.TRIAMCINOLONE], Gap(21, 21, 21, 26)),
        (91, [Floor.TRIAMCINOLONE], Gap(21, 84, 91, 105)),
        (91, [Floor.DUTASTERIDE_0_01], QUARTERLY),
        (28, [Floor.PRP], Gap(28, 28, 28, 35)),
        (14, [Floor.OTHER_MODALITY], Gap(14, 14, 14, 18)),
        (21, [Floor.OTHER_MODALITY], Gap(14, 18, 21, 26)),
        (28, [Floor.OTHER_MODALITY, Floor.TRIAMCINOLONE], STEROID),
        (28, [Floor.SCALP_INJECTION], MONTHLY),
    ],
)
def test_default_gap_follows_the_clinical_table(target, floors, expected):
    assert default_gap(target, floors=floors) == expected


@pytest.mark.parametrize(
    ("target", "floors"),
    [
        (0, []),
        (6, []),
        (10, []),
        (30, []),
        (182, []),
        (7, [Floor.OTHER_MODALITY]),
        (14, [Floor.TRIAMCINOLONE]),
        (21, [Floor.PRP]),
        (28, [Floor.DUTASTERIDE_0_01]),
    ],
)
def test_default_gap_leaves_other_targets_to_the_doctor(target, floors):
    with pytest.raises(gaps.NoDefaultGap):
        default_gap(target, floors=floors)


VECTORS = [  # clinical rules I-9 and I-10, and both sides of every boundary
    (WEEKLY, "2027-01-04", "refused"),
    (WEEKLY, "2027-01-03", "refused"),
    (WEEKLY, "2027-01-10", "refused"),
    (WEEKLY, "2027-01-11", "on_time"),
    (WEEKLY, "2027-01-14", "on_time"),
    (WEEKLY, "2027-01-15", "late"),
    (WEEKLY, "2027-01-18", "late"),
    (WEEKLY, "2027-01-19", "rescreen"),
    (MONTHLY, "2027-01-10", "refused"),
    (MONTHLY, "2027-01-11", "doctor_only"),
    (MONTHLY, "2027-01-27", "doctor_only"),
    (MONTHLY, "2027-01-28", "on_time"),
    (MONTHLY, "2027-02-08", "on_time"),
    (MONTHLY, "2027-02-09", "late"),
    (MONTHLY, "2027-03-01", "late"),
    (MONTHLY, "2027-03-02", "rescreen"),
    (STEROID, "2027-01-24", "refused"),
    (STEROID, "2027-01-25", "doctor_only"),
    (STEROID, "2027-01-31", "doctor_only"),
    (STEROID, "2027-02-01", "on_time"),
    (QUARTERLY, "2027-03-28", "refused"),
    (QUARTERLY, "2027-03-29", "on_time"),
    (QUARTERLY, "2027-04-19", "on_time"),
    (QUARTERLY, "2027-04-20", "late"),
    (QUARTERLY, "2027-07-03", "late"),  # 180 days, before twice the target
    (QUARTERLY, "2027-07-04", "rescreen"),
    (Gap(7, 150, 182, 196), "2027-07-19", "on_time"),  # 196 days, as the doctor typed
    (Gap(7, 150, 182, 196), "2027-07-20", "rescreen"),
]


@pytest.mark.parametrize(("gap", "day", "expected"), VECTORS)
def test_verdict_on_each_side_of_each_boundary(gap, day, expected):
    assert gaps.verdict(last=LAST, day=date.fromisoformat(day), gap=gap) == expected


@pytest.mark.parametrize(
    ("other", "floor", "expected"),
    [
        (date(2027, 1, 19), 14, Verdict.REFUSED),
        (date(2027, 1, 18), 14, Verdict.ON_TIME),
        (date(2027, 2, 7), 7, Verdict.REFUSED),
        (date(2027, 2, 8), 7, Verdict.ON_TIME),
        (date(2027, 2, 1), 7, Verdict.REFUSED),
    ],
)
def test_verdict_keeps_the_floor_from_other_courses_on_both_sides(other, floor, expected):
    day = date(2027, 2, 1)
    assert gaps.verdict(last=LAST, day=day, gap=MONTHLY, elsewhere=[(other, floor)]) == expected


def test_verdict_takes_the_strictest_of_several_other_courses():
    elsewhere = [(date(2026, 12, 1), 7), (date(2027, 1, 10), 28)]
    assert gaps.verdict(last=LAST, day=date(2027, 2, 1), gap=MONTHLY, elsewhere=elsewhere) == Verdict.REFUSED


four_numbers = st.lists(st.integers(1, 250), min_size=4, max_size=4).map(
    lambda numbers: Gap(*sorted(numbers))
)


@given(four_numbers, st.integers(-5, 600))
def test_verdict_never_goes_back_as_days_pass(gap, days):
    order = list(Verdict)
    today = gaps.verdict(last=LAST, day=LAST + timedelta(days=days), gap=gap)
    tomorrow = gaps.verdict(last=LAST, day=LAST + timedelta(days=days + 1), gap=gap)
    assert order.index(tomorrow) >= order.index(today)


# The command


def asked(**changes) -> dict:
    numbers = {"never_before": 7, "earliest": 24, "target": 28, "latest": 35}
    return {"last": "2027-01-04", "day": "2027-01-28", "gap": numbers, **changes}


def test_gap_command_prints_json_alone(tmp_path):
    path = tmp_path / "gap.json"
    path.write_text(json.dumps(asked()))
    out = io.StringIO()
    call_command("gap", str(path), stdout=out)
    assert json.loads(out.getvalue()) == {"verdict": "on_time", "days": 24}


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ([], "input: an object is needed."),
        ({"last": "2027-01-04"}, 'input: "day" is missing.'),
        (asked(hour=3), "input: unknown key; known are last, day, gap."),
        (asked(day="2027-02-30"), "day: a date such as 2027-01-04 is needed."),
        (asked(last="0001-01-01"), "last: a year from 1850 to 2999 is needed."),
        (asked(last=None), "last: a date such as 2027-01-04 is needed."),
        (asked(gap=[7, 7, 7, 10]), "gap: an object is needed."),
        (asked(gap=asked()["gap"] | {"target": "28"}), "gap.target: a whole number is needed."),
        (asked(gap=asked()["gap"] | {"target": 28.0}), "gap.target: a whole number is needed."),
        (asked(gap=asked()["gap"] | {"latest": True}), "gap.latest: a whole number is needed."),
        (
            asked(gap=asked()["gap"] | {"never_before": 0}),
            "gap.never_before: a number from 1 to 3660 is needed.",
        ),
        (
            asked(gap=asked()["gap"] | {"earliest": 29}),
            "gap: never_before <= earliest <= target <= latest is needed.",
        ),
    ],
)
def test_gap_command_refuses_bad_input_in_one_line(question, message):
    with pytest.raises(CommandError) as caught:
        gap_command.judge(question)
    assert (str(caught.value), caught.value.returncode) == (message, 2)
