"""Five views from a phone, with and without JavaScript, and the doctor who compares them."""

import io
import re

import pytest
from PIL import Image

from tests.journeys.person import DESKTOP, PHONE, Person
from tests.running import loaded_demo

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
MONDAY_MORNING = "2026-11-23T09:00:00+05:30"
SNEHA = "90000 00013"  # of the demo's stories; she is in the doctor's queue
PLACE = "PLACECANARY"


def picture(number: int) -> dict:
    """As a phone takes it: large, and with where it was taken."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = PLACE
    image = Image.linear_gradient("L").resize((3000, 4000)).rotate(number * 72).convert("RGB")
    image.save(out, "JPEG", quality=90, exif=exif)
    return {"name": f"IMG_{number}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


NO_PICTURE = {
    "name": "IMG_9.jpg",
    "mimeType": "image/jpeg",
    "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}


class Patient(Person):
    def logs_in(self, clinic, phone: str) -> "Patient":
        self.opens(f"{clinic.url}/my/").types("Mobile number or e-mail", phone).clicks("Send me a code")
        said = self.page.request.get(f"{clinic.url}/dev/outbox").text()
        self.types("Code", re.search(r"\b(\d{6})\b is your", said)[1]).clicks("Go on")
        return self.reads("My visits")

    def sends(self, file: dict) -> "Patient":
        self.page.set_input_files("input[type=file]", file)
        return self.clicks("Save this picture")


def test_five_views_reach_the_doctor_and_nothing_else_of_the_files_does(var_folder, browser, shots):
    with loaded_demo(var_folder / "photos", clock=MONDAY_MORNING) as clinic:
        with_script = Patient(browser.new_context(viewport=PHONE), "photos-phone", shots)
        takes_four(with_script, clinic)
        without = browser.new_context(
            viewport=PHONE, java_script_enabled=False, storage_state=with_script.page.context.storage_state()
        )
        takes_the_fifth(Patient(without, "photos-plain", shots), clinic)
        doctor = Person(browser.new_context(viewport=DESKTOP), "photos-doctor", shots)
        looks_at_them(doctor, clinic)
        kept = [path.read_bytes() for path in (clinic.var / "media" / "photos").iterdir()]

    assert len(kept) == 5
    assert [content for content in kept if PLACE.encode() in content or len(content) > 1_000_000] == []
    assert (with_script.odd, doctor.odd) == ([], [])


def takes_four(patient, clinic):
    patient.logs_in(clinic, SNEHA).clicks("Photos for my doctor").reads("Photos for your care").look("words")
    patient.page.get_by_text("I agree that the clinic takes and keeps photos").click()
    patient.clicks("Save and go on").reads("0 of 5 taken").look("cards").clicks("Next: Front").look("front")
    patient.sends(NO_PICTURE).reads("This is not a photo that we can open").look("no-picture")
    patient.sends(picture(0)).reads("Front: saved.").reads("Photos · 2 of 5")
    for number, said in ((1, "Photos · 3 of 5"), (2, "Photos · 4 of 5"), (3, "Photos · 5 of 5")):
        patient.sends(picture(number)).reads(said)


def takes_the_fifth(patient, clinic):
    patient.opens(f"{clinic.url}/photos/").clicks("Next: Right side")
    patient.sends(NO_PICTURE).reads("This is not a photo that we can open")
    patient.sends(picture(4)).reads("5 of 5 taken").reads("Now delete them from your phone")


def looks_at_them(doctor, clinic):
    doctor.opens(f"{clinic.url}/staff/login/").types("E-mail", "doctor@clinic.example")
    doctor.types("Password", "demo-clinic-2026").clicks("Log in").clicks("Queue", role="link")
    doctor.page.get_by_role("link", name="Sneha Patil").first.click()
    doctor.reads("5 of 5").look("review").clicks("Look closely, and compare days")
    doctor.reads("nothing to compare with").look("closely")
    doctor.page.wait_for_function("() => [...document.images].every((image) => image.naturalWidth > 1000)")
