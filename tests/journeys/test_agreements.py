"""Agreeing to the injections: drawn on the clinic's tablet, typed without JavaScript, taken back in a tap."""

import math
import re

import pytest

from tests.journeys.person import PHONE, Person
from tests.running import loaded_demo

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
MONDAY_MORNING = "2026-11-23T11:20:00+05:30"
TABLET = {"width": 820, "height": 1180}
PRESCRIBED, NAME = "90000 00002", "Imran Sheikh"  # of the demo's stories: prescribed, nothing agreed to yet


class Signer(Person):
    def logs_in_as_patient(self, clinic, phone: str) -> "Signer":
        self.opens(f"{clinic.url}/my/").types("Mobile number or e-mail", phone).clicks("Send me a code")
        said = self.page.request.get(f"{clinic.url}/dev/outbox").text()
        self.types("Code", re.search(r"\b(\d{6})\b is your", said)[1]).clicks("Go on")
        self.actions = 0
        return self.reads("My visits")

    def draws(self) -> "Signer":
        """A wave from left to right, as a hand does it."""
        pad = self.page.locator(".sign-pad svg")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        at = [
            (
                box["x"] + box["width"] * (0.1 + 0.012 * n),
                box["y"] + box["height"] * (0.5 + 0.3 * math.sin(n / 3)),
            )
            for n in range(60)
        ]
        self.page.mouse.move(*at[0])
        self.page.mouse.down()
        for point in at[1:]:
            self.page.mouse.move(*point)
        self.page.mouse.up()
        return self

    @property
    def drawn(self) -> str:
        return self.page.locator("input[name=drawn]").input_value()


@pytest.fixture(scope="module")
def clinic(var_folder):
    with loaded_demo(var_folder / "agreements", clock=MONDAY_MORNING) as demo:
        yield demo


@pytest.fixture
def somebody(browser, shots):
    people = []

    def make(name, **context):
        people.append(Signer(browser.new_context(**context), name, shots))
        return people[-1]

    yield make
    for one in people:
        one.leaves()
    assert [odd for one in people for odd in one.odd] == []


def test_agreeing_drawing_typing_and_taking_back(clinic, somebody):
    patient = somebody("agree-phone", viewport=PHONE, java_script_enabled=False)
    patient.logs_in_as_patient(clinic, PRESCRIBED)
    patient.clicks("Please read and agree", role="link").reads("What is rare, and serious")
    assert not patient.page.locator(".sign-pad").is_visible()
    patient.page.locator("summary").click()
    patient.types("Your name, typed", NAME).clicks("I agree", role="button").reads(re.compile("Agreed on"))
    patient.actions = 0
    patient.clicks("I take it back", role="button").reads("Taken back.")
    assert patient.actions == 1

    takes_it_on_the_tablet(clinic, somebody, course=patient.page.url.split("/")[-3])

    patient.page.reload()
    patient.reads(re.compile("in front of Sister Jincy")).clicks("What you agreed to, to read and print")
    assert patient.page.locator(".signature path").get_attribute("d").startswith("M")
    patient.clicks("Back").reads(re.compile("What I agreed to"))


def takes_it_on_the_tablet(clinic, somebody, course):
    nurse = somebody("agree-tablet", viewport=TABLET)
    nurse.opens(f"{clinic.url}/staff/login/").types("E-mail", "nurse@clinic.example")
    nurse.types("Password", "demo-clinic-2026").clicks("Log in", role="button")
    nurse.opens(f"{clinic.url}/staff/course/{course}/").look("course")
    nurse.clicks("Hand over the tablet to agree").look("handed-over")
    nurse.page.get_by_text("I draw my signature here").click()
    nurse.draws()
    assert re.fullmatch(r"(M\d+ \d+(L\d+ \d+)+)+", nurse.drawn)
    nurse.clicks("Wipe it and start again")
    assert nurse.drawn == ""
    nurse.draws().look("drawn").clicks("I agree", role="button")
    nurse.reads("Thank you. Please hand the tablet back.").look("thanks")
