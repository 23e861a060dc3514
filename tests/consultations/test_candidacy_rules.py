"""Every clause of every rule with a history that fires it and one just beside it that does not."""

import re
from datetime import date, timedelta
from itertools import chain

import pytest

from consultations.rules import answers as reading
from consultations.rules.candidacy import BLOCKING, LANES, OUTCOMES, SCOPES, screen, words_of
from consultations.rules.candidacy_rules import RULES
from consultations.rules.conditions import keys_of
from consultations.rules.ingredients import INGREDIENTS
from consultations.rules.questionnaire import PAGES, QUESTIONS
from consultations.rules.questions import BOOL3, CHOICE, MULTI
from tests.consultations.histories import ON, man, product, woman

ASKED_IN_ISSUE_2 = {
    *(f"R-0{number}" for number in range(7)), "R-11", "R-13", "R-16", "R-20", "R-27", "R-38", "R-56", "R-72",
}  # fmt: skip
VITAMINS, FIVE_ARI = product("multivitamin"), product("dutasteride")
CLAUSES = [(rule.id, clause) for rule in RULES for clause in rule.clauses]


def days_ago(days):
    return (ON - timedelta(days=days)).isoformat()


def aged(years, days=0):
    return (date(ON.year - years, ON.month, ON.day) + timedelta(days=days)).isoformat()


# rule, clause, history, plan, does it fire
VECTORS = [
    ("R-00", "open", woman(conditions=["not_sure"]), None, True),
    ("R-00", "open", woman(conditions=["private"]), None, True),
    ("R-00", "open", woman(conditions=None), None, True),
    ("R-00", "open", woman(pregnant="private"), None, True),
    ("R-00", "open", woman(sex_at_birth=None), None, True),
    ("R-00", "open", woman(), None, False),
    ("R-00", "open", man(), None, False),
    ("R-00", "open", woman(contraception="private", lmp="not_sure"), FIVE_ARI, True),
    ("R-00", "open", woman(low_mood=None, expected_time=None, main_concern=None), None, False),
    ("R-00", "open", man(male_fertility=["private"]), VITAMINS, False),
    ("R-00", "open", man(male_fertility=["private"]), FIVE_ARI, True),
    ("R-00", "open", man(allergies=["not_sure"]), None, False),
    ("R-00", "open", man(allergies=["not_sure"]), VITAMINS, True),
    ("R-00", "written", man(conditions=["other"]), None, True),
    ("R-00", "written", man(allergies=["other"]), None, True),
    ("R-00", "written", man(conditions=["thyroid"]), None, False),
    ("R-00", "written_medicine", man(medicines=["other"]), None, True),
    ("R-00", "written_medicine", man(medicines=["iron"]), None, False),
    ("R-01", "pregnant", woman(pregnant="yes"), None, True),
    ("R-01", "pregnant", woman(pregnant="possibly"), None, False),
    ("R-01", "pregnant", man(pregnant="yes"), None, False),
    ("R-02", "possible", woman(pregnant="possibly"), None, True),
    ("R-02", "possible", woman(pregnant="not_sure"), None, True),
    ("R-02", "possible", woman(pregnant="no"), None, False),
    ("R-02", "late_period", woman(contraception="none", lmp=days_ago(36)), None, True),
    ("R-02", "late_period", woman(contraception="none", lmp=days_ago(35)), None, False),
    ("R-02", "late_period", woman(contraception="iud", lmp=days_ago(36)), None, False),
    ("R-03", "breastfeeding", woman(breastfeeding="yes"), None, True),
    ("R-03", "breastfeeding", woman(breastfeeding="no"), None, False),
    ("R-04", "soon", woman(trying_to_conceive="now"), None, True),
    ("R-04", "soon", woman(trying_to_conceive="within_6_months"), None, True),
    ("R-04", "soon", woman(trying_to_conceive="no"), None, False),
    ("R-04", "soon", man(trying_to_conceive="now"), None, False),
    ("R-04", "soon_5ari", woman(trying_to_conceive="now"), FIVE_ARI, True),
    ("R-04", "soon_5ari", woman(trying_to_conceive="no"), FIVE_ARI, False),
    ("R-05", "could_conceive", woman(), FIVE_ARI, True),
    ("R-05", "could_conceive", woman(contraception="vasectomy"), FIVE_ARI, True),
    ("R-05", "could_conceive", woman(contraception="menopause", lmp=None), FIVE_ARI, False),
    ("R-05", "could_conceive", woman(contraception="hysterectomy", lmp=None), FIVE_ARI, False),
    ("R-05", "could_conceive", woman(contraception="sterilised"), FIVE_ARI, False),
    ("R-05", "could_conceive", woman(born_on=aged(55, -364)), FIVE_ARI, True),
    ("R-05", "could_conceive", woman(born_on=aged(56)), FIVE_ARI, False),
    ("R-05", "could_conceive", woman(born_on=aged(10)), FIVE_ARI, True),
    ("R-05", "could_conceive", woman(born_on=aged(10, 1)), FIVE_ARI, False),
    ("R-05", "could_conceive", woman(pregnant="yes", contraception=None), FIVE_ARI, True),
    ("R-05", "could_conceive", man(), FIVE_ARI, False),
    ("R-06", "fertility_5ari", man(trying_to_conceive="now"), FIVE_ARI, True),
    ("R-06", "fertility_5ari", man(male_fertility=["abnormal_semen"]), FIVE_ARI, True),
    ("R-06", "fertility_5ari", man(male_fertility=["erection"]), FIVE_ARI, True),
    ("R-06", "fertility_5ari", man(male_fertility=["ejaculation"]), FIVE_ARI, True),
    ("R-06", "fertility_5ari", man(male_fertility=["low_desire"]), FIVE_ARI, False),
    ("R-06", "fertility_5ari", woman(trying_to_conceive="now"), FIVE_ARI, False),
    ("R-06", "fertility", man(trying_to_conceive="within_6_months"), VITAMINS, True),
    ("R-06", "fertility", man(), VITAMINS, False),
    ("R-08", "mood_5ari", man(conditions=["low_mood"], self_harm="no"), FIVE_ARI, True),
    ("R-08", "mood_5ari", man(medicines=["mood"]), FIVE_ARI, True),
    ("R-08", "mood_5ari", man(), FIVE_ARI, False),
    ("R-09", "psa", man(born_on=aged(40)), FIVE_ARI, True),
    ("R-09", "psa", man(born_on=aged(40, 1)), FIVE_ARI, False),
    ("R-11", "minor", man(born_on=aged(18, 1)), None, True),
    ("R-11", "minor", man(born_on=aged(18)), None, False),
    ("R-12", "older", man(born_on=aged(66)), None, True),
    ("R-12", "older", man(born_on=aged(66, 1)), None, False),
    ("R-13", "infected", man(scalp_signs=["pustules"]), None, True),
    ("R-13", "infected", man(scalp_signs=["crusts"]), None, True),
    ("R-13", "infected", man(scalp_signs=["sores"]), None, True),
    ("R-13", "infected", man(scalp_signs=["dandruff"]), None, False),
    ("R-13", "boggy", man(scalp_signs=["boggy_swelling"]), None, True),
    ("R-13", "boggy", man(scalp_signs=["pustules"]), None, False),
    ("R-13", "fever", man(scalp_signs=["pustules"], scalp_fever="yes"), None, True),
    ("R-13", "fever", man(scalp_signs=["pustules"], scalp_fever="no"), None, False),
    ("R-13", "fever", man(scalp_signs=["dandruff"], scalp_fever="yes"), None, False),
    ("R-13", "fever_unsure", man(scalp_signs=["pustules"], scalp_fever="not_sure"), None, True),
    ("R-13", "fever_unsure", man(scalp_signs=["pustules"], scalp_fever="no"), None, False),
    ("R-16", "recent", man(recent_illness="yes", recent_illness_date=days_ago(13)), None, True),
    ("R-16", "recent", man(recent_illness="yes", recent_illness_date=days_ago(14)), None, False),
    ("R-16", "recent", man(recent_illness="yes", recent_illness_date=days_ago(0)), None, True),
    ("R-16", "recent", man(recent_illness="yes", recent_illness_date="not_sure"), None, True),
    ("R-16", "recent", man(recent_illness="no"), None, False),
    ("R-19", "signs", man(scalp_signs=["scar_like_skin"]), None, True),
    ("R-19", "signs", man(scalp_signs=["red_rings"]), None, True),
    ("R-19", "signs", man(scalp_signs=["thick_scale", "lumps"]), None, False),
    ("R-20", "patches", man(main_concern=["round_patches"], patch_count=1), None, True),
    ("R-20", "patches", man(main_concern=["crown"]), None, False),
    ("R-20", "spreading", man(main_concern=["round_patches"], patch_count=3), None, True),
    ("R-20", "spreading", man(main_concern=["round_patches"], patch_count=2), None, False),
    ("R-20", "spreading", man(main_concern=["round_patches"], patches_rapid="yes"), None, True),
    ("R-20", "spreading", man(main_concern=["round_patches"], brows_thinning="yes"), None, True),
    ("R-20", "spreading", man(main_concern=["round_patches"], hair_areas=["lashes"]), None, True),
    ("R-20", "spreading", man(main_concern=["round_patches"], hair_areas=["sides", "back"]), None, True),
    ("R-20", "spreading", man(main_concern=["round_patches"], hair_areas=["back"]), None, False),
    ("R-20", "spreading", man(main_concern=["brows_beard_body"], brows_thinning="yes"), None, False),
    ("R-27", "product", man(allergies=["b_vitamins"]), VITAMINS, True),
    ("R-27", "product", man(allergies=["latex"]), VITAMINS, False),
    ("R-27", "product", man(allergies=["b_vitamins"]), None, False),
    ("R-27", "product", man(allergies=["lidocaine"]), product("biotin", "lignocaine"), True),
    ("R-27", "numbing", man(allergies=["prilocaine"]), {"anaesthetic": "EMLA"}, True),
    ("R-27", "numbing", man(allergies=["sulfites"]), {"anaesthetic": "lidocaine", "adrenaline": True}, True),
    ("R-27", "numbing", man(allergies=["sulfites"]), {"anaesthetic": "lidocaine"}, False),
    ("R-27", "written", man(allergies=["other"]), VITAMINS, True),
    ("R-27", "written", man(allergies=["other"]), None, False),
    ("R-27", "written", man(allergies=["latex"]), VITAMINS, False),
    ("R-27", "unlisted", man(allergies=["latex"]), product("moon dust"), True),
    ("R-27", "unlisted", man(), product("moon dust"), False),
    ("R-27", "unlisted", man(allergies=["latex"]), VITAMINS, False),
    ("R-28", "severe", man(allergies=["foods"], severe_reaction="yes"), None, True),
    ("R-28", "severe", man(allergies=["foods"], severe_reaction="no"), None, False),
    ("R-29", "amide", man(allergies=["lidocaine"]), {"anaesthetic": "lidocaine"}, True),
    ("R-29", "amide", man(allergies=["paba_ester"]), {"anaesthetic": "lidocaine"}, False),
    ("R-29", "history", man(allergies=["other_caine"]), None, True),
    ("R-29", "history", man(allergies=["nickel"]), None, False),
    ("R-31", "prilocaine", man(conditions=["methaemoglobinaemia"]), {"anaesthetic": "EMLA"}, True),
    ("R-31", "prilocaine", man(conditions=["g6pd"]), {"anaesthetic": "EMLA"}, False),
    ("R-31", "any", man(conditions=["methaemoglobinaemia"]), None, True),
    ("R-31", "any", man(conditions=["anaemia"]), None, False),
    ("R-32", "prilocaine", man(conditions=["g6pd"]), {"anaesthetic": "EMLA"}, True),
    ("R-32", "prilocaine", man(medicines=["oxidising"]), {"anaesthetic": "EMLA"}, True),
    ("R-32", "prilocaine", man(), {"anaesthetic": "EMLA"}, False),
    ("R-33", "local_anaesthetic", man(medicines=["heart_rhythm"]), {"anaesthetic": "lidocaine"}, True),
    ("R-33", "local_anaesthetic", man(conditions=["porphyria"]), {"anaesthetic": "lidocaine"}, True),
    ("R-33", "local_anaesthetic", man(), {"anaesthetic": "lidocaine"}, False),
    ("R-35", "contact", man(allergies=["latex"]), None, True),
    ("R-35", "contact", man(allergies=["foods"]), None, False),
    ("R-36", "disorder", man(conditions=["bleeding_disorder"]), None, True),
    ("R-36", "disorder", man(conditions=["anaemia"]), None, False),
    ("R-38", "blood_thinner", man(medicines=["warfarin"]), None, True),
    ("R-38", "blood_thinner", man(medicines=["doac"]), None, True),
    ("R-38", "blood_thinner", man(medicines=["heparin"]), None, True),
    ("R-38", "blood_thinner", man(medicines=["aspirin", "clopidogrel"]), None, True),
    ("R-38", "blood_thinner", man(medicines=["aspirin"]), None, False),
    ("R-39", "aspirin", man(medicines=["aspirin"]), None, True),
    ("R-39", "aspirin", man(medicines=["pain_tablets"]), None, False),
    ("R-40", "bruising", man(medicines=["pain_tablets"]), None, True),
    ("R-40", "bruising", man(medicines=["supplements"]), None, True),
    ("R-40", "bruising", man(medicines=["iron"]), None, False),
    ("R-41", "keloid", man(conditions=["keloid"]), None, True),
    ("R-41", "keloid", man(), None, False),
    ("R-42", "diabetes", man(conditions=["diabetes"]), None, True),
    ("R-42", "diabetes", man(medicines=["diabetes"]), None, True),
    ("R-42", "diabetes", man(medicines=["glp1"]), None, False),
    ("R-44", "immunity", man(conditions=["weak_immunity"]), None, True),
    ("R-44", "immunity", man(medicines=["steroid_tablets"]), None, True),
    ("R-44", "immunity", man(medicines=["immune"]), None, True),
    ("R-44", "immunity", man(), None, False),
    ("R-45", "autoimmune", man(conditions=["autoimmune"]), None, True),
    ("R-45", "autoimmune", man(conditions=["scalp_disease"]), None, True),
    ("R-45", "autoimmune", man(), None, False),
    ("R-46", "active", man(conditions=["cancer_now"]), None, True),
    ("R-46", "active", man(medicines=["cancer"]), None, True),
    ("R-46", "active", man(conditions=["cancer_past"]), None, False),
    ("R-47", "past", man(conditions=["cancer_past"]), None, True),
    ("R-47", "past", man(), None, False),
    ("R-48", "epilepsy", man(conditions=["epilepsy"]), None, True),
    ("R-48", "epilepsy", man(medicines=["fits"]), None, True),
    ("R-48", "epilepsy", man(), None, False),
    ("R-50", "heart", man(conditions=["heart"]), None, True),
    ("R-50", "heart", man(conditions=["stroke"]), None, True),
    ("R-50", "heart", man(medicines=["heart_rhythm"]), None, True),
    ("R-50", "heart", man(conditions=["high_bp"]), None, False),
    ("R-51", "pressure", man(conditions=["high_bp"]), product("minoxidil"), True),
    ("R-51", "pressure", man(medicines=["minoxidil_tablets"]), product("minoxidil"), True),
    ("R-51", "pressure", man(), product("minoxidil"), False),
    ("R-52", "organs", man(conditions=["kidney"]), None, True),
    ("R-52", "organs", man(conditions=["liver"]), None, True),
    ("R-52", "organs", man(), None, False),
    ("R-53", "retinoid", man(medicines=["isotretinoin"]), None, True),
    ("R-53", "retinoid", man(), None, False),
    ("R-54", "faints", man(conditions=["low_bp_faints"]), None, True),
    ("R-54", "faints", man(), None, False),
    ("R-56", "call", man(low_mood="most_days", self_harm="yes"), None, True),
    ("R-56", "call", man(low_mood="most_days", self_harm="talk"), None, True),
    ("R-56", "call", man(low_mood="most_days", self_harm="private"), None, True),
    ("R-56", "call", man(low_mood="most_days", self_harm="not_sure"), None, True),
    ("R-56", "call", man(low_mood="most_days", self_harm="no"), None, False),
    ("R-57", "hopes", man(expected_result="all_back"), None, True),
    ("R-57", "hopes", man(expected_result="hairline_back"), None, True),
    ("R-57", "hopes", man(expected_time="1_3_months"), None, True),
    ("R-57", "hopes", man(expected_time="3_6_months"), None, False),
    ("R-68", "asthma", man(conditions=["asthma"]), None, True),
    ("R-68", "asthma", man(), None, False),
    ("R-69", "head", man(conditions=["head_surgery"]), None, True),
    ("R-69", "head", man(), None, False),
    ("R-72", "not_licensed", man(), product("biotin", status="cosmetic"), True),
    ("R-72", "not_licensed", man(), product("biotin", status="unlicensed"), True),
    ("R-72", "not_licensed", man(), product("biotin", status="unknown"), True),
    ("R-72", "not_licensed", man(), {"product": {"ingredients": ["biotin"]}}, True),
    ("R-72", "not_licensed", man(), product("biotin", status="licensed_other_route"), False),
    ("R-72", "not_licensed", man(), None, False),
    ("R-72", "off_label", man(), product("biotin", status="licensed_other_route"), True),
    ("R-72", "off_label", man(), product("biotin"), False),
]


def ident(vector):
    rule, clause, _history, _plan, fires = vector
    return f"{rule}-{clause}-{'fires' if fires else 'quiet'}"


@pytest.mark.parametrize("vector", VECTORS, ids=ident)
def test_rule_fires_exactly_on(vector):
    rule, clause, answers, planned, expected = vector

    result = screen(answers, on=ON, rules=RULES, planned=planned)

    assert ((rule, clause) in [(one.id, one.clause) for one in result.fired]) is expected


def test_every_clause_has_a_vector_that_fires_and_one_that_does_not():
    tried = {(rule, clause, fires) for rule, clause, _history, _plan, fires in VECTORS}
    wanted = {(rule, clause.id, fires) for rule, clause in CLAUSES for fires in (True, False)}

    assert tried == wanted


def test_every_history_is_one_the_questionnaire_can_give():
    for _rule, _clause, answers, _plan, _fires in VECTORS:
        for key, value in answers.items():
            assert reading.validate_answer(QUESTIONS[key], value, today=ON) == value, key


# The whole answer: the vignettes


def fired_ids(result):
    return {one.id for one in result.fired}


@pytest.mark.parametrize(
    ("answers", "planned", "outcome", "lane", "rule"),
    [
        pytest.param(woman(), FIVE_ARI, "ABS", "none", "R-05", id="2"),
        pytest.param(woman(pregnant="yes"), None, "ABS", "none", "R-01", id="3"),
        pytest.param(woman(lmp=days_ago(50), contraception="none"), None, "DEFER", "none", "R-02", id="4"),
        pytest.param(man(trying_to_conceive="now"), FIVE_ARI, "ABS", "none", "R-06", id="5"),
        pytest.param(man(trying_to_conceive="now"), VITAMINS, "REVIEW", "none", "R-06", id="5-vitamins"),
        pytest.param(man(born_on=aged(17)), None, "ABS", "none", "R-11", id="6"),
        pytest.param(
            man(
                main_concern=["round_patches"],
                patch_count=4,
                patches_rapid="yes",
                brows_thinning="yes",
                onset_type="sudden",
                duration_value=3,
                duration_unit="weeks",
            ),
            None,
            "REVIEW",
            "7-day",
            "R-20",
            id="9",
        ),
        pytest.param(man(), product("multivitamin", status="unknown"), "ABS", "none", "R-72", id="14"),
        pytest.param(man(conditions=["not_sure"]), None, "REVIEW", "none", "R-00", id="15"),
        pytest.param(man(conditions=["g6pd"]), {"anaesthetic": "EMLA"}, "REVIEW", "none", "R-32", id="11"),
        pytest.param(woman(medicines=["isotretinoin"]), None, "CAUTION", "none", "R-53", id="13"),
        pytest.param(
            man(low_mood="most_days", self_harm="yes"), None, "REVIEW", "same-day", "R-56", id="self-harm"
        ),
        pytest.param(
            man(scalp_signs=["boggy_swelling"]), None, "DEFER", "same-day", "R-13", id="kerion"
        ),
        pytest.param(man(medicines=["doac"]), None, "REVIEW", "none", "R-38", id="blood-thinner"),
    ],
)  # fmt: skip
def test_vignette(answers, planned, outcome, lane, rule):
    result = screen(answers, on=ON, rules=RULES, planned=planned)

    assert (result.outcome, result.lane, rule in fired_ids(result)) == (outcome, lane, True)


@pytest.mark.parametrize("answers", [woman(), man()], ids=["woman", "man"])
@pytest.mark.parametrize("planned", [None, VITAMINS], ids=["nothing", "vitamins"])
def test_somebody_with_nothing_to_report_stays_quiet(answers, planned):
    result = screen(answers, on=ON, rules=RULES, planned=planned)

    assert (result.outcome, result.lane, result.unclear) == ("NONE", "none", ())


def test_an_empty_intake_is_open_and_asks_little_at_first():
    result = screen({}, on=ON, rules=RULES)

    assert (result.outcome, [one.key for one in result.unclear]) == (
        "REVIEW",
        ["sex_at_birth", "age", "scalp_signs", "recent_illness", "conditions", "medicines"],
    )


def test_recent_illness_carries_the_day_it_ends():
    answers = man(recent_illness="yes", recent_illness_date="2026-11-20")

    (one,) = screen(answers, on=ON, rules=RULES).fired

    assert (one.id, one.outcome, one.until_on, one.answers) == (
        "R-16",
        "DEFER",
        "2026-12-04",
        {"recent_illness": "yes"},
    )


def test_an_allergy_quotes_only_what_meets_the_product():
    answers = man(allergies=["latex", "b_vitamins"], severe_reaction="no")

    (one,) = [one for one in screen(answers, on=ON, rules=RULES, planned=VITAMINS).fired if one.id == "R-27"]

    assert (one.outcome, one.overridable, one.answers) == ("ABS", False, {"allergies": ["b_vitamins"]})


NOT_OVERRIDABLE = {"R-01", "R-11", "R-13", "R-27", "R-72"}


def test_pregnancy_minors_infection_allergy_and_unlicensed_products_cannot_be_overridden():
    overridable = {rule for rule, clause in CLAUSES if clause.overridable and clause.outcome in BLOCKING}

    assert overridable & NOT_OVERRIDABLE == set()


# Not sure is never milder


def definite_answers(question):
    if question.type == MULTI:
        return [[code] for code in question.codes if code not in {"not_sure", "private"}]
    return [code for code in question.codes if code not in {"not_sure", "private"}]


SAFETY = [
    question
    for question in QUESTIONS.values()
    if question.safety and question.type in {BOOL3, CHOICE, MULTI} and "not_sure" in question.codes
]


@pytest.mark.parametrize("question", SAFETY, ids=lambda question: question.key)
@pytest.mark.parametrize("base", [woman(), man()], ids=["woman", "man"])
@pytest.mark.parametrize("planned", [None, VITAMINS, FIVE_ARI, {"anaesthetic": "EMLA"}], ids=repr)
def test_not_sure_is_never_milder_than_every_definite_answer(question, base, planned):
    definite = [
        screen(base | {question.key: answer}, on=ON, rules=RULES, planned=planned)
        for answer in definite_answers(question)
    ]
    unsure = ["not_sure"] if question.type == MULTI else "not_sure"

    result = screen(base | {question.key: unsure}, on=ON, rules=RULES, planned=planned)

    place = OUTCOMES.index(result.outcome)
    assert place <= max(OUTCOMES.index(one.outcome) for one in definite)
    if len({blocking(one) for one in definite}) > 1:
        assert place <= OUTCOMES.index("REVIEW")


def blocking(result):
    counted = {scope for scope, verdict in result.verdicts.items() if verdict in BLOCKING}
    return result.outcome in BLOCKING and bool(counted)


# The data


def test_the_rules_of_this_release_are_there_once_and_in_order():
    ids = [rule.id for rule in RULES]

    assert ids == sorted(set(ids))
    assert set(ids) >= ASKED_IN_ISSUE_2


def test_clauses_use_known_words_only():
    for rule, clause in CLAUSES:
        assert clause.scope in SCOPES, rule
        assert clause.outcome in OUTCOMES, rule
        assert clause.lane in LANES, rule
        assert clause.until is None or clause.until.after in {"", *QUESTIONS}, rule


def test_clauses_read_only_questions_that_exist_and_facts_of_a_plan():
    for rule, clause in CLAUSES:
        unknown = {key for key in keys_of(clause.when) if not key.startswith("planned.")} - set(QUESTIONS)
        assert unknown == set(), rule


def test_clauses_name_only_choices_that_are_offered():
    for rule, clause in CLAUSES:
        for key, values in named_values(clause.when):
            assert set(values) <= set(QUESTIONS[key].codes), (rule, clause.id, key)


def named_values(condition):
    operator, *arguments = condition
    if operator in {"all", "any", "not"}:
        return list(chain.from_iterable(named_values(part) for part in arguments))
    if operator in {"in", "none_of", "includes_any", "includes_all"} and "." not in arguments[0]:
        return [tuple(arguments)]
    return [(arguments[0], [arguments[1]])] if operator == "is" and "." not in arguments[0] else []


def test_what_can_block_or_defer_hangs_on_safety_questions():
    derived = {"age"}
    for rule, clause in CLAUSES:
        if clause.outcome in BLOCKING:
            read = {key for key in keys_of(clause.when) if not key.startswith("planned.")}
            assert {key for key in read - derived if not QUESTIONS[key].safety} == set(), rule


def test_ingredients_meet_only_allergies_that_are_offered():
    offered = set(QUESTIONS["allergies"].codes)

    assert {name for one in INGREDIENTS for name in one.allergens} - offered == set()


def test_every_rule_explains_itself_in_full():
    for rule in RULES:
        for clause in rule.clauses:
            words = words_of(RULES, rule.id, clause.id)
            assert all([words.title, words.clinician, words.patient, words.desk, words.rationale]), rule.id
        assert rule.sources and rule.certainty in "ABCD", rule.id


# The words


def every_text():
    """Every string that somebody can read, with where it stands."""
    for page in PAGES:
        yield page.key, f"{page.title} {page.why}"
    for question in QUESTIONS.values():
        yield question.key, f"{question.text} {question.why} {question.hint}"
        yield from ((f"{question.key}={code}", text) for code, text in question.choices)
    for rule in RULES:
        for clause in rule.clauses:
            words = words_of(RULES, rule.id, clause.id)
            until = clause.until.text if clause.until else ""
            for who in ("title", "clinician", "patient", "desk"):
                yield f"{rule.id} {clause.id} {who}", f"{getattr(words, who)} {until}"
    yield from (("answers.py", text) for text in reading.TEXTS)


TELLS_TO_LEAVE_OFF = re.compile(
    r"\b(stop|stops|stopping|pause|pausing|avoid|discontinue|quit|skip|leave off|come off|halt|withhold)\b",
    re.IGNORECASE,
)
PROMISES = re.compile(
    r"\b(safe|safely|eligible|approved for you|guarantee\w*|regrow\w*|cure[sd]?|permanent\w*|painless\w*|"
    r"no side effects?|best|100 ?%|miracle|proven)\b",
    re.IGNORECASE,
)


def test_no_text_tells_anybody_to_leave_off_a_medicine():
    assert [where for where, text in every_text() if TELLS_TO_LEAVE_OFF.search(text)] == []


def test_no_text_promises_anything():
    assert [where for where, text in every_text() if PROMISES.search(text)] == []


@pytest.mark.parametrize("text", ["Please stop your tablets.", "Avoid aspirin", "pause it for a week"])
def test_the_check_on_medicines_can_fail(text):
    assert TELLS_TO_LEAVE_OFF.search(text)


@pytest.mark.parametrize("text", ["This is safe.", "Hair regrows", "guaranteed", "a painless cure"])
def test_the_check_on_promises_can_fail(text):
    assert PROMISES.search(text)


DESK_MAY_READ = {
    "Doctor to review before treatment.",
    "Nothing to do at the desk.",
    "Stays 15 minutes longer after treatment.",
    "A few questions are open. Doctor to review before treatment.",
    "Consultation only; a parent or guardian comes along.",
    "Brings a list of medicines.",
    "Brings recent tests. Doctor to review before treatment.",
    "Doctor to review before treatment. Comes with somebody.",
    "Doctor to review before treatment. Stays 15 minutes longer after it.",
    "Lies down, 15 minutes longer, comes with somebody.",
}


def test_the_desk_reads_what_to_do_and_never_why():
    assert {words_of(RULES, rule, clause.id).desk for rule, clause in CLAUSES} == DESK_MAY_READ


def test_texts_hold_no_reference_to_papers_of_ours():
    assert [where for where, text in every_text() if re.search(r"\bS-\d", text)] == []
    assert [rule.id for rule in RULES if any(re.search(r"\bS-\d", source) for source in rule.sources)] == []
