"""Finding people, adding somebody new, and the page of one person."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from bookings.models import Booking, Status
from clinic.models import Patient, ViewRow
from tests import builders
from tests.bookings.desk_clinic import (
    TUESDAY_10,
    a_course,
    desk,
    find,
    somebody,
    take,
    visit,
)
from tests.bookings.patient_clinic import (
    at_now,
    enter_code,
    give_details,
    hidden,
    local,
    place,
    tap,
    text_of,
)
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


# Finding


@pytest.mark.parametrize("typed", ["Ravi", "ravi n", "Naik", "raavi", "ರವಿ", "रवि"])
def test_find_by_name_in_any_script(desk, place, typed):
    ravi = somebody()
    somebody("Meena Pillai")

    assert [one["patient"] for one in find(desk, typed).context["people"]] == [ravi]


@pytest.mark.parametrize("typed", ["4521", "98450 14521", "+91 98450-14521", "9845", "೪೫೨೧"])
def test_find_by_figures_of_the_phone(desk, place, typed):
    ravi = somebody(phone="+919845014521")
    somebody("Meena Pillai", phone="+919000000001")

    assert [one["patient"] for one in find(desk, typed).context["people"]] == [ravi]


def test_find_by_reference_puts_that_patient_first(desk, place):
    booking = visit(place)

    found = find(desk, booking.reference.lower()).context["people"]

    assert [one["patient"] for one in found] == [booking.patient]


@pytest.mark.parametrize("typed", ["", "   ", "zzzz", "452", "\u200b", "%", "_"])
def test_find_nobody(desk, place, typed):
    somebody(phone="+919845014521")

    page = find(desk, typed)

    assert (page.status_code, page.context["people"]) == (200, [])


def test_find_leaves_out_records_that_were_merged(desk, place):
    ravi = somebody()
    Patient.objects.filter(pk=somebody("Ravi N").pk).update(merged_into=ravi)

    assert [one["patient"] for one in find(desk, "ravi").context["people"]] == [ravi]


def test_find_puts_no_name_into_an_address(desk, place):
    answer = desk.post("/desk/patients/", {"q": "Ravi", "at": place.location.slug, "day": "2026-11-04"})

    assert answer["Location"] == f"/desk/patients/?at={place.location.slug}&day=2026-11-04&found=1"


def test_find_begins_anew_from_the_link(desk, place):
    somebody()
    find(desk, "ravi")

    page = desk.get("/desk/patients/")

    assert (page.context["typed"], page.context["people"]) == ("", [])


def test_find_shows_age_area_and_visits(desk, place):
    ravi = somebody(born_on=date(1992, 12, 3), area="Ulsoor", phone="+919845014521")
    builders.a_booking(
        patient=ravi, starts=NOW - timedelta(days=40), status=Status.DONE, location=place.location
    )
    builders.a_booking(patient=ravi, starts=local(TUESDAY_10), location=place.location)

    page = text_of(find(desk, "ravi"))

    assert "Ravi Naik 33, Ulsoor ends 4521 Last here: 23 Sep 2026 Next: Tue 3 Nov, 10:00 am Book" in page


def test_find_takes_as_many_queries_for_one_as_for_three(desk, place, django_assert_num_queries):
    somebody()
    find(desk, "naik")
    with django_assert_num_queries(6):
        desk.get("/desk/patients/?found=1")
    for name in ("Ravi Naik", "Asha Naik"):
        somebody(name)
    with django_assert_num_queries(6):
        assert len(desk.get("/desk/patients/?found=1").context["people"]) == 3


# While somebody types


def typing(desk, typed, **fields):
    return desk.post("/desk/patients/found/", {"q": typed, **fields})


def names_in(page):
    return [one["patient"].name for one in page.context["people"]]


def test_typing_shows_the_list_alone(desk, place):
    somebody()
    somebody("Meena Pillai")

    page = typing(desk, "ravi")

    assert names_in(page) == ["Ravi Naik"]
    assert 'data-count="1 person found"' in page.content.decode()
    assert "<html" not in page.content.decode()
    assert "csrf" not in page.content.decode()
    assert page["Cache-Control"].count("no-store") == 1


def test_typing_shows_whom_enter_would_have_shown_and_takes_no_focus(desk, place):
    for name in ("Ravi", "Ravi Naik"):
        somebody(name)
    whole = find(desk, "ravi")

    page = typing(desk, "ravi")

    assert names_in(page) == names_in(whole) == ["Ravi", "Ravi Naik"]
    assert "autofocus" not in page.content.decode()
    assert f'data-first href="{focused(whole)}"' in re.sub(
        r'(href="[^"]*") data-first', r"data-first \1", page.content.decode()
    )


def test_typing_keeps_the_time_that_was_clicked(desk, place):
    ravi = somebody()
    clicked = CLICKED | {"at": place.location.slug, "who": place.doctor.pk, "book": "1"}

    page = typing(desk, "ravi", **clicked)

    [row] = page.context["people"]
    query = {name: [str(value)] for name, value in clicked.items() if name != "book"}
    assert row["book"].startswith(f"/desk/patients/{ravi.pk}/book/?")
    assert parse_qs(urlsplit(row["book"]).query) == query
    again = parse_qs(urlsplit(page.context["again"]).query)
    assert again == query | {"book": ["1"], "found": ["1"]}


def test_whoever_comes_back_finds_what_was_typed(desk, place):
    ravi = somebody()
    again = typing(desk, "ravi").context["again"]

    page = desk.get(again)

    assert ("ravi" in again, page.context["typed"], names_in(page)) == (False, "ravi", [ravi.name])


@pytest.mark.parametrize("typed", ["zzzz", "\u202eivaR", "<b>'\"--</b>", "a" * 9_000, "%", "_", "452"])
def test_typing_that_finds_nobody_says_so(desk, place, typed):
    somebody(phone="+919845014521")

    page = typing(desk, typed)

    assert (page.status_code, names_in(page)) == (200, [])
    assert "Nobody found" in text_of(page)
    assert "<b>" not in page.content.decode()


def test_typing_takes_as_many_queries_for_one_as_for_three(desk, place, django_assert_num_queries):
    somebody()
    typing(desk, "naik")
    with django_assert_num_queries(8):  # three of them store what was typed
        typing(desk, "naik")
    for name in ("Ravi Naik", "Asha Naik"):
        somebody(name)
    with django_assert_num_queries(8):
        assert len(typing(desk, "naik").context["people"]) == 3


def test_typing_is_for_staff_who_are_logged_in(client, place):
    somebody()
    stranger = typing(client, "ravi")
    client.force_login(builders.an_account())

    assert (stranger.status_code, stranger["Location"][:13]) == (302, "/staff/login/")
    assert typing(client, "ravi").status_code == 404


# What Enter does, and what goes along


CLICKED = {"day": "2026-11-04", "start": "2026-11-04T10:30"}


def focused(page):
    """The link or box that has the cursor when the page opens."""
    [tag] = re.findall(r"<(?:a|input|button)\b[^>]*\bautofocus\b[^>]*>", page.content.decode())
    return (
        (re.search(r'href="([^"]*)"', tag) or re.search(r'name="([^"]*)"', tag))
        .group(1)
        .replace("&amp;", "&")
    )


def test_enter_opens_the_first_that_was_found(desk, place):
    ravi, _ = somebody("Ravi"), somebody("Ravi Naik")

    assert focused(find(desk, "ravi")) == reverse("desk_patient", args=[ravi.pk])


def test_enter_books_the_first_when_somebody_comes_for_a_booking(desk, place):
    ravi = somebody("Ravi")
    page = desk.get(f"/desk/patients/?at={place.location.slug}&day=2026-11-04")

    found = find(desk, "ravi", **page.context["context"])

    assert focused(found) == f"/desk/patients/{ravi.pk}/book/?at={place.location.slug}&day=2026-11-04"


def test_a_free_time_of_the_board_goes_along_until_it_is_booked(desk, place):
    ravi = somebody("Ravi")
    clicked = CLICKED | {"at": place.location.slug, "who": place.doctor.pk}
    page = desk.get("/desk/patients/", clicked)
    assert "For Wed 4 Nov, 10:30 am with Dr Rao" in text_of(page)

    found = find(desk, "ravi", **page.context["context"])
    assert "For Wed 4 Nov, 10:30 am with Dr Rao" in text_of(found)
    query = parse_qs(urlsplit(focused(found)).query)
    assert query == {name: [str(value)] for name, value in clicked.items()}
    assert desk.get(focused(found)).status_code == 200

    new = desk.post(found.context["new_action"], {"name": "Xenia Pinto", "phone": "98450 12345"})
    xenia = Patient.objects.get(name="Xenia Pinto")
    assert new["Location"] == focused(found).replace(f"/{ravi.pk}/", f"/{xenia.pk}/")


@pytest.mark.parametrize(
    "query",
    [
        "start=2026-11-04T25:00",
        "start=yesterday&who=nobody&day=never&at=..",
        "start=0001-01-01T00:00",
        "who=-1",
        "who=99999999999999999999",
        "merge=0&book=maybe",
        "start=" + "9" * 5_000,
    ],
)
def test_what_cannot_be_read_of_an_address_is_left_out(desk, place, query):
    somebody("Ravi")
    find(desk, "ravi")

    page = desk.get(f"/desk/patients/?found=1&{query}")

    assert page.status_code == 200
    assert {"start", "who", "day"} & set(page.context["context"]) == set()


def test_nothing_found_is_the_beginning_of_somebody_new(desk, place):
    page = find(desk, "ಕ್ಸೇವಿಯರ್ ಪಿಂಟೋ")

    assert "New patient: ಕ್ಸೇವಿಯರ್ ಪಿಂಟೋ" in text_of(page)
    assert (page.context["form"].initial, focused(page)) == ({"name": "ಕ್ಸೇವಿಯರ್ ಪಿಂಟೋ"}, "phone")


@pytest.mark.parametrize(
    "typed", ["\u202eivaR", "😀" * 60, "Z" + "\u0335\u0353" * 6_000, "<b>'\"--</b>", "a" * 9_000]
)
def test_find_shows_what_was_typed_and_is_never_upset_by_it(desk, place, typed):
    somebody("Ravi")

    page = find(desk, typed)

    assert page.status_code == 200
    assert page.context["people"] == []
    assert "<b>" not in page.content.decode()


# Somebody new


def test_new_patient_is_added_and_booked_in_three_clicks(desk, place):
    page = find(desk, "Xenia Pinto")  # one
    form = {"name": page.context["form"].initial["name"], "phone": "98450 12345"}
    added = desk.post(page.context["new_action"], form)  # two
    answer = take(desk, desk.get(added["Location"]), TUESDAY_10)  # three

    booking = Booking.objects.get()
    assert answer.status_code == 302
    assert (booking.patient.name, booking.patient.phone) == ("Xenia Pinto", "+919845012345")
    assert (booking.status, booking.starts) == (Status.BOOKED, local(TUESDAY_10))
    assert booking.patient.account.phone == "+919845012345"


def test_new_patient_twice_is_the_same_person(desk, place):
    for _ in range(2):
        desk.post("/desk/patients/new/", {"name": "Xenia Pinto", "phone": "98450 12345"})

    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "", "phone": "98450 12345"}, "Enter a name"),
        ({"name": "Xenia", "phone": ""}, "Enter a mobile number"),
        ({"name": "Xenia", "phone": "12"}, "Mobile number – Enter a mobile number"),
        ({"name": "\u200b\u202e", "phone": "98450 12345"}, "Enter a name"),
    ],
)
def test_new_patient_is_asked_again_with_what_was_typed(desk, place, typed, words):
    answer = desk.post("/desk/patients/new/", typed)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert f'value="{typed["phone"]}"' in answer.content.decode() or not typed["phone"]
    assert Patient.objects.count() == 0


# Known already


def type_new(desk, name="Meena Rao", phone="98450 12345", **more):
    return desk.post("/desk/patients/new/?day=2026-11-04", {"name": name, "phone": phone, **more})


def test_who_may_be_known_is_shown_before_anybody_is_added(desk, place):
    meena = somebody("ಮೀನಾ", phone="+919845012345", area="Ulsoor", born_on=date(1992, 12, 3))
    builders.a_booking(patient=meena, starts=local(TUESDAY_10), location=place.location)

    page = type_new(desk)

    assert page.status_code == 200
    assert "Is it one of these?" in text_of(page)
    assert (
        "ಮೀನಾ 33, Ulsoor ends 2345 Last here: never Next: Tue 3 Nov, 10:00 am Open ಮೀನಾ Choose for ಮೀನಾ"
        in text_of(page)
    )
    assert [one["book"] for one in page.context["people"]] == [
        f"/desk/patients/{meena.pk}/book/?day=2026-11-04"
    ]
    assert Patient.objects.count() == 1


def test_no_a_new_person_adds_what_was_typed(desk, place):
    somebody("Geeta Rao", phone="+919845012345")
    page = type_new(desk, area="Ulsoor", born="34")
    sent = {name: hidden(page, name) for name in ("name", "phone", "area", "born", "sure")}

    answer = desk.post(page.context["new_action"], sent)

    meena = Patient.objects.get(name="Meena Rao")
    assert answer["Location"] == f"/desk/patients/{meena.pk}/book/?day=2026-11-04"
    assert (meena.phone, meena.area, meena.approximate_birth_year) == ("+919845012345", "Ulsoor", 1992)
    assert desk.post(page.context["new_action"], sent)["Location"] == answer["Location"]
    assert Patient.objects.count() == 2


@pytest.mark.parametrize("typed", [{"area": "ulsoor"}, {"born": "1991"}, {"born": "34"}])
def test_the_same_name_from_the_same_area_or_year_is_shown(desk, place, typed):
    somebody("Mina Rav", area="Ulsoor", born_on=date(1992, 12, 3))

    assert "Mina Rav" in text_of(type_new(desk, **typed))


def test_nobody_is_shown_whom_nothing_points_to(desk, place):
    somebody("Meena Rao", area="Ulsoor", born_on=date(1992, 12, 3))

    answer = type_new(desk, area="Hebbal", born="60")

    assert (answer.status_code, Patient.objects.count()) == (302, 2)


@pytest.mark.parametrize("born", ["abc", "-3", "1700", "2030", "121", "९९९", "1e3", "٣٤٥"])
def test_an_age_that_cannot_be_is_asked_again(desk, place, born):
    page = type_new(desk, born=born)

    assert (page.status_code, Patient.objects.count()) == (422, 0)
    assert "Enter an age such as 34, or a year such as 1992" in text_of(page)
    assert f'value="{born}"' in page.content.decode()


def test_patients_own_pages_show_nobody_else(client, place):
    somebody("Asha Nair", phone="+919845012345", area="Ulsoor")

    tap(client, TUESDAY_10)
    give_details(client, name="Asha Nayar", phone="98450 54321")
    page = enter_code(client)

    assert "Ulsoor" not in text_of(client.get(page["Location"]))


def test_the_page_takes_as_many_queries_for_one_as_for_three(desk, place, django_assert_num_queries):
    for number in (1, 2, 3):
        somebody(f"Child {number}", phone="+919845012345", account=None)
        with django_assert_num_queries(8):
            assert len(type_new(desk).context["people"]) == number


# One person


def test_patient_page_of_a_merged_record_leads_to_the_one_that_is_kept(desk, place):
    kept = somebody("Meena Rao")
    old = builders.a_patient(merged_into=kept)

    answer = desk.get(reverse("desk_patient", args=[old.pk]))

    assert answer["Location"] == reverse("desk_patient", args=[kept.pk])
    assert desk.get(reverse("desk_book", args=[old.pk])).context["patient"] == kept


@pytest.mark.parametrize(("role", "may"), [("front_desk", False), ("nurse", False), ("manager", True)])
def test_patient_page_names_who_may_be_the_same_and_managers_may_compare(client, place, role, may):
    client.force_login(builders.staff(role=role))
    of_one_phone = {"phone": "+919845012345", "account": None}
    meena, mina = somebody("Meena Rao", **of_one_phone), somebody("Mina Rav", **of_one_phone)
    somebody("Geeta Rao", born_on=None, **of_one_phone)

    page = client.get(reverse("desk_patient", args=[meena.pk]))

    assert [one["patient"] for one in page.context["perhaps_same"]] == [mina]
    assert ("Compare and put together" in text_of(page)) is may
    assert ("tell a manager" in text_of(page)) is not may


def test_a_manager_looks_for_the_other_record(client, place):
    client.force_login(builders.staff(role="manager"))
    meena, mina = somebody("Meena Rao"), somebody("Mina Shetty")

    found = find(client, "meena", merge=meena.pk)

    assert [one["patient"] for one in found.context["people"]] == [mina]
    assert focused(found) == reverse("desk_merge", args=[meena.pk, mina.pk])


def test_patient_page_shows_visits_and_sessions_that_want_a_time(desk, place):
    course = a_course(place, given="2026-10-28")
    patient = course.patient
    builders.a_booking(patient=patient, starts=local(TUESDAY_10), location=place.location)

    page = desk.get(reverse("desk_patient", args=[patient.pk]))

    [session] = page.context["sessions"]
    assert (session["number"], session["first"], session["last"]) == (2, "Sat 7 Nov", "Wed 18 Nov")
    assert [one["when"] for one in page.context["coming"]] == ["Tue 3 Nov, 10:00 am"]
    assert ViewRow.objects.filter(patient=patient, by=desk.user, what="contact").count() == 1


def test_patient_page_names_no_product(desk, place):
    course = a_course(place, product=builders.a_product(name="Secret Serum"))

    assert "Secret" not in text_of(desk.get(reverse("desk_patient", args=[course.patient.pk])))


def test_patient_page_takes_as_many_queries_for_one_visit_as_for_three(
    desk, place, django_assert_num_queries
):
    ravi = somebody()
    page = reverse("desk_patient", args=[ravi.pk])
    builders.a_booking(patient=ravi, starts=local(TUESDAY_10), location=place.location)
    with django_assert_num_queries(14):
        desk.get(page)
    for day in (4, 5):
        builders.a_booking(patient=ravi, starts=local(f"2026-11-0{day}T10:00"), location=place.location)
    with django_assert_num_queries(14):
        desk.get(page)
