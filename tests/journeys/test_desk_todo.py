"""The open list of things to do in a browser: kept up to date, and nothing lost that somebody is at."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import MONDAY_MORNING
from tests.journeys.test_desk_board import DESK, cookies, sits_down, visits
from tests.running import loaded_demo

__all__ = ["cookies", "sits_down", "visits"]
pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
TODO = "/desk/todo/?at=indiranagar"


@pytest.fixture(scope="module")
def clinic(var_folder):
    with loaded_demo(var_folder / "todo", clock=MONDAY_MORNING) as demo:
        yield demo


def line(person, reference):
    return person.page.locator(f"#t-{reference}")


def asks_now(person):
    """It asks by itself every twelve seconds; a test need not wait for that."""
    with person.page.expect_response(re.compile(r"/desk/todo/list/")) as answer:
        person.page.evaluate("dispatchEvent(new Event('online'))")
    return answer.value.status


def no_answer(person, reference):
    line(person, reference).locator("[data-row-key=n]").click()
    expect(line(person, reference)).to_have_count(0)


def test_what_a_colleague_has_done_goes_from_the_list(sits_down, visits):
    one, other = sits_down("desk", DESK, address=TODO), sits_down("manager", DESK, address=TODO)
    line(one, visits["ravi"]).locator("summary").click()
    line(one, visits["asha"]).locator("[data-row-key=m]").focus()

    no_answer(other, visits["asha"])
    assert asks_now(one) == 200

    expect(line(one, visits["asha"])).to_have_count(0)
    expect(line(one, visits["ravi"]).locator("details[open]")).to_have_count(1)
    assert one.page.evaluate("document.activeElement.closest('[data-row]') !== null")


def test_a_line_in_which_somebody_writes_stays_until_they_are_done(sits_down, visits):
    one, other = sits_down("desk", DESK, address=TODO), sits_down("manager", DESK, address=TODO)
    one.page.evaluate(
        "row => document.querySelector(row).insertAdjacentHTML('beforeend', '<input id=note>')",
        f"#t-{visits['leela']} .acts",
    )
    note = one.page.locator("#note")
    note.fill("rings back at")

    no_answer(other, visits["leela"])
    asks_now(one)
    one.page.wait_for_timeout(2_500)

    expect(note).to_have_value("rings back at")
    expect(note).to_be_focused()
    note.fill("")
    note.blur()
    expect(line(one, visits["leela"])).to_have_count(0)


def test_a_list_that_is_not_updated_says_since_when(sits_down, visits):
    person = sits_down("desk", DESK, address=TODO)
    old = person.page.locator("#old")
    expect(old).to_be_hidden()

    person.page.context.set_offline(True)
    person.page.evaluate("Date.now = ((now) => () => now() + 61_000)(Date.now.bind(Date))")
    expect(old).to_contain_text(re.compile(r"Not updated since \d+:\d\d [ap]m\."))
    person.look("not updated")
    person.page.context.set_offline(False)
    asks_now(person)

    expect(old).to_be_hidden()
    person.odd = [one for one in person.odd if "ERR_INTERNET_DISCONNECTED" not in one]
