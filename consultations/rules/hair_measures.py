"""What is counted and measured on hair: pull test, trichoscopy, density, root counts. Pure arithmetic.

Reference values come from small studies of other populations: they are shown beside a result, and a clinic
sets norms of its own. None of them makes a diagnosis.
"""

from dataclasses import dataclass
from decimal import Decimal

from consultations.rules.measuring import BadMeasure, Number, number, one_of, rounded, several_of, whole

PULL_SITES = ("vertex", "left_parietal", "right_parietal", "occiput", "affected")
USUALLY_GRASPED = 60


@dataclass(frozen=True)
class PullTest:
    """`modern` is the verdict to show first. `percent` of the grasped hairs, one decimal."""

    site: str | None
    grasped: int
    removed: int
    percent: Decimal
    modern: str
    classical: str
    anagen_effluvium: bool
    days_since_wash: int | None


def hair_pull(
    removed: int,
    grasped: int = USUALLY_GRASPED,
    site: str | None = None,
    telogen: int = 0,
    anagen: int = 0,
    dystrophic_anagen: int = 0,
    broken: int = 0,
    days_since_wash: int | None = None,
) -> PullTest:
    """Hairs that come out of 20–100 grasped ones (usually 50–60), by two limits.

    Modern: 3 or more are positive (McDonald 2017: 97 % of 181 healthy people lost at most 2). Classical: more
    than 10 % of what was grasped; exactly 10 % is negative. Anagen hairs with dystrophic roots hint at an
    anagen effluvium. Refuses more hairs removed, or more roots seen, than there were.
    """
    grasped = whole(grasped, "grasped", least=20, most=100)
    removed = whole(removed, "removed", least=0, most=grasped)
    roots = {"telogen": telogen, "anagen": anagen, "broken": broken}
    if sum(whole(count, name, least=0, most=removed) for name, count in roots.items()) > removed:
        raise BadMeasure("telogen, anagen, broken: together not more than were removed")
    dystrophic = whole(dystrophic_anagen, "dystrophic_anagen", least=0, most=anagen)
    return PullTest(
        site=None if site is None else one_of(site, "site", PULL_SITES),
        grasped=grasped,
        removed=removed,
        percent=rounded(Decimal(100 * removed) / grasped, 1),
        modern="positive" if removed >= 3 else "negative",
        classical="positive" if 10 * removed > grasped else "negative",
        anagen_effluvium=dystrophic > 0,
        days_since_wash=None
        if days_since_wash is None
        else whole(days_since_wash, "days_since_wash", least=0, most=60),
    )


# Trichoscopy

FAGA_MAJOR = ("yellow_dots", "thinner_in_front", "thin_hairs")
FAGA_MINOR = ("single_hair_units", "vellus", "discoloration")
SIGNS = {  # what a sign speaks for; scarring is for the doctor to see soon
    "diameter_diversity": "androgenetic",
    "exclamation_mark_hairs": "areata",
    "black_dots": "areata",
    "yellow_dots": "areata",
    "absent_ostia": "scarring",
    "perifollicular_scale": "scarring",
    "white_dots": "scarring",
}
DIVERSITY_FROM = 20  # per cent, strict


@dataclass(frozen=True)
class Faga:
    """Criteria met, and whether they suffice for female androgenetic alopecia."""

    major: tuple[str, ...]
    minor: tuple[str, ...]
    verdict: str


def trichoscopy_faga(major: object = (), minor: object = ()) -> Faga:
    """Criteria of Rakowska 2009 for female androgenetic alopecia: lists of names from FAGA_MAJOR, FAGA_MINOR.

    Positive: two major ones, or one major and two minor ones.
    """
    majors = several_of(major, "major", FAGA_MAJOR)
    minors = several_of(minor, "minor", FAGA_MINOR)
    positive = len(majors) >= 2 or (len(majors) == 1 and len(minors) >= 2)
    return Faga(majors, minors, "positive" if positive else "negative")


def trichoscopy_measured(
    yellow_dots: int,
    frontal_thickness: Number,
    occipital_thickness: Number,
    frontal_thin_percent: Number,
    single_hair_ratio: Number,
    vellus_ratio: Number,
    discoloration_ratio: Number,
) -> Faga:
    """The same criteria from measurements; all limits are strict.

    Major: yellow dots in four frontal images at ×70 (more than 4), mean thickness in µm of 50 hairs or more
    (thinner in front), % of frontal hairs under 0.03 mm (more than 10). Minor: the ratios frontal : occipital
    of single-hair units (more than 2), vellus hairs (1.5) and perifollicular discoloration (3).
    """
    front = number(frontal_thickness, "frontal_thickness", least=5, most=150)
    back = number(occipital_thickness, "occipital_thickness", least=5, most=150)
    thin = number(frontal_thin_percent, "frontal_thin_percent", least=0, most=100)
    single = number(single_hair_ratio, "single_hair_ratio", least=0, most=1000)
    vellus = number(vellus_ratio, "vellus_ratio", least=0, most=1000)
    colour = number(discoloration_ratio, "discoloration_ratio", least=0, most=1000)
    dots = whole(yellow_dots, "yellow_dots", least=0, most=1000)
    major = dict(zip(FAGA_MAJOR, (dots > 4, front < back, thin > 10), strict=True))
    minor = dict(zip(FAGA_MINOR, (single > 2, vellus > Decimal("1.5"), colour > 3), strict=True))
    return trichoscopy_faga(
        [name for name, met in major.items() if met], [name for name, met in minor.items() if met]
    )


@dataclass(frozen=True)
class Signs:
    """What the signs seen speak for, from androgenetic, areata, scarring."""

    seen: tuple[str, ...]
    suggests: tuple[str, ...]
    is_scarring: bool


def trichoscopy_signs(signs: object = (), diversity_percent: Number | None = None) -> Signs:
    """Signs from SIGNS, and the % of hairs that differ in thickness (more than 20 counts as a sign)."""
    seen = several_of(signs, "signs", tuple(SIGNS))
    if diversity_percent is not None:
        share = number(diversity_percent, "diversity_percent", least=0, most=100)
        if share > DIVERSITY_FROM and "diameter_diversity" not in seen:
            seen = ("diameter_diversity", *seen)
    suggests = tuple(dict.fromkeys(SIGNS[sign] for sign in seen))
    return Signs(seen, suggests, "scarring" in suggests)


# Density and trichogram


@dataclass(frozen=True)
class Limits:
    """What can be measured at all; `low` and `high` bound the published reference, if there is one."""

    unit: str
    least: int
    most: int
    low: int | None = None
    high: int | None = None


HAIR_LIMITS = {
    "density": Limits("hairs/cm²", 0, 500, 175, 300),  # Barman 1965, Western scalps; Asian ones are lower
    "follicular_units": Limits("/cm²", 0, 150, 60, 100),
    "diameter": Limits("µm", 5, 150),
    "thin_hairs": Limits("%", 0, 100),
    "hairs_per_unit": Limits("", 1, 5),
    "single_hair_units": Limits("%", 0, 100),
}


@dataclass(frozen=True)
class Measured:
    value: Decimal
    unit: str
    reference: str | None  # below, within or above; None where no reference is published


def hair_density(
    density: Number | None = None,
    follicular_units: Number | None = None,
    diameter: Number | None = None,
    thin_hairs: Number | None = None,
    hairs_per_unit: Number | None = None,
    single_hair_units: Number | None = None,
) -> dict[str, Measured]:
    """One or more of: density (hairs/cm², 0–500), follicular units (/cm², 0–150), diameter (µm, 5–150), hairs
    thinner than 30 µm (%), hairs a unit (1–5), units of one hair (%). Take at least three fields at the same
    landmark and magnification.
    """
    given = {
        "density": density,
        "follicular_units": follicular_units,
        "diameter": diameter,
        "thin_hairs": thin_hairs,
        "hairs_per_unit": hairs_per_unit,
        "single_hair_units": single_hair_units,
    }
    found = {name: _measured(name, value) for name, value in given.items() if value is not None}
    if not found:
        raise BadMeasure(f"one of {', '.join(given)} is needed")
    return found


def _measured(name: str, value: Number) -> Measured:
    limits = HAIR_LIMITS[name]
    exact = number(value, name, least=limits.least, most=limits.most)
    if limits.low is None or limits.high is None:
        return Measured(exact, limits.unit, None)
    reference = "below" if exact < limits.low else "above" if exact > limits.high else "within"
    return Measured(exact, limits.unit, reference)


@dataclass(frozen=True)
class TerminalVellus:
    """`ratio` to one vellus hair, two decimals; None and a note where none was seen."""

    ratio: Decimal | None
    verdict: str


def terminal_vellus(terminal: int, vellus: int) -> TerminalVellus:
    """Counts of terminal and vellus hairs. Biopsies: about 7:1 or more is usual, less than 4:1 androgenetic.

    Without a vellus hair there is no ratio. Counts that make a ratio above 60 are refused as a slip.
    """
    terminal = whole(terminal, "terminal", least=0, most=10_000)
    vellus = whole(vellus, "vellus", least=0, most=10_000)
    if vellus == 0:
        return TerminalVellus(None, "no_vellus")
    if terminal > 60 * vellus:
        raise BadMeasure("terminal, vellus: a ratio of at most 60 is needed")
    verdict = "usual" if terminal >= 7 * vellus else "androgenetic" if terminal < 4 * vellus else "between"
    return TerminalVellus(rounded(Decimal(terminal) / vellus, 2), verdict)


@dataclass(frozen=True)
class Roots:
    anagen: Decimal
    telogen: Decimal
    telogen_verdict: str


def anagen_telogen(anagen: Number, telogen: Number) -> Roots:
    """Per cent of roots; together 100 ± 1, else refused. Telogen above 25 is raised, above 20 borderline."""
    growing = number(anagen, "anagen", least=0, most=100)
    resting = number(telogen, "telogen", least=0, most=100)
    if abs(growing + resting - 100) > 1:
        raise BadMeasure("anagen, telogen: together 100 per cent are needed, give or take 1")
    verdict = "raised" if resting > 25 else "borderline" if resting > 20 else "usual"
    return Roots(growing, resting, verdict)
