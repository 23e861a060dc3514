import json
import re
from datetime import date, timedelta

import pytest

from consultations.rules import answers as reading
from consultations.rules.conditions import keys_of
from consultations.rules.questionnaire import (
    PAGES,
    QUESTIONS,
    InvalidAnswer,
    check_answers,
    page_is_shown,
    page_of,
    questionnaire_content,
    questions_on,
    shown,
    validate_answer,
    with_derived,
)
from consultations.rules.questions import BOOL3, CHOICE, DATE, DEC, INT, MULTI, SCALE, TEXT, TYPES, Question
from tests.consultations.histories import ON, man, woman


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


def test_what_could_hold_back_treatment_comes_first():
    pages_with_safety = [
        page.key
        for page in PAGES
        if any(question.safety and question.key != "self_harm" for question in questions_on(page.key))
    ]

    assert pages_with_safety == [page.key for page in PAGES[:6]]


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


def test_few_pages_for_somebody_with_nothing_to_report():
    for answers in (woman(), man()):
        facts = with_derived(answers, ON)
        asked = [page.key for page in PAGES if page_is_shown(page, facts)]

        assert asked == [page.key for page in PAGES if page.key != "patches"]
        assert len(asked) == 10


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
        ("severe_reaction", man(), False),
        ("severe_reaction", man(allergies=["not_sure"]), True),
        ("severe_reaction", man(allergies=["latex"]), True),
        ("severe_reaction", man(allergies=None), None),
        ("self_harm", man(), False),
        ("self_harm", man(low_mood="some_days"), False),
        ("self_harm", man(low_mood="most_days"), True),
        ("self_harm", man(low_interest="private"), True),
        ("self_harm", man(conditions=["low_mood"]), True),
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
        ("medicines_other", "  Thyronorm 50\r\nmorning ", "Thyronorm 50\nmorning"),
        ("medicines_other", "e\u0301", "\u00e9"),
        ("medicines_other", "ab\u202etxt\u200b", "abtxt"),
        ("medicines_other", "ക്‍ഷ\u200d", "ക്‍ഷ\u200d"),
        ("medicines_other", "<script>", "<script>"),
        ("medicines_other", "", None),
        ("medicines_other", None, None),
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
        (QUESTIONS["conditions"], ["heart", "none"], reading.ALONE),
        (QUESTIONS["conditions"], ["heart", "not_sure"], reading.ALONE),
        (QUESTIONS["conditions"], ["heart", "private"], reading.ALONE),
        (QUESTIONS["conditions"], ["none", "not_sure"], reading.ALONE),
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
    assert read("medicines_other", "not_sure") == "not_sure"
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

    assert [question.key for question in dates if question.maximum is None or question.minimum != 0] == []


def test_whole_numbers_have_a_range():
    assert [
        question.key
        for question in QUESTIONS.values()
        if question.type in {INT, DEC, SCALE} and None in (question.minimum, question.maximum)
    ] == []
