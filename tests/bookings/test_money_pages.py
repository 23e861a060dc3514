"""Money at the desk, as it is clicked: the end of a visit, the account, receipts, the bank, the till."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings.models import BankSight, Booking, Entry, Status, TillClose
from bookings.services.ledger import settling, taking, till
from bookings.services.ledger.reading import totals_of_patient
from tests import builders
from tests.bookings.desk_clinic import address, desk
from tests.bookings.ledger_clinic import a_course, back, consulted, give, missed, off, pay
from tests.bookings.patient_clinic import at_now, hidden, place, text_of
from tests.builders import NOW
from treatments.models import CourseSession

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


def account(patient, what=""):
    name, args = ("desk_money_act", [patient.pk, what]) if what else ("desk_money", [patient.pk])
    return reverse(name, args=args)


def act(desk, patient, what="pay", **typed):
    page = desk.get(account(patient))
    return desk.post(account(patient, what), {"key": hidden(page, "key"), "amount": "800"} | typed)


def balance(patient):
    return totals_of_patient(patient).balance


# The end of a visit


def test_checkout_fills_in_what_there_is_to_pay_and_one_press_takes_it(desk, place):
    booking = consulted(place)
    page = desk.get(address(booking, "desk_checkout"))
    assert "To pay ₹800 ₹800 for this visit" in text_of(page)
    assert page.context["money"]["form"]["amount"].value() == "800"

    answer = desk.post(
        address(booking, "desk_checkout"),
        {"key": hidden(page, "key"), "amount": "800", "reference": "", "method": "cash"},
    )

    charge, payment = Entry.objects.order_by("pk")
    assert (charge.kind, charge.amount, payment.kind, payment.amount) == ("charge", 800, "payment", 800)
    assert (payment.method, payment.booking, payment.by) == ("cash", booking, desk.user)
    said = text_of(desk.get(answer["Location"]))
    assert f"₹800 paid, cash. {payment.receipt}" in said
    assert "Print the receipt" in said
    assert "Cash Card UPI" not in said


def test_checkout_pressed_twice_is_one_payment(desk, place):
    booking = consulted(place)
    key = hidden(desk.get(address(booking, "desk_checkout")), "key")
    for _ in range(2):
        sent = {"key": key, "amount": "1,000", "reference": " 4123 77 ab", "method": "upi"}
        assert desk.post(address(booking, "desk_checkout"), sent).status_code == 302
    assert list(Entry.objects.order_by("pk").values_list("kind", "reference")) == [
        ("charge", ""), ("payment", "412377AB"),
    ]  # fmt: skip
    assert balance(booking.patient) == -200


def test_checkout_of_somebody_who_paid_ahead_asks_for_the_rest(desk, place):
    course = a_course(place)
    pay(course.patient, place.location, "1000", by=desk.user)
    booking = builders.a_booking(
        session=course.sessions.get(number=1), starts=NOW - timedelta(hours=1), status=Status.DONE
    )
    page = desk.get(address(booking, "desk_checkout"))
    assert "To pay ₹1,500 ₹2,500 for this visit, less ₹1,000 paid ahead" in text_of(page)
    assert "Not paid now" not in text_of(page)


def test_checkout_without_paying_leaves_it_on_the_account(desk, place):
    booking = consulted(place)
    key = hidden(desk.get(address(booking, "desk_checkout")), "key")
    sent = {"key": key, "amount": "800", "later": "yes"}
    assert desk.post(address(booking, "desk_checkout"), sent).status_code == 302
    assert balance(booking.patient) == 800
    assert desk.post(address(booking, "desk_checkout"), sent).status_code == 409


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"amount": "80x"}, "Enter an amount in rupees, for example 1,500 or 1500.50"),
        ({"amount": "0"}, "Enter an amount above 0"),
        ({"amount": ""}, "Enter an amount"),
        ({"method": "upi", "reference": ""}, "Enter the reference, so that it can be found in the bank"),
        ({"method": "upi", "reference": "a#2"}, "letters and figures only"),
        ({"reference": "4123"}, "Cash has no reference."),
        ({"method": "gold"}, "Press Cash, Card or UPI"),
        ({"key": "x"}, "Enter a valid UUID"),
    ],
)
def test_checkout_that_cannot_be_read_keeps_what_was_typed(desk, place, typed, words):
    booking = consulted(place)
    sent = {"key": str(uuid4()), "amount": "1,800", "reference": "", "method": "cash"} | typed
    page = desk.post(address(booking, "desk_checkout"), sent)
    assert page.status_code == 422
    assert words in text_of(page)
    assert (page.context["form"]["amount"].value(), Entry.objects.count()) == (sent["amount"], 0)


def test_a_second_use_of_a_reference_names_the_receipt_and_nobody(desk, place):
    first = pay(
        builders.a_patient(name="Ravi Naik"), place.location, by=desk.user, method="upi", reference="41X"
    )
    booking = consulted(place)
    sent = {"key": str(uuid4()), "amount": "800", "reference": "41x", "method": "upi"}
    page = desk.post(address(booking, "desk_checkout"), sent)
    assert page.status_code == 409
    assert f"it stands on receipt {first.receipt}" in text_of(page)
    assert "Ravi" not in text_of(page)
    assert not Entry.objects.filter(booking=booking).exists()


@pytest.mark.parametrize(("role", "sees"), [("nurse", False), ("dermatologist", True)])
def test_checkout_takes_no_money_from_others(client, place, role, sees):
    booking = consulted(place)
    client.force_login(builders.staff(role=role))
    page = client.get(address(booking, "desk_checkout"))
    assert ("To pay" in text_of(page), "Cash" in text_of(page)) == (sees, False)
    sent = {"key": str(uuid4()), "amount": "800", "reference": "", "method": "cash"}
    assert client.post(address(booking, "desk_checkout"), sent).status_code == 404


def test_money_of_another_location_is_not_taken(client, place):
    booking = consulted(place)
    client.force_login(builders.staff(role="front_desk", location=builders.a_location()))
    sent = {"key": str(uuid4()), "amount": "800", "reference": "", "method": "cash"}
    assert client.post(address(booking, "desk_checkout"), sent).status_code == 404


# The account


def test_account_shows_lines_newest_first_with_what_was_owed_after_each(desk, place):
    course = a_course(place)
    give(course, 1, day="2026-10-20")
    pay(course.patient, place.location, "3000", by=desk.user, method="card", reference="77A1")

    said = text_of(desk.get(account(course.patient)))

    assert "₹500 paid ahead" in said
    assert "Payment, card 77A1 ₹3,000 ₹500 ahead Meera Pai" in said
    assert "Session 1 ₹2,500 ₹2,500 owed by itself" in said
    assert said.index("Payment, card") < said.index("Session 1 ₹2,500")
    assert "3 sessions: 1 given, 2 to book" in said


def test_paying_ahead_for_a_course_stands_with_it_and_can_be_printed(desk, place):
    course = a_course(place)
    answer = act(desk, course.patient, amount="7,500.00", course=course.pk, method="cash")
    page = desk.get(answer["Location"])
    [entry] = Entry.objects.all()
    assert (entry.amount, entry.course) == (7500, course)
    assert f"Print receipt {entry.receipt}" in text_of(page)
    said = text_of(desk.get(reverse("desk_receipt", args=[entry.pk])))
    assert "A course of 3 sessions ₹7,500 Received ₹7,500" in said


def test_giving_back_is_filled_in_with_what_was_paid_ahead(desk, place):
    patient = builders.a_patient()
    pay(patient, place.location, "800", by=desk.user)
    page = desk.get(account(patient, "back"))
    assert page.context["form"]["amount"].value() == "800"
    refused = act(desk, patient, "back", amount="900", method="cash", why="ended early")
    assert (refused.status_code, "was paid: ₹800" in text_of(refused)) == (409, True)
    assert refused.context["form"]["amount"].value() == "900"
    assert act(desk, patient, "back", method="cash", why="").status_code == 422
    assert act(desk, patient, "back", method="cash", why="ended early").status_code == 302
    assert balance(patient) == 0


def test_a_discount_says_who_and_why(desk, place):
    course = a_course(place)
    assert act(desk, course.patient, "discount", amount="250", why="staff family").status_code == 302
    said = text_of(desk.get(account(course.patient)))
    assert "Discount staff family ₹250 ₹250 ahead Meera Pai" in said


def test_a_line_is_taken_back_with_a_reason_and_stays_on_the_page(desk, place):
    patient = builders.a_patient()
    paid = pay(patient, place.location, by=desk.user)
    url = reverse("desk_take_back", args=[paid.pk])
    page = desk.get(url)
    assert "Payment, cash, ₹800" in text_of(page)
    assert desk.post(url, {"key": hidden(page, "key"), "why": " "}).status_code == 422
    for _ in range(2):
        sent = {"key": hidden(page, "key"), "why": "wrong person"}
        assert desk.post(url, sent).status_code == 302
    said = text_of(desk.get(account(patient)))
    assert "Taken back: Payment, cash wrong person ₹800 nothing owed" in said
    assert desk.post(url, {"key": str(uuid4()), "why": "again"}).status_code == 409
    assert "this receipt is not valid" in text_of(desk.get(reverse("desk_receipt", args=[paid.pk])))


def test_a_missed_session_is_settled_from_the_account_and_back(desk, place):
    course = a_course(place)
    missed(course, 1)
    first = course.sessions.get(number=1)
    assert "Session 1 was missed Say what becomes of it…" in text_of(desk.get(account(course.patient)))
    url = reverse("desk_settle_session", args=[first.pk])
    assert desk.post(url, {"key": str(uuid4()), "reason": "revised", "why": "no_word"}).status_code == 422
    assert desk.post(url, {"key": str(uuid4()), "reason": "forfeited", "why": "no_word"}).status_code == 302
    said = text_of(desk.get(account(course.patient)))
    assert "Session 1: missed, and counted as used" in said
    assert "owes ₹2,500" in said
    assert desk.post(url, {"wish": "put_back"}).status_code == 302
    assert balance(course.patient) == 0
    builders.a_booking(session=first, starts=NOW + timedelta(days=3))
    refused = desk.post(url, {"key": str(uuid4()), "reason": "returned", "why": "unwell"})
    assert refused.status_code == 409


def test_the_doctor_reads_the_account_and_changes_nothing(client, place):
    course = a_course(place)
    give(course, 1)
    client.force_login(place.doctor.user)
    page = client.get(account(course.patient))
    assert (page.context["form"], "Take back" in text_of(page)) == (None, False)
    assert client.post(account(course.patient, "pay"), {}).status_code == 404


def test_account_page_takes_as_many_queries_for_one_course_as_for_three(
    desk, place, django_assert_max_num_queries
):
    course = a_course(place)
    give(course, 1, day="2026-10-05")
    page, counts = account(course.patient), []
    for days in (("2026-09-01", "2026-08-01"), ()):
        with django_assert_max_num_queries(60) as seen:
            desk.get(page)
        counts.append(len(seen))
        for day in days:
            give(a_course(place, decision=course.patient.decisions.get()), 1, day=day)
            pay(course.patient, place.location, by=desk.user)
    assert counts == [ACCOUNT_QUERIES] * 2


ACCOUNT_QUERIES = 17


def test_patient_page_says_what_is_owed_to_those_who_may_read_it(desk, place, client):
    course = a_course(place)
    give(course, 1)
    page = reverse("desk_patient", args=[course.patient_id])
    assert "owes ₹2,500 3 sessions: 1 given, 2 to book" in text_of(desk.get(page))
    client.force_login(builders.staff(role="nurse"))
    assert "₹2,500" not in text_of(client.get(page))


# Receipts


def test_receipt_names_clinic_number_and_visit_and_no_treatment(desk, place):
    course = a_course(place)
    session = give(course, 1)
    booking = Booking.objects.get(session=session)
    paid = pay(course.patient, place.location, "2500", by=desk.user, course=course, session=session,
               booking=booking, method="upi", reference="4123")  # fmt: skip

    said = text_of(desk.get(reverse("desk_receipt", args=[paid.pk])))

    assert f"Registration {place.location.registration_number}" in said
    assert f"Receipt {paid.receipt}" in said
    assert "Session 1 of 3 ₹2,500 Received ₹2,500" in said
    assert "UPI, 4123" in said
    assert "Dr Rao, registration EMC-" in said
    assert course.visit_type.name not in said
    assert "nothing owed" in said


def test_receipt_lists_the_visit_and_its_discount(desk, place):
    booking = consulted(place)
    off(booking.patient, place.location, "100", by=desk.user, booking=booking)
    paid = pay(booking.patient, place.location, "700", by=desk.user, booking=booking)
    said = text_of(desk.get(reverse("desk_receipt", args=[paid.pk])))
    assert "Visit on 2 Nov 2026 ₹800 Discount −₹100 Received ₹700" in said


def test_patients_read_their_own_receipts_and_no_other(client, place):
    meera = builders.staff(role="front_desk")
    own, other = builders.a_patient(), builders.a_patient()
    paid, others = (pay(one, place.location, by=meera) for one in (own, other))
    client.force_login(own.account)
    assert f"₹800 2 Nov 2026 · cash · {paid.receipt}" in text_of(client.get(reverse("my_receipts")))
    assert paid.receipt in text_of(client.get(reverse("my_receipt", args=[paid.pk])))
    assert client.get(reverse("my_receipt", args=[others.pk])).status_code == 404
    assert client.get(account(own)).status_code == 404


def test_dates_of_a_course_print_for_patient_and_desk(client, desk, place):
    course = a_course(place)
    give(course, 1, day="2026-10-05")
    builders.a_booking(session=course.sessions.get(number=2), starts=NOW + timedelta(days=3))
    said = text_of(desk.get(reverse("course_paper", args=[course.pk])))
    assert "1 5 Oct 2026, done" in said
    assert "2 Thu 5 Nov 2026, 10:00 am Dr Rao 3 no time yet; around 19 Nov 2026" in said
    client.force_login(course.patient.account)
    assert "Please bring" in text_of(client.get(reverse("my_course_paper", args=[course.pk])))


# The bank


def test_payments_by_card_and_upi_wait_until_they_are_ticked(desk, place):
    patient = builders.a_patient(name="Ravi Naik")
    paid = [
        pay(patient, place.location, by=desk.user, method=method, reference=f"41{method}".upper())
        for method in ("upi", "card")
    ]
    pay(patient, place.location, by=desk.user)
    mistaken = pay(patient, place.location, by=desk.user, method="upi", reference="WRONG")
    taking.take_back(entry=mistaken, why="mistyped", key=uuid4(), by=desk.user, now=NOW)
    page = desk.get(reverse("desk_bank"))
    assert [row["entry"] for row in page.context["open"]] == paid

    url = reverse("desk_bank_seen", args=[place.location.slug])
    for _ in range(2):
        desk.post(url, {"entry": [paid[0].pk], "wish": "seen"})

    assert [row["entry"] for row in desk.get(reverse("desk_bank")).context["open"]] == paid[1:]
    assert BankSight.objects.count() == 1
    desk.post(url, {"entry": [paid[0].pk], "wish": "not"})
    assert [row["entry"] for row in desk.get(reverse("desk_bank")).context["open"]] == paid
    for wrong in (
        {},
        {"entry": ["x"], "wish": "seen"},
        {"entry": [10**18], "wish": "seen"},
        {"entry": ["1"]},
    ):
        assert desk.post(url, wrong).status_code == 302


def test_month_adds_up_and_saves_as_csv_for_managers(desk, client, place):
    patient = builders.a_patient(name="=cmd")
    pay(patient, place.location, "1000", by=desk.user, method="upi", reference="41X")
    back(patient, place.location, "300", by=desk.user)
    assert "Month −₹300 ₹0 ₹1,000 ₹700" in text_of(desk.get(reverse("desk_bank")))
    assert desk.get(reverse("desk_money_csv")).status_code == 404

    client.force_login(builders.staff(role="manager"))
    rows = client.get(reverse("desk_money_csv") + "?month=2026-11").content.decode().splitlines()

    assert rows[1].split(",")[4:12] == [
        '"payment"', '''"'=cmd"''', '""', '""', '""', '"1000.00"', '""', '"upi"',
    ]  # fmt: skip
    assert len(rows) == 3
    assert len(client.get(reverse("desk_money_csv") + "?month=2026-10").content.decode().splitlines()) == 1
    assert client.get(reverse("desk_money_csv") + "?month=nonsense").status_code == 200


# The close of day


def test_day_is_counted_by_person_and_method_and_shows_the_difference(desk, place):
    anil = builders.staff(role="front_desk", name="Anil")
    patient = builders.a_patient()
    pay(patient, place.location, "1000", by=desk.user)
    mistaken = pay(patient, place.location, "70", by=desk.user)
    taking.take_back(entry=mistaken, why="mistyped", key=uuid4(), by=anil, now=NOW)
    pay(patient, place.location, "500", by=anil, method="upi", reference="41X")
    back(patient, place.location, "100", by=desk.user)
    meera = desk.user
    page = desk.get(reverse("desk_till", args=[place.location.slug]))
    assert "Anil UPI ₹500" in text_of(page)
    boxes = {"key": hidden(page, "key"), "seen": page.context["form"]["seen"].value(), "note": "50 short"}
    boxes |= {f"count-{anil.pk}-upi": "500", f"count-{meera.pk}-cash": "8,x"}
    wrong = desk.post(reverse("desk_till", args=[place.location.slug]), boxes)
    assert (wrong.status_code, "8,x" in wrong.content.decode()) == (422, True)

    boxes[f"count-{meera.pk}-cash"] = "850"
    for _ in range(2):
        assert desk.post(reverse("desk_till", args=[place.location.slug]), boxes).status_code == 302

    close = TillClose.objects.get()
    assert {line["method"]: (line["expected"], line["counted"]) for line in close.lines} == {
        "cash": ("900.00", "850.00"), "upi": ("500.00", "500.00"),
    }  # fmt: skip
    said = text_of(desk.get(reverse("desk_day_end")))
    assert "Meera Pai Cash ₹900 ₹850 ₹50 missing" in said
    assert "Anil UPI ₹500 ₹500 right" in said
    assert "50 short" in said


def test_money_taken_while_somebody_counts_is_compared_again(desk, place):
    patient, url = builders.a_patient(), reverse("desk_till", args=[place.location.slug])
    pay(patient, place.location, "1000", by=desk.user)
    page = desk.get(url)
    box = f"count-{desk.user.pk}-cash"
    sent = {"key": hidden(page, "key"), "seen": page.context["form"]["seen"].value(), box: "1000"}
    pay(patient, place.location, "5", by=desk.user)

    refused = desk.post(url, sent)

    assert (refused.status_code, TillClose.objects.count()) == (409, 0)
    assert "₹1,005" in text_of(refused)
    again = {"key": hidden(refused, "key"), "seen": refused.context["form"]["seen"].value(), box: "1000"}
    assert desk.post(url, again).status_code == 302


def test_day_end_names_whom_nobody_checked_out(desk, place):
    booking = consulted(place, name="Ravi Naik")
    assert "not checked out Ravi Naik" in text_of(desk.get(reverse("desk_day_end")))
    pay(booking.patient, place.location, by=desk.user, booking=booking)
    assert "not checked out" not in text_of(desk.get(reverse("desk_day_end")))
    assert [one.expected for one in till.expected(location=place.location, day=NOW.date())] == [800]


def test_nurses_see_no_money_at_the_close_of_day(client, place):
    pay(builders.a_patient(), place.location, by=builders.staff(role="front_desk"))
    client.force_login(builders.staff(role="nurse"))
    assert "₹" not in text_of(client.get(reverse("desk_day_end")))


def test_settled_session_of_a_course_is_not_asked_for_at_checkout(desk, place):
    course = a_course(place)
    booking = builders.a_booking(
        session=course.sessions.get(number=1), starts=NOW - timedelta(hours=1), status=Status.DONE,
        clear_until=None,
    )  # fmt: skip
    settling.settle_session(session=booking.session, reason="returned", why="unwell", by=desk.user, now=NOW)
    assert CourseSession.objects.get(pk=booking.session_id).dropped_reason == "returned"
    assert "To pay Nothing" in text_of(desk.get(address(booking, "desk_checkout")))
