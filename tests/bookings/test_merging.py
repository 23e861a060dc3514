"""Two records of one person become one: every row comes along, and who it is, is what was chosen."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.db.models import UniqueConstraint

from bookings import refusals
from bookings.models import Away, Booking, Entry, WaitlistEntry
from bookings.services.people.finding import find_people
from bookings.services.people.merge_plan import RecordClosed, SameRecord, read_plan
from bookings.services.people.merging import NotSure, merge, pointing_at_patients
from bookings.services.verifying import verify
from clinic.models import Alarm, AuditRow, Message, NameWord, Patient, ReminderConsent, ViewRow
from clinic.services.name_words import rename
from consultations.models import (
    Answer,
    Consent,
    Consultation,
    Decision,
    Intake,
    Photo,
    Screening,
    SymptomReport,
)
from tests import builders
from tests.bookings.merging_clinic import (
    EARLIER,
    choice,
    kept,
    manager,
    other,
    somebody,
    together,
    whole_record,
)
from tests.builders import NOW
from treatments.models import Course, Pause
from treatments.services.may_treat import Stage, may_treat

__all__ = ["kept", "manager", "other"]
pytestmark = pytest.mark.django_db


# Everything comes along


def test_every_row_of_every_table_comes_to_the_kept_record(kept, other, manager):
    whole_record(other)
    assert [
        model.__name__
        for model, field in pointing_at_patients()
        if not model._base_manager.filter(**{field: other}).exists()
    ] == []

    together(kept, other, by=manager)

    left = [
        model.__name__
        for model, field in pointing_at_patients()
        if model._base_manager.filter(**{field: other})
    ]
    assert left == []
    assert other.merged_into == kept
    assert verify(now=NOW).wrong == {}


def test_merging_twice_changes_nothing_more(kept, other, manager):
    whole_record(other)
    seen = read_plan(kept=kept, other=other).seen
    together(kept, other, by=manager)
    rows = AuditRow.objects.count(), Answer.objects.count(), Message.objects.count()

    merge(kept=kept, other=other, choice=choice(kept), seen=seen, by=manager, now=NOW)

    assert (AuditRow.objects.count(), Answer.objects.count(), Message.objects.count()) == rows


def test_the_audit_row_names_both_records_and_which_rows_came(kept, other, manager):
    course = whole_record(other)

    together(kept, other, by=manager)

    row = AuditRow.objects.get(action="records_merged")
    assert (row.by, row.patient, row.subject, row.detail["into"]) == (
        manager,
        kept,
        f"patient:{other.pk}",
        kept.pk,
    )
    assert row.detail["course_rows"] == [course.pk]
    assert row.detail["decision_rows"] == [Decision.objects.get().pk]


def test_the_decision_goes_on_allowing_what_it_allowed(kept, other):
    course = whole_record(other)
    Pause.objects.all().update(ended_at=NOW, ended_by=builders.staff(role="nurse"))

    together(kept, other)

    session = course.sessions.select_related("course").get(number=2)
    assert (
        may_treat(patient=kept, session=session, day=date(2026, 11, 20), stage=Stage.PLACING, now=NOW) == ()
    )


def test_every_rule_of_one_row_for_a_patient_is_known_here():
    """A new one needs a word in joining.py or standing_once.py on which of two rows stands."""
    found = {
        constraint.name
        for model, field in pointing_at_patients()
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and field in constraint.fields
    }

    assert found == {
        "consent_one_standing",
        "intake_one_open_per_purpose",
        "reminder_consent_once",
        "name_word_once",
        "pause_open_once_a_patient",
        "away_once",
        "wait_once_a_kind",
    }


def test_every_table_of_patients_refuses_rows_of_a_merged_record(kept, other):
    together(kept, other)
    new = {"patient": other, "key": uuid4()}
    screening = {"answers": {}, "verdicts": {}, "fired": [], "unclear": [], "outcome": "NONE", "lane": "none"}
    about = {"last_answer_id": 1, "screening_id": 1, "signed_by_id": 1, "signed_at": NOW}
    course = {"protocol_id": 1, "visit_type_id": 1, "location_id": 1, "created_at": NOW}
    late = {
        Alarm: lambda: builders.an_alarm(patient=other),
        Message: lambda: builders.a_message(patient=other),
        ReminderConsent: lambda: builders.reminder_consent(patient=other),
        Consent: lambda: builders.a_consent(patient=other),
        Consultation: lambda: builders.a_consultation(patient=other),
        Decision: lambda: Decision.objects.create(verdict="refer", valid_until=NOW, **new, **about),
        Intake: lambda: builders.an_intake(patient=other),
        Screening: lambda: Screening.objects.create(
            patient=other, last_answer_id=1, rules_id=1, on=NOW.date(), at=NOW, **screening
        ),
        SymptomReport: lambda: builders.a_report(patient=other),
        Photo: lambda: builders.a_photo(patient=other, agreed=False),
        Course: lambda: Course.objects.create(patient=other, **course),
        Pause: lambda: builders.a_pause(patient=other),
        Booking: lambda: builders.a_booking(patient=other),
        Away: lambda: Away.objects.create(patient=other, first_on=NOW, last_on=NOW, by_id=1, at=NOW),
        WaitlistEntry: lambda: builders.a_wait(
            patient=other, visit_type=builders.consultation_type(), location=builders.a_location()
        ),
        Entry: lambda: Entry.objects.create(location_id=1, day=NOW, kind="charge", amount=1, at=NOW, **new),
    }
    may_still = {AuditRow, ViewRow, NameWord, Patient}  # that somebody opened the old number is worth knowing

    assert set(late) | may_still == {model for model, _ in pointing_at_patients()}
    for model, write in late.items():
        with pytest.raises(DatabaseError, match="merged") as refused, transaction.atomic():
            write()
        assert refused.value.__cause__.pgcode == "40001", model


def test_photos_come_along_and_whom_either_record_kept_them_from_counts_for_all(kept, other):
    own = builders.a_photo(patient=kept, now=NOW)
    limited = builders.a_photo(patient=other, only_same_sex=True, now=EARLIER)

    together(kept, other)

    photos = Photo.objects.filter(patient=kept).order_by("pk")
    assert [(photo.pk, photo.only_same_sex) for photo in photos] == [(own.pk, True), (limited.pk, True)]


# Who it is


def test_the_kept_record_has_what_was_chosen_and_the_other_what_was_given_up(kept, other):
    account = other.account
    Patient.objects.filter(pk=other.pk).update(born_on=date(1990, 5, 18))
    given_up = (kept.name, kept.born_on, kept.phone, kept.account)

    together(kept, other, name=other, birth=other, phone=other, account=other)

    assert (kept.name, kept.name_key, kept.born_on) == ("Mina Rav", "mn rv", date(1990, 5, 18))
    assert (kept.phone, kept.account) == (account.phone, account)
    assert (other.name, other.born_on, other.phone, other.account) == given_up


def test_the_kept_record_gets_what_it_lacked_and_keeps_what_it_had(kept, other):
    Patient.objects.filter(pk=kept.pk).update(area="", email="", sex_at_birth="", guardian_name="Asha")
    Patient.objects.filter(pk=other.pk).update(
        area="Ulsoor", email="mina@example.org", sex_at_birth="female", guardian_name="Nobody",
        emergency_contact_name="Ravi", emergency_contact_phone="+919845000000",
    )  # fmt: skip

    together(kept, other)

    assert (kept.area, kept.email, kept.sex_at_birth) == ("Ulsoor", "mina@example.org", "female")
    assert kept.guardian_name == "Asha"
    assert (kept.emergency_contact_name, kept.emergency_contact_phone) == ("Ravi", "+919845000000")


def test_the_kept_record_is_found_by_either_name_and_number(kept, other):
    rename(kept, "Geeta Das")
    numbers = [kept.phone[-4:], other.phone[-4:]]

    together(kept, other, name=other, phone=other)

    seen = Booking.objects.all()
    assert [find_people(text, seen=seen, now=NOW) for text in ("Geeta", "Mina", *numbers)] == [[kept]] * 4
    assert NameWord.objects.filter(patient=other).count() == 0


def test_records_merged_earlier_point_at_the_newest(kept, other):
    first = somebody("Meena R")
    together(other, first)

    together(kept, other)

    first.refresh_from_db()
    assert (first.merged_into, other.merged_into, kept.merged_into) == (kept, kept, None)


@pytest.mark.parametrize("phone_of", ["kept", "other"])
def test_behind_a_shared_phone_the_pin_still_guards(kept, other, phone_of):
    Patient.objects.filter(pk=other.pk).update(phone_shared=True, pin="hashed")
    mine = {"kept": kept, "other": other}[phone_of]

    together(kept, other, phone=mine, account=mine)

    assert kept.phone_shared is (phone_of == "other")
    assert kept.pin == "hashed"


# Refused


def test_one_record_is_not_merged_with_itself(kept):
    with pytest.raises(SameRecord):
        read_plan(kept=kept, other=kept)


def test_a_merged_record_is_not_merged_again(kept, other):
    third = somebody()
    together(kept, other)

    for one, two in ((third, other), (other, third)):
        with pytest.raises(SameRecord):
            together(one, two, seen="0")


@pytest.mark.parametrize("which", ["kept", "other"])
def test_a_record_closed_by_death_stays_as_it_is(kept, other, which):
    died = {"kept": kept, "other": other}[which]
    Patient.objects.filter(pk=died.pk).update(died_on=NOW.date())

    with pytest.raises(RecordClosed):
        together(kept, other)


@pytest.mark.parametrize(
    ("fields", "differs"),
    [
        ({"sex_at_birth": "male"}, ["sex"]),
        ({"sex_at_birth": "private"}, []),
        ({"sex_at_birth": ""}, []),
        ({"born_on": date(1991, 5, 18)}, []),
        ({"born_on": date(1991, 5, 19)}, ["birth"]),
        ({"born_on": None, "approximate_birth_year": 1991}, []),
        ({"born_on": None, "approximate_birth_year": 1992}, ["birth"]),
        ({"born_on": None}, []),
        ({"sex_at_birth": "male", "born_on": date(1960, 1, 1)}, ["sex", "birth"]),
    ],
)
def test_what_speaks_against_one_person_needs_somebody_who_is_sure(kept, other, fields, differs):
    Patient.objects.filter(pk=other.pk).update(**fields)
    other.refresh_from_db()
    assert read_plan(kept=kept, other=other).differs == differs
    if differs:
        with pytest.raises(NotSure):
            together(kept, other)

    together(kept, other, sure=True)

    assert other.merged_into == kept
    assert kept.sex_at_birth == ("" if "sex" in differs else "female")


@pytest.mark.parametrize(
    "change",
    [
        lambda kept, other: Patient.objects.filter(pk=other.pk).update(area="Elsewhere"),
        lambda kept, other: builders.a_booking(patient=other),
        lambda kept, other: builders.a_consent(patient=other),
    ],
)
def test_what_changed_since_it_was_shown_is_shown_again(kept, other, change):
    seen = read_plan(kept=kept, other=other).seen
    change(kept, other)

    with pytest.raises(refusals.Changed):
        together(kept, other, seen=seen)

    assert other.merged_into is None
