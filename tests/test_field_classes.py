from django.apps import apps

from tests.field_classes import FIELD_CLASSES

HOW = 'Give each a word in tests/field_classes.py, for example "clinic.Patient": model(personal="nickname").'


def columns():
    models = apps.get_models(include_auto_created=True)
    return {
        (model._meta.label, field.name) for model in models for field in model._meta.local_concrete_fields
    }


def classified():
    return {(label, field) for label, fields in FIELD_CLASSES.items() for field in fields}


def test_every_column_is_personal_medical_or_neutral():
    assert sorted(columns() - classified()) == [], HOW


def test_no_word_is_left_over_for_a_column_that_went():
    assert sorted(classified() - columns()) == []
