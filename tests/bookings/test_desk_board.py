"""The day board: words and places of its cards, what the poll answers, and cards dropped elsewhere."""

import gzip
from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings import door
from bookings.models import Booking, Closure, RunningLate, Status, WorkingHours
from bookings.services import calling
from bookings.services.gap_rules import Authority
from bookings.views.desk.cards import Card
from bookings.views.desk.grid import Cell
from clinic.models import Qualified, Resource
from tests import builders
from tests.bookings.desk_clinic import (
    AT_11,
    TOMORROW_11,
    desk,
    screened,
    session_visit,
    status_of,
    take_step,
    visit,
)
from tests.bookings.full_day import fill
from tests.bookings.patient_clinic import at_now, carried, hidden, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db

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


# Words, colours and icons


@pytest.mark.parametrize(
    ("fields", "look", "icon", "words"),
    [
        ({}, "booked", "ring", "not confirmed"),
        ({"confirmed_at": NOW}, "confirmed", "check", "confirmed"),
        ({"status": "arrived", "arrived_at": NOW}, "arrived", "dot", "arrived 10:00 am"),
        ({"status": "preparing"}, "preparing", "drop", "numbing"),
        ({"status": "in_room"}, "in_room", "play", "in the room"),
        ({"status": "watching"}, "watching", "eye", "resting"),
        ({"status": "done"}, "done", "block", "done"),
    ],
)
def test_status_is_said_by_colour_icon_and_word(desk, place, fields, look, icon, words):
    booking = visit(place)
    set_to(booking, **fields)

    page = desk.get("/desk/")

    assert card(page, booking).look == look
    assert f'href="#i-{icon}"/></svg> {words}</span>' in card(page, booking).marks
    assert f'<symbol id="i-{icon}"' in page.content.decode()


def test_a_visit_further_ahead_is_booked_and_nobody_misses_a_word_yet(desk, place):
    booking = visit(place, local("2026-11-05T11:00"))

    page = desk.get(f"/desk/?visit={booking.reference}")

    assert "not confirmed" not in words_on(page, booking)
    assert "booked" in words_on(page, booking)


def test_flags_of_the_day_stand_on_the_card(desk, place, at_now):
    booking = visit(place)
    manager = builders.staff(role="manager")
    set_to(booking, fit_in_reason="came from far", kept_by=manager, kept_why="wishes it", late_minutes=20)
    set_clock(at_now, AT_11 + 10 * MINUTE)

    said = words_on(desk.get("/desk/"), booking)

    for words in ("20 min late", "fit-in", "kept although closed", "first visit", "form not finished"):
        assert words in said
    assert "not here yet" not in said


def test_somebody_who_is_later_than_they_said_is_missed(desk, place, at_now):
    booking = visit(place)
    set_to(booking, late_minutes=20)
    set_clock(at_now, AT_11 + 21 * MINUTE)

    assert "not here yet" in words_on(desk.get("/desk/"), booking)


def test_a_hold_is_dashed_nobodys_and_counts_down(desk, place):
    held = door.hold(
        visit_type=place.consultation, location=place.location, starts=AT_11, held_for="x", now=NOW
    )

    page = desk.get("/desk/")

    assert (card(page, held).look, card(page, held).href) == ("held", "")
    assert "Somebody is booking online" in words_on(page, held)
    assert "held 10 min" in words_on(page, held)
    assert f'data-until="{int(held.held_until.timestamp())}"' in page.content.decode()
    assert desk.get(f"/desk/?visit={held.reference}").context["card"] is None


def test_an_offer_is_dashed_and_opens_the_visit_it_is_for(desk, place):
    booking = visit(place)
    offer = propose(booking)

    page = desk.get("/desk/")

    assert (card(page, offer).look, card(page, offer).href) == ("offer", f"?visit={booking.reference}")
    assert "instead of Mon 2 Nov, 11:00 am asked: waiting for an answer" in words_on(page, offer)
    assert "asked to move" in words_on(page, booking)
    assert "1 asked" in text_of(page)
    opened = text_of(desk.get(f"/desk/?visit={booking.reference}"))
    assert "Mon 2 Nov, 3:00 pm, asked; kept until Mon 2 Nov, 12:00 pm" in opened


def propose(booking, starts="2026-11-02T15:00"):
    return door.propose(
        booking=booking, starts=local(starts), practitioner=None, until=NOW + 2 * 60 * MINUTE,
        by=builders.staff(role="front_desk"), now=NOW,
    )  # fmt: skip


def test_a_declined_offer_is_gone_without_a_trace_on_the_board(desk, place):
    offer = propose(visit(place))
    door.decline(offer=offer, by=None, now=NOW)

    page = desk.get("/desk/")

    assert [item.reference for item in items(page)] == [offer.replaces.reference]
    assert "asked" not in words_on(page, offer.replaces)
    assert page.context["gone"] == []


# Columns


def test_a_session_in_a_rooms_column_shows_what_is_elsewhere(desk, place):
    Resource.objects.filter(kind="room").update(turnover_minutes=10)
    booking = session_visit(place)
    chair = booking.claims.filter(resource__kind="chair").first().resource.name
    room = booking.claims.get(resource__kind="room").resource

    page = desk.get("/desk/?by=room")

    assert card(page, booking).about == "session 1 of 4 · Dr Rao"
    assert card(page, booking).parts == [
        ("s-9 numb elsewhere", f"numbing · {chair}"),
        ("s-4 inject", f"injecting · {room.name}"),
        ("s-3 watch elsewhere t-2", f"watching · {chair}"),  # the room is cleaned meanwhile
    ]


def test_cleaning_is_a_tail_after_the_card(desk, place):
    Resource.objects.filter(kind="room").update(turnover_minutes=10)
    booking = visit(place)
    room = booking.claims.get(resource__kind="room").resource_id

    for query in ("by=room", "by=doctor"):
        page = desk.get(f"/desk/?{query}")
        tails = {
            column.key: band.place
            for column in page.context["board"]["columns"]
            for band in column.bands
            if band.kind == "clean"
        }
        assert tails == {room if query == "by=room" else place.doctor.pk: "r-30 s-2"}


def test_cards_that_overlap_stand_side_by_side(desk, place):
    first = visit(place)
    fitted = door.fit_in(
        patient=builders.a_patient(name="Ravi Naik"), visit_type=place.consultation, location=place.location,
        starts=AT_11 + 15 * MINUTE, practitioner=place.doctor.pk, reason="came from far", key=uuid4(),
        by=desk.user, now=NOW,
    )  # fmt: skip

    page = desk.get("/desk/")

    assert card(page, first).place == "r-24 s-6 of-2"
    assert card(page, fitted).place == "r-27 s-6 of-2 at-1"
    assert page.context["board"]["columns"][0].lanes == 2


def test_outside_hours_is_grey_and_only_where_both_are_open(desk, place):
    WorkingHours.objects.filter(resource=None, location=place.location).update(starts=time(10))
    WorkingHours.objects.filter(resource=place.doctor.resource).update(ends=time(17))
    visit(place, local("2026-11-02T10:00"))

    [column] = desk.get("/desk/").context["board"]["columns"]

    assert column.note == "10:00 am – 5:00 pm"
    assert [
        band.place for band in column.bands if band.kind == "off"
    ] == []  # the board is as long as the day
    [room, _other] = desk.get("/desk/?by=room").context["board"]["columns"]
    assert room.note == "10:00 am – 6:00 pm"


def test_a_break_at_noon_is_grey(desk, place):
    WorkingHours.objects.filter(resource=place.doctor.resource).update(ends=time(13))
    builders.working_hours(
        location=place.location, resource=place.doctor.resource, hours=[(0, time(14), time(18))]
    )

    [column] = desk.get("/desk/").context["board"]["columns"]

    assert [(band.kind, band.place) for band in column.bands] == [("off", "r-48 s-12")]


def test_somebody_with_visits_who_is_not_here_that_day_has_a_column_all_grey(desk, place):
    visit(place)
    WorkingHours.objects.filter(resource=place.doctor.resource).delete()

    [column] = desk.get("/desk/").context["board"]["columns"]

    assert (column.name, column.note) == ("Dr Rao", "")
    assert [(band.kind, band.place) for band in column.bands] == [("off", "r-0 s-12")]
    assert [type(item) for item in column.items] == [Card]


@pytest.mark.parametrize(("now", "kept"), [("11:59", ["r-36 s-6"]), ("12:00", [])])
def test_the_urgent_time_is_kept_until_noon(desk, place, at_now, now, kept):
    WorkingHours.objects.filter(resource=place.doctor.resource).update(
        urgent_from=time(12), urgent_to=time(12, 30)
    )
    set_clock(at_now, local(f"2026-11-02T{now}"))

    [column] = desk.get("/desk/").context["board"]["columns"]

    assert [band.place for band in column.bands if band.kind == "kept"] == kept


def test_a_doctor_who_runs_late_says_so_over_the_column(desk, place):
    for minutes in (10, 30):
        RunningLate.objects.create(
            practitioner=place.doctor, location=place.location, day=date(2026, 11, 2), minutes=minutes,
            by=desk.user, at=NOW,
        )  # fmt: skip

    assert "Dr Rao runs 30 min late" in text_of(desk.get("/desk/"))


def test_a_closure_over_days_says_till_when(desk, place):
    Closure.objects.create(
        resource=place.doctor.resource, starts=local("2026-11-01T00:00"), ends=local("2026-11-05T00:00"),
        reason="On leave",
    )  # fmt: skip

    page = desk.get("/desk/")

    assert "On leave, till Wed 4 Nov" in text_of(page)
    assert items(page, Cell) == []


# Empty times


def test_an_empty_time_leads_to_finding_somebody_for_it(desk, place):
    visit(place)

    found = items(desk.get("/desk/"), Cell)  # a moment after ten

    assert [cell.words for cell in found][:5] == ["10:15 am", "10:30 am", "10:45 am", "11:30 am", "11:45 am"]
    asked = f"at={place.location.slug}&day=2026-11-02&start=2026-11-02T11:30&who={place.doctor.pk}"
    assert found[3].href == f"{reverse('patient_list')}?{asked}"
    assert desk.get(found[3].href).status_code == 200


def test_rooms_have_no_empty_times_for_the_door_chooses_them(desk, place):
    assert items(desk.get("/desk/?by=room"), Cell) == []


def test_a_day_that_has_been_has_no_empty_times(desk, place):
    assert items(desk.get("/desk/?day=2026-10-30"), Cell) == []


# Is anything new?


def poll(desk, tag="", **asked):
    query = {"at": "", "day": "2026-11-02", "by": "doctor", "visit": ""} | asked
    return desk.get(reverse("desk_board"), query, headers={"If-None-Match": tag} if tag else {})


@pytest.fixture
def here(place):
    return place.location.slug


def test_poll_with_nothing_new_is_a_304_after_one_query_of_its_own(
    desk, place, here, django_assert_num_queries
):
    visit(place)
    first = poll(desk, at=here)

    with django_assert_num_queries(4):  # the session, the person, their roles; and the board's stamp
        again = poll(desk, first["ETag"], at=here)

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first["ETag"].startswith('W/"')
    assert again["X-Board-At"].startswith("2026-11-02T04:30:")


def test_the_page_knows_the_tag_of_what_it_shows(desk, place, here):
    visit(place)
    shown = desk.get("/desk/").context["tag"]

    assert poll(desk, shown, at=here).status_code == 304


def test_poll_answers_with_the_board_and_nothing_around_it(desk, place, here):
    visit(place)

    page = poll(desk, at=here)

    assert "Asha Rao" in text_of(page)
    assert 'id="desk"' in page.content.decode()
    assert "<html" not in page.content.decode()


def moved(booking, desk):
    [found] = door.move(
        moves=[(booking, AT_11 + 60 * MINUTE, None)], key=uuid4(), by=desk.user, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    return found


NEWS = {
    "a booking": lambda booking, place, desk: visit(place, AT_11 + 60 * MINUTE, name="Ravi Naik"),
    "a move": lambda booking, place, desk: moved(booking, desk),
    "a cancellation": lambda booking, place, desk: door.cancel(
        bookings=[booking], key=uuid4(), by=None, now=NOW
    ),
    "a check-in": lambda booking, place, desk: take_step(desk, booking, "arrived"),
    "a confirmation": lambda booking, place, desk: calling.confirm(booking=booking, by=None, now=NOW),
    "a word that they are late": lambda booking, place, desk: set_to(booking, late_minutes=10),
    "another word": lambda booking, place, desk: set_to(booking, late_minutes=30),
    "a step noted by a record": lambda booking, place, desk: set_to(booking, status_at=NOW),
    "a mistake": lambda booking, place, desk: set_to(
        booking, in_error_at=NOW, in_error_by=desk.user, in_error_why="mistake"
    ),
    "a visit that is kept": lambda booking, place, desk: door.keep(
        booking=booking, why="wishes it", by=desk.user, now=NOW
    ),
    "a hold": lambda booking, place, desk: door.hold(
        visit_type=place.consultation, location=place.location, starts=AT_11 + 60 * MINUTE, held_for="x",
        now=NOW,
    ),
    "an offer": lambda booking, place, desk: propose(booking),
    "an offer of another day": lambda booking, place, desk: propose(booking, "2026-11-03T15:00"),
    "a closure": lambda booking, place, desk: Closure.objects.create(
        location=place.location, starts=AT_11, ends=TOMORROW_11, reason="Strike"
    ),
    "a doctor's leave": lambda booking, place, desk: Closure.objects.create(
        resource=place.doctor.resource, starts=AT_11, ends=TOMORROW_11, reason="Leave"
    ),
    "a doctor who runs late": lambda booking, place, desk: RunningLate.objects.create(
        practitioner=place.doctor, location=place.location, day=booking.day, minutes=10, by=desk.user, at=NOW
    ),
    "a form that was sent": lambda booking, place, desk: screened(booking.patient, outcome="REVIEW"),
    "a decision": lambda booking, place, desk: builders.a_decision(
        screening=builders.a_screening(), signed_by=place.doctor
    ),
}  # fmt: skip


@pytest.mark.parametrize("news", NEWS)
def test_poll_sees(desk, place, here, news):
    booking = visit(place)
    if news == "another word":
        set_to(booking, late_minutes=20)
    tag = poll(desk, at=here)["ETag"]

    NEWS[news](booking, place, desk)

    assert poll(desk, tag, at=here).status_code == 200


def test_poll_sees_that_a_time_has_come(desk, place, here, at_now):
    """Nobody writes anything when a minute passes."""
    visit(place, local("2026-11-02T10:15"))
    set_clock(at_now, local("2026-11-02T10:11"))
    tag = poll(desk, at=here)["ETag"]
    set_clock(at_now, local("2026-11-02T10:14"))
    assert poll(desk, tag, at=here).status_code == 304

    set_clock(at_now, local("2026-11-02T10:15"))

    assert "not here yet" in text_of(poll(desk, tag, at=here))


def test_poll_sees_what_becomes_of_a_hold(desk, place, here, at_now):
    held = door.hold(
        visit_type=place.consultation, location=place.location, starts=AT_11 + 60 * MINUTE, held_for="x",
        now=NOW + 2 * MINUTE,
    )  # fmt: skip
    set_clock(at_now, NOW + 11 * MINUTE)
    tag = poll(desk, at=here)["ETag"]

    door.extend(held=held, now=NOW + 11 * MINUTE)
    extended = poll(desk, tag, at=here)
    set_clock(at_now, held_until(held) + timedelta(seconds=1))
    before = poll(desk, at=here)

    assert extended.status_code == 200
    assert "is booking online" not in text_of(before)


def held_until(held):
    return Booking.objects.get(pk=held.pk).held_until


def test_poll_sees_that_a_hold_ran_out_and_that_one_was_booked(desk, place, here, at_now):
    how = {"visit_type": place.consultation, "location": place.location, "now": NOW + 2 * MINUTE}
    door.hold(starts=AT_11 + 60 * MINUTE, held_for="x", **how)
    other = door.hold(starts=AT_11 + 120 * MINUTE, held_for="y", **how)
    set_clock(at_now, NOW + 11 * MINUTE)
    tag = poll(desk, at=here)["ETag"]

    door.confirm(held=other, patient=builders.a_patient(), key=uuid4(), by=None, now=NOW + 11 * MINUTE)
    booked = poll(desk, tag, at=here)
    set_clock(at_now, NOW + 12 * MINUTE + timedelta(seconds=1))

    assert booked.status_code == 200
    assert poll(desk, booked["ETag"], at=here).status_code == 200


def test_poll_is_not_troubled_by_other_days_and_places(desk, place, here):
    tag = poll(desk, at=here)["ETag"]

    visit(place, TOMORROW_11)
    builders.a_booking(starts=AT_11)

    assert poll(desk, tag, at=here).status_code == 304


def test_a_tag_is_of_one_day_one_grouping_and_one_person(desk, client, place, here):
    tags = {poll(desk, at=here, **asked)["ETag"] for asked in ({}, {"day": "2026-11-03"}, {"by": "room"})}
    client.force_login(builders.staff(role="front_desk"))
    tags.add(poll(client, at=here)["ETag"])

    assert len(tags) == 4


def test_what_has_no_counter_is_seen_within_five_minutes(desk, place, here, at_now):
    tag = poll(desk, at=here)["ETag"]
    Resource.objects.filter(pk=place.doctor.pk).update(name="Dr Rao-Iyer")
    assert poll(desk, tag, at=here).status_code == 304

    set_clock(at_now, NOW + 5 * MINUTE)

    assert "Dr Rao-Iyer" in text_of(poll(desk, tag, at=here))


@pytest.mark.parametrize("asked", [{"at": "nowhere"}, {"at": "", "day": "x"}, {"visit": "A" * 400}])
def test_poll_that_makes_no_sense_is_answered_calmly(desk, place, asked):
    expected = 404 if asked.get("at") else 200

    assert poll(desk, **asked).status_code == expected


def test_poll_of_a_place_that_is_not_theirs_is_not_found(client, place, here):
    client.force_login(builders.staff(role="front_desk", location=builders.a_location()))

    assert poll(client, at=here).status_code == 404


# Changed by somebody else


def test_a_card_that_a_colleague_moved_says_so_for_a_minute(desk, place, here, at_now):
    booking = visit(place)
    colleague = builders.staff(role="front_desk", name="Arun Shetty")
    door.move(
        moves=[(booking, AT_11 + 60 * MINUTE, None)], key=uuid4(), by=colleague, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    set_clock(at_now, NOW + timedelta(seconds=12))

    shown = poll(desk, at=here)

    assert card(shown, booking).look == "booked touched"
    assert "Moved 12 s ago by Arun Shetty" in words_on(shown, booking)
    set_clock(at_now, NOW + timedelta(seconds=61))
    assert card(poll(desk, at=here), booking).look == "booked"


def test_what_somebody_did_themselves_does_not_flash(desk, place, here):
    booking = visit(place)
    take_step(desk, booking, "arrived")

    assert card(poll(desk, at=here), booking).touched == ""


def test_the_newest_touch_counts(desk, place, here):
    booking = visit(place)
    colleague = builders.staff(role="front_desk", name="Arun Shetty")
    [booking] = door.move(
        moves=[(booking, AT_11 + 60 * MINUTE, None)], key=uuid4(), by=colleague, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    take_step(desk, booking, "arrived")

    assert card(poll(desk, at=here), booking).touched == ""


# One visit beside the board


def test_card_alone_is_what_the_page_shows_beside_the_board(desk, place):
    booking = visit(place)

    alone = desk.get(reverse("desk_card", args=[booking.reference]))

    assert "Asha Rao" in text_of(alone)
    assert f"Reference {booking.reference}" in text_of(alone)
    assert "<html" not in alone.content.decode()
    for name in ("desk_move", "desk_cancel", "desk_step"):
        assert reverse(name, args=[booking.reference]) in alone.content.decode()


def test_card_of_somebody_elses_place_is_not_found(client, place):
    booking = visit(place)
    client.force_login(builders.staff(role="front_desk", location=builders.a_location()))

    assert client.get(reverse("desk_card", args=[booking.reference])).status_code == 404


# A card dropped elsewhere


def drop(desk, booking, to="2026-11-02T12:00", **fields):
    sent = {
        "version": Booking.objects.get(pk=booking.pk).version, "key": str(uuid4()), "starts": carried(to),
        "who": str(place_of(booking)), "seen": NOW.isoformat(), "by": "doctor",
    } | fields  # fmt: skip
    return desk.post(reverse("desk_drag", args=[booking.reference]), sent)


def place_of(booking):
    return booking.practitioner_id


def stays(booking, answer, status=409):
    booking.refresh_from_db()
    return answer.status_code == status and booking.starts == AT_11


def test_a_drop_moves_the_visit_and_can_be_undone(desk, place):
    booking = visit(place)

    answer = drop(desk, booking)

    booking.refresh_from_db()
    assert answer.status_code == 302
    assert booking.starts == AT_11 + 60 * MINUTE
    assert desk.get(answer["Location"]).context["undo"]["text"] == "Moved Asha Rao to Mon 2 Nov, 12:00 pm."


def test_a_drop_sent_twice_moves_once(desk, place):
    booking = visit(place)
    key = str(uuid4())

    answers = [drop(desk, booking, key=key, version="1").status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Booking.objects.get(pk=booking.pk).version == 2


def test_a_drop_on_a_colleagues_column_changes_the_doctor(desk, place):
    booking = visit(place)
    other = builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Banu")

    assert drop(desk, booking, who=str(other.pk)).status_code == 302

    booking.refresh_from_db()
    assert booking.practitioner_id == other.pk


def test_a_drop_in_a_rooms_column_keeps_the_doctor(desk, place):
    booking = visit(place)
    builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Banu")
    visit(place, AT_11 + 60 * MINUTE, name="Ravi Naik", practitioner=booking.practitioner_id)

    assert stays(booking, drop(desk, booking, who="", by="room"))  # Dr Banu would be free


def test_a_drop_where_somebody_is_is_refused_in_words_with_times_near_by(desk, place):
    booking = visit(place)
    visit(place, AT_11 + 60 * MINUTE, name="Ravi Naik")

    answer = drop(desk, booking)

    assert stays(booking, answer)
    page = text_of(answer)
    assert "That time is no longer free. It stands at Mon 2 Nov, 11:00 am." in page
    assert "Free near by: Mon 2 Nov, 11:15 am · Mon 2 Nov, 11:30 am · Mon 2 Nov, 12:30 pm" in page
    assert card(answer, booking).chosen


def test_a_drop_of_a_card_that_changed_meanwhile_is_refused(desk, place):
    booking = visit(place)
    moved(booking, desk)

    answer = drop(desk, booking, "2026-11-02T15:00", version="1")

    assert answer.status_code == 409
    assert "This booking was changed in the meantime." in text_of(answer)
    assert "Moved by Meera Pai" in text_of(answer)


@pytest.mark.parametrize(
    "seen", ["", (NOW - 2 * MINUTE - timedelta(seconds=1)).isoformat(), (NOW + 60 * MINUTE).isoformat()]
)
def test_a_drop_on_a_board_that_was_old_is_refused(desk, place, seen):
    booking = visit(place)

    answer = drop(desk, booking, seen=seen)

    assert stays(booking, answer)
    assert "The board was not up to date any more" in text_of(answer)


def test_a_drop_after_the_question_was_read_for_a_while_is_taken(desk, place, at_now):
    booking = visit(place)
    set_clock(at_now, NOW + 2 * MINUTE - timedelta(seconds=5))

    assert drop(desk, booking).status_code == 302


def test_a_drop_on_somebody_who_does_not_do_this_says_so(desk, place):
    booking = visit(place)
    other = builders.a_practitioner(location=place.location, name="Dr Banu")

    answer = drop(desk, booking, who=str(other.pk))

    assert stays(booking, answer)
    assert "First consultation is not what they do." in text_of(answer)
    assert not Qualified.objects.filter(practitioner=other).exists()


def test_a_drop_between_two_starts_is_refused(desk, place):
    booking = visit(place)

    assert stays(booking, drop(desk, booking, "2026-11-02T12:05"), 400)


@pytest.mark.parametrize(
    "wrong", [{"starts": ""}, {"version": ""}, {"key": "1"}, {"seen": "x"}, {"who": "x"}]
)
def test_a_drop_that_was_not_sent_whole_is_refused(desk, place, wrong):
    booking = visit(place)

    assert stays(booking, drop(desk, booking, **wrong), 400)


def test_a_drop_of_somebody_who_is_in_the_room_is_refused(desk, place):
    booking = visit(place)
    for step in ("arrived", "in_room"):
        take_step(desk, booking, step)

    assert stays(booking, drop(desk, booking))
    assert status_of(booking) == Status.IN_ROOM


def test_only_what_may_move_can_be_dragged(desk, place):
    here, away = visit(place), visit(place, AT_11 + 60 * MINUTE, name="Ravi Naik")
    take_step(desk, here, "arrived")

    page = desk.get("/desk/")

    assert (card(page, here).version, card(page, away).version) == (None, 1)


# Without a script


def test_every_step_on_a_card_is_a_button_of_a_form(desk, place):
    booking = visit(place)
    page = desk.get("/desk/")
    body = page.content.decode()

    step = reverse("desk_step", args=[booking.reference])
    assert f'<button class="step" form="to-arrived" formaction="{step}" name="version" value="1">' in body
    assert hidden(page, "to") == "arrived"
    assert 'id="to-arrived"' in body


def test_a_visit_later_today_is_checked_in_from_its_card_beside_the_board(desk, place):
    soon = visit(place)
    later = visit(place, local("2026-11-02T15:00"), name="Ravi Naik")

    page = desk.get("/desk/")

    assert card(page, soon).step.to == "arrived"
    assert card(page, later).step is None
    assert [act.to for act in desk.get(f"/desk/?visit={later.reference}").context["card"]["acts"]] == [
        "arrived"
    ]


# A very full day


@pytest.fixture
def full_day(place):
    quick = builders.a_visit_type(
        kind="consultation", name="Follow-up", steps=[("talking", 15, ["practitioner"])]
    )
    return fill(
        location=place.location, visit_type=quick, first=local("2026-11-02T09:00"), day=date(2026, 11, 2)
    )


def test_four_hundred_and_eighty_visits_take_as_many_queries_and_few_bytes(
    desk, place, full_day, django_assert_num_queries
):
    desk.get("/desk/")
    with django_assert_num_queries(20):  # one less than for one visit in test_desk_views.py, who was screened
        page = desk.get("/desk/")

    assert len(items(page)) == len(full_day) == 480
    assert len(page.content) <= 400_000
    assert len(gzip.compress(page.content)) <= 40_000


def test_a_full_board_is_sent_compressed(desk, place, full_day):
    page = desk.get("/desk/", headers={"Accept-Encoding": "gzip"})

    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) <= 40_000
