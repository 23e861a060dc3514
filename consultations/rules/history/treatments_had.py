"""What has been tried for the hair, when last, and how it went."""

from collections.abc import Iterable
from dataclasses import replace

from consultations.rules.conditions import Condition
from consultations.rules.questions import (
    DATE,
    DAYS_AGO,
    NONE,
    NOT_SURE,
    PRIVATE,
    Choices,
    Page,
    Question,
    gettext_noop,
    number,
    on,
    one_of,
    several_of,
    words,
    yes_no,
)

_ = gettext_noop

LIST: Choices = (
    ("minoxidil_lotion", _("Minoxidil lotion or foam (Mintop, Tugain)")),
    ("minoxidil_tablets", _("Minoxidil tablets")),
    ("finasteride", _("Finasteride (Finpecia, Finax), also as a lotion")),
    ("dutasteride", _("Dutasteride (Dutas, Avodart)")),
    ("spironolactone", _("Spironolactone (Aldactone)")),
    ("contraceptive", _("The pill, for the hair")),
    ("prp", _("PRP or GFC: injections of your own plasma")),
    ("microneedling", _("Microneedling (dermaroller, derma pen)")),
    ("mesotherapy", _("Mesotherapy elsewhere: injections into the scalp")),
    ("steroid_injection", _("Steroid injections into patches")),
    ("transplant", _("A hair transplant")),
    ("laser", _("Laser cap or comb")),
    ("jak", _("JAK tablets (tofacitinib, baricitinib)")),
    ("botulinum", _("Botulinum injections into the scalp")),
    ("supplements", _("Biotin or hair vitamins")),
    ("ayurveda", _("Ayurveda, homeopathy, hair oils or home remedies")),
    ("exosome", _("Exosomes, peptides or growth factors")),
    ("other", _("Something else")),
    NONE,
    NOT_SURE,
)
NAMES = {code: text for code, text in LIST if code not in ("none", "not_sure")}
DATED = (
    "prp", "microneedling", "mesotherapy", "steroid_injection", "transplant", "laser", "botulinum", "exosome",
)  # fmt: skip
LONG_TERM = (
    "minoxidil_lotion", "minoxidil_tablets", "finasteride", "dutasteride", "spironolactone", "laser", "jak",
)  # fmt: skip
DOSED = ("minoxidil_lotion", "minoxidil_tablets", "finasteride", "dutasteride")
STANDARD = ("minoxidil_lotion", "minoxidil_tablets", "finasteride", "dutasteride")
TESTS: Choices = (
    ("hb", _("Haemoglobin (Hb)")),
    ("ferritin", _("Ferritin (iron store)")),
    ("tsh", _("TSH (thyroid)")),
    ("vitamin_d", _("Vitamin D")),
    ("b12", _("Vitamin B12")),
    ("zinc", _("Zinc")),
    ("hba1c", _("HbA1c (sugar over three months)")),
    ("fasting_glucose", _("Fasting sugar")),
    ("platelets", _("Platelets")),
    ("inr", _("INR (clotting)")),
    NONE,
    NOT_SURE,
)

TREATED = Page(
    key="treated",
    title=_("What have you tried for your hair?"),
    why=_("So that we don't repeat what did not help, and leave time between treatments."),
)
DETAILS = Page(
    key="treatment_details",
    title=_("How was that?"),
    why=_("When and for how long says more than how much."),
)
PAGES = (TREATED, DETAILS)


def had(*codes: str) -> Condition:
    return ("includes_any", "treatments_had", codes)


STATUS = (("now", _("Now")), ("past", _("Not any more")))
RESPONSE = (
    ("much_better", _("Much better")),
    ("better", _("Better")),
    ("same", _("The same")),
    ("worse", _("Worse")),
    ("too_early", _("Too early to say")),
    NOT_SURE,
)


def _details(code: str) -> Iterable[Question]:
    """What is asked about one treatment that was ticked. The page prints its name above."""
    yield one_of(f"tx_{code}_status", _("Do you use it now?"), *STATUS)
    if code in LONG_TERM:
        yield number(f"tx_{code}_weeks", _("For how many weeks, all in all?"), 0, 2600, "weeks", safety=True)
    else:
        yield Question(
            key=f"tx_{code}_since",
            type=DATE,
            text=_("Since when, roughly?"),
            unit=DAYS_AGO,
            minimum=0,
            maximum=60 * 366,
            required=False,
        )
    if code in DATED:
        yield Question(
            key=f"tx_{code}_last_date",
            type=DATE,
            text=_("When was the last time?"),
            unit=DAYS_AGO,
            minimum=0,
            maximum=60 * 366,
            safety=True,
        )
    if code in DOSED:
        yield words(f"tx_{code}_dose", _("How strong or how much?"), 80, required=False)
    yield one_of(f"tx_{code}_response", _("How did it go?"), *RESPONSE)


def _of_each() -> Iterable[Question]:
    for code, name in NAMES.items():
        for question in _details(code):
            yield replace(question, shown_if=had(code), only_for=name)


AFTER_MESO, IF_MESO = had("mesotherapy"), _("If you had mesotherapy")

QUESTIONS = (
    *on(
        TREATED,
        (
            several_of(
                "treatments_had",
                _("Tick everything you have had, now or in the past"),
                *LIST,
                short=_("Tried"),
                safety=True,
            ),
            several_of(
                "tests_had",
                _("Blood tests in the last six months whose results you have at hand?"),
                *TESTS,
                short=_("Tests"),
                why=_("Some hair fall has a cause that a blood test shows."),
            ),
        ),
    ),
    *on(
        DETAILS,
        (
            *_of_each(),
            number(
                "meso_sessions",
                _("How many sessions of mesotherapy?"),
                0,
                100,
                "sessions",
                shown_if=AFTER_MESO,
                only_for=IF_MESO,
                short=_("Meso sessions"),
                required=False,
            ),
            words(
                "meso_product",
                _("What was injected, if you know?"),
                200,
                shown_if=AFTER_MESO,
                only_for=IF_MESO,
                short=_("Meso product"),
                required=False,
            ),
            several_of(
                "meso_problem",
                _("Did any of these follow the mesotherapy?"),
                ("forehead_swelling", _("A swollen forehead or eyelids")),
                ("faint", _("I fainted")),
                ("abscess", _("An abscess, or pus")),
                ("lump", _("A lump that stayed")),
                ("new_patch", _("A new bare patch")),
                ("necrosis", _("Skin that turned dark or died")),
                ("allergy", _("An allergic reaction")),
                NONE,
                NOT_SURE,
                shown_if=AFTER_MESO,
                only_for=IF_MESO,
                short=_("After meso"),
                safety=True,
            ),
            one_of(
                "transplant_method",
                _("How was the transplant done?"),
                ("fue", _("Single roots (FUE)")),
                ("fut", _("A strip (FUT)")),
                NOT_SURE,
                shown_if=had("transplant"),
                only_for=_("If you had a transplant"),
                short=_("Transplant"),
            ),
            yes_no(
                "biotin_high",
                _("Do you take 5 mg of biotin a day, or more?"),
                shown_if=("any", had("supplements"), ("includes_any", "medicines", ("biotin",))),
                only_for=_("If you take biotin or hair vitamins"),
                short=_("Biotin ≥ 5 mg"),
                why=_("So much of it can make blood tests read wrong."),
            ),
            several_of(
                "fivear_effects",
                _("Did any of these come with finasteride or dutasteride?"),
                ("sexual", _("A change in desire, erection or ejaculation")),
                ("mood", _("Low mood")),
                ("breast", _("A tender or larger breast")),
                NONE,
                NOT_SURE,
                PRIVATE,
                shown_if=had("finasteride", "dutasteride"),
                only_for=_("If you had finasteride or dutasteride"),
                short=_("Effects of it"),
                private=True,
            ),
            yes_no(
                "not_tolerated",
                _("Did you give one of them up because it did not agree with you?"),
                shown_if=had(*STANDARD),
                only_for=_("If you had minoxidil, finasteride or dutasteride"),
                short=_("Not tolerated"),
            ),
            words(
                "treatments_told",
                _("Anything else about these treatments?"),
                1000,
                shown_if=("none_of", "treatments_had", ("none",)),
                only_for=_("If you ticked anything"),
                short=_("In own words"),
                required=False,
            ),
        ),
    ),
)
