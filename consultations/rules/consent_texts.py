"""What people agree to, in the words they are shown: one document a purpose, two for the injections. A change
of a word is a new release, and the page asks for it anew.

A paragraph may open with a heading of its own, on a line by itself. English stands here; a translation of a
whole document, made by people and read by a clinician who speaks it, goes into TRANSLATED. A document is
offered in a language only when all of it is there: nobody agrees to words that were not on the page.

Drafts until a lawyer and a dermatologist of the clinic have read them. What they rest on:
- Digital Personal Data Protection Act 2023, s. 5 and 6: a notice in plain words before consent, one purpose
  each, how to take it back as easily as it was given, and where to complain.
- Samira Kohli v. Dr Prabha Manchanda, (2008) 2 SCC 1: real consent to a procedure knows its nature, what else
  can be done, the substantial risks, and what follows from saying no; it is the person's own, and for that
  procedure.
- What is said to be limited in the evidence: Sarkar R, Garg VK, Mysore V, position paper on mesotherapy,
  Indian J Dermatol Venereol Leprol 2011;77:232-7; Gupta AK et al., J Dermatolog Treat 2023;34:2245084.
- What can go wrong: the trials of the protocols in treatments/rules/protocols.py (pain, headache); case
  reports of infection, also by slowly growing germs and weeks to months later, lumps, scars and patches
  without hair at the injected places; what the makers write of minoxidil, dutasteride and triamcinolone.
"""

from typing import Any

_ = gettext_noop = str

HEALTH_DATA = "health_data"
PROCEDURE = "procedure"
PROCEDURE_OFF_LABEL = "procedure_off_label"
PHOTOS_CARE = "photos_care"
PHOTOS_TEACHING = "photos_teaching"
PHOTOS_PUBLICATION = "photos_publication"
PHOTOS = (PHOTOS_CARE, PHOTOS_TEACHING, PHOTOS_PUBLICATION)

ORIGINAL = "en"  # the language that the code is written in

PURPOSES = {PROCEDURE_OFF_LABEL: PROCEDURE}
"""Documents whose purpose has another name than they."""

_WHAT_IS_DONE = _(
    "What is done\n"
    "The skin of the scalp is made numb if you wish. Then the dermatologist puts small amounts of what is"
    " named above into the skin, with many fine pricks. You stay for a while, so that we see how you are. A"
    " course is several such sessions, days or weeks apart."
)
_WHAT_IS_KNOWN = _(
    "What is known about it\n"
    "It is meant to slow the loss of hair or to make hair thicker. The evidence is limited: few studies, most"
    " of them small, and dermatologists in India who read them found them not enough. It may do nothing for"
    " you. What it does differs from person to person and can fade when the sessions end. Nobody can tell you"
    " beforehand."
)
_OFF_LABEL = _(
    "Used for something it is not licensed for\n"
    "What is named above is licensed for another use, as a tablet or a lotion for instance, and not to be"
    " injected into the scalp. A doctor may use it like this after weighing it with you; less is known about"
    " it than about the licensed use. This is called off-label use."
)
_WHAT_ELSE = _(
    "What else can be done\n"
    "There are lotions and tablets that have been studied more, treatment of a cause where there is one, such"
    " as low iron or the thyroid, surgery for some, and covering the hair loss. Doing nothing is a choice,"
    " too: some kinds of hair loss go on slowly, others get better by themselves. Ask which of these are for"
    " you. You need not decide today."
)
_COMMON = _(
    "What many people have for some days\n"
    "Pain, small bleeding, bruises, redness, itching, a tender scalp, swelling of the forehead or around the"
    " eyes, headache. More hair may fall for some weeks."
)
_SERIOUS = _(
    "What is rare, and serious\n"
    "An allergy, which can need emergency treatment at once. Fainting. Infection. Lumps. Sores, or skin that"
    " dies at the place. Scars. Loss of hair at the injected places, which may stay.\n"
    "What is injected can reach the rest of the body. Minoxidil: a fast heart, low blood pressure, swelling,"
    " hair in other places. Dutasteride: effects on sex life, mood and breasts, also after the end, and harm"
    " to an unborn child. Triamcinolone: thin or pale skin and dents at the place. Numbing medicine:"
    " dizziness, a fast or irregular heart, fits when it is too much."
)
_LATE = _(
    "What can come late\n"
    "An infection can show weeks to months after a session, and so can lumps, scars and patches without hair."
    " Tell us of anything odd at the places, however long ago the session was: “Something’s wrong?” stands on"
    " every page."
)
_RIGHT = _(
    "Your right to say no\n"
    "You can say no, take time to think, stop in the middle of a session, or take this agreement back, at any"
    " time and without a reason: on your own page, in the clinic or by phone. We look after you as before."
    " What was done and written down until then is kept. Only you can agree for yourself; nobody in your"
    " family can."
)
_PROCEDURE = (
    _WHAT_IS_DONE, _WHAT_IS_KNOWN, _WHAT_ELSE, _COMMON, _SERIOUS, _LATE, _RIGHT
)  # fmt: skip
_I_WANT_THEM = _("I have understood this, my questions were answered, and I want the injections.")
_BACK_AGAIN = _(
    "Taking it back\n"
    "Your choice: nothing in your care hangs on it. You can take it back at any time, without a reason: on"
    " your own page, in the clinic or by phone."
)
_COMPLAINTS = _(
    "Not content with how we handle what we keep about you? Tell us in the clinic. You can also complain to"
    " the Data Protection Board of India."
)

CONSENT_TEXTS: dict[str, dict[str, Any]] = {
    HEALTH_DATA: {
        "title": _("Before the first question"),
        "paragraphs": (
            _("We would like to ask about your scalp, your health and medicines, and keep your answers."),
            _("What for: so that a dermatologist sees what is right for you, and what is not."),
            _(
                "Who reads them: the dermatologists and nurses of this clinic. The desk sees times and names,"
                " never an answer. We sell nothing and show nothing to others; the law may oblige us in rare"
                " cases."
            ),
            _("How long: as long as the law asks a clinic to keep its records."),
            _(
                "You may leave out any question by choosing that you are not sure, or would rather tell the"
                " doctor. You can read and correct your answers, and take this agreement back at any time: on"
                " your own page, in the clinic or by phone. You can also say no now and talk to the doctor"
                " instead."
            ),
            _COMPLAINTS,
        ),
        "sentence": _("I agree that the clinic keeps my answers about my health for my care."),
    },
    PROCEDURE: {
        "title": _("Before the injections"),
        "paragraphs": _PROCEDURE,
        "sentence": _I_WANT_THEM,
    },
    PROCEDURE_OFF_LABEL: {
        "title": _("Before the injections"),
        "paragraphs": (*_PROCEDURE[:2], _OFF_LABEL, *_PROCEDURE[2:]),
        "sentence": _I_WANT_THEM,
    },
    PHOTOS_CARE: {
        "title": _("Photos for your care"),
        "paragraphs": (
            _(
                "What for\n"
                "Photos of your scalp let the doctor compare: how it was, how it is. They are part of your"
                " record."
            ),
            _(
                "Who sees them\n"
                "Dermatologists and nurses of this clinic, and you. The desk does not. You can ask that only"
                " people of your own sex look at them. Your face need not be on them."
            ),
            _(
                "How long\n"
                "As long as the law asks a clinic to keep its records. Took them with your own phone? Delete"
                " them from your gallery once they are sent."
            ),
            _BACK_AGAIN,
            _COMPLAINTS,
        ),
        "sentence": _("I agree that the clinic takes and keeps photos of my scalp for my care."),
    },
    PHOTOS_TEACHING: {
        "title": _("Photos for teaching"),
        "paragraphs": (
            _(
                "What for\n"
                "Doctors and nurses learn from pictures. We would show photos of your scalp inside the"
                " clinic, or in lessons, without your name and without your face."
            ),
            _(
                "What to know\n"
                "Somebody who knows you well may know you all the same. Once you take this back we show them"
                " no more; what people have seen they have seen."
            ),
            _BACK_AGAIN,
            _COMPLAINTS,
        ),
        "sentence": _("I agree that photos of my scalp, without name and face, are shown for teaching."),
    },
    PHOTOS_PUBLICATION: {
        "title": _("Photos for publication"),
        "paragraphs": (
            _(
                "What for\n"
                "Medical journals, books and talks show pictures, so that others learn. It would be without"
                " your name and without your face, and never as an advertisement."
            ),
            _(
                "What to know\n"
                "What is printed or on the internet can be copied, and we cannot call it back. Somebody who"
                " knows you well may know you. Take this back, and we hand out nothing more from that day on."
            ),
            _BACK_AGAIN,
            _COMPLAINTS,
        ),
        "sentence": _(
            "I agree that photos of my scalp, without name and face, are published for medical use."
        ),
    },
}

TRANSLATED: dict[str, dict[str, dict[str, Any]]] = {}
"""{language: {document: its text}}"""


def purpose_of(document: str) -> str:
    return PURPOSES.get(document, document)


def has_words(document: str, language: str) -> bool:
    return language == ORIGINAL or document in TRANSLATED.get(language, {})


def offered_language(document: str, language: str) -> str:
    """Return the language that a page for somebody who reads `language` shows the document in."""
    return language if has_words(document, language) else ORIGINAL


def consent_content(document: str, language: str = ORIGINAL) -> dict[str, Any]:
    """Return what a release keeps of the words. KeyError where they don't exist in this language."""
    texts = CONSENT_TEXTS if language == ORIGINAL else TRANSLATED[language]
    text = texts[document]
    return {
        "purpose": purpose_of(document),
        "language": language,
        "title": text["title"],
        "paragraphs": list(text["paragraphs"]),
        "sentence": text["sentence"],
    }


def release_code(document: str, language: str) -> str:
    """Names the series of releases that a document has in one language."""
    return f"{document}-{language}"
