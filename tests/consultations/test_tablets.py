"""A tablet handed to a patient opens one form and nothing else, whatever is typed, tapped or waited for."""

from datetime import timedelta

import pytest

from clinic.models import AuditRow
from consultations import refusals
from consultations.models import Answer, Consent, Intake, TabletPass
from consultations.rules.questionnaire import QUESTIONS
from consultations.services import intakes, tablets
from consultations.services.tablets import WrongTabletCode
from tests import builders
from tests.bookings.patient_clinic import at_now, hidden, set_clock, text_of
from tests.builders import NOW, PASSWORD
from tests.consultations import histories
from tests.consultations.form_steps import as_typed
from tests.consultations.histories import asked_first
from tests.consultations.test_assisting import walk

__all__ = ["at_now"]
pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def patient(at_now):
    patient = builders.a_patient(born_on=None, sex_at_birth="", name="Lakshmi Hegde")
    builders.a_consent(patient=patient)
    return patient


@pytest.fixture
def desk(at_now):
    return builders.staff(role="front_desk", name="Meera Pai")


@pytest.fixture
def tablet(client, patient, desk):
    """The desk's own browser, locked to the form of this patient."""
    client.force_login(desk)
    client.post(f"/staff/tablet/{patient.pk}/", {"here": "1"})
    return client


def handed(patient):
    return Intake.objects.get(patient=patient)


def first_page(patient):
    return f"/intake/{handed(patient).pk}/1/"


# Handing over


def test_handing_it_over_logs_the_desk_out_and_opens_the_form(client, patient, desk):
    client.force_login(desk)
    staff_session = client.session.session_key
    answer = client.post(f"/staff/tablet/{patient.pk}/", {"here": "1"})

    assert (answer["Location"], answer["Clear-Site-Data"]) == ("/tablet/", '"cache"')
    assert "_auth_user_id" not in client.session
    assert not client.session.exists(staff_session)
    page = client.get("/tablet/")
    assert "For Lakshmi Hegde" in text_of(page)
    assert page.context["go_on"] == first_page(patient)
    assert client.get(first_page(patient)).status_code == 200
    made = TabletPass.objects.get()
    assert (made.by, made.intake) == (desk, handed(patient))
    assert AuditRow.objects.get(action="tablet_handed").by == desk


def test_nothing_said_to_the_desk_waits_on_the_patients_page(client, patient, desk):
    client.force_login(desk)
    other = builders.a_patient(name="Somebody Else")
    client.post(f"/desk/patients/{other.pk}/pin/", {})
    client.post(f"/staff/tablet/{patient.pk}/", {"here": "1"})

    assert "Somebody Else" not in text_of(client.get("/tablet/"))
    assert list(client.get("/tablet/").context["messages"]) == []


def test_code_opens_another_tablet_once(client, patient, desk):
    client.force_login(desk)
    code = client.post(f"/staff/tablet/{patient.pk}/", {"elsewhere": "1"}).context["code"]
    client.logout()

    assert len(code.replace(" ", "")) == 8
    typed = client.post("/tablet/", {"code": code.lower()})
    assert typed["Location"] == "/tablet/"
    assert "For Lakshmi Hegde" in text_of(client.get("/tablet/"))
    second = type(client)()
    again = second.post("/tablet/", {"code": code})
    assert again.status_code == 422
    assert "That code does not work" in text_of(again)
    assert second.get(first_page(patient))["Location"].startswith("/account/login/")


@pytest.mark.parametrize(("minutes", "works"), [(9, True), (10, False)])
def test_code_works_for_ten_minutes(patient, desk, minutes, works):
    code = tablets.hand_over(patient=patient, by=desk, now=NOW)
    later = NOW + minutes * MINUTE

    if works:
        assert tablets.read(token=tablets.take(code=code, now=later))
    else:
        with pytest.raises(WrongTabletCode):
            tablets.take(code=code, now=later)


def test_neither_code_nor_token_is_stored(patient, desk):
    code = tablets.hand_over(patient=patient, by=desk, now=NOW)
    stored = TabletPass.objects.get().token_hash
    token = tablets.take(code=code, now=NOW)

    assert code not in stored
    assert token not in TabletPass.objects.get().token_hash
    assert tablets.read(token=code) is None


def test_form_that_was_sent_is_not_handed_over(client, patient, desk):
    builders.an_intake(patient=patient, now=NOW)
    client.force_login(desk)
    page = client.post(f"/staff/tablet/{patient.pk}/", {"here": "1"})

    assert (page.status_code, TabletPass.objects.count()) == (409, 0)
    with pytest.raises(refusals.IntakeSent):
        tablets.hand_over(patient=patient, by=desk, now=NOW)


# The agreement comes first


def test_agreement_is_asked_on_it_before_any_question(client, at_now, desk):
    patient = builders.a_patient(name="Lakshmi Hegde")
    client.force_login(desk)
    client.post(f"/staff/tablet/{patient.pk}/", {"here": "1"})
    assert client.get(first_page(patient))["Location"] == "/tablet/"
    assert client.post(first_page(patient), {"sex_at_birth": "male"})["Location"] == "/tablet/"
    assert Answer.objects.count() == 0

    page = client.get("/tablet/")
    assert "In front of Meera Pai" in text_of(page)
    assert client.post("/tablet/", {"wish": "agree"}).status_code == 422
    signed = {"how": "typed", "typed_name": "Lakshmi Hegde", "wish": "agree"}
    shown = {name: hidden(page, name) for name in ("words", "language", "about")}
    assert client.post("/tablet/", signed | shown)["Location"] == "/tablet/"
    assert client.get(first_page(patient)).status_code == 200
    consent = Consent.objects.get()
    assert (consent.given_by, consent.signed, consent.signature) == (desk, "typed", "Lakshmi Hegde")


# Nothing else opens


def test_pages_have_no_way_to_the_house(tablet, patient):
    for address in ("/tablet/", first_page(patient), "/tablet/help/", "/staff/login/"):
        page = tablet.get(address)
        body = page.content.decode()
        for away in ('href="/"', "/my/", "/desk/", "/account/", 'href="/wrong/', "/dev/"):
            assert away not in body, away
        assert 'action="/tablet/back/"' in body
        assert 'href="/tablet/' in body


def test_autosave_of_a_closed_form_leads_the_browser_away(tablet, patient):
    page = first_page(patient)
    tablet.post("/tablet/back/")
    answer = tablet.post(page + "save/", {"sex_at_birth": "male"}, headers={"HX-Request": "true"})

    assert (answer["HX-Redirect"], Answer.objects.count()) == ("/tablet/", 0)


# Filling in and sending


def test_form_is_filled_in_and_sent_by_nobody_who_is_logged_in(tablet, patient):
    walk(tablet, handed(patient), asked_first(histories.man()))
    sent = tablet.post(f"/intake/{handed(patient).pk}/check/", {"right": "on"})

    assert sent["Location"] == "/tablet/"
    intake = handed(patient)
    assert intake.submitted_at is not None
    assert set(Answer.objects.filter(intake=intake).values_list("by", flat=True)) == {None}
    page = text_of(tablet.get("/tablet/"))
    assert "Thank you" in page
    assert "Lakshmi" not in page
    assert tablet.get(f"/intake/{intake.pk}/check/")["Location"] == "/tablet/"
    assert tablet.get(f"/intake/{intake.pk}/sent/")["Location"] == "/tablet/"


def test_what_was_answered_at_home_is_kept_and_never_shown_on_it(client, patient, desk):
    at_home = asked_first(histories.woman(medicines=["blood_thinner"], medicines_named=["homecanary"]))
    intake = intakes.start_intake(patient=patient, by=patient.account, now=NOW - timedelta(days=1))
    for key, value in at_home.items():
        Answer.objects.create(
            intake=intake, key=key, value=value, by=patient.account, at=NOW - timedelta(days=1)
        )
    client.force_login(desk)
    client.post(f"/staff/tablet/{patient.pk}/", {"here": "1"})
    page = client.get(first_page(patient))
    assert " checked" not in page.content.decode()
    his = asked_first(histories.man())
    for page in walk(client, handed(patient), his):
        assert "homecanary" not in page.content.decode()
        assert "1997" not in text_of(page)
    client.post(f"/intake/{intake.pk}/check/", {"right": "on"})

    stands = intakes.current_answers(Intake.objects.get(pk=intake.pk), today=NOW.date())
    assert {key: stands[key] for key in his if QUESTIONS[key].required} == {
        key: his[key] for key in his if QUESTIONS[key].required
    }
    assert Answer.objects.filter(intake=intake, value=["homecanary"]).count() == 1
    assert stands["medicines_named"] == ["homecanary"]  # left empty where it was not shown


# Closing


@pytest.mark.parametrize(("minutes", "is_open"), [(14, True), (16, False)])
def test_unused_tablet_closes_after_a_quarter_of_an_hour(tablet, patient, at_now, minutes, is_open):
    set_clock(at_now, NOW + minutes * MINUTE)
    page = tablet.get(first_page(patient))

    assert page.status_code == (200 if is_open else 302)
    if not is_open:
        shown = text_of(tablet.get("/tablet/"))
        assert "This form is closed here" in shown
        assert "Lakshmi" not in shown


def test_used_tablet_stays_open_but_no_longer_than_an_hour(tablet, patient, at_now):
    for minutes in (12, 24, 36, 48, 58):
        set_clock(at_now, NOW + minutes * MINUTE)
        assert tablet.get(first_page(patient)).status_code == 200, minutes
    set_clock(at_now, NOW + 62 * MINUTE)

    assert tablet.get(first_page(patient))["Location"] == "/tablet/"


def test_given_back_it_shows_nothing_more_also_by_the_back_button(tablet, patient):
    tablet.post(first_page(patient), as_typed({"born_on": "1990-05-03", "sex_at_birth": "male"}))
    back = tablet.post("/tablet/back/")

    assert (back["Location"], back["Clear-Site-Data"]) == ("/tablet/", '"cache"')
    assert tablet.get(first_page(patient))["Location"] == "/tablet/"
    assert tablet.post(first_page(patient), {"sex_at_birth": "female"})["Location"] == "/tablet/"
    assert Answer.objects.filter(key="sex_at_birth").count() == 1
    assert tablet.get(first_page(patient)).headers["Cache-Control"] != "public"


def test_page_of_the_form_is_kept_by_no_browser(tablet, patient):
    assert "no-store" in tablet.get(first_page(patient)).headers["Cache-Control"]


def test_second_tablet_closes_the_first(tablet, patient, desk):
    second = type(tablet)()
    second.post("/tablet/", {"code": tablets.hand_over(patient=patient, by=desk, now=NOW)})

    assert second.get(first_page(patient)).status_code == 200
    assert tablet.get(first_page(patient))["Location"] == "/tablet/"


def test_next_code_opens_the_next_form_without_a_log_in(tablet, patient, desk):
    tablet.post("/tablet/back/")
    other = builders.a_patient(name="Ravi Rao")
    builders.a_consent(patient=other)
    tablet.post("/tablet/", {"code": tablets.hand_over(patient=other, by=desk, now=NOW)})

    assert "For Ravi Rao" in text_of(tablet.get("/tablet/"))
    assert tablet.get(first_page(patient))["Location"] == "/tablet/"


def test_only_staff_take_the_lock_off_by_their_log_in(tablet, patient, desk):
    patients_way = tablet.post("/account/login/", {"who": patient.phone})
    assert patients_way["Location"] == "/tablet/"
    wrong = tablet.post("/staff/login/", {"email": desk.email, "password": "not that"})
    assert (wrong.status_code, tablet.get("/desk/")["Location"]) == (422, "/tablet/")
    tablet.post("/staff/login/", {"email": desk.email, "password": PASSWORD})

    assert tablet.get("/desk/").status_code == 200
    assert tablet.get(first_page(patient)).status_code == 404
    assert TabletPass.objects.get().ended_at is not None


def test_code_is_not_guessed_by_trying(client, at_now):
    answers = [client.post("/tablet/", {"code": f"AAAA{n:04}"}).status_code for n in range(12)]

    assert answers == [422] * 10 + [429] * 2


def test_browser_without_a_pass_is_none_of_a_tablet(client, patient):
    client.force_login(patient.account)

    assert client.get("/tablet/")["Location"] == "/"
    assert client.get("/my/").status_code == 200
    assert client.post("/tablet/back/")["Location"] == "/tablet/"
