"""Closing as the desk sees it: what closes, whom it concerns, what becomes of each, and what is left."""

import re
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from bookings import door
from bookings.models import Booking, Closure, OpenHoliday, Status
from bookings.services.closing import closures
from bookings.services.door.gap_rules import Authority
from clinic.models import AuditRow, Location, Message
from tests import builders
from tests.bookings.desk_clinic import AT_11, desk, session_visit, visit
from tests.bookings.patient_clinic import at_now, hidden, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
NEW, TODAY, LIST = "/desk/closures/new/", "/desk/closures/today/", "/desk/closures/"
TUESDAY = local("2026-11-03T11:00")


@pytest.fixture
def colleague(place):
    return builders.a_practitioner(
        location=place.location, qualified=[place.consultation, place.session], name="Dr Iyer"
    )


@pytest.fixture
def manager(client, place):
    user = builders.staff(role="manager", name="Arun Shetty")
    client.force_login(user)
    client.user = user
    return client


def typed(**fields):
    return {
        "what": "place", "first": "2026-11-03", "from_time": "", "last": "", "to_time": "", "kind": "closed",
        "reason": "Repair",
    } | fields  # fmt: skip


def away(place, **fields):
    return typed(what=str(place.doctor.pk), kind="leave", reason="Leave", **fields)


def boxes(page) -> dict:
    """Every field of the page's form as a browser would send it."""
    body = page.content.decode()
    form = body[body.index('name="seen"') - 2000 : body.index('name="go" value="apply"')]
    form = form[form.rindex("<form") :]
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*?value="([^"]*)"', form))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', form, re.S):
        found[name] = re.search(r'<option value="([^"]+)" selected', options).group(1)
    return found


def preview(desk, **fields):
    return desk.post(NEW, fields or typed())


def apply(desk, page, **fields):
    body = page.content.decode()
    action = re.search(r'<form method="post" action="(/desk/closures/[^"]*)"', body).group(1)
    return desk.post(action, boxes(page) | {"go": "apply"} | fields)


def row_of(page, booking):
    return next(row for row in page.context["page"].rows if row.reference == booking.reference)


def fresh(booking):
    return Booking.objects.get(pk=booking.pk)


# What closes


def test_list_says_what_is_closed_and_who_is_away(desk, place):
    away_on = {"starts": local("2026-11-03T00:00"), "ends": local("2026-11-05T00:00")}
    Closure.objects.create(resource=place.doctor.resource, kind="leave", reason="Leave", **away_on)
    Closure.objects.create(
        location=place.location, kind="holiday", reason="Diwali", by=desk.user,
        starts=local("2026-11-08T00:00"), ends=local("2026-11-09T00:00"),
    )  # fmt: skip
    elsewhere = builders.a_practitioner()
    Closure.objects.create(resource=elsewhere.resource, reason="Elsewhere", **away_on)

    page = text_of(desk.get(LIST))

    assert "Tue 3 Nov – Wed 4 Nov Dr Rao away Leave" in page
    assert "Sun 8 Nov, all day All of Indiranagar public holiday Diwali Meera Pai" in page
    assert "Elsewhere" not in page


def test_what_is_over_is_not_listed(desk, place):
    Closure.objects.create(
        location=place.location, reason="Flood", starts=NOW - timedelta(days=2), ends=NOW - timedelta(days=1)
    )

    assert "Nothing is closed, nobody is away" in text_of(desk.get(LIST))


def test_list_takes_the_same_queries_for_one_and_three(desk, place, django_assert_num_queries):
    def close(days):
        for day in days:
            visit(place, local(f"2026-11-{day:02}T11:00"))
            starts = local(f"2026-11-{day:02}T00:00")
            Closure.objects.create(
                location=place.location, reason="x", starts=starts, ends=starts + timedelta(days=1), at=NOW
            )

    close([10])
    desk.get(LIST)
    with django_assert_num_queries(21) as counted:
        desk.get(LIST)
    close([11, 12])
    with django_assert_num_queries(len(counted)):
        page = desk.get(LIST)
    assert len(page.context["rows"]) == len(page.context["left"]) == 3


def test_asked_form_shows_before_it_closes(desk, place):
    booking = visit(place, TUESDAY)

    page = preview(desk)

    assert page.status_code == 200
    assert "Indiranagar is closed Tue 3 Nov, all day" in text_of(page)
    assert "It concerns 1 visit." in text_of(page)
    assert "Tue 3 Nov, 11:00 am Dr Rao Wed 4 Nov, 9:00 am with Dr Rao nobody is free that day" in text_of(
        page
    )
    assert not Closure.objects.exists()
    assert fresh(booking).starts == TUESDAY


def test_closing_when_nobody_is_booked_is_two_clicks(desk, place):
    page = preview(desk)
    assert "Nobody is booked then" in text_of(page)

    answer = apply(desk, page)

    closure = Closure.objects.get()
    assert answer["Location"] == reverse("desk_closure", args=[closure.pk])
    assert (closure.location, closure.resource, closure.kind) == (place.location, None, "closed")
    assert (closure.starts, closure.ends) == (local("2026-11-03T00:00"), local("2026-11-04T00:00"))
    assert (closure.reason, closure.by, closure.at) == ("Repair", desk.user, closure.at)
    assert AuditRow.objects.get(action="closure_saved").by == desk.user


@pytest.mark.parametrize(
    ("fields", "starts", "ends"),
    [
        ({"from_time": "14:00"}, "2026-11-03T14:00", "2026-11-04T00:00"),
        ({"to_time": "13:30"}, "2026-11-03T00:00", "2026-11-03T13:30"),
        ({"from_time": "20:00", "last": "2026-11-04", "to_time": "02:00"},
         "2026-11-03T20:00", "2026-11-04T02:00"),
        ({"last": "2026-11-06"}, "2026-11-03T00:00", "2026-11-07T00:00"),
        ({"first": "2026-11-02"}, "2026-11-02T00:00", "2026-11-03T00:00"),
    ],
)  # fmt: skip
def test_span_is_as_typed(desk, place, fields, starts, ends):
    apply(desk, preview(desk, **typed(**fields)))

    closure = Closure.objects.get()
    assert (closure.starts, closure.ends) == (local(starts), local(ends))


@pytest.mark.parametrize(("day", "hours"), [("2027-03-28", 23), ("2027-10-31", 25)], ids=["spring", "autumn"])
def test_day_on_which_the_clocks_change_is_closed_whole(desk, place, day, hours):
    Location.objects.filter(pk=place.location.pk).update(time_zone="Europe/London")

    page = apply(desk, preview(desk, **typed(first=day)))

    closure = Closure.objects.get()
    assert page.status_code == 302
    assert closure.ends - closure.starts == timedelta(hours=hours)
    assert closure.starts.astimezone(ZoneInfo("Europe/London")).isoformat()[:16] == f"{day}T00:00"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"first": ""}, "Enter a day"),
        ({"first": "31/02/2026"}, "Enter a day, for example 24/11/2026"),
        ({"first": "9999-12-31"}, "The last day is before the first"),
        ({"from_time": "25:00"}, "Enter the time, for example 14:30"),
        ({"last": "2026-11-02"}, "It ends before it begins"),
        ({"from_time": "14:00", "to_time": "13:00"}, "It ends before it begins"),
        ({"first": "2026-11-01"}, "That is over already"),
        ({"last": "2027-12-01"}, "At most a year at once"),
        ({"reason": ""}, "Say why, in a few words"),
        ({"reason": "x" * 81}, "at most 80 characters"),
        ({"what": "999999"}, "Select a valid choice"),
        ({"kind": "holiday"}, "Select a valid choice"),  # that is for managers
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(desk, place, fields, words):
    page = preview(desk, **typed(**{"reason": "Painting"} | fields))

    assert page.status_code == 422
    assert words in text_of(page)
    if "reason" not in fields:
        assert 'value="Painting"' in page.content.decode()
    assert not Closure.objects.exists()


def test_other_days_goes_back_with_what_was_typed(desk, place):
    page = preview(desk, **typed(reason="Painting", from_time="14:00"))

    back = desk.post(NEW, boxes(page) | {"go": "change"})

    assert back.status_code == 200
    assert 'value="Painting"' in back.content.decode()
    assert 'value="14:00"' in back.content.decode()


def test_somebody_away_is_away_everywhere_and_a_room_is_where_it_is(desk, place):
    room = place.location.resources.filter(kind="room")[0]
    apply(desk, preview(desk, **away(place)))
    apply(desk, preview(desk, **typed(what=str(room.pk))))

    person, closed_room = Closure.objects.order_by("pk")
    assert (person.location, person.resource, person.kind) == (None, place.doctor.resource, "leave")
    assert (closed_room.location, closed_room.resource) == (place.location, room)


def test_who_works_at_one_location_closes_only_there(client, place):
    client.force_login(builders.staff(role="front_desk", location=place.location))
    elsewhere = builders.a_location()
    builders.working_hours(location=elsewhere, resource=place.doctor.resource)

    apply(client, preview(client, **away(place)))
    refused = client.post(NEW, typed(at=elsewhere.slug, what="place", first="2026-11-05"))

    assert Closure.objects.get().location == place.location
    assert refused.context["place"] == place.location  # not there, but where they work


def test_closure_of_everywhere_is_not_for_who_works_at_one_location(client, place):
    closure = Closure.objects.create(
        resource=place.doctor.resource, reason="Leave", starts=TUESDAY, ends=TUESDAY + timedelta(hours=1)
    )
    client.force_login(builders.staff(role="front_desk", location=place.location))

    assert client.get(reverse("desk_closure", args=[closure.pk])).status_code == 404
    assert client.post(reverse("desk_closure_remove", args=[closure.pk])).status_code == 404


# Today, in two clicks


def test_close_today_from_now_is_two_clicks_from_the_board(desk, place, at_now):
    set_clock(at_now, local("2026-11-02T11:23"))
    booking = visit(place, local("2026-11-02T15:00"))

    link = f"{TODAY}?at={place.location.slug}&amp;day=2026-11-02"
    assert link in desk.get("/desk/").content.decode()
    page = desk.get(link.replace("&amp;", "&"))  # one
    answer = apply(desk, page)  # two

    assert "Indiranagar is closed Mon 2 Nov, 11:20 am to the end of the day" in text_of(page)
    closure = Closure.objects.get()
    assert (closure.starts, closure.ends) == (local("2026-11-02T11:20"), local("2026-11-03T00:00"))
    assert answer.status_code == 302
    assert Booking.objects.get(replaces=booking).starts == local("2026-11-03T09:00")


def test_ill_doctor_with_a_full_day_is_done_in_three_clicks(desk, place, colleague, at_now):
    set_clock(at_now, local("2026-11-02T08:40"))
    visits = [
        visit(
            place,
            local("2026-11-02T09:00") + timedelta(minutes=25 * 0 + 30 * n),
            practitioner=place.doctor.pk,
        )
        for n in range(18)
    ]

    listed = desk.get(LIST)  # one
    [link] = [one["href"] for one in listed.context["people"] if one["name"] == "Dr Rao"]
    assert link.replace("&", "&amp;") in listed.content.decode()
    page = desk.get(link)  # two
    answer = apply(desk, page)  # three

    assert answer.status_code == 302
    assert Closure.objects.get().resource == place.doctor.resource
    done = Booking.objects.filter(replaces__in=visits, status=Status.HELD)
    assert done.count() == len(visits)
    assert {one.practitioner_id for one in done} == {colleague.pk}
    assert Message.objects.filter(kind="another_time").count() == len(visits)


def test_doctor_of_nowhere_is_the_form_again(desk, place):
    assert desk.get(f"{TODAY}?who=999999").status_code == 422


# What becomes of each


def test_each_row_can_be_decided_otherwise(desk, place, colleague):
    asked, moved, kept, cancelled, left = (
        visit(place, TUESDAY + timedelta(minutes=30 * n), practitioner=place.doctor.pk) for n in range(5)
    )
    page = preview(desk, **away(place))
    choices = {"move": moved, "keep": kept, "cancel": cancelled, "later": left}
    chosen = {f"{booking.reference}-do": choice for choice, booking in choices.items()}

    answer = apply(desk, page, **chosen, **{f"{kept.reference}-why": "signs a paper only"})

    assert answer.status_code == 302
    assert Booking.objects.get(replaces=asked).practitioner == colleague
    assert (fresh(moved).starts, fresh(moved).practitioner) == (moved.starts, colleague)
    assert (fresh(kept).kept_by, fresh(kept).kept_why) == (desk.user, "signs a paper only")
    assert fresh(cancelled).status == Status.CANCELLED
    assert closures.stranded(location=place.location, now=NOW) == [asked, left]
    shown = text_of(desk.get(answer["Location"]))
    assert "1 visit still has no place" in shown
    assert "left for later" in shown
    assert "1 person is asked" in shown
    assert "1 visit stays all the same" in shown
    assert "signs a paper only" in shown


def test_list_tells_who_is_asked_from_who_is_left(desk, place, colleague):
    asked, left = visit(place, TUESDAY), visit(place, TUESDAY + timedelta(hours=1), name="Ravi Naik")
    apply(desk, preview(desk), **{f"{left.reference}-do": "later"})

    page = desk.get(LIST)

    assert [one["booking"] for one in page.context["left"]] == [left]
    assert "1 person is asked to come at another time." in text_of(page)
    assert Booking.objects.get(replaces=asked).status == Status.HELD


def test_keeping_without_a_reason_is_not_done_and_nothing_else_is(desk, place, colleague):
    kept, moved = visit(place, TUESDAY), visit(place, TUESDAY + timedelta(hours=1))
    page = preview(desk)

    again = apply(
        desk, page, reason="Painting",
        **{f"{kept.reference}-do": "keep", f"{moved.reference}-do": "cancel"},
    )  # fmt: skip

    assert again.status_code == 422
    assert "Say why it stays" in text_of(again)
    assert again.content.decode().count("<title>Error:") == 1
    assert (row_of(again, kept).doing, row_of(again, moved).doing) == ("keep", "cancel")
    assert 'value="Painting"' in again.content.decode()
    assert not Closure.objects.exists()
    assert fresh(moved).status == Status.BOOKED


def test_booking_confirmed_meanwhile_shows_the_page_again_and_keeps_what_was_chosen(desk, place):
    first = visit(place, TUESDAY)
    page = preview(desk)
    second = visit(place, TUESDAY + timedelta(hours=1), name="Ravi Naik")

    again = apply(desk, page, reason="Painting", **{f"{first.reference}-do": "cancel"})

    assert again.status_code == 409
    assert "Somebody booked, moved or cancelled since this page was shown." in text_of(again)
    assert (row_of(again, first).doing, row_of(again, first).is_new) == ("cancel", False)
    assert row_of(again, second).is_new
    assert 'value="Painting"' in again.content.decode()
    assert not Closure.objects.exists()
    assert fresh(first).status == Status.BOOKED
    assert apply(desk, again).status_code == 302  # the page as it stands now closes
    assert fresh(first).status == Status.CANCELLED


def test_booking_moved_away_meanwhile_is_not_concerned_any_more(desk, place):
    booking = visit(place, TUESDAY)
    page = preview(desk)
    door.move(
        moves=[(booking, TUESDAY + timedelta(days=1), None)], key=uuid4(), by=desk.user, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip

    again = apply(desk, page)

    assert again.status_code == 409
    assert "1 visit is not concerned any more." in text_of(again)


def test_pressed_twice_closes_once_and_moves_once(desk, place, colleague):
    booking = visit(place, TUESDAY, practitioner=place.doctor.pk)
    page = preview(desk, **away(place))

    answers = [apply(desk, page, **{f"{booking.reference}-do": "move"}) for _ in range(2)]

    assert {answer["Location"] for answer in answers} == {
        reverse("desk_closure", args=[Closure.objects.get().pk])
    }
    assert fresh(booking).version == booking.version + 1
    assert "nobody is left without a place" in text_of(desk.get(answers[1]["Location"]))


def test_what_could_not_be_done_is_listed_with_its_reason(desk, place, colleague):
    booking = visit(place, TUESDAY, practitioner=place.doctor.pk)
    page = preview(desk, **away(place))
    visit(place, TUESDAY, name="Ravi Naik", practitioner=colleague.pk)  # takes what was proposed

    answer = apply(desk, page, **{f"{booking.reference}-do": "move"})

    shown = text_of(desk.get(answer["Location"]))
    assert "1 visit still has no place" in shown
    assert "Tue 3 Nov, 11:00 am Dr Rao That time is no longer free." in shown
    assert closures.stranded(location=place.location, now=NOW) == [booking]
    assert "1 visit stands where nobody is" in text_of(desk.get(LIST))


def test_what_is_left_can_be_planned_again(desk, place, colleague):
    booking = visit(place, TUESDAY, practitioner=place.doctor.pk)
    answer = apply(desk, preview(desk, **away(place)), **{f"{booking.reference}-do": "later"})
    again = reverse("desk_closure_visits", args=[Closure.objects.get().pk])
    assert again in desk.get(answer["Location"]).content.decode()

    done = apply(desk, desk.get(again))

    assert done["Location"] == answer["Location"]
    assert Booking.objects.get(replaces=booking).practitioner == colleague
    assert Closure.objects.count() == 1
    assert "Nobody is left without a place" in text_of(desk.get(again))


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"seen": "nonsense"}, 400), ({"goes": "nonsense"}, 400), ({"key": "x"}, 400), ({"seen": ""}, 409),
     ({"seen": "ABCD234:1"}, 409)],
)  # fmt: skip
def test_form_that_is_not_whole_closes_nothing(desk, place, sent, status):
    visit(place, TUESDAY)
    page = preview(desk)

    assert desk.post(NEW, boxes(page) | {"go": "apply"} | sent).status_code == status
    assert not Closure.objects.exists()


def test_row_with_a_choice_it_does_not_have_is_said(desk, place):
    booking = visit(place, TUESDAY)
    page = preview(desk)

    again = apply(desk, page, **{"goes": "", f"{booking.reference}-do": "ask"})

    assert again.status_code == 422
    assert "There is no time for this visit: choose something else" in text_of(again)


def test_preview_says_how_people_are_reached_and_until_when_they_answer(desk, place, colleague):
    booking = visit(place, TUESDAY, practitioner=place.doctor.pk)

    row = row_of(preview(desk, **away(place)), booking)

    assert (row.reached, row.until) == ("text message", "Tue 3 Nov, 9:00 am")
    assert [value for value, _ in row.options] == ["ask", "later", "move", "keep", "cancel"]


def test_preview_says_that_a_doctor_has_to_look_first(desk, place, colleague):
    booking = session_visit(place, TUESDAY)

    row = row_of(preview(desk, **away(place)), booking)

    assert [words for _, _, words in row.checks] == ["fits"]
    assert row.what.endswith("session 1 of 4")


def test_hasty_question_says_to_ring(desk, place, colleague):
    booking = visit(place, AT_11, practitioner=place.doctor.pk)
    visit(place, AT_11, practitioner=colleague.pk)

    row = row_of(preview(desk, **away(place, first="2026-11-02")), booking)

    assert [words for _, _, words in row.checks] == ["short notice: ring them, too"]
    assert row.until == "10:30 am"


def test_preview_takes_the_same_queries_for_one_and_three(desk, place, colleague, django_assert_num_queries):
    visit(place, TUESDAY, practitioner=place.doctor.pk)
    preview(desk, **away(place))
    with django_assert_num_queries(25) as counted:
        preview(desk, **away(place))
    for n in (1, 2):
        visit(place, TUESDAY + timedelta(hours=n), practitioner=place.doctor.pk)
    with django_assert_num_queries(len(counted)):
        page = preview(desk, **away(place))
    assert len(page.context["page"].rows) == 3


def test_closure_page_takes_the_same_queries_for_one_and_three(
    desk, place, colleague, django_assert_num_queries
):
    def closed(day, count):
        for n in range(count):
            visit(place, local(f"2026-11-{day:02}T11:00") + timedelta(hours=n), practitioner=place.doctor.pk)
        answer = apply(desk, preview(desk, **away(place, first=f"2026-11-{day:02}")))
        return answer["Location"]

    one, three = closed(3, 1), closed(5, 3)
    desk.get(one)
    with django_assert_num_queries(9) as counted:
        desk.get(one)
    with django_assert_num_queries(len(counted)):
        page = desk.get(three)
    assert len(page.context["waiting"]) == 3


# Who said what since


@pytest.mark.parametrize(
    ("since", "words"), [("declined", "they said no: ring them"), ("expired", "no answer in time: ring them")]
)
def test_who_said_no_or_nothing_is_left_with_that_reason(desk, place, colleague, at_now, since, words):
    booking = visit(place, TUESDAY, practitioner=place.doctor.pk)
    answer = apply(desk, preview(desk, **away(place)))
    offer = Booking.objects.get(replaces=booking)
    if since == "declined":
        door.decline(offer=offer, by=booking.patient.account, now=NOW)
    else:
        set_clock(at_now, offer.held_until)

    assert words in text_of(desk.get(answer["Location"]))
    assert closures.stranded(location=place.location, now=NOW) == [booking]


# Open again


def test_open_again_says_who_and_when(desk, place):
    apply(desk, preview(desk))
    closure = Closure.objects.get()

    answer = desk.post(reverse("desk_closure_remove", args=[closure.pk]))

    assert answer.status_code == 302
    assert not Closure.objects.exists()
    row = AuditRow.objects.get(action="closure_removed")
    assert (row.by, row.subject) == (desk.user, f"closure:{closure.pk}")
    assert "Open again." in text_of(desk.get(answer["Location"]))


# Holidays


def test_desk_sees_holidays_and_a_manager_decides(desk, place):
    page = desk.get(LIST)

    assert "Wed 11 Nov" not in text_of(page)
    assert "Fri 25 Dec 2026 Christmas" in text_of(page)
    assert "A manager says of each" in text_of(page)
    assert reverse("desk_holiday") not in page.content.decode()


def test_manager_closes_on_a_holiday_with_its_visits(manager, place):
    booking = visit(place, local("2026-12-25T11:00"))
    link = f"{reverse('desk_holiday')}?at={place.location.slug}&day=2026-12-25"
    assert link.replace("&", "&amp;") in manager.get(LIST).content.decode()

    page = manager.get(link)
    apply(manager, page)

    assert "Indiranagar is closed Fri 25 Dec, all day" in text_of(page)
    closure = Closure.objects.get()
    assert (closure.kind, closure.reason, closure.by) == ("holiday", "Christmas", manager.user)
    assert (closure.starts, closure.ends) == (local("2026-12-25T00:00"), local("2026-12-26T00:00"))
    assert Booking.objects.filter(replaces=booking).exists()
    assert "Fri 25 Dec 2026 Christmas" not in text_of(manager.get(LIST))


def test_manager_says_we_are_open(manager, place):
    answer = manager.post(reverse("desk_holiday_open"), {"at": place.location.slug, "day": "2026-12-25"})

    row = OpenHoliday.objects.get()
    assert (row.location, row.day.isoformat(), row.by) == (place.location, "2026-12-25", manager.user)
    page = text_of(manager.get(answer["Location"]))
    assert "Open on 1 holiday Fri 25 Dec 2026 Christmas Close after all…" in page


@pytest.mark.parametrize("day", ["2026-12-24", "", "x", "9999-01-01"])
def test_day_that_is_no_holiday_is_not_decided(manager, place, day):
    assert manager.post(reverse("desk_holiday_open"), {"day": day}).status_code == 302
    assert manager.get(f"{reverse('desk_holiday')}?day={day}").status_code == 302
    assert not OpenHoliday.objects.exists()


@pytest.mark.parametrize(
    ("country", "state", "words"),
    [
        ("IN", "ZZ", "We do not know the state “ZZ”, so these are the holidays of the whole country."),
        ("ZZ", "", "We have no list of public holidays for “ZZ”."),
    ],
)
def test_place_of_which_no_list_is_kept_is_told_kindly(desk, place, country, state, words):
    Location.objects.filter(pk=place.location.pk).update(country=country, subdivision=state)

    page = desk.get(LIST)

    assert page.status_code == 200
    assert words in text_of(page)


def test_carried_fields_are_those_of_the_form(desk, place):
    page = preview(desk, **typed(from_time="9.30", to_time="1:15 pm"))

    assert (hidden(page, "from_time"), hidden(page, "to_time"), hidden(page, "last")) == (
        "09:30",
        "13:15",
        "",
    )


# Who is asked about a time that closes


def test_preview_names_who_is_asked_about_a_time_that_closes(desk, place, colleague):
    booking = visit(place, TUESDAY, practitioner=colleague.pk)
    door.propose(
        booking=booking, starts=local("2026-11-04T16:30"), practitioner=place.doctor.pk,
        until=NOW + timedelta(hours=5), by=desk.user, now=NOW,
    )  # fmt: skip
    fields = away(place, first="2026-11-04")

    page = preview(desk, **fields)
    closed = apply(desk, page)
    todo_page = text_of(desk.get("/desk/todo/"))

    assert [one["name"] for one in page.context["ended"]] == ["Asha Rao"]
    said = text_of(page)
    assert "1 person is asked about a time that closes" in said
    assert "Asha Rao Tue 3 Nov, 11:00 am Dr Iyer Wed 4 Nov, 4:30 pm Dr Rao" in said
    assert closed.status_code == 302
    assert "was asked about Wed 4 Nov, 4:30 pm, which we had to take back: ring them" in todo_page


def test_preview_of_a_time_that_nobody_is_asked_about_says_nothing(desk, place):
    assert preview(desk, **away(place)).context["ended"] == []


# One undo for the whole


def closed_with(desk, place, choices):
    """Dr Rao is away on Tuesday; each visit goes as its choice says. Returns the visits and the bar."""
    visits = [
        visit(place, TUESDAY + timedelta(minutes=30 * n), name=f"Nr {n}", practitioner=place.doctor.pk)
        for n in range(len(choices))
    ]
    page = preview(desk, **away(place))
    rows = {f"{one.reference}-do": choice for one, choice in zip(visits, choices, strict=True)}
    rows |= {f"{one.reference}-why": "wants it so" for one in visits if rows[f"{one.reference}-do"] == "keep"}
    closed = apply(desk, page, **rows)
    return visits, desk.get(closed["Location"]).context["undo"]


def press(desk, bar):
    return desk.post(bar["action"], {"key": str(bar["once"])})


def test_undo_takes_back_a_closing_with_every_visit_it_moved(desk, place, colleague):
    choices = ["move", "move", "cancel", "ask", "keep"]
    visits, bar = closed_with(desk, place, choices)
    assert {fresh(one).practitioner for one in visits[:2]} == {colleague}

    answer = press(desk, bar)

    after = [fresh(one) for one in visits]
    assert bar["text"] == "Closed: Dr Rao. 3 visits moved or cancelled."
    assert [(one.practitioner, one.starts, one.status) for one in after] == [
        (place.doctor, TUESDAY + timedelta(minutes=30 * n), Status.BOOKED) for n in range(5)
    ]
    assert {one.kept_why for one in after} == {""}
    assert not Closure.objects.exists()
    assert not Booking.objects.filter(replaces__isnull=False).exists()
    assert not Message.objects.filter(kind="another_time", state="due").exists()
    said = text_of(desk.get(answer["Location"]))
    assert "Undone: open again, and nobody is asked about it any more." in said
    assert desk.get(LIST).context["undo"] is None


def test_undo_of_a_closing_twice_is_once(desk, place, colleague):
    visits, bar = closed_with(desk, place, ["move", "ask"])

    answers = [press(desk, bar).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert fresh(visits[0]).practitioner == place.doctor
    assert AuditRow.objects.filter(action="closure_removed").count() == 1


def test_undo_of_a_closing_says_what_cannot_be_put_back(desk, place, colleague):
    visits, bar = closed_with(desk, place, ["move", "move"])
    door.set_status(booking=fresh(visits[0]), to=Status.NO_SHOW, by=desk.user, now=TUESDAY)

    said = text_of(desk.get(press(desk, bar)["Location"]))

    assert "1 visit could not be put back" in said
    assert (fresh(visits[0]).status, fresh(visits[1]).practitioner) == (Status.NO_SHOW, place.doctor)


def test_undo_of_a_closing_too_late_changes_nothing(desk, place, colleague, at_now):
    visits, bar = closed_with(desk, place, ["move"])
    set_clock(at_now, NOW + timedelta(minutes=4))

    said = text_of(desk.get(press(desk, bar)["Location"]))

    assert "It is too late to undo this." in said
    assert Closure.objects.exists()
    assert fresh(visits[0]).practitioner == colleague


def test_closing_that_somebody_opened_again_has_its_moves_to_undo(desk, place, colleague):
    visits, _ = closed_with(desk, place, ["move", "move"])
    closures.remove(closure=Closure.objects.get(), by=desk.user, now=NOW)

    bar = desk.get(LIST).context["undo"]
    press(desk, bar)

    assert bar["text"] == "2 visits moved or cancelled."
    assert {fresh(one).practitioner for one in visits} == {place.doctor}


def test_undo_bar_of_a_closing_is_its_own_persons(desk, client, place, colleague):
    _, bar = closed_with(desk, place, ["move"])
    client.force_login(builders.staff(role="front_desk"))

    assert client.get(LIST).context["undo"] is None
    assert press(client, bar).status_code == 404
    assert Closure.objects.exists()


def test_closing_without_visits_has_its_undo(desk, place):
    closed = apply(desk, preview(desk, **away(place)))
    bar = desk.get(closed["Location"]).context["undo"]

    press(desk, bar)

    assert bar["text"] == "Closed: Dr Rao."
    assert not Closure.objects.exists()


def test_what_was_planned_again_is_undone_at_once_too(desk, place, colleague):
    visits, _ = closed_with(desk, place, ["later", "later"])
    again = f"/desk/closures/{Closure.objects.get().pk}/visits/"
    moved = {f"{one.reference}-do": "move" for one in visits}
    closed = apply(desk, desk.get(again), **moved)
    bar = desk.get(closed["Location"]).context["undo"]

    press(desk, bar)

    assert bar["text"] == "2 visits moved or cancelled."
    assert {fresh(one).practitioner for one in visits} == {place.doctor}
    assert closures.stranded(location=place.location, now=NOW) == visits
