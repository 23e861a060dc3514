"""Several people at one booking at once: whatever the order, one outcome that everything agrees on.

Every test ends with `verify` and with no deadlock counted by PostgreSQL. CLINIC_SOAK=1 for the full sizes.
"""

import os
import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import transaction

from bookings import door, refusals
from bookings.models import Booking, Change, Claim, Closure, Status
from bookings.services.door import changes, taking
from bookings.services.verifying import verify
from clinic import delivery
from clinic.models import Resource
from consultations.services.agreements import BY_LOG_IN, words_hash
from consultations.services.withdrawals import withdraw_consent
from tests import builders
from tests.bookings.door_clinic import a_course, book, course, hold, place, place_days, ten
from tests.builders import NOW
from tests.races.together import at_once, deadlocks, each_at_once
from treatments import refusals as treatment_refusals
from treatments.services.agreeing import Shown, agree_to_course, consent_subject
from treatments.services.records import Entry, sign_record

__all__ = ["course", "place"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
SOAK = bool(os.environ.get("CLINIC_SOAK"))
ROUNDS = 40 if SOAK else 4
TWINS = 24 if SOAK else 8
ACTS = 4000 if SOAK else 150


@pytest.fixture(autouse=True)
def right_and_without_deadlock(transactional_db):
    before = deadlocks()
    yield
    assert verify(now=NOW).wrong == {}
    assert deadlocks() - before == 0


def as_its_changes_say(booking) -> bool:
    """The last change of a booking left it as it is, each began where the one before had ended."""
    booking.refresh_from_db()
    lines = list(booking.change_lines.order_by("change_id").values_list("before", "after"))
    joined = all(one[1] == other[0] for one, other in pairwise(lines))
    return joined and lines[-1][1] == changes.snapshot(booking)


# One booking


def test_moved_twice_cancelled_and_undone_at_once_is_one_of_these(place):
    for n in range(ROUNDS):
        booking = book(place, ten(3) + timedelta(hours=n % 8))
        made, seen = Change.objects.latest("pk"), {"by": None, "now": NOW}

        def move(starts, booking=booking, seen=seen):
            door.move(moves=[(booking, starts, None)], key=uuid4(), **seen)
            return "moved"

        def cancel(booking=booking, seen=seen):
            door.cancel(bookings=[booking], key=uuid4(), **seen)
            return "cancelled"

        def undo(made=made, seen=seen):
            door.undo(change=made, key=uuid4(), **seen)
            return "undone"

        found = each_at_once([lambda: move(ten(4)), lambda: move(ten(5)), cancel, undo])

        assert sum(one in ("moved", "cancelled", "undone") for one in found) == 1
        assert set(found) <= {"moved", "cancelled", "undone", "Changed", "NotPossible"}
        assert as_its_changes_say(booking)
        assert booking.version == 2
        if booking.status == Status.BOOKED:
            door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)
        assert Claim.objects.count() == 0


def test_a_hold_that_runs_out_is_confirmed_or_anothers_and_never_both(place):
    for n in range(ROUNDS):
        starts = ten(3) + timedelta(hours=n % 8)
        held, patient = hold(place, starts, browser=f"mine {n}"), builders.a_patient()
        out = held.held_until

        def confirm(now, held=held, patient=patient):
            return door.confirm(held=held, patient=patient, key=uuid4(), by=None, now=now).patient_id

        def rival(number, now, starts=starts, n=n):
            return hold(place, starts, browser=f"{n} {number}", now=now).held_for

        in_time = [lambda: confirm(out - timedelta(seconds=1))]  # noqa: B023 called in this round
        too_late = [lambda k=k: rival(k, out) for k in range(4)]  # noqa: B023 called in this round
        found = each_at_once(in_time + too_late)

        [kept] = Booking.objects.filter(starts=starts).exclude(status=Status.CANCELLED)
        assert Counter(found)["TimeTaken"] == len(found) - 1
        assert (kept.patient_id or kept.held_for) in found
        Booking.objects.filter(pk=kept.pk, status=Status.HELD).delete()
        if kept.status == Status.BOOKED:
            door.cancel(bookings=[kept], key=uuid4(), by=None, now=NOW)


def test_one_browser_that_holds_eight_times_at_once_has_one(place):
    found = at_once(lambda n: hold(place, ten(3) + n * timedelta(hours=1)).status, 8)

    assert found["held"] >= 1
    assert set(found) <= {"held", "Busy"}
    assert (Booking.objects.count(), Claim.objects.count()) == (1, 2)


def test_one_browser_that_holds_one_time_eight_times_has_one_and_is_told_so(place):
    found = at_once(lambda _: hold(place).pk, 8)

    assert found == Counter({Booking.objects.get().pk: 8})


def test_a_hold_confirmed_while_its_browser_holds_another_is_booked(place):
    for n in range(ROUNDS):
        at = timedelta(hours=n % 8)
        held, patient = hold(place, ten(3) + at), builders.a_patient()

        def confirm(held=held, patient=patient):
            return door.confirm(held=held, patient=patient, key=uuid4(), by=None, now=NOW).status

        booked, other = each_at_once([confirm, lambda at=at: hold(place, ten(4) + at).pk])

        [booking] = Booking.objects.filter(patient=patient)
        assert (booked, booking.status, booking.starts) == ("booked", "booked", held.starts)
        assert Booking.objects.get(status=Status.HELD).pk == other
        door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)


# One form, sent many times


def test_every_verb_is_done_once_by_its_key(place, course):
    location, consultation, _, doctor = place
    desk, patient = builders.staff(role="front_desk"), builders.a_patient()
    fixed = {"by": desk, "now": NOW}

    def all_alike(action, work):
        key = uuid4()
        found = at_once(lambda _: tuple(one.pk for one in _listed(work(key))), TWINS)
        assert (list(found.values()), Change.objects.filter(key=key, action=action).count()) == ([TWINS], 1)
        [pks] = found
        return [Booking.objects.get(pk=pk) for pk in pks]

    held = hold(place, ten(3))
    [booking] = all_alike("book", lambda key: door.confirm(held=held, patient=patient, key=key, **fixed))
    late = hold(place, ten(4))
    after = {"by": desk, "now": late.held_until}
    all_alike("book", lambda key: door.confirm(held=late, patient=patient, key=key, **after))
    [moved] = all_alike("move", lambda key: door.move(moves=[(booking, ten(5), doctor.pk)], key=key, **fixed))
    all_alike("cancel", lambda key: door.cancel(bookings=[moved], key=key, **fixed))
    change = Change.objects.latest("pk")
    all_alike("undo", lambda key: door.undo(change=Change.objects.get(pk=change.pk), key=key, **fixed))
    times = [(one, ten(day), None) for one, day in zip(course.sessions.all(), (3, 17, 30), strict=True)]
    times = [(one, starts + timedelta(hours=2), who) for one, starts, who in times]
    [first, *_] = all_alike(
        "place", lambda key: door.place_course(course=course, times=times, key=key, **fixed)
    )
    all_alike("cancel", lambda key: door.cancel(bookings=[first], key=key, **fixed))
    session, starts = first.session, first.starts
    all_alike("book", lambda key: door.book_session(session=session, starts=starts, key=key, **fixed))
    past = {"visit_type": consultation, "location": location, "practitioner": doctor, "patient": patient}
    all_alike(
        "enter_past",
        lambda key: door.enter_past(starts=NOW - timedelta(hours=1), reason="busy", key=key, **past, **fixed),
    )


def _listed(given):
    return given if isinstance(given, list) else [given]


def test_one_change_undone_by_many_is_undone_once(place):
    booking = book(place)
    change = Change.objects.latest("pk")

    found = at_once(lambda _: len(door.undo(change=change, key=uuid4(), by=None, now=NOW)), TWINS)

    assert found == Counter({1: 1, "Changed": TWINS - 1})
    assert as_its_changes_say(booking)


# Courses


def test_two_courses_of_one_patient_placed_at_once_keep_a_week(place):
    location, _, session, _ = place
    builders.a_room(location=location)
    builders.a_chair(location=location)
    builders.a_practitioner(location=location, qualified=[session])
    one = a_course(place)
    other = a_course(place, decision=one.patient.decisions.get())

    def place_one(chosen, hours):
        times = [
            (session, ten(day) + timedelta(hours=hours), None)
            for session, day in zip(chosen.sessions.order_by("number"), (3, 17, 30), strict=True)
        ]
        door.place_course(course=chosen, times=times, key=uuid4(), by=None, now=NOW)
        return "placed"

    found = each_at_once([lambda: place_one(one, 0), lambda: place_one(other, 4)])

    assert sorted(found) == ["TooSoon", "placed"]
    assert Booking.objects.count() == 3


def test_a_closure_saved_while_a_course_is_placed_is_before_it_or_after_it(place, course):
    """Whoever saves a closure locks the resources that it closes, as the door does."""
    saved = []

    def close():
        with transaction.atomic():
            taking.lock(patients=set(), resources=set(Resource.objects.values_list("pk", flat=True)))
            saved.append(Booking.objects.filter(day=ten(17).date()).exists())
            Closure.objects.create(
                location=place[0], starts=ten(17), ends=ten(17) + timedelta(hours=1), reason="power cut"
            )
        return "closed"

    found = each_at_once([lambda: len(place_days(course, 3, 17, 30)), close])

    assert found == ([3, "closed"] if saved == [True] else ["TimeTaken", "closed"])
    assert Booking.objects.count() == (3 if saved == [True] else 0)


def test_a_session_given_while_it_is_moved_or_cancelled_is_given(place):
    """What was given stands, on its day; the move came before it or not at all."""
    for _ in range(ROUNDS):
        mine = a_course(place, sessions=2)
        first = place_days(mine, 3)[0]
        started = ten(3) + timedelta(minutes=50)
        entry = Entry(outcome="given", started_at=started)
        builders.a_precheck(session=first.session, now=started)

        def give(mine=mine, first=first, entry=entry, started=started):
            sign_record(
                session=first.session, practitioner=mine.practitioner, entry=entry, key=uuid4(),
                now=started + timedelta(minutes=5),
            )  # fmt: skip
            return "given"

        def move(first=first):
            return len(door.move(moves=[(first, ten(5), None)], key=uuid4(), by=None, now=NOW))

        def cancel(first=first):
            return len(door.cancel(bookings=[first], key=uuid4(), by=None, now=NOW))

        found = each_at_once([give, move, cancel])

        assert found[0] == "given"
        assert set(found[1:]) <= {1, "Changed", "NotPossible", "AlreadyBooked"}
        assert list(Booking.objects.filter(course=mine, status=Status.BOOKED)) == []
        [given] = Booking.objects.counting().filter(course=mine)
        assert (given.status, given.day) == (Status.DONE, ten(3).date())
        given.claims.all().delete()


# Everybody at everything


def test_all_that_a_busy_house_does_at_once_leaves_the_diary_right(place):
    """Two rooms, two dermatologists, and more people than times: every verb, records, consents, delivery."""
    location, consultation, session, _ = place
    builders.a_room(location=location)
    builders.a_chair(location=location)
    builders.a_practitioner(location=location, qualified=[consultation, session])
    one_each = [a_course(place, sessions=2) for _ in range(6)]
    workers = [lambda seed=seed: _work(place, one_each, seed) for seed in range(8)]

    found = sum(each_at_once(workers), Counter())

    done = sum(n for name, n in found.items() if name.islower())
    assert sum(found.values()) == 8 * (ACTS // 8)
    assert done > ACTS // 10


def _work(place, one_each, seed) -> Counter:
    dice, counted = random.Random(seed), Counter()
    acts = [_book, _hold, _move, _cancel, _undo, _place, _arrive, _give, _consent, _deliver]
    for _ in range(ACTS // 8):
        act = dice.choice(acts)
        try:
            act(place, one_each, dice)
            counted[act.__name__] += 1
        except (refusals.Refusal, treatment_refusals.Refusal) as refusal:
            counted[type(refusal).__name__] += 1
    return counted


def _some_time(dice):
    return ten(dice.choice((3, 4, 5))) + timedelta(minutes=30 * dice.randrange(12))


def _some_booking(dice):
    rows = Booking.objects.filter(status=Status.BOOKED).order_by("pk").select_related("patient")
    found = list(rows)
    if not found:
        raise refusals.NotPossible
    return dice.choice(found)


def _book(place, one_each, dice):
    book(place, _some_time(dice), patient=dice.choice(one_each).patient)


def _hold(place, one_each, dice):
    held = hold(place, _some_time(dice), browser=f"browser {dice.randrange(4)}")
    patient = dice.choice(one_each).patient
    door.confirm(held=held, patient=patient, key=uuid4(), by=None, now=NOW)


def _move(place, one_each, dice):
    moves = [(_some_booking(dice), _some_time(dice), None)]
    door.move(moves=moves, key=uuid4(), by=None, now=NOW, authority=door.Authority.DESK)


def _cancel(place, one_each, dice):
    door.cancel(bookings=[_some_booking(dice)], key=uuid4(), by=None, now=NOW)


def _undo(place, one_each, dice):
    newest = list(Change.objects.filter(undo_until__isnull=False).order_by("-pk")[:5])
    if not newest:
        raise refusals.NotPossible
    door.undo(change=dice.choice(newest), key=uuid4(), by=None, now=NOW)


def _place(place, one_each, dice):
    place_days(dice.choice(one_each), dice.choice((3, 4, 5)), dice.choice((17, 18, 19)))


def _arrive(place, one_each, dice):
    by = dice.choice(one_each).practitioner.user
    here = door.set_status(booking=_some_booking(dice), to=Status.ARRIVED, by=by, now=NOW)
    if dice.random() < 0.5:
        door.set_status(booking=here, to=Status.BOOKED, by=by, now=NOW)


def _give(place, one_each, dice):
    chosen = dice.choice(one_each)
    started = ten(2) + timedelta(minutes=dice.randrange(60))
    entry, session = Entry(outcome="given", started_at=started), chosen.sessions.get(number=1)
    builders.a_precheck(session=session, now=started)
    sign_record(
        session=session, practitioner=chosen.practitioner, entry=entry, key=uuid4(),
        now=ten(2) + timedelta(hours=2),
    )  # fmt: skip


def _consent(place, one_each, dice):
    course, by = dice.choice(one_each), dice.choice(one_each).practitioner.user
    subject = consent_subject(course)
    if dice.random() < 0.3:
        withdraw_consent(patient=course.patient, purpose="procedure", about=subject.about, by=by, now=NOW)
    shown = Shown(words=words_hash(subject.document), language="en", about_key=subject.key)
    agree_to_course(course=course, shown=shown, by=by, now=NOW, signing=BY_LOG_IN)


def _deliver(place, one_each, dice):
    delivery.deliver_batch(now=NOW + timedelta(minutes=dice.randrange(5)))
