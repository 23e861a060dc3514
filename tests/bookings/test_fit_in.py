"""Squeezing somebody in beside a list: few in each half of a day, and for a reason."""

import pytest
from django.urls import reverse

from bookings.models import Booking, Claim, Status
from clinic.models import Location
from tests import builders
from tests.bookings.desk_clinic import AT_11, desk, somebody, visit
from tests.bookings.patient_clinic import at_now, buttons, carried, hidden, local, place, text_of

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


def fit_in_page(desk, patient, query=""):
    return desk.get(reverse("desk_fit_in", args=[patient.pk]) + query)


def squeeze(desk, page, starts, place, **fields):
    sent = {
        "key": hidden(page, "key"),
        "starts": f"{carried(starts)}/{place.doctor.pk}",
        "reason": "from_far",
    }
    return desk.post(page.context["here_href"], sent | fields)


def squeezed(desk, place, starts, name):
    patient = somebody(name)
    return squeeze(desk, fit_in_page(desk, patient), starts, place)


def halves(page):
    return [(half["title"], half["left"]) for one in page.context["lists"] for half in one["halves"]]


def test_fit_in_claims_a_room_but_not_the_doctor(desk, place):
    visit(place, AT_11)
    ravi = somebody()

    page = fit_in_page(desk, ravi)
    answer = squeeze(desk, page, "2026-11-02T11:00", place)

    booking = Booking.objects.get(patient=ravi)
    assert answer.status_code == 302
    assert (booking.status, booking.practitioner, booking.starts) == (Status.BOOKED, place.doctor, AT_11)
    assert booking.fit_in_reason == "Came from far"
    assert [claim.resource.kind for claim in Claim.objects.filter(booking=booking)] == ["room"]


def test_fit_in_offers_only_times_at_which_the_doctor_has_somebody(desk, place):
    visit(place, AT_11)

    page = fit_in_page(desk, somebody())

    assert [value.partition("/")[0] for value in buttons(page, "starts")] == [
        carried(f"2026-11-02T{at}") for at in ("10:45", "11:00", "11:15")
    ]


def test_fit_in_says_how_many_are_left_and_none_after_the_cap(desk, place):
    for starts in ("2026-11-02T11:00", "2026-11-02T15:00"):
        visit(place, local(starts), name="Asha Rao")
    before = halves(fit_in_page(desk, somebody()))
    squeezed(desk, place, "2026-11-02T10:45", "Ravi Naik")
    one_left = halves(fit_in_page(desk, somebody()))
    squeezed(desk, place, "2026-11-02T11:15", "Meena Pai")
    none_left = fit_in_page(desk, somebody())

    assert before == [("Morning", "2 left"), ("Afternoon", "2 left")]
    assert one_left == [("Morning", "1 left"), ("Afternoon", "2 left")]
    assert halves(none_left) == [("Morning", "none left"), ("Afternoon", "2 left")]
    assert not any(value < carried("2026-11-02T12:00") for value in buttons(none_left, "starts"))


def test_fit_in_past_the_cap_is_refused_politely(desk, place):
    Location.objects.filter(pk=place.location.pk).update(fit_ins_per_half_day=1)
    visit(place, AT_11)
    late = fit_in_page(desk, somebody("Meena Pai"))
    squeezed(desk, place, "2026-11-02T10:45", "Ravi Naik")

    answer = squeeze(desk, late, "2026-11-02T11:15", place)

    assert answer.status_code == 409
    assert "No more visits can be fitted in with this doctor in this half of the day." in text_of(answer)
    assert Booking.objects.exclude(fit_in_reason="").count() == 1


def test_fit_in_without_a_reason_asks_for_one_and_keeps_what_was_typed(desk, place):
    visit(place, AT_11)
    page = fit_in_page(desk, somebody())

    without = squeeze(desk, page, "2026-11-02T11:00", place, reason="")
    too_long = squeeze(desk, page, "2026-11-02T11:00", place, reason="", other="far " * 30)

    assert (without.status_code, too_long.status_code) == (422, 422)
    assert "Say why, in a few words" in text_of(without)
    assert "far far" in too_long.content.decode()
    assert Booking.objects.count() == 1


def test_fit_in_for_a_reason_in_ones_own_words(desk, place):
    visit(place, AT_11)
    ravi = somebody()

    squeeze(desk, fit_in_page(desk, ravi), "2026-11-02T11:00", place, reason="", other="The bus was late")

    assert Booking.objects.get(patient=ravi).fit_in_reason == "The bus was late"


def test_fit_in_twice_by_the_same_form_is_one_visit(desk, place):
    visit(place, AT_11)
    page = fit_in_page(desk, somebody())

    answers = [squeeze(desk, page, "2026-11-02T11:00", place) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Booking.objects.count() == 2


def test_fit_in_needs_a_room(desk, place):
    visit(place, AT_11)
    builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Iyer")
    visit(place, AT_11, name="Ravi Naik")  # both rooms are taken now

    page = fit_in_page(desk, somebody())
    answer = squeeze(desk, page, "2026-11-02T11:00", place)

    assert not any(value.startswith(carried("2026-11-02T11:00")) for value in buttons(page, "starts"))
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "starts", ["x", "", "2026-11-02T05:30Z", "2026-11-02T05:30Z/0", "2026-11-02T05:30Z/x"]
)
def test_fit_in_without_a_time_and_a_doctor_is_refused(desk, place, starts):
    visit(place, AT_11)
    page = fit_in_page(desk, somebody())

    answer = desk.post(
        page.context["here_href"], {"key": hidden(page, "key"), "starts": starts, "reason": "from_far"}
    )

    assert answer.status_code in (400, 422)
    assert Booking.objects.count() == 1


def test_fit_in_page_takes_as_many_queries_for_one_doctor_as_for_three(
    desk, place, django_assert_num_queries
):
    ravi = somebody()
    fit_in_page(desk, ravi)
    with django_assert_num_queries(19):
        fit_in_page(desk, ravi)
    for _ in range(2):
        builders.a_practitioner(location=place.location, qualified=[place.consultation])
    with django_assert_num_queries(19):
        fit_in_page(desk, ravi)
