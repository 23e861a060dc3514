"""E-mail through Django's mail backend.

SMTP knows no idempotency keys: the Message-ID is made of the key, so that two copies are recognised as one by
readers that look at it, and by people in any case.
"""

import contextlib
import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from clinic.channels import ACCEPTED, Answer, Envelope, Outcome

HAS_KEYS = False
GONE_FOR_GOOD = range(500, 600)


def send(envelope: Envelope) -> Answer:
    connection = get_connection()
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        return Answer(Outcome.TEMPORARY, error_code="log_in_refused")  # ours to mend, not the address's fault
    except OSError:  # smtplib's errors are OSErrors too
        return Answer(Outcome.TEMPORARY, error_code="unreachable")
    try:
        connection.send_messages([compose(envelope)])
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(min(code for code, _ in error.recipients.values()))
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code)
    except OSError:
        return Answer(Outcome.UNKNOWN, error_code="no_answer")
    finally:
        _close(connection)
    return ACCEPTED


def compose(envelope: Envelope) -> EmailMessage:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    return EmailMessage(
        subject=envelope.title,
        body=envelope.text,
        to=[envelope.address],
        headers={"Message-ID": f"<{envelope.key}@{domain}>", "Auto-Submitted": "auto-generated"},
    )


def _refused(code: int) -> Answer:
    outcome = Outcome.PERMANENT if code in GONE_FOR_GOOD else Outcome.TEMPORARY
    return Answer(outcome, error_code=f"smtp_{code}")


def _close(connection) -> None:
    with contextlib.suppress(OSError):  # handed over or not: a clumsy good-bye changes neither
        connection.close()
