"""Somebody new at the desk."""

from datetime import date

import pytest

from clinic.models import AuditRow, Patient, User
from clinic.rules import names
from clinic.services.name_words import rename
from clinic.services.registering import lookalikes, register, same_person_perhaps
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
PHONE = "+919845012345"


def add(name="Xenia Pinto", phone=PHONE, by=None):
    return register(name=name, phone=phone, by=by or builders.staff(role="front_desk"), now=NOW)


def test_register_writes_a_patient_with_an_account_of_that_number():
    by = builders.staff(role="front_desk")

    patient = add("  Xenia   Pinto ", by=by)

    assert (patient.name, patient.name_key) == ("Xenia Pinto", names.search_key("Xenia Pinto"))
    assert (patient.phone, patient.account.phone) == (PHONE, PHONE)
    assert patient.account.has_usable_password() is False
    row = AuditRow.objects.get()
    assert (row.by, row.action, row.patient) == (by, "patient_registered", patient)


def test_register_the_same_name_and_number_is_the_same_person():
    assert add() == add("xenia pinto")
    assert (Patient.objects.count(), AuditRow.objects.count()) == (1, 1)


def test_register_another_name_shares_the_account():
    mother, son = add(), add("Joel Pinto")

    assert mother != son
    assert mother.account == son.account


def test_register_finds_somebody_written_down_without_an_account():
    known = builders.a_patient(account=None, name="Xenia Pinto", phone=PHONE)

    assert add() == known


def test_register_on_the_number_of_a_colleague_opens_no_account():
    colleague = builders.staff(role="nurse")
    User.objects.filter(pk=colleague.pk).update(phone=PHONE)

    patient = add()

    assert (patient.account, patient.phone) == (None, PHONE)
    assert add() == patient


def test_register_keeps_what_tells_people_apart():
    patient = register(
        name="Xenia Pinto", phone=PHONE, area="Ulsoor", born=1992, by=builders.staff(role="nurse"), now=NOW
    )

    assert (patient.area, patient.approximate_birth_year) == ("Ulsoor", 1992)


@pytest.mark.parametrize(
    ("more", "is_same"),
    [
        ({}, True),
        ({"born": 1991}, True),
        ({"born": 1960}, False),
        ({"area": "ulsoor"}, True),
        ({"area": "Hebbal"}, False),
    ],
)
def test_register_the_same_name_and_number_with_something_else_is_somebody_else(more, is_same):
    by = builders.staff(role="front_desk")
    father = register(name="Ravi Pinto", phone=PHONE, area="Ulsoor", born=1992, by=by, now=NOW)

    assert (register(name="Ravi Pinto", phone=PHONE, by=by, now=NOW, **more) == father) is is_same


# Known already?


def known(name, **fields):
    fields = {"born_on": None, "area": "", "account": None} | fields
    patient = builders.a_patient(name=name, **fields)
    rename(patient, name)
    return patient


@pytest.mark.parametrize(
    ("fields", "typed"),
    [
        ({"phone": PHONE}, {"name": "Somebody Else"}),
        ({"account": "its account has it"}, {"name": "Somebody Else"}),
        ({"area": "Ulsoor"}, {"area": "ULSOOR"}),
        ({"born_on": date(1992, 5, 1)}, {"born": 1991}),
        ({"born_on": date(1992, 5, 1)}, {"born": 1993}),
        ({"approximate_birth_year": 1992}, {"born": 1992}),
    ],
)
def test_lookalikes_share_the_number_or_sound_alike_from_the_same_area_or_year(fields, typed):
    if "account" in fields:
        fields["account"] = builders.an_account(phone=PHONE)
    patient = known("ಮೀನಾ ರಾವ್", **fields)

    assert lookalikes(**{"name": "Meena Rao", "phone": PHONE, **typed}) == [patient]


@pytest.mark.parametrize(
    ("name", "fields", "typed"),
    [
        ("Meena Rao", {}, {}),
        ("Meena Rao", {"area": "Ulsoor"}, {"area": "Hebbal"}),
        ("Meena Rao", {"born_on": date(1990, 5, 1)}, {"born": 1992}),
        ("Meena Pillai", {"area": "Ulsoor"}, {"area": "Ulsoor"}),
        ("M R", {"area": "Ulsoor"}, {"area": "Ulsoor"}),
    ],
)
def test_lookalikes_are_not_everybody_of_that_name_or_place(name, fields, typed):
    known(name, **fields)

    assert lookalikes(name="Meena Rao", phone=PHONE, **typed) == []


def test_lookalikes_of_whom_both_is_true_come_first_and_merged_ones_never():
    sister, herself = known("Geeta Rao", phone=PHONE), known("Meena R", phone=PHONE)
    known("Meena Rao", phone=PHONE, merged_into=herself)

    assert lookalikes(name="Meena Rao", phone=PHONE) == [herself, sister]


def test_lookalikes_of_a_very_common_number_are_few():
    for number in range(9):
        known(f"Child {number}", phone=PHONE)

    assert len(lookalikes(name="Meena Rao", phone=PHONE)) == 6


def test_lookalikes_take_two_queries(django_assert_num_queries):
    for number in (1, 2, 3):
        known("Meena Rao", area="Ulsoor", phone=PHONE)
        with django_assert_num_queries(2):
            assert len(lookalikes(name="Meena Rao", phone=PHONE, area="Ulsoor", born=1992)) == number


@pytest.mark.parametrize(
    ("fields", "is_shown"),
    [
        ({"phone": PHONE}, True),
        ({"born_on": date(1990, 5, 17)}, True),
        ({"area": "Example Area", "approximate_birth_year": 1991}, True),
        ({"area": "Example Area"}, False),
        ({"approximate_birth_year": 1990}, False),
        ({"name": "Geeta Rao", "phone": PHONE}, False),
        ({"name": "M", "phone": PHONE}, False),
    ],
)
def test_perhaps_the_same_person_needs_a_name_that_sounds_so_and_something_else(fields, is_shown):
    patient = builders.a_patient(name="Meena Rao", phone=PHONE, born_on=date(1990, 5, 17))
    other = known(**{"name": "Mina Rav", **fields})

    assert same_person_perhaps(patient) == ([other] if is_shown else [])
