"""A drawn signature is strokes inside a pad, and nothing else ever."""

import pytest

from consultations.rules.signatures import FEWEST_POINTS, LONGEST, MOST_POINTS, is_drawing


def stroke(points, *, step=10):
    """So many points across the pad and back."""
    across = [(n * step) % 600 for n in range(points)]
    return "M" + "L".join(f"{x} {100 + n % 7}" for n, x in enumerate(across))


def test_strokes_are_a_signature():
    assert is_drawing(stroke(20))
    assert is_drawing(stroke(20) + stroke(12))
    assert is_drawing("M0 0L600 200L0 200L1 1L2 2L3 3L4 4L600 0")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "M1 1",
        "M1 1L2",
        "M1 1 L2 2L3 3L4 4L5 5L6 6L7 7L80 80",
        "L1 1L2 2L3 3L4 4L5 5L6 6L7 7L80 80",
        "M1 1l2 2L3 3L4 4L5 5L6 6L7 7L80 80",
        "M1 1L2 2L3 3L4 4L5 5L6 6L7 7L80 80Z",
        "M1 1L2 2L3 3L4 4L5 5L6 6L7 7L80 80\n",
        "M1,1L2,2L3,3L4,4L5,5L6,6L7,7L80,80",
        "M1 1L2 2L3 3L4 4L5 5L6 6L7 7L80.5 80",
        "M-1 1L2 2L3 3L4 4L5 5L6 6L7 7L80 80",
        'M1 1L2 2L3 3L4 4L5 5L6 6L7 7L80 80"/><script>alert(1)</script>',
        "M١ 1L2 2L3 3L4 4L5 5L6 6L7 7L80 80",
        "M1 1L2 2L3 3L4 4L5 5L6 6L7 7L80 80\x00",
    ],
)
def test_anything_else_is_none(path):
    assert not is_drawing(path)


@pytest.mark.parametrize(("inside", "outside"), [("600 100", "601 100"), ("300 200", "300 201")])
def test_nothing_lies_outside_the_pad(inside, outside):
    path = "M1 1L2 2L3 3L4 4L5 5L6 6L7 7L"
    assert is_drawing(path + inside)
    assert not is_drawing(path + outside)


def test_a_dot_or_a_slip_of_the_finger_is_no_name():
    few = stroke(FEWEST_POINTS - 1, step=20)
    assert is_drawing(stroke(FEWEST_POINTS, step=20))
    assert not is_drawing(few)
    assert is_drawing(stroke(11, step=4))  # 40 wide
    assert not is_drawing(stroke(10, step=4))  # 36 wide


def test_nobody_draws_without_end():
    assert is_drawing(stroke(MOST_POINTS))
    assert not is_drawing(stroke(MOST_POINTS + 1))
    assert len("M" + "L".join(["100 100"] * 2501)) > LONGEST
    assert not is_drawing("M1 1L" + "L".join(["100 100"] * 2501))
