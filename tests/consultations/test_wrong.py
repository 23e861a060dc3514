"""Something's wrong: open to everybody, a call for whom we know, and no sign in an address."""

import re
import uuid

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bookings.rules.reminder_ladder import Planned
from bookings.services.wording import at_time, drafted
from clinic import clock
from clinic.models import Alarm, Patient
from consultations.models import SymptomReport
from consultations.rules.signs import QUESTIONS
from consultations.services.links import link_of, token_of
from consultations.services.reporting import MOST_BY_LINK
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
PAGE = reverse("something_wrong")


@pytest.fixture
def patient(client):
    patient = builders.a_patient()
    client.force_login(patient.account)
    return patient


def form_key(page):
    return re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]


ALL_NO = {f"is_{question.code}": "no" for question in QUESTIONS}


def send(client, *signs, **fields):
    said = {"key": str(uuid.UUID(int=7)), "signs": list(signs)} | ALL_NO | fields
    return client.post(PAGE, said)


def test_a_stranger_reads_when_to_call_whom_and_may_log_in(client):
    page = client.get(PAGE).content.decode()

    assert [f'href="tel:{number}"' in page for number in ("112", "08040001234", "14416")] == [True] * 3
    assert f'href="{reverse("account_login")}?next={PAGE}"' in page
    assert "Ask a doctor to ring me" not in page


def test_the_footer_of_patient_pages_leads_here(client):
    assert f'href="{PAGE}"' in client.get("/").content.decode()


def test_a_patient_asks_to_be_rung(client, patient):
    key = form_key(client.get(PAGE))

    answer = send(client, "pain", "lump", key=key)

    report, alarm = SymptomReport.objects.get(), Alarm.objects.get()
    assert (report.patient, report.signs, report.by) == (patient, ["lump", "pain"], patient.account)
    assert (alarm.patient, alarm.lane) == (patient, "same-day")
    assert answer["Location"] == reverse("something_wrong_sent", args=[report.key])


def test_no_sign_stands_in_the_address_or_on_the_page_after_it(client, patient):
    answer = send(client, "pain", "lump")

    page = client.get(answer["Location"]).content.decode()
    assert [word in answer["Location"] for word in ("pain", "lump")] == [False, False]
    assert [words in page for words in ("gets worse instead", "new lump")] == [False, False]


def test_who_rings_by_when_is_said(client, patient):
    page = client.get(send(client, "pain")["Location"]).content.decode()

    assert "A doctor from the clinic rings you by" in page
    assert "What you told us cannot wait" not in page


def test_an_emergency_is_sent_to_112_first(client, patient):
    page = client.get(send(client, "breathing")["Location"]).content.decode()

    assert page.index("Call 112 now") < page.index("A doctor rings you as soon as possible")
    assert "call us on" not in page


def test_what_was_rung_about_promises_nothing_more(client, patient):
    answer = send(client, "pain")
    fields = {"outcome": "reached", "acknowledged_by": builders.staff(role="dermatologist")}
    Alarm.objects.update(acknowledged_at=clock.now(), **fields)

    assert "rings you" not in client.get(answer["Location"]).content.decode()


def test_an_empty_form_is_shown_again(client, patient):
    answer = client.post(PAGE, {})

    assert answer.status_code == 422
    assert "Tick what fits, or the last box." in answer.content.decode()
    assert Alarm.objects.count() == 0


def test_a_sign_nobody_offered_is_refused(client, patient):
    assert (send(client, "pain", "example").status_code, Alarm.objects.count()) == (422, 0)


@pytest.mark.parametrize("key", ["", "example"])
def test_a_form_without_a_good_key_is_no_reason_to_turn_anybody_away(client, patient, key):
    answer = send(client, "pain", key=key)

    assert (answer.status_code, Alarm.objects.count()) == (302, 1)


def test_who_was_logged_out_logs_in_and_ticks_again(client):
    answer = send(client, "pain")

    assert answer["Location"] == f"{reverse('account_login')}?next=%2Fwrong%2F"
    assert "pain" not in str(dict(client.session))
    assert Alarm.objects.count() == 0


def test_several_people_of_an_account_are_told_apart(client, patient):
    son = builders.a_patient(account=patient.account)

    missing = send(client, "pain")
    answer = send(client, "pain", who=son.pk)

    assert (missing.status_code, answer.status_code) == (422, 302)
    assert Alarm.objects.get().patient == son


def test_another_accounts_patient_cannot_be_named(client, patient):
    builders.a_patient(account=patient.account)
    stranger = builders.a_patient()

    assert (send(client, "pain", who=stranger.pk).status_code, Alarm.objects.count()) == (422, 0)


def test_a_shared_phone_needs_no_pin_to_ask_for_help(client, patient):
    Patient.objects.update(phone_shared=True, pin="example")

    answer = send(client, "pain")

    assert client.get(answer["Location"]).status_code == 200
    assert Alarm.objects.count() == 1


def test_a_shared_phone_is_not_told_of_other_calls(client, patient):
    builders.an_alarm(patient=patient, lane="same-day", now=clock.now())
    answer = send(client, "lump")
    alarm = Alarm.objects.get(kind="report")

    page = client.get(answer["Location"]).content.decode()

    assert (alarm.lane, page.count("rings you by")) == ("7-day", 1)
    fields = {"outcome": "reached", "acknowledged_by": builders.staff(role="dermatologist")}
    Alarm.objects.filter(pk=alarm.pk).update(acknowledged_at=clock.now(), **fields)
    assert "rings you by" not in client.get(answer["Location"]).content.decode()


def test_nobody_without_a_number_is_promised_a_call(client):
    account = builders.an_account(phone=None, email="patient@example.org")
    Patient.objects.filter(pk=builders.a_patient(account=account).pk).update(phone="")
    client.force_login(account)

    page = client.get(PAGE).content.decode()

    assert "We have no number that we could ring you on." in page
    assert "Ask a doctor to ring me" not in page


# Own words, and how urgent it is


def test_own_words_answers_and_a_wished_time_are_kept(client, patient):
    send(client, "lump", words="  It burns\r\nat night ", call_back="evening", is_fever="not_sure")

    report = SymptomReport.objects.get()
    assert (report.words, report.call_back) == ("It burns\r\nat night", "evening")
    assert report.answers == dict.fromkeys([question.code for question in QUESTIONS], "no") | {
        "fever": "not_sure"
    }
    assert Alarm.objects.get().lane == "same-day"


def test_a_lump_and_five_times_no_may_wait_a_week(client, patient):
    send(client, "lump")

    assert Alarm.objects.get().lane == "7-day"


def test_who_answers_no_question_waits_no_week_and_is_not_turned_away(client, patient):
    answer = client.post(PAGE, {"signs": ["lump"]})

    assert (answer.status_code, Alarm.objects.get().lane) == (302, "same-day")
    assert set(SymptomReport.objects.get().answers.values()) == {"not_said"}


@pytest.mark.parametrize("said", [{"words": "It burns"}, {"is_faster": "not_sure"}])
def test_words_or_an_answer_alone_are_enough(client, patient, said):
    assert send(client, **said).status_code == 302
    assert (SymptomReport.objects.get().signs, Alarm.objects.get().lane) == (["other"], "same-day")


def test_five_times_no_and_nothing_else_reports_nothing(client, patient):
    assert (send(client).status_code, Alarm.objects.count()) == (422, 0)


def test_a_long_story_is_asked_to_be_shorter_and_stays(client, patient):
    story = "a" * 10_000

    answer = send(client, "pain", words=story)

    page = answer.content.decode()
    assert (answer.status_code, Alarm.objects.count()) == (422, 0)
    assert ("Please write at most 2000 letters." in page, story in page) == (True, True)
    assert send(client, "pain", words="a" * 2000).status_code == 302


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("\u202eevil\u202c", "evil"), ("<script>x</script>", "<script>x</script>"), ("ತುರಿಕೆ", "ತುರಿಕೆ")],
)
def test_signs_that_turn_writing_around_are_left_out_and_the_rest_stays(client, patient, typed, kept):
    send(client, "pain", words=typed)

    assert SymptomReport.objects.get().words == kept


def test_a_nul_is_refused_kindly(client, patient):
    assert (send(client, "pain", words="a\0b").status_code, Alarm.objects.count()) == (400, 0)


@pytest.mark.parametrize("said", [{"is_fever": "perhaps"}, {"call_back": "at_three"}])
def test_answers_nobody_offered_are_refused(client, patient, said):
    assert (send(client, "pain", **said).status_code, Alarm.objects.count()) == (422, 0)


def test_no_word_of_it_stands_on_the_page_after_it(client, patient):
    answer = send(client, "pain", words="It burns at night", is_breathing="yes")

    page = client.get(answer["Location"]).content.decode()
    assert ("burns" in page, "breathe" in page, "What you told us cannot wait" in page) == (
        False, False, True,
    )  # fmt: skip


def test_where_to_turn_stands_on_every_page_whatever_was_ticked(client, patient):
    pages = [client.get(PAGE), client.get(send(client, "crisis")["Location"])]
    pages.append(client.get(send(client, "lump")["Location"]))

    assert ["14416" in page.content.decode() for page in pages] == [True] * 3


# A photo


def test_a_photo_is_asked_for_only_where_photos_were_agreed_to(client, patient):
    before = client.get(PAGE).content.decode()
    builders.a_consent(patient=patient, purpose="photos_care")

    assert ('name="photo"' in before, 'name="photo"' in client.get(PAGE).content.decode()) == (False, True)


def test_a_photo_goes_with_the_report(client, patient, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    builders.a_consent(patient=patient, purpose="photos_care")

    send(client, "pain", photo=SimpleUploadedFile("a.jpg", builders.a_jpeg(), "image/jpeg"))

    assert SymptomReport.objects.get().photo.view == "patch"


@pytest.mark.parametrize("content", [b"<svg></svg>", b"", b"\xff\xd8\xff broken"])
def test_a_photo_that_cannot_be_kept_holds_up_nobodys_call(client, patient, settings, tmp_path, content):
    settings.MEDIA_ROOT = tmp_path
    builders.a_consent(patient=patient, purpose="photos_care")

    answer = send(client, "pain", photo=SimpleUploadedFile("a.jpg", content, "image/jpeg"))

    assert (answer.status_code, SymptomReport.objects.get().photo) == (302, None)


# By the link of a message, without a log-in


@pytest.fixture
def by_link(client):
    patient = builders.a_patient(name="Example Reader")
    client.get(link_of(patient).removeprefix(settings.PUBLIC_URL))
    return patient


def test_the_link_of_a_message_leads_to_the_visits_which_ask_who_is_there(client):
    answer = client.get(reverse("from_message", args=[token_of(builders.a_patient().pk)]))

    assert answer["Location"] == reverse("my_visits")
    assert client.get(answer["Location"])["Location"].startswith(reverse("account_login"))


def test_who_came_by_the_link_reports_without_a_log_in_and_is_shown_nothing(client, by_link):
    page = client.get(PAGE).content.decode()

    answer = send(client, "pain", words="It burns")

    report = SymptomReport.objects.get()
    after = client.get(answer["Location"]).content.decode()
    assert (report.patient, report.by, Alarm.objects.get().patient) == (by_link, None, by_link)
    assert "A doctor from the clinic rings you by" in after
    shown = [word in page + after for word in ("Example Reader", by_link.phone, by_link.phone[-4:])]
    assert shown == [False] * 3


def test_another_browser_does_not_see_that_report(client, by_link):
    answer = send(client, "pain")

    assert Client().get(answer["Location"])["Location"].startswith(reverse("account_login"))
    other = Client()
    other.get(reverse("from_message", args=[token_of(by_link.pk)]))
    assert other.get(answer["Location"])["Location"].startswith(reverse("account_login"))


def test_the_link_works_long_after_the_course_and_after_two_records_became_one(client):
    patient, kept = builders.a_patient(), builders.a_patient()
    Patient.objects.filter(pk=patient.pk).update(merged_into=kept)

    client.get(reverse("from_message", args=[token_of(patient.pk)]))
    send(client, "lump")

    assert SymptomReport.objects.get().patient == kept


@pytest.mark.parametrize("token", ["1-aaaaaaaaaa", "x", "-", "9" * 60, "1", "1-"])
def test_a_link_that_is_not_ours_opens_nothing(client, token):
    builders.a_patient()

    assert client.get(reverse("from_message", args=[token]))["Location"] == reverse("my_visits")
    assert "Ask a doctor to ring me" not in client.get(PAGE).content.decode()
    assert (send(client, "pain").status_code, Alarm.objects.count()) == (302, 0)


def test_the_link_of_one_says_nothing_for_another(client):
    patient, other = builders.a_patient(), builders.a_patient()
    sign = token_of(patient.pk).partition("-")[2]

    client.get(reverse("from_message", args=[f"{other.pk}-{sign}"]))

    assert "Ask a doctor to ring me" not in client.get(PAGE).content.decode()


def test_a_link_stays_good_when_the_key_of_the_house_changes(client, settings):
    token = token_of(builders.a_patient().pk)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of the house" * 3

    client.get(reverse("from_message", args=[token]))

    assert "Ask a doctor to ring me" in client.get(PAGE).content.decode()


def test_too_many_by_one_link_are_asked_to_call(client, by_link):
    for _ in range(MOST_BY_LINK):
        send(client, "pain", key=str(uuid.uuid4()))

    answer = send(client, "pain", key=str(uuid.uuid4()))

    assert (answer.status_code, Alarm.objects.count()) == (429, MOST_BY_LINK)
    assert "Please call us." in answer.content.decode()


def test_a_message_of_a_visit_carries_the_link_of_its_patient():
    booking = builders.a_booking()
    said = at_time(booking.patient, booking.location, booking.starts)
    planned = Planned("reminder_24", "ordinary", NOW, None)

    draft = drafted("booking:1", booking.patient, planned, said)

    assert draft.fields.link == link_of(booking.patient)
