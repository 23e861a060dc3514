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


def test_search_key_fits_its_column():
    assert len(names.search_key("\ufdfa" * 120)) <= names.LONGEST_KEY


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
