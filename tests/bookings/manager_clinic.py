"""A manager at the small clinic of patient_clinic.py, and what they type."""

import re

import pytest
from django.urls import reverse

from tests import builders
from tests.bookings.patient_clinic import hidden


@pytest.fixture
def manager(client, at_now):
    user = builders.staff(role="manager", name="Arun Shetty")
    client.force_login(user)
    client.user = user
    return client


def address(name, *args):
    return reverse(f"manage_{name}", args=args)


def fields_of(page, form="form"):
    """What the form of a page would send, changed or not."""
    bound = page.context[form]
    sent = {box.html_name: box.value() for box in bound}
    return {name: _sent(value) for name, value in sent.items() if value is not None and value is not False}


def _sent(value):
    if value is True:
        return "on"
    return f"{value:%H:%M}" if hasattr(value, "hour") else value


def send(client, url, **changes):
    """Open the page, change these boxes, send it; None leaves a box out."""
    page = client.get(url)
    sent = fields_of(page) | {"seen": hidden(page, "seen")} | changes
    return client.post(url, {name: value for name, value in sent.items() if value is not None})


def errors_of(response):
    """The words of the summary at the top."""
    body = response.content.decode()
    summary = re.search(r'<div class="error-summary".*?</div>', body, flags=re.S)
    return re.sub(r"<[^>]+>", " ", summary.group()) if summary else ""
