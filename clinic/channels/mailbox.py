"""The demo's gateway: a folder with a file for each message, shown by /dev/outbox. Nothing leaves the house.

One file for each key and never written twice, as a gateway with idempotency keys behaves.
"""

import json
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.dateparse import parse_datetime

from clinic import clock
from clinic.channels import ACCEPTED, Answer, Envelope

NEWEST = 200


@dataclass(frozen=True, slots=True)
class Posted:
    key: str
    channel: str
    address: str
    title: str
    text: str
    at: str  # of the demo clock

    @property
    def posted_at(self):
        return parse_datetime(self.at)


def folder() -> Path:
    return settings.VAR / "outbox"


def send_text(envelope: Envelope) -> Answer:
    post(key=envelope.key, channel="sms", address=envelope.address, title="", text=envelope.text)
    return ACCEPTED


def post(*, key: str, channel: str, address: str, title: str, text: str) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    whole = folder() / f".{key}.{os.getpid()}.{uuid.uuid4().hex}"
    posted = Posted(key, channel, address, title, text, clock.now().isoformat())
    whole.touch(mode=0o600, exist_ok=False)
    whole.write_text(json.dumps(asdict(posted)))
    try:
        (folder() / f"{key}.json").hardlink_to(whole)  # fails where the key was used: the first one stands
    except FileExistsError:
        pass
    finally:
        whole.unlink()


def newest(most: int = NEWEST) -> list[Posted]:
    """Newest first, in the order in which the files appeared: the demo's clock may jump."""
    files = [(file.stat().st_mtime_ns, file) for file in folder().glob("[!.]*.json")]
    return [read(file) for _, file in sorted(files, reverse=True)[:most]]


def read(file: Path) -> Posted:
    return Posted(**json.loads(file.read_text()))


class EmailBackend(BaseEmailBackend):
    """Every e-mail of the demo, also those that Django or allauth send by themselves."""

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        for message in email_messages:
            given = message.extra_headers.get("Message-ID", "").strip("<>").partition("@")[0]
            for address in message.recipients():
                post(
                    key=given or uuid.uuid4().hex,
                    channel="email",
                    address=address,
                    title=message.subject,
                    text=message.body,
                )
        return len(email_messages)
