"""A form sent after the log-in ran out: nothing typed is lost, nothing is shown to anybody else."""

import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver

from clinic import permissions, unsaved
from clinic.channels import mailbox
from tests.builders import PASSWORD, a_patient, staff
from tests.clinic.test_accounts import code_in, empty_mailbox  # noqa: F401 a fixture
from tests.clinic.test_permissions import request_of

pytestmark = pytest.mark.django_db

TYPED = {"reason": "away that week", "day": ["2026-11-24", "2026-11-25"], "csrfmiddlewaretoken": "x" * 64}


def taken(request):
    return HttpResponse("taken")


def log_in(client, phone, **fields):
    client.post("/account/login/", {"who": phone})
    text = next(posted.text for posted in mailbox.newest() if posted.address == phone)
    return client.post("/account/code/", {"code": code_in(text), **fields})


def ended_log_in(client, patient):
    """The session is gone, the browser's other cookies are not."""
    log_in(client, patient.phone)
    client.session.flush()
    del client.cookies["clinic_session"]


def send_too_late(client, view, typed=TYPED, path="/my/reminders/", **headers):
    """What a view guarded like this answers to this browser's POST; its session goes on."""
    request = request_of(AnonymousUser(), method="POST", path=path, session=client.session, **headers)
    request.POST = request.POST.copy()
    for name, value in typed.items():
        request.POST.setlist(name, value if isinstance(value, list) else [value])
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    response = view(request)
    request.session.save()
    client.cookies["clinic_session"] = request.session.session_key
    return response


keeping = permissions.patient_required(taken, keeps_post=True)
forgetting = permissions.patient_required(taken)


def test_what_was_sent_can_be_sent_again_after_the_log_in(client):
    patient = a_patient()
    ended_log_in(client, patient)
    to_log_in = send_too_late(client, keeping)
    notice = client.get(to_log_in["Location"]).content.decode()
    back = log_in(client, patient.phone, next="/my/reminders/")
    page = client.get(back["Location"])

    assert to_log_in["Location"] == "/account/login/?next=%2Fmy%2Freminders%2F"
    assert "kept for half an hour" in notice
    assert "away that week" not in notice
    assert back["Location"] == "/account/resume/"
    assert page.context["waiting"].path == "/my/reminders/"
    assert page.context["waiting"].fields == [
        ("reason", "away that week"), ("day", "2026-11-24"), ("day", "2026-11-25"),
    ]  # fmt: skip
    assert '<form method="post" action="/my/reminders/">' in page.content.decode()


def test_sent_again_it_is_forgotten(client):
    patient = a_patient()
    ended_log_in(client, patient)
    send_too_late(client, keeping)
    log_in(client, patient.phone)
    client.post("/my/reminders/", {"reason": "away that week"})

    assert unsaved.NOTE not in client.session


def test_another_account_never_sees_it(client):
    patient, other = a_patient(), a_patient()
    ended_log_in(client, patient)
    send_too_late(client, keeping)
    back = log_in(client, other.phone, next="/healthz")

    assert back["Location"] == "/healthz"
    assert unsaved.NOTE not in client.session
    assert client.get("/account/resume/")["Location"] == "/my/"


def test_health_answers_are_not_kept_and_the_page_says_so(client):
    patient = a_patient()
    ended_log_in(client, patient)
    to_log_in = send_too_late(client, forgetting)
    notice = client.get(to_log_in["Location"]).content.decode()
    back = log_in(client, patient.phone, next="/account/people/")
    page = client.get(back["Location"]).content.decode()

    assert "away that week" not in str(dict(client.session))
    assert "was not saved" in notice
    assert back["Location"] == "/account/people/"
    assert "what you sent last was not saved" in page


def test_unknown_browser_keeps_nothing():
    client = Client()
    send_too_late(client, keeping)

    assert client.session[unsaved.NOTE]["body"] == ""


def test_forged_account_cookie_counts_for_nothing(client):
    client.cookies[unsaved.LAST_ACCOUNT] = f"{a_patient().account.pk}:forged"
    send_too_late(client, keeping)

    assert client.session[unsaved.NOTE]["body"] == ""


@pytest.mark.parametrize(("length", "kept"), [(19_990, True), (20_001, False)])
def test_very_long_forms_are_not_kept(client, length, kept):
    ended_log_in(client, a_patient())
    send_too_late(client, keeping, {"reason": "x" * (length - len("reason="))})

    assert bool(client.session[unsaved.NOTE]["body"]) == kept


@pytest.mark.parametrize(("minutes", "where"), [(29, "/account/resume/"), (31, "/healthz")])
def test_kept_for_half_an_hour(client, minutes, where):
    patient = a_patient()
    ended_log_in(client, patient)
    send_too_late(client, keeping)
    session = client.session
    session[unsaved.NOTE] |= {"at": time.time() - minutes * 60}
    session.save()

    assert log_in(client, patient.phone, next="/healthz")["Location"] == where


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/my/visit/ABCD/move/?from=1", "/my/visit/ABCD/move/?from=1"),
        ("https://elsewhere.example/trap", "/my/reminders/"),
        ("", "/my/reminders/"),
    ],
)
def test_log_in_leads_back_to_the_page_the_form_stood_on(client, referer, back):
    headers = {"headers": {"Referer": referer}} if referer else {}
    send_too_late(client, forgetting, **headers)

    assert client.session[unsaved.NOTE]["back"] == back


def test_staff_forms_can_be_kept_too(client):
    nurse = staff(role="nurse")
    credentials = {"email": nurse.email, "password": PASSWORD}
    client.post("/staff/login/", credentials)
    client.session.flush()
    del client.cookies["clinic_session"]
    send_too_late(client, permissions.staff("nurse", keeps_post=True)(taken), path="/desk/")
    back = client.post("/staff/login/", credentials)

    assert back["Location"] == "/account/resume/"
    assert "away that week" in client.get(back["Location"]).content.decode()


def test_log_out_forgets_whose_browser_it_is(client):
    log_in(client, a_patient().phone)
    client.post("/account/logout/")
    send_too_late(client, keeping)

    assert client.session[unsaved.NOTE]["owner"] == ""


def views(resolver):
    for one in resolver.url_patterns:
        yield from [one.callback] if isinstance(one, URLPattern) else views(one)


def test_no_page_that_asks_a_patient_about_health_keeps_what_was_sent():
    keep = [view for view in views(get_resolver()) if getattr(view, "keeps_patients_post", False)]
    medical = [v.__module__ for v in keep if v.__module__.split(".")[0] in ("consultations", "treatments")]

    assert medical == []
