"""Agreement to what a course injects: bound to the protocol's release and the ingredients, nothing else."""

from datetime import date

import pytest

from clinic.models import Release
from consultations import refusals
from consultations.models import Consent
from consultations.services.agreements import BY_LOG_IN, words_hash
from consultations.services.withdrawals import withdraw_consent
from tests import builders
from tests.builders import NOW
from treatments.models import CourseSession, Prescription, Product
from treatments.rules import protocols
from treatments.services.agreeing import (
    Shown,
    agree_to_course,
    agreed_courses,
    consent_subject,
)
from treatments.services.may_treat import may_treat

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 2)


def a_release(protocol="P5", version=1):
    found = Release.objects.filter(kind="protocol", code=protocol, version=version).first()
    content = protocols.content(protocols.PROTOCOLS[protocol]) | {"example": version}
    return found or builders.a_release(kind="protocol", code=protocol, version=version, content=content)


def a_course(*, ingredients=("water", "minoxidil"), **fields):
    """One that nobody has agreed to yet."""
    product = builders.a_product(ingredients=ingredients)
    course = builders.a_course(**{"protocol": a_release(), "product": product} | fields)
    Consent.objects.filter(patient=course.patient, purpose="procedure").delete()
    return course


def shown_of(course):
    subject = consent_subject(course)
    return Shown(words=words_hash(subject.document), language="en", about_key=subject.key)


def say_yes(course, shown=None):
    return agree_to_course(
        course=course, shown=shown or shown_of(course), by=course.patient.account, now=NOW, signing=BY_LOG_IN
    )


def needs_consent(course, *, stage="injecting"):
    session = course.sessions.select_related("course__patient", "product").get(number=1)
    found = may_treat(patient=course.patient, session=session, day=TODAY, stage=stage, now=NOW)
    return "no_procedure_consent" in [one.code for one in found]


def test_the_subject_is_the_release_and_what_is_in_the_products():
    assert consent_subject(a_course()).about == {
        "protocol": {
            "code": "P5",
            "version": 1,
            "title": "Minoxidil 0.5 %, ten weekly sessions",
            "sessions": 10,
            "days_apart": [7, 7],
        },
        "ingredients": ["minoxidil", "water"],
    }


def test_ingredients_of_all_products_of_the_course_count_once():
    course = a_course()
    other = builders.a_product(ingredients=("dutasteride", "water"))
    CourseSession.objects.filter(course=course, number=3).update(product=other)

    assert consent_subject(course).about["ingredients"] == ["dutasteride", "minoxidil", "water"]


@pytest.mark.parametrize("stage", ["numbing", "injecting"])
def test_the_needle_waits_for_the_agreement(stage):
    course = a_course()
    assert needs_consent(course, stage=stage)

    say_yes(course)

    assert not needs_consent(course, stage=stage)


@pytest.mark.parametrize("stage", ["placing", "arriving"])
def test_placing_and_arriving_do_not_wait(stage):
    assert not needs_consent(a_course(), stage=stage)


def test_another_protocol_or_another_ingredient_asks_again():
    course = a_course()
    say_yes(course)
    Product.objects.update(ingredients=["minoxidil", "propylene glycol", "water"])
    assert needs_consent(course)
    say_yes(course)
    assert not needs_consent(course)

    course.protocol = a_release(version=2)
    course.save(update_fields=["protocol"])
    assert needs_consent(course)


def test_nothing_else_asks_again():
    course = a_course()
    say_yes(course)
    other = builders.a_product(name="Other label", ingredients=("minoxidil", "water"))
    CourseSession.objects.filter(course=course).update(product=other)
    CourseSession.objects.filter(course=course, number=3).update(target=20, dropped_reason="revised")
    first = course.prescriptions.get()
    Prescription.objects.create(
        course=course, revision=2, decision=first.decision, steps=first.steps, signed_by=first.signed_by,
        signed_at=NOW, key=builders.next_key(),
    )  # fmt: skip
    Product.objects.update(regulatory_status="licensed_injectable", is_active=False)

    assert not needs_consent(course)


def test_each_course_has_its_own():
    first = a_course()
    second = a_course(
        decision=first.patient.decisions.get(), ingredients=("dutasteride",), protocol=a_release("P1")
    )
    say_yes(first)

    assert (needs_consent(first), needs_consent(second)) == (False, True)
    assert agreed_courses([first.pk, second.pk]) == {first.pk}

    say_yes(second)
    about = consent_subject(first).about
    withdraw_consent(
        patient=first.patient, purpose="procedure", about=about, by=first.patient.account, now=NOW
    )
    assert agreed_courses([first.pk, second.pk]) == {second.pk}


def test_somebody_elses_agreement_is_none():
    mine, theirs = a_course(), a_course()
    say_yes(theirs)

    assert consent_subject(mine) == consent_subject(theirs)
    assert needs_consent(mine)
    assert agreed_courses([mine.pk, theirs.pk]) == {theirs.pk}


def test_off_label_use_has_words_of_its_own_and_the_same_subject():
    course = a_course()
    off_label = consent_subject(course)
    Product.objects.update(regulatory_status="licensed_injectable")

    licensed = consent_subject(course)

    assert (off_label.document, licensed.document) == ("procedure_off_label", "procedure")
    assert off_label.key == licensed.key


def test_what_is_injected_may_not_change_between_reading_and_agreeing():
    course = a_course()
    shown = shown_of(course)
    Product.objects.update(ingredients=["dutasteride"])

    with pytest.raises(refusals.WordsChanged):
        say_yes(course, shown)


def test_agreement_of_many_courses_takes_two_queries(django_assert_num_queries):
    first = a_course()
    say_yes(first)
    with django_assert_num_queries(2):
        agreed_courses([first.pk])
    more = [a_course() for _ in range(2)]
    with django_assert_num_queries(2):
        agreed_courses([first.pk, *(one.pk for one in more)])
