"""What people agree to, in the words they are shown: one text a purpose. A change of a word is a new release.

Drafts until a lawyer and a dermatologist of the clinic have read them. They follow the Digital Personal Data
Protection Act 2023 (notice in plain words before consent) and Samira Kohli v. Dr Prabha Manchanda, (2008) 2
SCC 1 (what consent to a procedure rests on).
"""

from typing import Any

_ = gettext_noop = str

HEALTH_DATA = "health_data"
PROCEDURE = "procedure"

CONSENT_TEXTS: dict[str, dict[str, Any]] = {
    HEALTH_DATA: {
        "title": _("Before the first question"),
        "paragraphs": (
            _("We would like to ask about your scalp, your health and medicines, and keep your answers."),
            _("What for: so that a dermatologist sees what is right for you, and what is not."),
            _(
                "Who reads them: the dermatologists and nurses of this clinic. The desk sees times and"
                " names, never an answer. We sell nothing and show nothing to others; the law may oblige us"
                " in rare cases."
            ),
            _("How long: as long as the law asks a clinic to keep its records."),
            _(
                "You may leave out any question by choosing that you are not sure, or would rather tell the"
                " doctor. You can read and correct your answers, and take this agreement back at any time:"
                " tell us in the clinic or by phone. You can also say no now and talk to the doctor instead."
            ),
        ),
        "sentence": _("I agree that the clinic keeps my answers about my health for my care."),
    },
    PROCEDURE: {
        "title": _("Before the injections"),
        "paragraphs": (
            _("The doctor explained what is injected, where, how often, and what could be done instead."),
            _("The evidence for this treatment is limited. It may not work for you, and results vary."),
            _(
                "Pain, bruises, swelling of the forehead and headache are common. Infection, lumps, scars and"
                " loss of hair at the injected places have been reported, also months later."
            ),
            _("You can say no, or take this agreement back, at any time and without giving a reason."),
        ),
        "sentence": _("I have understood this, my questions were answered, and I want the injections."),
    },
}


def consent_content(purpose: str) -> dict[str, Any]:
    """Return what a release keeps of the words."""
    text = CONSENT_TEXTS[purpose]
    return {**text, "paragraphs": list(text["paragraphs"])}
