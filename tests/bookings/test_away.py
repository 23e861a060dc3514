"""Days on which a patient cannot come."""

from datetime import date, timedelta

import pytest

from bookings.models import Away
from bookings.refusals import TooManyAway
from bookings.services import away
from clinic.models import AuditRow
from tests import builders
from tests.builders import NOW

DAY = timedelta(days=1)
MARCH = date(2027, 3, 3)


def add(patient, first=MARCH, last=None, now=NOW):
    return away.add_away(patient=patient, first_on=first, last_on=last or first, by=patient.account, now=now)


@pytest.mark.django_db(transaction=True)
def test_both_days_count_and_only_what_was_asked_for_is_returned():
    patient = builders.a_patient()
    add(patient, MARCH, MARCH + 3 * DAY)
    add(patient, MARCH + 2 * DAY, MARCH + 5 * DAY)
    add(builders.a_patient(), MARCH - 9 * DAY, MARCH + 9 * DAY)

    every = away.away_days(patient, MARCH - DAY, MARCH + 9 * DAY)
    part = away.away_days(patient, MARCH + DAY, MARCH + 4 * DAY)

    assert every == {MARCH + n * DAY for n in range(6)}
    assert part == {MARCH + n * DAY for n in range(1, 5)}
    assert away.away_days(patient, MARCH - 3 * DAY, MARCH - DAY) == set()
    assert away.away_days(patient, MARCH + 6 * DAY, MARCH + 9 * DAY) == set()
    assert away.away_days(patient, MARCH + 5 * DAY, MARCH + 5 * DAY) == {MARCH + 5 * DAY}


@pytest.mark.django_db(transaction=True)
def test_the_days_are_read_in_one_query(django_assert_num_queries):
    patient = builders.a_patient()
    for n in range(3):
        add(patient, MARCH + 10 * n * DAY)

    with django_assert_num_queries(1):
        assert len(away.away_days(patient, MARCH, MARCH + 90 * DAY)) == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_days_twice_are_one_span_and_one_row_of_the_journal():
    patient = builders.a_patient()

    first, second = add(patient), add(patient)

    assert first == second
    assert AuditRow.objects.filter(action="away_added").count() == 1


@pytest.mark.django_db(transaction=True)
def test_removed_days_are_free_again_and_may_be_added_anew():
    patient = builders.a_patient()
    span = add(patient)

    for _ in range(2):
        away.remove_away(away=span, by=patient.account, now=NOW)

    assert away.away_days(patient, MARCH, MARCH) == set()
    assert away.coming_away(patient, today=NOW.date()) == []
    assert AuditRow.objects.filter(action="away_removed").count() == 1
    assert add(patient) != span


@pytest.mark.django_db(transaction=True)
def test_a_list_of_days_has_an_end():
    patient = builders.a_patient()
    for n in range(away.MOST_SPANS):
        add(patient, MARCH + n * DAY)

    with pytest.raises(TooManyAway):
        add(patient, MARCH, MARCH + 90 * DAY)

    assert Away.objects.count() == away.MOST_SPANS


@pytest.mark.django_db(transaction=True)
def test_what_is_over_is_not_listed():
    patient = builders.a_patient()
    today = NOW.date()
    add(patient, today - 5 * DAY, today - DAY)
    until_today, later = add(patient, today - 5 * DAY, today), add(patient, today + DAY)

    assert away.coming_away(patient, today=today) == [until_today, later]


@pytest.mark.django_db(transaction=True)
def test_visits_on_days_away_are_found_the_others_are_not():
    patient = builders.a_patient()
    booked = [builders.a_booking(patient=patient, starts=NOW + n * DAY) for n in (7, 8, 9)]
    builders.a_booking(patient=patient, starts=NOW + 8 * DAY + timedelta(hours=3), status="cancelled")
    first = booked[1].day
    add(patient, first, first)

    assert away.booked_while_away(patient, now=NOW) == [booked[1]]
    assert away.booked_while_away(builders.a_patient(), now=NOW) == []
