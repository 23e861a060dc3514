"""What people agree to, in the words they are shown. A change of a word is a new release."""

from typing import Any

_ = gettext_noop = str

HEALTH_DATA = "health-data"

HEALTH_DATA_TITLE = _("Before the first question")
HEALTH_DATA_PARAGRAPHS = (
    _("We would like to ask about your scalp, your health and your medicines, and keep your answers."),
    _("What for: so that a dermatologist can see what is right for you, and what is not, before you meet."),
    _(
        "Who reads them: the dermatologists and nurses of this clinic. The front desk sees times and names, "
        "never an answer. We sell nothing and show nothing to anybody else; the law may oblige us in rare cases."
    ),
    _("How long: as long as the law asks a clinic to keep its records."),
    _(
        "You may leave out any question by choosing that you are not sure, or that you would rather tell the "
        "doctor. You can read and correct your answers, and take this agreement back at any time: tell us in "
        "the clinic or on the phone. You can also say no now and talk to the doctor instead."
    ),
)
HEALTH_DATA_SENTENCE = _("I agree that the clinic keeps my answers about my health for my care.")


def consent_content(code: str) -> dict[str, Any]:
    """What a Release keeps of the words."""
    if code != HEALTH_DATA:
        raise KeyError(code)
    return {
        "title": HEALTH_DATA_TITLE,
        "paragraphs": list(HEALTH_DATA_PARAGRAPHS),
        "sentence": HEALTH_DATA_SENTENCE,
    }
