import uuid
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction

from clinic import audit
from clinic.models import AuditRow, ViewRow
from tests.builders import NOW, a_patient, staff

CODES = [
    "booked", "no_show", "drug-allergy", "7-day", "R-06", "P12", "REVIEW", "reminder_24", "", "a.b:c",
    "2026-11-24",
]  # fmt: skip
FREE_TEXT = [
    "Ravi", "RAVI", "ravi kumar", "takes warfarin", "+919000000001", "919000000001", "98450-12345",
    "a@b.example", "ರವಿ", "x" * 41, "a\nb",
]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
@pytest.mark.django_db
def test_record_keeps_codes(code):
    row = audit.record(by=None, action="moved", subject="booking:17", patient=None, now=NOW, why=code)

    assert AuditRow.objects.get(pk=row.pk).detail == {"why": code}


@pytest.mark.parametrize("text", FREE_TEXT)
@pytest.mark.django_db
def test_record_refuses_free_text_and_does_not_quote_it(text):
    with pytest.raises(ValueError, match="why: an audit row takes codes") as refused:
        audit.record(by=None, action="moved", subject="booking:17", patient=None, now=NOW, why=text)

    assert text not in str(refused.value)
    assert AuditRow.objects.count() == 0


@pytest.mark.parametrize("value", [919000000001, 1.5, b"x", {"name": "x"}, object(), [1, "free text"]])
@pytest.mark.django_db
def test_record_refuses_what_is_neither_code_nor_id(value):
    with pytest.raises(ValueError, match="why"):
        audit.record(by=None, action="moved", subject="booking:17", patient=None, now=NOW, why=value)


@pytest.mark.django_db
def test_record_keeps_ids_days_and_lists():
    key = uuid.UUID(int=7)
    row = audit.record(
        by=None, action="moved", subject="course:3", patient=None, now=NOW,
        key=key, day=date(2026, 11, 24), bookings=[1, 2], late=True, rules={"R-06"},
    )  # fmt: skip

    row.refresh_from_db()
    assert row.detail == {
        "key": str(key), "day": "2026-11-24", "bookings": [1, 2], "late": True, "rules": ["R-06"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("action", "subject"), [("moved it", "booking:17"), ("moved", "Ravi"), ("moved", "b:1 2")]
)
@pytest.mark.django_db
def test_record_refuses_an_action_or_subject_that_is_no_code(action, subject):
    with pytest.raises(ValueError, match="such as"):
        audit.record(by=None, action=action, subject=subject, patient=None, now=NOW)


@pytest.mark.django_db
def test_record_takes_nobody_for_somebody_not_logged_in():
    row = audit.record(by=AnonymousUser(), action="held", subject="booking:17", patient=None, now=NOW)

    assert row.by is None


@pytest.mark.django_db
def test_viewed_says_who_read_what():
    patient, doctor = a_patient(), staff(role="dermatologist")
    audit.viewed(by=doctor, patient=patient, what="intake", now=NOW)

    assert list(ViewRow.objects.values_list("by", "patient", "what", "at")) == [
        (doctor.pk, patient.pk, "intake", NOW)
    ]


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("table", [AuditRow, ViewRow])
@pytest.mark.django_db
def test_rows_refuse_to_be_changed(table, change):
    patient, doctor = a_patient(), staff(role="dermatologist")
    audit.record(by=doctor, action="moved", subject="booking:17", patient=patient, now=NOW)
    audit.viewed(by=doctor, patient=patient, what="intake", now=NOW)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        table.objects.update(at=NOW) if change == "update" else table.objects.all()._raw_delete("default")

    assert table.objects.count() == 1
