"""The link of a message: it knows for whom it was sent, so that trouble can be told without log-in.

One neutral address for everything: it leads to the visits, which ask who is there before they show anything.
It opens nothing by itself, and so it never runs out: a lump may come half a year after the last session.
"""

import base64

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from clinic import outbox
from clinic.models import Patient

SALT = "consultations.services.links"
SIGNS = 10  # of base 32: fifty bits, and short enough for a text message
LONGEST = 40


def link_of(patient: Patient) -> str:
    return outbox.link(reverse("from_message", args=[token_of(patient.pk)]))


def token_of(patient_id: int) -> str:
    return f"{patient_id}-{_signed(patient_id, settings.SECRET_KEY)}"


def patient_of(token: str) -> Patient | None:
    """Whom it was sent to, also after two records of them were merged; None for a link that is not ours."""
    number, _, sign = token.partition("-")
    if len(token) > LONGEST or not (number.isascii() and number.isdecimal() and int(number) < 2**63):
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(sign, _signed(int(number), key)) for key in keys):
        return None
    patient = Patient.objects.select_related("merged_into", "account").filter(pk=int(number)).first()
    return patient and (patient.merged_into or patient)


def _signed(patient_id: int, secret: str) -> str:
    digest = salted_hmac(SALT, str(patient_id), secret=secret, algorithm="sha256").digest()
    return base64.b32encode(digest).decode().lower()[:SIGNS]
