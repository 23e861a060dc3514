"""Scales by which hair loss is graded and followed. Pure; every result is plain data and no diagnosis.

Bad input raises BadMeasure, which names the field and what it needs and never the value. `SCALES` lists all
of them with their input fields; `grade(name, fields)` reads one from plain data. Scores never convert into
each other: Sinclair 3 is near Ludwig II, and is not Ludwig II. Names of scales are facts; their pictures and
wordings belong to others, and none is repeated here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from inspect import signature
from statistics import median
from typing import Any

from consultations.rules.hair_measures import (
    anagen_telogen,
    hair_density,
    hair_pull,
    terminal_vellus,
    trichoscopy_faga,
    trichoscopy_measured,
    trichoscopy_signs,
)
from consultations.rules.measuring import BadMeasure, Number, flag, number, rounded, whole

__all__ = [
    "NORWOOD", "SCALES", "BadMeasure", "Scale", "aa_scale", "anagen_telogen", "dlqi", "global_photographic",
    "global_photographic_panel", "grade", "hair_density", "hair_pull", "ludwig", "norwood", "pain", "salt",
    "salt_change", "shedding_martinez_velasco_2017", "shedding_sinclair_2015", "sinclair", "terminal_vellus",
    "trichoscopy_faga", "trichoscopy_measured", "trichoscopy_signs",
]  # fmt: skip

# Patterns

NORWOOD = {  # code → place on an axis. Categories: never average them
    "I": 1.0, "II": 2.0, "IIA": 2.5, "III": 3.0, "IIIA": 3.5, "IIIV": 3.5,
    "IV": 4.0, "IVA": 4.5, "V": 5.0, "VA": 5.5, "VI": 6.0, "VII": 7.0,
}  # fmt: skip
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")
VARIANTS = {(2, "A"): "IIA", (3, "A"): "IIIA", (3, "V"): "IIIV", (4, "A"): "IVA", (5, "A"): "VA"}
TYPE_AND_VARIANT = re.compile(r"([1-7]|I{1,3}|IV|VI{0,2})(?:[ -]?(A|V|VERTEX))?")


@dataclass(frozen=True)
class Norwood:
    """`ordinal` places the category on a chart."""

    code: str | None
    ordinal: float | None


def norwood(value: object) -> Norwood:
    """Read one of the twelve types of Hamilton and Norwood (1975), as people write them: IIIv, 3v, iva.

    An empty text is no grade. Men as a rule; women may show these patterns too.
    """
    text = _text(value, "value").upper()
    if not text:
        return Norwood(None, None)
    code = text if text in NORWOOD else _variant(text)
    if code in NORWOOD:
        return Norwood(code, NORWOOD[code])
    raise BadMeasure(f"value: one of {', '.join(NORWOOD)} is needed")


def _variant(text: str) -> str | None:
    """3, 3v, III-vertex. The sign after the type is a variant, never a further figure: 1v is not IV."""
    found = TYPE_AND_VARIANT.fullmatch(text)
    if not found:
        return None
    figure, variant = found.groups()
    place = int(figure) if figure.isdecimal() else ROMAN.index(figure) + 1
    return ROMAN[place - 1] if variant is None else VARIANTS.get((place, variant[0]))


@dataclass(frozen=True)
class Ludwig:
    code: str | None
    grade: int | None


def ludwig(value: object) -> Ludwig:
    """Read a grade of Ludwig (1977) for women: I, II or III, or 1 to 3. I is thinning already, not normal."""
    text = _text(value, "value").upper()
    if not text:
        return Ludwig(None, None)
    code = ROMAN[int(text) - 1] if text in {"1", "2", "3"} else text
    if code not in ROMAN[:3]:
        raise BadMeasure("value: one of I, II, III is needed")
    return Ludwig(code, ROMAN.index(code) + 1)


def _text(value: object, field: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadMeasure(f"{field}: the grade as text is needed")
    text = str(value) if isinstance(value, str) or 0 <= value <= 9 else "?"
    return text.strip() if text.isascii() else "?"


@dataclass(frozen=True)
class Sinclair:
    """`is_pattern_loss`: female pattern hair loss begins at grade 2."""

    grade: int
    is_pattern_loss: bool


def sinclair(value: int) -> Sinclair:
    """The width of the mid-line parting, 1 (normal) to 5, whole numbers only."""
    value = whole(value, "value", least=1, most=5)
    return Sinclair(value, value >= 2)


@dataclass(frozen=True)
class Shedding:
    """`verdict`: normal, excessive, not_applicable, or None where no limit is published."""

    grade: int | None
    verdict: str | None


def shedding_sinclair_2015(value: int | None = None, short_hair: bool = False) -> Shedding:
    """Six pictures of hair shed in a day, for women with long hair: 1–4 normal, 5–6 excessive."""
    return _shedding(value, short_hair, most=6, excessive_from=5)


def shedding_martinez_velasco_2017(value: int | None = None, short_hair: bool = False) -> Shedding:
    """Nine pictures, a scale of its own (Martínez-Velasco 2017; women with pattern loss: about 7 on average).

    No limit of the normal is published, so there is no verdict.
    """
    return _shedding(value, short_hair, most=9, excessive_from=None)


def _shedding(value: int | None, short_hair: bool, *, most: int, excessive_from: int | None) -> Shedding:
    is_short = flag(short_hair, "short_hair")
    if value is not None or not is_short:
        value = whole(value, "value", least=1, most=most)
    if is_short:
        return Shedding(None, "not_applicable")
    if excessive_from is None or value is None:
        return Shedding(value, None)
    return Shedding(value, "excessive" if value >= excessive_from else "normal")


# Severity of Alopecia Tool

SALT_WEIGHTS = {
    "top": Decimal("0.40"),
    "back": Decimal("0.24"),
    "right": Decimal("0.18"),
    "left": Decimal("0.18"),
}
SUBCLASSES = (("S1", 25), ("S2", 50), ("S3", 75), ("S4", 100))  # each below its limit
AA_LEVELS = ("none", "mild", "moderate", "severe")


@dataclass(frozen=True)
class Salt:
    """`score` to keep (two decimals), `shown` to show (one). Classes come from the exact score."""

    score: Decimal
    shown: str
    subclass: str
    aa_scale: str
    is_very_severe: bool


def salt(top: Number, back: Number, right: Number, left: Number) -> Salt:
    """Hair lost in four regions, each 0–100 % of that region (Olsen 2004): 40, 24, 18 and 18 % of the scalp.

    All four are needed: there is no partial score. Subclasses S0 = 0, S1 < 25, S2 < 50, S3 < 75, S4 < 100,
    S5 = 100. `aa_scale` is the base level, before modifiers. Very severe (Alopecia UK): 95 or more.
    """
    regions = {"top": top, "back": back, "right": right, "left": left}
    exact = sum(
        (SALT_WEIGHTS[name] * number(loss, name, least=0, most=100) for name, loss in regions.items()),
        Decimal(0),
    )
    score = rounded(exact, 2)
    return Salt(score, str(rounded(exact, 1)), _subclass(exact), _aa_level(exact), exact >= 95)


def _subclass(exact: Decimal) -> str:
    if exact == 0:
        return "S0"
    return next((name for name, limit in SUBCLASSES if exact < limit), "S5")


def _aa_level(exact: Decimal) -> str:
    if exact == 0:
        return "none"
    return "mild" if exact <= 20 else "moderate" if exact < 50 else "severe"


@dataclass(frozen=True)
class AlopeciaAreata:
    """`level` is `base`, one higher where a modifier counts."""

    base: str
    level: str
    modifiers: tuple[str, ...]


def aa_scale(
    score: Number,
    brows_or_lashes: bool = False,
    inadequate_response: bool = False,
    diffuse_and_rapid: bool = False,
    impact: int = 0,
) -> AlopeciaAreata:
    """Level of alopecia areata from a SALT score (King 2022): mild to 20, moderate below 50, severe from 50.

    Mild and moderate rise by one level, once, with any of: brows or lashes affected; too little response in
    six months; several patches spreading fast with a positive pull test; impact of 6 or more out of 10.
    """
    base = _aa_level(number(score, "score", least=0, most=100))
    counting = {
        "brows_or_lashes": flag(brows_or_lashes, "brows_or_lashes"),
        "inadequate_response": flag(inadequate_response, "inadequate_response"),
        "diffuse_and_rapid": flag(diffuse_and_rapid, "diffuse_and_rapid"),
        "impact": whole(impact, "impact", least=0, most=10) >= 6,
    }
    modifiers = tuple(name for name, counts in counting.items() if counts)
    rises = bool(modifiers) and base in {"mild", "moderate"}
    return AlopeciaAreata(base, AA_LEVELS[AA_LEVELS.index(base) + rises], modifiers)


@dataclass(frozen=True)
class SaltChange:
    """`improvement` in % of the baseline (two decimals; negative: worse), None from a baseline of 0."""

    improvement: Decimal | None
    shown: str | None
    salt50: bool | None
    salt_20_or_less: bool


def salt_change(baseline: Number, now: Number) -> SaltChange:
    """Compare two SALT scores: improvement of half or more (SALT50), and a score of 20 or less."""
    before = number(baseline, "baseline", least=0, most=100)
    after = number(now, "now", least=0, most=100)
    if before == 0:
        return SaltChange(None, None, None, after <= 20)
    gained = (before - after) * 100
    share = gained / before
    return SaltChange(rounded(share, 2), str(rounded(share, 1)), gained >= 50 * before, after <= 20)


# As pictures and people tell it

GLOBAL_WORDS = {
    -3: "greatly_decreased", -2: "moderately_decreased", -1: "slightly_decreased", 0: "no_change",
    1: "slightly_increased", 2: "moderately_increased", 3: "greatly_increased",
}  # fmt: skip


@dataclass(frozen=True)
class GlobalPhotographic:
    """`words` is None for a median between two ratings."""

    rating: Decimal | int
    words: str | None
    is_responder: bool


def global_photographic(value: int) -> GlobalPhotographic:
    """One blinded reviewer's rating of two sets of pictures, −3 to +3. A responder has +1 or more."""
    value = whole(value, "value", least=-3, most=3)
    return GlobalPhotographic(value, GLOBAL_WORDS[value], value >= 1)


def global_photographic_panel(values: object) -> GlobalPhotographic:
    """The median of a panel's ratings, −3 to +3 each."""
    if not isinstance(values, list | tuple) or not 1 <= len(values) <= 100:
        raise BadMeasure("values: a list of 1 to 100 ratings is needed")
    ratings = [whole(one, f"values[{place}]", least=-3, most=3) for place, one in enumerate(values)]
    middle = median(Decimal(one) for one in ratings)
    words = GLOBAL_WORDS[int(middle)] if middle == int(middle) else None
    return GlobalPhotographic(middle, words, middle >= 1)


DLQI_BANDS = ((1, "none"), (5, "small"), (10, "moderate"), (20, "very_large"), (30, "extremely_large"))
DLQI_ITEMS = 10


@dataclass(frozen=True)
class Dlqi:
    """`total` and `band` are None where too much is missing."""

    total: int | None
    band: str | None


def dlqi(total: int | None = None, items: object = None) -> Dlqi:
    """Dermatology Life Quality Index: the total, 0–30, or its ten scores, 0–3, with None for one left out.

    One missing score counts 0; with more there is no total. Bands: 0–1 none, 2–5 small, 6–10 moderate, 11–20
    very large, 21–30 extremely large. For people from 16 on, at least 7 days apart; its questions are Cardiff
    University's, and are filled in on their sheet.
    """
    if (total is None) == (items is None):
        raise BadMeasure("total, items: exactly one of the two is needed")
    if total is not None:
        return _dlqi_band(whole(total, "total", least=0, most=30))
    if not isinstance(items, list | tuple) or len(items) != DLQI_ITEMS:
        raise BadMeasure("items: a list of 10 scores is needed")
    given = [
        whole(one, f"items[{place}]", least=0, most=3) for place, one in enumerate(items) if one is not None
    ]
    return _dlqi_band(sum(given)) if len(given) >= DLQI_ITEMS - 1 else Dlqi(None, None)


def _dlqi_band(total: int) -> Dlqi:
    return Dlqi(total, next(band for limit, band in DLQI_BANDS if total <= limit))


@dataclass(frozen=True)
class Pain:
    value: int
    band: str


def pain(value: int) -> Pain:
    """A number from 0 to 10, as somebody says it: 0 none, 1–3 mild, 4–6 moderate, 7–10 severe."""
    value = whole(value, "value", least=0, most=10)
    return Pain(
        value, "none" if value == 0 else "mild" if value <= 3 else "moderate" if value <= 6 else "severe"
    )


# All of them, by name


@dataclass(frozen=True)
class Scale:
    """One scale as a command or a form finds it. `required` and `optional` are names of input fields."""

    name: str
    compute: Callable[..., Any]

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(one.name for one in _parameters(self.compute) if one.default is one.empty)

    @property
    def optional(self) -> tuple[str, ...]:
        return tuple(one.name for one in _parameters(self.compute) if one.default is not one.empty)

    @property
    def about(self) -> str:
        """What it takes and gives: the first paragraph of its docstring, on one line."""
        return " ".join((self.compute.__doc__ or "").split("\n\n")[0].split())


def _parameters(compute: Callable[..., Any]) -> list[Any]:
    return list(signature(compute).parameters.values())


SCALES = {
    compute.__name__: Scale(compute.__name__, compute)
    for compute in (
        norwood, ludwig, sinclair, shedding_sinclair_2015, shedding_martinez_velasco_2017, salt, aa_scale,
        salt_change, hair_pull, global_photographic, global_photographic_panel, trichoscopy_faga,
        trichoscopy_measured, trichoscopy_signs, dlqi, terminal_vellus, anagen_telogen, hair_density, pain,
    )
}  # fmt: skip


def grade(name: str, fields: object) -> Any:
    """Compute a scale from plain data: its fields, or for a scale of one `value` that value alone."""
    if name not in SCALES:
        raise BadMeasure(f"there is no such scale; known are {', '.join(SCALES)}")
    scale = SCALES[name]
    first = (*scale.required, *scale.optional)[0]
    if first in {"value", "values"} and not isinstance(fields, Mapping):
        fields = {first: fields}
    if not isinstance(fields, Mapping):
        raise BadMeasure("input: an object is needed")
    for field in scale.required:
        if field not in fields:
            raise BadMeasure(f"{field}: is missing")
    if fields.keys() - {*scale.required, *scale.optional}:
        raise BadMeasure(f"input: unknown field; known are {', '.join(scale.required + scale.optional)}")
    return scale.compute(**fields)
