"""Text messages: over HTTP to the gateway in SMS_GATEWAY_URL, in the demo into a file.

The gateway is asked by POST with JSON {"to", "text"} and the header Idempotency-Key. It answers 2xx with
{"id"}, or 4xx/5xx with {"error": code}. The same key again is the same message.
"""

import functools
import logging
import re
import ssl

import httpx
from django.conf import settings

from clinic.channels import Answer, Envelope, Outcome, mailbox

HAS_KEYS = True
TIMEOUT = httpx.Timeout(10, connect=5)
TRY_AGAIN = {408, 425, 429}

logging.getLogger("httpx").setLevel(
    logging.WARNING
)  # at INFO it logs the gateway's address with whatever is in it


def send(envelope: Envelope) -> Answer:
    if settings.SMS_GATEWAY_URL:
        return send_to_gateway(envelope)
    if settings.DEMO:
        return mailbox.send_text(envelope)
    return Answer(Outcome.TEMPORARY, error_code="no_gateway")


def send_to_gateway(envelope: Envelope) -> Answer:
    headers = {"Idempotency-Key": envelope.key}
    if settings.SMS_GATEWAY_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_GATEWAY_TOKEN}"
    try:
        with httpx.Client(timeout=TIMEOUT, verify=_trusted()) as client:
            answer = client.post(
                settings.SMS_GATEWAY_URL,
                json={"to": envelope.address, "text": envelope.text},
                headers=headers,
            )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        return Answer(Outcome.TEMPORARY, error_code="unreachable")
    except httpx.TransportError:
        return Answer(Outcome.UNKNOWN, error_code="no_answer")
    return read_answer(answer)


def read_answer(answer: httpx.Response) -> Answer:
    if answer.is_success:
        return Answer(Outcome.ACCEPTED, provider_id=_field(answer, "id", 120))
    code = _field(answer, "error", 32) or f"http_{answer.status_code}"
    if answer.is_server_error or answer.status_code in TRY_AGAIN:
        return Answer(Outcome.TEMPORARY, error_code=code)
    return Answer(Outcome.PERMANENT, error_code=code)


def _field(answer: httpx.Response, name: str, longest: int) -> str:
    """A code and nothing else: what a gateway writes in prose may quote the number or the text."""
    try:
        value = answer.json()[name]
    except (ValueError, KeyError, TypeError):
        return ""
    return (
        value if isinstance(value, str) and re.fullmatch(rf"[\w.:-]{{1,{longest}}}", value, re.ASCII) else ""
    )


@functools.cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()
