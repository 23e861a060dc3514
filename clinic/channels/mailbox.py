"""The demo's gateway: a folder with a file for each message, shown by /dev/outbox. Nothing leaves the house.

One file for each key and never written twice, as a gateway with idempotency keys behaves.
"""

import json
import os
import re
import uuid
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.dateparse import parse_datetime

from clinic import clock
from clinic.channels import ACCEPTED, Answer, Envelope

NEWEST = 200
KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that went with an e-mail; its content in base64, for it lies in the message's own file."""

    name: str
    kind: str
    content: str

    @property
    def octets(self) -> bytes:
        return b64decode(self.content)


@dataclass(frozen=True, slots=True)
class Posted:
    key: str
    channel: str
    address: str
    title: str
    text: str
    at: str  # of the demo clock
    files: list[Attached] = field(default_factory=list)

    @property
    def posted_at(self):
        return parse_datetime(self.at)


def folder() -> Path:
    return settings.VAR / "outbox"


def send_text(envelope: Envelope) -> Answer:
    post(key=envelope.key, channel="sms", address=envelope.address, title="", text=envelope.text)
    return ACCEPTED


def post(
    *, key: str, channel: str, address: str, title: str, text: str, files: Sequence[Attached] = ()
) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    whole = folder() / f".{key}.{os.getpid()}.{uuid.uuid4().hex}"
    posted = Posted(key, channel, address, title, text, clock.now().isoformat(), list(files))
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
    written = json.loads(file.read_text())
    files = [Attached(**one) for one in written.pop("files", ())]
    return Posted(**written, files=files)


def attached(key: str, number: int) -> Attached | None:
    """The file of that number, from 0, of one message."""
    file = folder() / f"{key}.json"
    if not KEY.fullmatch(key) or not file.is_file():
        return None
    files = read(file).files
    return files[number] if number < len(files) else None


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
                    files=_files(message),
                )
        return len(email_messages)


def _files(message: EmailMessage) -> list[Attached]:
    """Those given by name, content and type, as all of ours are."""
    given = (one for one in message.attachments if isinstance(one, tuple))
    return [
        Attached(
            name or "file",
            kind or "application/octet-stream",
            b64encode(content.encode() if isinstance(content, str) else content).decode(),
        )
        for name, content, kind in given
    ]
