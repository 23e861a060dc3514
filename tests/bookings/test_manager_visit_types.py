"""Kinds of visit: steps, versions, who does them, prices."""

from datetime import date
from decimal import Decimal

import pytest

from bookings.models import Booking
from bookings.services.house.visit_types import ANY, StepPlan, steps_of
from bookings.services.openings.search import read_visit
from clinic.models import AuditRow, Need, Price, Qualified, Step, VisitType
from tests import builders
from tests.bookings.desk_clinic import TOMORROW_11, session_visit, visit
from tests.bookings.manager_clinic import address, errors_of, fields_of, manager, send
from tests.bookings.patient_clinic import at_now, hidden, place, text_of

__all__ = ["at_now", "manager", "place"]
pytestmark = pytest.mark.django_db

NEW = {
    "name": "Scalp check", "kind": "consultation", "start_every_minutes": "15", "notice_minutes": "60",
    "horizon_days": "90",
}  # fmt: skip
THREE = [
    StepPlan("numbing", 45, {"chair": ANY}),
    StepPlan("injecting", 20, {"practitioner": ANY, "room": ANY}),
    StepPlan("watching", 15, {"chair": 0}),
]


def a_new_type(manager, **fields):
    manager.post(address("new_visit_type"), NEW | fields)
    return VisitType.objects.latest("pk")


def as_typed(*steps):
    """(name, minutes, {box: value}) each."""
    sent = {}
    for n, (name, minutes, needs) in enumerate(steps):
        sent |= {f"s{n}_name": name, f"s{n}_minutes": minutes}
        sent |= {f"s{n}_{kind}": value for kind, value in needs.items()}
    return sent


TALK = ("talking", "30", {"practitioner": "on", "room": "any"})


# The type itself


def test_list_shows_minutes_and_price(manager, place):
    page = text_of(manager.get(address("visit_types")))

    assert "First consultation consultation 30 ₹800 First consultation patients can book it" in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_for_few_and_many(manager, count, django_assert_num_queries):
    for _ in range(count):
        builders.consultation_type()

    with django_assert_num_queries(5):
        manager.get(address("visit_types"))


def test_new_type_is_not_on_the_booking_page(manager):
    made = a_new_type(manager)

    assert (made.code, made.is_online) == ("scalp-check", False)
    assert AuditRow.objects.get(action="visit_type_added").subject == f"visit_type:{made.pk}"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter a name"),
        ("start_every_minutes", "7", "Choose one from the list"),
        ("notice_minutes", "3", "in steps of five"),
        ("notice_minutes", "-60", "Enter minutes from 0"),
        ("notice_minutes", "9" * 40, "Enter minutes from 0"),
        ("horizon_days", "0", "Enter a number from 1 to 366"),
        ("horizon_days", "9" * 40, "Enter a number from 1 to 366"),
        ("kind", "surgery", "Select a valid choice"),
    ],
)
def test_bad_input_is_said_and_stays(manager, field, typed, words):
    answer = manager.post(address("new_visit_type"), NEW | {field: typed})

    assert answer.status_code == 422
    assert words in errors_of(answer)
    assert answer.context["form"][field].value() == typed
    assert VisitType.objects.count() == 0


def test_patients_can_book_it_once_it_has_steps_price_and_somebody(manager, place):
    made = a_new_type(manager)
    url = address("visit_type", made.code)

    refused = send(manager, url, is_online="on")
    assert refused.status_code == 409
    assert "it needs: steps, a price that holds today, a verified dermatologist who does it" in errors_of(
        refused
    )

    send(manager, address("steps", made.code), **as_typed(TALK))
    send(manager, address("qualified", made.code), **{f"p{place.doctor.pk}": "on"})
    manager.post(address("prices", made.code), {"amount": "650", "from_on": "2026-11-02"})
    assert send(manager, url, is_online="on").status_code == 302
    made.refresh_from_db()
    assert made.is_online


def test_a_session_is_never_on_the_booking_page(manager, place):
    url = address("visit_type", place.session.code)

    assert "is_online" not in manager.get(url).context["form"].fields
    send(manager, url, is_online="on", name="Renamed")
    place.session.refresh_from_db()
    assert (place.session.is_online, place.session.name) == (False, "Renamed")


def test_a_colleagues_change_is_not_overwritten_unseen(manager, place):
    url = address("visit_type", place.consultation.code)
    page = manager.get(url)
    sent = fields_of(page) | {"seen": hidden(page, "seen"), "name": "Mine"}
    send(manager, url, name="Theirs")

    assert manager.post(url, sent).status_code == 409
    place.consultation.refresh_from_db()
    assert place.consultation.name == "Theirs"


# Steps


def test_steps_are_read_as_they_are_edited(place):
    assert steps_of(place.session) == THREE


def test_steps_of_an_unused_type_are_replaced(manager):
    made = a_new_type(manager)

    answer = send(
        manager, address("steps", made.code),
        **as_typed(
            ("numbing", "45", {"chair": "any"}), ("injecting", "20", {"practitioner": "on", "room": "any"}),
            ("watching", "15", {"chair": "0"}),
        ),
    )  # fmt: skip

    assert answer["Location"] == address("visit_type", made.code)
    assert steps_of(made) == THREE
    again = send(manager, address("steps", made.code), **dict.fromkeys(("s2_name", "s2_minutes"), ""))
    assert again.status_code == 302
    assert [plan.name for plan in steps_of(made)] == ["numbing", "injecting"]


def test_one_dermatologist_does_the_whole_visit(manager):
    made = a_new_type(manager)

    send(manager, address("steps", made.code), **as_typed(TALK, ("treating", "20", {"practitioner": "on"})))

    first, second = Need.objects.filter(kind="practitioner").order_by("pk")
    assert second.same_as == first
    assert len([need for need in read_visit(made).needs if need.kind == "practitioner"]) == 1


def test_as_in_a_step_that_is_itself_as_in_another_means_the_first(manager):
    made = a_new_type(manager)

    send(
        manager, address("steps", made.code),
        **as_typed(TALK, ("resting", "10", {"room": "0"}), ("watching", "10", {"room": "1"})),
    )  # fmt: skip

    rooms = Need.objects.filter(kind="room").order_by("pk")
    assert [need.same_as for need in rooms] == [None, rooms[0], rooms[0]]


def test_a_row_left_out_between_does_not_shift_what_is_meant(manager):
    made = a_new_type(manager)

    send(
        manager, address("steps", made.code),
        s1_name="talking", s1_minutes="30", s1_practitioner="on", s1_room="any",
    )  # fmt: skip

    assert steps_of(made) == [StepPlan("talking", 30, {"practitioner": ANY, "room": ANY})]


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "A visit has at least one step"),
        ([("talking", "30", {"room": "any"})], "At least one step needs the dermatologist"),
        ([("talking", "7", {"practitioner": "on"})], "in steps of five"),
        ([("talking", "0", {"practitioner": "on"})], "Enter minutes from 5 to 240"),
        ([("talking", "9" * 40, {"practitioner": "on"})], "Enter minutes from 5 to 240"),
        ([("talking", "", {"practitioner": "on"})], "Enter minutes"),
        ([("", "30", {"practitioner": "on"})], "Enter a name"),
        ([TALK, ("rest", "5", {"chair": "0"})], "Step 1 has no chair"),
        ([TALK, ("rest", "5", {"chair": "1"})], "Choose one from the list"),
        ([TALK, ("rest", "5", {"chair": "9" * 40})], "Choose one from the list"),
        ([("x" * 41, "30", {"practitioner": "on"})], "at most 40 characters"),
    ],
)
def test_steps_that_cannot_be_are_said_and_stay(manager, steps, words):
    made = a_new_type(manager)

    answer = send(manager, address("steps", made.code), **as_typed(*steps))

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Step.objects.count() == 0
    if steps:
        assert answer.context["form"]["s0_name"].value() == steps[0][0]


def test_steps_of_more_than_twelve_hours_are_refused(manager):
    made = a_new_type(manager)
    four_hours = [("part", "240", {"practitioner": "on"})] * 2
    send(manager, address("steps", made.code), **as_typed(*four_hours))

    answer = send(manager, address("steps", made.code), **as_typed(*four_hours, *four_hours))

    assert answer.status_code == 422
    assert "A visit lasts at most twelve hours" in text_of(answer)


def test_steps_stay_while_patients_can_book_it(manager, place):
    answer = send(manager, address("steps", place.consultation.code), s0_minutes="45")

    assert answer.status_code == 409
    assert "take it off the booking page first" in errors_of(answer)
    assert read_visit(place.consultation).cells == 6


def test_changing_the_steps_of_a_used_type_makes_a_new_version(manager, place):
    booking = visit(place, TOMORROW_11)
    claims = set(booking.claims.values_list("step", "starts", "ends"))
    code = place.consultation.code

    answer = send(manager, address("steps", code), name="Consultation", s0_minutes="45")

    old, new = VisitType.objects.get(pk=place.consultation.pk), VisitType.objects.get(name="Consultation")
    assert answer["Location"] == address("visit_type", code)
    assert (new.code, new.is_online, old.is_online) == (code, True, False)
    assert old.code == f"{code}-old"
    assert (old.retired_at is not None, new.retired_at) == (True, None)
    assert manager.get(address("visit_type", old.code)).status_code == 404
    assert (read_visit(old).cells, read_visit(new).cells) == (6, 9)
    booking.refresh_from_db()
    assert booking.visit_type == old
    assert set(booking.claims.values_list("step", "starts", "ends")) == claims
    assert list(new.prices.values_list("from_on", "amount")) == list(
        old.prices.values_list("from_on", "amount")
    )
    assert [one.practitioner for one in new.qualified.all()] == [place.doctor]


def test_doctors_prescribe_the_new_version_by_its_code(manager, place):
    session_visit(place, TOMORROW_11)
    code = place.session.code

    send(manager, address("steps", code), name="Session", s0_minutes="30")

    assert VisitType.objects.get(code=code).name == "Session"


def test_page_of_a_used_type_says_that_what_is_booked_stays(manager, place):
    visit(place, TOMORROW_11)

    assert "1 visit of this kind is booked. What is booked stays as it was booked" in text_of(
        manager.get(address("visit_type", place.consultation.code))
    )
    assert "Saving makes a new version" in text_of(manager.get(address("steps", place.consultation.code)))


def test_somebody_booked_while_the_steps_were_typed(manager, place):
    VisitType.objects.filter(pk=place.consultation.pk).update(is_online=False)
    page = manager.get(address("steps", place.consultation.code))
    sent = fields_of(page) | {"seen": hidden(page, "seen"), "s0_minutes": "45"}
    visit(place, TOMORROW_11)

    answer = manager.post(address("steps", place.consultation.code), sent)

    assert answer.status_code == 422
    assert "Name of the new version" in text_of(answer)
    assert answer.context["form"]["s0_minutes"].value() == "45"
    assert read_visit(place.consultation).cells == 6


def test_two_managers_change_the_steps_the_second_is_told(manager, place):
    visit(place, TOMORROW_11)
    url = address("steps", place.consultation.code)
    page = manager.get(url)
    sent = fields_of(page) | {"seen": hidden(page, "seen"), "name": "Mine", "s0_minutes": "60"}
    send(manager, url, name="Theirs", s0_minutes="45")

    refused = manager.post(url, sent)

    assert refused.status_code in (409, 422)
    assert not VisitType.objects.filter(name="Mine").exists()
    assert Booking.objects.get().visit_type == place.consultation


# Who does it


def test_who_does_it_and_how_often_a_day(manager, place):
    other = builders.a_practitioner(location=place.location, name="Dr Iyer")
    url = address("qualified", place.consultation.code)

    send(manager, url, **{f"p{other.pk}": "on", f"p{other.pk}_cap": "3", f"p{place.doctor.pk}": None})

    assert list(
        Qualified.objects.filter(visit_type=place.consultation).values_list("practitioner", "daily_cap")
    ) == [(other.pk, 3)]
    assert Qualified.objects.filter(visit_type=place.session, practitioner=place.doctor).exists()


def test_somebody_who_has_left_keeps_what_stood(manager, place):
    builders.a_practitioner(location=place.location)
    place.doctor.resource.is_active = False
    place.doctor.resource.save()

    send(manager, address("qualified", place.consultation.code))

    assert Qualified.objects.filter(visit_type=place.consultation, practitioner=place.doctor).exists()


@pytest.mark.parametrize("typed", ["0", "-1", "101", "x", "9" * 40])
def test_a_daily_cap_that_cannot_be_is_said(manager, place, typed):
    answer = send(
        manager, address("qualified", place.consultation.code), **{f"p{place.doctor.pk}_cap": typed}
    )

    assert answer.status_code == 422
    assert "Enter a number from 1 to 100" in errors_of(answer)


def test_who_does_it_changed_meanwhile_is_not_overwritten(manager, place):
    url = address("qualified", place.consultation.code)
    page = manager.get(url)
    sent = fields_of(page) | {"seen": hidden(page, "seen")}
    send(manager, url, **{f"p{place.doctor.pk}_cap": "2"})

    assert manager.post(url, sent).status_code == 409
    assert Qualified.objects.get(visit_type=place.consultation).daily_cap == 2


# Prices


def prices(place):
    return list(place.consultation.prices.order_by("from_on").values_list("from_on", "amount"))


def add(manager, place, amount, from_on):
    return manager.post(address("prices", place.consultation.code), {"amount": amount, "from_on": from_on})


def test_a_price_begins_on_a_day_and_past_ones_stay(manager, place):
    add(manager, place, "900.50", "2026-12-01")

    assert prices(place) == [(builders.LONG_AGO, Decimal(800)), (date(2026, 12, 1), Decimal("900.50"))]
    page = text_of(manager.get(address("prices", place.consultation.code)))
    assert "1 Dec 2026 ₹900.50 planned" in page
    assert "1 Jan 2026 ₹800 holds now" in page


@pytest.mark.parametrize(
    ("amount", "from_on", "words"),
    [
        ("", "2026-12-01", "Enter an amount"),
        ("free", "2026-12-01", "Enter an amount"),
        ("-1", "2026-12-01", "Enter an amount"),
        ("9" * 40, "2026-12-01", "Enter an amount"),
        ("1.234", "2026-12-01", "Enter an amount"),
        ("NaN", "2026-12-01", "Enter an amount"),
        ("1e30", "2026-12-01", "Enter an amount"),
        ("900", "2026-11-01", "The day must be 2 Nov 2026 or later"),
        ("900", "9999-12-31", "The day must be"),
        ("900", "tomorrow", "Enter a day"),
    ],
)
def test_a_price_that_cannot_be_is_said(manager, place, amount, from_on, words):
    answer = add(manager, place, amount, from_on)

    assert answer.status_code == 422
    assert words in errors_of(answer)
    assert len(prices(place)) == 1


def test_one_price_a_day(manager, place):
    add(manager, place, "900", "2026-12-01")

    answer = add(manager, place, "950", "2026-12-01")

    assert answer.status_code == 409
    assert "There is a price from that day already" in errors_of(answer)
    assert prices(place)[-1] == (date(2026, 12, 1), Decimal(900))


def test_a_planned_price_is_taken_back_one_that_has_begun_is_not(manager, place):
    add(manager, place, "900", "2026-12-01")
    begun, planned = Price.objects.filter(visit_type=place.consultation).order_by("from_on")

    for price in (planned, begun):
        manager.post(address("drop_price", place.consultation.code, price.pk))

    assert prices(place) == [(builders.LONG_AGO, Decimal(800))]
    assert "That price holds already" in text_of(manager.get(address("prices", place.consultation.code)))


def test_a_price_of_another_kind_is_not_found_here(manager, place):
    price = place.session.prices.get()

    assert manager.post(address("drop_price", place.consultation.code, price.pk)).status_code == 404
