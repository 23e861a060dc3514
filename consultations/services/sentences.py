"""What the patient reads about a decision. The doctor sees it beside each choice before signing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from clinic import formats
from clinic.models import Patient
from consultations.models import Screening
from consultations.models.decisions import ALLOWS_TREATMENT, Verdict
from consultations.rules.candidacy import rules_from, words_of
from consultations.services.decisions import blocking_items


@dataclass(frozen=True, kw_only=True)
class Told:
    """The parts of a decision that the patient reads."""

    verdict: str
    defer_until: date | None = None
    conditions: str = ""
    own_words: str = ""


def patient_text(told: Told, *, screening: Screening, today: date) -> str:
    """Return the whole text in the patient's language. Without a date or conditions it says where they go."""
    with translation.override(_language(screening.patient)):
        reasons = [] if told.verdict in ALLOWS_TREATMENT else _reasons(screening, today)
        keeps = _("Please keep taking every medicine that a doctor has prescribed for you.")
        parts = (_beginning(told), *reasons, told.own_words.strip(), keeps)
        return " ".join(part for part in parts if part)


def _language(patient: Patient) -> str:
    finished = dict(settings.LANGUAGES)
    return patient.language_read if patient.language_read in finished else settings.LANGUAGE_CODE


def _beginning(told: Told) -> str:
    day = formats.day_with_year(told.defer_until) if told.defer_until else _("[the date above]")
    texts = {
        Verdict.SUITABLE: _(
            "The dermatologist has read your answers and sees nothing against treatment at present. "
            "What happens next is agreed with you at the visit."
        ),
        Verdict.WITH_CONDITIONS: _(
            "The dermatologist has read your answers. Treatment is possible on "
            "these conditions: %(conditions)s"
        )
        % {"conditions": _sentence(told.conditions) or _("[the conditions above].")},
        Verdict.NEEDS_TESTS: _(
            "The dermatologist would like to see test results before deciding. "
            "The clinic will tell you which tests and where."
        ),
        Verdict.DEFER: _(
            "Not now: the dermatologist would like to wait until %(day)s, "
            "and then look at your answers again."
        )
        % {"day": day},
        Verdict.NOT_SUITABLE: _(
            "Not now: the dermatologist does not advise scalp injections for you at present. "
            "You are welcome to talk about other ways to help."
        ),
        Verdict.REFER: _(
            "The dermatologist would like another doctor to see you first. "
            "The clinic will tell you whom, and helps with the appointment."
        ),
    }
    return texts[Verdict(told.verdict)]


def _sentence(words: str) -> str:
    words = words.strip()
    return words if not words or words.endswith((".", "!", "?", "।")) else f"{words}."


def _reasons(screening: Screening, today: date) -> Iterable[str]:
    """Return the rules' own words to patients for whatever blocks or waits, each once."""
    rules = rules_from(screening.rules.content)
    found = blocking_items(screening, today)
    words = (words_of(rules, item["id"], item["clause"]).patient for item in found)
    return dict.fromkeys(_(text) for text in words if text)
