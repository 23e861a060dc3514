"""What people are found by is written with their names, and once for those who were there before."""

import importlib

import pytest
from django.apps import apps

from clinic.models import NameWord, Patient
from clinic.rules.names import search_words
from clinic.services.accounts import add_person
from clinic.services.name_words import add_patient, find_by_name, rename
from clinic.services.registering import register
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def words_of(patient):
    return set(patient.name_words.values_list("word", flat=True))


def test_add_patient_writes_the_key_and_the_words():
    patient = add_patient(name="Meena Rao", phone="+919845012345")

    assert (patient.name_key, words_of(patient)) == ("mn rv", search_words("Meena Rao"))


def test_rename_leaves_nothing_of_the_old_name():
    patient = add_patient(name="Meena Rao")

    rename(patient, "ಗೀತಾ ರಾವ್")

    patient.refresh_from_db()
    assert (patient.name, patient.name_key) == ("ಗೀತಾ ರಾವ್", "gt rv")
    assert words_of(patient) == search_words("ಗೀತಾ ರಾವ್")


def test_who_was_merged_leaves_the_words_to_the_record_that_is_kept():
    kept = add_patient(name="Meena Rao")
    Patient.objects.create(name="Meena Shetty", merged_into=kept)

    find_by_name([kept])

    assert words_of(kept) == search_words("Meena Rao") | search_words("Meena Shetty")


@pytest.mark.parametrize(
    "write",
    [
        lambda: add_person(account=builders.an_account(), name="Meena Rao", now=NOW),
        lambda: register(name="Meena Rao", phone="+919845012345", by=builders.staff(role="nurse"), now=NOW),
    ],
    ids=["patients themselves", "the desk"],
)
def test_everybody_who_writes_a_name_writes_its_words(write):
    assert words_of(write()) == search_words("Meena Rao")


def test_those_who_were_there_before_get_their_words_and_lose_them_again():
    migration = importlib.import_module("clinic.migrations.0005_finding_and_merging")
    people = [builders.a_patient(name=name) for name in ("Meena Rao", "ಮೀನಾ", "😀")]

    migration.fill(apps, None)
    migration.fill(apps, None)

    assert [words_of(one) for one in people] == [search_words(one.name) for one in people]
    migration.empty(apps, None)
    assert NameWord.objects.count() == 0


def test_keys_of_those_who_were_there_before_are_what_they_would_be_today():
    migration = importlib.import_module("clinic.migrations.0005_finding_and_merging")
    patient = builders.a_patient(name="Meena Rao", name_key="an older key")

    migration.fill(apps, None)

    patient.refresh_from_db()
    assert patient.name_key == "mn rv"
