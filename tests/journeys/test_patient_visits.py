"""What patients answer from a message, on a phone without JavaScript, each with the taps it takes."""

import re

import pytest

from tests.journeys.person import PHONE, Person
from tests.running import loaded_demo

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
LATE_MONDAY_MORNING = "2026-11-23T11:20:00+05:30"
LALITHA, SANJAY, GAYATHRI = "90000 00050", "90000 00051", "90000 00038"  # of the demo's stories


class Patient(Person):
    def opens_the_link(self, clinic, phone: str) -> "Patient":
        """As from a message: log in with a code, and stand before one's visits."""
        self.opens(f"{clinic.url}/my/").types("Mobile number or e-mail", phone).clicks("Send me a code")
        said = self.page.request.get(f"{clinic.url}/dev/outbox").text()
        self.types("Code", re.search(r"\b(\d{6})\b is your", said)[1]).clicks("Go on")
        self.actions = 0
        return self.reads("My visits")

    def sees(self, name: str) -> "Patient":
        self.page.screenshot(path=self.shots / f"{self.name}-{name}.png", full_page=True)
        return self


@pytest.fixture(scope="module")
def clinic(var_folder):
    with loaded_demo(var_folder / "patient-visits", clock=LATE_MONDAY_MORNING) as demo:
        yield demo


@pytest.fixture
def patient(clinic, browser, shots):
    one = Patient(browser.new_context(viewport=PHONE, java_script_enabled=False), "visits-phone", shots)
    yield one
    one.leaves()
    assert one.odd == []


def test_says_that_they_come_by_one_tap(clinic, patient, browser, shots):
    patient.opens_the_link(clinic, SANJAY).clicks("I'll be there")

    assert patient.actions == 1
    patient.reads("You said you will be there. Thank you.").reads("Move").reads("Cancel").sees("comes")
    with_script = browser.new_context(viewport=PHONE, storage_state=patient.page.context.storage_state())
    looking = Person(with_script, "visits-looked-at", shots).opens(patient.page.url).look("comes")
    looking.leaves()
    assert looking.odd == []


def test_declines_another_time_and_keeps_the_visit(clinic, patient):
    patient.opens_the_link(clinic, LALITHA).reads("Can you come at another time?")
    patient.clicks("No, leave it as it is")

    assert patient.actions == 1
    patient.reads(re.compile("Your visit stays as it is: Tue 24 Nov, 10:00 am")).reads("I'll be there")


def test_says_how_late_by_two_taps(clinic, patient):
    patient.opens_the_link(clinic, GAYATHRI).clicks("I'm late").clicks("20 minutes late")

    assert patient.actions == 2
    patient.reads("Thank you for telling us").reads("12:50 pm")
