"""Logging in, as a browser does it. Codes are read where people read them: in the messages that went out."""

import re
import time

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client
from django.urls import reverse, reverse_lazy

from clinic.channels import mailbox
from clinic.models import AuditRow, Message, Patient, StaffRole, User
from clinic.rules import phones
from clinic.services import accounts
from tests.builders import PASSWORD, a_patient, a_phone, an_account, staff

pytestmark = pytest.mark.django_db

LOG_IN = "/account/login/"
CODE = "/account/code/"
PEOPLE = "/account/people/"


@pytest.fixture(autouse=True)
def empty_mailbox():
    for file in mailbox.folder().glob("*"):
        file.unlink()


def texts_to(phone):
    return [posted.text for posted in mailbox.newest() if posted.address == phone]


def code_in(text):
    return re.search(r"\b[0-9]{6}\b", text).group()


def ask_for_code(client, who, **fields):
    return client.post(LOG_IN, {"who": who, **fields})


def log_in(client, phone, **fields):
    ask_for_code(client, phone, **fields)
    return client.post(CODE, {"code": code_in(texts_to(phone)[0]), **fields})


def user_of(client):
    return client.session.get("_auth_user_id")


def later(client, seconds):
    """As if the code had been asked for that long ago."""
    session = client.session
    session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= seconds
    session.save()


# A code


def test_new_phone_gets_an_account_without_a_password_and_logs_in(client):
    phone = a_phone()
    asked = ask_for_code(client, phone)
    entered = client.post(CODE, {"code": code_in(texts_to(phone)[0])})

    user = User.objects.get(phone=phone)
    assert (asked.status_code, asked["Location"]) == (302, CODE)
    assert (entered.status_code, entered["Location"]) == (302, f"{PEOPLE}?next=%2Fmy%2F")
    assert user_of(client) == str(user.pk)
    assert not user.has_usable_password()
    assert user.phone_verified_at is not None


def test_phone_may_be_typed_as_people_do(client):
    user = an_account(phone="+919845012345")
    log_in_typed = ask_for_code(client, "098450 12345")

    assert log_in_typed["Location"] == CODE
    assert len(texts_to(user.phone)) == 1
    assert User.objects.count() == 1


def test_code_by_email_logs_in_whatever_the_case(client):
    user = an_account(email="asha@example.org")
    ask_for_code(client, "Asha@Example.ORG")
    client.post(CODE, {"code": code_in(mail.outbox[0].body)})

    assert mail.outbox[0].to == ["asha@example.org"]
    assert user_of(client) == str(user.pk)


def test_code_may_be_typed_with_blanks_or_in_other_figures(client):
    phone = a_phone()
    ask_for_code(client, phone)
    code = code_in(texts_to(phone)[0])
    kannada = "".join(chr(0x0CE6 + int(figure)) for figure in code)
    client.post(CODE, {"code": f" {kannada[:3]} {kannada[3:]} "})

    assert user_of(client) == str(User.objects.get(phone=phone).pk)


def test_nothing_but_the_code_is_in_the_session_or_the_database_row(client):
    phone = a_phone()
    ask_for_code(client, phone)
    code = code_in(texts_to(phone)[0])

    row = Message.objects.get(kind="code")
    assert code not in str(vars(row))


@pytest.mark.parametrize("typed", ["", "98450", "ravi", "@", "a@b", "+1", "12345 67890", "+91 12345 67890"])
def test_log_in_keeps_what_was_typed_when_it_is_neither_phone_nor_email(client, typed):
    answer = ask_for_code(client, typed)

    assert answer.status_code == 422
    assert answer.context["form"]["who"].value() == typed
    assert User.objects.count() == 0


def test_mistyped_code_stays_on_the_page_with_what_was_typed(client):
    phone = a_phone()
    ask_for_code(client, phone)
    right = code_in(texts_to(phone)[0])
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    answer = client.post(CODE, {"code": wrong})

    assert answer.status_code == 422
    assert f'value="{wrong}"' in answer.content.decode()
    assert "That is not the code we sent" in answer.content.decode()
    assert user_of(client) is None
    assert client.post(CODE, {"code": right}).status_code == 302


def test_third_wrong_code_ends_this_code_and_a_new_one_works(client):
    phone = a_phone()
    ask_for_code(client, phone)
    right = code_in(texts_to(phone)[0])
    answers = [client.post(CODE, {"code": "x"}) for _ in range(3)]
    too_late = client.post(CODE, {"code": right})
    again = client.post(CODE, {"action": "resend"}, follow=True)
    entered = client.post(CODE, {"code": code_in(texts_to(phone)[0])})

    said = ["not the code" if "not the code" in a.content.decode() else "any more" for a in answers]
    assert said == ["not the code", "not the code", "any more"]
    assert (too_late.status_code, "any more" in too_late.content.decode()) == (422, True)
    assert "A new code is on its way" in again.content.decode()
    assert entered.status_code == 302
    assert user_of(client) is not None


@pytest.mark.parametrize(("seconds", "status"), [(590, 302), (601, 422)])
def test_code_works_for_ten_minutes(client, seconds, status):
    phone = a_phone()
    ask_for_code(client, phone)
    later(client, seconds)
    answer = client.post(CODE, {"code": code_in(texts_to(phone)[0])})

    assert answer.status_code == status
    assert (user_of(client) is not None) == (status == 302)


def test_expired_code_is_kept_in_its_box(client):
    phone = a_phone()
    ask_for_code(client, phone)
    later(client, 601)
    code = code_in(texts_to(phone)[0])
    answer = client.post(CODE, {"code": code})

    assert f'value="{code}"' in answer.content.decode()
    assert "cannot be used any more" in answer.content.decode()


def test_used_code_does_not_work_again(client):
    phone = a_phone()
    ask_for_code(client, phone)
    stolen = client.cookies["clinic_session"].value
    code = code_in(texts_to(phone)[0])
    client.post(CODE, {"code": code})
    thief = Client()
    thief.cookies["clinic_session"] = stolen

    assert thief.post(CODE, {"code": code})["Location"] == LOG_IN
    client.post("/account/logout/")
    assert client.post(CODE, {"code": code})["Location"] == LOG_IN


def test_double_submit_of_the_right_code_goes_on(client):
    phone = a_phone()
    to = {"next": "/healthz"}
    an_account(phone=phone)
    log_in(client, phone, **to)
    again = client.post(CODE, {"code": "000000", **to})

    assert (again.status_code, again["Location"]) == (302, "/healthz")


def test_resent_code_replaces_the_first(client):
    phone = a_phone()
    ask_for_code(client, phone)
    first = code_in(texts_to(phone)[0])
    client.post(CODE, {"action": "resend"})
    second = code_in(texts_to(phone)[0])
    answer = client.post(CODE, {"code": first})

    assert len(texts_to(phone)) == 2
    assert answer.status_code == (302 if first == second else 422)


def test_code_page_without_having_asked_leads_to_the_log_in(client):
    assert client.get(CODE)["Location"] == LOG_IN


def test_code_box_takes_paste_and_autofill(client):
    ask_for_code(client, a_phone())
    box = re.search(r"<input[^>]*name=\"code\"[^>]*>", client.get(CODE).content.decode()).group()

    assert 'autocomplete="one-time-code"' in box
    assert 'inputmode="numeric"' in box


# Nobody learns who has an account


def known_patient():
    return an_account(phone=a_phone()).phone


def known_staff():
    user = staff(role="front_desk")
    User.objects.filter(pk=user.pk).update(phone=a_phone())
    return User.objects.get(pk=user.pk).phone


def closed_account():
    return an_account(phone=a_phone(), is_active=False).phone


def walked(phone):
    """All that somebody sees who asks for a code to this phone, without what differs by itself."""
    client = Client()
    asked = ask_for_code(client, phone)
    page = client.get(CODE).content.decode().replace(phones.shown(phone), "the phone")
    wrong = client.post(CODE, {"code": "x"}).content.decode().replace(phones.shown(phone), "the phone")
    statuses = [client.post(CODE, {"code": "x"}).status_code for _ in range(3)]
    resent = client.post(CODE, {"action": "resend"})
    pages = [re.sub(r'value="[A-Za-z0-9]{64}"', "", one) for one in (page, wrong)]
    return (asked.status_code, asked["Location"], statuses, resent.status_code, resent["Location"], *pages)


def test_asking_for_a_code_looks_the_same_for_everybody():
    known, unknown = walked(known_patient()), walked(a_phone())

    assert known[:5] == (302, CODE, [422, 422, 422], 302, CODE)
    assert known == unknown == walked(known_staff()) == walked(closed_account())


@pytest.mark.parametrize("somebody", [known_staff, closed_account])
def test_staff_and_closed_accounts_get_no_code(client, somebody):
    phone = somebody()
    ask_for_code(client, phone)
    client.post(CODE, {"action": "resend"})

    assert texts_to(phone) == []
    assert "code" not in client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]


def test_staff_email_gets_no_code(client):
    user = staff(role="dermatologist")
    asked = ask_for_code(client, user.email)
    answer = client.post(CODE, {"code": ""}), client.post(CODE, {"code": "000000"})

    assert asked["Location"] == CODE
    assert mail.outbox == []
    assert [one.status_code for one in answer] == [422, 422]


def test_somebody_who_became_staff_meanwhile_does_not_get_in_by_code(client):
    user = an_account(email="asha@example.org")
    ask_for_code(client, user.email)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    answer = client.post(CODE, {"code": code_in(mail.outbox[0].body)})

    assert answer["Location"] == "/staff/login/"
    assert user_of(client) is None


# Limits


def test_fourth_code_in_five_minutes_is_refused_with_what_was_typed(client):
    phone = a_phone()
    statuses = [ask_for_code(client, phone).status_code for _ in range(4)]
    page = ask_for_code(client, phone)

    assert statuses == [302, 302, 302, 429]
    assert f'value="{phone}"' in page.content.decode()
    assert len(texts_to(phone)) == 3


def test_resending_counts_too(client):
    phone = a_phone()
    ask_for_code(client, phone)
    statuses = [client.post(CODE, {"action": "resend"}).status_code for _ in range(3)]

    assert statuses == [302, 302, 429]
    assert len(texts_to(phone)) == 3


def test_one_place_cannot_ask_for_codes_to_many_numbers(client):
    statuses = [ask_for_code(client, a_phone()).status_code for _ in range(21)]

    assert statuses == [302] * 20 + [429]


def test_sixth_wrong_password_is_refused_even_when_right(client):
    user = staff(role="nurse")
    wrong = [staff_log_in(client, user, password="not this one").status_code for _ in range(5)]
    right = staff_log_in(client, user)

    assert wrong == [422] * 5
    assert right.status_code == 429


# Staff


def staff_log_in(client, user, *, password=PASSWORD, **fields):
    return client.post("/staff/login/", {"email": user.email, "password": password, **fields})


@pytest.mark.parametrize("role", ["front_desk", "nurse", "dermatologist", "manager"])
def test_staff_log_in_by_password(client, role):
    user = staff(role=role)
    answer = staff_log_in(client, user, next="/healthz")

    assert (answer.status_code, answer["Location"]) == (302, "/healthz")
    assert user_of(client) == str(user.pk)
    assert list(AuditRow.objects.values_list("action", "by")) == [("logged_in", user.pk)]


HOMES = [
    ("dermatologist", "/staff/review/"),
    ("nurse", "/staff/sessions/"),
    ("front_desk", reverse_lazy("desk_day")),
    ("manager", reverse_lazy("desk_day")),
]


@pytest.mark.parametrize(("role", "home"), HOMES)
def test_everybody_has_a_page_to_begin_at(client, role, home):
    assert staff_log_in(client, staff(role=role))["Location"] == home


def test_first_of_several_roles_decides_where_to_begin(client):
    user = staff(role="manager")
    StaffRole.objects.create(user=user, role="dermatologist")

    assert staff_log_in(client, user)["Location"] == "/staff/review/"


def without_role():
    user = staff(role="nurse")
    user.roles.all().delete()
    return user


def closed_staff():
    user = staff(role="nurse")
    User.objects.filter(pk=user.pk).update(is_active=False)
    return user


def patient_with_a_password():
    return an_account(email="asha@example.org", password=PASSWORD)


def patient_without_a_password():
    return an_account(email="asha@example.org")


def role_without_being_staff():
    user = patient_with_a_password()
    StaffRole.objects.create(user=user, role="nurse")
    return user


OUTSIDERS = [
    without_role,
    closed_staff,
    patient_with_a_password,
    patient_without_a_password,
    role_without_being_staff,
]


@pytest.mark.parametrize("somebody", OUTSIDERS)
def test_others_do_not_log_in_by_password_and_are_told_the_same(client, somebody):
    user = somebody()
    answer = staff_log_in(client, user)
    stranger = client.post("/staff/login/", {"email": "nobody@clinic.example", "password": "x" * 20})

    assert (answer.status_code, stranger.status_code) == (422, 422)
    assert answer.context["form"].errors == stranger.context["form"].errors
    assert user_of(client) is None


def test_staff_log_in_keeps_the_email_and_never_the_password(client):
    user = staff(role="nurse")
    page = staff_log_in(client, user, password="not this one").content.decode()

    assert f'value="{user.email}"' in page
    assert "not this one" not in page


# Going on


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\e.x"]
)
def test_log_in_never_leads_to_another_site(client, elsewhere):
    user = staff(role="manager")
    answer = staff_log_in(client, user, next=elsewhere)

    assert answer["Location"] == accounts.home(user)


def test_log_out_is_a_post_and_ends_the_session(client):
    phone = a_phone()
    log_in(client, phone)
    by_get = client.get("/account/logout/").status_code
    still = user_of(client)
    answer = client.post("/account/logout/")

    assert (by_get, still is not None) == (405, True)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert user_of(client) is None
    assert client.cookies["clinic_account"].value == ""


def test_session_key_changes_at_log_in(client):
    phone = a_phone()
    ask_for_code(client, phone)
    before = client.session.session_key
    client.post(CODE, {"code": code_in(texts_to(phone)[0])})

    assert client.session.session_key != before


def test_closed_account_is_out_at_once(client):
    phone = a_phone()
    log_in(client, phone)
    before = client.get(PEOPLE).status_code
    User.objects.filter(phone=phone).update(is_active=False)

    assert before == 200
    assert client.get(PEOPLE)["Location"] == f"{LOG_IN}?next=%2Faccount%2Fpeople%2F"


def test_role_taken_away_is_gone_at_once(client):
    user = staff(role="front_desk")
    client.force_login(user)
    before = client.get(reverse("desk_day")).status_code
    user.roles.all().delete()

    assert (before, client.get(reverse("desk_day")).status_code) == (200, 404)


@pytest.mark.parametrize("address", [LOG_IN, CODE, PEOPLE, "/staff/login/"])
def test_log_in_pages_are_not_stored(client, address):
    client.force_login(an_account()) if address == PEOPLE else ask_for_code(client, a_phone())

    assert "no-store" in client.get(address)["Cache-Control"]


# Who is it for?


def in_session(client):
    return client.session.get("patient")


def test_account_with_one_person_is_not_asked(client):
    patient = a_patient()
    answer = log_in(client, patient.phone, next="/healthz")

    assert answer["Location"] == "/healthz"
    assert in_session(client) == patient.pk


def test_account_with_several_people_is_asked_first(client):
    mother = a_patient()
    a_patient(account=mother.account)
    answer = log_in(client, mother.phone, next="/healthz")

    assert answer["Location"] == f"{PEOPLE}?next=%2Fhealthz"
    assert in_session(client) is None


def test_choosing_somebody_goes_on(client):
    mother = a_patient()
    son = a_patient(account=mother.account)
    log_in(client, mother.phone)
    answer = client.post(PEOPLE, {"person": son.pk, "next": "/healthz"})

    assert (answer.status_code, answer["Location"]) == (302, "/healthz")
    assert in_session(client) == son.pk


@pytest.mark.parametrize("typed", ["", "x", "9" * 5000, "-1", "０"])
def test_choosing_nobody_known_is_a_404(client, typed):
    log_in(client, a_patient().phone)

    assert client.post(PEOPLE, {"person": typed}).status_code == 404


def test_choosing_somebody_elses_patient_is_a_404(client):
    log_in(client, a_patient().phone)
    other = a_patient()

    assert client.post(PEOPLE, {"person": other.pk}).status_code == 404
    assert in_session(client) != other.pk


def test_adding_somebody_twice_adds_one(client):
    account = an_account()
    client.force_login(account)
    first = client.post(PEOPLE, {"name": " ರವಿ  ಕುಮಾರ್ ", "next": "/healthz"})
    client.post(PEOPLE, {"name": "ರವಿ ಕುಮಾರ್"})

    ravi = Patient.objects.get(account=account)
    assert (ravi.name, ravi.name_key, ravi.phone) == ("ರವಿ ಕುಮಾರ್", "rv kmr", account.phone)
    assert first["Location"] == "/healthz"
    assert in_session(client) == ravi.pk
    assert AuditRow.objects.filter(action="person_added", patient=ravi, by=account).count() == 1


@pytest.mark.parametrize("typed", ["", "   ", "\u202e\u200f", "12345", "x" * 121])
def test_impossible_name_is_shown_again(client, typed):
    client.force_login(an_account())
    answer = client.post(PEOPLE, {"name": typed})

    assert answer.status_code == 422
    assert Patient.objects.count() == 0


def test_thirteenth_person_is_refused(client):
    account = an_account()
    client.force_login(account)
    statuses = [client.post(PEOPLE, {"name": f"Person {'abcdefghijklm'[n]}"}).status_code for n in range(13)]

    assert statuses == [302] * 12 + [409]


def log_in_with_name(client, phone, name):
    """As the booking page does: the name goes in beside the phone, before the code."""
    ask_for_code(client, phone)
    session = client.session
    session["code_sent"] |= {"name": name}
    session.save()
    return client.post(CODE, {"code": code_in(texts_to(phone)[0]), "next": "/healthz"})


def test_name_typed_before_the_code_becomes_a_new_accounts_person(client):
    phone = a_phone()
    answer = log_in_with_name(client, phone, "Asha Example")

    asha = Patient.objects.get(phone=phone)
    assert asha.name == "Asha Example"
    assert answer["Location"] == "/healthz"
    assert in_session(client) == asha.pk


def test_known_name_typed_before_the_code_chooses_that_person(client):
    mother = a_patient(name="Asha Example")
    son = a_patient(account=mother.account, name="Ravi Example")
    answer = log_in_with_name(client, mother.phone, "ravi example")

    assert answer["Location"] == "/healthz"
    assert in_session(client) == son.pk


def test_new_name_typed_before_the_code_asks_who_and_offers_it(client):
    mother = a_patient(name="Asha Example")
    answer = log_in_with_name(client, mother.phone, "Ravi Example")
    page = client.get(answer["Location"])

    assert answer["Location"] == f"{PEOPLE}?next=%2Fhealthz"
    assert page.context["form"]["name"].value() == "Ravi Example"
    assert [person.name for person in page.context["people"]] == ["Asha Example"]
    assert Patient.objects.count() == 1


# A shared phone


def shared(client, pin="4711"):
    patient = a_patient(phone_shared=True, pin=make_password(pin) if pin else "")
    client.force_login(patient.account)
    return patient, reverse("account_pin", args=[patient.pk])


def test_pin_opens_the_rest_for_this_session(client):
    patient, address = shared(client)
    answer = client.post(address, {"pin": "4711", "next": "/healthz"})

    assert (answer.status_code, answer["Location"]) == (302, "/healthz")
    assert client.session["opened_by_pin"] == [patient.pk]


@pytest.mark.parametrize(("pin", "typed"), [("4711", "4712"), ("4711", ""), ("", ""), ("", "4711")])
def test_wrong_pin_opens_nothing(client, pin, typed):
    _, address = shared(client, pin)

    assert client.post(address, {"pin": typed}).status_code == 422
    assert "opened_by_pin" not in client.session


def test_sixth_wrong_pin_is_refused_even_when_right(client):
    _, address = shared(client)
    wrong = [client.post(address, {"pin": "1"}).status_code for _ in range(5)]

    assert wrong == [422] * 5
    assert client.post(address, {"pin": "4711"}).status_code == 429


# A gateway that is down


def test_code_that_could_not_be_sent_says_so_and_keeps_what_was_typed(client, settings):
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/"
    answer = ask_for_code(client, "98450 12345")

    assert answer.status_code == 503
    assert 'value="98450 12345"' in answer.content.decode()
    assert "account_login" not in client.session


def test_clock_of_the_limits_is_the_servers(client):
    """Codes and limits run on real time, so that moving the demo's clock forward ends no log-in."""
    ask_for_code(client, a_phone())
    asked = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"]

    assert abs(asked - time.time()) < 60
