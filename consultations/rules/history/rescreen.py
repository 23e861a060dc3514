"""The short round before each session. A yes, or not sure, opens the pages with the precise questions."""

from collections.abc import Mapping

from consultations.rules.conditions import Condition
from consultations.rules.history.about import FERTILE_AGE
from consultations.rules.questions import SESSION, Page, gettext_noop, on, words, yes_no

_ = gettext_noop

RESCREEN = Page(
    key="rescreen",
    title=_("Has anything changed since you last told us?"),
    why=_("We ask before every session, and once more in private when you are here."),
    stage=SESSION,
)
PAGES = (RESCREEN,)
NEW = ("yes", "not_sure")
COUNTS_FOR = 3  # days; after them nothing is filled in from the session before

# Page: when its questions are asked again before a session.
ASK_AGAIN: Mapping[str, Condition] = {
    "well_now": ("any", ("in", "since_illness", NEW), ("in", "since_scalp", NEW)),
    "family": ("in", "since_pregnancy", NEW),
    "private_matters": ("in", "since_pregnancy", NEW),
    "conditions": ("in", "since_medicine", NEW),
    "condition_details": ("in", "since_medicine", NEW),
    "medicines": ("in", "since_medicine", NEW),
    "medicine_details": ("in", "since_medicine", NEW),
    "allergies": ("in", "since_medicine", NEW),
    "treated": ("in", "since_scalp", NEW),
    "treatment_details": ("in", "since_scalp", NEW),
    "hair_care": ("in", "since_scalp", NEW),
}

QUESTIONS = on(
    RESCREEN,
    (
        yes_no(
            "since_illness",
            _("In the last two weeks: fever, an infection, antibiotics or a vaccination?"),
            short=_("Ill or vaccinated"),
            safety=True,
            fresh_days=COUNTS_FOR,
        ),
        yes_no(
            "since_pregnancy",
            _("Pregnant, perhaps pregnant, breastfeeding, or hoping for a baby?"),
            short=_("Pregnancy"),
            shown_if=FERTILE_AGE,
            only_for=_("If you could be pregnant, from 10 to 60 years of age"),
            safety=True,
            fresh_days=COUNTS_FOR,
        ),
        yes_no(
            "since_medicine",
            _("A new illness, medicine, supplement or allergy, or a change of your blood thinner?"),
            short=_("New medicine"),
            safety=True,
            fresh_days=COUNTS_FOR,
        ),
        yes_no(
            "since_scalp",
            _("A sore, an infection, a lump or a new patch on the scalp; colour or another treatment?"),
            short=_("Scalp"),
            safety=True,
            fresh_days=COUNTS_FOR,
        ),
        yes_no(
            "since_reaction",
            _("Trouble after the last session: much pain, swelling, a faint, pus?"),
            short=_("Trouble after"),
            safety=True,
            fresh_days=COUNTS_FOR,
        ),
        yes_no(
            "alcohol_24h",
            _("Alcohol, or a medicine that makes you drowsy, in the last 24 hours?"),
            short=_("Alcohol, 24 h"),
            safety=True,
            fresh_days=1,
        ),
        words(
            "since_other",
            _("Anything else we should know before this session?"),
            1000,
            short=_("In own words"),
            required=False,
            fresh_days=COUNTS_FOR,
        ),
    ),
)
