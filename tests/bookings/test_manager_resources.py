"""Rooms, chairs and devices: added, changed, taken out of use without leaving anybody without one."""

from datetime import timedelta

import pytest

from bookings import door
from bookings.models import Booking, Status
from bookings.services.house import resources as services
from bookings.services.house.resources import MOST_AT_ONCE, TooManyToMove, uses_ahead
from clinic.models import AuditRow, Message, Resource
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, session_visit, visit
from tests.bookings.manager_clinic import address, errors_of, manager, send
from tests.bookings.patient_clinic import at_now, hidden, place, text_of
from tests.builders import NOW

__all__ = ["at_now", "manager", "place"]
pytestmark = pytest.mark.django_db


def of_place(place):
    return address("resources", place.location.slug)


def of(thing):
    return address("resource", thing.location.slug, thing.pk)


def retire(manager, thing):
    seen = hidden(manager.get(of(thing)), "seen")
    return manager.post(address("retire", thing.location.slug, thing.pk), {"seen": seen})


def room_of(booking):
    return booking.claims.get(resource__kind="room").resource


def test_list_shows_all_of_the_location(manager, place):
    page = text_of(manager.get(of_place(place)))

    assert page.count("in use") == 4
    assert "Rooms" in page and "Chairs" in page and "Devices" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_for_few_and_many(manager, place, count, django_assert_num_queries):
    for _ in range(count - 1):
        builders.a_room(location=place.location)

    with django_assert_num_queries(5):
        manager.get(of_place(place))


def test_a_room_is_added(manager, place):
    manager.post(of_place(place), {"kind": "room", "name": " Room  9 ", "turnover_minutes": "10"})

    room = Resource.objects.get(name="Room 9")
    assert (room.location, room.turnover_minutes, room.is_active) == (place.location, 10, True)
    assert AuditRow.objects.get(action="resource_added").subject == f"resource:{room.pk}"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter a name, for example Room 2"),
        ("kind", "practitioner", "Select a valid choice"),
        ("turnover_minutes", "7", "in steps of five"),
        ("turnover_minutes", "125", "Enter minutes from 0 to 120"),
        ("turnover_minutes", "-5", "Enter minutes from 0 to 120"),
        ("turnover_minutes", "9" * 40, "Enter minutes from 0 to 120"),
        ("turnover_minutes", "ten", "Enter minutes from 0 to 120"),
    ],
)
def test_bad_input_is_said_and_stays(manager, place, field, typed, words):
    answer = manager.post(
        of_place(place), {"kind": "room", "name": "Room 9", "turnover_minutes": "0"} | {field: typed}
    )

    assert answer.status_code == 422
    assert words in errors_of(answer)
    assert answer.context["form"][field].value() == typed
    assert Resource.objects.filter(location=place.location).count() == 4


def test_a_name_is_used_once_in_a_location(manager, place):
    sent = {"kind": "room", "name": "Room 9", "turnover_minutes": "0"}
    manager.post(of_place(place), sent)

    again = manager.post(of_place(place), sent | {"name": "ROOM 9"})

    assert again.status_code == 409
    assert "There is one of that name here already" in errors_of(again)
    assert manager.post(of_place(place), sent | {"kind": "chair"}).status_code == 302


def test_a_room_is_renamed_and_what_is_booked_keeps_its_minutes(manager, place):
    booking = visit(place)
    room = room_of(booking)
    ends = booking.claims.get(resource=room).ends

    send(manager, of(room), name="Blue room", turnover_minutes="20")

    room.refresh_from_db()
    assert (room.name, room.turnover_minutes) == ("Blue room", 20)
    assert booking.claims.get(resource=room).ends == ends


def test_a_colleagues_change_is_not_overwritten_unseen(manager, place):
    room = Resource.objects.filter(kind="room").first()
    page = manager.get(of(room))
    send(manager, of(room), name="Blue room")

    refused = manager.post(
        of(room), {"seen": hidden(page, "seen"), "name": "Red room", "turnover_minutes": "0"}
    )

    assert refused.status_code == 409
    assert refused.context["form"]["name"].value() == "Red room"
    room.refresh_from_db()
    assert room.name == "Blue room"


# Out of use


def test_page_lists_the_visits_that_use_it(manager, place):
    booking = visit(place, TOMORROW_11)

    assert "Tue 3 Nov, 11:00 am Asha Rao First consultation Dr Rao" in text_of(
        manager.get(of(room_of(booking)))
    )


def test_each_visit_gets_another_room_at_the_same_time_and_nobody_is_told(manager, place):
    booking = visit(place, TOMORROW_11)
    room = room_of(booking)
    Message.objects.filter(due_at__lte=NOW).update(state="sent", sent_at=NOW)
    told = set(Message.objects.filter(state="scheduled").values_list("kind", "due_at"))

    answer = retire(manager, room)

    room.refresh_from_db()
    booking.refresh_from_db()
    assert answer.status_code == 302
    assert not room.is_active
    assert room_of(booking) != room
    assert (booking.starts, booking.practitioner, booking.status) == (
        TOMORROW_11,
        place.doctor,
        Status.BOOKED,
    )
    assert set(Message.objects.filter(state="scheduled").values_list("kind", "due_at")) == told


def test_a_session_gets_another_chair_for_both_its_steps(manager, place):
    booking = session_visit(place, TOMORROW_11)
    chair = booking.claims.filter(resource__kind="chair").first().resource

    retire(manager, chair)

    chairs = set(booking.claims.filter(resource__kind="chair").values_list("resource", flat=True))
    assert len(chairs) == 1
    assert chair.pk not in chairs


def test_a_room_for_which_there_is_no_other_stays_in_use_and_says_why(manager, place):
    booking = visit(place, TOMORROW_11)
    room = room_of(booking)
    Resource.objects.filter(kind="room").exclude(pk=room.pk).update(is_active=False)

    answer = retire(manager, room)

    room.refresh_from_db()
    assert answer.status_code == 409
    assert "there is no other for one visit" in text_of(answer)
    assert "Asha Rao" in text_of(answer)
    assert room.is_active
    assert list(uses_ahead(resource=room, now=NOW)) == [booking]


def test_those_for_whom_there_is_another_have_it_also_when_one_has_none(manager, place):
    """Both rooms are taken at eleven; at twelve one is free."""
    one, other = visit(place), visit(place, name="Ravi", practitioner=a_colleague(place).pk)
    room = room_of(one)
    noon = builders.NOW + timedelta(hours=2)
    later = visit(place, noon)
    if room_of(later) != room:
        room, one, other = room_of(later), other, one

    retire(manager, room)

    assert room_of(one) == room
    assert room_of(later) != room
    assert Resource.objects.get(pk=room.pk).is_active


def a_colleague(place):
    return builders.a_practitioner(location=place.location, qualified=[place.consultation, place.session])


def test_a_time_being_kept_for_a_browser_is_not_pulled_away(manager, place):
    held = door.hold(
        visit_type=place.consultation, location=place.location, starts=AT_11, held_for="browser", now=NOW
    )
    room = room_of(held)

    answer = retire(manager, room)

    assert answer.status_code == 409
    assert "Somebody is booking online" in text_of(answer)
    assert Resource.objects.get(pk=room.pk).is_active


def test_too_many_at_once_change_nothing(place, monkeypatch):
    booking = visit(place)
    room = room_of(booking)
    monkeypatch.setattr(services, "MOST_AT_ONCE", 0)

    with pytest.raises(TooManyToMove):
        services.retire(
            resource=room, seen=services.mark_of(room, services.RESOURCE_FIELDS),
            by=builders.staff(role="manager"), now=NOW,
        )  # fmt: skip

    assert MOST_AT_ONCE == 100
    assert Resource.objects.get(pk=room.pk).is_active


def test_nobody_books_what_is_out_of_use_until_it_is_back(manager, place):
    rooms = Resource.objects.filter(kind="room")
    for room in rooms:
        retire(manager, room)
    assert Booking.objects.count() == 0

    page = manager.get(of(rooms.first()))
    assert "out of use" in text_of(page)
    manager.post(address("bring_back", place.location.slug, rooms.first().pk), {"seen": hidden(page, "seen")})

    assert room_of(visit(place)) == rooms.first()


def test_retiring_a_page_that_is_old_is_refused(manager, place):
    room = Resource.objects.filter(kind="room").first()
    seen = hidden(manager.get(of(room)), "seen")
    send(manager, of(room), name="Blue room")

    answer = manager.post(address("retire", place.location.slug, room.pk), {"seen": seen})

    assert answer.status_code == 409
    assert Resource.objects.get(pk=room.pk).is_active
