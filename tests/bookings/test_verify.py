"""`manage.py verify`: every damage it looks for is planted, with the constraint against it taken away."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from bookings import door
from bookings.models import Booking, Claim, Closure, Offer, Status, WaitlistEntry
from bookings.services.verifying import _OF_ONE_PERSON, LISTED, WRONG, verify
from clinic.models import AlarmStep, Message, Patient
from tests import builders
from tests.bookings.door_clinic import a_course, book, cancel, course, place, place_days, ten
from tests.builders import NOW
from treatments.models import Course, CourseSession, Product

__all__ = ["course", "place"]
pytestmark = pytest.mark.django_db


def without(*constraints):
    """Until the test's transaction is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in constraints:
            table = "bookings_claim" if name.startswith("claim") else "bookings_booking"
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def change(booking, **fields):
    Booking.objects.filter(pk=booking.pk).update(**fields)
    return [f"booking:{booking.pk}"]


@pytest.fixture
def first(course):
    """Of three sessions on the 3rd, the 17th and the 30th."""
    return place_days(course, 3, 17, 30)[0]


def session_at(first, number):
    return Booking.objects.get(session__course=first.course_id, session__number=number)


def row_of_a_merged_record(first, place):
    booking = book(place, ten(4))
    told = Message.objects.filter(patient=booking.patient)
    Patient.objects.filter(pk=booking.patient_id).update(merged_into=first.patient)
    return sorted([f"booking:{booking.pk}", *(f"message:{message.pk}" for message in told)])


def merged_into_a_merged_record(first, place):
    kept, again, other = (builders.a_patient(account=None) for _ in range(3))
    Patient.objects.filter(pk=again.pk).update(merged_into=kept)
    Patient.objects.filter(pk=other.pk).update(merged_into=again)
    return [f"patient:{other.pk}"]


def test_every_table_that_merging_guards_is_looked_through():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_of_kept_record'")
        assert {table for (table,) in cursor.fetchall()} == set(_OF_ONE_PERSON.values())


def resource_taken_twice(first, place):
    without("claim_resource_taken")
    own, other = first.claims.order_by("pk").first(), book(place, ten(4)).claims.order_by("pk").first()
    Claim.objects.filter(pk=other.pk).update(
        resource=own.resource, starts=own.starts + timedelta(minutes=5), ends=own.ends
    )
    return [f"claim:{other.pk}"]


def patient_in_two_places(first, place):
    without("booking_patient_in_two_places")
    other = book(place, ten(3) + timedelta(hours=3))
    return change(other, patient=first.patient, starts=first.starts + timedelta(minutes=5), ends=first.ends)


def out_of_order(first, place):
    without("booking_course_too_close", "booking_injections_too_close")
    second = session_at(first, 2)
    return change(second, day=date(2026, 10, 20))


def below_the_floor(first, place):
    without("booking_course_too_close")
    CourseSession.objects.filter(course=first.course_id, number=2).update(never_before=10)
    second = session_at(first, 2)
    return change(second, day=date(2026, 11, 12), clear_until=date(2026, 11, 19))


def injections_within_a_week(first, place):
    without("booking_injections_too_close")
    other = a_course(place, decision=first.patient.decisions.get())
    [booking] = place_days(other, 10)
    return change(booking, day=date(2026, 11, 9), clear_until=date(2026, 11, 16))


def courses_of_one_product_too_close(first, place):
    other = a_course(
        place, decision=first.patient.decisions.get(), product=first.session.product,
        gap={"never_before": 21, "earliest": 21, "target": 21, "latest": 28},
    )  # fmt: skip
    [booking] = place_days(other, 51)
    return change(booking, day=date(2026, 11, 30) + timedelta(days=20))


def kinds_of_treatment_too_close(first, place):
    plasma = builders.a_product()
    Product.objects.filter(pk=plasma.pk).update(modality="prp")
    plasma.refresh_from_db()
    other = a_course(place, decision=first.patient.decisions.get(), product=plasma)
    [booking] = place_days(other, 51)
    return change(booking, day=date(2026, 11, 30) + timedelta(days=13))


def days_kept_clear(first, place):
    return change(first, clear_until=F("clear_until") - 1)


def given_day_not_in_the_diary(first, place):
    CourseSession.objects.filter(pk=first.session_id).update(given_on=first.day)
    return [f"session:{first.session_id}"]


def session_of_somebody_else(first, place):
    return change(first, patient=builders.a_patient())


def day_is_not_that_of_the_start(first, place):
    return change(first, day=F("day") + 1, clear_until=F("clear_until") + 1)


def parked(first, place):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TRIGGER bookings_none_parked ON bookings_booking")
    return change(first, parked=True)


def claim_of_what_is_gone(first, place):
    booking = book(place, ten(4))
    claims = list(booking.claims.order_by("pk"))
    cancel(booking)
    for claim in claims:
        claim.save(force_insert=True)
    return [f"claim:{claim.pk}" for claim in claims]


def claim_beside_its_booking(first, place):
    claim = first.claims.order_by("-ends", "-pk").first()
    Claim.objects.filter(pk=claim.pk).update(starts=first.ends, ends=first.ends + timedelta(minutes=5))
    return [f"claim:{claim.pk}"]


def without_its_practitioner(first, place):
    return change(first, practitioner=builders.a_practitioner(location=place[0]))


def offer_for_what_is_over(first, place):
    booking = book(place, ten(4))
    desk = builders.staff(role="front_desk")
    until = NOW + timedelta(hours=24)
    offer = door.propose(booking=booking, starts=ten(5), practitioner=None, until=until, by=desk, now=NOW)
    booking.claims.all().delete()
    change(booking, status=Status.NO_SHOW)
    return [f"booking:{offer.pk}"]


def reminder_of_no_visit(first, place):
    booking = book(place, ten(6))
    change(booking, status=Status.DONE)
    waiting = Message.objects.filter(subject=f"booking:{booking.pk}", state="scheduled")
    return [f"message:{message.pk}" for message in waiting.order_by("pk")]


def visit_without_its_reminder(first, place):
    booking = book(place, ten(6))
    Message.objects.filter(subject=f"booking:{booking.pk}", kind="reminder_24").delete()
    return [f"booking:{booking.pk}"]


def call_nobody_was_told_of(first, place):
    """Not one that is not due yet, of which somebody was told, that is settled, or about the dead."""
    overdue = {"now": NOW - timedelta(hours=9), "deadline": NOW - timedelta(minutes=1)}
    doctor, dead = builders.staff(role="dermatologist"), builders.a_patient()
    Patient.objects.filter(pk=dead.pk).update(died_on=NOW.date())
    found, told, empty = (builders.an_alarm(subject=f"thing:{n}", **overdue) for n in range(3))
    said = {"acknowledged_by": doctor, "acknowledged_at": NOW}
    builders.an_alarm(subject="thing:3", outcome="reached", **said, **overdue)
    builders.an_alarm(patient=dead, **overdue)
    builders.an_alarm(now=NOW)
    for alarm, to in ((told, doctor), (empty, None)):
        AlarmStep.objects.create(alarm=alarm, level=3, to=to, why="nobody", at=NOW)
    return [f"alarm:{found.pk}", f"alarm:{empty.pk}"]


def time_of_what_is_paused(first, place):
    """Of that course alone, and not what had begun when it was paused."""
    builders.a_pause(course=first.course, now=session_at(first, 2).starts)
    other = place_days(a_course(place), 5)[0]
    builders.a_pause(patient=builders.a_patient())
    assert other.status == Status.BOOKED
    return [f"booking:{session_at(first, 3).pk}"]


def time_of_what_ended(first, place):
    """Of that course alone, and what is still ahead."""
    place_days(a_course(place), 5)
    Course.objects.filter(pk=first.course_id).update(ended_on=NOW.date(), ended_why="other")
    change(first, status=Status.ARRIVED)
    return [f"booking:{session_at(first, number).pk}" for number in (2, 3)]


def offer_beside_the_list(first, place):
    freed = builders.a_freed_time(booking=book(place, ten(4)))
    taken, left = (
        builders.an_offer(freed=freed, entry=builders.a_wait(booking=book(place, ten(n)))) for n in (9, 10)
    )
    Offer.objects.filter(pk=taken.pk).update(outcome="taken", answered_at=NOW)
    WaitlistEntry.objects.filter(pk=left.entry_id).update(ended_at=NOW, ended_why="withdrawn")
    return [f"offer:{taken.pk}", f"offer:{left.pk}"]


PLANTED = {
    plant.__name__: plant
    for plant in (
        row_of_a_merged_record, merged_into_a_merged_record,
        resource_taken_twice, patient_in_two_places, out_of_order, below_the_floor, injections_within_a_week,
        courses_of_one_product_too_close, kinds_of_treatment_too_close, days_kept_clear,
        given_day_not_in_the_diary,
        session_of_somebody_else, day_is_not_that_of_the_start, parked, claim_of_what_is_gone,
        claim_beside_its_booking, without_its_practitioner, offer_for_what_is_over, reminder_of_no_visit,
        visit_without_its_reminder, offer_beside_the_list, time_of_what_is_paused, time_of_what_ended,
        call_nobody_was_told_of,
    )
}  # fmt: skip


def test_every_check_has_a_damage_that_it_finds():
    assert set(PLANTED) == set(WRONG)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_damage_is_named_with_its_row(first, place, name):
    assert verify(now=NOW).wrong == {}

    planted = PLANTED[name](first, place)

    assert verify(now=NOW).wrong[name] == planted


def test_the_command_exits_with_1_and_names_the_rows(first, capsys):
    change(first, day=date(2026, 11, 4), clear_until=date(2026, 11, 11))

    with pytest.raises(CommandError) as failed:
        call_command("verify")

    assert failed.value.returncode == 1
    assert f"wrong: day_is_not_that_of_the_start: booking:{first.pk}\n" in capsys.readouterr().out


def test_json_alone_is_on_standard_output(first, capsys):
    change(first, day=date(2026, 11, 4), clear_until=date(2026, 11, 11))

    with pytest.raises(CommandError):
        call_command("verify", "--json")

    printed = json.loads(capsys.readouterr().out)
    assert printed["wrong"]["day_is_not_that_of_the_start"] == [f"booking:{first.pk}"]


def test_nothing_wrong_is_said_so(capsys):
    call_command("verify")
    assert capsys.readouterr().out == "Nothing is wrong.\n"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("kept", {"kept_why": "asked"}),
        ("given_too_close", {"too_close_why": "moved abroad"}),
        ("fitted_in", {"fit_in_reason": "urgent"}),
    ],
)
def test_what_somebody_let_stand_is_listed_and_not_wrong(first, name, fields):
    by = builders.staff(role="front_desk")
    who = {"kept": {"kept_by": by}, "given_too_close": {"too_close_by": by}}
    row = change(first, **fields, **who.get(name, {}))

    found = verify(now=NOW)

    assert (found.wrong, found.listed) == ({}, {name: row})
    assert set(LISTED) == {"kept", "given_too_close", "fitted_in"}


def test_who_is_left_in_a_closure_is_listed(place):
    booking = book(place, ten(3))
    Closure.objects.create(
        location=place[0], starts=booking.starts, ends=booking.ends, reason="rain", kind="closed"
    )

    assert verify(now=NOW).listed == {"stranded": [f"booking:{booking.pk}"]}


def test_a_course_given_moved_cancelled_and_undone_is_right(course, place):
    first, second, _ = place_days(course, 3, 17, 30)
    desk = builders.staff(role="front_desk")
    door.set_status(booking=first, to=Status.ARRIVED, by=desk, now=ten(3))
    cancel(second, now=ten(3))

    assert verify(now=ten(3)).wrong == {}
