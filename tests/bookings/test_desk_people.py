"""Finding people, adding somebody new, and the page of one person."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from bookings.models import Booking, Status
from clinic.models import Patient, ViewRow
from tests import builders
from tests.bookings.desk_clinic import (
    TUESDAY_10,
    a_course,
    desk,
    find,
    somebody,
    take,
    visit,
)
from tests.bookings.patient_clinic import at_now, local, place, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


# Finding


@pytest.mark.parametrize("typed", ["Ravi", "ravi n", "Naik", "raavi", "ರವಿ", "रवि"])
def test_find_by_name_in_any_script(desk, place, typed):
    ravi = somebody()
    somebody("Meena Pillai")

    assert [one["patient"] for one in find(desk, typed).context["people"]] == [ravi]


@pytest.mark.parametrize("typed", ["4521", "98450 14521", "+91 98450-14521", "9845", "೪೫೨೧"])
def test_find_by_figures_of_the_phone(desk, place, typed):
    ravi = somebody(phone="+919845014521")
    somebody("Meena Pillai", phone="+919000000001")

    assert [one["patient"] for one in find(desk, typed).context["people"]] == [ravi]


def test_find_by_reference_puts_that_patient_first(desk, place):
    booking = visit(place)

    found = find(desk, booking.reference.lower()).context["people"]

    assert [one["patient"] for one in found] == [booking.patient]


@pytest.mark.parametrize("typed", ["", "   ", "zzzz", "452", "\u200b", "%", "_"])
def test_find_nobody(desk, place, typed):
    somebody(phone="+919845014521")

    page = find(desk, typed)

    assert (page.status_code, page.context["people"]) == (200, [])


def test_find_leaves_out_records_that_were_merged(desk, place):
    ravi = somebody()
    Patient.objects.filter(pk=somebody("Ravi N").pk).update(merged_into=ravi)

    assert [one["patient"] for one in find(desk, "ravi").context["people"]] == [ravi]


def test_find_puts_no_name_into_an_address(desk, place):
    answer = desk.post("/desk/patients/", {"q": "Ravi", "at": place.location.slug, "day": "2026-11-04"})

    assert answer["Location"] == f"/desk/patients/?at={place.location.slug}&day=2026-11-04&found=1"


def test_find_begins_anew_from_the_link(desk, place):
    somebody()
    find(desk, "ravi")

    page = desk.get("/desk/patients/")

    assert (page.context["typed"], page.context["people"]) == ("", [])


def test_find_shows_age_area_and_visits(desk, place):
    ravi = somebody(born_on=date(1992, 12, 3), area="Ulsoor", phone="+919845014521")
    builders.a_booking(
        patient=ravi, starts=NOW - timedelta(days=40), status=Status.DONE, location=place.location
    )
    builders.a_booking(patient=ravi, starts=local(TUESDAY_10), location=place.location)

    page = text_of(find(desk, "ravi"))

    assert (
        "Ravi Naik 33, Ulsoor ends 4521 Last here: 23 Sep 2026 Next: Tue 3 Nov, 10:00 am Book" in page
    )


def test_find_takes_as_many_queries_for_one_as_for_three(desk, place, django_assert_num_queries):
    somebody()
    find(desk, "naik")
    with django_assert_num_queries(6):
        desk.get("/desk/patients/?found=1")
    for name in ("Ravi Naik", "Asha Naik"):
        somebody(name)
    with django_assert_num_queries(6):
        assert len(desk.get("/desk/patients/?found=1").context["people"]) == 3


# Somebody new


def test_new_patient_is_added_and_booked_in_three_clicks(desk, place):
    page = find(desk, "Xenia Pinto")  # one
    form = {"name": page.context["form"].initial["name"], "phone": "98450 12345"}
    added = desk.post(page.context["new_action"], form)  # two
    answer = take(desk, desk.get(added["Location"]), TUESDAY_10)  # three

    booking = Booking.objects.get()
    assert answer.status_code == 302
    assert (booking.patient.name, booking.patient.phone) == ("Xenia Pinto", "+919845012345")
    assert (booking.status, booking.starts) == (Status.BOOKED, local(TUESDAY_10))
    assert booking.patient.account.phone == "+919845012345"


def test_new_patient_twice_is_the_same_person(desk, place):
    for _ in range(2):
        desk.post("/desk/patients/new/", {"name": "Xenia Pinto", "phone": "98450 12345"})

    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "", "phone": "98450 12345"}, "Enter a name"),
        ({"name": "Xenia", "phone": ""}, "Enter a mobile number"),
        ({"name": "Xenia", "phone": "12"}, "Mobile number – Enter a mobile number"),
        ({"name": "\u200b\u202e", "phone": "98450 12345"}, "Enter a name"),
    ],
)
def test_new_patient_is_asked_again_with_what_was_typed(desk, place, typed, words):
    answer = desk.post("/desk/patients/new/", typed)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert f'value="{typed["phone"]}"' in answer.content.decode() or not typed["phone"]
    assert Patient.objects.count() == 0


# One person


def test_patient_page_shows_visits_and_sessions_that_want_a_time(desk, place):
    course = a_course(place, given="2026-10-28")
    patient = course.patient
    builders.a_booking(patient=patient, starts=local(TUESDAY_10), location=place.location)

    page = desk.get(reverse("desk_patient", args=[patient.pk]))

    [session] = page.context["sessions"]
    assert (session["number"], session["first"], session["last"]) == (2, "Sat 7 Nov", "Wed 18 Nov")
    assert [one["when"] for one in page.context["coming"]] == ["Tue 3 Nov, 10:00 am"]
    assert ViewRow.objects.filter(patient=patient, by=desk.user, what="contact").count() == 1


def test_patient_page_names_no_product(desk, place):
    course = a_course(place, product=builders.a_product(name="Secret Serum"))

    assert "Secret" not in text_of(desk.get(reverse("desk_patient", args=[course.patient.pk])))


def test_patient_page_takes_as_many_queries_for_one_visit_as_for_three(
    desk, place, django_assert_num_queries
):
    ravi = somebody()
    page = reverse("desk_patient", args=[ravi.pk])
    builders.a_booking(patient=ravi, starts=local(TUESDAY_10), location=place.location)
    with django_assert_num_queries(10):
        desk.get(page)
    for day in (4, 5):
        builders.a_booking(patient=ravi, starts=local(f"2026-11-0{day}T10:00"), location=place.location)
    with django_assert_num_queries(10):
        desk.get(page)
