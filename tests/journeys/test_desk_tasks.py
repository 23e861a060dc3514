"""What the desk does all day, each with the number of actions it takes: the goals of shared/ux.md 3.2.

A click is an action, and so is a key that commands something; a name that is typed counts as one. Keys that
only walk (j, arrows) are no actions. Each test works with people of its own, so that any of them runs alone.
"""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.person import Person
from tests.running import loaded_demo

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
LATE_MONDAY_MORNING = "2026-11-23T11:20:00+05:30"
BOARD = "/desk/?at=indiranagar&by=doctor&day=2026-11-23"
OTHER_BOARD = BOARD.replace("indiranagar", "jayanagar")
DESK = {"width": 1920, "height": 1080}
expect.set_options(timeout=15_000)  # the machine that runs all tests has two cores


class Receptionist(Person):
    """Counts what hands do: `actions` in all, `typed` of them are names; any error in the console is odd."""

    typed = 0

    def presses(self, key: str) -> "Receptionist":
        self.actions += 1
        self.page.keyboard.press(key)
        return self

    def taps(self, target: Locator) -> "Receptionist":
        self.actions += 1
        target.click()
        return self

    def types_name(self, letters: str) -> "Receptionist":
        self.actions += 1
        self.typed += 1
        expect(self.box).to_be_focused()
        self.page.keyboard.type(letters)
        return self

    def comes_to(self, address: str) -> "Receptionist":
        """Wait until that page is whole: its keys work then."""
        self.page.wait_for_url(address)
        return self

    def begins(self) -> "Receptionist":
        """From here on it is counted."""
        self.actions = self.typed = 0
        return self

    def card(self, name: str) -> Locator:
        return self.page.locator(".visit").filter(has=self.page.get_by_text(name, exact=True))

    def list_of(self, doctor: str) -> Locator:
        return self.page.get_by_role("list", name=re.compile(doctor))

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("searchbox")

    @property
    def rail(self) -> Locator:
        return self.page.locator("#rail")

    def _note_console(self, message) -> None:
        if message.type == "error":
            self.odd.append(f"console: {message.text}")


@pytest.fixture(scope="module")
def clinic(var_folder):
    with loaded_demo(var_folder / "desk-tasks", clock=LATE_MONDAY_MORNING) as demo:
        yield demo


@pytest.fixture(scope="module")
def logged_in(clinic, browser, tmp_path_factory):
    context = browser.new_context(viewport=DESK)
    desk = Receptionist(context, "tasks-login", tmp_path_factory.mktemp("shots"))
    desk.opens(f"{clinic.url}/staff/login/")
    desk.types("E-mail", "desk@clinic.example").types("Password", "demo-clinic-2026").clicks("Log in")
    desk.page.wait_for_url("**/desk/**")
    assert desk.odd == []
    yield context.storage_state()
    context.close()


@pytest.fixture
def sits_down(clinic, browser, logged_in, shots, request):
    """sits_down(): somebody of the desk who looks at the board; nothing odd may come up until they leave."""
    people = []

    def somebody(address=BOARD, **how):
        context = browser.new_context(viewport=DESK, storage_state=logged_in, **how)
        people.append(Receptionist(context, f"tasks-{request.node.originalname[5:40]}", shots))
        return people[-1].opens(f"{clinic.url}{address}")

    yield somebody
    odd = [person.odd for person in people if person.odd]
    for person in people:
        person.leaves()
    assert odd == []


def chooses(desk, name):
    """That card is open beside the board: a click that belongs to the visit before, not to the task."""
    desk.card(name).locator("a").click()
    expect(desk.page.locator("#chosen")).to_contain_text(name)
    return desk.begins()


def is_waiting(desk, name):
    expect(desk.card(name)).to_have_class(re.compile(r"\barrived\b"))
    expect(desk.card(name)).to_contain_text("arrived 11:")
    expect(desk.rail.locator("[data-since]").locator("xpath=..").filter(has_text=name)).to_be_visible()


def is_booked(desk, name, *, doctor, time):
    expect(desk.page.locator("#said")).to_contain_text(f"Booked {name}, Mon 23 Nov, {time}.")
    expect(desk.list_of(doctor).locator(".visit").filter(has_text=name)).to_be_visible()


# Finding


@pytest.mark.parametrize("letters", ["kavi", "divy", "0019"], ids=["name", "another", "phone"])
def test_a_patient_is_found_by_a_slash_and_four_characters(sits_down, letters):
    desk = sits_down()

    desk.presses("/").types_name(letters)

    names = {"kavi": "Kavitha Reddy", "divy": "Divya Krishnan", "0019": "ಮಂಜುನಾಥ್ ಗೌಡ"}
    first = desk.page.locator(".found-people tbody tr").first
    expect(first).to_contain_text(names[letters])
    expect(desk.box).to_be_focused()
    assert (desk.actions, desk.typed) == (2, 1)  # the goal: a slash and three or four characters, no click
    desk.presses("Enter").comes_to(re.compile(r"/desk/patients/\d+/$")).reads(names[letters])


def test_what_is_typed_on_while_looking_along_the_results_goes_into_the_box(sits_down):
    desk = chooses(sits_down(), "Mahesh Babu K.")
    desk.presses("/").types_name("ra")
    rows = desk.page.locator(".found-people tbody tr")
    expect(rows.nth(2)).to_be_visible()
    desk.look("found")

    desk.presses("ArrowDown").presses("ArrowDown").presses("ArrowRight")
    expect(rows.nth(1).get_by_role("link", name=re.compile("^Book"))).to_be_focused()
    desk.page.keyboard.type("axa")  # "a" alone would check in whoever is open beside the board

    expect(desk.box).to_have_value("raaxa")
    expect(desk.page.locator("[data-said]")).to_have_text("Nobody found")
    desk.presses("Escape")
    expect(desk.page.locator(".found-here")).to_be_hidden()
    expect(desk.card("Mahesh Babu K.")).not_to_have_class(re.compile(r"\barrived\b"))


def test_enter_before_the_results_are_there_is_meant_for_them(sits_down):
    desk = sits_down()

    desk.page.keyboard.press("/")
    desk.page.keyboard.type("kavi\n")

    desk.comes_to(re.compile(r"/desk/patients/\d+/$")).reads("Kavitha Reddy")
    desk.page.go_back()
    assert "kavi" not in desk.page.url


def test_one_question_goes_out_for_what_is_typed_at_once_and_none_for_half_a_syllable(sits_down):
    desk = sits_down("/desk/patients/")
    asked = []
    desk.page.on("request", lambda one: one.method == "POST" and asked.append(urlsplit(one.url).path))
    typing = desk.page.context.new_cdp_session(desk.page)

    typing.send("Input.imeSetComposition", {"text": "रव", "selectionStart": 2, "selectionEnd": 2})
    desk.page.wait_for_timeout(600)
    assert asked == []
    typing.send("Input.insertText", {"text": "रवि"})
    expect(desk.page.locator(".found-people tbody tr").first).to_contain_text("Ravi Naik")

    assert asked == ["/desk/patients/found/"]
    assert desk.page.url.endswith("/desk/patients/?found=1")
    desk.page.locator(".found-people a").first.click()
    desk.reads("Ulsoor").page.go_back()
    expect(desk.box).to_have_value("रवि")
    expect(desk.page.locator(".found-people tbody tr").first).to_contain_text("Ravi Naik")


def test_a_log_in_that_has_run_out_is_said_and_what_was_typed_stays(sits_down):
    desk = sits_down()
    desk.page.context.clear_cookies(name="clinic_session")

    desk.presses("/").types_name("kavi")

    expect(desk.page.locator(".found-here")).to_have_text(
        "You have been logged out. Enter takes you to the log-in."
    )
    expect(desk.box).to_have_value("kavi")
    desk.presses("Enter").comes_to("**/staff/login/**")


def test_a_patient_is_found_without_a_script(sits_down):
    desk = sits_down(java_script_enabled=False)

    desk.box.fill("kavi")
    desk.presses("Enter").comes_to("**found=1")

    first = desk.page.locator(".found-people tbody tr").first
    expect(first).to_contain_text("Kavitha Reddy")
    expect(first.get_by_role("link").first).to_be_focused()  # Enter opens it


# Who comes in


def test_check_in_is_one_click(sits_down):
    desk = sits_down()

    desk.clicks("Check in Brian D'Cruz", role="button")

    is_waiting(desk, "Brian D'Cruz")
    assert desk.actions == 1


def test_check_in_is_one_key(sits_down):
    desk = chooses(sits_down(), "Abdul Rahim")

    desk.presses("a")

    is_waiting(desk, "Abdul Rahim")
    assert desk.actions == 1


def test_somebody_without_a_time_is_taken_in(sits_down):
    desk = sits_down()

    desk.presses("/").types_name("pooja")
    desk.clicks("Here now Pooja Jain", role="link").comes_to("**/here-now/**")
    desk.reads("Pooja Jain is here now").presses("Enter").comes_to("**visit=**")

    is_waiting(desk, "Pooja Jain")
    assert (desk.actions, desk.typed) == (4, 1)  # the name counted


# On the phone


def test_a_known_patient_on_the_phone_is_booked_from_an_empty_time(sits_down):
    desk = sits_down()

    desk.taps(desk.list_of("Dr Iyer").get_by_role("link", name="5:00 pm")).comes_to("**/desk/patients/**")
    desk.types_name("naveen").clicks("Book for Naveen Raj", role="link").comes_to("**/book/**")
    desk.clicks("Book Mon 23 Nov, 5:00 pm with Dr Iyer").comes_to("**visit=**")

    is_booked(desk, "Naveen Raj", doctor="Dr Iyer", time="5:00 pm")
    assert (desk.actions, desk.typed) == (4, 1)  # the goal, with the name counted


def test_a_phone_booking_by_keyboard_alone(sits_down):
    desk = sits_down()
    walk, focused = desk.page.keyboard.press, desk.page.locator(":focus")

    walk("j")
    expect(desk.page.locator("#chosen")).to_be_visible()
    for _row in range(60):
        if focused.inner_text() == "6:30 pm":
            break
        walk("ArrowDown")
    desk.presses("Enter").comes_to("**/desk/patients/**")
    desk.types_name("suresh")
    expect(desk.page.locator("[data-first]")).to_have_text("Book for Suresh Babu")
    desk.presses("Enter").comes_to("**/book/**")
    expect(focused).to_have_text("Book Mon 23 Nov, 6:30 pm with Dr Iyer")
    desk.presses("Enter").comes_to("**visit=**")

    is_booked(desk, "Suresh Babu", doctor="Dr Iyer", time="6:30 pm")
    assert (desk.actions, desk.typed) == (4, 1)


def test_a_visit_moves_by_m_and_two_choices_and_back_by_one(sits_down):
    desk = chooses(sits_down(), "Padma Iyengar")

    desk.presses("m").comes_to("**/move/**")
    desk.clicks(re.compile("Tue.*24"), role="link").comes_to("**day=2026-11-24**")
    desk.taps(desk.page.locator("button.time").filter(has_text="4:30 pm").first).comes_to("**visit=**")

    expect(desk.page.locator("#said")).to_contain_text("Moved Padma Iyengar to Tue 24 Nov, 4:30 pm.")
    expect(desk.card("Padma Iyengar")).to_contain_text("4:30 – 5:00 pm")
    assert desk.actions == 3

    desk.begins().clicks(re.compile("Undo"), role="button").reads("Undone")
    desk.opens(desk.page.url.split("/desk/")[0] + BOARD)
    expect(desk.card("Padma Iyengar")).to_contain_text("3:00 – 3:30 pm")
    assert desk.actions == 1


def test_a_call_from_the_list_is_confirmed_by_one_key_each(sits_down):
    desk = sits_down()
    desk.clicks(re.compile("To do now"), within=desk.rail).comes_to("**/desk/todo/**")
    line = desk.page.locator("[data-row]:focus-within")
    while line.locator("[data-row-key=c]").count() == 0:
        desk.page.keyboard.press("j")
    called = [line.locator("bdi").inner_text()]
    desk.begins()

    desk.presses("c").comes_to("**done=**")
    expect(desk.page.locator(".noted")).to_contain_text(f"{called[0]} comes")
    called.append(line.locator("bdi").inner_text())  # the next line has the focus
    desk.presses("c").reads(f"{called[1]} comes")

    assert desk.actions == len(set(called)) == 2
    desk.opens(desk.page.url.split("/desk/")[0] + BOARD)
    for name in called:
        expect(desk.card(name)).to_have_class(re.compile(r"\bconfirmed\b"))


# When it does not go as planned


def test_a_doctor_who_is_ill_today_takes_three_clicks_for_all_visits(sits_down):
    desk = sits_down(OTHER_BOARD)

    desk.clicks("Leave and closing", within=desk.rail).clicks("Dr Thomas is away today…")
    desk.reads("Dr Thomas is away").comes_to("**/closures/today/**")
    preview = desk.page.locator(".reflow tbody tr th").all_inner_texts()
    assert desk.actions == 2
    desk.clicks("Close, and do this").comes_to(re.compile(r"/closures/\d+/$"))

    assert desk.actions == 3  # four are the goal
    here, *coming = "Mary Joseph", "Harish Chandra", "Parveen Sultana", "Deepak Nayak"
    for name in (here, *coming):
        assert any(words.startswith(name) for words in preview)
    expect(desk.page.locator("main")).to_contain_text("nobody is left without a place")
    expect(desk.page.locator(".undo")).to_contain_text("1 visit moved or cancelled.")
    asked = desk.page.get_by_role("region", name=re.compile("people are asked"))
    assert asked.locator("tbody th").all_inner_texts() == coming
    kept = desk.page.locator("[aria-labelledby=kept-title] tbody th").count()
    assert kept + len(coming) + 1 == len(preview)
    desk.opens(desk.page.url.split("/desk/")[0] + OTHER_BOARD.replace("11-23", "11-24"))
    expect(desk.list_of("Dr Iyer").locator(".visit").filter(has_text=here)).to_be_visible()


def test_closing_from_now_shows_whom_it_concerns_after_one_click(sits_down):
    desk = sits_down()
    before = desk.page.locator(".visit").count()

    desk.clicks("Close today from now…", within=desk.rail).comes_to("**/closures/today/**")

    assert desk.actions == 1  # two are the goal
    expect(desk.page.locator("h1").first).to_have_text("Indiranagar is closed")
    for name in ("Hema Malini S.", "Sneha Patil", "Tejas Gowda", "Ravi Naik"):
        expect(desk.page.locator(".reflow tbody th").filter(has_text=name)).to_be_visible()
    desk.reads("Nobody is told, and nothing moves, before that.").clicks("Leave it")
    desk.opens(desk.page.url.split("/desk/")[0] + BOARD)
    assert desk.page.locator(".visit").count() == before


# Paper, and the end of the day


def test_the_day_list_is_one_click_and_holds_every_name_of_the_board(sits_down):
    desk = sits_down()
    names = desk.page.locator(".visit:not(.offer) bdi").all_inner_texts()

    desk.clicks("Day list, to print", within=desk.rail).comes_to("**/desk/day-list/**")

    assert desk.actions == 1
    assert len(names) >= 16
    assert sorted(desk.page.locator(".paper-list tbody th").all_inner_texts()) == sorted(names)


def test_close_of_day_is_one_click_and_one_more_for_whoever_is_still_inside(sits_down):
    desk = sits_down()

    desk.clicks("Close of day", within=desk.rail).comes_to("**/desk/day-end/**")

    lines = desk.page.locator("main section.todo")
    inside = lines.filter(has=desk.page.get_by_role("heading", name=re.compile("Still inside")))
    titles = [heading.split("\n")[0] for heading in lines.locator("h2").all_inner_texts()]
    assert [re.sub(r"\s*\d+$", "", title) for title in titles] == [
        "Nobody has said whether they came", "Still inside", "Agreement missing",
    ]  # fmt: skip
    expect(desk.page.locator("main")).to_contain_text("visits are still to come.")
    expect(desk.page.get_by_role("heading", name="Free on Tue 24 Nov")).to_be_visible()
    assert desk.actions == 1
    expect(inside).to_contain_text("Vikram Singh")

    desk.clicks(re.compile("Done, goes home.*Vikram Singh"), within=inside)
    desk.page.wait_for_load_state()
    desk.opens(f"{desk.page.url.split('/desk/')[0]}/desk/day-end/?at=indiranagar")

    expect(inside).not_to_contain_text("Vikram Singh")
    assert desk.actions == 2


# Without a script


def test_check_in_and_a_move_without_a_script(sits_down):
    desk = sits_down(java_script_enabled=False)

    desk.clicks("Check in Gayathri Raman", role="button").comes_to("**/desk/**")
    is_waiting(desk, "Gayathri Raman")
    assert desk.actions == 1

    desk.begins().taps(desk.card("Zoya Mirza").locator("a")).comes_to("**visit=**")
    desk.clicks("Move…", role="link").comes_to("**/move/**")
    desk.taps(desk.page.locator("button.time").filter(has_text="4:00 pm").first).comes_to("**visit=**")
    expect(desk.page.locator("#said")).to_contain_text("Moved Zoya Mirza to Mon 23 Nov, 4:00 pm.")
    assert desk.actions == 3

    desk.begins().clicks(re.compile("Undo"), role="button").comes_to("**/desk/**")
    expect(desk.card("Zoya Mirza")).to_contain_text("2:00 – 2:15 pm")
    assert desk.actions == 1
