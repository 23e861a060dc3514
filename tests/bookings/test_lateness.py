"""Late, both ways: said by the patient or the desk, told to those who come next, measured, and not come."""

from datetime import timedelta

import pytest

from bookings import door, refusals
from bookings.models import Booking, RunningLate, Status
from bookings.services.desk import lateness
from bookings.services.desk.lateness import Delay
from clinic import delivery
from clinic.models import AuditRow, Message
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, desk, session_visit, visit
from tests.bookings.patient_clinic import at_now, buttons, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def late(booking):
    booking.refresh_from_db()
    return booking.late_minutes


def shifted(booking, status, *, since=None, came=None):
    Booking.objects.filter(pk=booking.pk).update(status=status, status_at=since, arrived_at=came)


# They are late: the patient says so


@pytest.fixture
def mine(client, place):
    booking = visit(place, AT_11)
    client.force_login(booking.patient.account)
    return booking


def page_of(booking):
    return f"/my/visit/{booking.reference}/late/"


@pytest.mark.parametrize("minutes", [10, 20, 30])
def test_patient_says_how_late_by_one_button(client, mine, minutes):
    answer = client.post(page_of(mine), {"minutes": minutes})

    assert (answer.status_code, answer["Location"]) == (302, page_of(mine))
    assert late(mine) == minutes
    said = text_of(client.get(page_of(mine)))
    assert "Thank you for telling us" in said
    assert f"We expect you about 11:{minutes} am" in said
    assert AuditRow.objects.get(action="visit_late").detail == {"minutes": minutes}


def test_said_twice_is_said_once(client, mine):
    for _ in range(2):
        assert client.post(page_of(mine), {"minutes": 20}).status_code == 302

    assert AuditRow.objects.filter(action="visit_late").count() == 1


def test_said_late_can_change_and_be_taken_back(client, mine):
    for minutes in (20, 30, 0):
        client.post(page_of(mine), {"minutes": minutes})

    assert late(mine) is None
    assert "How late will you be?" in text_of(client.get(page_of(mine)))


@pytest.mark.parametrize("minutes", ["7", "", "-10", "ten", "40"])
def test_minutes_that_nobody_offers_are_refused_in_words(client, mine, minutes):
    answer = client.post(page_of(mine), {"minutes": minutes})

    assert answer.status_code == 422
    assert "Choose 10, 20 or 30 minutes." in text_of(answer)
    assert late(mine) is None


@pytest.mark.parametrize(
    ("at", "may"),
    [
        (AT_11 - 3 * HOUR - MINUTE, False),
        (AT_11 - 3 * HOUR, True),
        (AT_11 + 29 * MINUTE, True),
        (AT_11 + 30 * MINUTE, False),
    ],
)
def test_from_three_hours_before_until_half_an_hour_after(client, mine, at_now, at, may):
    set_clock(at_now, at)

    assert client.get(page_of(mine)).status_code == (200 if may else 302)
    assert client.post(page_of(mine), {"minutes": 10}).status_code == (302 if may else 409)
    assert late(mine) == (10 if may else None)


def test_only_what_has_not_passed_is_offered(client, mine, at_now):
    set_clock(at_now, AT_11 + 12 * MINUTE)

    assert buttons(client.get(page_of(mine)), "minutes") == ["20", "30"]


def test_only_on_the_day_itself(place):
    after_midnight = builders.a_booking(
        location=place.location, practitioner=place.doctor, starts=local("2026-11-03T01:00")
    )

    assert not lateness.may_say_late(after_midnight, now=local("2026-11-02T23:30"))
    assert lateness.may_say_late(after_midnight, now=local("2026-11-03T00:10"))


def test_who_is_here_is_not_late(client, mine, place):
    shifted(mine, Status.ARRIVED, came=NOW)

    assert client.get(page_of(mine)).status_code == 302
    assert client.post(page_of(mine), {"minutes": 10}).status_code == 409


def test_somebody_elses_visit_is_not_there(client, mine):
    client.force_login(builders.an_account())

    assert client.get(page_of(mine)).status_code == 404
    assert client.post(page_of(mine), {"minutes": 10}).status_code == 404
    assert late(mine) is None


def test_my_visits_offer_it_today_and_show_what_was_said(client, mine):
    assert "I'm late" in text_of(client.get("/my/"))

    client.post(page_of(mine), {"minutes": 20})
    assert "You told us: 20 minutes late" in text_of(client.get("/my/"))


def test_my_visits_of_another_day_do_not_offer_it(client, place):
    booking = visit(place, TOMORROW_11)
    client.force_login(booking.patient.account)

    assert "I'm late" not in text_of(client.get("/my/"))


# They are late: the desk notes it


def test_desk_notes_it_by_one_button(desk, place):
    booking = visit(place, AT_11)

    answer = desk.post(f"/desk/visits/{booking.reference}/late/", {"minutes": "20", "back": "todo"})

    assert answer["Location"].startswith("/desk/todo/?")
    assert late(booking) == 20
    assert AuditRow.objects.get(action="visit_late").by == desk.user


def test_desk_may_note_it_long_after_the_start(desk, place, at_now):
    booking = visit(place, AT_11)
    set_clock(at_now, AT_11 + 2 * HOUR)

    desk.post(f"/desk/visits/{booking.reference}/late/", {"minutes": "30"})

    assert late(booking) == 30


def test_desk_minutes_that_nobody_offers_are_refused_in_words(desk, place):
    booking = visit(place, AT_11)

    answer = desk.post(f"/desk/visits/{booking.reference}/late/", {"minutes": "7"})

    assert answer.status_code == 400
    assert "Choose 10, 20 or 30 minutes." in text_of(answer)
    assert late(booking) is None


def test_late_for_tomorrow_is_refused(desk, place):
    booking = visit(place, TOMORROW_11)

    assert desk.post(f"/desk/visits/{booking.reference}/late/", {"minutes": "10"}).status_code == 409
    assert late(booking) is None


# We run late: announced


def say(place, minutes, *, seen=0, by=None, now=NOW, practitioner=None):
    return lateness.announce(
        location=place.location, practitioner=practitioner or place.doctor, minutes=minutes, seen=seen,
        by=by or builders.staff(role="front_desk"), now=now,
    )  # fmt: skip


def waiting_messages():
    """{patient: (time as told, state)} of the messages about running late, newest last."""
    rows = Message.objects.filter(kind="running_late").order_by("version").select_related("patient")
    return [(message.patient.name, message.fields["time"], message.state) for message in rows]


def test_announcement_tells_whose_visits_begin_within_three_hours(place):
    visit(place, AT_11)
    visit(place, NOW + 3 * HOUR, name="In Three Hours")
    visit(place, NOW + 3 * HOUR + 30 * MINUTE, name="Later")

    say(place, 30)

    assert waiting_messages() == [
        ("Asha Rao", "11:30 am", "scheduled"),
        ("In Three Hours", "1:30 pm", "scheduled"),
    ]
    told = Message.objects.get(kind="running_late", patient__name="Asha Rao")
    assert told.message_class == "change"
    assert (told.due_at, told.not_after) == (NOW, AT_11 + 30 * MINUTE)


def test_announcement_tells_nobody_who_is_here_elsewhere_or_with_somebody_else(place):
    here = visit(place, AT_11)
    shifted(here, Status.ARRIVED, came=NOW)
    other = builders.a_practitioner(location=place.location, qualified=[place.consultation])
    builders.a_booking(location=place.location, practitioner=other, starts=AT_11)
    builders.a_booking(location=builders.a_location(), practitioner=place.doctor, starts=AT_11 + HOUR)
    builders.a_booking(location=place.location, practitioner=place.doctor, starts=TOMORROW_11)

    say(place, 30)

    assert waiting_messages() == []


def test_announcement_makes_no_message_for_what_may_not_be_told(place, settings):
    settings.CLINIC_NEUTRAL_NAME = "Lakeview"
    visit(place, AT_11)
    say(place, 30)

    [message] = Message.objects.filter(kind="running_late")
    link = message.fields["link"]
    assert link.startswith(f"{settings.PUBLIC_URL}/v/")
    assert message.fields == {
        "place": "Lakeview",
        "area": "Indiranagar",
        "weekday_day": "Mon 2 Nov",
        "time": "11:30 am",
        "link": link,
    }
    assert delivery.compose(message).text == (
        "Sorry, Lakeview, Indiranagar runs late on Mon 2 Nov. Your visit begins about 11:30 am. "
        f"Details: {link}"
    )


def test_newer_announcement_replaces_what_was_not_sent(place):
    visit(place, AT_11)
    first = say(place, 20)
    say(place, 45, seen=first.pk, now=NOW + MINUTE)

    assert waiting_messages() == [
        ("Asha Rao", "11:20 am", "withdrawn"),
        ("Asha Rao", "11:45 am", "scheduled"),
    ]


def sent(now=NOW):
    Message.objects.filter(kind="running_late", state="scheduled").update(state="sent", sent_at=now)


def test_who_was_told_that_very_time_is_not_told_again(place):
    visit(place, AT_11)
    first = say(place, 30)
    sent()
    visit(place, NOW + 3 * HOUR + 15 * MINUTE, name="Came In Reach")

    say(place, 30, seen=first.pk, now=NOW + 30 * MINUTE)

    assert waiting_messages() == [
        ("Asha Rao", "11:30 am", "sent"),
        ("Came In Reach", "1:45 pm", "scheduled"),
    ]


def test_who_was_told_another_time_hears_of_the_new_one(place):
    visit(place, AT_11)
    first = say(place, 30)
    sent()
    second = say(place, 60, seen=first.pk, now=NOW + MINUTE)
    sent()
    say(place, 30, seen=second.pk, now=NOW + 2 * MINUTE)

    assert [time for _, time, _ in waiting_messages()] == ["11:30 am", "12:00 pm", "11:30 am"]


def test_on_time_again_takes_back_what_waits_and_tells_nobody(place):
    visit(place, AT_11)
    first = say(place, 30)
    say(place, 0, seen=first.pk, now=NOW + MINUTE)

    assert waiting_messages() == [("Asha Rao", "11:30 am", "withdrawn")]
    assert lateness.said(location=place.location, day=NOW.date())[place.doctor.pk].minutes == 0


def test_moved_or_cancelled_meanwhile_is_not_told_any_more(place):
    booking = visit(place, AT_11)
    say(place, 30)

    door.set_status(booking=booking, to=Status.ARRIVED, by=place.doctor.user, now=NOW + MINUTE)

    assert waiting_messages() == [("Asha Rao", "11:30 am", "withdrawn")]


def test_announced_at_night_waits_for_the_morning_or_is_too_late(place):
    """Change messages keep quiet from ten in the evening until seven."""
    six = local("2026-11-02T06:30")
    builders.a_booking(location=place.location, practitioner=place.doctor, starts=local("2026-11-02T07:30"))
    builders.a_booking(location=place.location, practitioner=place.doctor, starts=local("2026-11-02T06:40"))

    say(place, 10, now=six)

    found = Message.objects.filter(kind="running_late").order_by("due_at", "state")
    assert [(one.due_at, one.state) for one in found] == [
        (local("2026-11-02T06:50"), "dropped"),
        (local("2026-11-02T07:00"), "scheduled"),
    ]


def test_the_same_button_twice_is_one_announcement(place):
    by = builders.staff(role="front_desk")
    visit(place, AT_11)

    first, second = say(place, 30, by=by), say(place, 30, by=by)

    assert first == second
    assert len(waiting_messages()) == 1


def test_said_meanwhile_by_a_colleague_is_refused(place):
    say(place, 30)

    with pytest.raises(refusals.Changed):
        say(place, 45)
    assert RunningLate.objects.count() == 1


def test_the_first_announcement_that_counts_is_the_newest(place):
    first = say(place, 30)
    say(place, 10, seen=first.pk)

    [row] = lateness.said(location=place.location, day=NOW.date()).values()
    assert row.minutes == 10


def test_patient_sees_that_the_clinic_runs_late(client, mine, place):
    assert "minutes late today" not in text_of(client.get("/my/"))
    say(place, 30)

    assert "The clinic runs about 30 minutes late today. We are sorry." in text_of(client.get("/my/"))


def test_patient_of_another_day_sees_nothing_of_it(client, place):
    booking = visit(place, TOMORROW_11)
    client.force_login(booking.patient.account)
    say(place, 30)

    assert "minutes late today" not in text_of(client.get("/my/"))


# We run late: the page


def page(place, **parts):
    query = "&".join(f"{name}={value}" for name, value in parts.items())
    return f"/desk/running-late/?at={place.location.slug}&{query}"


def test_page_names_who_works_today_and_asks_by_how_much(desk, place):
    found = desk.get(page(place))

    [person] = found.context["people"]
    assert person["person"].name == "Dr Rao"
    assert [choice["words"] for choice in person["choices"]] == [
        "10 min", "20 min", "30 min", "45 min", "60 min",
    ]  # fmt: skip
    assert "Who gets a message now" not in text_of(found)


def test_page_shows_who_will_be_told_before_anybody_is(desk, place):
    visit(place, AT_11)

    said = text_of(desk.get(page(place, who=place.doctor.pk, minutes=30)))

    assert "Who gets a message now" in said
    assert "Asha Rao 11:00 am → about 11:30 am" in said
    assert "Tell 1 person" in said
    assert RunningLate.objects.count() == Message.objects.filter(kind="running_late").count() == 0


def post_page(desk, place, **fields):
    sent = {"at": place.location.slug, "who": place.doctor.pk, "minutes": "30", "seen": "0"} | fields
    return desk.post("/desk/running-late/", sent)


def test_page_says_it_and_then_offers_on_time_again(desk, place):
    visit(place, AT_11)

    answer = post_page(desk, place)
    found = desk.get(answer["Location"])

    assert answer.status_code == 302
    assert len(waiting_messages()) == 1
    assert "Dr Rao runs 30 minutes late." in text_of(found)
    assert "said: 30 min late" in text_of(found)
    assert found.context["people"][0]["choices"][0]["words"] == "On time again"


def test_page_on_time_again_names_whom_to_ring(desk, place):
    visit(place, AT_11)
    row = say(place, 30)
    sent()

    said = text_of(desk.get(page(place, who=place.doctor.pk, minutes=0)))
    assert "Who was told something else: please ring them" in said
    assert "Asha Rao 11:00 am was told: about 11:30 am" in said

    post_page(desk, place, minutes="0", seen=row.pk)
    assert "on time again" in text_of(desk.get(page(place)))


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"minutes": "7"}, 422, "Choose 10, 20, 30, 45 or 60 minutes, or on time again."),
        ({"minutes": ""}, 422, "Choose 10, 20, 30, 45 or 60 minutes, or on time again."),
        ({"seen": "x"}, 422, "This page was not sent whole."),
        ({"who": "999999"}, 404, ""),
        ({"at": "nowhere"}, 404, ""),
    ],
)
def test_page_refuses_what_it_does_not_offer(desk, place, sent, status, said):
    answer = post_page(desk, place, **sent)

    assert answer.status_code == status
    assert said in text_of(answer)
    assert RunningLate.objects.count() == 0


def test_page_is_not_there_for_another_location(client, place):
    client.force_login(builders.staff(role="front_desk", location=builders.a_location()))

    assert post_page(client, place).status_code == 404


def test_page_from_before_a_colleague_said_it_is_refused(desk, place):
    say(place, 20)

    answer = post_page(desk, place, minutes="45")

    assert answer.status_code == 409
    assert "This booking was changed" not in text_of(answer)
    assert "A colleague has said something else in the meantime." in text_of(answer)


@pytest.mark.parametrize("query", ["who=x&minutes=30", "who=1&minutes=7", "minutes=30", "who=-1&minutes=0"])
def test_page_ignores_what_it_cannot_read(desk, place, query):
    found = desk.get(f"/desk/running-late/?at={place.location.slug}&{query}")

    assert found.status_code == 200
    assert found.context["people"][0]["is_chosen"] is False


# We run late: measured


def measured(place, now, day=None):
    return lateness.delays(location=place.location, day=day or local("2026-11-02T00:00").date(), now=now)


def test_delay_of_a_doctor_whose_visit_runs_over(place):
    inside, waits = visit(place, AT_11), visit(place, AT_11 + 30 * MINUTE, name="Ravi Naik")
    shifted(inside, Status.IN_ROOM, since=AT_11, came=AT_11)
    shifted(waits, Status.ARRIVED, since=AT_11, came=AT_11 + 20 * MINUTE)

    delay = measured(place, AT_11 + 45 * MINUTE)[place.doctor.pk]

    assert (delay.behind, delay.said, delay.minutes, delay.runs_late) == (15, 0, 15, True)
    [wait] = delay.waits
    assert (wait.booking, wait.minutes, wait.expected) == (waits, 15, AT_11 + 45 * MINUTE)


def test_delay_of_a_session_counts_the_doctors_part(place):
    """Numbed from 11:00 to 11:45; at 12:00 nobody has come to inject."""
    booking = session_visit(place, AT_11)
    shifted(booking, Status.PREPARING, since=AT_11, came=AT_11)

    assert measured(place, AT_11 + 40 * MINUTE)[place.doctor.pk].behind == 0
    assert measured(place, AT_11 + HOUR)[place.doctor.pk].behind == 15


def test_delay_said_and_delay_measured_the_larger_counts(place):
    booking = visit(place, AT_11)
    shifted(booking, Status.ARRIVED, since=AT_11, came=AT_11)
    say(place, 30)

    delay = measured(place, AT_11 + 15 * MINUTE)[place.doctor.pk]
    assert (delay.said, delay.behind, delay.minutes, delay.is_news) == (30, 15, 30, False)
    assert measured(place, AT_11 + 45 * MINUTE)[place.doctor.pk].is_news is True


def test_no_delay_on_another_day(place):
    visit(place, TOMORROW_11)

    assert measured(place, NOW, TOMORROW_11.date()) == {}


def test_delays_take_three_queries_however_many(place, django_assert_num_queries):
    visit(place, AT_11)
    with django_assert_num_queries(3):
        measured(place, NOW)

    other = builders.a_practitioner(location=place.location, qualified=[place.consultation])
    for n in range(3):
        visit(place, AT_11 + n * HOUR, name=f"Asha {n}", practitioner=other.pk)
    with django_assert_num_queries(3):
        assert len(measured(place, NOW)) == 2


# Not come


LATE_DOCTOR = Delay(None, behind=10)
NEARLY_IN_TIME = Delay(None, behind=9)


@pytest.mark.parametrize(
    ("minutes", "said", "delay", "may"),
    [
        (15, None, lateness.NO_DELAY, False),
        (16, None, lateness.NO_DELAY, True),
        (16, 10, lateness.NO_DELAY, True),
        (20, 20, lateness.NO_DELAY, False),
        (21, 20, lateness.NO_DELAY, True),
        (30, 30, lateness.NO_DELAY, False),
        (120, None, LATE_DOCTOR, False),
        (16, None, NEARLY_IN_TIME, True),
    ],
)
def test_not_come_is_suggested_after_a_quarter_of_an_hour_or_what_they_said(place, minutes, said, delay, may):
    booking = visit(place, AT_11)
    booking.late_minutes = said

    now = AT_11 + minutes * MINUTE
    assert lateness.may_suggest_no_show(booking, delay=delay, now=now) is may


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.DONE, Status.NO_SHOW, Status.CANCELLED])
def test_not_come_is_never_suggested_of_somebody_marked(place, status):
    booking = visit(place, AT_11)
    booking.status = status

    assert not lateness.may_suggest_no_show(booking, now=AT_11 + HOUR)
