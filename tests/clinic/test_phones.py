import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import phones


@pytest.mark.parametrize(
    "typed",
    [
        "9845012345",
        "98450 12345",
        "098450 12345",
        "98450-12345",
        "(098450) 12345",
        "+919845012345",
        "+91 98450 12345",
        "+91-098450-12345",
        "0091 98450 12345",
        "91 98450 12345",
        " 98450\u00a012345\u202c ",
        "98450\u201112345",
        "98450\u221212345",
        "೯೮೪೫೦ ೧೨೩೪೫",
        "९८४५०१२३४५",
        "۹۸۴۵۰۱۲۳۴۵",
        "＋９１９８４５０１２３４５",
    ],
)
def test_parse_reads_an_indian_mobile_however_it_is_written(typed):
    assert phones.parse(typed) == "+919845012345"


@pytest.mark.parametrize(("first", "is_mobile"), [("5", False), ("6", True), ("9", True), ("0", False)])
def test_parse_wants_an_indian_mobile_to_begin_with_six_to_nine(first, is_mobile):
    expected = f"+91{first}845012345" if is_mobile else None
    assert phones.parse(f"{first}845012345") == expected
    assert phones.parse(f"+91 {first}845012345") == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("+1 202 555 0123", "+12025550123"),
        ("0044 20 7946 0123", "+442079460123"),
        ("+12345678", "+12345678"),
        ("+1234567", None),
        ("+123456789012345", "+123456789012345"),
        ("+1234567890123456", None),
        ("+0123456789", None),
    ],
)
def test_parse_takes_other_countries_with_eight_to_fifteen_digits(typed, expected):
    assert phones.parse(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "+",
        "984501234",
        "98450123456",
        "+91984501234",
        "9845O12345",
        "98450+12345",
        "++919845012345",
        "98450 12345 / 98450 12346",
        "98450\x0012345",
        "98450\ud80012345",
        "⁹⁸⁴⁵⁰¹²³⁴⁵",
        "12345678901",
        "9" * 5000,
    ],
)
def test_parse_guesses_nothing(typed):
    assert phones.parse(typed) is None


def test_parse_takes_ten_digits_that_begin_like_the_country_as_a_mobile():
    assert phones.parse("9198450123") == "+919198450123"


@given(st.text(alphabet="0123456789+ -", max_size=20))
def test_parse_gives_e164_that_reads_as_itself(typed):
    phone = phones.parse(typed)
    assert phone is None or (phone[0], phone[1:].isdigit(), phones.parse(phone)) == ("+", True, phone)


def test_shown_groups_indian_numbers_only():
    assert phones.shown("+919845012345") == "+91 98450 12345"
    assert phones.shown("+12025550123") == "+12025550123"


def test_masked_leaves_four_digits():
    assert phones.masked("+919845012345") == "••• ••• 2345"
