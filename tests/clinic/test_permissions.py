"""Each loader × each role: what opens, what is not there, and what leaves a view row."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from bookings import permissions as bookings
from bookings.models import Change, ChangeLine
from clinic import permissions as clinic
from clinic.middleware import PinMiddleware
from clinic.models import Patient, StaffRole, ViewRow
from clinic.permissions import PinNeeded
from consultations import permissions as consultations
from tests.builders import (
    NOW,
    a_booking,
    a_consultation,
    a_course,
    a_decision,
    a_location,
    a_message,
    a_patient,
    a_record,
    a_screening,
    an_account,
    an_alarm,
    an_intake,
    staff,
)
from treatments import permissions as treatments

pytestmark = pytest.mark.django_db

STAFF = ("front_desk", "nurse", "dermatologist", "manager")
CLINICIANS = {"nurse", "dermatologist"}


def request_of(user=None, *, method="GET", path="/here/?a=1", session=None, **headers):
    request = RequestFactory().generic(method, path, **headers)
    request.user = user or AnonymousUser()
    request.session = session if session is not None else SessionStore()
    request.htmx = False
    return request


def opens(load, *args, **kwargs):
    try:
        return load(*args, **kwargs)
    except Http404:
        return None


def who_opens(load, patient, *args, **kwargs):
    """The roles for which `load` finds the row, the patient's own account and another account among them."""
    users = {role: staff(role=role) for role in STAFF}
    users |= {"patient": patient.account, "other": an_account(), "anonymous": None}
    return {who for who, user in users.items() if opens(load, request_of(user), *args, **kwargs)}


# Records


def test_load_intake_opens_for_the_patient_alone():
    intake = an_intake()

    assert who_opens(consultations.load_intake, intake.patient, intake.pk, now=NOW) == {"patient"}


def test_load_intake_opens_for_clinicians_where_they_help():
    intake = an_intake(help="relative", helper_name="A cousin")

    assert who_opens(consultations.load_intake, intake.patient, intake.pk, now=NOW) == {
        "patient",
        *CLINICIANS,
    }


def test_load_record_opens_for_the_patient_and_clinicians():
    patient = a_patient()

    assert who_opens(consultations.load_record, patient, patient.pk, now=NOW) == {"patient", *CLINICIANS}


def test_load_screening_opens_for_clinicians_alone():
    screening = a_screening()

    assert who_opens(consultations.load_screening, screening.patient, screening.pk, now=NOW) == CLINICIANS


def test_load_decision_opens_for_the_patient_and_clinicians():
    decision = a_decision()
    opened = who_opens(consultations.load_decision, decision.patient, decision.pk, now=NOW)

    assert opened == {"patient", *CLINICIANS}


def test_load_consultation_opens_for_the_patient_and_clinicians():
    consultation = a_consultation()
    opened = who_opens(consultations.load_consultation, consultation.patient, consultation.pk, now=NOW)

    assert opened == {"patient", *CLINICIANS}


def test_load_course_and_session_open_for_the_patient_and_clinicians():
    course = a_course()
    session = course.sessions.get(number=1)

    assert who_opens(treatments.load_course, course.patient, course.pk, now=NOW) == {"patient", *CLINICIANS}
    assert who_opens(treatments.load_session, course.patient, session.pk, now=NOW) == {"patient", *CLINICIANS}


def test_load_treatment_record_opens_for_clinicians_alone():
    record = a_record()
    patient = record.session.course.patient

    assert who_opens(treatments.load_treatment_record, patient, record.pk, now=NOW) == CLINICIANS


def test_load_alarm_opens_for_clinicians_alone():
    alarm = an_alarm()

    assert who_opens(clinic.load_alarm, alarm.patient, alarm.pk, now=NOW) == CLINICIANS


def test_times_of_a_course_open_for_the_patient_and_every_role():
    course = a_course()
    session = course.sessions.get(number=1)
    everybody = {"patient", *STAFF}

    assert who_opens(treatments.load_course_times, course.patient, course.pk) == everybody
    assert who_opens(treatments.load_session_times, course.patient, session.pk) == everybody


def test_load_patient_and_message_open_for_every_role_and_not_for_patients():
    message = a_message()

    assert who_opens(clinic.load_patient, message.patient, message.patient.pk, now=NOW) == set(STAFF)
    assert who_opens(clinic.load_message, message.patient, message.pk) == set(STAFF)


def test_load_booking_opens_for_the_patient_and_every_role():
    booking = a_booking()

    assert who_opens(bookings.load_booking, booking.patient, booking.reference) == {"patient", *STAFF}


@pytest.mark.parametrize("load", [consultations.load_intake, treatments.load_course, clinic.load_patient])
def test_loaders_do_not_find_what_is_not_there(load):
    assert opens(load, request_of(staff(role="dermatologist")), 999_999_999, now=NOW) is None
    assert opens(load, request_of(a_patient().account), 10**30, now=NOW) is None


def test_merged_patient_is_no_longer_the_accounts():
    kept = a_patient()
    merged = a_patient(account=kept.account)
    intake, booking = an_intake(patient=merged), a_booking(patient=merged)
    course = a_course(decision=a_decision(patient=merged))
    Patient.objects.filter(pk=merged.pk).update(merged_into=kept)
    request = request_of(kept.account)

    assert opens(clinic.load_own_patient, request, merged.pk) is None
    assert opens(consultations.load_intake, request, intake.pk, now=NOW) is None
    assert opens(bookings.load_booking, request, booking.reference) is None
    assert opens(treatments.load_course_times, request, course.pk) is None


def test_the_number_of_a_merged_record_leads_staff_to_the_one_that_is_kept():
    kept, request = a_patient(), request_of(staff(role="dermatologist"))
    merged = a_patient(merged_into=kept)
    everybody, of_itself = Patient.objects.all(), {"of": "", "now": NOW}

    assert clinic.load_patient(request, merged.pk, now=NOW) == kept
    assert clinic.load_for_clinicians(request, everybody, pk=merged.pk, **of_itself) == kept
    assert set(ViewRow.objects.values_list("patient", flat=True)) == {kept.pk}


def test_somebody_without_a_role_opens_nothing():
    user = staff(role="dermatologist")
    user.roles.all().delete()
    booking, intake = a_booking(), an_intake()

    assert opens(consultations.load_intake, request_of(user), intake.pk, now=NOW) is None
    assert opens(bookings.load_booking, request_of(user), booking.reference) is None


def test_role_without_being_staff_opens_nothing():
    account = an_account()
    StaffRole.objects.create(user=account, role="dermatologist")

    assert opens(consultations.load_intake, request_of(account), an_intake().pk, now=NOW) is None


# Reading is noted


def test_clinicians_reading_is_noted_and_the_patients_is_not():
    intake, nurse = an_intake(help="relative", helper_name="A cousin"), staff(role="nurse")
    consultations.load_intake(request_of(nurse), intake.pk, now=NOW)
    consultations.load_intake(request_of(intake.patient.account), intake.pk, now=NOW)

    assert list(ViewRow.objects.values_list("by", "patient", "what", "at")) == [
        (nurse.pk, intake.patient_id, "intake", NOW)
    ]


def test_desk_opening_a_person_is_noted_too():
    patient, desk = a_patient(), staff(role="front_desk")
    clinic.load_patient(request_of(desk), patient.pk, now=NOW)

    assert list(ViewRow.objects.values_list("by", "patient", "what")) == [(desk.pk, patient.pk, "contact")]


def test_what_was_refused_is_not_noted():
    opens(consultations.load_intake, request_of(staff(role="front_desk")), an_intake().pk, now=NOW)

    assert ViewRow.objects.count() == 0


# One location


def test_role_at_one_location_opens_that_diary_alone():
    here, there = a_location(), a_location()
    desk = staff(role="front_desk", location=here)
    mine, other = a_booking(location=here), a_booking(location=there)
    course, elsewhere = a_course(location=here), a_course(location=there)

    assert bookings.load_booking(request_of(desk), mine.reference) == mine
    assert opens(bookings.load_booking, request_of(desk), other.reference) is None
    assert treatments.load_course_times(request_of(desk), course.pk) == course
    assert opens(treatments.load_course_times, request_of(desk), elsewhere.pk) is None
    assert opens(treatments.load_session_times, request_of(desk), elsewhere.sessions.get(number=1).pk) is None
    assert [location.pk for location in clinic.my_locations(request_of(desk))] == [here.pk]
    assert clinic.load_location(request_of(desk), here.slug) == here
    assert opens(clinic.load_location, request_of(desk), there.slug) is None


def test_location_counts_for_the_role_it_was_given_for():
    here, there = a_location(), a_location()
    user = staff(role="front_desk", location=here)
    StaffRole.objects.create(user=user, role="manager", location=there)
    request = request_of(user)

    assert clinic.load_location(request, there.slug, "manager") == there
    assert opens(clinic.load_location, request, here.slug, "manager") is None
    assert clinic.duties(request).locations("front_desk", "manager") == {here.pk, there.pk}
    assert clinic.duties(request).covers(here.pk, "front_desk")
    assert not clinic.duties(request).covers(there.pk, "front_desk")


@pytest.mark.parametrize("everywhere_first", [True, False])
def test_same_role_here_and_everywhere_is_everywhere(everywhere_first):
    here = a_location()
    user = staff(role="nurse", location=None if everywhere_first else here)
    StaffRole.objects.create(user=user, role="nurse", location=here if everywhere_first else None)

    assert clinic.duties(request_of(user)).locations("nurse") is None


def test_role_somebody_does_not_have_has_no_location():
    assert clinic.duties(request_of(staff(role="nurse"))).locations("manager") == frozenset()


def test_location_that_is_not_open_is_not_there():
    draft = a_location(is_open=False)

    assert opens(clinic.load_location, request_of(staff(role="manager")), draft.slug) is None


def test_record_follows_the_patient_to_every_location():
    nurse = staff(role="nurse", location=a_location())
    course = a_course(location=a_location())

    assert treatments.load_course(request_of(nurse), course.pk, now=NOW) == course


# A browser before the log-in


def test_browsers_have_keys_of_their_own():
    mine, other = request_of(), request_of()

    assert clinic.browser_key(mine) == clinic.browser_key(mine)
    assert clinic.browser_key(mine) != clinic.browser_key(other)
    assert len(clinic.browser_key(mine)) == 40


def test_browser_key_is_the_same_after_the_log_in(client):
    client.get("/account/login/")
    session = client.session
    before = clinic.browser_key(request_of(session=session))
    session.save()
    client.cookies["clinic_session"] = session.session_key
    client.force_login(an_account())

    assert clinic.browser_key(request_of(session=client.session)) == before


# An act at the door


def a_change(*touched):
    change = Change.objects.create(key=uuid.uuid4(), action="move", payload_hash="0" * 64, at=NOW)
    for booking in touched:
        ChangeLine.objects.create(change=change, booking=booking, before={}, after={})
    return change


def test_change_opens_for_whoever_may_see_all_it_touched():
    booking = a_booking()
    change = a_change(booking)

    assert who_opens(bookings.load_change, booking.patient, change.key) == {"patient", *STAFF}


def test_change_of_others_bookings_too_does_not_open():
    mine, other = a_booking(), a_booking()
    change = a_change(mine, other)

    assert opens(bookings.load_change, request_of(mine.patient.account), change.key) is None
    assert bookings.load_change(request_of(staff(role="manager")), change.key) == change


# Decorators


def seen(request, *args):
    return HttpResponse(f"seen by {getattr(request, 'patient', None) and request.patient.pk}")


def answer(view, request):
    try:
        response = view(request)
    except Http404:
        return 404
    return response.get("Location") or response.content.decode()


def test_staff_view_is_for_its_roles():
    view = clinic.staff("nurse", "dermatologist")(seen)
    answers = {role: answer(view, request_of(staff(role=role))) for role in STAFF}

    assert answers == {
        "front_desk": 404,
        "nurse": "seen by None",
        "dermatologist": "seen by None",
        "manager": 404,
    }
    assert answer(view, request_of(an_account())) == 404
    assert answer(view, request_of()) == "/staff/login/?next=%2Fhere%2F%3Fa%3D1"


def test_staff_view_without_roles_is_for_all_of_them():
    view = clinic.staff()(seen)

    assert {answer(view, request_of(staff(role=role))) for role in STAFF} == {"seen by None"}
    assert answer(view, request_of(an_account())) == 404


def test_patient_view_has_the_accounts_only_person():
    patient = a_patient()
    view = clinic.patient_required(seen)

    assert answer(view, request_of(patient.account)) == f"seen by {patient.pk}"
    assert answer(view, request_of(staff(role="nurse"))) == 404
    assert answer(view, request_of()) == "/account/login/?next=%2Fhere%2F%3Fa%3D1"


@pytest.mark.parametrize("how_many", [0, 2])
def test_patient_view_asks_who_it_is_for(how_many):
    account = an_account()
    for _ in range(how_many):
        a_patient(account=account)

    assert answer(clinic.patient_required(seen), request_of(account)) == (
        "/account/people/?next=%2Fhere%2F%3Fa%3D1"
    )


def test_patient_view_keeps_who_was_chosen_and_nobody_elses():
    mother = a_patient()
    son, stranger = a_patient(account=mother.account), a_patient()
    request, forged = request_of(mother.account), request_of(mother.account)
    clinic.choose_patient(request, son)
    clinic.choose_patient(forged, stranger)

    assert answer(clinic.patient_required(seen), request) == f"seen by {son.pk}"
    assert answer(clinic.patient_required(seen), forged).startswith("/account/people/")


# A shared phone


def test_code_alone_opens_times_but_no_record_behind_a_shared_phone():
    course = a_course(decision=a_decision(patient=a_patient(phone_shared=True)))
    request = request_of(course.patient.account)

    assert treatments.load_course_times(request, course.pk) == course
    assert answer(clinic.patient_required(seen), request) == f"seen by {course.patient.pk}"
    with pytest.raises(PinNeeded):
        treatments.load_course(request, course.pk, now=NOW)
    with pytest.raises(PinNeeded):
        clinic.record_required(seen)(request)


def test_pin_opens_the_record_of_that_person_alone():
    mother = a_patient(phone_shared=True)
    son = a_patient(account=mother.account, phone_shared=True)
    request = request_of(mother.account)
    clinic.open_by_pin(request, son)
    clinic.choose_patient(request, son)

    assert consultations.load_record(request, son.pk, now=NOW) == son
    assert answer(clinic.record_required(seen), request) == f"seen by {son.pk}"
    with pytest.raises(PinNeeded):
        consultations.load_record(request, mother.pk, now=NOW)


def test_missing_pin_leads_to_its_page_and_back():
    patient = a_patient(phone_shared=True)
    request = request_of(patient.account)
    response = PinMiddleware(None).process_exception(request, PinNeeded(patient.pk))

    assert response["Location"] == f"/account/people/{patient.pk}/pin/?next=%2Fhere%2F%3Fa%3D1"
    assert PinMiddleware(None).process_exception(request, ValueError()) is None
