"""Agreeing: to which words, about what, when, by whom, from where, in what language, how it was signed.

Taking back is withdrawals.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.models import Location, Patient, User
from clinic.models.releases import ReleaseKind
from clinic.services.locks import lock_patient
from clinic.services.releases import current_release, sha256_of
from consultations import refusals
from consultations.models import Consent
from consultations.models.consents import Signed
from consultations.rules import consent_texts
from consultations.rules.consent_texts import HEALTH_DATA, ORIGINAL, PROCEDURE, consent_content
from consultations.rules.signatures import is_drawing
from consultations.services.changes import patient_changed


@dataclass(frozen=True, kw_only=True)
class Signing:
    """How somebody said yes, and from where. `signature`: the typed name, or the path that was drawn."""

    signed: str = Signed.TICKED
    signature: str = ""
    witness: str = ""
    is_read_over: bool = False
    place: Location | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        """Forms explain what is missing; past them it is a mistake of the code."""
        drawn, typed = self.signed == Signed.DRAWN, self.signed == Signed.TYPED
        if drawn and not is_drawing(self.signature):
            raise ValueError("not a drawn signature")
        if (typed and not self.signature) or (self.signed == Signed.THUMB and not self.witness):
            raise ValueError("a typed name or a witness is missing")


BY_LOG_IN = Signing()


def words_hash(document: str, language: str = ORIGINAL) -> str:
    """Names the words that a page shows; comes back with the agreement."""
    return sha256_of(consent_content(document, language))


def key_of(about: Mapping[str, Any] | None) -> str:
    """Names what an agreement to a procedure is bound to; empty where nothing is."""
    return sha256_of(about) if about else ""


def agree_to_health_data(
    *,
    patient: Patient,
    shown: str,
    language: str,
    by: User | None,
    now: datetime,
    signing: Signing = BY_LOG_IN,
) -> Consent:
    words = {"purpose": HEALTH_DATA, "shown": shown, "language": language}
    return agree(patient=patient, by=by, now=now, signing=signing, **words)


def agree(
    *,
    patient: Patient,
    purpose: str,
    shown: str,
    language: str,
    by: User | None,
    now: datetime,
    about: Mapping[str, Any] | None = None,
    document: str = "",
    signing: Signing = BY_LOG_IN,
) -> Consent:
    """Write down the agreement to the words whose hash is `shown`; twice is once. Raises WordsChanged.

    `language` is that of the words. Agreeing to new words ends the agreement to the old ones about the same.
    """
    document = document or purpose
    if consent_texts.purpose_of(document) != purpose or (purpose == PROCEDURE) != bool(about):
        raise ValueError("these words are not about this")
    content = _words_on_the_page(document, language, shown)
    code = consent_texts.release_code(document, language)
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        release = current_release(kind=ReleaseKind.CONSENT, code=code, content=content, now=now)
        bound = {"purpose": purpose, "about_key": key_of(about)}
        standing = Consent.objects.filter(patient=locked, withdrawn_at=None, **bound)
        if found := standing.filter(release=release).first():
            return found
        standing.update(withdrawn_at=now, withdrawn_by=by)
        consent = Consent.objects.create(
            patient=locked, release=release, language=language, given_at=now, given_by=by,
            about=about or {}, **bound, **_fields_of(signing),
        )  # fmt: skip
        _note(consent, by, now)
        patient_changed(locked, by=by, now=now)
        return consent


def _words_on_the_page(document: str, language: str, shown: str) -> dict[str, Any]:
    """Nobody agrees in a language whose words were not there to read."""
    if not consent_texts.has_words(document, language):
        raise refusals.WordsChanged
    content = consent_content(document, language)
    if shown != sha256_of(content):
        raise refusals.WordsChanged
    return content


def _fields_of(signing: Signing) -> dict[str, Any]:
    return {field.name: getattr(signing, field.name) for field in fields(signing)}


def _note(consent: Consent, by: User | None, now: datetime) -> None:
    subject, purpose, signed = f"consent:{consent.pk}", str(consent.purpose), str(consent.signed)
    audit.record(
        by=by, action="consent_given", subject=subject, patient=consent.patient, now=now, purpose=purpose,
        signed=signed,
    )  # fmt: skip
