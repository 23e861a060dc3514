"""What a window showed and wrote, as rows of one question."""

import pytest

from consultations.rules.windows import Row, Window, said_elsewhere


@pytest.mark.parametrize(
    ("rows", "other"),
    [
        ([], None),
        ([Row(1, "no")], None),
        ([Row(1, "no", 0)], None),
        ([Row(1, "no", 0), Row(2, "yes", 1)], None),  # changed by who had seen it
        ([Row(1, "no", 0), Row(2, "yes", 0)], "no"),  # changed by who had not
        ([Row(1, "no", 0), Row(2, "no", 0)], None),  # both windows agree
        ([Row(1, "no", 0), Row(2, "yes", 0), Row(3, "yes", 2)], None),  # somebody chose
        ([Row(1, "no"), Row(2, "yes")], None),  # nobody noted what was seen
    ],
)
def test_another_answer_is_found_where_who_answered_had_not_seen_it(rows, other):
    found = said_elsewhere(rows)

    assert (found.value if found else None) == other


def test_window_shows_what_it_was_drawn_with_and_what_it_wrote():
    rows = [Row(3, "no"), Row(7, "yes"), Row(9, "not_sure")]

    assert Window(5).showed(rows) == "no"
    assert Window(5, {9}).showed(rows) == "not_sure"
    assert Window(1).showed(rows, "from the record") == "from the record"


def test_own_rows_do_not_count_as_another_window():
    first = Row(7, "no", 5)

    assert Window(5, {7}).seen_for([first]) == 7


def test_what_another_window_said_is_not_forgotten_by_saying_something_else_again():
    rows = [Row(6, "no", 5), Row(7, "yes", 5)]  # 7 is this window's, and 6 was never shown here
    window = Window(5, {7})
    again = Row(8, "not_sure", window.seen_for(rows))

    assert said_elsewhere([*rows, again]).value == "no"


def test_nothing_is_noted_as_seen_that_was_not():
    assert Window(5).seen_for([Row(6, "no", 5)]) == 5


def test_the_newest_word_of_another_window_is_the_one_to_choose_from():
    rows = [Row(6, "no", 5), Row(7, "past", 6)]
    mine = Row(8, "yes", Window(5).seen_for(rows))

    assert said_elsewhere([*rows, mine]).value == "past"


def test_coming_round_to_what_the_other_window_said_ends_it():
    rows = [Row(6, "no", 5), Row(7, "yes", 5)]
    back = Row(8, "no", Window(5, {7}).seen_for(rows))

    assert said_elsewhere([*rows, back]) is None
