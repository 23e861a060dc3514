"""From the first tap to the reminder after a given session, as people do it."""

import re

import pytest

from tests.journeys.person import DESKTOP, PHONE, Person

pytestmark = [pytest.mark.journey, pytest.mark.timeout(420)]
STAFF_PASSWORD = "demo-clinic-2026"


@pytest.fixture
def screen():
    """What the patient holds; test_whole_journey_at_a_desk.py has another."""
    return PHONE


@pytest.fixture
def people(screen, demo, browser, shots):
    """The patient on a phone or at a desk, the staff at theirs, and whoever reads the demo's messages."""
    width = screen["width"]

    def somebody(name, viewport):
        return Person(browser.new_context(viewport=viewport), f"{width}-{name}", shots)

    cast = {
        "patient": somebody("patient", screen).opens(demo.url),
        "doctor": somebody("doctor", DESKTOP).opens(f"{demo.url}/staff/login/"),
        "desk": somebody("desk", {"width": 1920, "height": 1080}).opens(f"{demo.url}/staff/login/"),
        "observer": somebody("observer", DESKTOP).opens(f"{demo.url}/dev/outbox"),
    }
    yield cast
    for person in cast.values():
        person.leaves()


def test_from_the_first_tap_to_the_reminder_after_a_given_session(people):
    patient, doctor, desk, observer = (people[who] for who in ("patient", "doctor", "desk", "observer"))

    books_a_consultation(patient, observer)
    tells_the_history(patient)
    decides_and_prescribes(doctor)
    books_the_course(patient)
    answers_the_rest(patient)
    sees_the_reminder_go_out(observer)
    checks_in(desk, observer)
    gives_session_one(doctor, observer)
    sees_what_follows(patient, observer)

    odd = {who: person.odd for who, person in people.items() if person.odd}
    assert odd == {}


def books_a_consultation(patient, observer):
    patient.look("landing").clicks("Book a consultation", role="link").look("times")
    patient.view(patient.shots / f"readme-{patient.page.viewport_size['width']}-times.png")
    patient.page.locator("button.time").first.click()
    patient.actions += 1
    patient.look("details").types("Your name", "Meena Kumar").types("Mobile number", "98450 12345")
    patient.page.get_by_text("Remind me by text message").click()
    patient.actions += 1
    patient.clicks("Send me the code").look("code")
    patient.types("Code", code_in(observer)).clicks("Book", role="button").reads("Booked").look("booked")
    assert patient.actions <= 5 + 2 + 1 + 1  # taps, typed boxes, the code; a yes to reminders


def code_in(observer) -> str:
    observer.clicks("Look again")
    return re.search(r"\b(\d{6})\b is your", observer.page.locator("main").inner_text())[1]


def tells_the_history(patient):
    patient.clicks("Start the health form").look("agreement").clicks(re.compile("agree", re.I), role="button")
    patient.types("Day", "4").types("Month", "5").types("Year", "1992").chooses("Sex at birth", "Male")
    patient.look("about-you").clicks("Go on")
    patient.chooses(re.compile("hoping for a baby"), "No").clicks("Go on")
    for page in ("well", "illnesses"):
        patient.look(page).clicks("No to all of these")
    patient.chooses(
        re.compile("Tick everything you take"),
        "Clopidogrel, prasugrel or ticagrelor (Clopitab, Clopilet, Prasita, Brilinta)",
    )
    patient.clicks("Go on").reads("Thank you for telling us.").clicks("Go on")  # what it is for may stay open
    patient.clicks("No to all of these").clicks("No to all of these")
    patient.chooses("Tick what fits", "A thin crown").clicks("Go on")
    patient.chooses("Tick each place", "Crown").look("where").clicks("Go on")
    patient.chooses("How did it begin?", "Slowly, over months or years").types("How long ago?", "3")
    patient.chooses(re.compile("Days, weeks"), "Years").chooses("How is it going?", "Getting worse slowly")
    patient.look("timeline").clicks("Go on")
    patient.chooses(re.compile("weigh on you"), "3").clicks("Go on")  # the rest may be left out
    patient.chooses(re.compile("good result"), "Hair that looks a little thicker").clicks("Go on")
    patient.reads(re.compile("You take a blood thinner: Clopidogrel")).look("check")
    patient.page.locator("label[for='id_right']").click()  # the words lie over the box
    patient.clicks("Send to the doctor").reads("Your answers are with the clinic").look("sent")


def logs_in(person, email):
    person.types("E-mail", email).types("Password", STAFF_PASSWORD).clicks("Log in", role="button")


def decides_and_prescribes(doctor):
    logs_in(doctor, "doctor@clinic.example")
    doctor.look("queue").clicks("Meena Kumar").reads(re.compile("Clopidogrel")).reads(re.compile("R-38"))
    doctor.look("review").view(doctor.shots / "readme-doctor-review.png")
    doctor.chooses(re.compile("Decide|Decision"), "Suitable with conditions")
    doctor.types("Conditions, in words the patient can read", "Press longer after the injections.").look(
        "deciding"
    )
    doctor.clicks("Sign decision").look("decided").clicks(re.compile("Prescribe"))
    doctor.look("protocols").clicks("Choose P1").look("order").clicks("Sign prescription").look("prescribed")


def books_the_course(patient):
    """From the Monday after, so that there is a reminder before the first session, too."""
    patient.clicks("My visits").look("my-visits").clicks(re.compile("Find times for all")).look("plan")
    patient.clicks("Begin a week later").clicks("Book all 7 sessions").reads("Booked").look("course")
    patient.reads(re.compile(r"1 · Mon 30 Nov"))
    patient.clicks(re.compile("agree", re.I)).look("procedure").clicks(
        re.compile("agree", re.I), role="button"
    )


def answers_the_rest(patient):
    """What is asked only before a course, from the card on the page of one's own visits."""
    was = patient.page.url
    patient.opens(re.sub(r"(https?://[^/]+)/.*", r"\1/my/", was))
    patient.clicks("Start the questions")
    patient.types("Your weight in kilograms", "68").types(re.compile("Name and phone"), "Ravi, 98450 54321")
    patient.look("body").clicks("Go on").clicks("No to all of these")
    patient.chooses(re.compile("afraid are you"), "2").chooses(re.compile("ever fainted"), "Never")
    patient.chooses(re.compile("Injections to numb"), "It went well").clicks("Go on")
    patient.chooses(re.compile("How soon do you hope"), "In three to six months")
    for question in (
        "several visits",
        "may not last",
        "person to person",
        "at all",
        "Can you come",
        "own wish",
    ):
        patient.chooses(re.compile(question), "Yes")
    patient.chooses(re.compile("translate"), "No").look("agreed").clicks("Go on")
    patient.chooses("What do you eat?", "Everything").chooses(re.compile("Tobacco"), "Never")
    patient.types(re.compile("How many drinks"), "0").clicks("Go on")
    patient.chooses(re.compile("How long is your hair"), "Short")
    patient.chooses(re.compile("wear, tight"), "None of these")
    patient.chooses(re.compile("in the last year"), "None of these").clicks("Go on")
    patient.look("family").clicks("No to all of these").look("check-course")
    patient.page.locator("label[for='id_right']").click()
    patient.clicks("Send to the doctor").reads("Your answers are with the clinic")
    patient.opens(was)


def sees_the_reminder_go_out(observer):
    """Nobody sends anything here: the clock moves, and the beat finds what is due."""
    a_week_less_a_night_on(observer)
    told_until(observer, "See you at", "Mon 30 Nov")


def a_week_less_a_night_on(observer):
    for _ in range(6):
        observer.clicks("A day on")
    observer.clicks("An hour on")


def told_until(observer, *words):
    """Look again until a message to this patient says so."""
    for _ in range(30):
        observer.clicks("Look again")
        to_patient = observer.page.get_by_role("article").filter(has_text="+919845012345")
        if any(all(word in text for word in words) for text in to_patient.all_inner_texts()):
            return observer.look("told")
        observer.page.wait_for_timeout(2_000)
    raise AssertionError(f"nobody was told {words}")


def checks_in(desk, observer):
    observer.clicks("A day on")
    logs_in(desk, "desk@clinic.example")
    desk.look("day").reads("Meena Kumar")
    desk.clicks(re.compile("Meena Kumar"), role="button").look("arrived")


def gives_session_one(doctor, observer):
    observer.clicks("An hour on")
    doctor.clicks("Sessions").look("sessions")
    asks_today(doctor)
    doctor.clicks(re.compile(r"^Record\W+Meena"), role="link").look("record")
    doctor.chooses(re.compile("What happened"), "Given")
    doctor.clicks("Sign record").look("signed")


def asks_today(doctor):
    """In private, a question a row, one tap each."""
    doctor.clicks(re.compile(r"^Pre-check\W+Meena"), role="link").look("before-numbing")
    for group in doctor.page.locator("fieldset.one-tap").all():
        label = group.get_by_text("No", exact=True)
        wanted = group.get_by_text("Does the patient want it today?").count()
        chosen = (
            group.get_by_text("Yes", exact=True)
            if wanted
            else label
            if label.count()
            else group.get_by_text("None")
        )
        chosen.first.click()
    doctor.clicks("Note it").look("asked")


def sees_what_follows(patient, observer):
    """The next session follows from the day this one was given, and so does its reminder."""
    observer.clicks("An hour on")
    told_until(observer, "Your next visit", "Mon 7 Dec")
    patient.clicks("Back").look("after").reads(re.compile("Session 2 of 7 is next"))
    a_week_less_a_night_on(observer)
    told_until(observer, "See you at", "Mon 7 Dec")
