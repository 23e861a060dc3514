"""A whole course from a phone: placed in three taps, one session moved and the next with it, taken back."""

import re

import pytest

from tests.journeys.person import PHONE, Person
from tests.running import loaded_demo

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
MONDAY_MORNING = "2026-11-23T09:00:00+05:30"
IMRAN = "90000 00002"  # of the demo's stories: a course is prescribed to him, and nothing placed


class Patient(Person):
    def opens_the_link(self, clinic, phone: str) -> "Patient":
        """As from a message: log in with a code, and stand before one's visits."""
        self.opens(f"{clinic.url}/my/").types("Mobile number or e-mail", phone).clicks("Send me a code")
        said = self.page.request.get(f"{clinic.url}/dev/outbox").text()
        self.types("Code", re.search(r"\b(\d{6})\b is your", said)[1]).clicks("Go on")
        self.actions = 0
        return self.reads("My visits")

    @property
    def sessions(self) -> list[str]:
        """When each session of the course is, as the page shows it."""
        return [one.inner_text().split(" · ")[1] for one in self.page.locator(".timeline .what").all()]


@pytest.fixture(scope="module")
def clinic(var_folder):
    with loaded_demo(var_folder / "course-moves", clock=MONDAY_MORNING) as demo:
        yield demo


@pytest.fixture
def patient(clinic, browser, shots):
    one = Patient(browser.new_context(viewport=PHONE), "course-moves", shots)
    yield one
    one.leaves()
    assert one.odd == []


def test_course_is_placed_moved_and_taken_back_from_a_phone(clinic, patient):
    patient.opens_the_link(clinic, IMRAN).clicks(re.compile("Find times for all"))
    patient.look("plan").clicks(re.compile("Book all"))
    patient.reads("Session 1 of")
    assert patient.actions <= 3

    placed = patient.sessions
    patient.actions = 0
    # the last day that is offered for session 2 is further from session 3 than the plan allows
    patient.page.locator(".timeline li").nth(1).get_by_role("link").click()
    patient.look("which-time")
    patient.page.locator("a.day", has_text="more").last.click()
    patient.reads("On this day").look("which-time-of-a-later-day")
    patient.page.locator("button[name=starts]").first.click()
    patient.reads(re.compile("If you move session 2 to")).look("before-after")
    patient.clicks(re.compile("^Move these"))

    patient.reads("Your course is planned anew.").look("moved")
    moved = patient.sessions
    assert moved[0] == placed[0]
    assert moved[1:3] != placed[1:3]

    patient.clicks(re.compile("^Undo"))
    patient.reads("Undone: all sessions are back where they were.").look("taken-back")
    assert patient.sessions == placed
