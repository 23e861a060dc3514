"""The account of a patient: what is charged by itself, what the desk enters, and what is refused."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bookings.models import Booking, Entry, Status
from bookings.rules.account import SessionAccount
from bookings.services.ledger import refusals, settling, taking
from bookings.services.ledger.accounts import session_accounts
from bookings.services.ledger.charging import charge_given
from bookings.services.ledger.reading import account_of_patient, due_at_checkout, totals_of_patient
from clinic.models import AuditRow
from clinic.refusals import KeyReused
from tests import builders
from tests.bookings.ledger_clinic import (
    PRICE,
    a_course,
    back,
    consulted,
    draft,
    follow,
    give,
    lines,
    meera,
    missed,
    not_given_after_all,
    off,
    pay,
)  # fmt: skip
from tests.bookings.merging_clinic import together
from tests.bookings.patient_clinic import at_now, local, place
from tests.builders import NOW
from treatments import refusals as treatment_refusals
from treatments.models import CourseSession
from treatments.services.records import Entry as RecordEntry
from treatments.services.records import sign_record

__all__ = ["at_now", "meera", "place"]
pytestmark = pytest.mark.django_db


def owed(patient):
    return totals_of_patient(patient).balance


# Charged by itself


def test_what_is_given_is_charged_once_at_the_agreed_price(place):
    course = a_course(place)
    session = give(course, 1, day="2026-10-20")
    follow(course)

    [entry] = Entry.objects.all()
    assert (entry.kind, entry.amount, entry.session, entry.by) == ("charge", PRICE, session, None)
    assert owed(course.patient) == PRICE


@pytest.mark.parametrize("price", [None, Decimal(0)])
def test_a_course_without_a_price_charges_nothing(place, price):
    course = a_course(place, price=price)
    give(course, 1)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_signing_a_record_charges_the_session_on_that_day(place):
    course = a_course(place, decision=builders.a_decision())
    session = course.sessions.get(number=1)
    started = NOW - timedelta(days=3)

    sign_record(
        session=session, practitioner=place.doctor, key=uuid4(), now=NOW,
        entry=RecordEntry(outcome="given", started_at=started, entered_late_why="power cut"),
    )  # fmt: skip

    [entry] = Entry.objects.all()
    assert (entry.session, entry.amount, entry.at) == (session, PRICE, NOW)


def test_charge_follows_whether_the_session_was_given(place):
    course = a_course(place)
    session = give(course, 1)
    not_given_after_all(session)
    follow(course)
    follow(course)
    assert (lines(course.patient), owed(course.patient)) == (
        [("charge", "2500.00", False), ("charge", "2500.00", True)],
        0,
    )

    CourseSession.objects.filter(pk=session.pk).update(given_on=NOW.date())
    follow(course)
    follow(course)
    assert owed(course.patient) == PRICE
    assert len(lines(course.patient)) == 3


def test_looking_whether_anything_is_to_charge_takes_three_queries(place, django_assert_num_queries):
    course = a_course(place)
    for number, day in ((1, "2026-10-05"), (2, "2026-10-19"), (3, "2026-11-02")):
        give(course, number, day=day)
        with django_assert_num_queries(3):
            charge_given(course, now=NOW)


# Sessions


def test_account_of_sessions_says_where_each_stands(place):
    course = a_course(place, sessions=6)
    give(course, 1, day="2026-10-05")
    missed(course, 2)
    builders.a_booking(session=course.sessions.get(number=3), starts=local("2026-12-01T10:00"))
    CourseSession.objects.filter(course=course, number=4).update(dropped_reason="returned")
    CourseSession.objects.filter(course=course, number=5).update(dropped_reason="revised")

    account = session_accounts([course])[course.pk]

    assert account == SessionAccount(given=1, missed=1, booked=1, returned=1, to_book=1)
    assert account.prescribed == 5


def test_a_time_only_held_is_still_to_book_and_a_new_time_is_not_missed(place):
    course = a_course(place)
    missed(course, 1)
    starts = local("2026-11-09T10:00")
    builders.a_booking(session=course.sessions.get(number=1), starts=starts)
    builders.a_booking(
        session=course.sessions.get(number=2), starts=starts + timedelta(days=14), status=Status.HELD,
        held_until=NOW + timedelta(minutes=5),
    )  # fmt: skip

    assert session_accounts([course])[course.pk] == SessionAccount(booked=1, to_book=2)


def test_accounts_of_three_courses_take_as_many_queries_as_of_one(place, django_assert_num_queries):
    courses = [a_course(place) for _ in range(3)]
    for course, day in zip(courses, ("2026-10-05", "2026-10-06", "2026-10-07"), strict=True):
        give(course, 1, day=day)
    for some in (courses[:1], courses):
        with django_assert_num_queries(3):
            assert len(session_accounts(some)) == len(some)


def test_forfeited_is_charged_returned_is_not_and_both_go_back_into_the_plan(place, meera):
    course = a_course(place)
    missed(course, 1)
    first, second = course.sessions.order_by("number")[:2]

    settling.settle_session(session=first, reason="forfeited", why="no_word", by=meera, now=NOW)
    settling.settle_session(session=first, reason="forfeited", why="no_word", by=meera, now=NOW)
    settling.settle_session(session=second, reason="returned", why="unwell", by=meera, now=NOW)

    assert session_accounts([course])[course.pk] == SessionAccount(forfeited=1, returned=1, to_book=1)
    assert (lines(course.patient), owed(course.patient)) == ([("charge", "2500.00", False)], PRICE)
    told = AuditRow.objects.filter(action="session_forfeited").get()
    assert (told.by, told.detail) == (meera, {"why": "no_word"})

    settling.put_session_back(session=first, by=meera, now=NOW)
    assert session_accounts([course])[course.pk] == SessionAccount(returned=1, missed=1, to_book=1)
    assert owed(course.patient) == 0


def test_what_was_given_or_has_a_time_is_not_settled(place, meera):
    course = a_course(place)
    given = give(course, 1, day="2026-10-05")
    second = course.sessions.get(number=2)
    builders.a_booking(session=second, starts=local("2026-11-10T10:00"))
    with pytest.raises(treatment_refusals.AlreadyGiven):
        settling.settle_session(session=given, reason="forfeited", why="no_word", by=meera, now=NOW)
    with pytest.raises(refusals.NothingToSettle):
        settling.settle_session(session=second, reason="returned", why="unwell", by=meera, now=NOW)
    CourseSession.objects.filter(course=course, number=3).update(dropped_reason="revised")
    with pytest.raises(treatment_refusals.WillNotBeGiven):
        settling.put_session_back(session=course.sessions.get(number=3), by=meera, now=NOW)


def test_days_kept_clear_follow_the_sessions_that_are_left(place, meera):
    course = a_course(
        place, gap=[{"never_before": n, "earliest": n, "target": n, "latest": 40} for n in (10, 20)]
    )
    give(course, 1, day="2026-10-05")
    Booking.objects.update(clear_until=datetime(2026, 10, 15))

    settling.settle_session(
        session=course.sessions.get(number=2), reason="returned", why="unwell", by=meera, now=NOW
    )

    assert str(Booking.objects.get().clear_until) == "2026-10-25"


# Money


def test_balance_is_charges_less_discounts_less_payments_with_what_went_back(place, meera):
    booking = consulted(place)
    patient, here = booking.patient, place.location
    pay(patient, here, "1000", by=meera, booking=booking)
    price = Entry.objects.get(kind="charge").amount
    assert owed(patient) == price - 1000
    off(patient, here, "100", by=meera)
    back(patient, here, "50", by=meera)

    shown = account_of_patient(patient)

    assert shown.totals.balance == price - 1000 - 100 + 50
    assert [line.balance for line in shown.lines] == [price, price - 1000, price - 1100, price - 1050]
    assert [line.entry.by for line in shown.lines] == [meera] * 4


def test_money_of_a_course_stands_by_itself(place, meera):
    course = a_course(place)
    give(course, 1, day="2026-10-05")
    pay(course.patient, place.location, "6000", by=meera, course=course)
    pay(course.patient, place.location, "10", by=meera)

    [of_course] = account_of_patient(course.patient).courses

    assert (of_course.totals.balance, of_course.totals.ahead) == (PRICE - 6000, 6000 - PRICE)
    assert of_course.sessions.given == 1


def test_account_takes_as_many_queries_with_three_courses_as_with_one(
    place, meera, django_assert_num_queries
):
    course = a_course(place)
    give(course, 1)
    for days in (("2026-10-01", "2026-09-01"), ()):
        with django_assert_num_queries(5):
            account_of_patient(course.patient)
        for day in days:
            give(a_course(place, decision=course.patient.decisions.get()), 1, day=day)
            pay(course.patient, place.location, by=meera)


def test_a_consultation_is_charged_with_its_payment_once(place, meera):
    booking = consulted(place)
    price = due_at_checkout(booking)
    assert price > 0
    pay(booking.patient, place.location, str(price), by=meera, booking=booking)
    pay(booking.patient, place.location, "5", by=meera, booking=booking)
    assert lines(booking.patient) == [
        ("charge", str(price), False), ("payment", str(price), False), ("payment", "5.00", False),
    ]  # fmt: skip
    assert due_at_checkout(booking) == 0
    with pytest.raises(refusals.NothingToCharge):
        taking.put_on_account(booking=booking, by=meera, now=NOW)


def test_a_session_seen_out_before_it_is_written_down_is_asked_for_and_not_charged_yet(place, meera):
    course = a_course(place)
    booking = builders.a_booking(
        session=course.sessions.get(number=1), starts=NOW - timedelta(hours=1), status=Status.DONE
    )
    assert due_at_checkout(booking) == PRICE
    pay(course.patient, place.location, str(PRICE), by=meera, booking=booking, course=course)
    assert lines(course.patient) == [("payment", "2500.00", False)]

    builders.a_record(session=booking.session, started_at=booking.starts)
    follow(course)
    assert (owed(course.patient), due_at_checkout(Booking.objects.get(pk=booking.pk))) == (0, 0)


def test_the_same_form_twice_is_one_entry_and_another_content_is_refused(place, meera):
    patient, key = builders.a_patient(), uuid4()
    first = pay(patient, place.location, by=meera, key=key, method="upi", reference="41X")
    assert pay(patient, place.location, by=meera, key=key, method="upi", reference="41X") == first
    for changed in (
        {"amount": "801"},
        {"reference": "42"},
        {"method": "card"},
        {"patient": builders.a_patient()},
    ):
        fields = {"patient": patient, "amount": "800", "method": "upi", "reference": "41X"} | changed
        with pytest.raises(KeyReused):
            pay(fields.pop("patient"), place.location, fields.pop("amount"), by=meera, key=key, **fields)
    assert Entry.objects.count() == 1


def test_a_reference_is_used_once_a_method_and_the_refusal_names_the_receipt(place, meera):
    first = pay(builders.a_patient(name="Asha Rao"), place.location, by=meera, method="upi", reference="41X")
    other = builders.a_patient()
    pay(other, place.location, by=meera, method="card", reference="41X")
    with pytest.raises(refusals.ReferenceUsed) as refused:
        pay(other, place.location, by=meera, method="upi", reference="41X")
    assert first.receipt in refused.value.text
    assert "Asha" not in refused.value.text


def test_a_reference_put_on_the_wrong_account_is_entered_anew_once_it_was_taken_back(place, meera):
    wrong, right = builders.a_patient(), builders.a_patient()
    mistaken = pay(wrong, place.location, by=meera, method="upi", reference="41X")
    taking.take_back(entry=mistaken, why="wrong person", key=uuid4(), by=meera, now=NOW)

    again, key = None, uuid4()
    for _ in range(2):
        again = pay(right, place.location, by=meera, key=key, method="upi", reference="41X")

    assert (again.reference, Entry.objects.filter(patient=right).count()) == ("41X#2", 1)
    with pytest.raises(refusals.ReferenceUsed) as refused:
        pay(wrong, place.location, by=meera, method="upi", reference="41X")
    assert again.receipt in refused.value.text


def test_never_more_goes_back_than_was_paid(place, meera):
    patient, here = builders.a_patient(), place.location
    pay(patient, here, "800", by=meera)
    back(patient, here, "300", by=meera)
    with pytest.raises(refusals.MoreThanPaid):
        back(patient, here, "500.01", by=meera)
    back(patient, here, "500", by=meera)
    with pytest.raises(refusals.MoreThanPaid):
        back(patient, here, "0.01", by=meera)


def test_a_discount_is_no_more_than_there_is_to_pay_or_will_be(place, meera):
    course = a_course(place, sessions=2)
    here = place.location
    off(course.patient, here, "4999", by=meera, course=course)
    with pytest.raises(refusals.MoreThanCharged):
        off(course.patient, here, "1.01", by=meera, course=course)
    with pytest.raises(refusals.MoreThanCharged):
        off(builders.a_patient(), here, "1", by=meera)


@pytest.mark.parametrize("act", [back, off])
def test_what_goes_back_and_what_is_left_off_need_a_reason(place, meera, act):
    course = a_course(place)
    pay(course.patient, place.location, by=meera)
    with pytest.raises(refusals.WhyNeeded):
        act(course.patient, place.location, "1", by=meera, why="")


def test_a_line_is_taken_back_once_and_charges_of_sessions_are_not(place, meera):
    course = a_course(place)
    give(course, 1)
    paid = pay(course.patient, place.location, by=meera)
    key = uuid4()
    for _ in range(2):
        taken = taking.take_back(entry=paid, why="mistyped", key=key, by=meera, now=NOW)
    assert (taken.reverses, taken.receipt, owed(course.patient)) == (paid, "", PRICE)
    with pytest.raises(refusals.TakenBackAlready):
        taking.take_back(entry=paid, why="mistyped", key=uuid4(), by=meera, now=NOW)
    with pytest.raises(refusals.TakenBackAlready):
        taking.take_back(entry=taken, why="mistyped", key=uuid4(), by=meera, now=NOW)
    with pytest.raises(refusals.NotByHand):
        taking.take_back(entry=Entry.objects.get(kind="charge"), why="x", key=uuid4(), by=meera, now=NOW)


def test_a_payment_out_of_which_money_went_back_stays(place, meera):
    patient = builders.a_patient()
    paid = pay(patient, place.location, "800", by=meera)
    back(patient, place.location, "1", by=meera)
    with pytest.raises(refusals.PaidBackOfIt):
        taking.take_back(entry=paid, why="mistyped", key=uuid4(), by=meera, now=NOW)


# Receipts


def test_receipts_have_no_gap_and_count_by_place_and_financial_year(place, meera):
    patient, other = builders.a_patient(), builders.a_location()
    here = place.location
    march = local("2027-03-31T23:59")
    numbers = [
        pay(patient, here, by=meera).receipt,
        back(patient, here, "1", by=meera).receipt,
        pay(patient, other, by=meera).receipt,
        pay(patient, here, by=meera, now=march).receipt,
        pay(patient, here, by=meera, now=march + timedelta(minutes=1)).receipt,
    ]
    assert numbers == [
        f"{here.pk:02}/26-27/000001", f"{here.pk:02}/26-27/000002", f"{other.pk:02}/26-27/000001",
        f"{here.pk:02}/26-27/000003", f"{here.pk:02}/27-28/000001",
    ]  # fmt: skip


def test_a_refused_payment_leaves_no_gap(place, meera):
    patient = builders.a_patient()
    pay(patient, place.location, by=meera, method="upi", reference="1")
    with pytest.raises(refusals.ReferenceUsed):
        pay(patient, place.location, by=meera, method="upi", reference="1")
    assert pay(patient, place.location, by=meera).receipt.endswith("000002")


def test_every_entry_leaves_an_audit_row(place, meera):
    patient = builders.a_patient()
    paid = pay(patient, place.location, by=meera)
    taking.take_back(entry=paid, why="mistyped", key=uuid4(), by=meera, now=NOW)
    rows = AuditRow.objects.filter(patient=patient).order_by("pk")
    assert [(row.by, row.action) for row in rows] == [
        (meera, "payment_entered"), (meera, "payment_taken_back"),
    ]  # fmt: skip


def test_a_draft_carries_no_float(place):
    assert isinstance(draft(builders.a_patient(), place.location, "0.10").amount, Decimal)


def test_the_account_comes_along_when_two_records_are_put_together(place, meera):
    kept, other = builders.a_patient(), builders.a_patient()
    pay(kept, place.location, "100", by=meera)
    mistaken = pay(other, place.location, "800", by=meera)
    taking.take_back(entry=mistaken, why="mistyped", key=uuid4(), by=meera, now=NOW)

    together(kept, other)

    assert [line.entry.patient for line in account_of_patient(kept).lines] == [kept] * 3
    assert owed(kept) == -100
