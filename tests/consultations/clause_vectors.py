"""Histories on both sides of every boundary of every clause: who it holds for, and who just escapes it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.consultations.histories import ON, man, product, woman

VITAMINS, FIVE_ARI, MINOXIDIL = product("multivitamin"), product("dutasteride"), product("minoxidil")
STEROID, PRP, GROWTH_FACTOR = product("triamcinolone"), product("prp"), product("growth factor")
LIDOCAINE, EMLA, ESTER = {"anaesthetic": "lidocaine"}, {"anaesthetic": "EMLA"}, {"anaesthetic": "procaine"}
WITH_ADRENALINE = {**LIDOCAINE, "adrenaline": True}


@dataclass(frozen=True)
class Vector:
    rule: str
    clause: str
    fires: bool
    answers: dict[str, Any]
    planned: dict[str, Any] | None


def days_ago(days: int) -> str:
    return (ON - timedelta(days=days)).isoformat()


def aged(years: int, days: int = 0) -> str:
    """Born so many years ago today, or some days later than that."""
    return (date(ON.year - years, ON.month, ON.day) + timedelta(days=days)).isoformat()


def result(test: str, value: float, unit: str, when: str | None = None) -> dict[str, Any]:
    return {
        "tests_had": [test],
        test: value,
        f"{test}_unit": unit,
        f"{test}_date": when or days_ago(3),
    }


def patches(**changes: Any) -> dict[str, Any]:
    usual = {
        "main_concern": ["round_patches"],
        "hair_areas": ["crown"],
        "patch_count": 1,
        "patch_look": ["smooth"],
        "patch_share": "under_quarter",
        "patches_rapid": "no",
        "brows_thinning": "no",
    }
    return man(**(usual | changes))


def sore(pain: Any = 0, burning: Any = 0, itch: int = 0, signs: tuple[str, ...] = ()) -> dict[str, Any]:
    return man(scalp_signs=[*signs, "complaint"], sx_pain=pain, sx_burning=burning, sx_itch=itch, sx_tender=0)


def shedding(**changes: Any) -> dict[str, Any]:
    usual = {
        "main_concern": ["shedding"],
        "hair_areas": ["all_over"],
        "onset_type": "sudden",
        "duration_value": 5,
        "duration_unit": "months",
        "triggers": ["fever"],
        "trigger_when": days_ago(70),
        "trigger_ongoing": "no",
    }
    return woman(**(usual | changes))


def had(treatment: str, last: Any = None, **changes: Any) -> dict[str, Any]:
    dated = {f"tx_{treatment}_last_date": last} if last else {}
    return man(treatments_had=[treatment], **{f"tx_{treatment}_status": "past"}, **dated, **changes)


def meso(*trouble: str, last: Any = None, **changes: Any) -> dict[str, Any]:
    return had("mesotherapy", last or days_ago(400), meso_problem=list(trouble), **changes)


def ill(*conditions: str, **changes: Any) -> dict[str, Any]:
    return man(conditions=list(conditions), **changes)


def taking(*medicines: str, **changes: Any) -> dict[str, Any]:
    return man(medicines=list(medicines), **changes)


def allergic(*things: str, kind: Any = ("rash",), **changes: Any) -> dict[str, Any]:
    return man(allergies=list(things), reaction_kind=list(kind), **changes)


def tight(*styles: str, years: float, **changes: Any) -> dict[str, Any]:
    return woman(tight_styles=list(styles), tight_style_years=years, **changes)


# (rule, clause, plan, histories it holds for, histories it does not hold for)
_TABLE: tuple[tuple[str, str, dict[str, Any] | None, list, list], ...] = (
    (
        "R-00",
        "open",
        None,
        [
            woman(conditions=["not_sure"]),
            woman(conditions=["private"]),
            woman(conditions=None),
            woman(pregnant="private"),
            woman(breastfeeding="not_sure"),
            man(born_on="not_sure"),
            man(recent_vaccine="not_sure"),
            man(cold_sores="not_sure"),
            shedding(triggers=["not_sure"]),
            sore(pain="not_sure", signs=("dandruff",)),
            ill("diabetes", hba1c="not_sure"),
            ill("epilepsy", last_seizure="not_sure"),
        ],
        [
            woman(),
            man(),
            woman(low_mood=None, main_concern=["breakage"]),
            man(male_fertility=["private"]),
            man(allergies=["not_sure"], reaction_kind=["rash"]),
            man(systemic_signs=["not_sure"]),
        ],
    ),
    (
        "R-00",
        "open",
        FIVE_ARI,
        [woman(contraception="private", lmp="not_sure"), man(male_fertility=["private"])],
        [woman(contraception="hysterectomy", lmp=None), man()],
    ),
    (
        "R-00",
        "open",
        VITAMINS,
        [
            man(allergies=["not_sure"], reaction_kind=["rash"]),
            man(own_wish=None),
            woman(contraception="none", lmp=None),
        ],
        [man(male_fertility=["private"]), man(weight_kg=None), man(fam_keloid=None)],
    ),
    ("R-00", "open", {**LIDOCAINE, "mg": 200}, [man(weight_kg=None), man(weight_kg="not_sure")], [man()]),
    (
        "R-00",
        "written",
        None,
        [ill("other"), allergic("other"), man(since_other="A bee sting")],
        [ill("thyroid"), allergic("latex"), man()],
    ),
    (
        "R-00",
        "written_medicine",
        None,
        [taking("other"), man(treatments_had=["other"])],
        [taking("iron"), man(treatments_had=["ayurveda"])],
    ),
    (
        "R-01",
        "pregnant",
        None,
        [woman(pregnant="yes")],
        [woman(pregnant="possibly"), woman(), man(pregnant="yes")],
    ),
    (
        "R-02",
        "possible",
        None,
        [woman(pregnant="possibly"), woman(pregnant="not_sure")],
        [woman(), woman(pregnant="yes")],
    ),
    (
        "R-02",
        "late_period",
        None,
        [woman(contraception="none", lmp=days_ago(36)), woman(contraception="none", lmp=days_ago(400))],
        [
            woman(contraception="none", lmp=days_ago(35)),
            woman(contraception="iud", lmp=days_ago(36)),
            woman(contraception="none", lmp="not_sure"),
        ],
    ),
    ("R-03", "breastfeeding", None, [woman(breastfeeding="yes")], [woman(), man(breastfeeding="yes")]),
    (
        "R-04",
        "soon",
        None,
        [
            woman(trying_to_conceive="now"),
            woman(trying_to_conceive="within_6_months"),
            woman(ivf_planned="yes"),
        ],
        [woman(), woman(ivf_planned="no"), man(trying_to_conceive="now")],
    ),
    (
        "R-04",
        "soon_5ari",
        FIVE_ARI,
        [woman(trying_to_conceive="now"), woman(trying_to_conceive="within_6_months")],
        [woman(), man(trying_to_conceive="now")],
    ),
    (
        "R-05",
        "could_conceive",
        FIVE_ARI,
        [
            woman(),
            woman(contraception="vasectomy"),
            woman(born_on=aged(56, 1)),
            woman(born_on=aged(10)),
            woman(pregnant="yes", contraception=None),
            woman(sex_at_birth="intersex"),
        ],
        [
            woman(contraception="menopause", lmp=None),
            woman(contraception="hysterectomy", lmp=None),
            woman(contraception="sterilised"),
            woman(born_on=aged(56)),
            woman(born_on=aged(10, 1)),
            man(),
        ],
    ),
    (
        "R-06",
        "fertility_5ari",
        FIVE_ARI,
        [
            man(trying_to_conceive="now"),
            man(male_fertility=["abnormal_semen"]),
            man(male_fertility=["erection"]),
            man(male_fertility=["ejaculation"]),
        ],
        [man(male_fertility=["low_desire"]), man(), woman(trying_to_conceive="now")],
    ),
    (
        "R-06",
        "fertility",
        VITAMINS,
        [man(trying_to_conceive="within_6_months"), man(male_fertility=["erection"])],
        [man()],
    ),
    ("R-07", "donor", FIVE_ARI, [man(blood_donor="yes")], [man(), man(blood_donor="not_sure")]),
    (
        "R-08",
        "mood_5ari",
        FIVE_ARI,
        [
            man(mental_health=["depression"]),
            man(mental_health=["private"]),
            taking("mood"),
            taking("tricyclic_maoi"),
            man(low_mood="most_days", self_harm="no"),
            man(low_interest="most_days", self_harm="yes"),
            man(low_interest="most_days", self_harm="talk"),
        ],
        [man(), man(mental_health=["anxiety"], self_harm="no"), man(low_mood="some_days")],
    ),
    (
        "R-08",
        "effects_before",
        FIVE_ARI,
        [had("finasteride", fivear_effects=[what]) for what in ("sexual", "mood", "breast", "private")],
        [had("finasteride", fivear_effects=["none"]), man()],
    ),
    (
        "R-09",
        "psa",
        FIVE_ARI,
        [man(born_on=aged(40), psa_watched="no"), man(born_on=aged(41), psa_watched="yes")],
        [man(born_on=aged(40, 1)), woman(born_on=aged(60))],
    ),
    *(
        (
            "R-10",
            clause,
            plan,
            [
                ill("cancer_past", cancer_hormone="yes", cancer_last_treatment=days_ago(900)),
                ill("cancer_now", cancer_hormone="yes"),
            ],
            [ill("cancer_past", cancer_hormone="no"), ill("cancer_past", cancer_hormone="not_sure"), man()],
        )
        for clause, plan in (
            ("five_ari", FIVE_ARI),
            ("growth_factor", GROWTH_FACTOR),
            ("prp", PRP),
            ("any", None),
        )
    ),
    ("R-11", "minor", None, [man(born_on=aged(18, 1))], [man(born_on=aged(18))]),
    ("R-12", "older", None, [man(born_on=aged(66))], [man(born_on=aged(66, 1))]),
    (
        "R-13",
        "infected",
        None,
        [man(scalp_signs=[sign]) for sign in ("pustules", "crusts", "boggy_swelling", "sores")],
        [man(scalp_signs=["dandruff"]), man(scalp_signs=["lumps"]), man()],
    ),
    ("R-13", "boggy", None, [man(scalp_signs=["boggy_swelling"])], [man(scalp_signs=["pustules"])]),
    (
        "R-13",
        "fever",
        None,
        [man(scalp_signs=["pustules"], scalp_fever="yes")],
        [
            man(scalp_signs=["pustules"], scalp_fever="no"),
            man(scalp_signs=["dandruff"], scalp_fever="yes"),
            man(scalp_signs=["pustules"], scalp_fever="not_sure"),
        ],
    ),
    (
        "R-13",
        "fever_unsure",
        None,
        [man(scalp_signs=["pustules"], scalp_fever="not_sure")],
        [man(scalp_signs=["pustules"], scalp_fever="no"), man(scalp_signs=["pustules"], scalp_fever="yes")],
    ),
    ("R-14", "now", None, [man(cold_sores="now")], [man(cold_sores="past"), man(cold_sores="not_sure")]),
    (
        "R-15",
        "past",
        None,
        [man(cold_sores="past"), man(cold_sores="not_sure")],
        [man(), man(cold_sores="now")],
    ),
    (
        "R-16",
        "recent",
        None,
        [
            man(recent_illness="yes", recent_illness_date=when)
            for when in (days_ago(0), days_ago(13), "not_sure")
        ],
        [
            man(recent_illness="yes", recent_illness_date=days_ago(14)),
            man(recent_illness="no"),
            man(recent_illness="not_sure"),
        ],
    ),
    (
        "R-17",
        "vaccine",
        None,
        [
            man(recent_vaccine="yes", recent_vaccine_date=when)
            for when in (days_ago(0), days_ago(6), days_ago(-7), "not_sure")
        ],
        [
            man(recent_vaccine="yes", recent_vaccine_date=days_ago(7)),
            man(recent_vaccine="yes", recent_vaccine_date=days_ago(-8)),
            man(),
        ],
    ),
    (
        "R-18",
        "suspected",
        None,
        [
            man(scalp_signs=["thick_scale", "black_dots"]),
            man(scalp_signs=["dandruff", "black_dots"]),
            patches(patch_look=["flaky", "black_dots"]),
        ],
        [
            man(scalp_signs=["black_dots"]),
            man(scalp_signs=["thick_scale"]),
            patches(patch_look=["smooth", "black_dots"]),
        ],
    ),
    (
        "R-18",
        "ringworm",
        None,
        [
            ill("scalp_disease", scalp_disease_kinds=["ringworm"], scalp_disease_flaring="yes"),
            ill("scalp_disease", scalp_disease_kinds=["ringworm"], scalp_disease_flaring="not_sure"),
        ],
        [
            ill("scalp_disease", scalp_disease_kinds=["ringworm"], scalp_disease_flaring="no"),
            ill("scalp_disease", scalp_disease_kinds=["seborrhoeic"], scalp_disease_flaring="yes"),
        ],
    ),
    (
        "R-18",
        "inflamed",
        None,
        [
            man(scalp_signs=["boggy_swelling", "dandruff", "black_dots"], scalp_fever="no"),
            man(scalp_signs=["crusts", "dandruff", "black_dots"], scalp_fever="yes"),
        ],
        [
            man(scalp_signs=["crusts", "dandruff", "black_dots"], scalp_fever="no"),
            man(scalp_signs=["boggy_swelling", "black_dots"], scalp_fever="yes"),
        ],
    ),
    (
        "R-18",
        "child",
        None,
        [patches(born_on=aged(9), patch_look=["flaky"]), patches(born_on=aged(18, 1), patch_look=["flaky"])],
        [patches(born_on=aged(18), patch_look=["flaky"]), patches(born_on=aged(9))],
    ),
    (
        "R-19",
        "signs",
        None,
        [man(scalp_signs=["scar_like_skin"]), man(scalp_signs=["red_rings"])],
        [man(scalp_signs=["thick_scale", "lumps"]), man()],
    ),
    (
        "R-19",
        "scarred_patch",
        None,
        [patches(patch_look=["scarred"])],
        [patches(patch_look=["red"]), patches(patch_look=["not_sure"])],
    ),
    (
        "R-19",
        "known",
        None,
        [
            ill("scalp_disease", scalp_disease_kinds=[kind])
            for kind in ("lichen_planopilaris", "ffa", "lupus", "dissecting")
        ],
        [ill("scalp_disease", scalp_disease_kinds=["psoriasis"]), man()],
    ),
    (
        "R-19",
        "folliculitis",
        None,
        [ill("scalp_disease", scalp_disease_kinds=["folliculitis"])],
        [ill("scalp_disease", scalp_disease_kinds=["seborrhoeic"])],
    ),
    (
        "R-19",
        "hairline_and_brows",
        None,
        [
            woman(hair_areas=["hairline", "brows"], hairline_change="yes"),
            man(hair_areas=["hairline", "lashes"], hairline_change="yes"),
            woman(
                main_concern=["brows_beard_body"],
                hair_areas=["hairline"],
                hairline_change="yes",
                brows_thinning="yes",
            ),
        ],
        [
            woman(hair_areas=["hairline"], hairline_change="yes"),
            woman(hair_areas=["hairline", "brows"], hairline_change="no"),
        ],
    ),
    (
        "R-19",
        "sore_with_signs",
        None,
        [
            sore(pain=4, signs=("dandruff",)),
            sore(burning=4, signs=("lumps",)),
            sore(pain=10, signs=("crusts",)),
        ],
        [sore(pain=3, burning=3, signs=("dandruff",)), sore(pain=4), sore(itch=10, signs=("dandruff",))],
    ),
    ("R-19", "sore_alone", None, [sore(pain=4), sore(burning=4)], [sore(pain=3, burning=3), sore(itch=10)]),
    (
        "R-19",
        "hairline",
        None,
        [woman(hair_areas=["hairline"], hairline_change="yes")],
        [
            man(hair_areas=["hairline"], hairline_change="yes"),
            woman(hair_areas=["hairline"], hairline_change="no"),
        ],
    ),
    ("R-20", "patches", None, [patches()], [man(main_concern=["crown"])]),
    (
        "R-20",
        "known",
        None,
        [ill("scalp_disease", scalp_disease_kinds=["areata"])],
        [ill("scalp_disease", scalp_disease_kinds=["psoriasis"])],
    ),
    (
        "R-20",
        "spreading",
        None,
        [
            patches(patch_count=3),
            patches(patches_rapid="yes"),
            patches(brows_thinning="yes"),
            patches(hair_areas=["lashes"]),
            patches(hair_areas=["side_left", "back"]),
            patches(hair_areas=["side_right", "back"]),
        ],
        [
            patches(patch_count=2),
            patches(hair_areas=["back"]),
            patches(hair_areas=["side_left"]),
            patches(patches_rapid="not_sure"),
            man(main_concern=["brows_beard_body"], brows_thinning="yes"),
        ],
    ),
    (
        "R-21",
        "wide",
        None,
        [patches(patch_share="over_half")],
        [patches(patch_share="quarter_to_half"), patches(patch_share="not_sure")],
    ),
    (
        "R-21",
        "fast_with_brows",
        None,
        [
            man(loss_trend="worse_fast", hair_areas=["all_over", "brows"]),
            patches(loss_trend="worse_fast", brows_thinning="yes"),
        ],
        [man(loss_trend="worse_fast"), man(loss_trend="worse_slowly", hair_areas=["brows"])],
    ),
    (
        "R-22",
        "after_trigger",
        None,
        [
            shedding(),
            shedding(trigger_when=days_ago(181)),
            shedding(trigger_when="not_sure"),
            shedding(duration_value=25, duration_unit="weeks"),
            shedding(triggers=["childbirth", "travel"]),
        ],
        [
            shedding(trigger_when=days_ago(182)),
            shedding(duration_value=6),
            shedding(duration_value=26, duration_unit="weeks"),
            shedding(triggers=["none"]),
            shedding(triggers=["travel", "water"]),
            shedding(main_concern=["crown"]),
        ],
    ),
    (
        "R-23",
        "ongoing",
        None,
        [
            shedding(triggers=[what], trigger_ongoing="yes")
            for what in ("crash_diet", "weight_loss", "blood_loss", "new_medicine", "thyroid_change")
        ],
        [
            shedding(triggers=["crash_diet"]),
            shedding(triggers=["stress"], trigger_ongoing="yes"),
            shedding(triggers=["crash_diet"], trigger_ongoing="not_sure"),
        ],
    ),
    (
        "R-23",
        "thyroid",
        None,
        [ill("thyroid", thyroid_treated="no")],
        [ill("thyroid", thyroid_treated="yes"), man()],
    ),
    (
        "R-23",
        "anaemia",
        None,
        [ill("anaemia", anaemia_treated="no")],
        [ill("anaemia", anaemia_treated="yes"), man()],
    ),
    (
        "R-24",
        "long",
        None,
        [
            shedding(duration_value=6),
            shedding(duration_value=26, duration_unit="weeks"),
            shedding(duration_value=2, duration_unit="years"),
        ],
        [
            shedding(duration_value=25, duration_unit="weeks"),
            woman(),
            shedding(duration_value=6, main_concern=["shedding", "wider_parting"]),
        ],
    ),
    (
        "R-25",
        "pulling",
        None,
        [patches(hair_pulling="yes"), man(main_concern=["breakage"], hair_pulling="yes")],
        [patches(hair_pulling="no"), patches(hair_pulling="not_sure"), man(hair_pulling="yes")],
    ),
    (
        "R-26",
        "with_loss",
        None,
        [
            tight("plait", years=1.0, hair_areas=["temple_left"]),
            tight("turban", years=20.0, hair_areas=["side_right"]),
        ],
        [
            tight("plait", years=0.9, hair_areas=["temple_left"]),
            tight("plait", years=1.0),
            tight("helmet", years=9.0, hair_areas=["temple_left"]),
        ],
    ),
    (
        "R-26",
        "without_loss",
        None,
        [tight("bun", years=1.0), tight("cap", years=3.0)],
        [tight("bun", years=0.9), tight("helmet", years=9.0), woman()],
    ),
    (
        "R-27",
        "product",
        VITAMINS,
        [allergic("b_vitamins"), allergic("latex", "b_vitamins", kind=("fainted",))],
        [allergic("latex"), man(), allergic("lidocaine")],
    ),
    ("R-27", "product", product("biotin", "lignocaine"), [allergic("lidocaine")], [allergic("prilocaine")]),
    ("R-27", "product", product("soya lecithin"), [allergic("foods")], [allergic("nickel")]),
    (
        "R-27",
        "numbing",
        EMLA,
        [
            allergic("prilocaine"),
            allergic("lidocaine", kind=("not_sure",)),
            allergic("lidocaine", kind=("hives", "fainted")),
            allergic("lidocaine", kind=("fainted",), severe_reaction="yes"),
        ],
        [allergic("lidocaine", kind=("fainted",)), allergic("sulfites"), man()],
    ),
    (
        "R-27",
        "numbing",
        WITH_ADRENALINE,
        [allergic("sulfites"), allergic("sulfites", kind=("palpitations",))],
        [allergic("parabens")],
    ),
    ("R-27", "numbing", LIDOCAINE, [allergic("lidocaine")], [allergic("sulfites")]),
    (
        "R-27",
        "written",
        VITAMINS,
        [allergic("other"), allergic("antibiotics")],
        [allergic("latex"), man()],
    ),
    ("R-27", "written", None, [], [allergic("other")]),
    ("R-27", "unlisted", product("moon dust"), [allergic("latex")], [man()]),
    ("R-27", "unlisted", VITAMINS, [], [allergic("latex")]),
    ("R-28", "severe", None, [man(severe_reaction="yes")], [man(), man(severe_reaction="not_sure")]),
    (
        "R-29",
        "amide",
        LIDOCAINE,
        [
            allergic("lidocaine"),
            allergic("other_caine", kind=("breathing",)),
            allergic("prilocaine", kind=("not_sure",)),
            man(injection_history="reaction"),
        ],
        [
            allergic("paba_ester"),
            allergic("lidocaine", kind=("fainted", "palpitations")),
            man(injection_history="fainted"),
        ],
    ),
    ("R-29", "amide", ESTER, [], [allergic("lidocaine")]),
    ("R-29", "amide", {**ESTER, **product("lidocaine")}, [allergic("prilocaine")], []),
    (
        "R-29",
        "history",
        None,
        [allergic("other_caine"), man(injection_history="reaction"), man(injection_history="not_sure")],
        [allergic("nickel"), allergic("other_caine", kind=("palpitations",)), man()],
    ),
    (
        "R-30",
        "only_faint",
        None,
        [allergic("lidocaine", kind=("fainted",)), allergic("lidocaine", kind=("fainted", "palpitations"))],
        [
            allergic("lidocaine", kind=("rash", "fainted")),
            allergic("nickel", kind=("fainted",)),
            allergic("lidocaine", kind=("fainted",), severe_reaction="yes"),
        ],
    ),
    (
        "R-30",
        "at_an_injection",
        None,
        [man(injection_history="fainted"), man(injection_history="palpitations")],
        [man(), man(injection_history="reaction")],
    ),
    (
        "R-30",
        "in_the_family",
        LIDOCAINE,
        [man(fam_anaesthetic="yes")],
        [man(), man(fam_anaesthetic="not_sure")],
    ),
    ("R-31", "prilocaine", EMLA, [ill("methaemoglobinaemia")], [ill("g6pd"), man()]),
    ("R-31", "any", None, [ill("methaemoglobinaemia")], [ill("g6pd")]),
    ("R-32", "prilocaine", EMLA, [ill("g6pd"), taking("oxidising")], [man(), ill("porphyria")]),
    (
        "R-33",
        "local_anaesthetic",
        LIDOCAINE,
        [taking("heart_rhythm"), ill("porphyria")],
        [man(), taking("beta_blocker")],
    ),
    (
        "R-33",
        "adrenaline",
        WITH_ADRENALINE,
        [taking("tricyclic_maoi"), taking("beta_blocker")],
        [taking("mood"), man()],
    ),
    ("R-33", "adrenaline", LIDOCAINE, [], [taking("tricyclic_maoi")]),
    # 4.5 mg/kg: 50 kg bear 225 mg; 300 mg are the end from 66.7 kg on
    ("R-34", "plain", {**LIDOCAINE, "mg": 226}, [man(weight_kg=50.0)], [man(weight_kg=50.3)]),
    ("R-34", "plain", {**LIDOCAINE, "mg": 225}, [man(weight_kg=49.9)], [man(weight_kg=50.0)]),
    ("R-34", "plain", {**LIDOCAINE, "mg": 300}, [], [man(weight_kg=90.0)]),
    ("R-34", "plain", {**LIDOCAINE, "mg": 301}, [man(weight_kg=90.0), man(weight_kg=None)], []),
    ("R-34", "plain", {**WITH_ADRENALINE, "mg": 301}, [], [man(weight_kg=90.0)]),
    ("R-34", "plain", LIDOCAINE, [], [man(weight_kg=30.0)]),
    # 7 mg/kg with adrenaline: 50 kg bear 350 mg; 500 mg are the end from 71.4 kg on
    ("R-34", "with_adrenaline", {**WITH_ADRENALINE, "mg": 351}, [man(weight_kg=50.0)], [man(weight_kg=50.2)]),
    ("R-34", "with_adrenaline", {**WITH_ADRENALINE, "mg": 350}, [man(weight_kg=49.9)], [man(weight_kg=50.0)]),
    ("R-34", "with_adrenaline", {**WITH_ADRENALINE, "mg": 500}, [], [man(weight_kg=90.0)]),
    (
        "R-34",
        "with_adrenaline",
        {**WITH_ADRENALINE, "mg": 501},
        [man(weight_kg=90.0), man(weight_kg=None)],
        [],
    ),
    ("R-35", "latex", None, [allergic("latex")], [allergic("foods"), man()]),
    (
        "R-35",
        "cleanser",
        None,
        [allergic("chlorhexidine"), allergic("povidone_iodine"), allergic("alcohol")],
        [allergic("latex")],
    ),
    ("R-35", "adhesive", None, [allergic("adhesive")], [allergic("latex")]),
    (
        "R-35",
        "preservative",
        None,
        [allergic(one) for one in ("sulfites", "parabens", "benzyl_alcohol", "propylene_glycol")],
        [allergic("latex")],
    ),
    ("R-35", "nickel", None, [allergic("nickel")], [allergic("latex")]),
    ("R-35", "dye", None, [allergic("hair_dye"), allergic("paba_ester")], [allergic("latex")]),
    ("R-36", "disorder", None, [ill("bleeding_disorder")], [ill("anaemia", anaemia_treated="yes")]),
    (
        "R-36",
        "platelets_low",
        None,
        [man(**result("platelets", 49.9, "x10_9_l")), man(**result("platelets", 0.49, "lakh_per_ul"))],
        [man(**result("platelets", 50.0, "x10_9_l")), man(**result("platelets", 50000.0, "per_ul"))],
    ),
    (
        "R-36",
        "platelets_reduced",
        None,
        [man(**result("platelets", 99.9, "x10_9_l")), man(**result("platelets", 50.0, "x10_9_l"))],
        [man(**result("platelets", 100.0, "x10_9_l"))],
    ),
    ("R-36", "in_the_family", None, [man(fam_bleeding="yes")], [man(), man(fam_bleeding="not_sure")]),
    (
        "R-37",
        "high",
        None,
        [taking("warfarin", **result("inr", 3.51, "ratio"))],
        [
            taking("warfarin", **result("inr", 3.5, "ratio")),
            taking("doac", **result("inr", 3.6, "ratio")),
            taking("warfarin", inr="not_sure"),
        ],
    ),
    (
        "R-37",
        "old",
        None,
        [taking("warfarin", **result("inr", 2.5, "ratio", days_ago(8)))],
        [taking("warfarin", **result("inr", 2.5, "ratio", days_ago(7)))],
    ),
    (
        "R-38",
        "blood_thinner",
        None,
        [*map(taking, ("warfarin", "doac", "heparin", "clopidogrel")), taking("aspirin", "clopidogrel")],
        [taking("aspirin"), man()],
    ),
    (
        "R-39",
        "aspirin",
        None,
        [taking("aspirin", aspirin_prescribed="yes"), taking("aspirin", aspirin_prescribed="not_sure")],
        [taking("aspirin", aspirin_prescribed="no"), taking("pain_tablets")],
    ),
    (
        "R-40",
        "bruising",
        None,
        [taking("pain_tablets"), taking("supplements")],
        [taking("iron"), taking("biotin")],
    ),
    (
        "R-40",
        "own_aspirin",
        None,
        [taking("aspirin", aspirin_prescribed="no")],
        [taking("aspirin", aspirin_prescribed="yes"), man()],
    ),
    ("R-41", "keloid", None, [ill("keloid", keloid_site=["elsewhere"])], [man()]),
    (
        "R-41",
        "near_the_scalp",
        None,
        [
            ill("keloid", keloid_site=["scalp_neck_ear"]),
            ill("keloid", keloid_site=["not_sure"]),
            ill("scalp_disease", scalp_disease_kinds=["keloidalis"]),
        ],
        [ill("keloid", keloid_site=["chest_shoulder"]), ill("scalp_disease", scalp_disease_kinds=["eczema"])],
    ),
    ("R-41", "in_the_family", None, [man(fam_keloid="yes")], [man(), man(fam_keloid="not_sure")]),
    ("R-41", "slow_healing", None, [ill("slow_healing")], [man()]),
    (
        "R-42",
        "high",
        None,
        [
            ill("diabetes", **result("hba1c", 8.1, "percent")),
            man(**result("hba1c", 8.1, "percent")),
            man(**result("fasting_glucose", 201.0, "mg_dl")),
            man(**result("fasting_glucose", 11.2, "mmol_l")),
            ill("diabetes", **result("hba1c", 64.0, "mmol_mol")),
        ],
        [
            ill("diabetes", **result("hba1c", 8.0, "percent")),
            man(**result("fasting_glucose", 200.0, "mg_dl")),
            ill("diabetes", hba1c="not_sure"),
            ill("diabetes", **result("hba1c", 63.0, "mmol_mol")),
        ],
    ),
    (
        "R-42",
        "old_test",
        None,
        [ill("diabetes", **result("hba1c", 6.5, "percent", days_ago(183)))],
        [
            ill("diabetes", **result("hba1c", 6.5, "percent", days_ago(182))),
            man(**result("hba1c", 5.5, "percent", days_ago(400))),
        ],
    ),
    (
        "R-42",
        "not_told",
        None,
        [taking("diabetes")],
        [taking("glp1"), taking("diabetes", conditions=["pcos"])],
    ),
    (
        "R-43",
        "controlled",
        None,
        [ill("diabetes", **result("hba1c", 8.0, "percent"))],
        [ill("diabetes", **result("hba1c", 8.1, "percent")), man(**result("hba1c", 5.5, "percent"))],
    ),
    (
        "R-43",
        "tablets",
        None,
        [taking("diabetes", conditions=["pcos"])],
        [taking("diabetes"), ill("pcos")],
    ),
    (
        "R-43",
        "steroid",
        STEROID,
        [ill("diabetes", **result("hba1c", 7.0, "percent")), taking("diabetes", conditions=["pcos"])],
        [man()],
    ),
    (
        "R-44",
        "immunity",
        None,
        [ill("weak_immunity"), taking("immune"), man(treatments_had=["jak"], tx_jak_status="now")],
        [man(), man(treatments_had=["jak"], tx_jak_status="past")],
    ),
    (
        "R-44",
        "steroids",
        None,
        [
            taking("steroid_tablets", prednisolone_mg=20.0),
            taking("steroid_tablets", prednisolone_mg="not_sure"),
        ],
        [taking("steroid_tablets", prednisolone_mg=19.9), man()],
    ),
    (
        "R-44",
        "low_steroids",
        None,
        [taking("steroid_tablets", prednisolone_mg=19.9)],
        [
            taking("steroid_tablets", prednisolone_mg=20.0),
            taking("steroid_tablets", prednisolone_mg="not_sure"),
        ],
    ),
    (
        "R-44",
        "low_white_cells",
        None,
        [ill("weak_immunity", immunity_cause=["low_white_cells"])],
        [
            ill("weak_immunity", immunity_cause=["medicine"]),
            ill("weak_immunity", immunity_cause=["not_sure"]),
        ],
    ),
    (
        "R-44",
        "rejection",
        None,
        [ill("weak_immunity", immunity_cause=["transplant"], transplant_rejection="yes")],
        [ill("weak_immunity", immunity_cause=["transplant"], transplant_rejection="no"), man()],
    ),
    ("R-44", "hiv", None, [man(blood_borne=["hiv"])], [man(blood_borne=["hbv", "hcv"]), man()]),
    (
        "R-44",
        "told_privately",
        None,
        [man(blood_borne=["private"]), ill("weak_immunity", immunity_cause=["private"])],
        [man(blood_borne=["not_sure"]), man()],
    ),
    ("R-45", "autoimmune", None, [ill("autoimmune")], [man(), ill("thyroid", thyroid_treated="yes")]),
    (
        "R-45",
        "of_the_scalp",
        None,
        [ill("scalp_disease", scalp_disease_kinds=[kind]) for kind in ("psoriasis", "other", "not_sure")],
        [ill("scalp_disease", scalp_disease_kinds=["seborrhoeic"]), man()],
    ),
    (
        "R-45",
        "whole_body",
        None,
        [man(systemic_signs=[sign]) for sign in ("rash", "joint_pain", "mouth_ulcers")],
        [man(systemic_signs=["genital"]), man(systemic_signs=["not_sure"]), man()],
    ),
    ("R-45", "genital", None, [man(systemic_signs=["genital"])], [man(systemic_signs=["rash"]), man()]),
    (
        "R-46",
        "active",
        None,
        [ill("cancer_now"), taking("cancer")],
        [ill("cancer_past", cancer_last_treatment=days_ago(900)), man()],
    ),
    (
        "R-46",
        "recent",
        None,
        [ill("cancer_past", cancer_last_treatment=days_ago(days)) for days in (0, 181)],
        [
            ill("cancer_past", cancer_last_treatment=days_ago(182)),
            ill("cancer_past", cancer_last_treatment="not_sure"),
        ],
    ),
    (
        "R-46",
        "scalp_radiation",
        None,
        [ill("cancer_past", scalp_radiation="yes")],
        [ill("cancer_past", scalp_radiation="no"), man()],
    ),
    ("R-47", "past", None, [ill("cancer_past")], [ill("cancer_now"), man()]),
    (
        "R-48",
        "recent",
        None,
        [ill("epilepsy", last_seizure=days_ago(days), seizures_controlled="yes") for days in (0, 89)],
        [ill("epilepsy", last_seizure=days_ago(90), seizures_controlled="yes"), man()],
    ),
    (
        "R-48",
        "this_year",
        None,
        [
            ill("epilepsy", last_seizure=days_ago(364), seizures_controlled="yes"),
            ill("epilepsy", last_seizure=days_ago(900), seizures_controlled="no"),
            ill("epilepsy", last_seizure=days_ago(900), seizures_controlled="not_sure"),
        ],
        [ill("epilepsy", last_seizure=days_ago(365), seizures_controlled="yes"), man()],
    ),
    ("R-48", "medicine", None, [taking("fits")], [taking("fits", conditions=["epilepsy"]), man()]),
    ("R-48", "epilepsy", None, [ill("epilepsy")], [taking("fits"), man()]),
    (
        "R-49",
        "heart_attack",
        None,
        [
            ill("heart", heart_problem=["attack"], heart_when=days_ago(181), heart_stable="yes"),
            ill("heart", heart_problem=["angina", "valve"], heart_when=days_ago(3), heart_stable="yes"),
        ],
        [
            ill("heart", heart_problem=["attack"], heart_when=days_ago(182), heart_stable="yes"),
            ill("heart", heart_problem=["valve"], heart_when=days_ago(3), heart_stable="yes"),
            ill("heart", heart_problem=["attack"], heart_when="not_sure", heart_stable="yes"),
        ],
    ),
    (
        "R-49",
        "stroke",
        None,
        [ill("stroke", stroke_when=days_ago(181), heart_stable="yes")],
        [ill("stroke", stroke_when=days_ago(182), heart_stable="yes"), man()],
    ),
    (
        "R-49",
        "unstable",
        None,
        [ill("heart", heart_stable="no"), ill("arrhythmia_pacemaker", heart_stable="no")],
        [ill("heart", heart_stable="yes"), ill("heart", heart_stable="not_sure"), man()],
    ),
    (
        "R-50",
        "heart",
        None,
        [*map(ill, ("heart", "arrhythmia_pacemaker", "stroke", "clot")), taking("heart_rhythm")],
        [ill("high_bp"), man()],
    ),
    (
        "R-50",
        "adrenaline",
        WITH_ADRENALINE,
        [ill("heart"), ill("arrhythmia_pacemaker")],
        [ill("stroke"), man()],
    ),
    ("R-50", "adrenaline", LIDOCAINE, [], [ill("heart")]),
    (
        "R-50",
        "pacemaker",
        None,
        [ill("arrhythmia_pacemaker", pacemaker="yes")],
        [ill("arrhythmia_pacemaker", pacemaker="no"), man()],
    ),
    (
        "R-51",
        "pressure",
        MINOXIDIL,
        [
            *map(ill, ("heart", "arrhythmia_pacemaker", "low_bp_faints", "high_bp")),
            *map(taking, ("blood_pressure", "beta_blocker", "minoxidil_tablets")),
            man(faint_history="fainted"),
        ],
        [man(), man(faint_history="nearly"), taking("diabetes")],
    ),
    (
        "R-51",
        "low",
        MINOXIDIL,
        [ill("low_bp_faints", bp_sys=99, bp_dia=70), ill("low_bp_faints", bp_sys=110, bp_dia=59)],
        [ill("low_bp_faints", bp_sys=100, bp_dia=60), ill("low_bp_faints")],
    ),
    (
        "R-51",
        "very_low",
        MINOXIDIL,
        [ill("low_bp_faints", bp_sys=89, bp_dia=50)],
        [ill("low_bp_faints", bp_sys=90, bp_dia=50)],
    ),
    (
        "R-52",
        "failing",
        None,
        [
            ill("kidney", kidney_stage="severe"),
            ill("kidney", kidney_stage="dialysis"),
            ill("liver", liver_state="severe"),
        ],
        [ill("kidney", kidney_stage="moderate"), ill("liver", liver_state="not_sure"), man()],
    ),
    (
        "R-52",
        "moderate",
        None,
        [ill("kidney", kidney_stage="moderate"), ill("liver", liver_state="moderate")],
        [ill("kidney", kidney_stage="mild"), ill("liver", liver_state="mild")],
    ),
    ("R-52", "mild", None, [ill("kidney", kidney_stage="mild"), ill("liver", liver_state="mild")], [man()]),
    ("R-53", "retinoid", None, [taking("isotretinoin")], [man()]),
    (
        "R-54",
        "faints",
        None,
        [ill("low_bp_faints"), man(faint_history="fainted"), man(injection_history="fainted"), meso("faint")],
        [man(faint_history="nearly"), man(injection_history="palpitations"), meso("none")],
    ),
    ("R-54", "needles", None, [man(needle_fear=7)], [man(needle_fear=6)]),
    (
        "R-55",
        "weighs",
        None,
        [
            man(hair_impact=6, worry_hours="over_3"),
            man(unhappy_procedures=2),
            man(hair_impact=9, worry_hours="under_1", barely_noticeable="yes", avoids_life="yes"),
            man(mental_health=["body_image"]),
        ],
        [
            man(hair_impact=5, worry_hours="over_3"),
            man(hair_impact=6, worry_hours="1_to_3"),
            man(unhappy_procedures=1),
            man(hair_impact=9, worry_hours="under_1", barely_noticeable="yes", avoids_life="no"),
        ],
    ),
    (
        "R-56",
        "call",
        None,
        [man(low_mood="most_days", self_harm=said) for said in ("yes", "talk", "private", "not_sure")],
        [man(low_mood="most_days", self_harm="no"), man()],
    ),
    (
        "R-57",
        "hopes",
        None,
        [
            man(expected_result="all_back"),
            man(expected_result="hairline_back"),
            man(expected_time="1_3_months"),
            man(expected_time="under_1_month"),
        ],
        [man(expected_time="3_6_months"), man(expected_result="some_more_hair")],
    ),
    (
        "R-57",
        "not_agreed",
        None,
        [
            man(**{f"understands_{what}": "no"})
            for what in ("sessions", "maintenance", "variable", "may_not_work")
        ],
        [man()],
    ),
    (
        "R-58",
        "advanced",
        None,
        [man(norwood_picture="VI"), man(norwood_picture="VII"), woman(ludwig_picture="III")],
        [man(norwood_picture="VA"), woman(ludwig_picture="II"), man(norwood_picture="not_sure")],
    ),
    *(
        (
            "R-59",
            treatment,
            None,
            [had(treatment, days_ago(0)), had(treatment, days_ago(days - 1))],
            [had(treatment, days_ago(days)), had(treatment, "not_sure"), man()],
        )
        for treatment, days in (
            ("prp", 14),
            ("mesotherapy", 14),
            ("microneedling", 14),
            ("laser", 14),
            ("exosome", 14),
            ("steroid_injection", 28),
            ("botulinum", 84),
        )
    ),
    ("R-60", "transplant", None, [had("transplant", days_ago(89))], [had("transplant", days_ago(90)), man()]),
    (
        "R-61",
        "fresh",
        None,
        [
            man(chemical_types=[what], chemical_last_date=days_ago(2))
            for what in ("colour", "bleach", "straighten")
        ],
        [man(chemical_types=["colour"], chemical_last_date=days_ago(3)), man()],
    ),
    (
        "R-61",
        "burn",
        None,
        [
            man(chemical_types=["burn"], chemical_last_date=days_ago(27)),
            man(chemical_types=["burn"], chemical_last_date="not_sure"),
        ],
        [
            man(chemical_types=["burn"], chemical_last_date=days_ago(28)),
            man(chemical_types=["bleach"], chemical_last_date=days_ago(27)),
        ],
    ),
    (
        "R-62",
        "same_product",
        VITAMINS,
        [
            meso("abscess", meso_product="A multivitamin cocktail"),
            meso("allergy", meso_product="multivitamin, water"),
        ],
        [
            meso("abscess", meso_product="dutasteride"),
            meso("forehead_swelling", meso_product="multivitamin"),
            meso("abscess"),
            meso("abscess", meso_product="something blue"),
        ],
    ),
    (
        "R-62",
        "trouble",
        None,
        [meso(what) for what in ("abscess", "lump", "new_patch", "necrosis", "allergy")],
        [meso("none"), meso("forehead_swelling", "faint"), man()],
    ),
    (
        "R-62",
        "lump_lately",
        None,
        [
            meso("lump", last=days_ago(181)),
            meso("abscess", last="not_sure"),
            meso("new_patch", last=days_ago(1)),
            had("prp", days_ago(181), scalp_signs=["lumps"]),
            had("steroid_injection", days_ago(1), scalp_signs=["lumps"]),
            man(scalp_signs=["lumps"], since_scalp="yes"),
        ],
        [
            meso("lump", last=days_ago(182)),
            meso("allergy", last=days_ago(1)),
            had("prp", days_ago(182), scalp_signs=["lumps"]),
            man(scalp_signs=["lumps"]),
        ],
    ),
    (
        "R-62",
        "skin_dying",
        None,
        [meso("necrosis", last=days_ago(13))],
        [meso("necrosis", last=days_ago(14)), meso("lump", last=days_ago(1))],
    ),
    ("R-62", "lumps", None, [man(scalp_signs=["lumps"])], [man(scalp_signs=["dandruff"])]),
    (
        "R-62",
        "reaction_here",
        None,
        [man(since_reaction="yes"), man(since_reaction="not_sure")],
        [man(since_reaction="no"), man()],
    ),
    ("R-63", "swelling", None, [meso("forehead_swelling")], [meso("none"), meso("faint"), man()]),
    (
        "R-64",
        "haemoglobin",
        None,
        [man(**result("hb", 7.9, "g_dl")), man(**result("hb", 79.0, "g_l"))],
        [man(**result("hb", 8.0, "g_dl"))],
    ),
    (
        "R-64",
        "platelets",
        None,
        [man(**result("platelets", 49.9, "x10_9_l"))],
        [man(**result("platelets", 50.0, "x10_9_l"))],
    ),
    (
        "R-64",
        "thyroid",
        None,
        [man(**result("tsh", 0.049, "miu_l")), man(**result("tsh", 20.1, "miu_l"))],
        [man(**result("tsh", 0.05, "miu_l")), man(**result("tsh", 20.0, "miu_l"))],
    ),
    (
        "R-64",
        "sugar",
        None,
        [man(**result("hba1c", 12.1, "percent")), man(**result("fasting_glucose", 301.0, "mg_dl"))],
        [man(**result("hba1c", 12.0, "percent")), man(**result("fasting_glucose", 300.0, "mg_dl"))],
    ),
    (
        "R-65",
        "ferritin",
        None,
        [man(**result("ferritin", 29.9, "ng_ml")), man(**result("ferritin", 29.0, "ug_l"))],
        [man(**result("ferritin", 30.0, "ng_ml")), man(**result("ferritin", 68.0, "pmol_l"))],
    ),
    (
        "R-65",
        "vitamin_d",
        None,
        [man(**result("vitamin_d", 19.9, "ng_ml")), man(**result("vitamin_d", 49.0, "nmol_l"))],
        [man(**result("vitamin_d", 20.0, "ng_ml")), man(**result("vitamin_d", 50.0, "nmol_l"))],
    ),
    (
        "R-65",
        "b12",
        None,
        [man(**result("b12", 199.0, "pg_ml")), man(**result("b12", 147.0, "pmol_l"))],
        [man(**result("b12", 200.0, "pg_ml")), man(**result("b12", 148.0, "pmol_l"))],
    ),
    (
        "R-65",
        "thyroid",
        None,
        [man(**result("tsh", 0.39, "miu_l")), man(**result("tsh", 4.51, "uiu_ml"))],
        [man(**result("tsh", 0.4, "miu_l")), man(**result("tsh", 4.5, "miu_l"))],
    ),
    (
        "R-65",
        "haemoglobin",
        None,
        [woman(**result("hb", 11.9, "g_dl")), man(**result("hb", 12.9, "g_dl"))],
        [woman(**result("hb", 12.0, "g_dl")), man(**result("hb", 13.0, "g_dl"))],
    ),
    (
        "R-65",
        "biotin",
        None,
        [taking("biotin", biotin_high="yes", **result("tsh", 2.0, "miu_l"))],
        [
            taking("biotin", biotin_high="no", **result("tsh", 2.0, "miu_l")),
            taking("biotin", biotin_high="yes", **result("hb", 14.0, "g_dl")),
        ],
    ),
    (
        "R-66",
        "cycle",
        None,
        [
            woman(androgen_signs=["acne"], cycle_regularity="irregular", androgen_rapid="no"),
            woman(androgen_signs=["face_body_hair"], cycle_regularity="absent", androgen_rapid="no"),
        ],
        [
            woman(androgen_signs=["acne"], cycle_regularity="regular", androgen_rapid="no"),
            woman(androgen_signs=["none"], cycle_regularity="irregular"),
        ],
    ),
    (
        "R-66",
        "voice",
        None,
        [woman(androgen_signs=["deep_voice"], cycle_regularity="regular", androgen_rapid="no")],
        [woman(androgen_signs=["acne"], cycle_regularity="regular", androgen_rapid="no")],
    ),
    (
        "R-66",
        "rapid",
        None,
        [woman(androgen_signs=["acne"], androgen_rapid="yes")],
        [
            woman(androgen_signs=["acne"], androgen_rapid="no"),
            woman(androgen_signs=["none"], androgen_rapid="yes"),
        ],
    ),
    (
        "R-67",
        "flare",
        None,
        [
            man(scalp_signs=["thick_scale"]),
            ill("scalp_disease", scalp_disease_flaring="yes"),
            ill("eczema", scalp_signs=["dandruff"]),
            sore(itch=7, signs=("dandruff",)),
        ],
        [
            man(scalp_signs=["dandruff"]),
            ill("scalp_disease", scalp_disease_flaring="no"),
            ill("eczema"),
            sore(itch=6, signs=("dandruff",)),
            sore(itch=10),
        ],
    ),
    (
        "R-68",
        "poor",
        None,
        [ill("asthma", asthma_control="poor"), ill("asthma", asthma_control="not_sure")],
        [ill("asthma", asthma_control="good"), man()],
    ),
    ("R-68", "asthma", None, [ill("asthma", asthma_control="good")], [man()]),
    ("R-69", "head", None, [ill("head_surgery")], [man()]),
    (
        "R-69",
        "inside",
        None,
        [ill("head_surgery", head_device=[what]) for what in ("shunt", "plate", "implant", "cochlear")],
        [ill("head_surgery", head_device=["surgery_old"]), man()],
    ),
    (
        "R-69",
        "fresh",
        None,
        [
            ill("head_surgery", head_device=["surgery_recent"]),
            ill("head_surgery", head_device=["plate"], head_surgery_when=days_ago(89)),
        ],
        [ill("head_surgery", head_device=["surgery_old"], head_surgery_when=days_ago(90)), man()],
    ),
    (
        "R-70",
        "alcohol",
        None,
        [man(alcohol_24h="yes")],
        [man(alcohol_24h="no"), man(alcohol_24h="not_sure"), man()],
    ),
    ("R-71", "language", None, [man(need_interpreter="yes")], [man(), man(need_interpreter="not_sure")]),
    ("R-71", "own_wish", None, [man(own_wish="no")], [man(), man(own_wish="not_sure")]),
    ("R-72", "not_licensed", product("biotin", status="cosmetic"), [man()], []),
    ("R-72", "not_licensed", product("biotin", status="unlicensed"), [man()], []),
    ("R-72", "not_licensed", product("biotin", status="unknown"), [man()], []),
    ("R-72", "not_licensed", {"product": {"ingredients": ["biotin"]}}, [man()], []),
    ("R-72", "not_licensed", product("biotin", status="licensed_other_route"), [], [man()]),
    ("R-72", "not_licensed", product("biotin"), [], [man()]),
    ("R-72", "not_licensed", None, [], [man()]),
    ("R-72", "off_label", product("biotin", status="licensed_other_route"), [man()], []),
    ("R-72", "off_label", product("biotin"), [], [man()]),
    (
        "R-73",
        "occasion",
        None,
        [man(event_date=days_ago(0)), man(event_date=days_ago(-7))],
        [man(event_date=days_ago(-8)), man()],
    ),
    (
        "R-80",
        "pattern",
        None,
        [
            man(),
            woman(),
            man(main_concern=["breakage"], norwood_picture="II"),
            man(main_concern=["breakage"], norwood_picture="VA"),
            woman(main_concern=["breakage"], ludwig_picture="I"),
            woman(main_concern=["breakage"], ludwig_picture="II"),
            man(duration_value=9),
            ill("keloid", keloid_site=["elsewhere"]),
            man(norwood_picture="III"),
        ],
        [
            man(main_concern=["breakage"]),
            man(norwood_picture="I"),
            man(duration_value=11),
            man(norwood_picture="VI"),
            woman(main_concern=["breakage"], ludwig_picture="none"),
            man(conditions=["not_sure"]),
            ill("autoimmune"),
            woman(pregnant="yes"),
        ],
    ),
    (
        "R-81",
        "tried",
        None,
        [
            man(treatments_had=[what], **{f"tx_{what}_status": "past", f"tx_{what}_weeks": 26})
            for what in ("minoxidil_lotion", "minoxidil_tablets", "finasteride", "dutasteride")
        ],
        [
            man(treatments_had=["finasteride"], tx_finasteride_status="now", tx_finasteride_weeks=25),
            man(treatments_had=["spironolactone"], tx_spironolactone_weeks=90),
            man(),
        ],
    ),
    (
        "R-81",
        "not_tolerated",
        None,
        [had("minoxidil_lotion", not_tolerated="yes")],
        [had("minoxidil_lotion", not_tolerated="no"), man()],
    ),
    (
        "R-82",
        "knows",
        None,
        [man(), woman(), man(expected_time="3_6_months")],
        [
            man(understands_maintenance="no"),
            man(can_attend="no"),
            man(can_attend="not_sure"),
            man(expected_result="all_back"),
            man(expected_time="1_3_months"),
            man(expected_time=None),
        ],
    ),
)

# Every single choice that a clause names, where the table above tries only some of them.
_CHOICES: tuple[tuple[str, str, dict[str, Any] | None, list, list], ...] = (
    ("R-04", "soon", None, [woman(sex_at_birth="intersex", trying_to_conceive="now")], []),
    ("R-04", "soon_5ari", FIVE_ARI, [woman(sex_at_birth="intersex", trying_to_conceive="now")], []),
    *(
        ("R-06", clause, FIVE_ARI, [man(male_fertility=[what]), man(trying_to_conceive=when, **other)], [])
        for clause in ("fertility_5ari", "fertility")
        for what in ("abnormal_semen", "erection", "ejaculation")
        for when in ("now", "within_6_months")
        for other in ({}, {"sex_at_birth": "intersex"})
    ),
    (
        "R-08",
        "mood_5ari",
        FIVE_ARI,
        [
            man(low_mood="nearly_every_day", self_harm="no"),
            man(low_interest="most_days", self_harm="private"),
        ],
        [],
    ),
    ("R-09", "psa", FIVE_ARI, [man(sex_at_birth="intersex", born_on=aged(40), psa_watched="no")], []),
    *(
        ("R-13", clause, None, [man(scalp_signs=[sign], scalp_fever=fever)], [])
        for clause, fever in (("fever", "yes"), ("fever_unsure", "not_sure"))
        for sign in ("pustules", "crusts", "boggy_swelling", "sores")
    ),
    (
        "R-18",
        "inflamed",
        None,
        [man(scalp_signs=["boggy_swelling", "thick_scale", "black_dots"], scalp_fever="no")],
        [],
    ),
    *(
        ("R-18", "child", None, [patches(born_on=aged(9), scalp_signs=[sign])], [])
        for sign in ("thick_scale", "dandruff")
    ),
    *(
        ("R-19", "sore_with_signs", None, [sore(pain=4, signs=(sign,))], [])
        for sign in (
            "pustules",
            "crusts",
            "boggy_swelling",
            "sores",
            "scar_like_skin",
            "red_rings",
            "thick_scale",
            "dandruff",
            "lumps",
            "black_dots",
        )
    ),
    (
        "R-19",
        "hairline",
        None,
        [woman(sex_at_birth="intersex", hair_areas=["hairline"], hairline_change="yes")],
        [],
    ),
    ("R-20", "spreading", None, [patches(hair_areas=["brows"])], []),
    ("R-21", "fast_with_brows", None, [man(loss_trend="worse_fast", hair_areas=["lashes"])], []),
    *(
        ("R-22", "after_trigger", None, [shedding(triggers=[what])], [])
        for what in (
            "fever",
            "hospital",
            "surgery",
            "childbirth",
            "miscarriage",
            "hormones_changed",
            "crash_diet",
            "weight_loss",
            "stress",
            "blood_loss",
            "new_medicine",
            "stopped_medicine",
            "thyroid_change",
            "vaccination",
        )
    ),
    *(
        ("R-24", "long", None, [], [shedding(duration_value=6, main_concern=["shedding", what])])
        for what in ("thinning_on_top", "wider_parting", "temples", "crown", "round_patches")
    ),
    *(
        ("R-26", "with_loss", None, [tight(style, years=1.0, hair_areas=[area])], [])
        for style in ("plait", "bun", "ponytail", "turban", "extensions", "braids", "cap")
        for area in ("hairline", "temple_left", "temple_right", "side_left", "side_right")
    ),
    *(
        ("R-26", "without_loss", None, [tight(style, years=1.0)], [])
        for style in ("plait", "bun", "ponytail", "turban", "extensions", "braids", "cap")
    ),
    *(
        row
        for kind in ("rash", "hives", "swelling", "breathing", "collapse")
        for thing in ("lidocaine", "prilocaine", "other_caine")
        for row in (
            ("R-29", "amide", LIDOCAINE, [allergic(thing, kind=(kind, "fainted"))], []),
            ("R-29", "history", None, [allergic(thing, kind=(kind, "fainted"))], []),
            ("R-30", "only_faint", None, [], [allergic(thing, kind=(kind, "fainted"))]),
        )
    ),
    *(
        row
        for kind in ("fainted", "palpitations")
        for thing in ("lidocaine", "prilocaine", "other_caine")
        for row in (
            ("R-29", "amide", LIDOCAINE, [], [allergic(thing, kind=(kind,))]),
            ("R-29", "history", None, [], [allergic(thing, kind=(kind,))]),
            ("R-30", "only_faint", None, [allergic(thing, kind=(kind,))], []),
        )
    ),
    *(
        ("R-27", "numbing", EMLA, [allergic("lidocaine", kind=(kind, "fainted"))], [])
        for kind in ("rash", "hives", "swelling", "breathing", "collapse")
    ),
    ("R-27", "numbing", EMLA, [], [allergic("lidocaine", kind=("palpitations",))]),
    *(
        ("R-62", "same_product", VITAMINS, [meso(what, meso_product="multivitamin")], [])
        for what in ("abscess", "lump", "new_patch", "necrosis", "allergy")
    ),
    *(
        (
            "R-62",
            "lump_lately",
            None,
            [had(treatment, days_ago(181), scalp_signs=["lumps"])],
            [had(treatment, days_ago(182), scalp_signs=["lumps"])],
        )
        for treatment in ("mesotherapy", "prp", "steroid_injection", "exosome")
    ),
    ("R-62", "lump_lately", None, [man(scalp_signs=["lumps"], since_scalp="not_sure")], []),
    (
        "R-66",
        "cycle",
        None,
        [woman(androgen_signs=["deep_voice"], cycle_regularity="absent", androgen_rapid="no")],
        [],
    ),
    *(
        ("R-81", "tried", None, [], [man(treatments_had=[what], **{f"tx_{what}_weeks": 25})])
        for what in ("minoxidil_lotion", "minoxidil_tablets", "finasteride", "dutasteride")
    ),
    ("R-82", "knows", None, [], [man(expected_result="hairline_back"), man(expected_time="under_1_month")]),
)

VECTORS: tuple[Vector, ...] = tuple(
    Vector(rule, clause, fires, answers, planned)
    for rule, clause, planned, held, escaped in (*_TABLE, *_CHOICES)
    for fires, histories in ((True, held), (False, escaped))
    for answers in histories
)
