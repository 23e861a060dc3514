"""No text of ours, in any language, tells anybody to leave off a medicine, and none promises anything.

Every text is read: pages, messages, rules, questions, agreements, scripts, translations. A text that holds
such a word for another reason stands in the list of exceptions, with the reason; whoever adds one gives it.
"""

import re

import pytest
from django.conf import settings

from tests.every_text import ENGLISH, every_text

# Words by language: who offers a language writes here what must not be said in it.
LEAVING_OFF = {
    ENGLISH: re.compile(
        r"\b(stop|stops|stopping|stopped|pause[sd]?|pausing|avoid(s|ed|ing)?|discontinu\w*|quit|skip(s|ped|ping)?|"
        r"leave off|leaving off|come off|coming off|halt|withhold|withdraw from|cut down|give up|miss a dose|"
        r"do not take|do not use|don[’']t take|don[’']t use|no longer take|refrain)\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
PROMISES = {
    ENGLISH: re.compile(
        r"\b(safe|safely|safest|eligible|approved for you|suitable for you|guarantee\w*|regrow\w*|re-grow\w*|"
        r"new hair|hair growth|hair grows|grows? back|cures?|cured|curing|permanent\w*|painless\w*|pain-free|"
        r"(no|without|free of) side[ -]effects?|risk-free|best|finest|fastest|miracle\w*|proven|assured?|"
        r"successful\w*|works for everyone|clinically tested)\b|100 ?(%|per ?cent)",
        re.IGNORECASE,
    ),
}

A_FORM = "about filling in a form, or moving about on a page"
A_COURSE = "a state of the clinic's own course or session, not of a medicine"
A_HABIT = "asks about meals"
A_CLOCK = "about the hour that a change of clocks leaves out"
A_LIST = "about waiting for an earlier time"
A_RIGHT = "consent may be taken back in the middle of a session: that is a right, not advice on a medicine"
OURS = "what the clinic itself does not inject, for an allergy"
A_DAY = "which day fits a course, not how good a treatment is"
ADVICE = "advice on a person, a place or a light; nothing is said of a treatment"

# A course on hold: its times are given back, and nothing is said of what anybody takes.
PAUSES = (
    "The doctor asked for this pause, and decides when it ends. Please ask the clinic.",
    "This course has ended. There is nothing left to pause.",
    "This course is not paused any more. Please look again.",
    "Still paused: ask again on",
    "What is paused",
    "That is more than half a year. Please pause the course instead.",
    "Choose what is paused.",
    "paused for %(n)s days: ask",
    "Goes on, or still paused…",
    "goes on after a pause: no time yet",
    "Nothing is paused any more. This time is somebody else's by now, so it needs another: %(times)s.",
    "Nothing is paused any more. These times are somebody else's by now and need others: %(times)s.",
    "Undone: it is paused as it was before.",
    "Undone: nothing is paused, and every time is as it was.",
    "paused for %(n)s days",
    "Pause…",
    "Paused since %(since)s",
    "Paused since",
    "Pause, or go on after a pause…",
    "Pause",
    "Paused. The times are given back.",
    "Pause for %(name)s",
    "No time is booked. While it is paused nothing is booked and nobody is reminded.",
    "No course is under way here, so there is nothing to pause.",
    "Pause for",
    "Pause the course",
    "The doctor asked for this pause and says when it goes on. We tell you then.",
    "Your course is paused",
    "Paused. Your times are given back.",
    "Make it the doctor's pause",
    "Paused by a doctor: does it go on?",
    "paused since %(since)s",
    "The pause",
    "paused since",
    "paused since %(day)s",
)

# The whole text, and why the word may stand in it.
MAY_STAND = {
    **dict.fromkeys(PAUSES, A_COURSE),
    "Skip to the content": A_FORM,
    "Skip the days, to the times": A_FORM,
    "Every answer is kept as you give it: you can stop and go on whenever you like.": A_FORM,
    "About five minutes. Every answer is kept as you give it: you can stop and go on whenever you like. "
    "Have the strips or bottles of your medicines at hand.": A_FORM,
    "Do you often skip meals?": A_HABIT,
    "Skips meals": A_HABIT,
    "Stopped early": A_COURSE,
    "stopped early": A_COURSE,
    "paused": A_COURSE,
    "stop the course": A_COURSE,
    "This course is paused until somebody resumes it.": A_COURSE,
    "Stop waiting": A_LIST,
    "You can say no, and stop waiting, whenever you like.": A_LIST,
    "The clock skipped this time on that day. Please check it.": A_CLOCK,
    "You told us of an allergy to something in it, so we do not use it for you.": OURS,
    "Your right to say no\nYou can say no, take time to think, stop in the middle of a session, or take this "
    "agreement back, at any time and without a reason: on your own page, in the clinic or by phone. We look "
    "after you as before. What was done and written down until then is kept. Only you can agree for "
    "yourself; nobody in your family can.": A_RIGHT,
    ", best": A_DAY,
    "best": A_DAY,
    "Best on %(target)s, from %(first)s to %(last)s.": A_DAY,
    "from %(first)s, best %(target)s, by %(last)s": A_DAY,
    "%(whose)s: best, days": A_DAY,
    "Days since the one before: never before · earliest · best · latest": A_DAY,
    "Somebody who saw it, best a relative or friend: not the nurse or doctor who is with you.": ADVICE,
    "The same place, light and distance each time. Daylight at a window is best, without flash.": ADVICE,
}


def judged(texts, forbidden):
    """Return the texts that hold a forbidden word of their language, or of English, and are no exception."""
    return [
        f"{one.where}: {one.words}"
        for one in texts
        if one.words not in MAY_STAND
        and any(forbidden[of].search(one.words) for of in {one.language, ENGLISH})
    ]


def test_no_text_tells_anybody_to_leave_off_a_medicine():
    assert judged(every_text(), LEAVING_OFF) == []


def test_no_text_promises_anything():
    assert judged(every_text(), PROMISES) == []


def test_every_exception_has_a_reason_and_is_still_needed():
    held = {one.words for one in every_text()}
    needless = [
        words
        for words, reason in MAY_STAND.items()
        if not reason
        or words not in held
        or not (LEAVING_OFF[ENGLISH].search(words) or PROMISES[ENGLISH].search(words))
    ]

    assert needless == []


def test_no_exception_speaks_of_a_medicine_to_leave_off():
    medicine = re.compile(r"\b(aspirin|thinner|warfarin|finasteride|minoxidil|insulin|steroid|dose)\b", re.I)

    assert [
        words for words in MAY_STAND if LEAVING_OFF[ENGLISH].search(words) and medicine.search(words)
    ] == []


def test_every_language_offered_or_begun_has_its_words():
    offered = {code for code, _name in settings.LANGUAGES}
    written = {one.language for one in every_text()}

    assert (offered | written) - set(LEAVING_OFF) == set()
    assert set(LEAVING_OFF) == set(PROMISES)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("/rules/rules/R-38", "Please keep taking your blood thinner exactly as prescribed."),
        ("/questionnaire", "Are you pregnant?"),
        ("/signs", "a new lump on the scalp, also months later"),
        ("/agreements", "I agree"),
        ("/answers", "Please answer this question."),
        ("clinic/rules/message_texts.py", ""),
        ("consultations/services/sentences.py", "Please keep taking every medicine"),
        ("bookings/", ""),
        ("treatments/", ""),
        ("templates/base.html", "content"),
        ("templates/components/", ""),
        ("static/", ""),
    ],
)
def test_texts_of_every_kind_are_read(start, words):
    assert [one for one in every_text() if one.where.startswith(start) and words in one.words] != []


# The checks can fail


@pytest.mark.parametrize(
    "words",
    [
        "Please stop your tablets.",
        "Avoid aspirin for a week",
        "pause it for a week",
        "Skip the evening dose.",
        "You may leave off finasteride",
        "discontinue minoxidil",
        "Quit the pill.",
        "Do not take it that day.",
        "We advise coming off blood thinners.",
        "Give up your supplements.",
    ],
)
def test_the_check_on_medicines_can_fail(words):
    assert LEAVING_OFF[ENGLISH].search(words)


@pytest.mark.parametrize(
    "words",
    [
        "This is safe.",
        "Hair regrows",
        "guaranteed",
        "a painless cure",
        "100 % natural",
        "The best treatment",
        "no side effects",
        "Growth of new hair",
        "permanent results",
        "You are eligible.",
        "Clinically proven",
        "Your hair grows back",
    ],
)
def test_the_check_on_promises_can_fail(words):
    assert PROMISES[ENGLISH].search(words)


@pytest.mark.parametrize(
    "words",
    [
        "Please keep taking your aspirin as prescribed.",
        "Growth factor vial",
        "An unsafe place",
        "It may not work for you.",
        "The session was given.",
    ],
)
def test_ordinary_words_pass(words):
    assert not LEAVING_OFF[ENGLISH].search(words)
    assert not PROMISES[ENGLISH].search(words)
