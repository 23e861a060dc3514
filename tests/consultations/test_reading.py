from datetime import timedelta

import pytest

from consultations.models.decisions import Verdict
from consultations.rules.questionnaire import QUESTIONS
from consultations.services import reading
from consultations.services.said import HAIR, HEALTH, TOLD_BESIDE, said
from consultations.services.screenings import screen
from consultations.services.sentences import Told, patient_text
from tests import builders
from tests.builders import NOW
from tests.consultations.histories import asked_first, man, woman

KEEPS = "Please keep taking every medicine that a doctor has prescribed for you."


def screened(answers, *, patient=None, now=NOW):
    patient = patient or builders.a_patient(sex_at_birth="", born_on=None)
    builders.an_intake(patient=patient, answers=answers, now=now)
    return screen(patient=patient, planned=None, now=now)


def terms(facts):
    return [fact.term for fact in facts]


def facts(screening, keys=HEALTH, before=None):
    return {fact.term: fact.value for fact in said(screening, keys, before=before).facts}


def test_every_question_that_is_asked_stands_somewhere_on_the_page():
    asked = {key for key, question in QUESTIONS.items() if not question.derived}

    assert {*HAIR, *HEALTH} | TOLD_BESIDE == asked
    assert len(HAIR) + len(HEALTH) + len(TOLD_BESIDE) == len(asked)


@pytest.mark.django_db
def test_answers_stand_in_short_words():
    screening = screened(
        man(medicines=["warfarin", "iron"], inr=2.5, inr_unit="ratio", inr_date="2026-10-02")
    )

    assert facts(screening)["Medicines"] == "Warfarin or acenocoumarol; Iron"
    assert facts(screening, HAIR)["Since"] == "3 years"
    assert facts(screening)["Weight"] == "68.0 kg"
    assert facts(screening)["INR (clotting)"] == "2.5 ratio (no unit), 2 Oct 2026"


@pytest.mark.django_db
def test_what_says_nothing_is_drawn_together_until_it_changes():
    screening = screened(man())
    told = said(screening, HEALTH, before=None)

    assert {"Medicines", "Allergies", "Fertility"} <= set(told.nothing)
    assert "Medicines" not in facts(screening)
    assert facts(screening, before={"medicines": ["iron"]})["Medicines"] == "None of these"


@pytest.mark.django_db
def test_a_treatment_somebody_had_is_one_line():
    had = {
        "treatments_had": ["minoxidil_lotion"],
        "tx_minoxidil_lotion_status": "past",
        "tx_minoxidil_lotion_weeks": 30,
        "tx_minoxidil_lotion_response": "same",
        "not_tolerated": "no",
    }

    assert facts(screened(man(**had)))["Minoxidil lotion or foam"] == "Not any more; 30 weeks; The same"


@pytest.mark.django_db
def test_a_question_not_asked_is_left_out_and_a_missing_answer_is_said():
    told = facts(screened(asked_first(woman(breastfeeding=None))))

    assert told["Breastfeeding"] == "not answered"
    assert "Fertility" not in told  # asked of men
    assert "Ill until" not in told  # hangs on an answer that was no
    assert "In own words" not in told  # optional
    assert "Weight" not in told  # asked before a course


@pytest.mark.django_db
def test_clauses_of_one_rule_are_one_line():
    screening = screened(woman(scalp_signs=["boggy_swelling", "pustules"], scalp_fever="yes"))
    flag, *_milder = reading.flags_of(screening, counting=True)
    assert (flag.rule, flag.title, flag.outcome) == ("R-13", "Infected scalp", "DEFER")
    assert [(quote.term, quote.words) for quote in flag.quotes] == [
        ("Scalp", ("A soft, painful swelling", "Pimples with pus")),
        ("Fever, nodes", ("Yes",)),
    ]
    assert len(flag.words) == 3
    assert flag.until == "the scalp has healed and a doctor has looked at it"


@pytest.mark.django_db
def test_what_counts_for_other_products_only_is_kept_apart():
    screening = screened(woman())
    assert {flag.outcome for flag in reading.flags_of(screening, counting=True)} == {"SUPPORT"}
    (flag,) = reading.flags_of(screening, counting=False)
    assert (flag.rule, flag.scope, flag.outcome) == ("R-05", "5ARI", "ABS")


@pytest.mark.django_db
def test_a_dated_wait_says_its_day():
    screening = screened(woman(recent_illness="yes", recent_illness_date="2026-10-30"))
    flag, *_milder = reading.flags_of(screening, counting=True)
    assert flag.until == "13 Nov 2026"
    assert [(quote.term, quote.words) for quote in flag.quotes] == [("Ill in 14 days", ("Yes",))]


@pytest.mark.django_db
def test_open_answers_are_asked_in_whole_sentences():
    screening = screened(woman(conditions=["not_sure"], recent_illness="not_sure"))
    assert [one.question for one in reading.to_ask(screening)] == [
        "In the last two weeks: fever, an infection, or antibiotics?",
        "Has a doctor ever told you that you have one of these?",
    ]


@pytest.mark.django_db
def test_news_are_marked_against_what_was_last_decided_on():
    first = screened(woman(), now=NOW - timedelta(days=30))
    builders.a_decision(screening=first)
    screened(woman(medicines=["iron"]), patient=first.patient, now=NOW - timedelta(days=2))
    newest = screened(woman(medicines=["iron"]), patient=first.patient)
    found = reading.read_review(first.patient)
    assert found.screening.pk == newest.pk
    assert terms(found.changed) == ["Medicines"]
    assert (found.is_decided, found.is_unread) == (False, False)


@pytest.mark.django_db
def test_a_first_form_has_no_news():
    screening = screened(woman())
    found = reading.read_review(screening.patient)
    assert (found.changed, found.has_earlier, found.severity) == ([], False, "plain")


@pytest.mark.django_db
def test_answers_nobody_sent_yet_make_the_page_unread():
    screening = screened(woman())
    builders.an_intake(patient=screening.patient, purpose="update", submitted=False)
    assert reading.read_review(screening.patient).is_unread is True


@pytest.mark.parametrize(
    ("answers", "severity"),
    [
        (woman(breastfeeding="yes"), "alarm"),
        (woman(medicines=["warfarin"]), "sun"),
        (woman(medicines=["aspirin"]), "sun"),
        (woman(), "plain"),
    ],
    ids=["waits", "to look at", "caution", "nothing"],
)
@pytest.mark.django_db
def test_the_band_has_the_colour_of_the_strictest(answers, severity):
    assert reading.read_review(screened(answers).patient).severity == severity


@pytest.mark.django_db
def test_marked_places_are_on_the_map():
    screening = screened(woman(hair_areas=["parting", "temple_left", "side_right", "brows"]))
    assert reading.marked_zones(screening) == {"middle": 2, "left_temple": 2, "right": 2}


# What the patient reads


@pytest.mark.parametrize(
    ("told", "begins"),
    [
        (
            Told(verdict=Verdict.SUITABLE),
            "The dermatologist has read your answers and sees nothing against treatment at present.",
        ),
        (
            Told(verdict=Verdict.WITH_CONDITIONS, conditions="You lie down"),
            "The dermatologist has read your answers. "
            "Treatment is possible on these conditions: You lie down.",
        ),
        (
            Told(verdict=Verdict.DEFER, defer_until=NOW.date()),
            "Not now: the dermatologist would like to wait until 2 Nov 2026,",
        ),
        (Told(verdict=Verdict.NEEDS_TESTS), "The dermatologist would like to see test results"),
        (Told(verdict=Verdict.NOT_SUITABLE), "Not now: the dermatologist does not advise"),
        (Told(verdict=Verdict.REFER), "The dermatologist would like another doctor to see you first."),
    ],
)
@pytest.mark.django_db
def test_each_verdict_has_a_sentence_and_nobody_is_told_to_leave_off_a_medicine(told, begins):
    text = patient_text(told, screening=screened(woman(medicines=["warfarin"])), today=NOW.date())
    assert text.startswith(begins)
    assert text.endswith(KEEPS)


@pytest.mark.django_db
def test_the_rules_own_words_give_the_reason_only_for_a_no():
    screening = screened(woman(breastfeeding="yes"))
    words = "We wait until you have finished breastfeeding."
    said = {
        verdict: words in patient_text(Told(verdict=verdict), screening=screening, today=NOW.date())
        for verdict in (Verdict.SUITABLE, Verdict.NOT_SUITABLE)
    }
    assert said == {Verdict.SUITABLE: False, Verdict.NOT_SUITABLE: True}


@pytest.mark.django_db
def test_own_words_stand_before_the_last_sentence():
    told = Told(verdict=Verdict.SUITABLE, own_words=" See you on Monday. ")
    text = patient_text(told, screening=screened(woman()), today=NOW.date())
    assert text.endswith(f"See you on Monday. {KEEPS}")
