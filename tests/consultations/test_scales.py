"""The vectors of each scale, both sides of every boundary, and that refusals never quote what was typed."""

from decimal import Decimal

import pytest

from consultations.rules import scales
from consultations.rules.hair_measures import FAGA_MAJOR, FAGA_MINOR, HAIR_LIMITS, Measured
from consultations.rules.scales import SCALES, BadMeasure, grade

NAN, INFINITE = float("nan"), float("inf")

# Norwood


TYPES = ["I", "II", "IIA", "III", "IIIA", "IIIV", "IV", "IVA", "V", "VA", "VI", "VII"]


@pytest.mark.parametrize("code", TYPES)
def test_the_twelve_types_of_norwood(code):
    assert scales.norwood(code).code == code
    assert list(scales.NORWOOD) == TYPES


@pytest.mark.parametrize(
    ("typed", "code", "ordinal"),
    [
        ("IIIv", "IIIV", 3.5), ("3v", "IIIV", 3.5), ("iva", "IVA", 4.5), ("III-vertex", "IIIV", 3.5),
        ("III vertex", "IIIV", 3.5), (" 2a ", "IIA", 2.5), ("3", "III", 3.0), (3, "III", 3.0),
        ("7", "VII", 7.0), ("1", "I", 1.0), ("5A", "VA", 5.5), ("4", "IV", 4.0), ("", None, None),
        ("  ", None, None),
    ],
)  # fmt: skip
def test_norwood_as_people_write_it(typed, code, ordinal):
    assert scales.norwood(typed) == scales.Norwood(code, ordinal)


@pytest.mark.parametrize(
    "typed",
    ["VIA", "VIIA", "IIV", "0", "VIII", "IIIB", "1v", "I V", "IA", "2v", "4v", "5v", "IIII", "8", "3.5",
     "III V A", "IVV", "３v", "Ⅲ", -1, 10, 3.0, True, None, [], {}],
)  # fmt: skip
def test_norwood_refuses(typed):
    with pytest.raises(BadMeasure, match=r"^value: "):
        scales.norwood(typed)


# Ludwig, Sinclair, shedding


@pytest.mark.parametrize(
    ("typed", "code", "number"),
    [(1, "I", 1), (2, "II", 2), (3, "III", 3), ("I", "I", 1), ("ii", "II", 2), ("III", "III", 3),
     ("2", "II", 2), ("", None, None)],
)  # fmt: skip
def test_ludwig(typed, code, number):
    assert scales.ludwig(typed) == scales.Ludwig(code, number)


@pytest.mark.parametrize("typed", [0, "0", 4, "IV", "I-1", "II-2", 2.0, None, False, "V"])
def test_ludwig_refuses(typed):
    with pytest.raises(BadMeasure, match=r"^value: "):
        scales.ludwig(typed)


@pytest.mark.parametrize(("value", "is_loss"), [(1, False), (2, True), (3, True), (4, True), (5, True)])
def test_sinclair(value, is_loss):
    assert scales.sinclair(value) == scales.Sinclair(value, is_loss)


@pytest.mark.parametrize("value", [0, 5.5, 6, -1, "3", 3.0, None, True, NAN])
def test_sinclair_refuses(value):
    with pytest.raises(BadMeasure, match=r"^value: "):
        scales.sinclair(value)


@pytest.mark.parametrize(
    ("value", "verdict"), [(1, "normal"), (4, "normal"), (5, "excessive"), (6, "excessive")]
)
def test_shedding_by_six_pictures(value, verdict):
    assert scales.shedding_sinclair_2015(value) == scales.Shedding(value, verdict)


@pytest.mark.parametrize("value", [1, 7, 9])
def test_shedding_by_nine_pictures_has_no_verdict(value):
    assert scales.shedding_martinez_velasco_2017(value) == scales.Shedding(value, None)


@pytest.mark.parametrize("shedding", [scales.shedding_sinclair_2015, scales.shedding_martinez_velasco_2017])
def test_shedding_of_short_hair_is_not_applicable(shedding):
    assert shedding(short_hair=True) == scales.Shedding(None, "not_applicable")
    assert shedding(3, short_hair=True) == scales.Shedding(None, "not_applicable")


@pytest.mark.parametrize(
    ("shedding", "value"),
    [
        (scales.shedding_sinclair_2015, 0), (scales.shedding_sinclair_2015, 7),
        (scales.shedding_martinez_velasco_2017, 0), (scales.shedding_martinez_velasco_2017, 10),
        (scales.shedding_sinclair_2015, None),
    ],
)  # fmt: skip
def test_shedding_refuses(shedding, value):
    with pytest.raises(BadMeasure, match=r"^value: "):
        shedding(value)
    if value is not None:
        with pytest.raises(BadMeasure, match=r"^value: "):
            shedding(value, short_hair=True)


def test_short_hair_is_yes_or_no():
    with pytest.raises(BadMeasure, match=r"^short_hair: "):
        scales.shedding_sinclair_2015(3, short_hair="yes")


# SALT


@pytest.mark.parametrize(
    ("regions", "score", "subclass", "level"),
    [
        ((0, 0, 0, 0), "0.00", "S0", "none"),
        ((100, 100, 100, 100), "100.00", "S5", "severe"),
        ((100, 0, 0, 0), "40.00", "S2", "moderate"),
        ((0, 100, 0, 0), "24.00", "S1", "moderate"),
        ((0, 0, 100, 0), "18.00", "S1", "mild"),
        ((0, 0, 0, 100), "18.00", "S1", "mild"),
        ((0, 0, 100, 100), "36.00", "S2", "moderate"),
        ((50, 25, 10, 20), "31.40", "S2", "moderate"),
        ((50, 0, 0, 0), "20.00", "S1", "mild"),
        ((51, 0, 0, 0), "20.40", "S1", "moderate"),
        ((62.5, 0, 0, 0), "25.00", "S2", "moderate"),
        ((50, 50, 50, 50), "50.00", "S3", "severe"),
        ((75, 75, 75, 75), "75.00", "S4", "severe"),
        # classed by the exact score, not by the rounded one
        ((Decimal("62.49"), 0, 0, 0), "25.00", "S1", "moderate"),
        ((Decimal("50.01"), 0, 0, 0), "20.00", "S1", "moderate"),
        ((Decimal("0.01"), 0, 0, 0), "0.00", "S1", "mild"),
        ((100, 100, 100, Decimal("99.99")), "100.00", "S4", "severe"),
        # as floats would not add up
        ((0.1, 0.1, 0.1, 0.1), "0.10", "S1", "mild"),
    ],
)
def test_salt(regions, score, subclass, level):
    found = scales.salt(*regions)

    assert (str(found.score), found.subclass, found.aa_scale) == (score, subclass, level)


def test_salt_is_exact_and_shown_with_one_decimal():
    found = scales.salt(50, 25, 10, 20)

    assert (found.score, found.shown, found.is_very_severe) == (Decimal("31.40"), "31.4", False)
    assert isinstance(found.score, Decimal)
    assert sum(scales.SALT_WEIGHTS.values()) == 1
    assert [scales.salt(*[loss] * 4).is_very_severe for loss in (94.9, 95)] == [False, True]


@pytest.mark.parametrize("bad", [-1, 101, NAN, INFINITE, None, "", "50", "half", True, Decimal("NaN"), [50]])
@pytest.mark.parametrize("region", ["top", "back", "right", "left"])
def test_salt_has_no_partial_score(region, bad):
    regions = {"top": 0, "back": 0, "right": 0, "left": 0} | {region: bad}

    with pytest.raises(BadMeasure, match=f"^{region}: "):
        scales.salt(**regions)


@pytest.mark.parametrize(
    ("score", "modifiers", "base", "level"),
    [
        (0, {}, "none", "none"),
        (0, {"brows_or_lashes": True}, "none", "none"),
        (20, {}, "mild", "mild"),
        (20, {"brows_or_lashes": True}, "mild", "moderate"),
        (20, {"inadequate_response": True, "diffuse_and_rapid": True}, "mild", "moderate"),
        (Decimal("20.01"), {}, "moderate", "moderate"),
        (49.99, {"diffuse_and_rapid": True}, "moderate", "severe"),
        (50, {}, "severe", "severe"),
        (100, {"brows_or_lashes": True, "impact": 10}, "severe", "severe"),
        (10, {"impact": 5}, "mild", "mild"),
        (10, {"impact": 6}, "mild", "moderate"),
    ],
)
def test_level_of_alopecia_areata(score, modifiers, base, level):
    found = scales.aa_scale(score, **modifiers)

    assert (found.base, found.level) == (base, level)


@pytest.mark.parametrize(
    ("field", "bad"),
    [("score", 101), ("score", "20"), ("brows_or_lashes", "yes"), ("impact", 11), ("diffuse_and_rapid", 1)],
)
def test_level_of_alopecia_areata_refuses(field, bad):
    with pytest.raises(BadMeasure, match=f"^{field}: "):
        scales.aa_scale(**{"score": 10} | {field: bad})


@pytest.mark.parametrize(
    ("baseline", "now", "shown", "salt50", "salt20"),
    [
        (Decimal("31.40"), Decimal("20.00"), "36.3", False, True),
        (40, 20, "50.0", True, True),
        (40, Decimal("20.01"), "50.0", False, False),
        (100, 50, "50.0", True, False),
        (20, 40, "-100.0", False, False),
        (50, 50, "0.0", False, False),
        (50, 0, "100.0", True, True),
        (0, 0, None, None, True),
        (0, 30, None, None, False),
    ],
)
def test_change_of_salt(baseline, now, shown, salt50, salt20):
    found = scales.salt_change(baseline, now)

    assert (found.shown, found.salt50, found.salt_20_or_less) == (shown, salt50, salt20)


@pytest.mark.parametrize("field", ["baseline", "now"])
@pytest.mark.parametrize("bad", [-1, 101, NAN, "20", None])
def test_change_of_salt_refuses(field, bad):
    with pytest.raises(BadMeasure, match=f"^{field}: "):
        scales.salt_change(**{"baseline": 40, "now": 20} | {field: bad})


# Pull test


@pytest.mark.parametrize(
    ("removed", "modern", "classical", "percent"),
    [
        (0, "negative", "negative", "0.0"),
        (2, "negative", "negative", "3.3"),
        (3, "positive", "negative", "5.0"),
        (6, "positive", "negative", "10.0"),
        (7, "positive", "positive", "11.7"),
        (60, "positive", "positive", "100.0"),
    ],
)
def test_pull_test_of_sixty_hairs(removed, modern, classical, percent):
    found = scales.hair_pull(removed)

    assert (found.grasped, found.modern, found.classical, str(found.percent)) == (
        60,
        modern,
        classical,
        percent,
    )


@pytest.mark.parametrize(
    ("removed", "grasped", "modern", "classical"),
    [(2, 20, "negative", "negative"), (3, 20, "positive", "positive"), (5, 50, "positive", "negative"),
     (6, 50, "positive", "positive"), (10, 100, "positive", "negative")],
)  # fmt: skip
def test_pull_test_of_other_numbers(removed, grasped, modern, classical):
    found = scales.hair_pull(removed, grasped)

    assert (found.modern, found.classical) == (modern, classical)


def test_pull_test_keeps_what_came_out():
    found = scales.hair_pull(
        8, 60, "vertex", telogen=4, anagen=3, dystrophic_anagen=2, broken=1, days_since_wash=1
    )

    assert (found.site, found.anagen_effluvium, found.days_since_wash) == ("vertex", True, 1)
    assert scales.hair_pull(8, anagen=3).anagen_effluvium is False


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"removed": 61}, "removed"), ({"removed": -1}, "removed"), ({"removed": 2.5}, "removed"),
        ({"removed": 2, "grasped": 19}, "grasped"), ({"removed": 2, "grasped": 101}, "grasped"),
        ({"removed": 2, "site": "nose"}, "site"), ({"removed": 2, "telogen": 3}, "telogen"),
        ({"removed": 2, "telogen": 1, "anagen": 1, "broken": 1}, "telogen, anagen, broken"),
        ({"removed": 2, "anagen": 1, "dystrophic_anagen": 2}, "dystrophic_anagen"),
        ({"removed": 2, "days_since_wash": -1}, "days_since_wash"),
    ],
)  # fmt: skip
def test_pull_test_refuses(fields, named):
    with pytest.raises(BadMeasure, match=f"^{named}: "):
        scales.hair_pull(**fields)


# Pictures, trichoscopy, quality of life


@pytest.mark.parametrize(
    ("value", "words", "responds"),
    [
        (-3, "greatly_decreased", False), (-2, "moderately_decreased", False),
        (-1, "slightly_decreased", False), (0, "no_change", False), (1, "slightly_increased", True),
        (2, "moderately_increased", True), (3, "greatly_increased", True),
    ],
)  # fmt: skip
def test_global_photographic(value, words, responds):
    found = scales.global_photographic(value)

    assert (found.words, found.is_responder) == (words, responds)


@pytest.mark.parametrize("value", [4, -4, 0.5, "1", None])
def test_global_photographic_refuses(value):
    with pytest.raises(BadMeasure, match=r"^value: "):
        scales.global_photographic(value)


@pytest.mark.parametrize(
    ("values", "rating", "words", "responds"),
    [
        ([1, 1, -3], "1", "slightly_increased", True),
        ([0, 1], "0.5", None, False),
        ([2], "2", "moderately_increased", True),
    ],
)
def test_the_median_of_a_panel(values, rating, words, responds):
    found = scales.global_photographic_panel(values)

    assert (found.rating, found.words, found.is_responder) == (Decimal(rating), words, responds)


@pytest.mark.parametrize(("values", "named"), [([], "values"), ("111", "values"), ([1, 4], r"values\[1\]")])
def test_a_panel_refuses(values, named):
    with pytest.raises(BadMeasure, match=f"^{named}: "):
        scales.global_photographic_panel(values)


@pytest.mark.parametrize(
    ("major", "minor", "verdict"),
    [(2, 0, "positive"), (3, 3, "positive"), (1, 1, "negative"), (1, 2, "positive"), (0, 3, "negative"),
     (0, 0, "negative"), (1, 0, "negative")],
)  # fmt: skip
def test_criteria_of_trichoscopy(major, minor, verdict):
    assert scales.trichoscopy_faga(FAGA_MAJOR[:major], FAGA_MINOR[:minor]).verdict == verdict


def test_a_criterion_named_twice_counts_once():
    assert scales.trichoscopy_faga(["thin_hairs", "thin_hairs"]).verdict == "negative"


AT_THE_LIMITS = {
    "yellow_dots": 4, "frontal_thickness": 60, "occipital_thickness": 60, "frontal_thin_percent": 10,
    "single_hair_ratio": 2, "vellus_ratio": 1.5, "discoloration_ratio": 3,
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "above", "criterion"),
    [
        ("yellow_dots", 5, "yellow_dots"), ("frontal_thickness", 59.9, "thinner_in_front"),
        ("frontal_thin_percent", 10.1, "thin_hairs"), ("single_hair_ratio", 2.01, "single_hair_units"),
        ("vellus_ratio", 1.51, "vellus"), ("discoloration_ratio", 3.01, "discoloration"),
    ],
)  # fmt: skip
def test_measured_criteria_begin_above_their_limits(field, above, criterion):
    at, beyond = (scales.trichoscopy_measured(**AT_THE_LIMITS | more) for more in ({}, {field: above}))

    assert ((at.major, at.minor), (*beyond.major, *beyond.minor)) == (((), ()), (criterion,))


@pytest.mark.parametrize(
    ("signs", "diversity", "suggests", "scarring"),
    [
        ([], None, (), False), ([], 20, (), False), ([], 20.1, ("androgenetic",), False),
        (["black_dots", "exclamation_mark_hairs"], None, ("areata",), False),
        (["absent_ostia"], None, ("scarring",), True), (["perifollicular_scale"], None, ("scarring",), True),
        (["white_dots"], 30, ("androgenetic", "scarring"), True),
    ],
)  # fmt: skip
def test_signs_of_trichoscopy(signs, diversity, suggests, scarring):
    found = scales.trichoscopy_signs(signs, diversity)

    assert (found.suggests, found.is_scarring) == (suggests, scarring)


@pytest.mark.parametrize(
    ("total", "band"),
    [(0, "none"), (1, "none"), (2, "small"), (5, "small"), (6, "moderate"), (10, "moderate"),
     (11, "very_large"), (20, "very_large"), (21, "extremely_large"), (30, "extremely_large")],
)  # fmt: skip
def test_quality_of_life_by_its_total(total, band):
    assert scales.dlqi(total) == scales.Dlqi(total, band)


@pytest.mark.parametrize(
    ("items", "total"),
    [
        ([1] * 10, 10),
        ([3] * 10, 30),
        ([1] * 9 + [None], 9),
        ([1] * 8 + [None] * 2, None),
        ([None] * 10, None),
    ],
)
def test_quality_of_life_by_its_items(items, total):
    assert scales.dlqi(items=items).total == total


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"total": 31}, "total"), ({"total": -1}, "total"), ({"total": 2.0}, "total"), ({}, "total, items"),
        ({"total": 3, "items": [1] * 10}, "total, items"), ({"items": [1] * 9}, "items"),
        ({"items": [1] * 9 + [4]}, r"items\[9\]"), ({"items": 10}, "items"),
    ],
)  # fmt: skip
def test_quality_of_life_refuses(fields, named):
    with pytest.raises(BadMeasure, match=f"^{named}: "):
        scales.dlqi(**fields)


# Density and roots


@pytest.mark.parametrize(
    ("terminal", "vellus", "ratio", "verdict"),
    [(70, 10, "7.00", "usual"), (69, 10, "6.90", "between"), (40, 10, "4.00", "between"),
     (39, 10, "3.90", "androgenetic"), (0, 10, "0.00", "androgenetic"), (600, 10, "60.00", "usual")],
)  # fmt: skip
def test_terminal_to_vellus(terminal, vellus, ratio, verdict):
    found = scales.terminal_vellus(terminal, vellus)

    assert (str(found.ratio), found.verdict) == (ratio, verdict)


def test_no_vellus_hair_is_no_ratio():
    found = scales.terminal_vellus(70, 0)

    assert (found.ratio, found.verdict) == (None, "no_vellus")


@pytest.mark.parametrize(
    ("terminal", "vellus", "named"), [(601, 10, "terminal, vellus"), (-1, 1, "terminal"), (1, 1.5, "vellus")]
)
def test_terminal_to_vellus_refuses(terminal, vellus, named):
    with pytest.raises(BadMeasure, match=f"^{named}: "):
        scales.terminal_vellus(terminal, vellus)


@pytest.mark.parametrize(
    ("anagen", "telogen", "verdict"),
    [(78.5, 21.5, "borderline"), (85, 15, "usual"), (80, 20, "usual"), (79.9, 20.1, "borderline"),
     (75, 25, "borderline"), (74.9, 25.1, "raised"), (85, 16, "usual"), (85, 14, "usual")],
)  # fmt: skip
def test_growing_and_resting_roots(anagen, telogen, verdict):
    assert scales.anagen_telogen(anagen, telogen).telogen_verdict == verdict


@pytest.mark.parametrize(("anagen", "telogen"), [(78.5, 25), (85, 16.01), (85, 13.99), (0, 0)])
def test_roots_add_up_to_a_hundred(anagen, telogen):
    with pytest.raises(BadMeasure, match=r"^anagen, telogen: "):
        scales.anagen_telogen(anagen, telogen)


@pytest.mark.parametrize("name", sorted(HAIR_LIMITS))
def test_measures_have_limits(name):
    limits = HAIR_LIMITS[name]
    for value in (limits.least, limits.most):
        assert scales.hair_density(**{name: value})[name].value == value
    for value in (limits.least - 0.1, limits.most + 0.1):
        with pytest.raises(BadMeasure, match=f"^{name}: "):
            scales.hair_density(**{name: value})


@pytest.mark.parametrize(
    ("density", "reference"),
    [(174.9, "below"), (175, "within"), (223, "within"), (300, "within"), (300.1, "above")],
)
def test_density_beside_its_reference(density, reference):
    assert scales.hair_density(density) == {
        "density": Measured(Decimal(str(density)), "hairs/cm²", reference)
    }


def test_a_measure_without_a_published_reference_has_none():
    assert scales.hair_density(diameter=47)["diameter"].reference is None


def test_something_must_be_measured():
    with pytest.raises(BadMeasure, match=r"is needed$"):
        scales.hair_density()


@pytest.mark.parametrize(
    ("value", "band"),
    [(0, "none"), (1, "mild"), (3, "mild"), (4, "moderate"), (6, "moderate"), (7, "severe"), (10, "severe")],
)
def test_pain(value, band):
    assert scales.pain(value).band == band


# By name


@pytest.mark.parametrize("name", sorted(SCALES))
def test_every_scale_names_its_fields_and_says_what_it_is(name):
    assert SCALES[name].required or SCALES[name].optional
    assert SCALES[name].about.endswith(".")


def test_a_scale_of_one_value_takes_it_bare():
    assert grade("norwood", "3v") == grade("norwood", {"value": "3v"}) == scales.norwood("IIIV")
    assert grade("shedding_sinclair_2015", 5).verdict == "excessive"
    assert grade("global_photographic_panel", [1, 2, 3]).rating == 2


@pytest.mark.parametrize(
    ("name", "fields", "starts"),
    [
        ("secret", {}, "there is no such scale"), ("salt", [1, 2, 3, 4], "input: an object"),
        ("salt", {"top": 1, "back": 1, "right": 1}, "left: is missing"),
        ("salt", {"top": 1, "back": 1, "right": 1, "left": 1, "secret": 1}, "input: unknown field"),
        ("hair_pull", 3, "input: an object"), ("norwood", {}, "value: is missing"),
        ("norwood", {"value": "secret"}, "value: one of"), ("pain", {"value": "secret"}, "value: a whole"),
        ("hair_pull", {"removed": 1, "site": "secret"}, "site: one of"),
        ("trichoscopy_signs", {"signs": ["secret"]}, "signs: one of"),
        ("trichoscopy_faga", {"major": "secret"}, "major: a list"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field_and_never_the_value(name, fields, starts):
    with pytest.raises(BadMeasure) as caught:
        grade(name, fields)

    assert str(caught.value).startswith(starts)
    assert "secret" not in str(caught.value)
