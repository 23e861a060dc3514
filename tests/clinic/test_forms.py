from datetime import date

import pytest
from django import forms

from clinic.forms import DateParts


class BirthForm(forms.Form):
    born_on = DateParts(label="Date of birth", latest=date(2026, 11, 24))


class WhenForm(forms.Form):
    since = DateParts(required=False, birth=False)


def typed(day, month, year):
    return {"born_on_day": day, "born_on_month": month, "born_on_year": year}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("27", "3", "1984"), date(1984, 3, 27)),
        ((" 7 ", "Mar", "1984"), date(1984, 3, 7)),
        (("29", "2", "2024"), date(2024, 2, 29)),
        (("24", "11", "2026"), date(2026, 11, 24)),
        (("1", "1", "1900"), date(1900, 1, 1)),
        (("೨೭", "೩", "೧೯೮೪"), date(1984, 3, 27)),
    ],
)
def test_date_parts_of_a_real_date(parts, expected):
    form = BirthForm(typed(*parts))
    assert form.is_valid()
    assert form.cleaned_data["born_on"] == expected


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("", "", ""), "Enter the day, month and year"),
        (("27", "", "1984"), "The date also needs a month"),
        (("", "3", ""), "The date also needs a day and a year"),
        (("29", "2", "2023"), "February 2023 has no day 29: check the day and the month"),
        (("0", "2", "2023"), "February 2023 has no day 0: check the day and the month"),
        (("27", "13", "1984"), "The month must be between 1 and 12"),
        (("27", "0", "1984"), "The month must be between 1 and 12"),
        (("27", "3", "84"), "Write the year with four figures, for example 1984"),
        (("27", "march-ish", "1984"), "Use numbers, for example 27 3 1984"),
        (("-1", "3", "1984"), "Use numbers, for example 27 3 1984"),
        (("27", "3", "19840"), "Use numbers, for example 27 3 1984"),
        (("2\x007", "3", "1984"), "Use numbers, for example 27 3 1984"),
        (("25", "11", "2026"), "The date must be 24 Nov 2026 or earlier"),
        (("31", "12", "1899"), "The date must be 1 Jan 1900 or later"),
    ],
)
def test_date_parts_say_what_is_wrong_and_keep_what_was_typed(parts, words):
    form = BirthForm(typed(*parts))
    assert form.errors["born_on"] == [words]
    assert [box["value"] or "" for box in form["born_on"].subwidgets[0].data["subwidgets"]] == list(parts)


def test_date_parts_missing_from_the_request():
    assert BirthForm({}).errors["born_on"] == ["Enter the day, month and year"]


def test_date_parts_may_be_left_out_when_not_required():
    form = WhenForm({"since_day": "", "since_month": " ", "since_year": ""})
    assert form.is_valid()
    assert form.cleaned_data["since"] is None


def test_date_parts_show_a_known_date_in_three_boxes():
    form = BirthForm(initial={"born_on": date(1984, 3, 27)})
    assert [box["value"] for box in form["born_on"].subwidgets[0].data["subwidgets"]] == ["27", "3", "1984"]


def test_date_parts_are_told_apart_for_browsers_that_fill_in_birthdays():
    html = str(BirthForm()["born_on"])
    assert [html.count(f'autocomplete="bday-{part}"') for part in ("day", "month", "year")] == [1, 1, 1]
