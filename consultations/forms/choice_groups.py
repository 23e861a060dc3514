"""Long lists in small parts, each under a heading, so that nobody reads thirty lines to find the heart."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_noop as _

from consultations.rules.history.test_results import LABORATORY
from consultations.rules.history.treatments_had import NAMES as TREATMENTS
from consultations.rules.history.treatments_had import TESTS
from consultations.rules.questionnaire import QUESTIONS
from consultations.rules.questions import Question

Heading = tuple[str, tuple[str, ...]]

GROUPS: dict[str, tuple[Heading, ...]] = {
    "conditions": (
        (
            _("Heart and blood"),
            (
                "bleeding_disorder",
                "heart",
                "arrhythmia_pacemaker",
                "stroke",
                "clot",
                "high_bp",
                "low_bp_faints",
            ),
        ),
        (_("Hormones and blood count"), ("diabetes", "thyroid", "anaemia", "pcos")),
        (_("Organs, lungs, nerves"), ("kidney", "liver", "asthma", "eczema", "epilepsy", "migraine")),
        (_("Cancer and immunity"), ("cancer_now", "cancer_past", "weak_immunity", "autoimmune")),
        (_("Skin and head"), ("scalp_disease", "keloid", "slow_healing", "head_surgery")),
        (_("Rare, but important for numbing"), ("g6pd", "methaemoglobinaemia", "porphyria")),
        (_("Anything else"), ("other",)),
    ),
    "medicines": (
        (_("Blood thinners"), ("aspirin", "clopidogrel", "warfarin", "doac", "heparin")),
        (
            _("Pain, inflammation, immunity"),
            ("pain_tablets", "steroid_tablets", "immune", "isotretinoin", "cancer"),
        ),
        (_("Nerves, mood and sleep"), ("fits", "mood", "tricyclic_maoi")),
        (_("Heart and blood pressure"), ("beta_blocker", "heart_rhythm", "blood_pressure")),
        (_("For the hair"), ("minoxidil_tablets", "five_ari", "spironolactone")),
        (_("Hormones and sugar"), ("thyroid", "diabetes", "glp1", "contraceptive")),
        (_("Antibiotics, malaria, nitrates"), ("oxidising",)),
        (_("Supplements and home remedies"), ("supplements", "biotin", "iron", "home_remedies")),
        (_("Anything else"), ("other",)),
    ),
    "allergies": (
        (_("Numbing medicines"), ("lidocaine", "prilocaine", "other_caine")),
        (
            _("What else can be in an injection"),
            (
                "paba_ester",
                "parabens",
                "sulfites",
                "benzyl_alcohol",
                "propylene_glycol",
                "hyaluronidase",
                "b_vitamins",
                "steroid",
            ),
        ),
        (
            _("On the skin"),
            ("chlorhexidine", "povidone_iodine", "alcohol", "latex", "adhesive", "nickel", "hair_dye"),
        ),
        (_("Hair medicines"), ("minoxidil", "five_ari")),
        (_("Foods and other medicines"), ("foods", "antibiotics", "other")),
    ),
    "treatments_had": (
        (
            _("Medicines"),
            (
                "minoxidil_lotion",
                "minoxidil_tablets",
                "finasteride",
                "dutasteride",
                "spironolactone",
                "contraceptive",
                "jak",
            ),
        ),
        (
            _("Injections and procedures"),
            (
                "prp",
                "microneedling",
                "mesotherapy",
                "steroid_injection",
                "botulinum",
                "exosome",
                "transplant",
                "laser",
            ),
        ),
        (_("Vitamins and remedies"), ("supplements", "ayurveda", "other")),
    ),
    "scalp_signs": (
        (_("Sore or infected"), ("pustules", "crusts", "boggy_swelling", "sores")),
        (_("On the skin"), ("scar_like_skin", "red_rings", "thick_scale", "dandruff", "lumps", "black_dots")),
        (_("What you feel"), ("complaint",)),
    ),
}


def grouped_choices(question: Question) -> Sequence[Any]:
    """Choices under their headings; *none of these* and *not sure* stay last, under none."""
    choices = [(code, translate(text)) for code, text in question.choices]
    groups = GROUPS.get(question.key)
    if not groups:
        return choices
    words, sorted_in = dict(choices), {code for _heading, codes in groups for code in codes}
    parts = [(translate(heading), [(code, words[code]) for code in codes]) for heading, codes in groups]
    return [*parts, *(choice for choice in choices if choice[0] not in sorted_in)]


def _names() -> dict[str, str]:
    """Which treatment or test a question is about, where its page asks the same of several."""
    found = {}
    for code, name in dict(TESTS).items():
        if code in {test.code for test in LABORATORY}:
            found |= {key: name for key in (code, f"{code}_unit", f"{code}_date")}
    beside = {
        "mesotherapy": ("meso_sessions", "meso_product", "meso_problem"),
        "transplant": ("transplant_method",),
    }
    for code, name in TREATMENTS.items():
        asked = ("status", "weeks", "since", "last_date", "dose", "response")
        found |= {f"tx_{code}_{what}": name for what in asked} | dict.fromkeys(beside.get(code, ()), name)
    return {key: name for key, name in found.items() if key in QUESTIONS}


ABOUT = _names()
FIGURE = _("The figure on the report")
RESULTS = frozenset(test.code for test in LABORATORY)


def name_over(question: Question) -> str:
    """The name of the treatment or test, to be printed once above all that is asked about it."""
    return translate(ABOUT[question.key]) if question.key in ABOUT else ""


def label_under(question: Question) -> str:
    """A question as it is put under such a name."""
    return translate(FIGURE) if question.key in RESULTS else translate(question.text)


def label_alone(question: Question) -> str:
    """The same where nothing stands above it: in a list of errors, on an overview."""
    name = name_over(question)
    return f"{name}: {label_under(question)}" if name else translate(question.text)
