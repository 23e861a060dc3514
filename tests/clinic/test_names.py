import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import names

SAME = [
    ["Lakshmi", "Laxmi", "LAKSHMI", "Lakshmī", "ಲಕ್ಷ್ಮಿ", "लक्ष्मी", "లక్ష్మి", "ലക്ഷ്മി", "லட்சுமி"],
    ["Ravi", "ರವಿ", "रवि", "ரவி", "రవి", "രവി"],
    ["Priya", "प्रिया", "ಪ್ರಿಯಾ", "பிரியா", "ప్రియ"],
    ["Mohammed", "Muhammad", "Mohamad", "मोहम्मद", "محمد"],
    ["Fatima", "Fathima", "Fatimah", "ಫಾತಿಮಾ", "फ़ातिमा", "فاطمہ", "فاطمة"],
    ["Suresh", "ಸುರೇಶ್", "सुरेश", "சுரேஷ்"],
    ["Krishna", "ಕೃಷ್ಣ", "कृष्ण", "కృష్ణ"],
    ["Rao", "ರಾವ್", "राव", "రావు", "ராவ்"],
    ["Krishnan", "கிருஷ்ணன்", "കൃഷ്ണൻ"],
    ["Gauri", "Gowri", "ಗೌರಿ", "गौरी"],
    ["Chandra", "ಚಂದ್ರ", "चन्द्र", "சந்திரா"],
    ["Aisha", "Ayesha", "आयशा", "عائشہ"],
    ["Aishwarya", "ಐಶ್ವರ್ಯ", "ऐश्वर्या"],
    ["Zoya", "ಜೋಯಾ", "ज़ोया", "زویا"],
    ["Yusuf", "Yousef", "यूसुफ़", "یوسف"],
    ["Suhail", "सुहैल", "سہیل"],
    ["Wahid", "Vaheed", "वाहिद", "وحید"],
    ["Rishi", "ऋषि", "ರಿಷಿ"],
    ["Sampath", "Sanpath", "ಸಂಪತ್", "संपत"],
    ["Sreejith", "Sreejit", "ശ്രീജിത്ത്", "श्रीजीत"],
    ["Shivam", "ശിവം", "శివం"],
    ["José", "Jose", "JOSÉ", "Jose\u0301"],
    ["Straße", "Strasse"],
    ["Mary-Ann D’Souza", "mary ann  d'souza"],
    ["Ｒａｖｉ", "ravi", "Ra\u200bvi", "\u202eRavi\u202c"],
]
FOUND = [
    ("ಮೀನಾ", "Meena Rao"),
    ("Meena", "ಮೀನಾ ರಾವ್"),
    ("mee", "மீனா"),
    ("मीना", "Meenakshi"),
    ("Laxmi", "Lakshmi Narayan"),
    ("lak", "ಲಕ್ಷ್ಮಿ"),
    ("laks", "லட்சுமி"),
    ("லட்சுமி", "Laxmi"),
    ("കൃഷ്ണൻ", "Krishnan Nair"),
    ("krish", "കൃഷ്ണൻ"),
    ("Fathima", "فاطمہ بیگم"),
    ("محمد", "Mohammed Ali"),
    ("Gopal", "கோபால்"),
    ("கோபால்", "Gopal"),
    ("கோபால்", "ಗೋಪಾಲ್"),
    ("தீபா", "Deepa"),
    ("Ganesh", "கணேஷ்"),
    ("Mohan", "மோகன்"),
    ("மோகன்", "மோகன்"),
    ("Gyanesh", "ज्ञानेश"),
    ("Narayan Lakshmi", "Lakshmi Narayan"),
    ("nar lak", "Lakshmi Narayan"),
    ("R N", "Ravi Naik"),
    ("r.n.", "Ravi Naik"),
    ("N R", "Ravi Naik"),
    ("C", "Chandra Rao"),
    ("Ch R", "ಚಂದ್ರ ರಾವ್"),
    ("A", "Aurobindo"),
    ("San", "Sanpath"),
    ("souza", "Mary-Ann D’Souza"),
    ("D'Sou", "Mary-Ann D’Souza"),
    ("JOSE", "José"),
    ("田", "田中 健"),
    ("Ольг", "Ольга"),
    ("2", "K. R. 2"),
]
NOT_FOUND = [
    ("Meena", "Ravi"),
    ("Meena Rao", "Meena Pillai"),
    ("Kapil", "Gopal"),
    ("Gopal", "Kapil"),
    ("shmi", "Lakshmi"),
    ("R X", "Ravi Naik"),
]
ALIKE = [
    ("Meena Rao", "ಮೀನಾ ರಾವ್"),
    ("Meena Rao", "Rao Meena"),
    ("Meena", "Meena Rao"),
    ("R. Meena", "Meena Rao"),
    ("Meena R", "Rao Meena"),
    ("Laxmi", "Lakshmi"),
    ("கோபால்", "Gopal R"),
    ("Mohd Ali", "Ali Mohd"),
]
NOT_ALIKE = [
    ("R M", "Ravi Murthy"),
    ("R", "R"),
    ("Meena Rao", "Meena Pillai"),
    ("Meena R", "Meena Pillai"),
    ("Ravi", "Raviraj"),
    ("", ""),
    ("😀", "😀"),
]
DIFFERENT = ["Ravi", "Rahul", "Lakshmi", "Lokesh", "Suma", "Uma", "Anil", "Sunil", "Asha", "Geetha", "Nikhil"]


@pytest.mark.parametrize("spellings", SAME, ids=[group[0] for group in SAME])
def test_search_key_is_one_for_all_spellings(spellings):
    assert {names.search_key(spelling) for spelling in spellings} == {names.search_key(spellings[0])}


def test_search_key_tells_other_names_apart():
    assert len({names.search_key(name) for name in DIFFERENT}) == len(DIFFERENT)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Lakshmi Narayan", "lksm nrn"),
        ("Anita", "ant"),
        ("Emran", "imrn"),
        ("Cecil Carl", "ssl krl"),
        ("Shah", "s"),
        ("A", "a"),
        ("田中", "田中"),
        ("Ольга", "ольга"),
        ("K. R. 2", "k r 2"),
        ("😀", ""),
        ("", ""),
    ],
)
def test_search_key_is_the_consonants_of_each_word(name, key):
    assert names.search_key(name) == key


def beginnings_of(typed):
    return {start for word in names.typed_words(typed) for start in word.beginnings}


@pytest.mark.parametrize(
    "name", ["\ufdfa" * 120, "ا" * 120, "A" * 120, "Z\u0335\u0353\u0322" * 2_500, "क्ष" * 60]
)
def test_what_a_name_is_found_by_fits_its_column(name):
    words = {names.search_key(name), *names.search_words(name), *beginnings_of(name)}

    assert max(map(len, words)) <= names.LONGEST_KEY


def is_found(typed, name):
    words = names.search_words(name)
    wanted = names.typed_words(typed)
    return bool(wanted) and all(any(w.startswith(tuple(one.beginnings)) for w in words) for one in wanted)


@pytest.mark.parametrize(("typed", "name"), FOUND)
def test_a_name_is_found_by_the_beginnings_of_its_words(typed, name):
    assert is_found(typed, name)


@pytest.mark.parametrize(("typed", "name"), NOT_FOUND)
def test_a_name_is_not_found_by_others(typed, name):
    assert not is_found(typed, name)


@pytest.mark.parametrize("spellings", SAME, ids=[group[0] for group in SAME])
def test_every_spelling_finds_every_other(spellings):
    assert [(a, b) for a in spellings for b in spellings if not is_found(a, b)] == []


@pytest.mark.parametrize("typed", ["", " ", "%", "😀", "...", "\u202e", "' --", "\0"])
def test_what_holds_no_word_looks_for_nobody(typed):
    assert names.typed_words(typed) == []


@pytest.mark.parametrize(
    ("typed", "initials"),
    [("R", ["r"]), ("C", ["k", "s"]), ("ರ", ["r"]), ("Sha", ["s"]), ("Ravi", []), ("r n", ["r", "n"])],
)
def test_so_little_that_an_index_would_give_half_of_all(typed, initials):
    assert [one for word in names.typed_words(typed) for one in word.initials] == initials


def test_of_a_long_text_only_the_first_words_are_looked_for():
    assert len(names.typed_words("a b c d e f g h i " * 500)) == names.MOST_WORDS


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_alike(one, other):
    assert (names.sounds_alike(one, other), names.sounds_alike(other, one)) == (True, True)


@pytest.mark.parametrize(("one", "other"), NOT_ALIKE)
def test_not_alike(one, other):
    assert (names.sounds_alike(one, other), names.sounds_alike(other, one)) == (False, False)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Asha \t\n Rao ", "Asha Rao"),
        ("Asha\nRao", "Asha Rao"),
        ("Asha\u00a0Rao", "Asha Rao"),
        ("Ame\u0301lie", "Amélie"),
        ("Lak\u202eshmi\u2066", "Lakshmi"),
        ("\ufeffRa\u200bvi\u200e", "Ravi"),
        ("Ra\u200dvi\u200c", "Ravi"),
        ("\u200dಕ", "ಕ"),
        ("ಕ\u200d\u200dಕ", "ಕಕ"),
        ("ರಾಜ್\u200cಕುಮಾರ್", "ರಾಜ್\u200cಕುಮಾರ್"),
        ("സുധീര്\u200d ", "സുധീര്\u200d"),
        ("नाज़\u200dनीन", "नाज़\u200dनीन"),
        ("x\0y\ud800z", "xyz"),
        ("\u200b \u202e", ""),
        ("O’Brien-Singh, Jr.", "O’Brien-Singh, Jr."),
        ("محمد علی", "محمد علی"),
    ],
)
def test_clean_keeps_any_script_and_nothing_hidden(typed, name):
    assert names.clean(typed) == name


@given(st.text(max_size=40))
def test_clean_and_search_key_are_settled_for_any_text(typed):
    name = names.clean(typed)
    assert names.clean(name) == name == unicodedata.normalize("NFC", name)
    assert names.search_key(name) == names.search_key(typed)
    assert "  " not in names.search_key(typed)
    assert names.search_words(name) == names.search_words(typed)
    assert is_found(name, name) or names.typed_words(name) == []
