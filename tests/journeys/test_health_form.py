"""The health form on a phone: counted, by keyboard, without JavaScript, and cut off in the middle."""

import random
import re
from uuid import uuid4

import pytest

from tests.journeys.conftest import MONDAY_MORNING
from tests.journeys.person import DESKTOP, PHONE, Person
from tests.running import loaded_demo

pytestmark = [pytest.mark.journey, pytest.mark.timeout(420)]
MOST_PAGES = 12
ONE_CHOICE = 0.8
FIRST_VIEW_BYTES = 100_000

# What somebody with nothing to report does on each page; a text alone is the one tap that finishes it.
NO_TO_ALL = "No to all of these"
MAN = {
    "When were you born, and which sex were you born with?": {"born": "1990", "Sex at birth": "Male"},
    "Is a baby on the way, or hoped for?": {"Are you, or you and your partner, hoping for a baby?": "No"},
    "Are you well just now, and is your scalp free of sores?": NO_TO_ALL,
    "Has a doctor ever told you that you have one of these?": NO_TO_ALL,
    "Do you take any of these medicines?": NO_TO_ALL,
    "Has anything ever given you a bad reaction?": NO_TO_ALL,
    "What have you tried for your hair?": NO_TO_ALL,
    "What bothers you about your hair?": {"Tick what fits": "Receding at the temples"},
    "Where is it thinner?": {"Tick each place": "Left temple"},
    "When and how did it begin?": {
        "How did it begin?": "Slowly, over months or years",
        "years": "3",
        "Days, weeks, months or years?": "Years",
        "How is it going?": "About the same",
    },
    "How have you been feeling lately?": {
        "How much does your hair weigh on you, from 0 (not at all) to 10?": "3"
    },
    "What would you be happy with?": {"What would be a good result for you?": "Less hair fall"},
}
WOMAN = MAN | {
    "When were you born, and which sex were you born with?": {"born": "1990", "Sex at birth": "Female"},
    "Is a baby on the way, or hoped for?": NO_TO_ALL,
    "What bothers you about your hair?": {"Tick what fits": "A wider parting"},
    "Where is it thinner?": {"Tick each place": "Along the parting"},
}
BOXES = {"born": (("Day", "4"), ("Month", "5"), ("Year", "")), "years": (("How long ago?", ""),)}


@pytest.fixture(scope="module")
def clinic(var_folder):
    """One demo for all of this file: nobody here meets another."""
    with loaded_demo(var_folder / f"form-{uuid4().hex[:6]}", clock=MONDAY_MORNING) as running:
        yield running


@pytest.fixture
def somebody(clinic, browser, shots):
    """Somebody who has just booked, at the agreement before the form."""
    found = []

    def arrives(name, phone, viewport=PHONE, **how) -> Person:
        observer = browser.new_page()
        observer.goto(f"{clinic.url}/dev/outbox")
        person = Person(browser.new_context(viewport=viewport, **how), f"form-{name}", shots)
        found.append(person)
        books(person.opens(clinic.url), observer, phone)
        person.clicks("Start the health form").clicks(re.compile("agree", re.I), role="button")
        observer.close()
        person.actions = 0
        return person

    yield arrives
    for person in found:
        person.leaves()


def books(person, observer, phone):
    person.clicks("Book a consultation", role="link")
    person.page.locator("button.time").first.click()
    person.types("Your name", "Meena Kumar").types("Mobile number", phone).clicks("Send me the code")
    person.page.get_by_label("Code").first.wait_for()
    observer.reload()
    code = re.search(r"\b(\d{6})\b is your", observer.locator("main").inner_text())[1]
    person.types("Code", code).clicks("Book", role="button").reads("Booked")


def answers_page(person, page) -> int:
    """Do what the page asks of somebody with nothing to report; how many answers it took."""
    if isinstance(page, str):
        person.clicks(page)
        return 1
    for question, answer in page.items():
        for label, text in BOXES.get(question, ()):
            person.types(label, text or answer)
        if question not in BOXES:
            person.chooses(question, answer)
    person.clicks("Go on")
    return sum(len(BOXES.get(question, "1")) for question in page)


def fills_in(person, history, *, look=False) -> dict[str, int]:
    """Page after page to the overview; the answers that each page took."""
    took = {}
    while person.title != "Check your answers":
        title = person.title
        assert title not in took, f"asked twice: {title}"
        if look:
            person.look(f"{len(took) + 1:02}")
        took[title] = answers_page(person, history[title])
        person.page.wait_for_load_state()
    return took


def taps(person, box):
    """As people do: on the words beside the box, which cover it."""
    person.page.locator(f"label[for='{box.get_attribute('id')}']").last.click()


def sends(person):
    taps(person, person.page.get_by_label("This is right"))
    person.clicks("Send to the doctor").reads("Your answers are with the clinic")


@pytest.mark.parametrize(
    ("who", "history", "phone", "viewport"),
    [("man", MAN, "98450 20001", PHONE), ("woman", WOMAN, "98450 20002", DESKTOP)],
    ids=["man-phone", "woman-desktop"],
)
def test_nothing_to_report_takes_twelve_pages_most_of_them_one_choice(
    somebody, who, history, phone, viewport
):
    person = somebody(who, phone, viewport)

    took = fills_in(person, history, look=True)
    person.look("check")
    sends(person)
    person.look("sent")

    assert len(took) <= MOST_PAGES
    assert sum(n == 1 for n in took.values()) / len(took) >= ONE_CHOICE
    assert person.odd == []


def test_form_is_filled_in_and_sent_without_javascript(somebody):
    person = somebody("plain", "98450 20003", java_script_enabled=False)

    took = fills_in(person, WOMAN)
    sends(person)

    assert len(took) <= MOST_PAGES
    assert person.odd == []


def test_form_is_filled_in_by_keyboard_alone(somebody):
    person = somebody("keys", "98450 20004", DESKTOP)

    for title, page in MAN.items():
        assert person.title == title
        types_page(person.page, page)
        person.page.wait_for_function("was => document.querySelector('h1').innerText !== was", arg=title)
    press(person.page, person.page.get_by_label("This is right"), "Space")
    press(person.page, person.page.get_by_role("button", name="Send to the doctor"), "Enter")

    person.reads("Your answers are with the clinic")
    assert person.odd == []


def types_page(page, answers):
    if isinstance(answers, str):
        return press(page, page.get_by_role("button", name=answers), "Enter")
    for question, answer in answers.items():
        for label, text in BOXES.get(question, ()):
            tab_to(page, page.get_by_label(label).first)
            page.keyboard.type(text or answer)
        if question not in BOXES:
            ticks(page, page.get_by_role("group", name=question).last, answer)
    return press(page, page.get_by_role("button", name="Go on"), "Enter")


def ticks(page, group, answer):
    """Tab to a group of radio buttons and walk it with the arrows; checkboxes are reached one by one."""
    choice = group.get_by_label(answer, exact=True)
    if choice.get_attribute("type") == "checkbox":
        return press(page, choice, "Space")
    tab_to(page, group.get_by_role("radio").first)
    page.keyboard.press("Space")
    for _ in range(20):
        if choice.is_checked():
            return None
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no way to {answer} by arrows")


def press(page, target, key):
    tab_to(page, target)
    page.keyboard.press(key)


def tab_to(page, target):
    for _ in range(150):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("no way there by Tab")


def test_killed_and_resumed_at_five_random_pages_loses_nothing(somebody, clinic, browser):
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    titles = list(MAN)
    cut_at = set(random.Random(seed).sample(titles, 5))
    person = somebody("cut", "98450 20005")

    for title in titles:
        if title in cut_at:
            begun_and_killed(person, MAN[title], clinic, browser)
        assert person.title == title, f"seed {seed}"
        answers_page(person, MAN[title])
        person.page.wait_for_load_state()
    sends(person)

    assert person.odd == []


def begun_and_killed(person, page, clinic, browser):
    """Answer half a page, lose the tab, and go on from the one link on another device.

    It leads to the first page with something left to answer: this one, or the next where half was all.
    """
    half, was, title = half_of(person, page), person.page.url.partition("#")[0], person.title
    person.reads(re.compile(r"^\s*Saved \d"))
    state = person.page.context.storage_state()
    person.page.close(run_before_unload=False)
    person.page = browser.new_context(viewport=PHONE, storage_state=state).new_page()
    person.opens(f"{clinic.url}/intake/")
    titles = [*MAN, "Check your answers"]
    assert titles.index(person.title) - titles.index(title) in (0, 1)
    person.opens(was)
    assert half(), "what was given before the tab died is there again"


def half_of(person, page):
    """Give one answer; how to see later that it is still there."""
    if isinstance(page, str):  # a tick that can be taken back: the last but one of a long list
        box = person.page.locator("form.health").get_by_label("I'm not sure", exact=False).first
        name, value = box.get_attribute("name"), box.get_attribute("value")
        taps(person, box)
        there = f"input[name='{name}'][value='{value}']"
        return lambda: still_there_and_taken_back(person, there)
    question = next(one for one in page if one not in BOXES)
    person.chooses(question, page[question])
    group = person.page.get_by_role("group", name=question).last
    name = group.locator("input:checked").first.get_attribute("name")
    value = group.locator("input:checked").first.get_attribute("value")
    return lambda: untick(person, f"input[name='{name}'][value='{value}']")


def untick(person, there) -> bool:
    """Still ticked; a checkbox is cleared, so that the page can be answered as everybody does."""
    box = person.page.locator(there)
    checked = box.is_checked()
    if checked and box.get_attribute("type") == "checkbox":
        taps(person, box)
    return checked


def still_there_and_taken_back(person, there) -> bool:
    """Still ticked; then the answer is no after all."""
    box = person.page.locator(there)
    checked = box.is_checked()
    name = box.get_attribute("name")
    if box.get_attribute("type") == "checkbox":
        taps(person, box)
    else:
        taps(person, person.page.locator(f"input[name='{name}']:is([value=no], [value=never])").first)
    return checked


def test_first_view_of_a_page_of_the_form_is_light(somebody, browser):
    person = somebody("light", "98450 20006")
    fresh = browser.new_context(viewport=PHONE, storage_state=person.page.context.storage_state()).new_page()
    sizes = []
    fresh.on("requestfinished", lambda request: sizes.append(request.sizes()))
    fresh.goto(person.page.url.replace("/1/", "/4/"), wait_until="networkidle")
    weight = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    fresh.context.close()

    assert 0 < weight <= FIRST_VIEW_BYTES


def test_words_typed_and_not_yet_left_are_kept_too(somebody, clinic):
    """No change event, no button: only typing, and then the tab is gone."""
    person = somebody("typed", "98450 20007")
    person.opens(person.page.url.replace("/1/", "/6/"))
    person.page.get_by_label(re.compile("Names and doses")).press_sequentially("Thyronorm 50")
    person.reads(re.compile(r"^\s*Saved \d"))
    number = person.page.url
    person.page.close(run_before_unload=False)
    person.page = person.page.context.new_page()
    person.opens(number)

    assert person.page.get_by_label(re.compile("Names and doses")).input_value() == "Thyronorm 50"


def test_answer_given_before_the_scripts_have_come_is_kept(somebody, clinic):
    """A slow line: somebody taps while they are still on their way."""
    person = somebody("slow", "98450 20008")
    page, held = person.page, []
    page.route(re.compile(r"htmx.*\.js|/js/intake"), lambda route: held.append(route))
    page.goto(page.url.replace("/1/", "/18/"), wait_until="commit")
    person.chooses(re.compile("good result"), "Less hair fall")
    assert held
    for script in held:
        script.continue_()
    person.reads(re.compile(r"^\s*Saved \d"))

    assert person.odd == []


def test_changing_an_answer_and_going_on_before_it_is_kept_asks_nothing(somebody):
    """A slow line: what the page itself is keeping at that moment is no other window."""
    person = somebody("quick", "98450 20009")
    page = person.page
    page.goto(page.url.replace("/1/", "/18/"))
    title, kept = person.title, []
    page.route(re.compile("/save/$"), lambda route: kept.append((route, route.fetch())))

    person.chooses(re.compile("good result"), "Less hair fall")
    page.wait_for_timeout(500)
    taps(person, page.get_by_label("My old hairline back").first)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_timeout(500)
    for _ in range(2):  # the page hears of its own answers only now, one after the other
        while kept:
            route, answer = kept.pop(0)
            route.fulfill(response=answer)
        page.wait_for_timeout(300)
    page.wait_for_function("was => document.querySelector('h1').innerText !== was", arg=title, timeout=10_000)

    assert person.odd == []
