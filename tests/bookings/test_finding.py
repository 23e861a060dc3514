"""Who is meant by what was typed: names in any script, initials, figures of a phone, a reference."""

from datetime import timedelta

import pytest

from bookings.models import Booking, Status
from bookings.services.people.finding import find_people
from clinic.models import Patient
from clinic.services.name_words import add_patient, find_by_name
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
ZALGO = "Z" + "\u0335\u0353\u0322\u0348" * 2_500


def found(typed, *, seen=None):
    people = find_people(typed, seen=Booking.objects.all() if seen is None else seen, now=NOW)
    return [patient.name for patient in people]


def merged_into(kept, **fields):
    Patient.objects.create(merged_into=kept, **fields)
    find_by_name([kept])


@pytest.mark.parametrize(
    "typed",
    [
        "Meena",
        "ಮೀನಾ",
        "मीना",
        "மீனா",
        "മീന",
        "مینا",
        "mee",
        "Rao",
        "rao meena",
        "M R",
        "r m",
        "M. Rao",
        "mIna RAV",
    ],
)
def test_find_by_the_name_however_it_is_typed(typed):
    add_patient(name="Meena Rao")
    add_patient(name="Anil Naik")
    add_patient(name="Lakshmi")

    assert found(typed) == ["Meena Rao"]


@pytest.mark.parametrize("typed", ["Laxmi", "Lakshmi", "ಲಕ್ಷ್ಮಿ", "लक्ष्मी", "லட்சுமி", "لکشمی", "lak", "laks"])
def test_find_other_spellings_and_scripts_too(typed):
    spellings = {"Lakshmi", "Laxmi", "ಲಕ್ಷ್ಮಿ", "लक्ष्मी", "லட்சுமி"}
    for name in [*spellings, "Meena"]:
        add_patient(name=name)

    assert set(found(typed)) == spellings


def test_find_puts_a_word_that_is_written_so_before_one_that_sounds_so():
    add_patient(name="Ravi Naik")
    add_patient(name="Meena Rao")

    assert found("Rao") == ["Meena Rao", "Ravi Naik"]


def test_find_puts_first_what_is_written_then_what_sounds_so():
    for name in ("Anil Ravi", "Raavi Das", "Raavi", "Ravindra", "ರವಿ", "Ravi Naik", "Ravi"):
        add_patient(name=name)

    assert found("Ravi") == ["Ravi", "Ravi Naik", "Ravindra", "Anil Ravi", "Raavi", "ರವಿ", "Raavi Das"]


def test_find_by_initials_puts_first_who_has_them_in_order():
    for name in ("Naveen Rao", "Ravi Kumar Naik", "Ravi Naik", "Ravi Das", "Naik"):
        add_patient(name=name)

    assert found("R N") == ["Ravi Naik", "Naveen Rao", "Ravi Kumar Naik"]


def test_find_of_initials_knows_that_c_may_sound_like_s():
    for name in ("Chandra Rao", "Kavya Rao", "Meena Rao"):
        add_patient(name=name)

    assert set(found("C R")) == {"Chandra Rao", "Kavya Rao"}
    assert found("C")[0] == "Chandra Rao"


@pytest.mark.parametrize(
    "typed",
    ["4521", "14521", "98450", "9198450", "+91 98450", "98450 14521", "+919845014521", "४५२१"],
)
def test_find_by_the_figures_of_a_phone(typed):
    add_patient(name="Meena", phone="+919845014521")
    add_patient(name="Ravi", phone="+919000000001")

    assert found(typed) == ["Meena"]


@pytest.mark.parametrize("typed", ["452", "45214", "5014", "9845014522", "+44 98450 14521"])
def test_find_nobody_by_too_few_figures_those_in_between_or_others(typed):
    add_patient(name="Meena", phone="+919845014521")

    assert found(typed) == []


def test_find_by_last_figures_comes_before_first_figures():
    add_patient(name="Asha", phone="+919845000000")
    add_patient(name="Ravi", phone="+919000009845")

    assert found("9845") == ["Ravi", "Asha"]


def test_find_by_the_phone_of_the_account_where_there_is_no_own():
    account = builders.an_account(phone="+919845014521")
    add_patient(name="Meena", account=account)
    add_patient(name="Ravi", account=account, phone="+919000000001")

    assert found("4521") == ["Meena"]


def test_find_by_a_reference_that_may_be_seen():
    booking = builders.a_booking(patient=add_patient(name="Meena"), reference="7KMPX2Q")

    assert found(booking.reference.lower()) == ["Meena"]
    assert found(booking.reference, seen=Booking.objects.none()) == []


def test_find_whoever_has_the_reference_before_whoever_sounds_like_it():
    builders.a_booking(patient=add_patient(name="Ravi"), reference="MEENAKSH")
    add_patient(name="Meenakshi")

    assert found("Meenaksh") == ["Ravi", "Meenakshi"]


@pytest.mark.parametrize("typed", ["Meena Shetty", "ಮೀನಾ", "Shetty", "4521", "+919845014521"])
def test_find_by_what_a_merged_record_was_found_by(typed):
    kept = add_patient(name="Geeta Rao", phone="+919000000001")
    merged_into(kept, name="Meena Shetty", phone="+919845014521")

    assert found(typed) == ["Geeta Rao"]


@pytest.mark.parametrize(
    "typed",
    [
        *["", " ", "%", "_", "%%%%", "\\", "\0", "\ud800", "\u202e", "\u202eaneeM", "😀", "(((", "[^ ]*"],
        *["'; DROP TABLE clinic_patient; --", ZALGO, "a" * 10_000, "Q " * 5_000, "9" * 5_000, "+" * 9],
    ],
)
def test_find_is_never_upset_by_what_is_typed(typed):
    add_patient(name="Meena Rao", phone="+919845014521")

    assert found(typed) == []


def test_find_gives_the_last_visit_and_the_next():
    meena = add_patient(name="Meena")
    builders.a_booking(patient=meena, starts=NOW - timedelta(days=40), status=Status.DONE)
    builders.a_booking(patient=meena, starts=NOW - timedelta(days=10), status=Status.CANCELLED)
    builders.a_booking(patient=meena, starts=NOW + timedelta(days=9))
    next_one = builders.a_booking(patient=meena, starts=NOW + timedelta(days=2))

    [one] = find_people("meena", seen=Booking.objects.all(), now=NOW)

    assert (one.last_visit, one.next_visit) == (NOW - timedelta(days=40), next_one.starts)


@pytest.mark.parametrize("typed", ["Meena", "4521", "M R", "MEENAKS"])
def test_find_takes_two_queries_for_one_and_for_three(typed, django_assert_num_queries):
    for number in (1, 2, 3):
        add_patient(name="Meenakshi Rao", phone="+919845014521")
        with django_assert_num_queries(2):
            assert len(find_people(typed, seen=Booking.objects.all(), now=NOW)) == number
