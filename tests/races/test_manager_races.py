"""Managers who save at the same moment as a colleague, or as somebody books."""

from datetime import date, time

import pytest

from bookings.models import Booking, WorkingHours
from bookings.refusals import Refusal
from bookings.rules.week import Part
from bookings.services.closing.closures import stranded
from bookings.services.house import members, resources, visit_types
from bookings.services.house.hours import HoursChange, mark_of_rows, rows_of, save_hours
from bookings.services.house.locations import mark_of
from bookings.services.house.visit_types import StepPlan
from clinic.models import Price, Resource, StaffRole, Step, VisitType
from tests import builders
from tests.bookings.door_clinic import book, place, ten
from tests.builders import NOW
from tests.races.together import deadlocks, each_at_once

__all__ = ["place"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4


@pytest.fixture(autouse=True)
def without_deadlock(transactional_db):
    before = deadlocks()
    yield
    assert deadlocks() - before == 0


def said(work):
    """What it did, or the name of its refusal: those of the house are no refusals of the door's."""

    def run():
        try:
            work()
            return "done"
        except Refusal as refused:
            return type(refused).__name__

    return run


def hours_change(place, starts):
    parts = tuple(Part(weekday, starts, time(18)) for weekday in range(6))
    return HoursChange(place[0], None, parts, date(2026, 11, 3), None)


def save(change, seen, by):
    save_hours(change=change, seen=seen, touched={}, keeps={}, by=by, now=NOW)


def test_two_managers_save_hours_at_once_and_one_is_told(place):
    by = builders.staff(role="manager")
    for n in range(ROUNDS):
        seen = mark_of_rows(rows_of(location=place[0], resource=None))
        changes = [hours_change(place, time(8 + n, minute)) for minute in (0, 30)]

        found = each_at_once([said(lambda one=one, seen=seen: save(one, seen, by)) for one in changes])

        assert sorted(found) == ["ChangedMeanwhile", "done"]
        now_open = WorkingHours.objects.filter(location=place[0], resource=None, until_on=None, weekday=1)
        assert now_open.count() == 1


def test_hours_and_a_booking_at_once_leave_nobody_outside_unseen(place):
    """Either the booking was quicker, and the manager is shown it; or the hours were, and it is refused."""
    by = builders.staff(role="manager")
    seen = mark_of_rows(rows_of(location=place[0], resource=None))
    change = hours_change(place, time(12))
    for _ in range(ROUNDS):
        Booking.objects.all().delete()
        work = [said(lambda: book(place, ten(3))), said(lambda: save(change, seen, by))]

        booked, saved = each_at_once(work)

        assert (booked, saved) in [("done", "OthersTouched"), ("TimeTaken", "done")]
        assert stranded(location=place[0], now=NOW) == []
        if saved == "done":
            break


def test_a_room_taken_out_of_use_while_somebody_books_it(place):
    room = Resource.objects.get(kind="room")
    seen = mark_of(room, resources.RESOURCE_FIELDS)
    by = builders.staff(role="manager")

    booked, _ = each_at_once([
        said(lambda: book(place, ten(3))),
        said(lambda: resources.retire(resource=room, seen=seen, by=by, now=NOW)),
    ])  # fmt: skip

    room.refresh_from_db()
    uses = resources.uses_ahead(resource=room, now=NOW).count()
    assert room.is_active == bool(uses)
    assert booked == ("done" if uses else "TimeTaken")


def test_two_managers_take_the_role_from_each_other_and_one_stays():
    for _ in range(ROUNDS):
        StaffRole.objects.all().delete()
        pair = [builders.staff(role="manager") for _ in range(2)]
        marks = [members.mark_of_member(one) for one in pair]

        def demote(n, pair=pair, marks=marks):
            members.change_member(
                member=pair[n], name="Example", email=pair[n].email, duties={("nurse", None)}, seen=marks[n],
                by=pair[1 - n], now=NOW,
            )  # fmt: skip

        found = each_at_once([said(lambda n=n: demote(n)) for n in range(2)])

        assert sorted(found) == ["LastManager", "done"]
        assert StaffRole.objects.filter(role="manager").count() == 1


def test_one_price_a_day_whoever_saves_first():
    visit_type, by = builders.consultation_type(), builders.staff(role="manager")

    def add(amount):
        visit_types.add_price(visit_type=visit_type, from_on=date(2026, 12, 1), amount=amount, by=by, now=NOW)

    found = each_at_once([said(lambda amount=amount: add(amount)) for amount in (900, 950)])

    assert sorted(found) == ["PriceStands", "done"]
    assert Price.objects.filter(visit_type=visit_type, from_on=date(2026, 12, 1)).count() == 1


def test_the_same_name_and_address_at_once_are_two_addresses():
    by = builders.staff(role="manager")
    fields = {"name": "Check", "kind": "consultation"}

    found = each_at_once([
        said(lambda: visit_types.create_visit_type(fields=fields, by=by, now=NOW)) for _ in range(2)
    ])  # fmt: skip

    assert found == ["done", "done"]
    assert sorted(VisitType.objects.values_list("code", flat=True)) == ["check", "check-2"]


def test_a_new_version_and_a_booking_at_once_leave_the_booking_whole(place):
    """Whoever books holds the dermatologist's row: the visit keeps the type and steps it was booked with,
    or is refused if the new version was there first.
    """
    book(place, ten(4))
    by = builders.staff(role="manager")
    seen = visit_types.mark_of_steps(place[1])
    steps = [StepPlan("talking", 45, {"practitioner": "any", "room": "any"})]

    booked, made = each_at_once([
        said(lambda: book(place, ten(3))),
        said(lambda: visit_types.new_version(
            visit_type=place[1], steps=steps, name="New", seen=seen, by=by, now=NOW
        )),
    ])  # fmt: skip

    assert made == "done"
    assert booked in ("done", "KindGone")
    for booking in Booking.objects.all():
        steps = set(booking.claims.values_list("step__visit_type", flat=True))
        assert steps == {booking.visit_type_id}
    assert Step.objects.filter(visit_type=place[1]).count() == 1


def test_two_new_versions_at_once_are_one(place):
    book(place, ten(4))
    by = builders.staff(role="manager")
    seen = visit_types.mark_of_steps(place[1])
    steps = [StepPlan("talking", 45, {"practitioner": "any", "room": "any"})]

    def make(name):
        visit_types.new_version(visit_type=place[1], steps=steps, name=name, seen=seen, by=by, now=NOW)

    found = each_at_once([said(lambda name=name: make(name)) for name in ("One", "Two")])

    assert sorted(found) == ["ChangedMeanwhile", "done"]
    assert VisitType.objects.filter(name__in=["One", "Two"]).count() == 1
