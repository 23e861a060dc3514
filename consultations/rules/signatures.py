"""A signature that somebody drew: strokes on a pad of 600 by 200, as the path of an SVG and nothing else.

    M12 90L14 88L19 80M200 40L210 44      two strokes: begin, then straight on from point to point

It is drawn again on pages and on paper, so nothing but these letters and small numbers is ever let in.
"""

import re

WIDTH, HEIGHT = 600, 200
LONGEST = 20_000
MOST_POINTS = 2_000
FEWEST_POINTS = 8
NARROWEST = 40  # a dot or a slip of the finger is no signature

PATH = re.compile(r"(?:M[0-9]{1,3} [0-9]{1,3}(?:L[0-9]{1,3} [0-9]{1,3})+)+")
POINT = re.compile(r"([0-9]{1,3}) ([0-9]{1,3})")


def is_drawing(path: str) -> bool:
    """Whether this is strokes inside the pad, neither too short to be a name nor too long to be a hand's."""
    if len(path) > LONGEST or not PATH.fullmatch(path):
        return False
    points = [(int(x), int(y)) for x, y in POINT.findall(path)]
    across = [x for x, _ in points]
    is_inside = max(across) <= WIDTH and max(y for _, y in points) <= HEIGHT
    is_name = len(points) >= FEWEST_POINTS and max(across) - min(across) >= NARROWEST
    return is_inside and is_name and len(points) <= MOST_POINTS
