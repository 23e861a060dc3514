"""Another number, another e-mail, a name spelled right: what is written, and what follows from it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.urls import reverse

from bookings.models import CallOutcome
from bookings.services.desk import calling
from bookings.services.house.locations import ChangedMeanwhile
from bookings.services.people import contact
from bookings.services.people.contact import Wish
from clinic.models import AuditRow, Message, NameWord, Patient, User
from clinic.models.outbox import MessageState
from clinic.refusals import RecordMerged
from clinic.rules import names
from clinic.services.reminder_consents import standing_channels
from tests import builders
from tests.bookings.desk_clinic import TOMORROW_11, desk, find, somebody, visit
from tests.bookings.patient_clinic import at_now, hidden, local, place, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW, THIRD = "+919845012345", "+919900011111", "+919900022222"


@pytest.fixture
def clerk(db):
    return builders.staff(role="front_desk", name="Meera Pai")


@pytest.fixture
def ravi(db):
    return somebody(phone=OLD)


def wish(patient, *, also=(), reminders=None, **other):
    fields = {name: getattr(patient, name) for name in contact.FIELDS}
    standing = standing_channels(patient) if reminders is None else reminders
    return Wish(fields | other, reminders=standing, also=frozenset(one.pk for one in also))


def change(patient, by, *, seen=None, **other):
    patient = Patient.objects.get(pk=patient.pk)
    seen = seen or contact.mark_of(patient)
    return contact.change(patient=patient, wish=wish(patient, **other), seen=seen, by=by, now=NOW)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def notes(patient):
    return [
        (row.action, row.detail["fields"])
        for row in AuditRow.objects.filter(patient=patient, action__in=["contact_changed", "details_changed"])
    ]


def logged_in(account):
    client = Client()
    client.force_login(account)
    assert is_in(client)
    return client


def is_in(client):
    return "/account/login/" not in client.get("/my/").headers.get("Location", "")


# The name


def test_a_name_that_was_corrected_is_what_they_are_found_by(ravi, clerk):
    change(ravi, clerk, name="Lakshmi Devi")

    assert fresh(ravi).name == "Lakshmi Devi"
    words = set(NameWord.objects.filter(patient=ravi).values_list("word", flat=True))
    assert words == names.search_words("Lakshmi Devi")
    assert notes(ravi) == [("details_changed", ["name"])]


def test_a_record_merged_into_this_one_keeps_its_words(ravi, clerk):
    other = somebody("Zubin Mehta")
    Patient.objects.filter(pk=other.pk).update(merged_into=ravi)

    change(ravi, clerk, name="Lakshmi Devi")

    words = set(NameWord.objects.filter(patient=ravi).values_list("word", flat=True))
    assert words >= names.search_words("Zubin Mehta") | names.search_words("Lakshmi Devi")


def test_nothing_changed_is_noted_nowhere(ravi, clerk):
    builders.reminder_consent(patient=ravi)

    change(ravi, clerk)

    assert notes(ravi) == []
    assert standing_channels(ravi) == {"sms"}


# The log-in


def test_a_new_number_takes_the_log_in_along_and_signs_the_old_one_out(ravi, clerk):
    account = ravi.account
    browser = logged_in(account)

    change(ravi, clerk, phone=NEW)

    after = fresh(ravi)
    assert (after.phone, after.account.phone) == (NEW, NEW)
    assert (fresh(account).phone, list(Patient.objects.of_account(account))) == (OLD, [])
    assert not is_in(browser)
    assert is_in(logged_in(after.account))
    [row] = AuditRow.objects.filter(action="contact_changed")
    assert (row.by, row.at, row.subject) == (clerk, NOW, f"patient:{ravi.pk}")
    assert row.detail == {
        "fields": ["phone"], "account_from": account.pk, "account_to": after.account_id,
    }  # fmt: skip


def test_a_number_that_has_a_log_in_already_is_joined(ravi, clerk):
    mother = somebody("Asha Naik", phone=NEW)

    change(ravi, clerk, phone=NEW)

    assert fresh(ravi).account == mother.account


def test_another_number_than_that_of_whoever_books_for_them_leaves_the_log_in(ravi, clerk):
    mother = somebody("Asha Naik", phone=THIRD, account=ravi.account)
    browser = logged_in(ravi.account)

    change(mother, clerk, phone=NEW)

    assert (fresh(mother).phone, fresh(mother).account) == (NEW, ravi.account)
    assert is_in(browser)
    assert not User.objects.filter(phone=NEW).exists()


def test_somebody_without_a_log_in_gets_one(clerk, db):
    ravi = somebody(phone=OLD, account=None)

    change(ravi, clerk, phone=NEW)

    assert fresh(ravi).account.phone == NEW
    assert not fresh(ravi).account.has_usable_password()


def test_a_colleagues_number_opens_nothing(ravi, clerk):
    User.objects.filter(pk=clerk.pk).update(phone=NEW)

    change(ravi, clerk, phone=NEW)

    assert fresh(ravi).account is None
    assert fresh(clerk).check_password(builders.PASSWORD)


def test_an_e_mail_log_in_goes_with_the_e_mail(clerk, db):
    account = builders.an_account(email="old@example.org")
    ravi = somebody(phone=OLD, account=account, email="old@example.org")
    browser = logged_in(account)

    change(ravi, clerk, phone=NEW)  # the e-mail is theirs still
    assert (fresh(ravi).account, is_in(browser)) == (account, True)

    change(ravi, clerk, phone="", email="new@example.org")
    assert (fresh(ravi).account.email, is_in(browser)) == ("new@example.org", False)


def test_of_a_family_only_who_is_named_goes_along(ravi, clerk):
    family = {"phone": OLD, "account": ravi.account}
    son, daughter = somebody("Kiran Naik", **family), somebody("Tara Naik", **family)
    mother = somebody("Asha Naik", phone=THIRD, account=ravi.account)
    browser = logged_in(ravi.account)
    assert list(contact.sharing(ravi)) == [son, daughter, mother]

    change(ravi, clerk, phone=NEW, also=[son, mother])

    new, old = fresh(ravi).account, ravi.account
    assert (fresh(son).phone, fresh(son).account) == (NEW, new)
    assert (fresh(mother).phone, fresh(mother).account) == (THIRD, new)
    assert (fresh(daughter).phone, fresh(daughter).account) == (OLD, old)
    assert not is_in(browser)  # whoever has the old phone asks for a code again, and sees her alone
    assert [notes(one) for one in (son, mother, daughter)] == [
        [("contact_changed", ["phone"])],
        [("details_changed", [])],
        [],
    ]


def test_a_stranger_with_the_same_number_is_named_by_nobody_and_stays(ravi, clerk):
    stranger = somebody("Zubin Mehta", phone=THIRD)

    change(ravi, clerk, phone=NEW, also=[stranger])

    assert (fresh(stranger).phone, notes(stranger)) == (THIRD, [])


# What is told


def waiting(patient):
    rows = Message.objects.filter(patient=patient, state=MessageState.SCHEDULED)
    return set(rows.values_list("channel", "address"))


def test_what_waits_goes_to_the_new_number(place, clerk):
    patient = visit(place, local("2026-11-06T11:00")).patient
    builders.reminder_consent(patient=patient)
    before = set(Message.objects.filter(patient=patient, state="scheduled").values_list("kind", flat=True))
    assert before == {"booked", "reminder_72", "reminder_24", "form_left", "form_48"}
    assert waiting(patient) == {("sms", patient.phone)}

    change(patient, clerk, phone=NEW)

    assert waiting(patient) == {("sms", NEW)}
    after = set(Message.objects.filter(patient=patient, state="scheduled").values_list("kind", flat=True))
    assert after == before - {"form_left"}  # its hour had passed: it is not made up for


def test_what_was_to_be_told_of_a_visit_besides_its_reminders_is_not_lost(place, clerk):
    booking = visit(place, TOMORROW_11)
    late = builders.a_message(
        patient=booking.patient, subject=f"booking:{booking.pk}", kind="running_late",
        address=booking.patient.phone,
    )  # fmt: skip

    change(booking.patient, clerk, phone=NEW)

    assert (fresh(late).state, fresh(late).address) == ("scheduled", NEW)


def test_what_goes_to_whoever_books_for_them_stays_there(place, clerk):
    booking = visit(place, TOMORROW_11)
    told = builders.a_message(patient=booking.patient, subject="change:1", kind="moved", address=THIRD)

    change(booking.patient, clerk, phone=NEW)

    assert (fresh(told).state, fresh(told).address) == ("scheduled", THIRD)


def test_without_a_number_what_waits_goes_by_e_mail(place, clerk):
    patient = visit(place, TOMORROW_11).patient
    told = builders.a_message(patient=patient, subject="change:1", kind="moved", address=patient.phone)

    change(patient, clerk, phone="", email="ravi@example.org")

    assert (fresh(told).channel, fresh(told).address) == ("email", "ravi@example.org")
    assert waiting(patient) == {("email", "ravi@example.org")}


def test_told_by_e_mail_already_the_text_is_withdrawn(place, clerk):
    patient = visit(place, TOMORROW_11).patient
    Patient.objects.filter(pk=patient.pk).update(email="ravi@example.org")
    same = {"patient": patient, "subject": "change:1", "kind": "moved"}
    text = builders.a_message(**same, address=patient.phone)
    builders.a_message(**same, channel="email", address="ravi@example.org", state="sent", sent_at=NOW)

    change(patient, clerk, phone="")

    assert fresh(text).state == "withdrawn"


def test_reminders_are_agreed_to_and_stopped(ravi, clerk):
    change(ravi, clerk, email="ravi@example.org", reminders=["email"])
    assert standing_channels(ravi) == {"email"}
    change(ravi, clerk, reminders=["sms"])

    assert standing_channels(ravi) == {"sms"}
    actions = AuditRow.objects.filter(patient=ravi, action__startswith="reminders").order_by("pk")
    assert [(row.action, row.detail["channel"]) for row in actions] == [
        ("reminders_agreed", "email"), ("reminders_stopped", "email"), ("reminders_agreed", "sms"),
    ]  # fmt: skip


def test_a_wrong_number_goes_from_the_list_once_it_was_changed(place, clerk):
    booking = visit(place, TOMORROW_11)
    calling.note_call(
        booking=booking, outcome=CallOutcome.WRONG_NUMBER, by=clerk, now=NOW - timedelta(minutes=1)
    )
    change(booking.patient, clerk, area="Ulsoor", name="Asha Rav")
    assert booking.pk in calling.tried([booking.pk])  # it is still the wrong number

    change(booking.patient, clerk, phone=NEW)

    assert calling.tried([booking.pk]) == {}


# Two at once, and records that are gone


def test_who_is_second_is_told_and_nothing_is_written(ravi, clerk):
    seen = contact.mark_of(ravi)
    change(ravi, clerk, phone=NEW)

    with pytest.raises(ChangedMeanwhile):
        change(ravi, clerk, seen=seen, area="Ulsoor", reminders=["sms"])

    assert (fresh(ravi).area, standing_channels(ravi)) == (ravi.area, set())


@pytest.mark.parametrize("what", ["reminders", "family"])
def test_what_the_page_showed_besides_counts_as_well(ravi, clerk, what):
    seen = contact.mark_of(ravi)
    if what == "reminders":
        builders.reminder_consent(patient=ravi)
    else:
        somebody("Tara Naik", phone=OLD, account=ravi.account)

    with pytest.raises(ChangedMeanwhile):
        change(ravi, clerk, seen=seen, phone=NEW)


def test_a_record_that_is_closed_or_merged_stays_as_it_is(ravi, clerk):
    Patient.objects.filter(pk=ravi.pk).update(died_on=NOW.date())
    with pytest.raises(contact.RecordClosed):
        change(ravi, clerk, phone=NEW)
    Patient.objects.filter(pk=ravi.pk).update(died_on=None, merged_into=somebody("Ravi N"))
    with pytest.raises(RecordMerged):
        change(ravi, clerk, phone=NEW)

    assert fresh(ravi).phone == OLD


# The page


def at(patient, name="desk_contact"):
    return reverse(name, args=[patient.pk])


def opened(client, patient):
    """What the page's own form would send, as it is opened."""
    page = client.get(at(patient))
    form = page.context["form"]
    typed = {name: form[name].value() for name in form.fields if name != "also"}
    was = {}
    for name, value in page.context["was"]:
        was.setdefault(f"was-{name}", []).append(value)
    return typed | was | {"seen": hidden(page, "seen"), "sure": ""}


def send(client, patient, *, page=None, **other):
    return client.post(at(patient), (page or opened(client, patient)) | other)


def test_the_page_is_one_click_from_theirs_and_back(desk, place, ravi):
    assert at(ravi) in desk.get(reverse("desk_patient", args=[ravi.pk])).content.decode()

    answer = send(desk, ravi, phone="99000 11111", name="Ravi Nayak")

    assert answer["Location"] == reverse("desk_patient", args=[ravi.pk])
    page = text_of(desk.get(answer["Location"]))
    assert "Ravi Nayak" in page
    assert "+91 99000 11111" in page
    assert "They log in with the new number now; whoever has the old one is signed out." in page
    assert [one["patient"] for one in find(desk, "nayak").context["people"]] == [ravi]
    earlier = text_of(desk.get(at(ravi))).split("Changed before ")[1]
    assert re.match(r"Mon 2 Nov, 10:\d\d am · Meera Pai Name, Mobile number ", earlier)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "\u200b\u202e"}, "Enter a name"),
        ({"phone": "12"}, "Enter a mobile number with ten digits"),
        ({"phone": "", "email": ""}, "there has to be a way to reach them"),
        ({"email": "ravi@"}, "Check the e-mail address"),
        ({"emergency_contact_phone": "x"}, "Enter a mobile number with ten digits"),
        ({"language_read": "xx"}, "Select a valid choice"),
        ({"reminders": "post"}, "Select a valid choice"),
        ({"name": "a" * 121}, "at most 120 characters"),
        ({"area": "a" * 81}, "at most 80 characters"),
    ],
)
def test_what_cannot_be_is_asked_again_and_what_was_typed_stays(desk, place, ravi, typed, words):
    answer = send(desk, ravi, guardian_name="Asha Naik", **typed)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert 'value="Asha Naik"' in answer.content.decode()
    assert all(f'value="{value}"' in answer.content.decode() for value in typed.values() if len(value) > 4)
    assert (fresh(ravi).guardian_name, notes(ravi)) == ("", [])


def test_whom_it_would_look_like_is_shown_before_anything_is_saved(desk, place, ravi):
    asha = somebody("Asha Naik", phone=NEW)

    page = send(desk, ravi, phone=NEW)

    assert page.status_code == 200
    assert "Is it one of these?" in text_of(page)
    assert [one["patient"] for one in page.context["alike"]] == [asha]
    assert fresh(ravi).phone == OLD
    assert hidden(page, "sure") == str(asha.pk)
    third = somebody("Zubin Mehta", phone=THIRD)
    again = send(desk, ravi, phone=THIRD, sure=hidden(page, "sure"))  # a yes to one is no yes to another
    assert [one["patient"] for one in again.context["alike"]] == [third]
    assert send(desk, ravi, phone=THIRD, sure=hidden(again, "sure")).status_code == 302


def test_a_family_is_no_news_but_a_name_like_theirs_is(desk, place, ravi):
    meena = somebody("Meena Naik", phone=OLD, account=ravi.account)

    assert send(desk, ravi, name="Ravi Nayak").status_code == 302
    page = send(desk, ravi, name="Mina Naik")

    assert [one["patient"] for one in page.context["alike"]] == [meena]


def test_the_family_is_asked_about_on_the_page(desk, place, ravi):
    tara = somebody("Tara Naik", phone=OLD, account=ravi.account)
    asha = somebody("Asha Naik", phone=THIRD, account=ravi.account)
    page = text_of(desk.get(at(ravi)))
    assert "Who else has the new number?" in page
    assert "Asha Naik, who keeps the number ending 2222, and is booked for with the new one" in page

    send(desk, ravi, phone=NEW, also=[tara.pk])

    assert [fresh(one).phone for one in (ravi, tara, asha)] == [NEW, NEW, THIRD]
    stranger = somebody("Zubin Mehta")
    assert send(desk, ravi, phone=THIRD, also=[stranger.pk]).status_code == 422


def test_of_two_who_write_the_second_is_told_and_nothing_of_either_is_lost(desk, place, ravi):
    page = opened(desk, ravi)
    send(desk, ravi, phone=NEW, guardian_name="Asha Naik", reminders=["sms"])

    answer = send(desk, ravi, page=page, phone=THIRD, area="Ulsoor")

    shown = text_of(answer)
    assert answer.status_code == 409
    assert "A colleague changed this in the meantime." in shown
    new = "Mobile number +91 99000 11111 Guardian Asha Naik Reminders they have said yes to by text message"
    assert f"New is: {new} It stands in the boxes below" in shown
    assert (fresh(ravi).phone, fresh(ravi).area) == (NEW, "Example Area")
    boxes = {name: answer.context["form"][name].value() for name in ("phone", "area", "guardian_name")}
    assert boxes == {"phone": THIRD, "area": "Ulsoor", "guardian_name": "Asha Naik"}
    assert answer.context["form"]["reminders"].value() == ["sms"]
    assert answer.context["seen"] == opened(desk, ravi)["seen"]


def test_sent_once_more_it_is_saved(desk, place, ravi):
    page = opened(desk, ravi)
    send(desk, ravi, phone=NEW, guardian_name="Asha Naik")
    answer = send(desk, ravi, page=page, area="Ulsoor")
    form = answer.context["form"]

    again = page | {name: form[name].value() for name in form.fields} | {"seen": answer.context["seen"]}

    assert send(desk, ravi, page=again).status_code == 302
    after = fresh(ravi)
    assert (after.phone, after.guardian_name, after.area) == (NEW, "Asha Naik", "Ulsoor")


def test_the_page_of_a_closed_record_leads_to_the_patient(desk, place, ravi):
    Patient.objects.filter(pk=ravi.pk).update(died_on=NOW.date())

    assert desk.get(at(ravi))["Location"] == reverse("desk_patient", args=[ravi.pk])
    assert at(ravi) not in desk.get(reverse("desk_patient", args=[ravi.pk])).content.decode()
    assert desk.post(at(ravi), {"name": "X"})["Location"] == reverse("desk_patient", args=[ravi.pk])


def test_the_page_takes_as_many_queries_for_one_of_a_family_as_for_three(
    desk, place, ravi, django_assert_num_queries
):
    somebody("Tara Naik", phone=OLD, account=ravi.account)
    with django_assert_num_queries(13):
        desk.get(at(ravi))
    for name in ("Kiran Naik", "Asha Naik"):
        somebody(name, phone=OLD, account=ravi.account)
    with django_assert_num_queries(13):
        assert len(desk.get(at(ravi)).context["form"].fields["also"].choices) == 3


def test_no_name_or_number_stands_in_audit_or_log(desk, place, ravi, caplog):
    send(desk, ravi, name="Lakshmi Devi", phone=NEW, email="l@example.org")

    written = " ".join(str(row.detail) for row in AuditRow.objects.all()) + caplog.text
    assert not any(secret in written for secret in ("Lakshmi", "9900011111", "example.org"))


# The PIN of a shared phone


def test_a_pin_is_set_and_taken_away(desk, place, ravi):
    desk.post(at(ravi, "desk_pin"), {"pin": "೧೨೩೪"})
    shared = fresh(ravi)
    assert shared.phone_shared
    assert check_password("1234", shared.pin)

    desk.post(at(ravi, "desk_pin"), {"wish": "off"})

    assert (fresh(ravi).phone_shared, fresh(ravi).pin) == (False, "")
    actions = AuditRow.objects.filter(patient=ravi).exclude(action="patient_registered").order_by("pk")
    assert [(row.action, row.by) for row in actions] == [
        ("phone_shared", desk.user), ("phone_not_shared", desk.user),
    ]  # fmt: skip


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "٣٤", "½½½½"])
def test_a_pin_that_cannot_be_is_asked_again(desk, place, ravi, pin):
    answer = desk.post(at(ravi, "desk_pin"), {"pin": pin})

    assert answer.status_code == 422
    assert "Let them type four to eight figures" in text_of(answer)
    assert not fresh(ravi).phone_shared
