"""The first page and the times, as a browser without JavaScript sees them."""

import pytest

from bookings.models import Booking, Status
from bookings.services.openings.fortnight import Search, read_fortnight
from clinic.models import Practitioner
from tests import builders
from tests.bookings.patient_clinic import (
    at_now,
    buttons,
    carried,
    local,
    more_doctors,
    place,
    set_clock,
    tap,
    text_of,
)
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db

TUESDAY_10 = "2026-11-03T10:00"
NEVER_SAID = (
    "safe",
    "eligible",
    "guarantee",
    "regrow",
    "cure",
    "permanent",
    "painless",
    "no side effects",
    "best",
)


# The first page


def test_landing_answers_before_the_clinic_is_set_up(client, at_now):
    assert client.get("/").status_code == 200


def test_landing_says_what_it_costs_and_when_there_is_time(client, place):
    said = text_of(client.get("/"))

    assert "First consultation · 30 minutes · ₹800" in said
    assert "Next free time: Today, 11:15 am , Indiranagar" in said


def test_landing_names_tomorrow_and_days_after_it(client, place, at_now):
    set_clock(at_now, local("2026-11-06T20:00"))  # Friday evening
    tomorrow = text_of(client.get("/"))
    set_clock(at_now, local("2026-11-07T20:00"))
    later = text_of(client.get("/"))

    assert "Next free time: Tomorrow, 9:00 am" in tomorrow
    assert "Next free time: Mon 9 Nov, 9:00 am" in later


def test_landing_promises_nothing(client, place):
    said = text_of(client.get("/")).lower()

    assert [word for word in NEVER_SAID if word in said] == []
    assert "it may not work for you" in said


def test_landing_costs_the_same_queries_however_many_people_work_there(
    client, place, django_assert_num_queries
):
    with django_assert_num_queries(6):
        client.get("/")
    more_doctors(place)
    with django_assert_num_queries(6):
        client.get("/")


# With whom


@pytest.fixture
def doctors(place):
    """Beside Dr Rao, who speaks English: a woman on Wednesdays and a man on Thursdays."""
    Practitioner.objects.filter(pk=place.doctor.pk).update(gender="male", languages=["en"])

    def one(name, weekday, gender, languages):
        hours = [(weekday, *builders.WEEK[0][1:])]
        doctor = builders.a_practitioner(
            location=place.location, qualified=[place.consultation], name=name, hours=hours, gender=gender
        )
        Practitioner.objects.filter(pk=doctor.pk).update(languages=languages)
        return doctor

    return {
        "banu": one("Dr Banu", 2, "female", ["en", "ur", "kn"]),
        "iyer": one("Dr Iyer", 3, "male", ["en", "kn"]),
    }


def open_days(page):
    return [day["date"] for day in page.context["days"] if day["href"]]


def chips(page):
    return {
        group["title"]: [chip["name"] for chip in group["chips"]] for group in page.context["whom"]["groups"]
    }


def test_chips_are_there_only_where_they_change_something(client, place, doctors):
    assert chips(client.get("/book/")) == {
        "By name": ["Dr Banu", "Dr Iyer", "Dr Rao"],
        "Woman or man": ["A woman", "A man"],
        "Who speaks": ["ಕನ್ನಡ", "اردو"],  # English all of them speak
    }


def test_no_chips_for_one_doctor(client, place):
    assert client.get("/book/").context["whom"] is None


@pytest.mark.parametrize(
    ("query", "days", "said"),
    [
        ("gender=female", [4, 11], "a woman"),
        ("speaks=ur", [4, 11], "any dermatologist who speaks اردو"),
        ("speaks=kn", [4, 5, 11, 12], "any dermatologist who speaks ಕನ್ನಡ"),
        ("gender=male&speaks=kn", [5, 12], "a man who speaks ಕನ್ನಡ"),
        ("gender=male&speaks=ur", [], "a man who speaks اردو"),
    ],
)
def test_wish_leaves_the_days_of_those_who_fit(client, place, doctors, query, days, said):
    page = client.get(f"/book/?{query}")

    assert open_days(page) == days
    assert page.context["whom"]["said"] == said


def test_wish_that_nobody_fits_leads_back_to_anybody(client, place, doctors):
    page = client.get("/book/?gender=male&speaks=ur")

    assert "Another dermatologist may have one." in text_of(page)
    assert open_days(client.get(page.context["any_person"])) == [2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14]


def test_wish_goes_with_the_tapped_time(client, place, doctors):
    wednesday = "2026-11-04T10:00"  # Dr Rao is here, too
    tapped = tap(client, wednesday, gender="female")

    assert tapped.status_code == 302
    assert Booking.objects.get().practitioner == doctors["banu"]
    assert "gender=female" in client.get("/book/details/").context["other_times"]


def test_wish_is_not_given_up_when_the_time_is_gone(client, place, doctors):
    builders.a_booking(
        starts=local("2026-11-04T10:00"), location=place.location, practitioner=doctors["banu"],
        visit_type=place.consultation,
    )  # fmt: skip

    refused = tap(client, "2026-11-04T10:00", gender="female")

    assert refused.status_code == 409
    assert open_days(refused) == [4, 11]
    assert 'name="gender" value="female"' in refused.content.decode()
    assert tap(client, "2026-11-04T10:30", gender="female").status_code == 302
    assert Booking.objects.get(status=Status.HELD).practitioner == doctors["banu"]


@pytest.mark.parametrize("query", ["gender=x", "speaks=zz", "gender=female&who=999999", "speaks=%00"])
def test_wish_that_cannot_be_read_counts_as_none(client, place, doctors, query):
    assert client.get(f"/book/?{query}").status_code in (200, 400)


# Times


def test_times_cost_seven_queries_for_one_practitioner_and_for_four(client, place, django_assert_num_queries):
    with django_assert_num_queries(7):
        client.get("/book/")
    more_doctors(place)
    with django_assert_num_queries(7):
        client.get("/book/")


def test_search_costs_four_queries_for_one_practitioner_and_for_four(place, django_assert_num_queries):
    for _ in range(2):
        with django_assert_num_queries(4):
            read_fortnight(Search(place.consultation, place.location), now=NOW)
        more_doctors(place)


def test_times_show_fourteen_days_with_what_is_left_of_each(client, place):
    days = client.get("/book/").context["days"]

    # Monday after 10:00, an hour's notice, every quarter from 11:15 to 17:30; other days from 9:00
    assert [day["date"] for day in days] == list(range(2, 16))
    assert [day["words"] for day in days[:7]] == ["26 left", *["35 left"] * 5, "closed"]
    assert [day["date"] for day in days if day["chosen"]] == [2]
    assert days[6]["href"] == ""


def test_times_of_a_day_stand_under_their_part_of_it(client, place):
    groups = client.get("/book/?day=2026-11-03").context["groups"]

    assert [(group["title"], len(group["times"])) for group in groups] == [
        ("Morning", 12), ("Afternoon", 20), ("Evening", 3),
    ]  # fmt: skip
    assert groups[0]["times"][0] == {
        "value": "2026-11-03T03:30Z",
        "text": "9:00 am",
        "note": "",
        "best": False,
    }


def test_times_with_one_practitioner_are_theirs_alone(client, place):
    tuesdays = [(1, *builders.WEEK[0][1:])]
    other = builders.a_practitioner(location=place.location, qualified=[place.consultation], hours=tuesdays)
    days = client.get(f"/book/?who={other.pk}").context["days"]

    assert [day["date"] for day in days if day["href"]] == [3, 10]
    assert tap(client, TUESDAY_10, who=other.pk).status_code == 302
    assert Booking.objects.get().practitioner == other


def test_places_are_offered_only_where_there_is_a_choice(client, place):
    assert client.get("/book/").context["places"] == []
    other = builders.a_location()

    chips = client.get(f"/book/?at={other.slug}").context["places"]

    assert [(chip["name"], chip["chosen"]) for chip in chips] == [("Indiranagar", False), (other.area, True)]


CUT = (
    "day=yesterday", "day=0001-01-01", "who=Rao", "who=-1", "at=nowhere", "since=2026-13-45",
    "since=9999-12-31", "since=0001-01-01",
)  # fmt: skip


@pytest.mark.parametrize("query", CUT)
def test_link_that_was_cut_shows_times_all_the_same(client, place, query):
    assert client.get(f"/book/?{query}").status_code == 200


def test_tapped_time_is_kept_ten_minutes(client, place):
    tapped = tap(client, TUESDAY_10)

    assert (tapped.status_code, tapped["Location"]) == (302, "/book/details/")
    held = Booking.objects.get()
    assert (held.status, held.starts) == (Status.HELD, local(TUESDAY_10))
    assert "We keep 10:00 am for you until 10:10 am." in text_of(client.get("/book/details/"))


def test_one_browser_keeps_one_time(client, place):
    tap(client, TUESDAY_10)
    tap(client, "2026-11-03T11:00")

    assert Booking.objects.get().starts == local("2026-11-03T11:00")


@pytest.mark.parametrize(
    ("starts", "status"),
    [
        (carried("2026-11-01T10:00"), 400),  # yesterday
        (carried("2026-11-02T10:45"), 400),  # within the notice
        (carried("2026-11-03T10:07"), 400),  # off the grid
        (carried("2027-11-03T10:00"), 400),  # beyond the horizon
        (carried("2026-11-03T20:00"), 409),  # nobody works then
        (carried("2026-11-08T10:00"), 409),  # a Sunday
        ("", 400),
        ("10:00", 400),
        ("2026-11-03T10:00", 400),  # of which zone?
        ("0001-01-01T00:00+14:00", 400),
        ("9999-12-31T23:59-14:00", 400),
        ("x" * 5000, 400),
    ],
)
def test_time_nobody_offered_is_refused_on_the_same_page(client, place, starts, status):
    refused = client.post("/book/", {"starts": starts})

    assert refused.status_code == status
    assert "When would you like to come?" in text_of(refused)
    assert Booking.objects.count() == 0


def test_taken_time_is_refused_with_the_nearest_as_buttons(client, place):
    builders.a_booking(
        starts=local(TUESDAY_10), location=place.location, practitioner=place.doctor,
        visit_type=place.consultation,
    )  # fmt: skip
    refused = tap(client, TUESDAY_10)

    nearest = [carried(f"2026-11-03T{at}") for at in ("09:15", "09:30", "10:30")]
    assert refused.status_code == 409
    assert "That time is no longer free." in text_of(refused)
    assert buttons(refused, "starts")[:3] == nearest
    assert refused.context["chosen_day"] == "Tue 3 Nov"
    assert tap(client, "2026-11-03T10:30").status_code == 302


def test_practitioner_of_another_place_cannot_be_tapped(client, place):
    stranger = builders.a_practitioner(qualified=[place.consultation])

    assert tap(client, TUESDAY_10, who=stranger.pk).status_code == 409
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("body", ["starts=%00", "starts=%ED%A0%80", "name=%00"])
def test_bytes_nobody_can_store_are_a_calm_400(client, place, body):
    form = "application/x-www-form-urlencoded"
    assert client.post("/book/", body, content_type=form).status_code == 400
    assert client.post("/book/details/", body, content_type=form).status_code == 400


def test_by_keyboard_the_days_can_be_skipped(client, place):
    page = client.get("/book/").content.decode()

    assert page.index('href="#times"') < page.index('id="days"') < page.index('<form id="times"')
