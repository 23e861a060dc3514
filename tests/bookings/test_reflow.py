"""What visits could be given whose place closes, read from a real diary, and done row by row."""

from datetime import time, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from bookings import door, refusals
from bookings.models import Away, Booking, Change, Claim, Closure, Status, WorkingHours
from bookings.rules.reflow import Way
from bookings.services.closing import closures, reflow
from bookings.services.closing.carrying_out import Row, close
from bookings.services.closing.carrying_out import apply as apply_rows
from bookings.services.closing.limits import read_limits_of
from bookings.services.closing.reflow import Choice, Closing
from bookings.services.closing.why_not import WhyNot
from bookings.services.desk.day import read_visits
from bookings.services.desk.times import read_limits
from bookings.services.desk.urgent import give_urgent_time
from bookings.services.door.gap_rules import Authority
from clinic.models import Message, Qualified
from clinic.rules.timespans import Span
from tests import builders
from tests.bookings.door_clinic import local
from tests.builders import NOW

pytestmark = pytest.mark.django_db
EIGHT_FORTY = local("2026-11-03T08:40")
TUESDAY = (local("2026-11-03T00:00"), local("2026-11-04T00:00"))


@pytest.fixture
def house():
    """Two dermatologists who do everything, two rooms and chairs, 9 to 6 from Monday to Saturday."""
    location = builders.a_location()
    rooms = [builders.a_room(location=location) for _ in range(2)]
    chairs = [builders.a_chair(location=location) for _ in range(2)]
    consultation, session = builders.consultation_type(), builders.session_type()
    ill, well = (
        builders.a_practitioner(location=location, qualified=[consultation, session], name=name)
        for name in ("Dr Rao", "Dr Iyer")
    )
    return SimpleNamespace(
        location=location, rooms=rooms, chairs=chairs, consultation=consultation, session=session, ill=ill,
        well=well, desk=builders.staff(role="front_desk"),
    )  # fmt: skip


def at(clock, day=3):
    return local(f"2026-11-{day:02}T{clock:0>5}")


def book(house, clock, *, day=3, who=None, patient=None):
    patient = patient or builders.a_patient()
    return door.book(
        patient=patient, visit_type=house.consultation, location=house.location, starts=at(clock, day),
        practitioner=(who or house.ill).pk, key=uuid4(), by=None, now=NOW, authority=Authority.DESK,
    )  # fmt: skip


def place_course(house, *starts, who=None, **fields):
    course = builders.a_course(
        location=house.location, visit_type=house.session, practitioner=who or house.ill,
        sessions=len(starts), now=NOW - timedelta(days=1), **fields,
    )  # fmt: skip
    sessions = course.sessions.order_by("number")
    times = [(one, start, (who or house.ill).pk) for one, start in zip(sessions, starts, strict=True)]
    return door.place_course(
        course=course, times=times, key=uuid4(), by=None, now=NOW, authority=Authority.DESK
    )


def away(house, *, resource=None, location=None, span=TUESDAY):
    resource = None if location else (resource or house.ill.resource)
    return Closing(location, resource, Span(*span))


def proposals(house, closing=None, *, now=EIGHT_FORTY):
    """By booking, in the order of the page."""
    return {row.booking: row for row in plan_of(house, closing or away(house), now=now).rows}


def plan_of(house, closing, *, now=EIGHT_FORTY):
    touched = closures.touched(
        location=closing.location, resource=closing.resource, starts=closing.span.start,
        ends=closing.span.end, now=now,
    )  # fmt: skip
    rows = Booking.objects.filter(pk__in=[one.pk for one in touched])
    bookings = [visit.booking for visit in read_visits(rows, now=now)]
    return reflow.read_plan(closing, bookings, place=house.location, now=now)


def said(row):
    if row.found is None:
        return None
    return row.found.way, row.found.starts.astimezone(EIGHT_FORTY.tzinfo).strftime("%-d %-H:%M")


# Where they could go


def test_colleague_at_the_same_time_takes_who_is_booked_with_the_one_who_is_ill(house):
    booking = book(house, "11:00")

    row = proposals(house)[booking]

    assert said(row) == (Way.COLLEAGUE, "3 11:00")
    assert row.found.practitioner == house.well.pk
    assert (row.usual, row.until) == (Choice.ASK, EIGHT_FORTY + timedelta(minutes=30))


def test_colleague_who_is_busy_then_takes_them_later_that_day(house):
    booking = book(house, "11:00")
    book(house, "11:00", who=house.well)
    book(house, "11:30", who=house.well)

    assert said(proposals(house)[booking]) == (Way.SAME_DAY, "3 12:00")


def keep_for_urgent(*doctors, since="11:00", until="11:30"):
    kept = {"urgent_from": time.fromisoformat(since), "urgent_to": time.fromisoformat(until)}
    WorkingHours.objects.filter(resource__in=[one.pk for one in doctors]).update(**kept)


def book_urgently(house, clock, who=None):
    return give_urgent_time(
        why="doctor_asked", patient=builders.a_patient(), visit_type=house.consultation,
        location=house.location, starts=at(clock), practitioner=(who or house.ill).pk, key=uuid4(),
        by=house.desk, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("choice", [Choice.ASK, Choice.MOVE])
def test_colleague_at_the_same_urgent_time_takes_who_sits_in_one(house, choice):
    keep_for_urgent(house.ill, house.well)
    booking = book_urgently(house, "11:00")

    row = proposals(house)[booking]
    done = apply_rows(
        [Row(booking, choice, row.found.starts, row.found.practitioner)], reason="Ill", key=uuid4(),
        by=house.desk, now=EIGHT_FORTY,
    )  # fmt: skip

    assert said(row) == (Way.COLLEAGUE, "3 11:00")
    assert (row.found.practitioner, row.usual, done) == (house.well.pk, Choice.ASK, {})
    offered = Booking.objects.filter(practitioner=house.well, starts=booking.starts).get()
    assert offered.replaces == (booking if choice == Choice.ASK else None)


def test_nobody_else_is_given_a_time_kept_for_urgent_visits(house):
    keep_for_urgent(house.well)
    booking = book(house, "11:00")

    assert said(proposals(house)[booking]) == (Way.SAME_DAY, "3 11:30")


def test_who_sits_in_an_urgent_time_is_given_no_other_one(house):
    keep_for_urgent(house.ill, house.well, until="12:00")
    booking = book_urgently(house, "11:00")
    book_urgently(house, "11:00", who=house.well)

    assert said(proposals(house)[booking]) == (Way.SAME_DAY, "3 12:00")


def test_nobody_else_there_moves_them_to_the_next_day_that_one_is_back(house):
    booking = book(house, "11:00")
    Closure.objects.create(resource=house.well.resource, starts=TUESDAY[0], ends=TUESDAY[1], reason="Leave")

    row = proposals(house)[booking]

    assert said(row) == (Way.NEXT_DAY, "4 9:00")
    assert row.found.practitioner == house.ill.pk  # their own, who is back
    assert row.until == at("9:10")


def test_colleague_who_needs_their_room_takes_them_at_once_and_nobody_is_asked_to_come_later(house):
    booking = book(house, "11:00")
    house.rooms[1].is_active = False
    house.rooms[1].save()
    if booking.claims.filter(resource=house.rooms[1]).exists():
        house.rooms[0].is_active, house.rooms[1].is_active = False, True
        [room.save() for room in house.rooms]

    row = proposals(house)[booking]

    assert (said(row), row.found.in_place) == ((Way.COLLEAGUE, "3 11:00"), True)
    assert (row.usual, Choice.ASK in row.choices) == (Choice.MOVE, False)
    save(house)
    assert apply(house, Row(booking, Choice.MOVE, row.found.starts, row.found.practitioner)) == {}
    assert fresh(booking).practitioner == house.well


def test_rows_never_share_a_doctor_a_room_or_a_chair(house):
    visits = [book(house, clock) for clock in ("9:00", "9:30", "10:00", "10:30", "11:00")]
    visits += place_course(house, at("11:30"))
    visits += place_course(house, at("13:00"))
    [book(house, clock, who=house.well) for clock in ("9:00", "9:30", "10:00")]

    found = proposals(house)

    assert {one.pk for one in visits} == {one.pk for one in found}
    rows = [Row(one, row.usual, row.found.starts, row.found.practitioner) for one, row in found.items()]
    save(house)
    # what is proposed can be had, all of it: nothing is given twice
    assert apply_rows(rows, reason="ill", key=uuid4(), by=house.desk, now=EIGHT_FORTY) == {}
    asked = [row for row in rows if row.choice == Choice.ASK]
    assert Booking.objects.filter(replaces__isnull=False).count() == len(asked) > 2


def test_closed_room_moves_to_another_and_nobody_needs_to_be_asked(house):
    booking = book(house, "11:00")
    room = booking.claims.get(resource__kind="room").resource

    row = proposals(house, away(house, resource=room))[booking]

    assert said(row) == (Way.SAME, "3 11:00")
    assert (row.usual, row.found.practitioner) == (Choice.MOVE, house.ill.pk)
    assert Choice.ASK not in row.choices


def test_closed_place_has_no_time_that_day(house):
    booking = book(house, "11:00")

    assert said(proposals(house, away(house, location=house.location))[booking]) == (Way.NEXT_DAY, "4 9:00")


def test_closure_at_one_location_leaves_the_doctor_free_elsewhere(house):
    closing = Closing(house.location, house.ill.resource, Span(*TUESDAY))

    assert closing.closes(house.ill.pk, house.location)
    assert not closing.closes(house.ill.pk, builders.a_location())
    assert not closing.closes(house.well.pk, house.location)


def test_who_waits_inside_chooses_first_and_is_moved_at_once(house):
    outside, inside = book(house, "9:00"), book(house, "9:30")
    book(house, "9:00", who=house.well)
    book(house, "9:30", who=house.well)
    book(house, "10:30", who=house.well)
    door.set_status(booking=inside, to=Status.ARRIVED, by=house.desk, now=EIGHT_FORTY)

    found = proposals(house)

    assert [row.booking for row in found.values()] == [inside, outside]
    assert (said(found[inside]), found[inside].usual) == ((Way.SAME_DAY, "3 10:00"), Choice.MOVE)
    assert (said(found[outside]), found[outside].usual) == ((Way.SAME_DAY, "3 11:00"), Choice.ASK)


def test_who_is_being_treated_stays_when_the_place_closes(house):
    booking = book(house, "9:00")
    for status in (Status.ARRIVED, Status.IN_ROOM):
        booking = door.set_status(booking=booking, to=status, by=house.desk, now=at("9:05"))
    span = (at("9:10"), TUESDAY[1])

    row = proposals(house, away(house, location=house.location, span=span), now=at("9:10"))[booking]

    assert (row.found, row.choices) == (None, (Choice.KEEP, Choice.LATER))


def test_visit_that_should_have_begun_cannot_be_asked(house):
    booking = book(house, "9:00")

    row = proposals(house, now=at("9:05"))[booking]

    assert (row.until, row.usual) == (None, Choice.LATER)
    assert Choice.MOVE in row.choices


def test_patient_is_never_sent_to_two_places_at_once(house):
    patient = builders.a_patient()
    booking = book(house, "11:00", patient=patient)
    book(house, "11:00", who=house.well)
    book(house, "11:30", who=house.well, patient=patient)  # theirs as well

    assert said(proposals(house)[booking]) == (Way.SAME_DAY, "3 12:00")


FORTNIGHT = {"never_before": 7, "earliest": 12, "target": 14, "latest": 18}


def both_away(house, first, until):
    """Dr Iyer is on leave then; returns that Dr Rao is ill for as long."""
    span = (at("00:00", first), until)
    Closure.objects.create(resource=house.well.resource, starts=span[0], ends=span[1], reason="Leave")
    return away(house, span=span)


def test_session_that_goes_takes_the_next_one_along_as_far_as_the_gap_needs(house):
    _, second, third = place_course(house, at("9:00"), at("9:00", 17), at("9:00", 30), gap=FORTNIGHT)

    row = proposals(house, both_away(house, 16, at("00:00", 21)))[second]

    # the 15th is a Sunday, and before the 15th it is too soon
    assert (said(row), row.usual, row.is_late) == ((Way.NEXT_DAY, "21 9:00"), Choice.ASK, False)
    [along] = row.along
    assert (along.booking, along.found.starts) == (third, local("2026-12-03T09:00"))
    assert row.until == EIGHT_FORTY + timedelta(days=1)


def test_session_for_which_no_day_keeps_the_gaps_stays_in_to_do(house):
    course = builders.a_course(
        location=house.location, visit_type=house.session, practitioner=house.ill, sessions=2,
        gap=FORTNIGHT, now=NOW - timedelta(days=30),
    )  # fmt: skip
    builders.a_record(session=course.sessions.get(number=1), started_at=local("2026-10-20T10:00"))
    [second] = place_rest(house, course, at("9:00", 4))

    row = proposals(house, both_away(house, 3, at("00:00", 18)))[second]

    # the 17th is the last day before they would have to be asked anew
    assert (row.found, row.usual, row.why_not) == (None, Choice.LATER, WhyNot.GAP)


def place_rest(house, course, *starts):
    sessions = course.sessions.filter(given_on=None).order_by("number")
    times = [(one, start, house.ill.pk) for one, start in zip(sessions, starts, strict=True)]
    return door.place_course(
        course=course, times=times, key=uuid4(), by=None, now=NOW, authority=Authority.DESK
    )


def test_session_goes_where_both_gaps_allow_and_nobody_else_moves(house):
    gap = FORTNIGHT | {"earliest": 10}
    _, second, _ = place_course(house, at("9:00"), at("9:00", 17), at("9:00", 28), gap=gap)

    row = proposals(house, both_away(house, 17, at("00:00", 18)))[second]

    # a day sooner is nearer to both targets than a day later
    assert (said(row), row.along, row.is_late) == ((Way.DAY_BEFORE, "16 9:00"), (), False)


def test_session_past_its_latest_day_is_marked_and_only_where_no_other_day_is(house):
    gap = {"never_before": 7, "earliest": 13, "target": 13, "latest": 14}
    course = builders.a_course(
        location=house.location, visit_type=house.session, practitioner=house.ill, sessions=2, gap=gap,
        now=NOW - timedelta(days=30),
    )  # fmt: skip
    builders.a_record(session=course.sessions.get(number=1), started_at=local("2026-10-21T10:00"))
    [second] = place_rest(house, course, at("9:00", 4))

    row = proposals(house, both_away(house, 3, at("00:00", 5)))[second]

    assert (said(row), row.is_late) == ((Way.NEXT_DAY, "5 9:00"), True)


def test_two_sessions_of_one_course_keep_their_gap_where_both_go(house):
    gap = {"never_before": 7, "earliest": 7, "target": 8, "latest": 9}
    first, second = place_course(house, at("9:00", 10), at("9:00", 17), gap=gap)

    found = proposals(house, both_away(house, 10, at("00:00", 25)))

    # the ninth would do for the first, but then the second would come late
    assert (said(found[first]), said(found[second])) == ((Way.NEXT_DAY, "25 9:00"), (Way.NEXT_DAY, "2 9:00"))


def test_of_two_sessions_one_is_placed_where_both_cannot_be(house):
    gap = {"never_before": 7, "earliest": 7, "target": 8, "latest": 9}
    first, second = place_course(house, at("9:00", 10), at("9:00", 17), gap=gap)

    found = proposals(house, both_away(house, 10, local("2026-12-16T00:00")))

    assert [said(found[one]) for one in (first, second)] == [(Way.DAY_BEFORE, "9 9:00"), None]
    assert found[second].why_not == WhyNot.GAP


def test_session_keeps_away_from_days_on_which_the_patient_is_away(house):
    patient = builders.a_patient()
    Away.objects.create(
        patient=patient, first_on=at("9:00", 18).date(), last_on=at("9:00", 20).date(), by=house.desk, at=NOW
    )
    [only] = place_course(house, at("9:00", 17), patient=patient)
    house_closes = away(house, location=house.location, span=(at("00:00", 16), at("00:00", 18)))

    row = proposals(house, house_closes)[only]

    assert said(row) == (Way.DAY_BEFORE, "14 9:00")


def test_two_courses_of_one_patient_keep_a_week_where_both_go(house):
    patient = builders.a_patient()
    [one] = place_course(house, at("9:00", 10), patient=patient)
    [other] = place_course(house, at("9:00", 18), patient=patient)

    found = proposals(house, both_away(house, 10, at("00:00", 21)))

    assert said(found[one]) == (Way.DAY_BEFORE, "9 9:00")
    assert said(found[other]) == (Way.NEXT_DAY, "21 9:00")


# Who takes the last times


def fill(house, who, days, but=()):
    """Close every hour of these days for this doctor but the ones given."""
    for day in days:
        Closure.objects.create(
            resource=who.resource, reason="Full", starts=at("00:00", day), ends=at(but[0], day) if but else
            at("23:55", day),
        )  # fmt: skip
        if but:
            Closure.objects.create(
                resource=who.resource, reason="Full", starts=at(but[1], day), ends=at("23:55", day)
            )


@pytest.fixture
def tight(house):
    """Nobody but Dr Iyer, with an hour and a half on the 5th and on the 13th, and no more till December."""
    far = (local("2026-11-03T00:00"), local("2027-01-10T00:00"))
    fill(house, house.well, [3, 4, *range(6, 13), *range(14, 31)])
    fill(house, house.well, [5, 13], but=("9:00", "10:30"))
    Closure.objects.create(
        resource=house.well.resource, starts=local("2026-12-01T00:00"), ends=far[1], reason="Full"
    )
    return away(house, span=far)


def a_given_course(house, given_on, starts, **gap):
    course = builders.a_course(
        location=house.location, visit_type=house.session, practitioner=house.ill, sessions=2,
        gap={"never_before": 7, **gap}, now=NOW - timedelta(days=30),
    )  # fmt: skip
    builders.a_record(session=course.sessions.get(number=1), started_at=local(f"{given_on}T10:00"))
    return place_rest(house, course, starts)[0]


def test_who_can_go_elsewhere_makes_room_for_who_cannot(house, tight):
    anywhen = a_given_course(house, "2026-10-20", at("9:00", 4), earliest=7, target=14, latest=40)
    soon = a_given_course(house, "2026-10-28", at("11:00", 4), earliest=7, target=7, latest=8)

    found = proposals(house, tight)

    # first come, first served would have given the 5th to who comes at nine, and nothing to the other
    assert (said(found[anywhen]), said(found[soon])) == ((Way.NEXT_DAY, "13 9:00"), (Way.NEXT_DAY, "5 9:15"))


def test_plan_is_judged_by_what_nobody_could_do_better(house, tight):
    for clock in ("9:00", "11:00", "13:00"):
        a_given_course(house, "2026-10-20", at(clock, 4), earliest=7, target=14, latest=40)
    others = a_given_course(house, "2026-10-28", at("15:00", 4), earliest=7, target=7, latest=8)

    plan = plan_of(house, tight)

    quality = plan.quality
    assert (quality.lost, quality.placed, quality.unplaced_at_least) == (4, 2, 2)
    assert {row.booking: row.why_not for row in plan.rows}[others] in (None, WhyNot.TAKEN)
    assert quality.moves == quality.moves_at_least == 2
    assert quality.drift >= quality.drift_at_least > 0


def test_nobody_qualified_is_told_from_all_full(house):
    booking = book(house, "11:00", day=3)
    far = (local("2026-11-03T00:00"), local("2027-01-10T00:00"))
    Qualified.objects.filter(practitioner=house.well).delete()

    assert proposals(house, away(house, span=far))[booking].why_not == WhyNot.NOBODY


def test_all_full_is_told_from_nobody_qualified(house):
    booking = book(house, "11:00", day=3)
    WorkingHours.objects.filter(resource=house.well.pk).exclude(weekday=1).delete()
    WorkingHours.objects.filter(resource=house.well.pk).update(starts=time(9), ends=time(9, 30))
    for day in (3, 10, 17, 24):
        book(house, "9:00", day=day, who=house.well)
    door.book(
        patient=builders.a_patient(), visit_type=house.consultation, location=house.location,
        starts=local("2026-12-01T09:00"), practitioner=house.well.pk, key=uuid4(), by=None, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    far = (local("2026-11-03T00:00"), local("2027-01-10T00:00"))

    assert proposals(house, away(house, span=far))[booking].why_not == WhyNot.FULL


# Reading them all at once


def test_limits_read_at_once_are_those_read_one_by_one(house):
    gap = {"never_before": 7, "earliest": 10, "target": 14, "latest": 18}
    patient = builders.a_patient()
    product = builders.a_product()
    visits = place_course(house, at("9:00"), at("9:00", 17), at("9:00", 30), gap=gap, patient=patient,
                          product=product)  # fmt: skip
    visits += place_course(house, at("13:00", 10), at("13:00", 24), gap=gap)
    builders.a_record(session=visits[0].session, started_at=at("9:45"))
    other = builders.a_course(
        patient=patient, location=house.location, visit_type=house.session, practitioner=house.ill,
        product=product, sessions=2, now=NOW,
    )  # fmt: skip
    builders.a_booking(session=other.sessions.get(number=1), starts=at("9:00", 10), practitioner=house.well)
    bookings = list(Booking.objects.filter(pk__in=[one.pk for one in visits]).select_related("session"))

    at_once = read_limits_of(bookings)

    assert at_once == {one.pk: read_limits(one.session) for one in bookings}
    assert any(limits.closed for limits in at_once.values())
    assert at_once[visits[1].pk].before.is_given


def test_queries_do_not_grow_with_the_visits(house, django_assert_num_queries):
    def bookings():
        rows = Booking.objects.filter(practitioner=house.ill)
        return [visit.booking for visit in read_visits(rows, now=EIGHT_FORTY)]

    for clock in (None, ("12:00", "13:00")):
        for start in clock or ["11:00"]:
            book(house, start)
            place_course(house, at(start, 4))
        found = bookings()
        # two for the courses, two for the limits, one each for where patients are, their days away and kept
        # times, four for each kind of visit
        with django_assert_num_queries(15):
            reflow.read_plan(away(house), found, place=house.location, now=EIGHT_FORTY)


def test_nothing_to_read_for_nobody(house, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert reflow.read_plan(away(house), [], place=house.location, now=EIGHT_FORTY).rows == []


# Doing it


def save(house, closing=None):
    closing = closing or away(house)
    touched = closures.touched(
        location=closing.location, resource=closing.resource, starts=closing.span.start,
        ends=closing.span.end, now=EIGHT_FORTY,
    )  # fmt: skip
    return closures.save(
        location=closing.location, resource=closing.resource, starts=closing.span.start,
        ends=closing.span.end, kind="leave", reason="ill", seen={one.pk: one.version for one in touched},
        keeps={}, by=house.desk, now=EIGHT_FORTY,
    )  # fmt: skip


def apply(house, *rows, key=None):
    return apply_rows(rows, reason="ill", key=key or uuid4(), by=house.desk, now=EIGHT_FORTY)


def fresh(booking):
    return Booking.objects.get(pk=booking.pk)


def test_each_choice_does_what_it_says(house):
    moved, asked, cancelled, left = (book(house, clock) for clock in ("9:30", "10:00", "10:30", "11:00"))
    save(house)

    failed = apply(
        house,
        Row(moved, Choice.MOVE, at("13:00"), house.well.pk),
        Row(asked, Choice.ASK, at("14:00"), house.well.pk),
        Row(cancelled, Choice.CANCEL),
        Row(left, Choice.LATER),
    )

    assert failed == {}
    assert (fresh(moved).starts, fresh(moved).practitioner_id) == (at("13:00"), house.well.pk)
    offer = Booking.objects.get(replaces=asked)
    assert (offer.starts, offer.held_until) == (at("14:00"), EIGHT_FORTY + timedelta(minutes=30))
    assert fresh(asked).starts == at("10:00")
    assert fresh(cancelled).status == Status.CANCELLED
    assert closures.stranded(location=house.location, now=EIGHT_FORTY) == [asked, left]
    assert Change.objects.filter(reason="ill").count() == 2
    assert Message.objects.filter(kind="another_time", patient=asked.patient).exists()


def test_row_that_cannot_be_done_is_said_and_the_rest_is_done(house):
    first, second = book(house, "9:30"), book(house, "10:00")
    book(house, "13:00", who=house.well)
    save(house)

    failed = apply(
        house,
        Row(first, Choice.MOVE, at("13:00"), house.well.pk),
        Row(second, Choice.MOVE, at("14:00"), house.well.pk),
    )

    assert failed == {first.pk: "That time is no longer free."}
    assert fresh(second).starts == at("14:00")
    assert closures.stranded(location=house.location, now=EIGHT_FORTY) == [first]


def test_row_of_a_booking_that_somebody_changed_meanwhile_is_refused(house):
    booking = book(house, "9:30")
    save(house)
    door.move(
        moves=[(fresh(booking), at("15:00"), house.well.pk)], key=uuid4(), by=house.desk, now=EIGHT_FORTY,
        authority=Authority.DESK,
    )  # fmt: skip

    failed = apply(house, Row(booking, Choice.MOVE, at("13:00"), house.well.pk))

    assert list(failed) == [booking.pk]
    assert fresh(booking).starts == at("15:00")


def test_same_form_sent_twice_does_every_row_once(house):
    moved, asked, cancelled = (book(house, clock) for clock in ("9:30", "10:00", "10:30"))
    save(house)
    key = uuid4()
    for _ in range(2):
        failed = apply(
            house,
            Row(moved, Choice.MOVE, at("13:00"), house.well.pk),
            Row(asked, Choice.ASK, at("14:00"), house.well.pk),
            Row(cancelled, Choice.CANCEL),
            key=key,
        )

    assert failed == {}
    assert Change.objects.filter(reason="ill").count() == 2
    assert Booking.objects.filter(replaces=asked).count() == 1
    assert Message.objects.filter(kind="another_time").count() == 1


def test_who_waits_inside_is_moved_and_is_still_inside(house):
    booking = book(house, "9:30")
    here = door.set_status(booking=booking, to=Status.ARRIVED, by=house.desk, now=EIGHT_FORTY)
    save(house)

    failed = apply(house, Row(here, Choice.MOVE, at("9:30"), house.well.pk))

    assert failed == {}
    assert (fresh(booking).status, fresh(booking).practitioner_id) == (Status.ARRIVED, house.well.pk)


def test_who_waits_inside_and_cannot_be_moved_is_still_inside(house):
    booking = book(house, "9:30")
    book(house, "9:30", who=house.well)
    here = door.set_status(booking=booking, to=Status.ARRIVED, by=house.desk, now=EIGHT_FORTY)
    save(house)

    failed = apply(house, Row(here, Choice.MOVE, at("9:30"), house.well.pk))

    assert list(failed) == [booking.pk]
    assert (fresh(booking).status, fresh(booking).starts) == (Status.ARRIVED, at("9:30"))
    assert Claim.objects.filter(booking=booking).exists()


def test_who_waits_inside_is_moved_once_by_a_form_sent_twice(house):
    booking = book(house, "9:30")
    here = door.set_status(booking=booking, to=Status.ARRIVED, by=house.desk, now=EIGHT_FORTY)
    save(house)
    key = uuid4()
    apply(house, Row(here, Choice.MOVE, at("10:00"), house.well.pk), key=key)
    again = fresh(booking)
    again.version = here.version

    assert apply(house, Row(again, Choice.MOVE, at("10:00"), house.well.pk), key=key) == {}
    assert (fresh(booking).status, fresh(booking).starts) == (Status.ARRIVED, at("10:00"))


@pytest.mark.parametrize("meanwhile", ["moved", "cancelled"])
def test_nobody_is_asked_about_a_visit_that_has_changed(house, meanwhile):
    booking = book(house, "9:30")
    save(house)
    by = {"key": uuid4(), "by": house.desk, "now": EIGHT_FORTY, "authority": Authority.DESK}
    if meanwhile == "moved":
        door.move(moves=[(fresh(booking), at("15:00"), house.well.pk)], **by)
    else:
        door.cancel(bookings=[fresh(booking)], **by)

    failed = apply(house, Row(booking, Choice.ASK, at("14:00"), house.well.pk))

    assert list(failed) == [booking.pk]
    assert not Booking.objects.filter(replaces=booking).exists()


def test_nobody_is_asked_when_no_time_is_left(house):
    booking = book(house, "9:00")
    save(house)

    failed = apply_rows(
        [Row(booking, Choice.ASK, at("14:00"), house.well.pk)], reason="ill", key=uuid4(), by=house.desk,
        now=at("9:00"),
    )  # fmt: skip

    assert list(failed) == [booking.pk]


# Closing and doing, together


def close_it(house, *rows, key=None, **fields):
    bookings = closures.touched(**away(house).parts, now=EIGHT_FORTY)
    seen = {one.pk: one.version for one in bookings}
    return close(
        away(house), kind="leave", reason="ill", rows=rows, key=key or uuid4(), by=house.desk,
        now=EIGHT_FORTY, **{"seen": seen} | fields,
    )  # fmt: skip


def test_closing_keeps_what_stays_and_does_the_rest(house):
    kept, moved = book(house, "9:30"), book(house, "10:00")

    closure, failed = close_it(
        house, Row(kept, Choice.KEEP, why="comes for a paper only"),
        Row(moved, Choice.MOVE, at("13:00"), house.well.pk),
    )  # fmt: skip

    assert failed == {}
    assert (closure.resource, closure.location, closure.by) == (house.ill.resource, None, house.desk)
    assert (fresh(kept).kept_by, fresh(kept).kept_why) == (house.desk, "comes for a paper only")
    assert closures.stranded(location=house.location, now=EIGHT_FORTY) == []


def test_booking_confirmed_while_the_page_was_open_makes_saving_refuse(house):
    moved = book(house, "10:00")
    seen = {moved.pk: moved.version}
    book(house, "11:00")

    with pytest.raises(refusals.Changed):
        close_it(house, Row(moved, Choice.MOVE, at("13:00"), house.well.pk), seen=seen)

    assert not Closure.objects.exists()
    assert fresh(moved).starts == at("10:00")


def test_hold_inside_the_closure_is_neither_shown_nor_in_the_way(house):
    held = door.hold(
        visit_type=house.consultation, location=house.location, starts=at("11:00"),
        practitioner=house.ill.pk, held_for="browser", now=EIGHT_FORTY,
    )  # fmt: skip

    closure, _ = close_it(house)

    assert closure.pk
    with pytest.raises(refusals.TimeTaken):
        door.confirm(held=held, patient=builders.a_patient(), key=uuid4(), by=None, now=EIGHT_FORTY)


def test_same_closing_sent_twice_closes_once(house):
    kept, moved, asked = (book(house, clock) for clock in ("9:30", "10:00", "10:30"))
    rows = [
        Row(kept, Choice.KEEP, why="comes for a paper only"),
        Row(moved, Choice.MOVE, at("13:00"), house.well.pk),
        Row(asked, Choice.ASK, at("14:00"), house.well.pk),
    ]
    key = uuid4()

    first, _ = close_it(house, *rows, key=key)
    second, failed = close_it(house, *rows, key=key)

    assert (first, failed) == (second, {})
    assert Closure.objects.count() == 1
    assert Change.objects.filter(reason="ill").count() == 1
    assert Booking.objects.filter(replaces=asked).count() == 1


def test_crash_after_closing_leaves_everybody_on_the_list(house, monkeypatch):
    visits = [book(house, clock) for clock in ("9:30", "10:00", "10:30")]
    rows = [Row(one, Choice.MOVE, one.starts + timedelta(hours=4), house.well.pk) for one in visits]
    real = door.move

    def dies_at_the_second(*, moves, **fields):
        if moves[0][0] == visits[1]:
            raise SystemExit
        return real(moves=moves, **fields)

    monkeypatch.setattr(door, "move", dies_at_the_second)
    with pytest.raises(SystemExit):
        close_it(house, *rows)

    assert Closure.objects.count() == 1
    assert closures.stranded(location=house.location, now=EIGHT_FORTY) == visits[1:]


def test_of_two_saved_at_one_moment_the_later_goes(house, monkeypatch):
    real = closures.save

    def somebody_is_quicker(**fields):
        real(**fields)
        return real(**fields)

    monkeypatch.setattr(closures, "save", somebody_is_quicker)

    closure, _ = close_it(house)

    assert list(Closure.objects.all()) == [closure]
