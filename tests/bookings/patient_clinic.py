"""A small clinic, a clock that starts at NOW, and a browser, for tests of the patients' pages."""

import re
from datetime import datetime
from html import unescape
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from clinic import clock
from clinic.channels import mailbox
from clinic.models import Location
from tests import builders
from tests.builders import NOW

IST = ZoneInfo("Asia/Kolkata")
PHONE = "+919845012345"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=IST)


def carried(text: str) -> str:
    """A local time as the pages' buttons carry it."""
    return local(text).astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%MZ")


@pytest.fixture
def at_now(settings, tmp_path):
    """The clock starts at NOW (Monday, 10:00 in Bengaluru) and runs; the mailbox is this test's own."""
    settings.VAR = tmp_path
    clock.start_at(tmp_path / clock.NAME, NOW)
    return tmp_path


def set_clock(folder, moment: datetime) -> None:
    clock.start_at(folder / clock.NAME, moment)


@pytest.fixture
def place(at_now):
    """One open location, two rooms and chairs, one dermatologist for consultations and sessions."""
    location = builders.a_location(name="Lakeview, Indiranagar")
    Location.objects.filter(pk=location.pk).update(area="Indiranagar")
    for _ in range(2):
        builders.a_room(location=location)
        builders.a_chair(location=location)
    consultation = builders.consultation_type(name="First consultation")
    session = builders.session_type()
    doctor = builders.a_practitioner(location=location, qualified=[consultation, session], name="Dr Rao")
    return SimpleNamespace(location=location, consultation=consultation, session=session, doctor=doctor)


def text_of(response) -> str:
    """What stands on the page, without tags, in single spaces."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def hidden(response, name: str) -> str:
    """The value of the first hidden field of that name."""
    body = response.content.decode()
    return re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', body).group(1)


def buttons(response, name: str) -> list[str]:
    return re.findall(rf'<button[^>]* name="{name}" value="([^"]*)"', response.content.decode())


def newest_code() -> str:
    texts = [posted.text for posted in mailbox.newest()] + [mailed.body for mailed in mail.outbox[::-1]]
    return re.search(r"\b[0-9]{6}\b", texts[0]).group()


def tap(client, starts: str, **fields):
    return client.post("/book/", {"starts": carried(starts), **fields})


def give_details(client, **fields):
    key = hidden(client.get("/book/details/"), "key")
    typed = {"name": "Asha Nair", "phone": "98450 12345", "key": key} | fields
    return client.post("/book/details/", typed)


def enter_code(client, code: str | None = None):
    return client.post("/book/code/", {"code": code or newest_code()})


def more_doctors(place, count=3):
    for _ in range(count):
        builders.a_practitioner(location=place.location, qualified=[place.consultation, place.session])
