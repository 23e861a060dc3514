"""Anything the desk, patients and managers may do, in any order: the diary stays whole.

Hypothesis plays a day and more at a small clinic. What the door refuses is fine; what it lets through must
leave rows that `verify` finds nothing wrong with. CLINIC_SOAK=1 plays much longer.
"""

import os
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bookings import door
from bookings.models import Booking, Change, Closure, ClosureKind, FreedTime, Offer, Status
from bookings.models.bookings import PRESENT
from bookings.services import messages
from bookings.services.closing import closures
from bookings.services.door.gap_rules import Authority
from bookings.services.verifying import verify
from bookings.services.waiting import answering, filling, joining
from clinic.refusals import Refusal
from tests import builders
from tests.bookings.door_clinic import ten
from tests.bookings.merging_clinic import together
from tests.builders import NOW
from treatments.models import Course, Pause
from treatments.services import pausing

pytestmark = [pytest.mark.django_db, pytest.mark.race]
STEPS, EXAMPLES = (50, 200) if os.environ.get("CLINIC_SOAK") else (30, 30)
LOOK_EVERY = 1 if os.environ.get("CLINIC_SOAK") else 5  # steps; and at the end in any case

days = st.integers(3, 21)
quarters = st.integers(-4, 24)  # from ten in the morning
patients = st.integers(0, 2)
which = st.integers(0, 50)
authorities = st.sampled_from([Authority.PATIENT, Authority.DESK])
closed_for = st.sampled_from(["location", "doctor", "room", "chair"])


def starts(day, quarter):
    return ten(day) + timedelta(minutes=15 * quarter)


class Diary(RuleBasedStateMachine):
    @initialize()
    def open_a_clinic(self):
        self.before = transaction.savepoint()  # no atomic block: the door's own is durable
        self.now = NOW
        self.desk, self.manager = builders.staff(role="front_desk"), builders.staff(role="manager")
        self.location = builders.a_location(fit_ins_per_half_day=1)
        self.rooms = [builders.a_room(location=self.location, turnover_minutes=5) for _ in range(2)]
        self.chairs = [builders.a_chair(location=self.location) for _ in range(2)]
        self.consultation, self.treatment = builders.consultation_type(), builders.session_type()
        kinds = [self.consultation, self.treatment]
        self.doctors = [builders.a_practitioner(location=self.location, qualified=kinds) for _ in range(2)]
        self.courses = [
            builders.a_course(
                location=self.location, visit_type=self.treatment, practitioner=self.doctors[n % 2]
            )
            for n in range(3)
        ]
        self.patients = [course.patient for course in self.courses]

    def teardown(self):
        if hasattr(self, "before"):
            self.look()
            transaction.savepoint_rollback(self.before)

    def at_the_door(self, act):
        try:
            return act()
        except Refusal as refused:
            return refused

    def pick(self, rows, n):
        rows = list(rows.order_by("pk"))
        return rows[n % len(rows)] if rows else None

    # What people do

    @rule(minutes=st.sampled_from([1, 5, 11, 60, 24 * 60]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(day=days, quarter=quarters, browser=st.sampled_from(["one", "two", "three"]))
    def hold(self, day, quarter, browser):
        self.at_the_door(
            lambda: door.hold(
                visit_type=self.consultation, location=self.location, starts=starts(day, quarter),
                held_for=browser, now=self.now,
            )
        )  # fmt: skip

    @rule(n=which, patient=patients)
    def confirm(self, n, patient):
        if held := self.pick(Booking.objects.filter(status=Status.HELD, replaces=None), n):
            who = self.patients[patient]
            self.at_the_door(
                lambda: door.confirm(held=held, patient=who, key=uuid4(), by=who.account, now=self.now)
            )

    @rule(n=which)
    def extend(self, n):
        if held := self.pick(Booking.objects.filter(status=Status.HELD), n):
            self.at_the_door(lambda: door.extend(held=held, now=self.now))

    @rule(day=days, quarter=quarters, patient=patients, authority=authorities, doctor=st.none() | st.just(0))
    def book(self, day, quarter, patient, authority, doctor):
        self.at_the_door(
            lambda: door.book(
                patient=self.patients[patient], visit_type=self.consultation, location=self.location,
                starts=starts(day, quarter), key=uuid4(), by=self.desk, now=self.now, authority=authority,
                practitioner=None if doctor is None else self.doctors[doctor].pk,
            )
        )  # fmt: skip

    @rule(first=days, gaps=st.lists(st.integers(5, 24), min_size=2, max_size=2), quarter=quarters, n=patients)
    def place(self, first, gaps, quarter, n):
        course = Course.objects.get(pk=self.courses[n].pk)  # whose it is may have changed
        sessions = list(course.sessions.order_by("number"))
        at = [first, first + gaps[0], first + sum(gaps)]
        times = [(session, starts(day, quarter), None) for session, day in zip(sessions, at, strict=False)]
        self.at_the_door(
            lambda: door.place_course(
                course=course, times=times, key=uuid4(), by=None, now=self.now,
                authority=Authority.DESK,
            )
        )  # fmt: skip

    @rule(n=which, day=days, quarter=quarters, authority=authorities)
    def move(self, n, day, quarter, authority):
        if booking := self.pick(Booking.objects.filter(status=Status.BOOKED), n):
            moves = [(booking, starts(day, quarter), None)]
            self.at_the_door(
                lambda: door.move(moves=moves, key=uuid4(), by=None, now=self.now, authority=authority)
            )

    @rule(n=patients, shifts=st.lists(st.integers(-7, 14), min_size=3, max_size=3), asked=st.booleans())
    def replan(self, n, shifts, asked):
        """Several sessions of a course at once: moved by the desk, or asked about as one."""
        rows = Booking.objects.filter(course=self.courses[n].pk, status=Status.BOOKED).order_by("starts")
        moves = [
            (booking, booking.starts + timedelta(days=shift), None)
            for booking, shift in zip(rows, shifts, strict=False)
            if shift
        ]
        if not moves:
            return
        course, until = Course.objects.get(pk=self.courses[n].pk), self.now + timedelta(hours=2)
        how = {"moves": moves, "key": uuid4(), "by": self.desk, "now": self.now}
        self.at_the_door(
            (lambda: door.propose_together(until=until, **how))
            if asked
            else (lambda: door.replan(course=course, authority=Authority.DESK, **how))
        )

    @rule(n=patients, whole=st.booleans())
    def pause(self, n, whole):
        course = Course.objects.get(pk=self.courses[n].pk)
        self.at_the_door(
            lambda: pausing.pause(
                patient=course.patient, course=None if whole else course, cause="travel", by=self.desk,
                now=self.now,
            )
        )  # fmt: skip

    @rule(n=which)
    def resume(self, n):
        if found := self.pick(Pause.objects.filter(ended_at=None), n):
            self.at_the_door(lambda: pausing.resume(pause=found, by=self.desk, now=self.now))

    @rule(n=which)
    def wait_for_an_earlier_time(self, n):
        if booking := self.pick(Booking.objects.filter(status=Status.BOOKED, starts__gt=self.now), n):
            self.at_the_door(
                lambda: joining.join(
                    wanted=joining.for_booking(booking, now=self.now), key=uuid4(), by=self.desk,
                    now=self.now,
                )
            )  # fmt: skip

    @precondition(lambda self: FreedTime.objects.filter(closed_at=None).exists())
    @rule()
    def offer_what_is_free(self):
        filling.fill(now=self.now)

    @precondition(lambda self: Offer.objects.filter(outcome="").exists())
    @rule(n=which, yes=st.booleans())
    def answer_what_became_free(self, n, yes):
        offer = self.pick(Offer.objects.filter(outcome=""), n)
        say = answering.take if yes else answering.decline
        self.at_the_door(lambda: say(offer=offer, by=self.desk, now=self.now))

    @rule(n=which)
    def cancel(self, n):
        if booking := self.pick(Booking.objects.filter(status=Status.BOOKED), n):
            self.at_the_door(
                lambda: door.cancel(
                    bookings=[booking], key=uuid4(), by=None, now=self.now, authority=Authority.DESK
                )
            )

    @rule(n=which)
    def undo(self, n):
        changes = Change.objects.filter(undo_until__gt=self.now, undone_by=None)
        if change := self.pick(changes, n):
            self.at_the_door(lambda: door.undo(change=change, key=uuid4(), by=None, now=self.now))

    @rule(n=which, day=days, quarter=quarters)
    def propose(self, n, day, quarter):
        if booking := self.pick(Booking.objects.filter(status=Status.BOOKED), n):
            self.at_the_door(
                lambda: door.propose(
                    booking=booking, starts=starts(day, quarter), practitioner=None, by=self.desk,
                    until=self.now + timedelta(hours=2), now=self.now,
                )
            )  # fmt: skip

    @rule(n=which, yes=st.booleans())
    def answer(self, n, yes):
        if offer := self.pick(Booking.objects.filter(status=Status.HELD, replaces__isnull=False), n):
            self.at_the_door(
                (lambda: door.accept(offer=offer, key=uuid4(), by=None, now=self.now))
                if yes
                else (lambda: door.decline(offer=offer, by=None, now=self.now))
            )

    @rule(day=days, quarter=quarters, patient=patients)
    def fit_in(self, day, quarter, patient):
        self.at_the_door(
            lambda: door.fit_in(
                patient=self.patients[patient], visit_type=self.consultation, location=self.location,
                starts=starts(day, quarter), practitioner=self.doctors[0].pk, reason="in pain", key=uuid4(),
                by=self.desk, now=self.now,
            )
        )  # fmt: skip

    @rule(n=which, to=st.sampled_from([*PRESENT, Status.DONE, Status.NO_SHOW, Status.BOOKED]))
    def step(self, n, to):
        ahead = Booking.objects.filter(status__in=[Status.BOOKED, *PRESENT])
        if booking := self.pick(ahead, n):
            self.at_the_door(lambda: door.set_status(booking=booking, to=to, by=self.desk, now=self.now))

    # What managers do

    @rule(day=days, quarter=quarters, hours=st.integers(1, 9), what=closed_for, keep=st.booleans())
    def close(self, day, quarter, hours, what, keep):
        one = {"doctor": self.doctors[0].resource, "room": self.rooms[0], "chair": self.chairs[0]}
        span = {"starts": starts(day, quarter), "ends": starts(day, quarter) + timedelta(hours=hours)}
        at = {"location": None if what == "doctor" else self.location, "resource": one.get(what)}
        found = closures.touched(**at, **span, now=self.now)
        self.at_the_door(
            lambda: closures.save(
                **at, **span, kind=ClosureKind.CLOSED, reason="x", by=self.desk, now=self.now,
                seen={booking.pk: booking.version for booking in found},
                keeps={booking.pk: "asked to" for booking in found if keep},
            )
        )  # fmt: skip

    @precondition(lambda self: Closure.objects.exists())
    @rule(n=which)
    def open_again(self, n):
        closures.remove(closure=self.pick(Closure.objects, n), by=self.desk, now=self.now)

    @rule(kept=patients, other=patients)
    def merge(self, kept, other):
        """Two records of one person become one; what is done in the name of the other is refused."""
        if kept == other:
            return
        one, two = self.patients[kept], self.patients[other]
        self.at_the_door(
            lambda: together(one, two, by=self.manager, now=self.now, why="one person", sure=True)
        )

    # What must always be so

    @invariant()
    def nothing_is_wrong(self):
        self.steps = getattr(self, "steps", 0) + 1
        if hasattr(self, "before") and self.steps % LOOK_EVERY == 0:
            self.look()

    def look(self):
        with connection.cursor() as cursor:  # none parked at what would be the commit
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert verify(now=self.now).wrong == {}


def test_whatever_is_done_in_whatever_order_the_diary_stays_whole(db):
    run_state_machine_as_test(
        Diary,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_the_machine_would_see_a_door_that_tells_nobody(monkeypatch, db):
    """The control: a booking that no reminder was written for."""
    monkeypatch.setattr(messages, "booking_changed", lambda **_: [])
    with pytest.raises((AssertionError, Flaky)):  # what it draws depends on what went wrong
        run_state_machine_as_test(
            Diary,
            settings=settings(
                max_examples=50, stateful_step_count=20, database=None,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
