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
from treatments.rules.gaps import Floor, Gap, Treatment, Verdict, default_gap, floor_between

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


FORTNIGHTLY = default_gap(14)
THREE_WEEKLY = default_gap(21)
STEROID_21 = default_gap(21, floors=[Floor.TRIAMCINOLONE])
PLASMA = default_gap(28, floors=[Floor.PRP])
HALF_YEAR = Gap(28, 150, 182, 196)  # nobody's default: typed by the doctor

VECTORS = {  # clinical rules I-1 to I-10, each boundary from both sides
    "the day itself": (WEEKLY, "2027-01-04", "refused"),
    "the day before": (WEEKLY, "2027-01-03", "refused"),
    "I-1 weekly, 6 days": (WEEKLY, "2027-01-10", "refused"),
    "I-1 weekly, 7 days": (WEEKLY, "2027-01-11", "on_time"),
    "weekly, 3 days past the target": (WEEKLY, "2027-01-14", "on_time"),
    "weekly, 11 days": (WEEKLY, "2027-01-15", "late"),
    "weekly, 14 days are twice the target": (WEEKLY, "2027-01-18", "late"),
    "weekly, 15 days": (WEEKLY, "2027-01-19", "rescreen"),
    "I-4 minoxidil, 6 days": (default_gap(7, floors=[Floor.MINOXIDIL]), "2027-01-10", "refused"),
    "I-4 minoxidil, 7 days": (default_gap(7, floors=[Floor.MINOXIDIL]), "2027-01-11", "on_time"),
    "two-weekly, 6 days": (FORTNIGHTLY, "2027-01-10", "refused"),
    "two-weekly, 11 days": (FORTNIGHTLY, "2027-01-15", "doctor_only"),
    "two-weekly, 12 days": (FORTNIGHTLY, "2027-01-16", "on_time"),
    "two-weekly, 18 days": (FORTNIGHTLY, "2027-01-22", "on_time"),
    "two-weekly, 19 days": (FORTNIGHTLY, "2027-01-23", "late"),
    "two-weekly, 28 days": (FORTNIGHTLY, "2027-02-01", "late"),
    "two-weekly, 29 days": (FORTNIGHTLY, "2027-02-02", "rescreen"),
    "three-weekly, 17 days": (THREE_WEEKLY, "2027-01-21", "doctor_only"),
    "three-weekly, 18 days": (THREE_WEEKLY, "2027-01-22", "on_time"),
    "three-weekly, 26 days": (THREE_WEEKLY, "2027-01-30", "on_time"),
    "three-weekly, 27 days": (THREE_WEEKLY, "2027-01-31", "late"),
    "three-weekly, 42 days": (THREE_WEEKLY, "2027-02-15", "late"),
    "three-weekly, 43 days": (THREE_WEEKLY, "2027-02-16", "rescreen"),
    "monthly, 6 days": (MONTHLY, "2027-01-10", "refused"),
    "monthly, 7 days": (MONTHLY, "2027-01-11", "doctor_only"),
    "monthly, 23 days": (MONTHLY, "2027-01-27", "doctor_only"),
    "monthly, 24 days are the lower bound": (MONTHLY, "2027-01-28", "on_time"),
    "monthly, 35 days": (MONTHLY, "2027-02-08", "on_time"),
    "monthly, 36 days": (MONTHLY, "2027-02-09", "late"),
    "monthly, 56 days": (MONTHLY, "2027-03-01", "late"),
    "monthly, 57 days": (MONTHLY, "2027-03-02", "rescreen"),
    "I-2 triamcinolone, 20 days": (STEROID, "2027-01-24", "refused"),
    "I-2 triamcinolone, 21 days": (STEROID, "2027-01-25", "doctor_only"),
    "I-2 triamcinolone, 27 days": (STEROID, "2027-01-31", "doctor_only"),
    "I-2 triamcinolone, 28 days": (STEROID, "2027-02-01", "on_time"),
    "I-2 triamcinolone three-weekly, 20 days": (STEROID_21, "2027-01-24", "refused"),
    "I-2 triamcinolone three-weekly, 21 days": (STEROID_21, "2027-01-25", "on_time"),
    "I-5 plasma, 27 days": (PLASMA, "2027-01-31", "refused"),
    "I-5 plasma, 28 days": (PLASMA, "2027-02-01", "on_time"),
    "I-3 dutasteride 0.01 %, 83 days": (QUARTERLY, "2027-03-28", "refused"),
    "I-3 dutasteride 0.01 %, 84 days": (QUARTERLY, "2027-03-29", "on_time"),
    "quarterly, 105 days": (QUARTERLY, "2027-04-19", "on_time"),
    "quarterly, 106 days": (QUARTERLY, "2027-04-20", "late"),
    "quarterly, 180 days come before twice the target": (QUARTERLY, "2027-07-03", "late"),
    "quarterly, 181 days": (QUARTERLY, "2027-07-04", "rescreen"),
    "half a year, 149 days": (HALF_YEAR, "2027-06-02", "doctor_only"),
    "half a year, 150 days": (HALF_YEAR, "2027-06-03", "on_time"),
    "half a year, 196 days as the doctor typed": (HALF_YEAR, "2027-07-19", "on_time"),
    "half a year, 197 days": (HALF_YEAR, "2027-07-20", "rescreen"),
}


@pytest.mark.parametrize(("gap", "day", "expected"), VECTORS.values(), ids=list(VECTORS))
def test_verdict_on_each_side_of_each_boundary(gap, day, expected):
    assert gaps.verdict(last=LAST, day=date.fromisoformat(day), gap=gap) == expected


CALENDAR = {  # dates are compared, never hours, and never months
    "29 February counts": (MONTHLY, "2028-02-05", "2028-02-29", "on_time"),
    "leap year, 23 days over 29 February": (MONTHLY, "2028-02-10", "2028-03-04", "doctor_only"),
    "leap year, 24 days over 29 February": (MONTHLY, "2028-02-10", "2028-03-05", "on_time"),
    "the same dates of another year are a day less": (MONTHLY, "2027-02-10", "2027-03-05", "doctor_only"),
    "1900 was no leap year": (WEEKLY, "1900-02-22", "1900-03-01", "on_time"),
    "year end, 6 days": (WEEKLY, "2026-12-28", "2027-01-03", "refused"),
    "year end, 7 days": (WEEKLY, "2026-12-28", "2027-01-04", "on_time"),
    "31 January plus 28 days is 28 February": (MONTHLY, "2027-01-31", "2027-02-28", "on_time"),
    "31 January plus 36 days": (MONTHLY, "2027-01-31", "2027-03-08", "late"),
    "clock put forward in Berlin, 6 days": (WEEKLY, "2027-03-22", "2027-03-28", "refused"),
    "clock put forward in Berlin, 7 days": (WEEKLY, "2027-03-22", "2027-03-29", "on_time"),
    "clock put back in Berlin, 6 days": (WEEKLY, "2027-10-25", "2027-10-31", "refused"),
    "clock put back in Berlin, 7 days": (WEEKLY, "2027-10-25", "2027-11-01", "on_time"),
}


@pytest.mark.parametrize(("gap", "last", "day", "expected"), CALENDAR.values(), ids=list(CALENDAR))
def test_verdict_on_odd_days_of_the_calendar(gap, last, day, expected):
    assert gaps.verdict(last=date.fromisoformat(last), day=date.fromisoformat(day), gap=gap) == expected


@pytest.mark.parametrize(
    "gap", [WEEKLY, STEROID, STEROID_21, PLASMA], ids=["weekly", "triamcinolone", "three-weekly", "plasma"]
)
def test_from_a_closed_target_day_a_session_goes_to_the_day_after_never_to_the_day_before(gap):
    target = LAST + timedelta(days=gap.target)
    after = gaps.verdict(last=LAST, day=target + timedelta(days=1), gap=gap)
    before = gaps.verdict(last=LAST, day=target - timedelta(days=1), gap=gap)
    assert after == Verdict.ON_TIME
    assert before in (Verdict.REFUSED, Verdict.DOCTOR_ONLY)


# I-6 and the other floors between courses


def treatment(product, modality="injection", floors=(), least=0):
    return Treatment(product, modality, frozenset(floors), least)


@pytest.mark.parametrize(
    ("one", "other", "days"),
    [
        pytest.param(treatment(1), treatment(2), 7, id="I-1 two products"),
        pytest.param(treatment(1), treatment(2, "prp"), 14, id="I-6 injection and plasma"),
        pytest.param(treatment(1), treatment(2, "needling"), 14, id="I-6 injection and needling"),
        pytest.param(treatment(1, "prp"), treatment(2, "laser"), 14, id="I-6 plasma and laser"),
        pytest.param(treatment(1, "needling"), treatment(2, "needling"), 7, id="one kind, two products"),
        pytest.param(
            treatment(1, least=9), treatment(1, least=12), 12, id="one product, least gap of either"
        ),
        pytest.param(treatment(1, least=9), treatment(2, least=12), 7, id="another product's gap is its own"),
        pytest.param(
            treatment(1, floors=[Floor.TRIAMCINOLONE], least=21),
            treatment(1, floors=[Floor.TRIAMCINOLONE]),
            21,
            id="I-2 a second course of a single session",
        ),
        pytest.param(
            treatment(1, floors=[Floor.TRIAMCINOLONE]),
            treatment(2, "needling", floors=[Floor.TRIAMCINOLONE]),
            21,
            id="I-2 outranks I-6",
        ),
        pytest.param(
            treatment(1, "prp", [Floor.PRP]), treatment(1, "prp", [Floor.PRP]), 28, id="I-5 plasma twice"
        ),
        pytest.param(
            treatment(1, "prp", [Floor.PRP]), treatment(2), 14, id="I-5 is not for what is no plasma"
        ),
        pytest.param(
            treatment(1, floors=[Floor.DUTASTERIDE_0_01]),
            treatment(1, floors=[Floor.DUTASTERIDE_0_01]),
            84,
            id="I-3 dutasteride 0.01 % twice",
        ),
    ],
)
def test_between_two_courses_the_strictest_floor_wins(one, other, days):
    assert (floor_between(one, other), floor_between(other, one)) == (days, days)


# I-7 and extensions


@pytest.mark.parametrize("day", ["2027-01-11", "2027-01-15", "2027-01-19", "2027-03-01"])
def test_after_a_reaction_no_day_will_do_until_it_is_cleared(day):
    day = date.fromisoformat(day)
    assert gaps.verdict(last=LAST, day=day, gap=WEEKLY, held=True) == Verdict.REFUSED
    assert gaps.verdict(last=LAST, day=day, gap=WEEKLY, held=False) != Verdict.REFUSED


@pytest.mark.parametrize(
    ("until", "day", "expected"),
    [
        ("2027-01-16", "2027-01-15", "on_time"),
        ("2027-01-16", "2027-01-16", "on_time"),
        ("2027-01-16", "2027-01-17", "late"),
        ("2027-02-28", "2027-02-28", "on_time"),
        ("2027-02-28", "2027-03-01", "rescreen"),
        ("2027-01-12", "2027-01-14", "on_time"),
        ("2027-02-28", "2027-01-10", "refused"),
    ],
)
def test_an_extension_moves_the_last_day_and_nothing_else(until, day, expected):
    judged = gaps.verdict(last=LAST, day=date.fromisoformat(day), gap=WEEKLY, until=date.fromisoformat(until))
    assert judged == expected


def test_an_extension_lets_nothing_nearer_than_earliest():
    day = date(2027, 1, 27)
    judged = gaps.verdict(last=LAST, day=day, gap=MONTHLY, until=date(2027, 6, 1))
    assert judged == Verdict.DOCTOR_ONLY


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
    ("more", "verdict"),
    [
        ({}, "late"),
        ({"held": True}, "refused"),
        ({"held": False}, "late"),
        ({"elsewhere": [{"day": "2027-02-15", "floor": 7}]}, "refused"),
        ({"elsewhere": [{"day": "2027-02-16", "floor": 7}, {"day": "2027-01-12", "floor": 28}]}, "late"),
        ({"elsewhere": []}, "late"),
        ({"until": "2027-02-09"}, "on_time"),
        ({"until": None}, "late"),
    ],
    ids=str,
)
def test_gap_command_knows_other_courses_extensions_and_holds(more, verdict):
    assert gap_command.judge(asked(day="2027-02-09", **more)) == {"verdict": verdict, "days": 36}


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ([], "input: an object is needed."),
        ({"last": "2027-01-04"}, 'input: "day" is missing.'),
        (asked(hour=3), "input: unknown key; known are last, day, gap, elsewhere, until, held."),
        (asked(held="yes"), "held: true or false is needed."),
        (asked(until="soon"), "until: a date such as 2027-01-04 is needed."),
        (asked(elsewhere={}), "elsewhere: a list is needed."),
        (asked(elsewhere=[3]), "elsewhere[0]: an object is needed."),
        (asked(elsewhere=[{"day": "2027-01-04"}]), 'elsewhere[0]: "floor" is missing.'),
        (
            asked(elsewhere=[{"day": "2027-01-04", "floor": 0}]),
            "elsewhere[0].floor: a number from 1 to 3660 is needed.",
        ),
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
