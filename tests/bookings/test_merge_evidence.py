"""Two records of one person become one: evidence changes its patient and nothing else, agreements stand once,
and the doctor reads anew what both records say.
"""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from bookings.services.reviewing import waiting
from clinic.models import Alarm, AuditRow, Patient, ReminderConsent, ViewRow
from consultations.models import Answer, Consent, Consultation, Decision, Intake, Screening, SymptomReport
from consultations.services.screenings import patient_answers
from tests import builders
from tests.bookings.merging_clinic import EARLIER, kept, manager, other, somebody, together, whole_record
from tests.builders import NOW
from treatments.models import Prescription, Record

__all__ = ["kept", "manager", "other"]
pytestmark = pytest.mark.django_db


def test_signed_evidence_is_as_it_was_but_for_whose_it_is(kept, other):
    whole_record(other)
    evidence = (Answer, Screening, Decision, Consultation, SymptomReport, Prescription, Record)
    before = {model: list(model.objects.order_by("pk").values()) for model in evidence}

    together(kept, other)

    for model in evidence:
        now = list(model.objects.filter(pk__in=[row["id"] for row in before[model]]).order_by("pk").values())
        assert now == [
            row | ({"patient_id": kept.pk} if "patient_id" in row else {}) for row in before[model]
        ]


# Rows that are never changed


def set_merging(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('clinic.merging', %s, true)", [value])


def refuses(work):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        work()
    return True


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (AuditRow, {"action": "other"}),
        (ViewRow, {"what": "other"}),
        (Screening, {"outcome": "ABS"}),
        (Decision, {"reason": "other"}),
        (Consultation, {"findings": "other"}),
        (SymptomReport, {"at": NOW}),
    ],
)
def test_evidence_lets_nothing_change_but_its_patient_and_only_from_the_one_to_the_other(
    kept, other, model, change
):
    whole_record(other)
    third = builders.a_patient()
    one = model.objects.filter(pk=model.objects.filter(patient=other).first().pk)

    for leave in ("", f"{kept.pk}>{other.pk}", f"{other.pk}>{third.pk}"):
        set_merging(leave)
        assert refuses(lambda: one.update(patient=kept))
    set_merging(f"{other.pk}>{kept.pk}")
    assert refuses(lambda: one.update(patient=third))
    assert refuses(lambda: one.update(patient=kept, **change))
    assert refuses(lambda: one.update(**change))
    assert refuses(lambda: one._raw_delete(one.db))
    assert one.update(patient=kept) == 1


def test_evidence_lets_no_json_change_on_the_way(kept, other):
    whole_record(other)
    set_merging(f"{other.pk}>{kept.pk}")

    assert refuses(lambda: Screening.objects.update(patient=kept, answers={"pregnant": "yes"}))
    assert refuses(lambda: Screening.objects.update(patient=kept, answers={"pregnant": "no "}))
    assert refuses(lambda: AuditRow.objects.filter(patient=other).update(patient=kept, detail={"n": 1}))


def test_evidence_without_a_patient_never_changes(kept, other):
    whole_record(other)
    set_merging(f"{other.pk}>{kept.pk}")

    for model, change in ((Answer, {"value": "yes"}), (Record, {"note": "x"}), (Prescription, {"note": "x"})):
        rows = model.objects.order_by("pk")
        assert refuses(lambda rows=rows, change=change: rows.update(**change))
        assert refuses(lambda rows=rows: rows._raw_delete(rows.db))


def test_the_leave_to_move_evidence_ends_with_the_merge(kept, other):
    whole_record(other)
    together(kept, other)

    assert refuses(lambda: Decision.objects.update(patient=other))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('clinic.merging', true)")
        assert cursor.fetchone() == ("",)


# What may stand only once


@pytest.mark.parametrize(
    ("mine", "theirs", "stands"),
    [
        ([(1, None)], [(2, None)], [2]),  # both yes: the newer
        ([(2, None)], [(1, None)], [2]),
        ([(1, None)], [], [1]),
        ([], [(1, None)], [1]),
        ([(1, 3)], [(2, None)], []),  # taken back after that yes
        ([(1, 2)], [(3, None)], [3]),  # said yes again
        ([(1, 2)], [(1, 3)], []),
        ([(1, 2), (2, None)], [(1, None)], [2]),  # agreed anew to other words
    ],
)
def test_of_two_agreements_the_newest_word_counts(kept, other, mine, theirs, stands):
    for patient, rows in ((kept, mine), (other, theirs)):
        for given_day, taken_back in rows:
            agreed = builders.a_consent(patient=patient, now=EARLIER + timedelta(days=given_day))
            yes = builders.reminder_consent(patient=patient, now=EARLIER + timedelta(days=given_day))
            for one in (agreed, yes) if taken_back else ():
                one.withdrawn_at = EARLIER + timedelta(days=taken_back)
                one.save()

    together(kept, other)

    for model in (Consent, ReminderConsent):
        standing = model.objects.filter(patient=kept, withdrawn_at=None)
        assert [(one.given_at - EARLIER).days for one in standing] == stands
        assert model.objects.filter(patient=kept).count() == len(mine) + len(theirs)


def test_agreements_to_injections_count_each_for_what_it_is_about(kept, other):
    """The newest word on one course says nothing about another."""
    minoxidil, dutasteride = ({"about": {"ingredients": [name]}, "about_key": name} for name in ("m", "d"))
    for patient, what, day in ((kept, minoxidil, 1), (other, minoxidil, 2), (kept, dutasteride, 3)):
        now = EARLIER + timedelta(days=day)
        builders.a_consent(patient=patient, purpose="procedure", now=now, **what)
    taken_back = builders.a_consent(patient=other, purpose="procedure", now=EARLIER, **dutasteride)
    Consent.objects.filter(pk=taken_back.pk).update(withdrawn_at=EARLIER + timedelta(days=4))

    together(kept, other)

    standing = Consent.objects.filter(patient=kept, withdrawn_at=None)
    assert [(one.about_key, (one.given_at - EARLIER).days) for one in standing] == [("m", 2)]


def test_duplicates_that_ended_are_no_word_against_a_third_record(kept, other):
    third = somebody()
    for days, patient in enumerate((kept, other, third)):
        builders.a_consent(patient=patient, now=EARLIER + timedelta(days=days))
    together(kept, other)

    together(third, kept)

    assert Consent.objects.filter(patient=third, withdrawn_at=None).count() == 1


def test_of_two_open_forms_the_one_begun_last_goes_on(kept, other):
    older = builders.an_intake(patient=kept, submitted=False, now=EARLIER)
    newer = builders.an_intake(patient=other, submitted=False, now=NOW)

    together(kept, other)

    older.refresh_from_db()
    assert older.submitted_at == NOW
    assert Intake.objects.get(submitted_at=None) == newer


# What the doctor reads


def test_the_doctor_is_asked_to_read_both_answers_together(kept, other, manager):
    mine, theirs = (
        builders.a_decision(
            screening=builders.a_screening(intake=builders.an_intake(patient=one, answers=said))
        )
        for one, said in ((kept, {"pregnant": "no"}), (other, {"breastfeeding": "yes"}))
    )
    assert waiting(now=NOW) == []

    together(kept, other, by=manager)

    [row] = waiting(now=NOW)
    assert row.patient == kept
    assert row.screening.answers | {"pregnant": "no", "breastfeeding": "yes"} == row.screening.answers
    assert row.screening.last_answer_id > max(mine.last_answer_id, theirs.last_answer_id)
    assert "records_merged" not in patient_answers(kept, NOW.date())


def test_nobody_is_rung_again_about_what_was_settled(kept, other):
    whole_record(kept)
    whole_record(other)
    alarms = Alarm.objects.count()

    together(kept, other, why="nobody knew")

    assert Alarm.objects.filter(kind="answers").count() == 0
    assert Alarm.objects.count() == alarms


@pytest.mark.parametrize("answered", ["kept", "other"])
def test_nothing_is_news_where_only_one_record_has_answers(kept, other, answered):
    whole_record({"kept": kept, "other": other}[answered])
    answers = Answer.objects.count()

    together(kept, other)

    assert (Answer.objects.count(), waiting(now=NOW)) == (answers, [])


def test_another_birth_is_news_even_so(kept, other):
    whole_record(other)
    assert waiting(now=NOW) == []
    Patient.objects.filter(pk=kept.pk).update(born_on=date(1990, 6, 1))

    together(kept, other, birth=kept)

    assert [row.patient for row in waiting(now=NOW)] == [kept]


def test_answers_that_nobody_sent_are_left_alone(kept, other):
    for patient in (kept, other):
        builders.an_intake(patient=patient, submitted=False, purpose="full" if patient == kept else "update")

    together(kept, other)

    assert Screening.objects.count() == 0
