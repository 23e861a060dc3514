"""The page on which a manager puts two records together: what it shows, asks and refuses."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from bookings.models import Booking, Status
from clinic.models import Patient
from tests import builders
from tests.bookings.merging_clinic import kept, other, together, whole_record
from tests.bookings.patient_clinic import at_now, hidden, local, place, text_of
from tests.builders import NOW

__all__ = ["at_now", "kept", "other", "place"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client, place):
    client.force_login(builders.staff(role="manager"))
    return client


def address(kept, other):
    return reverse("desk_merge", args=[kept.pk, other.pk])


def whole_form(page, kept, other, **fields):
    parts = dict.fromkeys(("name", "birth", "phone", "account"), kept.pk)
    return {"seen": hidden(page, "seen"), "number": other.pk, **parts, **fields}


def send(boss, kept, other, **fields):
    page = boss.get(address(kept, other))
    return boss.post(address(kept, other), whole_form(page, kept, other, **fields))


def test_both_records_stand_side_by_side(boss, kept, other):
    Patient.objects.filter(pk=other.pk).update(born_on=None, approximate_birth_year=1990, area="Ulsoor")
    whole_record(other)

    page = text_of(boss.get(address(kept, other)))

    assert f"Record {kept.pk} is kept Record {other.pk} goes into it" in page
    assert f"Born Record {kept.pk} Born: 17 May 1990 Record {other.pk} Born: about 1990" in page
    assert "1 visit 1 course 1 form 3 agreements 1 message" in page
    assert "This cannot be undone" in page


def test_nothing_medical_stands_on_it(boss, kept, other):
    product = builders.a_product(name="Secret Serum")
    whole_record(other, product=product)
    Patient.objects.filter(pk=other.pk).update(sex_at_birth="male")

    page = text_of(boss.get(address(kept, other)))

    assert not any(word in page for word in ("Secret", "scalp", "suitable", "Female", "Male", "pregnant"))


def test_the_number_of_the_record_that_goes_is_the_yes(boss, kept, other):
    answer = send(boss, kept, other, name=other.pk)

    kept.refresh_from_db()
    other.refresh_from_db()
    assert (answer["Location"], other.merged_into, kept.name) == (
        reverse("desk_patient", args=[kept.pk]),
        kept,
        "Mina Rav",
    )
    assert "The two records are one now." in text_of(boss.get(answer["Location"]))


@pytest.mark.parametrize("typed", ["", "0", "1", "yes", "-", "9" * 4_000, "\u202e", "१२"])
def test_without_that_number_nothing_happens(boss, kept, other, typed):
    page = send(boss, kept, other, number=typed, name=other.pk)

    other.refresh_from_db()
    assert (page.status_code, other.merged_into) == (422, None)
    assert f"Type {other.pk}" in text_of(page)
    assert f'name="name" value="{other.pk}" checked' in page.content.decode()


def test_the_number_may_be_typed_in_other_figures(boss, kept, other):
    figures = str.maketrans("0123456789", "೦೧೨೩೪೫೬೭೮೯")

    assert send(boss, kept, other, number=f" {str(other.pk).translate(figures)} ").status_code == 302


@pytest.mark.parametrize("part", ["name", "phone", "account"])
def test_a_part_that_differs_must_be_chosen_from_one_of_the_two(boss, kept, other, part):
    page = send(boss, kept, other, **{part: builders.a_patient().pk})

    other.refresh_from_db()
    assert (page.status_code, other.merged_into) == (422, None)


def test_nobody_is_asked_where_one_record_has_nothing(boss, kept, other):
    Patient.objects.filter(pk=kept.pk).update(born_on=None, phone="", account=None)
    other.refresh_from_db()

    assert boss.get(address(kept, other)).context["plan"].differing == ["name"]
    boss.post(
        address(kept, other),
        {"seen": hidden(boss.get(address(kept, other)), "seen"), "number": other.pk, "name": kept.pk},
    )

    kept.refresh_from_db()
    assert (kept.born_on, kept.phone, kept.account) == (other.born_on, other.phone, other.account)


def test_what_speaks_against_it_must_be_said_to_be_all_right(boss, kept, other):
    Patient.objects.filter(pk=other.pk).update(born_on=date(1960, 1, 1))

    page = send(boss, kept, other)
    assert page.status_code == 422
    assert "Their births lie more than a year apart." in text_of(page)
    assert "Ask, and tick this if it is one person" in text_of(page)

    assert send(boss, kept, other, sure="on").status_code == 302


def test_visits_that_give_way_are_shown_before_and_counted_after(boss, kept, other, place):
    for one, minutes in ((kept, 0), (other, 15)):
        builders.a_booking(
            patient=one,
            starts=local("2026-11-03T10:00") + timedelta(minutes=minutes),
            location=place.location,
        )

    assert "Visits that need another time" in text_of(boss.get(address(kept, other)))
    assert "Tue 3 Nov, 10:15 am" in text_of(boss.get(address(kept, other)))
    answer = send(boss, kept, other)
    assert "1 visit needs another time" in text_of(boss.get(answer["Location"]))


def test_treatments_given_too_close_need_a_reason(boss, kept, other):
    whole_record(kept)
    whole_record(other)

    page = send(boss, kept, other)
    assert page.status_code == 422
    assert "Treatments that were too close" in text_of(page)
    page = send(boss, kept, other, why="x" * 81)
    assert (page.status_code, "x" * 81 in page.content.decode()) == (422, True)

    assert send(boss, kept, other, why="nobody knew of the other").status_code == 302
    assert Booking.objects.filter(too_close_why="nobody knew of the other").count() == 1


def test_what_changed_meanwhile_is_shown_again_with_words(boss, kept, other):
    form = whole_form(boss.get(address(kept, other)), kept, other)
    builders.a_booking(patient=other)

    page = boss.post(address(kept, other), form)

    other.refresh_from_db()
    assert (page.status_code, other.merged_into) == (409, None)
    assert "Something changed in the meantime" in text_of(page)
    assert boss.post(address(kept, other), whole_form(page, kept, other)).status_code == 302


@pytest.mark.parametrize("seen", ["", "0", "x" * 5_000])
def test_a_page_that_was_not_shown_is_not_applied(boss, kept, other, seen):
    page = send(boss, kept, other, seen=seen)

    other.refresh_from_db()
    assert (page.status_code in (409, 422), other.merged_into) == (True, None)


def test_a_record_closed_by_death_is_refused_in_words(boss, kept, other):
    Patient.objects.filter(pk=other.pk).update(died_on=NOW.date())

    page = boss.get(address(kept, other))

    assert (page.status_code, "closed, because the person has died" in text_of(page)) == (409, True)


def test_who_is_here_now_is_refused_in_words(boss, kept, other):
    whole_record(kept, now=NOW - timedelta(days=1))
    here = whole_record(other).sessions.get(number=2)
    builders.a_booking(session=here, starts=NOW, status=Status.ARRIVED)

    page = boss.get(address(kept, other))

    assert (page.status_code, "is here now" in text_of(page)) == (409, True)


def test_one_record_twice_and_merged_ones_lead_to_the_record(boss, kept, other):
    home = reverse("desk_patient", args=[kept.pk])
    assert boss.get(address(kept, kept))["Location"] == home
    together(kept, other)

    for pair in ((kept, other), (other, kept), (other, other)):
        assert boss.get(address(*pair))["Location"] == home
        assert boss.post(address(*pair), {})["Location"] == home


def test_sending_it_twice_is_once(boss, kept, other):
    form = whole_form(boss.get(address(kept, other)), kept, other)

    answers = [boss.post(address(kept, other), form) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [reverse("desk_patient", args=[kept.pk])] * 2


def test_the_page_takes_as_many_queries_for_one_visit_as_for_three(
    boss, kept, other, place, django_assert_num_queries
):
    for number in (1, 2, 3):
        for one in (kept, other):
            starts = local(f"2026-11-0{2 + number}T10:00")
            builders.a_booking(patient=one, starts=starts, location=place.location)
        with django_assert_num_queries(15):
            assert len(boss.get(address(kept, other)).context["to_be_moved"]) == number
