"""Staff: added, changed, let in by a one-time link; somebody can always manage."""

import re

import pytest
from django.test import Client

from clinic.models import AuditRow, Practitioner, StaffRole, User
from tests import builders
from tests.bookings.manager_clinic import address, errors_of, fields_of, manager, send
from tests.bookings.patient_clinic import at_now, hidden, place, text_of

__all__ = ["at_now", "manager", "place"]
pytestmark = pytest.mark.django_db

NEW = {"name": "Sister Jincy", "email": "Jincy@Clinic.example", "duties": ["nurse.all"]}
PASSWORD = "four plain words here"
LICENCE = {
    "name": "Dr Rao",
    "council": "Karnataka Medical Council",
    "registration_number": "KMC 7",
    "gender": "female",
}


def a_new_member(manager, **fields):
    manager.post(address("new_member"), NEW | fields)
    return User.objects.get(email=(NEW | fields)["email"].lower())


def duties(member):
    return sorted(StaffRole.objects.filter(user=member).values_list("role", "location"), key=str)


def link_of(manager, member):
    page = manager.post(address("password_link", member.pk)).content.decode()
    return re.search(r"<code>http://testserver([^<]+)</code>", page).group(1)


def set_password(link, password=PASSWORD, again=None, client=None):
    stranger = client or Client()
    stranger.get(link)
    return stranger.post("/manage/welcome/", {"password": password, "again": again or password})


def log_in(email, password=PASSWORD):
    return Client().post("/staff/login/", {"email": email, "password": password})


# The list


def test_list_shows_what_each_does_and_where(manager, place):
    nurse = builders.staff(role="nurse", name="Sister Jincy")
    StaffRole.objects.create(user=nurse, role="front_desk", location=place.location)

    page = text_of(manager.get(address("staff")))

    assert f"Sister Jincy {nurse.email} front desk (Indiranagar), nurse (everywhere)" in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_for_few_and_many(manager, place, count, django_assert_num_queries):
    for _ in range(count):
        builders.staff(role="nurse", location=place.location)

    with django_assert_num_queries(7):
        manager.get(address("staff"))


# Added and changed


def test_a_new_member_has_roles_and_no_password(manager, place):
    duties_sent = ["nurse.all", f"front_desk.{place.location.pk}"]
    member = a_new_member(manager, duties=duties_sent)

    assert duties(member) == [("front_desk", place.location.pk), ("nurse", None)]
    assert (member.is_staff, member.has_usable_password()) == (True, False)
    row = AuditRow.objects.get(action="member_added")
    assert row.detail == {"duties": [f"front_desk.{place.location.pk}", "nurse.all"]}


def test_everywhere_says_all_there_is_to_say_of_a_role(manager, place):
    member = a_new_member(manager, duties=["nurse.all", f"nurse.{place.location.pk}"])

    assert duties(member) == [("nurse", None)]


def test_a_dermatologists_licence_comes_next(manager):
    answer = manager.post(address("new_member"), NEW | {"duties": ["dermatologist.all"]})

    assert answer["Location"] == address("practitioner", User.objects.latest("pk").pk)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter a name"),
        ("name", "\u202e", "Enter a name"),
        ("email", "jincy", "Check the e-mail address"),
        ("email", f"{'x' * 250}@clinic.example", "at most 254 characters"),
        ("duties", [], "Tick at least one role"),
        ("duties", ["owner.all"], "Choose from the boxes"),
        ("duties", ["nurse.999999"], "Choose from the boxes"),
        ("duties", ["nurse"], "Choose from the boxes"),
    ],
)
def test_bad_input_is_said_and_stays(manager, field, typed, words):
    answer = manager.post(address("new_member"), NEW | {field: typed})

    assert answer.status_code == 422
    assert words in errors_of(answer)
    assert answer.context["form"]["name"].value() == (NEW | {field: typed})["name"]
    assert User.objects.count() == 1


@pytest.mark.parametrize("taken", ["colleague", "patient"])
def test_an_email_that_has_an_account_is_refused(manager, taken):
    if taken == "patient":
        builders.an_account(email="jincy@clinic.example")
    else:
        builders.staff(role="nurse", email="jincy@clinic.example")

    answer = manager.post(address("new_member"), NEW)

    assert answer.status_code == 409
    assert "That e-mail has an account already" in errors_of(answer)
    assert not User.objects.filter(name="Sister Jincy").exists()


def test_a_member_is_changed(manager, place):
    member = a_new_member(manager)

    send(manager, address("member", member.pk), name="Jincy Jose", duties=[f"nurse.{place.location.pk}"])

    member.refresh_from_db()
    assert (member.name, member.email) == ("Jincy Jose", "jincy@clinic.example")
    assert duties(member) == [("nurse", place.location.pk)]
    assert AuditRow.objects.get(action="member_changed").by == manager.user


def test_a_colleagues_change_is_not_overwritten_unseen(manager):
    member = a_new_member(manager)
    page = manager.get(address("member", member.pk))
    sent = fields_of(page) | {"seen": hidden(page, "seen"), "name": "Mine"}
    send(manager, address("member", member.pk), duties=["front_desk.all"])

    refused = manager.post(address("member", member.pk), sent)

    assert refused.status_code == 409
    assert duties(member) == [("front_desk", None)]


@pytest.mark.parametrize("name", ["member", "practitioner", "leave"])
def test_a_patients_account_is_no_member(manager, name):
    patient = builders.an_account()

    assert manager.get(address(name, patient.pk)).status_code == 404


# Somebody has to be able to manage


def test_the_last_manager_stays_one(manager, place):
    for duty in (["nurse.all"], [f"manager.{place.location.pk}"]):
        answer = send(manager, address("member", manager.user.pk), duties=duty)

        assert answer.status_code == 409
        assert "Nobody else could manage the clinic then" in errors_of(answer)
        assert duties(manager.user) == [("manager", None)]


def test_a_manager_may_go_when_there_is_another(manager):
    builders.staff(role="manager")

    assert send(manager, address("member", manager.user.pk), duties=["nurse.all"]).status_code == 302
    assert manager.get(address("home")).status_code == 404


# The one-time link


def test_the_link_lets_somebody_set_a_password_and_log_in(manager):
    member = a_new_member(manager)
    link = link_of(manager, member)

    assert set_password(link)["Location"] == "/staff/login/"

    member.refresh_from_db()
    assert member.check_password(PASSWORD)
    assert log_in(member.email)["Location"] == "/staff/sessions/"
    acts = AuditRow.objects.filter(subject=f"user:{member.pk}").order_by("pk").values_list("action", "by")
    assert list(acts) == [
        ("member_added", manager.user.pk), ("password_link_made", manager.user.pk),
        ("password_set", member.pk), ("logged_in", member.pk),
    ]  # fmt: skip


def test_the_secret_leaves_the_address_at_once(manager):
    link = link_of(manager, a_new_member(manager))
    stranger = Client()

    answer = stranger.get(link)

    assert answer["Location"] == "/manage/welcome/"
    assert link.split("/")[-2] not in stranger.get("/manage/welcome/").content.decode()


def test_the_link_is_shown_once_and_stored_nowhere(manager):
    member = a_new_member(manager)
    secret = link_of(manager, member).split("/")[-2]

    assert secret not in manager.get(address("member", member.pk)).content.decode()
    assert secret not in str(list(AuditRow.objects.values_list("detail", flat=True)))


def test_the_link_works_once(manager):
    link = link_of(manager, a_new_member(manager))
    set_password(link)

    assert Client().get(link).status_code == 410
    assert set_password(link, "another password 9").status_code == 410


def test_a_link_opened_twice_sets_one_password(manager):
    member = a_new_member(manager)
    link = link_of(manager, member)
    one, other = Client(), Client()
    one.get(link)
    other.get(link)

    set_password(link, client=one)

    assert (
        other.post(
            "/manage/welcome/", {"password": "another password 9", "again": "another password 9"}
        ).status_code
        == 410
    )
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_logging_in_ends_the_link(manager):
    member = builders.staff(role="nurse")
    link = link_of(manager, member)
    assert log_in(member.email, builders.PASSWORD).status_code == 302

    assert Client().get(link).status_code == 410


def test_a_link_older_than_three_days_does_not_work(manager, settings):
    link = link_of(manager, a_new_member(manager))
    settings.PASSWORD_RESET_TIMEOUT = -1

    assert Client().get(link).status_code == 410


def test_a_link_does_not_work_for_somebody_who_has_left(manager):
    member = a_new_member(manager)
    link = link_of(manager, member)
    manager.post(address("close_account", member.pk))

    assert Client().get(link).status_code == 410
    assert manager.post(address("password_link", member.pk))["Location"] == address("member", member.pk)


@pytest.mark.parametrize("key", ["x", "1", "1-", "-1-x", "9" * 40 + "-x", "1-1-1-1", "٣-x"])
def test_made_up_links_are_gone(manager, key):
    assert Client().get(f"/manage/welcome/{key}/").status_code in (404, 410)


def test_a_patient_cannot_be_given_a_password(manager):
    patient = builders.an_account(email="asha@example.org")

    assert manager.post(address("password_link", patient.pk)).status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 12 characters"),
        ("password1234", "password1234", "too common"),
        ("jincy@clinic.example", "jincy@clinic.example", "too similar"),
        (PASSWORD, "another one here", "The two passwords differ"),
        ("", "", "Enter a password"),
        ("x" * 200, "x" * 200, "at most 128 characters"),
    ],
)
def test_a_password_that_will_not_do_is_said(manager, password, again, words):
    member = a_new_member(manager)
    stranger = Client()
    stranger.get(link_of(manager, member))

    answer = stranger.post("/manage/welcome/", {"password": password, "again": again})

    assert answer.status_code == 422
    assert words in errors_of(answer)
    member.refresh_from_db()
    assert not member.has_usable_password()


def test_a_new_password_ends_the_sessions_of_the_old(manager):
    member = builders.staff(role="nurse")
    session = Client()
    session.force_login(member)
    assert session.get("/desk/").status_code == 200

    set_password(link_of(manager, member))

    assert session.get("/desk/").status_code == 302


# Dermatologists


def of(member):
    return address("practitioner", member.pk)


def test_a_licence_is_written_and_verified_by_the_manager_today(manager):
    member = a_new_member(manager, duties=["dermatologist.all"])

    send(manager, of(member), **LICENCE, is_verified="on", languages=["en", "kn"])

    practitioner = Practitioner.objects.get(user=member)
    assert (practitioner.resource.name, practitioner.resource.kind) == ("Dr Rao", "practitioner")
    assert (practitioner.verified_by, str(practitioner.verified_on)) == (manager.user, "2026-11-02")
    assert (practitioner.languages, practitioner.gender) == (["en", "kn"], "female")


def test_nobody_is_verified_without_the_tick(manager):
    member = a_new_member(manager, duties=["dermatologist.all"])

    send(manager, of(member), **LICENCE)

    assert Practitioner.objects.get(user=member).verified_on is None
    assert "to verify" in text_of(manager.get(address("staff")))


def test_another_number_has_to_be_looked_up_again(manager, place):
    member = place.doctor.user

    refused = send(manager, of(member), registration_number="KMC 8")
    assert refused.status_code == 409
    assert "look it up in the register" in errors_of(refused)

    send(manager, of(member), registration_number="KMC 8", is_verified="on")
    place.doctor.refresh_from_db()
    assert (place.doctor.registration_number, place.doctor.verified_by) == ("KMC 8", manager.user)


def test_other_details_leave_the_verification_alone(manager, place):
    send(manager, of(place.doctor.user), name="Dr Asha Rao", languages=["ta"])

    before = place.doctor.verified_by
    place.doctor.refresh_from_db()
    assert (place.doctor.languages, place.doctor.verified_by) == (["ta"], before)
    place.doctor.resource.refresh_from_db()
    assert place.doctor.resource.name == "Dr Asha Rao"


def test_a_number_belongs_to_one(manager, place):
    member = a_new_member(manager, duties=["dermatologist.all"])
    taken = {"council": place.doctor.council, "registration_number": place.doctor.registration_number}

    refused = send(manager, of(member), **LICENCE | taken)

    assert refused.status_code == 409
    assert "Somebody else has that number at that council" in errors_of(refused)
    assert not Practitioner.objects.filter(user=member).exists()


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter a name, for example Dr Rao"),
        ("council", "", "Enter the council"),
        ("registration_number", "9" * 41, "at most 40 characters"),
        ("languages", ["xx"], "Choose from the boxes"),
        ("gender", "x" * 40, "Choose one from the list"),
    ],
)
def test_a_licence_that_cannot_be_is_said_and_stays(manager, field, typed, words):
    member = a_new_member(manager, duties=["dermatologist.all"])

    answer = send(manager, of(member), **LICENCE | {field: typed})

    assert answer.status_code == 422
    assert words in errors_of(answer)
    assert answer.context["form"][field].value() == typed


def test_a_licence_changed_meanwhile_is_not_overwritten(manager, place):
    url = of(place.doctor.user)
    page = manager.get(url)
    sent = fields_of(page) | {"seen": hidden(page, "seen"), "name": "Mine"}
    send(manager, url, name="Theirs")

    assert manager.post(url, sent).status_code == 409
