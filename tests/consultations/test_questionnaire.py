import json
import re
from datetime import date, timedelta

import pytest

from consultations.rules import answers as reading
from consultations.rules import questionnaire
from consultations.rules.conditions import keys_of
from consultations.rules.history.test_results import LABORATORY
from consultations.rules.questionnaire import (
    PAGES,
    QUESTIONS,
    InvalidAnswer,
    check_answers,
    facts_of,
    page_is_shown,
    page_of,
    pages_of,
    questionnaire_content,
    questions_on,
    shown,
    validate_answer,
    with_derived,
)
from consultations.rules.questions import (
    BOOL3,
    CHOICE,
    COURSE,
    DATE,
    DEC,
    FIRST,
    INT,
    MULTI,
    SCALE,
    STAGES,
    TEXT,
    TYPES,
    Question,
)
from tests.consultations.histories import ON, asked_first, man, woman


def read(key, raw):
    return validate_answer(QUESTIONS[key], raw, today=ON)


def refusal(question, raw):
    with pytest.raises(InvalidAnswer) as caught:
        validate_answer(question, raw, today=ON)
    return caught.value.message


# The data


def test_every_question_has_a_known_type_and_page():
    assert {question.type for question in QUESTIONS.values()} <= set(TYPES)
    assert {question.page for question in QUESTIONS.values() if not question.derived} == {
        page.key for page in PAGES
    }


def test_every_safety_question_offers_not_sure():
    assert [
        key for key, question in QUESTIONS.items() if question.safety and not question.may_be_unsure
    ] == []


def test_choices_are_given_exactly_where_something_is_chosen():
    wrong = [
        key
        for key, question in QUESTIONS.items()
        if bool(question.choices) != (question.type in {BOOL3, CHOICE, MULTI})
        or len(set(question.codes)) != len(question.codes)
    ]

    assert wrong == []


def test_yes_no_questions_offer_yes_no_and_not_sure():
    offered = {question.codes for question in QUESTIONS.values() if question.type == BOOL3}

    assert offered == {("yes", "no", "not_sure")}


def test_a_question_hangs_only_on_questions_before_it():
    seen: set[str] = set()
    for key, question in QUESTIONS.items():
        assert keys_of(question.shown_if) <= seen, key
        seen.add(key)


def test_questions_stand_in_the_order_of_their_pages():
    order = [page.key for page in PAGES]
    places = [order.index(question.page) for question in QUESTIONS.values() if question.page]

    assert places == sorted(places)


def test_what_could_hold_back_treatment_comes_first_and_family_tree_and_hair_care_last():
    order = [page.key for page in PAGES if page.stage == FIRST]

    assert order[:4] == ["about_you", "family", "well_now", "conditions"]
    assert order.index("allergies") < order.index("hair")
    assert [page.key for page in PAGES if page.stage == COURSE][-2:] == ["hair_care", "family_tree"]


def test_stages_come_one_after_the_other():
    places = [STAGES.index(page.stage) for page in PAGES]

    assert places == sorted(places)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_page_title_is_a_question_and_says_why(page):
    assert page.title.endswith("?")
    assert page.why.endswith(".")


def test_keys_fit_the_answer_row():
    assert [key for key in QUESTIONS if not re.fullmatch(r"[a-z0-9_]{1,40}", key)] == []


def test_content_survives_json():
    content = questionnaire_content()

    assert json.loads(json.dumps(content)) == content
    assert [question["key"] for question in content["questions"]] == list(QUESTIONS)


@pytest.mark.parametrize("person", [woman, man])
def test_at_most_twelve_pages_before_the_consultation_for_somebody_with_nothing_to_report(person):
    facts = with_derived(asked_first(person()), ON)
    asked = [page for page in pages_of(FIRST) if page_is_shown(page, facts)]

    assert len(asked) == 12
    assert len([page for page in asked if is_one_choice(page, facts)]) / len(asked) >= 0.8


def is_one_choice(page, facts):
    """One tap answers it: its only required question is chosen, or one button says no to all of them."""
    needed = [one for one in questions_on(page.key) if one.required and shown(one, facts)]
    chosen = len(needed) == 1 and needed[0].type in {BOOL3, CHOICE, MULTI, SCALE}
    return chosen or all(one.nothing for one in needed)


def test_the_count_of_one_choice_pages_can_fail():
    facts = with_derived(man(), ON)

    assert not is_one_choice(page_of("timeline"), facts)
    assert not is_one_choice(page_of("about_you"), facts)


def test_questions_say_in_words_whom_they_are_for():
    silent = [key for key, one in QUESTIONS.items() if one.shown_if and not one.only_for and not one.derived]

    assert silent == []


def test_page_of_names_the_page_of_a_key():
    assert page_of("family").key == "family"


# Shown or not


@pytest.mark.parametrize(
    ("key", "answers", "expected"),
    [
        ("pregnant", woman(), True),
        ("pregnant", man(), False),
        ("pregnant", woman(sex_at_birth=None), None),
        ("pregnant", woman(born_on=None), None),
        ("pregnant", woman(sex_at_birth="private"), True),
        ("pregnant", woman(sex_at_birth="not_sure"), True),
        ("pregnant", man(born_on=None), False),
        ("pregnant", woman(born_on="1965-11-23"), True),  # 60
        ("pregnant", woman(born_on="1965-11-22"), False),  # 61 today
        ("pregnant", woman(born_on="2016-11-22"), True),  # 10 today
        ("pregnant", woman(born_on="2016-11-23"), False),
        ("contraception", woman(born_on="2008-11-22"), True),  # 18 today
        ("contraception", woman(born_on="2008-11-23"), False),
        ("contraception", woman(pregnant="yes"), False),
        ("contraception", woman(pregnant="not_sure"), True),
        ("contraception", woman(pregnant=None), None),
        ("lmp", woman(), True),
        ("lmp", woman(contraception="menopause"), False),
        ("lmp", woman(contraception="private"), None),
        ("trying_to_conceive", man(), True),
        ("trying_to_conceive", man(born_on="2008-11-23"), False),
        ("male_fertility", man(), True),
        ("male_fertility", woman(), False),
        ("male_fertility", woman(sex_at_birth="intersex"), True),
        ("recent_illness_date", man(), False),
        ("recent_illness_date", man(recent_illness="yes"), True),
        ("scalp_fever", man(scalp_signs=["dandruff"]), False),
        ("scalp_fever", man(scalp_signs=["dandruff", "sores"]), True),
        ("severe_reaction", man(), True),
        ("severe_reaction", man(allergies=["not_sure"]), True),
        ("severe_reaction", man(allergies=["latex"]), True),
        ("reaction_kind", man(), False),
        ("reaction_kind", man(allergies=["not_sure"]), True),
        ("reaction_kind", man(allergies=None), None),
        ("self_harm", man(), False),
        ("self_harm", man(low_mood="some_days"), False),
        ("self_harm", man(low_mood="most_days"), True),
        ("self_harm", man(low_interest="private"), True),
        ("self_harm", man(mental_health=["anxiety"]), True),
        ("self_harm", man(low_mood=None), None),
        ("patch_count", man(main_concern=["round_patches"]), True),
        ("patch_count", man(main_concern=["other"]), False),
        ("brows_thinning", man(main_concern=["brows_beard_body"]), True),
    ],
)
def test_shown(key, answers, expected):
    assert shown(QUESTIONS[key], with_derived(answers, ON)) is expected


# Derived answers


@pytest.mark.parametrize(
    ("born_on", "today", "age"),
    [
        ("2008-11-22", date(2026, 11, 22), 18),
        ("2008-11-23", date(2026, 11, 22), 17),
        ("2004-02-29", date(2026, 2, 28), 21),
        ("2004-02-29", date(2026, 3, 1), 22),
        ("2026-11-22", date(2026, 11, 22), 0),
    ],
)
def test_age_counts_completed_years(born_on, today, age):
    assert with_derived({"born_on": born_on}, today)["age"] == age


def test_age_of_the_record_stands_where_no_birth_date_is_known():
    assert with_derived({"age": 40}, ON)["age"] == 40
    assert with_derived({"age": 40, "born_on": "not_sure"}, ON)["age"] == 40
    assert "age" not in with_derived({"born_on": "not_sure"}, ON)


def test_duration_in_days_needs_both_answers():
    assert with_derived({"duration_value": 2, "duration_unit": "weeks"}, ON)["duration_days"] == 14
    assert "duration_days" not in with_derived({"duration_value": 2}, ON)


# Reading one answer


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("pregnant", "possibly", "possibly"),
        ("pregnant", ["no"], "no"),
        ("breastfeeding", True, "yes"),
        ("breastfeeding", False, "no"),
        ("breastfeeding", "not_sure", "not_sure"),
        ("conditions", ["thyroid", "heart"], ["heart", "thyroid"]),
        ("conditions", "none", ["none"]),
        ("conditions", ["heart", "heart", ""], ["heart"]),
        ("patch_count", "3", 3),
        ("patch_count", " ४ ", 4),
        ("patch_count", "೫", 5),
        ("patch_count", 3.0, 3),
        ("duration_value", 0, 0),
        ("lmp", "2026-11-22", "2026-11-22"),
        ("lmp", "22/11/2026", "2026-11-22"),
        ("lmp", "1.9.2026", "2026-09-01"),
        ("lmp", "२२/११/२०२६", "2026-11-22"),
        ("lmp", {"day": "2", "month": "11", "year": "2026"}, "2026-11-02"),
        ("lmp", date(2026, 11, 2), "2026-11-02"),
        ("lmp", "not_sure", "not_sure"),
        ("lmp", (ON - timedelta(days=400)).isoformat(), "2025-10-18"),
        ("born_on", "1915-11-23", "1915-11-23"),
        ("treatments_told", "  Thyronorm 50\r\nmorning ", "Thyronorm 50\nmorning"),
        ("treatments_told", "e\u0301", "\u00e9"),
        ("treatments_told", "ab\u202etxt\u200b", "abtxt"),
        ("treatments_told", "ക്‍ഷ\u200d", "ക്‍ഷ\u200d"),
        ("treatments_told", "<script>", "<script>"),
        ("treatments_told", "", None),
        ("treatments_told", None, None),
        ("low_mood", "", None),
        ("low_mood", [], None),
    ],
)
def test_answer_is_read_canonically(key, raw, value):
    assert read(key, raw) == value


DECIMAL = Question(key="x", type=DEC, text="x", minimum=0.5, maximum=30, decimals=1)
SCORE = Question(key="x", type=SCALE, text="x", minimum=0, maximum=10)
REQUIRED_TEXT = Question(key="x", type=TEXT, text="x", max_length=10)


@pytest.mark.parametrize(
    ("question", "raw", "value"),
    [
        (DECIMAL, "0.5", 0.5),
        (DECIMAL, 30, 30.0),
        (DECIMAL, "५.५", 5.5),
        (SCORE, "0", 0),
        (SCORE, "10", 10),
        (REQUIRED_TEXT, "ಕನ್ನಡ", "ಕನ್ನಡ"),
    ],
)
def test_number_in_range_is_taken(question, raw, value):
    assert validate_answer(question, raw, today=ON) == value


@pytest.mark.parametrize(
    ("question", "raw", "message"),
    [
        (QUESTIONS["pregnant"], "", reading.NEEDED),
        (QUESTIONS["pregnant"], None, reading.NEEDED),
        (QUESTIONS["conditions"], [], reading.NEEDED),
        (QUESTIONS["lmp"], {"day": "", "month": " ", "year": ""}, reading.NEEDED),
        (QUESTIONS["pregnant"], "maybe", reading.PICK_ONE),
        (QUESTIONS["pregnant"], 1, reading.PICK_ONE),
        (QUESTIONS["pregnant"], "no\0", reading.PICK_ONE),
        (QUESTIONS["pregnant"], {"a": "b"}, reading.PICK_ONE),
        (QUESTIONS["pregnant"], ["yes", "no"], reading.ONLY_ONE),
        (QUESTIONS["conditions"], ["heart", "nonsense"], reading.PICK_ONE),
        (QUESTIONS["conditions"], ["heart", "none"], reading.NONE_ALONE),
        (QUESTIONS["conditions"], ["none", "private"], reading.NONE_ALONE),
        (QUESTIONS["conditions"], ["none", "not_sure"], reading.NONE_ALONE),
        (QUESTIONS["patch_count"], "many", reading.WHOLE_NUMBER),
        (QUESTIONS["patch_count"], "2.5", reading.WHOLE_NUMBER),
        (QUESTIONS["patch_count"], "1e1", reading.WHOLE_NUMBER),
        (QUESTIONS["patch_count"], "½", reading.WHOLE_NUMBER),
        (QUESTIONS["patch_count"], "²", reading.WHOLE_NUMBER),
        (QUESTIONS["patch_count"], True, reading.WHOLE_NUMBER),
        (QUESTIONS["patch_count"], "9" * 5000, reading.WHOLE_NUMBER),
        (QUESTIONS["patch_count"], 10**50, reading.WHOLE_NUMBER),
        (QUESTIONS["patch_count"], float("nan"), reading.WHOLE_NUMBER),
        (QUESTIONS["patch_count"], float("inf"), reading.WHOLE_NUMBER),
        (QUESTIONS["patch_count"], "0", reading.BETWEEN),
        (QUESTIONS["patch_count"], "51", reading.BETWEEN),
        (QUESTIONS["patch_count"], "-3", reading.BETWEEN),
        (DECIMAL, "0.4", reading.BETWEEN),
        (DECIMAL, "30.1", reading.BETWEEN),
        (DECIMAL, "2.55", reading.TOO_FINE),
        (DECIMAL, "1,5", reading.ANY_NUMBER),
        (SCORE, "11", reading.BETWEEN),
        (SCORE, "-1", reading.BETWEEN),
        (QUESTIONS["lmp"], "yesterday", reading.BAD_DATE),
        (QUESTIONS["lmp"], "2026-02-30", reading.BAD_DATE),
        (QUESTIONS["lmp"], "0000-00-00", reading.BAD_DATE),
        (QUESTIONS["lmp"], "29/2/2026", reading.BAD_DATE),
        (QUESTIONS["lmp"], "20261122", reading.BAD_DATE),
        (QUESTIONS["lmp"], 20261122, reading.BAD_DATE),
        (QUESTIONS["lmp"], {"day": "31", "month": "2", "year": "2026"}, reading.BAD_DATE),
        (QUESTIONS["lmp"], {"day": "31", "month": "2"}, reading.BAD_DATE),
        (QUESTIONS["lmp"], "2026-11-23", reading.IN_FUTURE),
        (QUESTIONS["lmp"], "2025-10-17", reading.TOO_LONG_AGO),
        (QUESTIONS["born_on"], "2026-11-23", reading.IN_FUTURE),
        (QUESTIONS["born_on"], "1915-11-22", reading.TOO_LONG_AGO),
        (REQUIRED_TEXT, "a\0b", reading.BAD_TEXT),
        (REQUIRED_TEXT, "a\ud800b", reading.BAD_TEXT),
        (REQUIRED_TEXT, "a\x1bb", reading.BAD_TEXT),
        (REQUIRED_TEXT, 7, reading.BAD_TEXT),
        (REQUIRED_TEXT, "a" * 11, reading.TOO_LONG),
        (REQUIRED_TEXT, "a" * 10_000, reading.TOO_LONG),
        (REQUIRED_TEXT, "\u202e\u200b", reading.NEEDED),
        (REQUIRED_TEXT, "not_sure" * 2, reading.TOO_LONG),
    ],
)
def test_answer_that_cannot_be_kept_is_refused_kindly(question, raw, message):
    assert refusal(question, raw) == message


def test_refusal_never_repeats_what_was_typed():
    with pytest.raises(InvalidAnswer) as caught:
        read("patch_count", "77777")

    assert str(caught.value) == "Please give a number from 1 to 50."


def test_not_sure_is_a_word_like_any_other_where_it_is_not_offered():
    assert read("treatments_told", "not_sure") == "not_sure"
    assert refusal(QUESTIONS["patch_count"], "not_sure") == reading.WHOLE_NUMBER


# Answers together


def problems(answers):
    return {key: problem.message for key, problem in check_answers(answers, ON).items()}


def test_answers_of_people_with_nothing_to_report_fit_together():
    assert problems(woman()) == {}
    assert problems(man()) == {}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"born_on": "2001-06-01", "duration_value": 30, "duration_unit": "years"}, "duration_value"),
        ({"born_on": "2026-11-15", "duration_value": 8, "duration_unit": "days"}, "duration_value"),
        ({"born_on": None, "age": 25, "duration_value": 30, "duration_unit": "years"}, "duration_value"),
        ({"born_on": None, "age": 25, "duration_value": 26, "duration_unit": "years"}, "duration_value"),
        ({"lmp": "2026-11-23"}, "lmp"),
        ({"lmp": "2025-10-17"}, "lmp"),
        ({"born_on": "2026-11-20", "lmp": "2026-11-19"}, "lmp"),
        ({"age": 31}, "age"),
    ],
)
def test_answers_that_contradict_each_other_are_told(changes, key):
    assert key in problems(woman(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"born_on": "1996-11-21", "duration_value": 30, "duration_unit": "years"},
        {"born_on": "2026-11-15", "duration_value": 1, "duration_unit": "weeks"},
        {"born_on": None, "age": 25, "duration_value": 25, "duration_unit": "years"},
        {"lmp": "2026-11-22"},
        {"lmp": "2025-10-18"},
        {"lmp": "not_sure"},
        {"born_on": "not_sure"},
        {"age": 29},
    ],
)
def test_answers_that_can_be_true_together_are_let_through(changes):
    found = problems(woman(**changes))

    assert {key: found[key] for key in found if key != "lmp" or "lmp" in changes} == {}


def test_dates_have_a_range():
    dates = [question for question in QUESTIONS.values() if question.type == DATE]
    ahead = {"recent_vaccine_date": -30, "event_date": -30}

    assert [question.key for question in dates if question.maximum is None] == []
    assert {question.key: question.minimum for question in dates if question.minimum != 0} == ahead


# What is asked later


@pytest.mark.parametrize(
    ("key", "planned", "state"),
    [
        ("weight_kg", None, "absent"),
        ("weight_kg", {"planned.mg": 40}, "unknown"),
        ("since_illness", {"planned.mg": 40}, "absent"),
        ("conditions", None, "unknown"),
    ],
)
def test_a_question_of_a_later_stage_is_absent_until_it_is_asked(key, planned, state):
    assert facts_of({}, ON, planned).find(key).state == state


@pytest.mark.parametrize("key", ["weight_kg", "since_illness"])
def test_an_answer_given_early_counts(key):
    assert facts_of({key: "no"}, ON).find(key).state == "known"


def test_who_answered_was_asked_though_nobody_knows_what_it_hangs_on():
    answers = man(mental_health=None, self_harm="yes")

    assert shown(QUESTIONS["self_harm"], with_derived(answers, ON)) is None
    assert facts_of(answers, ON).find("self_harm").state == "known"


# Test results


@pytest.mark.parametrize("test", LABORATORY, ids=lambda test: test.code)
def test_result_is_read_in_one_unit(test):
    first, *others = [unit[0] for unit in test.units]
    middle = (test.least + test.most) / 2

    assert with_derived({test.code: middle, f"{test.code}_unit": first}, ON)[test.derived] == middle
    for unit in others:
        factor, offset = next((float(one[2]), float(one[3])) for one in test.units if one[0] == unit)
        value = (middle - offset) / factor
        found = with_derived({test.code: value, f"{test.code}_unit": unit}, ON)[test.derived]
        assert found == pytest.approx(middle, rel=1e-3)


@pytest.mark.parametrize(
    ("code", "value", "unit", "canonical"),
    [
        ("vitamin_d", 50, "nmol_l", 20.03),
        ("hba1c", 53, "mmol_mol", 7.0),
        ("fasting_glucose", 10, "mmol_l", 180.2),
        ("platelets", 1.5, "lakh_per_ul", 150),
        ("platelets", 150000, "per_ul", 150),
        ("hb", 120, "g_l", 12),
    ],
)
def test_known_conversions(code, value, unit, canonical):
    test = next(one for one in LABORATORY if one.code == code)

    assert test.canonical(value, unit) == pytest.approx(canonical, abs=0.05)


@pytest.mark.parametrize(
    ("changes", "key", "message"),
    [
        ({"ferritin_unit": None}, "ferritin_unit", questionnaire.UNIT_NEEDED),
        ({"ferritin_date": None}, "ferritin_date", questionnaire.TEST_DATE_NEEDED),
        ({"ferritin": 0.4}, "ferritin", questionnaire.FIGURE_AND_UNIT),
        ({"ferritin": 5001}, "ferritin", questionnaire.FIGURE_AND_UNIT),
    ],
)
def test_a_result_without_unit_or_date_or_beyond_any_body_is_refused(changes, key, message):
    told = {"ferritin": 28, "ferritin_unit": "ng_ml", "ferritin_date": "2026-10-01"} | changes
    answers = man(tests_had=["ferritin"], **told)

    assert {key: problem.message for key, problem in check_answers(answers, ON).items()} == {key: message}


@pytest.mark.parametrize("ferritin", [0.5, 28, 5000])
def test_a_result_with_unit_and_date_is_taken(ferritin):
    answers = man(ferritin=ferritin, ferritin_unit="ng_ml", ferritin_date="2026-10-01")

    assert check_answers(answers, ON) == {}


@pytest.mark.parametrize(("lower", "fits"), [(79, True), (120, False), (121, False)])
def test_the_lower_figure_of_the_pressure_is_lower(lower, fits):
    assert bool(check_answers(man(bp_sys=120, bp_dia=lower), ON)) is not fits


# Lines


def test_lines_are_read_one_by_one():
    assert read("medicines_named", " Thyronorm 50\r\n\n Livogen\nThyronorm 50 ") == [
        "Thyronorm 50",
        "Livogen",
    ]
    assert read("medicines_named", ["Thyronorm 50", "Livogen"]) == ["Thyronorm 50", "Livogen"]
    assert read("medicines_named", "\n ") is None


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("\n".join(f"medicine {n}" for n in range(41)), reading.TOO_MANY_LINES),
        ("a" * 121, reading.LONG_LINE),
        ("a" * 30_000, reading.TOO_MANY_LINES),
        ("a\0b", reading.BAD_TEXT),
        ([7], reading.BAD_TEXT),
    ],
)
def test_lines_that_cannot_be_kept_are_refused_kindly(raw, message):
    assert refusal(QUESTIONS["medicines_named"], raw) == message


def test_forty_medicines_are_taken():
    assert len(read("medicines_named", "\n".join(f"medicine {n}" for n in range(40)))) == 40


@pytest.mark.parametrize(
    ("raw", "message"), [("2026-12-23", reading.TOO_FAR_AHEAD), ("2026-10-22", reading.TOO_LONG_AGO)]
)
def test_a_vaccination_lies_within_a_month(raw, message):
    assert refusal(QUESTIONS["recent_vaccine_date"], raw) == message


@pytest.mark.parametrize("raw", ["2026-12-22", "2026-10-23"])
def test_a_vaccination_may_be_planned(raw):
    assert read("recent_vaccine_date", raw) == raw


def test_what_is_known_may_be_ticked_beside_what_is_not():
    assert read("conditions", ["not_sure", "asthma"]) == ["asthma", "not_sure"]


def test_whole_numbers_have_a_range():
    assert [
        question.key
        for question in QUESTIONS.values()
        if question.type in {INT, DEC, SCALE} and None in (question.minimum, question.maximum)
    ] == []
