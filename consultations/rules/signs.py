"""What may be wrong after injections, in the words of somebody it happens to, and how soon a person rings.

A new lump or patch counts for half a year: infections by slow bacteria and scars show late.
"""

from collections.abc import Iterable
from dataclasses import dataclass

_ = gettext_noop = str

EMERGENCY, SAME_DAY, SEVEN_DAYS = "emergency", "same-day", "7-day"
MOST_URGENT_FIRST = (EMERGENCY, SAME_DAY, SEVEN_DAYS)


@dataclass(frozen=True)
class Sign:
    code: str
    text: str
    lane: str


SIGNS = (
    Sign("breathing", _("trouble breathing, or a tight throat"), EMERGENCY),
    Sign("swelling", _("swelling of the face, lips or tongue"), EMERGENCY),
    Sign("collapse", _("fainted and not quite well again, or a fit"), EMERGENCY),
    Sign("chest_pain", _("chest pain, or a racing or uneven heartbeat"), EMERGENCY),
    Sign("sight", _("trouble seeing"), SAME_DAY),
    Sign("dark_skin", _("skin turning white, blue or black"), SAME_DAY),
    Sign("fever", _("fever, with redness that spreads, or pus"), SAME_DAY),
    Sign("pain", _("pain that gets worse instead of better"), SAME_DAY),
    Sign("numb_mouth", _("numb mouth, metal taste or ringing ears after the numbing"), SAME_DAY),
    Sign("lump", _("a new lump on the scalp, also months later"), SEVEN_DAYS),
    Sign("patch", _("a new bald patch, also months later"), SEVEN_DAYS),
    # Nobody knows what it is, so somebody asks today.
    Sign("other", _("something else that worries me"), SAME_DAY),
)
BY_CODE = {sign.code: sign for sign in SIGNS}


def lane_of(codes: Iterable[str]) -> str:
    """Return how soon somebody rings: as the most urgent sign asks; about one we no longer know, today."""
    lanes = {BY_CODE[code].lane if code in BY_CODE else SAME_DAY for code in codes}
    return min(lanes, key=MOST_URGENT_FIRST.index)
