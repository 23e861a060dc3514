"""What stands on the day board, and what the open board asks for, as tests look at it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings import door
from bookings.models import Booking
from bookings.services.door.gap_rules import Authority
from bookings.views.desk.cards import Card
from tests import builders
from tests.bookings.desk_clinic import AT_11
from tests.bookings.patient_clinic import local, text_of
from tests.builders import NOW

MINUTE = timedelta(minutes=1)


def items(page, kind=Card):
    columns = page.context["board"]["columns"]
    return [item for column in columns for item in column.items if isinstance(item, kind)]


def card(page, booking):
    return next(item for item in items(page) if item.reference == booking.reference)


def words_on(page, booking):
    """What stands on the card itself, as its marks draw it."""
    body = page.content.decode()
    begin = body.index(f'id="v-{booking.reference}"')
    return text_of(type("Page", (), {"content": body[begin : body.index("</li>", begin)].encode()}))


def set_to(booking, **fields):
    Booking.objects.filter(pk=booking.pk).update(**fields)


def propose(booking, starts="2026-11-02T15:00"):
    return door.propose(
        booking=booking, starts=local(starts), practitioner=None, until=NOW + 2 * 60 * MINUTE,
        by=builders.staff(role="front_desk"), now=NOW,
    )  # fmt: skip


def moved(booking, desk):
    [found] = door.move(
        moves=[(booking, AT_11 + 60 * MINUTE, None)], key=uuid4(), by=desk.user, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    return found


def poll(desk, tag="", **asked):
    query = {"at": "", "day": "2026-11-02", "by": "doctor", "visit": ""} | asked
    return desk.get(reverse("desk_board"), query, headers={"If-None-Match": tag} if tag else {})


@pytest.fixture
def here(place):
    return place.location.slug
