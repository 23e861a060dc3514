"""Mobile numbers as people type them, kept as E.164.

A number without a country is Indian. Nothing is guessed beyond that: what could be two numbers is none.
"""

import re
import unicodedata

INDIA = "91"
INDIAN_MOBILE = re.compile(r"[6-9][0-9]{9}")
ABROAD = re.compile(r"[1-9][0-9]{7,14}")
DECORATION = re.compile(r"[\s().\-\u2010-\u2015\u2212\u00a0\u200b-\u200f\u202a-\u202e\u2060-\u2069]+")


def parse(typed: str) -> str | None:
    """The number as +919845012345, however it was grouped and in figures of any script; None if unclear."""
    digits = DECORATION.sub("", _western(typed))
    if digits.startswith("+"):
        return _with_country(digits[1:])
    if digits.startswith("00"):
        return _with_country(digits[2:])
    local = digits.removeprefix("0")
    if INDIAN_MOBILE.fullmatch(local):
        return f"+{INDIA}{local}"
    if digits.startswith(INDIA) and INDIAN_MOBILE.fullmatch(digits[2:]):
        return f"+{digits}"
    return None


def shown(phone: str) -> str:
    """+919845012345 as +91 98450 12345; others as they are."""
    if phone.startswith(f"+{INDIA}") and len(phone) == 13:
        return f"+{INDIA} {phone[3:8]} {phone[8:]}"
    return phone


def masked(phone: str) -> str:
    """+919845012345 as ••• ••• 2345: enough to know one's own number by."""
    return f"••• ••• {phone[-4:]}"


def _with_country(digits: str) -> str | None:
    if digits.startswith(INDIA):
        local = digits.removeprefix(INDIA).removeprefix("0")
        return f"+{INDIA}{local}" if INDIAN_MOBILE.fullmatch(local) else None
    return f"+{digits}" if ABROAD.fullmatch(digits) else None


def _western(typed: str) -> str:
    """Figures of any script as 0–9, and the wide plus sign as a plus."""
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else "+" if sign in "＋﹢" else sign
        for sign in typed
    )
