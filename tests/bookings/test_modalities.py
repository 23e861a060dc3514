"""Between treatments of two kinds lies a fortnight, in whichever order and whoever books."""

from datetime import timedelta

import pytest

from bookings import refusals
from bookings.services.closing.limits import read_limits_of
from bookings.services.desk.times import read_limits
from bookings.services.door.gap_rules import Authority
from tests import builders
from tests.bookings.door_clinic import a_course, place, place_days, ten
from treatments.models import Product

__all__ = ["place"]
pytestmark = pytest.mark.django_db(transaction=True)


def of_kind(modality, **fields):
    product = builders.a_product(**fields)
    Product.objects.filter(pk=product.pk).update(modality=modality)
    product.refresh_from_db()
    return product


@pytest.fixture
def two(place):
    """A course of injections, with a session on day 17, and one of plasma of the same patient."""
    injections = a_course(place)
    place_days(injections, 17)
    decision = injections.patient.decisions.get()
    return injections, a_course(place, decision=decision, product=of_kind("prp"))


@pytest.mark.parametrize(("day", "refused"), [(3, False), (4, True), (30, True), (31, False)])
@pytest.mark.parametrize("authority", [Authority.PATIENT, Authority.DOCTOR])
def test_another_kind_keeps_a_fortnight_on_both_sides(two, day, refused, authority):
    _, plasma = two
    if refused:
        with pytest.raises(refusals.TooSoon):
            place_days(plasma, day, authority=authority, reason="wish")
    else:
        assert len(place_days(plasma, day)) == 1


def test_the_desk_is_not_offered_the_days_between(two):
    _, plasma = two
    (first,) = place_days(plasma, 31)
    for limits in (read_limits(first.session), read_limits_of([first])[first.pk]):
        open_days = [day for day in range(1, 40) if limits.allow(ten(day).date())]
        assert open_days == [1, 2, 3, *range(31, 40)]


def test_a_second_course_of_one_session_keeps_the_floor_of_what_is_in_it(place):
    steroid = builders.a_product(code="triamcinolone")
    first = a_course(place, product=steroid, sessions=1)
    second = a_course(place, decision=first.patient.decisions.get(), product=steroid, sessions=1)
    place_days(first, 3)

    with pytest.raises(refusals.TooSoon) as refused:
        place_days(second, 23)
    assert refused.value.earliest == ten(3).date() + timedelta(days=21)
    assert len(place_days(second, 24)) == 1


def test_a_product_the_list_does_not_know_keeps_the_week(place):
    first = a_course(place, sessions=1)
    second = a_course(place, decision=first.patient.decisions.get(), sessions=1)
    place_days(first, 3)

    with pytest.raises(refusals.TooSoon):
        place_days(second, 9)
    assert len(place_days(second, 10)) == 1
