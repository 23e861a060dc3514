"""A tablet handed to a patient: the whole url matrix, asked from it."""

from operator import attrgetter

import pytest
from django.urls import reverse

from consultations.models import Answer, Consent, Intake
from consultations.services import tablets
from tests import builders
from tests.url_matrix import MATRIX, OBJECTS
from tests.url_world import MEDICAL, PERSONAL

pytestmark = pytest.mark.django_db
OPEN_WHILE_LOCKED = {"tablet", "tablet_back", "tablet_help", "staff_login"}


def addresses(world):
    for name, page in MATRIX.items():
        values = {
            part: attrgetter(OBJECTS[kind].where)(world) if kind in OBJECTS else kind.removeprefix("=")
            for part, kind in page.parts.items()
        }
        yield name, reverse(name, kwargs=values)


def test_every_other_address_of_the_house_leads_back_to_the_tablets_page(world, client, settings):
    """The whole url matrix, with the objects of somebody whose record is full of canaries."""
    other = builders.a_patient(name="Of the tablet")
    builders.a_consent(patient=other)
    code = tablets.hand_over(patient=other, by=world.users["front_desk"], now=world.now)
    client.post("/tablet/", {"code": code})
    own = Intake.objects.get(patient=other)
    rows = Answer.objects.count(), Consent.objects.count(), Intake.objects.count()
    wrong = []
    for name, address in addresses(world):
        if name in OPEN_WHILE_LOCKED:
            continue
        for method in (client.get, client.post):
            answer = method(address)
            if (answer.status_code, answer.get("Location")) != (302, "/tablet/"):
                wrong.append((name, answer.status_code, answer.get("Location")))
    for address in ("/nowhere/", "/static/../desk/", "/intake/abc/", "//desk/"):
        if client.get(address).get("Location") != "/tablet/":
            wrong.append((address, client.get(address).status_code))

    assert wrong == []
    assert (Answer.objects.count(), Consent.objects.count(), Intake.objects.count()) == rows
    for name in OPEN_WHILE_LOCKED - {"tablet_back"}:
        text = client.get(reverse(name)).content.decode().lower()
        assert PERSONAL not in text
        assert MEDICAL not in text
    assert client.get(f"/intake/{own.pk}/1/").status_code == 200
    for form in (world.open_intake, world.intake):
        assert client.get(f"/intake/{form.pk}/1/")["Location"] == "/tablet/"
