"""Sessions of a course add up, whatever became of each; amounts, lines and receipt numbers."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules import money
from bookings.rules.account import Fate, SessionAccount, SessionFacts, account_of, fate_of
from bookings.rules.money import Line, NotAnAmount, read_amount, totals

FACTS = st.builds(
    SessionFacts,
    is_given=st.booleans(),
    dropped=st.sampled_from(["", "forfeited", "returned", "expired", "revised"]),
    has_time=st.booleans(),
    is_missed=st.booleans(),
)


@given(st.lists(FACTS, max_size=14), st.booleans())
def test_account_always_adds_up_to_what_is_prescribed(sessions, is_ended):
    account = account_of(sessions, is_ended=is_ended)

    revised = [one for one in sessions if one.dropped == "revised" and not one.is_given]
    assert account.prescribed == len(sessions) - len(revised)
    assert account.given == sum(one.is_given for one in sessions)
    counted = [fate_of(one, is_ended=is_ended) for one in sessions]
    assert [getattr(account, fate) for fate in Fate] == [counted.count(fate) for fate in Fate]


@given(FACTS)
def test_nothing_is_left_to_book_of_a_course_that_ended(session):
    assert fate_of(session, is_ended=True) != Fate.TO_BOOK


@pytest.mark.parametrize(
    ("session", "fate"),
    [
        (SessionFacts(), "to_book"),
        (SessionFacts(has_time=True), "booked"),
        (SessionFacts(is_missed=True), "missed"),
        (SessionFacts(is_missed=True, has_time=True), "booked"),
        (SessionFacts(is_missed=True, dropped="forfeited"), "forfeited"),
        (SessionFacts(is_missed=True, dropped="returned"), "returned"),
        (SessionFacts(dropped="expired"), "expired"),
        (SessionFacts(dropped="revised"), None),
        (SessionFacts(is_given=True, has_time=True), "given"),
    ],
)
def test_fate_of_a_session(session, fate):
    assert fate_of(session, is_ended=False) == fate


def test_account_of_a_course_half_way():
    sessions = [
        SessionFacts(is_given=True),
        SessionFacts(is_given=True),
        SessionFacts(is_missed=True, dropped="forfeited"),
        SessionFacts(dropped="revised"),
        SessionFacts(has_time=True),
        SessionFacts(is_missed=True),
        SessionFacts(),
    ]
    account = account_of(sessions)
    assert account == SessionAccount(given=2, forfeited=1, booked=1, missed=1, to_book=1)
    assert account.prescribed == 6


# Amounts


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1500", "1500.00"),
        ("1,500", "1500.00"),
        ("1500.00", "1500.00"),
        ("1500.5", "1500.50"),
        (" ₹ 1,20,000.50 ", "120000.50"),
        ("120,000", "120000.00"),
        ("Rs. 800/-", "800.00"),
        ("१५००", "1500.00"),
        ("0.01", "0.01"),
        ("9999999.99", "9999999.99"),
    ],
)
def test_amount_as_people_type_it(typed, amount):
    assert read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed", ["", "abc", "-5", "1.500", "15,00", "1e3", "1,5", "nan", "1500,", "1 500", "²", "9" * 40]
)
def test_what_could_mean_two_things_is_no_amount(typed):
    with pytest.raises(NotAnAmount) as refused:
        read_amount(typed)
    assert refused.value.words == money.NOT_AN_AMOUNT


@pytest.mark.parametrize(("typed", "words"), [("0", money.ABOVE_NOUGHT), ("10000000", money.TOO_MUCH)])
def test_amount_out_of_bounds(typed, words):
    with pytest.raises(NotAnAmount) as refused:
        read_amount(typed)
    assert refused.value.words == words


def test_nought_where_something_is_counted():
    assert read_amount("0", may_be_nought=True) == Decimal("0.00")


@given(st.decimals(min_value="0.01", max_value="9999999.99", places=2))
def test_amount_in_our_own_writing_is_read_back(amount):
    from clinic.formats import rupees

    assert read_amount(rupees(amount)) == amount


# Lines


@st.composite
def lines(draw):
    """Lines of which some take an earlier one back, none twice."""
    made, open_ones = [], []
    for pk in range(1, draw(st.integers(0, 12)) + 1):
        if open_ones and draw(st.booleans()):
            back = open_ones.pop(draw(st.integers(0, len(open_ones) - 1)))
            line = Line(pk, back.kind, back.amount, back.pk)
        else:
            amount = draw(st.decimals(min_value="0.01", max_value="99999.99", places=2))
            line = Line(pk, draw(st.sampled_from(sorted(money.ADDS))), amount)
        made.append(line)
        open_ones.append(line)
    return made


@given(lines())
def test_balance_is_that_of_the_lines_that_were_not_taken_back(made):
    chains = {line.pk: [line] for line in made if line.reverses is None}
    of = {}
    for line in made:
        first = of[line.reverses] if line.reverses else line.pk
        of[line.pk] = first
        if line.reverses:
            chains[first].append(line)
    standing = [chain[0] for chain in chains.values() if len(chain) % 2]
    owed = sum((money.ADDS[line.kind] * line.amount for line in standing), Decimal(0))

    assert totals(made).balance == owed
    counted = money.signs(made)
    assert sum((money.effect(line, counted[line.pk]) for line in made), Decimal(0)) == owed


def test_owed_paid_ahead_and_what_may_be_given_back():
    paid = [Line(1, "charge", Decimal(800)), Line(2, "payment", Decimal(1000))]
    assert (totals(paid).owed, totals(paid).ahead, totals(paid).may_give_back) == (0, 200, 1000)
    back = [*paid, Line(3, "refund", Decimal(200)), Line(4, "discount", Decimal(100))]
    assert (totals(back).owed, totals(back).ahead, totals(back).may_give_back) == (0, 100, 800)
    undone = [*back, Line(5, "payment", Decimal(1000), 2)]
    assert (totals(undone).owed, totals(undone).may_give_back) == (900, 0)


# Receipts


@pytest.mark.parametrize(
    ("day", "prefix"),
    [
        (date(2026, 4, 1), "03/26-27/"),
        (date(2026, 3, 31), "03/25-26/"),
        (date(2027, 3, 31), "03/26-27/"),
        (date(2026, 12, 31), "03/26-27/"),
        (date(2099, 4, 1), "03/99-00/"),
    ],
)
def test_receipts_count_anew_each_financial_year(day, prefix):
    assert money.receipt_prefix(3, day) == prefix


def test_receipts_count_up_from_one():
    assert money.next_receipt("03/26-27/", "") == "03/26-27/000001"
    assert money.next_receipt("03/26-27/", "03/26-27/000099") == "03/26-27/000100"
    assert len(money.next_receipt("03/26-27/", "")) <= 16  # as many signs as a tax invoice may have
