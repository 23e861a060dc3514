"""A course prescribed anew: what a revision may touch, what it may not, and that it is signed once."""

import uuid
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from clinic.models import AuditRow
from clinic.refusals import KeyReused
from consultations.services.screenings import screen
from tests import builders
from tests.builders import NOW
from tests.consultations.histories import man
from treatments import refusals
from treatments.models import Course, Prescription, Product
from treatments.models.courses import Phase
from treatments.rules.gaps import Gap
from treatments.rules.protocols import P1, P12
from treatments.services.prescribing import Order, prescribe
from treatments.services.products import sync_products
from treatments.services.revising import MOST_SESSIONS, Adding, Revision, open_sessions, revise

pytestmark = pytest.mark.django_db
KEY = uuid.UUID(int=70)
MAINTENANCE = Adding(count=2, gap=Gap(84, 84, 91, 105), phase=Phase.MAINTENANCE)
WEEKLY, WIDER = Gap(7, 7, 7, 10), Gap(7, 12, 14, 18)


@pytest.fixture
def course():
    sync_products()
    return prescribed(P1)


def prescribed(protocol, gaps=None):
    answers = man()
    patient = builders.a_patient(sex_at_birth="male", born_on=None)
    builders.an_intake(patient=patient, answers=answers)
    decision = builders.a_decision(screening=screen(patient=patient, planned=None, now=NOW))
    visit_type, location = builders.session_type(), builders.a_location()
    treats = builders.a_practitioner(location=location, qualified=[visit_type])
    order = Order(
        protocol_code=protocol.code, gaps=gaps or protocol.gaps[:3], visit_type=visit_type,
        location=location, treats=treats,
    )  # fmt: skip
    return prescribe(decision=decision, practitioner=treats, order=order, key=builders.next_key(), now=NOW)


def a_revision(course, **fields):
    """What the page shows, unchanged but for `fields`; `gaps` is merged in."""
    shown = {one.number: gap_of(one) for one in open_sessions(course)}
    seen = course.prescriptions.order_by("-revision").first().revision
    return Revision(**{"seen": seen, "note": ""} | fields | {"gaps": shown | fields.get("gaps", {})})


def gap_of(session):
    numbers = (session.never_before, session.earliest, session.target, session.latest)
    return Gap(*numbers) if session.target else None


def sign(course, revision, *, key=KEY, now=NOW):
    return revise(course=course, revision=revision, practitioner=course.practitioner, key=key, now=now)


def rows(course):
    return [
        (one.number, one.target, str(one.phase), one.is_soft, str(one.dropped_reason))
        for one in course.sessions.order_by("number")
    ]


def give(course, number, day=NOW):
    return builders.a_record(session=course.sessions.get(number=number), started_at=day)


def test_gaps_change_and_the_earlier_revision_stays(course):
    first = course.prescriptions.get()
    signed = sign(course, a_revision(course, gaps={3: WIDER}, note="slower"))

    assert [one[1] for one in rows(course)] == [None, 7, 14, 7]
    assert (signed.revision, signed.note, signed.signed_by) == (2, "slower", course.practitioner)
    assert signed.steps[2] == {"number": 3, **asdict(WIDER), "product": P1.product_code} | {
        "phase": "course", "soft": False,
    }  # fmt: skip
    first.refresh_from_db()
    assert first.steps[2]["target"] == 7


def test_sessions_taken_out_stay_on_record_and_leave_the_prescription(course):
    signed = sign(course, a_revision(course, drops=frozenset({2, 4})))

    assert [(one[0], one[4]) for one in rows(course)] == [(1, ""), (2, "revised"), (3, ""), (4, "revised")]
    assert [step["number"] for step in signed.steps] == [1, 3]


def test_sessions_are_put_behind_the_last_number_ever_used(course):
    sign(course, a_revision(course, drops=frozenset({4})))
    sign(course, a_revision(course, adds=[Adding(count=2, gap=WIDER)]), key=uuid.UUID(int=71))

    assert rows(course)[3:] == [
        (4, 7, "course", False, "revised"), (5, 14, "course", False, ""), (6, 14, "course", False, ""),
    ]  # fmt: skip
    assert {one.product.code for one in course.sessions.select_related("product")} == {P1.product_code}


def test_what_keeps_it_up_is_soft_and_comes_after_the_course(course):
    signed = sign(course, a_revision(course, adds=[MAINTENANCE, Adding(count=1, gap=WIDER)]))

    assert rows(course)[4:] == [
        (5, 14, "course", False, ""), (6, 91, "maintenance", True, ""), (7, 91, "maintenance", True, ""),
    ]  # fmt: skip
    assert [(step["phase"], step["soft"]) for step in signed.steps[4:]] == [
        ("course", False), ("maintenance", True), ("maintenance", True),
    ]  # fmt: skip


def test_given_sessions_are_not_touched(course):
    give(course, 1)
    give(course, 2, NOW + timedelta(days=7))
    before = rows(course)[:2]

    sign(course, a_revision(course, gaps={3: WIDER}, drops=frozenset({4})), now=NOW + timedelta(days=8))

    assert rows(course)[:2] == before
    assert [step["number"] for step in course.prescriptions.get(revision=2).steps] == [1, 2, 3]


@pytest.mark.parametrize("touched", [{"gaps": {1: None, 2: WIDER}}, {"drops": frozenset({2})}])
def test_a_session_given_since_the_page_was_shown_is_not_touched(course, touched):
    revision = a_revision(course, **touched)
    give(course, 1)
    give(course, 2, NOW + timedelta(days=7))

    with pytest.raises(refusals.RevisionStale):
        sign(course, revision, now=NOW + timedelta(days=8))
    assert (rows(course)[1], Prescription.objects.filter(course=course).count()) == (
        (2, 7, "course", False, ""), 1,
    )  # fmt: skip


def test_another_revision_signed_meanwhile_is_not_written_over(course):
    mine = a_revision(course, gaps={2: WIDER})
    sign(course, a_revision(course, gaps={3: WIDER}))
    with pytest.raises(refusals.RevisionStale):
        sign(course, mine, key=uuid.UUID(int=71))
    assert [one[1] for one in rows(course)] == [None, 7, 14, 7]


def test_a_session_somebody_else_dropped_makes_the_page_stale(course):
    revision = a_revision(course, gaps={2: WIDER})
    course.sessions.filter(number=4).update(dropped_reason="forfeited")
    with pytest.raises(refusals.RevisionStale):
        sign(course, revision)


def test_the_same_key_signs_once(course):
    revision = a_revision(course, gaps={3: WIDER}, drops=frozenset({4}), adds=[MAINTENANCE], note="once")
    assert sign(course, revision) == sign(course, revision)
    assert (course.prescriptions.count(), course.sessions.count()) == (2, 6)


@pytest.mark.parametrize(
    "other",
    [{"note": "other"}, {"drops": frozenset()}, {"drops": frozenset({2})}, {"gaps": {2: WIDER}}],
    ids=str,
)
def test_the_same_key_for_something_else_is_refused(course, other):
    revision = a_revision(course, gaps={3: WIDER}, drops=frozenset({4}))
    sign(course, revision)
    with pytest.raises(KeyReused):
        sign(course, replace(revision, **other | {"gaps": {**revision.gaps, **other.get("gaps", {})}}))
    assert course.prescriptions.count() == 2


def test_the_same_key_for_another_course_is_refused(course):
    other = prescribed(P1)
    sign(course, a_revision(course, gaps={3: WIDER}))
    with pytest.raises(KeyReused):
        sign(other, a_revision(other, gaps={3: WIDER}))


def test_an_ended_course_is_not_revised(course):
    revision = a_revision(course, gaps={3: WIDER})
    Course.objects.filter(pk=course.pk).update(ended_on=NOW.date(), ended_why="other")
    with pytest.raises(refusals.AlreadyEnded):
        sign(course, revision)


def test_the_first_session_stays(course):
    with pytest.raises(refusals.FirstStays):
        sign(course, a_revision(course, drops=frozenset({1, 2})))


def test_nothing_changed_is_nothing_signed(course):
    with pytest.raises(refusals.NothingToRevise):
        sign(course, a_revision(course))
    assert sign(course, a_revision(course, note="a word for whoever treats")).revision == 2


def test_sessions_of_the_course_do_not_go_behind_what_keeps_it_up(course):
    sign(course, a_revision(course, adds=[MAINTENANCE]))
    more = Adding(count=1, gap=WIDER)
    with pytest.raises(refusals.MaintenanceFirst):
        sign(course, a_revision(course, adds=[more]), key=uuid.UUID(int=71))
    sign(course, a_revision(course, drops=frozenset({5, 6}), adds=[more, MAINTENANCE]), key=uuid.UUID(int=72))
    assert [(one[0], one[2]) for one in rows(course) if not one[4]][4:] == [
        (7, "course"), (8, "maintenance"), (9, "maintenance"),
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "fits"), [(MOST_SESSIONS - 4, True), (MOST_SESSIONS - 3, False)])
def test_a_course_does_not_grow_without_end(course, count, fits):
    revision = a_revision(course, adds=[Adding(count=count, gap=WIDER)])
    if fits:
        assert sign(course, revision).steps[-1]["number"] == MOST_SESSIONS
    else:
        with pytest.raises(refusals.TooManySessions):
            sign(course, revision)


# Floors


@pytest.mark.parametrize(
    "changes",
    [{"gaps": {3: Gap(20, 28, 28, 35)}}, {"adds": [Adding(count=1, gap=Gap(20, 28, 28, 35))]}],
    ids=str,
)
def test_no_revision_goes_below_the_floor_of_the_product(changes):
    sync_products()
    course = prescribed(P12, gaps=P12.gaps)
    with pytest.raises(refusals.GapNotAllowed) as refused:
        sign(course, a_revision(course, **changes))
    assert refused.value.floor == 21
    assert sign(course, a_revision(course, gaps={3: Gap(21, 28, 28, 35 + 1)})).revision == 2


def test_a_row_that_is_taken_out_is_not_judged(course):
    sign(course, a_revision(course, gaps={4: Gap(1, 1, 1, 1)}, drops=frozenset({4})))
    assert rows(course)[3] == (4, 7, "course", False, "revised")


# What more sessions ask for, and fewer do not


def lapsed(course):
    decision = course.prescriptions.get().decision
    return decision.valid_until + timedelta(days=1) - NOW.date()


def test_more_sessions_need_a_decision_that_holds(course):
    later = NOW + lapsed(course)
    with pytest.raises(refusals.NoDecision):
        sign(course, a_revision(course, adds=[MAINTENANCE]), now=later)
    assert sign(course, a_revision(course, gaps={3: WIDER}, drops=frozenset({4})), now=later).revision == 2


def test_more_sessions_need_a_product_that_may_be_used(course):
    Product.objects.filter(code=P1.product_code).update(regulatory_status="unlicensed")
    with pytest.raises(refusals.ProductNotLicensed):
        sign(course, a_revision(course, adds=[MAINTENANCE]))
    assert sign(course, a_revision(course, drops=frozenset({4}))).revision == 2


def test_more_sessions_are_screened_again(course):
    patient = course.patient
    builders.an_intake(patient=patient, answers=man(trying_to_conceive="now"), purpose="update")
    builders.a_decision(screening=screen(patient=patient, planned=None, now=NOW))
    with pytest.raises(refusals.ProductRefused):
        sign(course, a_revision(course, adds=[MAINTENANCE]))


def test_answers_given_before_a_session_are_no_bar_unless_they_say_something(course):
    patient = course.patient
    builders.an_intake(patient=patient, answers=man(), purpose="pre_session")
    screen(patient=patient, planned=None, now=NOW)
    assert sign(course, a_revision(course, adds=[MAINTENANCE])).revision == 2

    builders.an_intake(patient=patient, answers=man(recent_illness="yes"), purpose="pre_session")
    with pytest.raises(refusals.DecisionChanged):
        sign(course, a_revision(course, adds=[MAINTENANCE]), key=uuid.UUID(int=71))


def test_the_revision_stands_on_the_newest_decision(course):
    newer = builders.a_decision(screening=course.prescriptions.get().decision.screening)
    assert sign(course, a_revision(course, gaps={3: WIDER})).decision == newer


def test_a_revision_is_written_to_the_audit(course):
    sign(course, a_revision(course, drops=frozenset({4}), adds=[MAINTENANCE]))
    row = AuditRow.objects.get(action="course_revised")
    assert (row.subject, row.detail) == (f"course:{course.pk}", {"revision": 2, "dropped": 1, "added": 2})
