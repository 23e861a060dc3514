"""What may be wrong after injections, in the words of somebody it happens to, and how soon a person rings.

A new lump or patch counts for half a year: infections by slow bacteria and scars show late.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_ = gettext_noop = str

EMERGENCY, SAME_DAY, SEVEN_DAYS = "emergency", "same-day", "7-day"
MOST_URGENT_FIRST = (EMERGENCY, SAME_DAY, SEVEN_DAYS)


@dataclass(frozen=True)
class Sign:
    code: str
    text: str
    lane: str


OTHER, CRISIS = "other", "crisis"

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
    # A person calls, soon: never left to automation.
    Sign(CRISIS, _("it all gets too much, or I think of harming myself"), SAME_DAY),
    # Nobody knows what it is, so somebody asks today.
    Sign(OTHER, _("something else that worries me"), SAME_DAY),
)
BY_CODE = {sign.code: sign for sign in SIGNS}


# How urgent it is: five questions, whatever was ticked

YES, NO, NOT_SURE, NOT_SAID = "yes", "no", "not_sure", "not_said"
ANSWERS = ((YES, _("Yes")), (NO, _("No")), (NOT_SURE, _("Not sure")))


@dataclass(frozen=True)
class Question:
    """`short`: how the doctor's list says it."""

    code: str
    text: str
    short: str
    lane: str


QUESTIONS = (
    Question(
        "breathing",
        _("Is it hard to breathe, or do your face, lips or throat swell?"),
        _("hard to breathe, or swelling of the face"),
        EMERGENCY,
    ),
    Question("fever", _("Do you have a fever, or shivers?"), _("fever or shivers"), SAME_DAY),
    Question("spreading", _("Does redness spread, or is there pus?"), _("redness spreads, or pus"), SAME_DAY),
    Question(
        "skin_or_sight",
        _("Does skin turn white, blue or black, or do you see worse than before?"),
        _("skin turns white, blue or black, or sight is worse"),
        SAME_DAY,
    ),
    Question("faster", _("Is it getting worse from hour to hour?"), _("worse from hour to hour"), SAME_DAY),
)
QUESTION_BY_CODE = {question.code: question for question in QUESTIONS}


def lane_of(codes: Iterable[str], answers: Mapping[str, str] | None = None) -> str:
    """Return how soon somebody rings: as the most urgent sign or answer asks.

    Not sure counts as yes. About a question left out, and a sign or a question we no longer know, today.
    """
    lanes = {BY_CODE[code].lane if code in BY_CODE else SAME_DAY for code in codes}
    lanes |= {_asked_by(code, answer) for code, answer in (answers or {}).items()}
    lanes.discard("")
    return min(lanes, key=MOST_URGENT_FIRST.index)


def _asked_by(code: str, answer: str) -> str:
    if answer == NO:
        return ""
    if answer in (YES, NOT_SURE) and code in QUESTION_BY_CODE:
        return QUESTION_BY_CODE[code].lane
    return SAME_DAY


def is_crisis(codes: Iterable[str]) -> bool:
    return CRISIS in codes
