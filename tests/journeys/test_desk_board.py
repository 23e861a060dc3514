"""The day board in a browser: by mouse, by keyboard, on a bad line, without a script, and very full."""

import json
import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import MONDAY_MORNING
from tests.journeys.person import Person
from tests.running import loaded_demo

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
PASSWORD = "demo-clinic-2026"
DESK, TABLET, PHONE = ({"width": w, "height": h} for w, h in ((1920, 1080), (1024, 768), (390, 740)))
BOARD = "/desk/?at=indiranagar&by=doctor"
expect.set_options(timeout=15_000)  # the machine that runs all tests has two cores


@pytest.fixture(scope="module")
def clinic(var_folder):
    """One demo for all of these: each works with visits of its own."""
    with loaded_demo(var_folder / "board", clock=MONDAY_MORNING) as demo:
        yield demo


def written(clinic, what):
    done = clinic.manage("shell", "-c", f"from tests.journeys.desk_day import {what}; {what}()")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def visits(clinic):
    return written(clinic, "three_visits")


@pytest.fixture(scope="module")
def cookies(clinic, browser):
    """Logged in once a person; every test has a browser of its own."""
    found = {}
    for who in ("desk", "manager"):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{clinic.url}/staff/login/")
        page.get_by_label("E-mail").fill(f"{who}@clinic.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/desk/**")
        found[who] = context.storage_state()
        context.close()
    return found


@pytest.fixture
def sits_down(clinic, browser, cookies, shots):
    """sits_down("desk", DESK): somebody who is logged in and looks at the board; checked when they leave."""
    people = []

    def somebody(who, viewport, *, address=BOARD, **context):
        opened = browser.new_context(viewport=viewport, storage_state=cookies[who], **context)
        person = Person(opened, f"board-{who}-{viewport['width']}-{len(people)}", shots)
        people.append(person)
        return person.opens(f"{clinic.url}{address}")

    yield somebody
    odd = [person.odd for person in people if person.odd]
    for person in people:
        person.page.context.close()
    assert odd == []


def card(person, reference):
    return person.page.locator(f"#v-{reference}")


def chosen(person):
    return person.page.locator("#chosen")


def asks_now(person):
    """The board asks by itself every twelve seconds; a test need not wait for that."""
    with person.page.expect_response(re.compile(r"/desk/board/")) as answer:
        person.page.evaluate("dispatchEvent(new Event('online'))")
    return answer.value.status


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + 8


def drags(person, reference, *, rows=0, onto=None):
    """Take a card at its top and let it go so many rows of five minutes further down, over that column."""
    page, box = person.page, None
    card(person, reference).scroll_into_view_if_needed()
    box = card(person, reference).bounding_box()
    x, y = middle(box)
    column = card(person, reference).locator("xpath=..") if onto is None else page.locator(f"#{onto}")
    row = column.bounding_box()["height"] / int(page.locator("#board").get_attribute("data-rows"))
    to_x = middle(column.bounding_box())[0] if onto else x
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 12, steps=3)
    page.mouse.move(to_x, y + rows * row, steps=8)
    page.mouse.up()
    person.actions += 1


# By mouse


def test_a_click_opens_a_visit_without_loading_the_board_again(sits_down, visits):
    desk = sits_down("desk", DESK)
    loads = []
    desk.page.on(
        "request", lambda request: loads.append(request.url) if request.is_navigation_request() else None
    )

    card(desk, visits["ravi"]).click()

    expect(chosen(desk)).to_have_text(re.compile("Ravi Naidu"))
    expect(card(desk, visits["ravi"])).to_have_class(re.compile(r"\bchosen\b"))
    assert f"visit={visits['ravi']}" in desk.page.url
    assert loads == []
    desk.look("open")
    assert 304 in (asks_now(desk), asks_now(desk))  # nothing is new because of it; five minutes may just end


def test_a_drop_is_a_question_and_yes_moves_the_visit(sits_down, visits):
    desk = sits_down("desk", DESK)
    before = card(desk, visits["leela"]).get_attribute("class")

    drags(desk, visits["leela"], rows=3)
    question = desk.page.get_by_role("dialog")
    expect(question.get_by_role("heading")).to_have_text("Move Leela Nair to 6:15 pm?")
    question.get_by_role("button", name="Keep").click()
    expect(card(desk, visits["leela"])).to_have_class(before)

    drags(desk, visits["leela"], rows=3)
    question.get_by_role("button", name="Move").click()

    expect(desk.page.locator("#said")).to_contain_text("Moved Leela Nair to Mon 23 Nov, 6:15 pm.")
    expect(card(desk, visits["leela"])).to_contain_text("6:15 – 6:30 pm")
    desk.look("moved").clicks(re.compile("Undo"), role="button").reads("Undone")
    expect(card(desk, visits["leela"])).to_contain_text("6:00 – 6:15 pm")


def test_a_drop_onto_another_doctor_says_whom(sits_down, visits):
    desk = sits_down("desk", DESK)
    rao = card(desk, visits["leela"]).locator("xpath=..").get_attribute("id")

    drags(desk, visits["ravi"], onto=rao)

    expect(desk.page.locator("#drop-words")).to_have_text("Move Ravi Naidu to 4:00 pm with Dr Rao?")
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_be_hidden()
    assert "4:00 – 4:15 pm" in card(desk, visits["ravi"]).inner_text()


def test_a_refused_drop_flies_back_and_says_why(sits_down, visits):
    desk = sits_down("desk", DESK)
    before = card(desk, visits["ravi"]).bounding_box()

    drags(desk, visits["ravi"], rows=12)  # onto Asha Murthy
    desk.clicks("Move", role="button", within=desk.page.get_by_role("dialog"))

    expect(desk.page.get_by_role("alert").first).to_contain_text("That time is no longer free.")
    expect(desk.page.get_by_role("alert").first).to_contain_text("It stands at Mon 23 Nov, 4:00 pm.")
    expect(card(desk, visits["ravi"])).not_to_have_class(re.compile("dragged|flies"))
    assert card(desk, visits["ravi"]).bounding_box()["x"] == before["x"]
    desk.look("refused")


def test_a_click_on_an_empty_time_asks_who_it_is_for(sits_down):
    desk = sits_down("desk", DESK)

    desk.page.locator(".free a").last.click()

    assert re.search(
        r"/desk/patients/\?at=indiranagar&day=2026-11-23&start=2026-11-23T\d\d:\d\d&who=\d+", desk.page.url
    )


# Two people


def test_a_card_that_a_colleague_touches_flashes_and_says_so(sits_down, visits):
    desk, manager = sits_down("desk", DESK), sits_down("manager", DESK)
    card(desk, visits["ravi"]).click()
    expect(chosen(desk)).to_have_text(re.compile("Ravi Naidu"))
    top = desk.page.locator(".board-scroll").evaluate("place => place.scrollTop")

    card(manager, visits["asha"]).click()
    manager.clicks(re.compile("confirm"), role="button", within=manager.page.locator("#side"))
    manager.page.wait_for_load_state()
    drags(manager, visits["leela"], rows=6)
    manager.clicks("Move", role="button", within=manager.page.get_by_role("dialog"))
    expect(manager.page.locator("#said")).to_contain_text("Moved Leela Nair")

    assert asks_now(desk) == 200
    expect(card(desk, visits["leela"])).to_contain_text(re.compile(r"Moved \d+ s ago by Arun Shetty"))
    expect(card(desk, visits["leela"])).to_have_class(re.compile(r"\btouched\b"))
    expect(card(desk, visits["asha"])).to_contain_text("confirmed")
    expect(desk.page.locator("#heard")).to_contain_text("Leela Nair: Moved")
    expect(chosen(desk)).to_have_text(re.compile("Ravi Naidu"))  # what was open stays open
    expect(card(desk, visits["ravi"])).to_have_class(re.compile(r"\bchosen\b"))
    assert desk.page.locator(".board-scroll").evaluate("place => place.scrollTop") == top
    expect(card(desk, visits["ravi"]).locator("a")).to_be_focused()
    expect(card(manager, visits["leela"])).not_to_have_class(re.compile(r"\btouched\b"))
    desk.look("touched")


# A bad line


def test_a_board_that_is_not_updated_says_since_when_and_moves_nothing(sits_down, visits, clinic):
    desk = sits_down("desk", DESK, address="/healthz")
    page = desk.page
    page.clock.install()
    desk.opens(f"{clinic.url}{BOARD}&visit={visits['asha']}&day=2026-11-23")
    banner, move = page.locator("#old"), page.locator("#side").get_by_role("link", name="Move…")
    expect(banner).to_be_hidden()

    page.route("**/desk/board/**", lambda route: route.abort())
    page.clock.run_for(70_000)

    expect(banner).to_have_text(
        re.compile(r"Not updated since 9:\d\d am\. Moving is off until the line is back\.")
    )
    drags(desk, visits["asha"], rows=6)
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(move).to_have_attribute("aria-disabled", "")
    move.click()
    assert "/move/" not in page.url
    desk.look("old")

    page.unroute("**/desk/board/**")
    assert asks_now(desk) in (200, 304)
    expect(banner).to_be_hidden()
    expect(move).not_to_have_attribute("aria-disabled", "")
    desk.odd = [words for words in desk.odd if "ERR_FAILED" not in words]  # the line was down


# By keyboard alone


def test_the_board_by_keyboard_alone(sits_down, visits):
    desk = sits_down("desk", DESK)
    press, page = desk.page.keyboard.press, desk.page

    for _card in range(page.locator(".visit a").count()):
        press("j")
        if page.locator(":focus").inner_text() == "Asha Murthy":
            break
    expect(chosen(desk)).to_have_text(re.compile("Asha Murthy"))
    press("ArrowDown")
    expect(page.locator(":focus")).to_have_text("5:15 pm")
    press("ArrowUp")
    press("m")  # the same as dragging
    page.wait_for_url(f"**/visits/{visits['asha']}/move/**")
    page.go_back()
    press("n")
    page.wait_for_url("**/desk/patients/**")
    page.go_back()
    press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    press("Escape")
    page.get_by_role("heading", level=1).first.click()
    press("ArrowRight")
    page.wait_for_url("**day=2026-11-24**")
    press("t")
    expect(page.get_by_role("heading", level=1).first).to_have_text("Mon 23 Nov")
    press("Shift+?")
    expect(page.locator("details.keys")).to_have_attribute("open", "")


def test_a_key_pressed_before_the_visit_has_come_is_meant_for_it(sits_down, visits):
    desk = sits_down("desk", DESK)
    card(desk, visits["ravi"]).click()
    expect(chosen(desk)).to_have_text(re.compile("Ravi Naidu"))

    with desk.page.expect_navigation(url=f"**/visits/{visits['asha']}/move/**"):
        desk.page.keyboard.press("j")
        desk.page.keyboard.press("m")


def test_check_in_is_one_key_or_one_click(sits_down, clinic):
    desk = sits_down("desk", DESK)
    first = desk.page.locator(".visit.booked .step").first
    name = first.locator("xpath=ancestor::li//bdi").inner_text()

    first.click()

    expect(desk.page.locator("#rail")).to_contain_text(name)
    expect(desk.page.locator(".visit.arrived").filter(has_text=name)).to_contain_text("arrived 9:")
    desk.look("arrived")


def test_single_keys_can_be_switched_off(sits_down):
    desk = sits_down("desk", DESK)
    desk.clicks("Single-key shortcuts")

    desk.page.keyboard.press("n")
    desk.page.keyboard.press("j")

    assert "/desk/patients/" not in desk.page.url
    assert desk.page.evaluate("document.activeElement.closest('.visit')") is None


# Other ways to look at it


@pytest.mark.parametrize("viewport", [DESK, TABLET, PHONE], ids=["desk", "tablet", "phone"])
def test_the_board_on_every_screen_by_doctor_and_by_room(sits_down, visits, viewport, clinic):
    desk = sits_down("desk", viewport).look("by-doctor")
    card(desk, visits["ravi"]).locator("a").click()
    expect(chosen(desk)).to_be_visible()
    desk.look("open").clicks("Close").opens(f"{clinic.url}/desk/?at=indiranagar&by=room").look("by-room")
    wide = desk.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= viewport["width"]


def test_the_board_without_a_script(sits_down, visits):
    desk = sits_down("desk", DESK, java_script_enabled=False)

    card(desk, visits["ravi"]).locator("a").click()

    expect(chosen(desk)).to_have_text(re.compile("Ravi Naidu"))
    expect(card(desk, visits["ravi"])).to_have_class(re.compile(r"\bchosen\b"))
    desk.clicks("Move…", role="link").reads("Move the visit of Ravi Naidu")


def test_the_board_on_paper_is_a_list_under_each_name(sits_down, visits, shots):
    desk = sits_down("desk", DESK)
    desk.page.emulate_media(media="print")

    expect(card(desk, visits["ravi"]).locator(".when")).to_be_visible()
    expect(desk.page.locator(".free").first).to_be_hidden()
    expect(desk.page.locator("#rail")).to_be_hidden()
    desk.view(shots / "board-paper.png")


# Very full


def test_a_board_of_480_visits_is_usable_at_once(sits_down, clinic):
    references = written(clinic, "full_day")
    desk = sits_down("desk", DESK, address="/healthz")
    work = desk.page.context.new_cdp_session(desk.page)
    work.send(
        "Performance.enable", {"timeDomain": "threadTicks"}
    )  # what else the machine does is not counted
    begun = time.monotonic()

    desk.opens(f"{clinic.url}{BOARD}&day=2026-11-25")
    card(desk, references[100]).locator("a").click()
    expect(chosen(desk)).to_have_text(re.compile("Somebody 100"))
    took = time.monotonic() - begun

    measured = {one["name"]: one["value"] for one in work.send("Performance.getMetrics")["metrics"]}
    print(f"480 visits: a card open after {took:.1f} s; the browser worked {measured['TaskDuration']:.1f} s")
    assert desk.page.locator(".visit").count() >= len(references) == 480
    assert measured["TaskDuration"] < 4
    desk.view(desk.shots / "board-480.png")
