"""What several rules share: conditions with a name, sources, and words for the desk."""

_ = gettext_noop = str

# The desk

DOCTOR_FIRST = _("Doctor to review before treatment.")
NOTHING_FOR_DESK = _("Nothing to do at the desk.")
STAYS_LONGER = _("Stays 15 minutes longer after treatment.")
BRINGS_TESTS = _("Brings recent tests. Doctor to review before treatment.")
BRINGS_LETTER = _("Brings a doctor's letter. Doctor to review before treatment.")
LIES_DOWN = _("Lies down, 15 minutes longer, comes with somebody.")

# Sources

WRITTEN_REVIEW = _("consensus of reviews of mesotherapy contraindications")
OUR_POLICY = _("clinic policy, no published support found")
GENERAL_PRACTICE = _("general practice")
CONVENTION = _("clinic convention")
DUTASTERIDE_LABEL = _("dutasteride 0.5 mg capsule, prescribing information")
EMLA_LABEL = _("lidocaine 2.5 % and prilocaine 2.5 % cream, prescribing information")
LIDOCAINE_LABEL = _("lidocaine, prescribing information")
LOCAL_ANAESTHESIA = _("American Academy of Dermatology, guideline on local anaesthesia, 2016")
ANTITHROMBOTICS = _("Palamaras and Semkova, Br J Dermatol 2015, antithrombotics in dermatologic surgery")
S3_ANTITHROMBOTICS = _("German S3 guideline on antithrombotics in skin surgery, 2015")
MYCOBACTERIA = _("Zeng et al., Infect Drug Resist 2025;18:2301")
IADVL_PAPER = _("Sarkar, Garg and Mysore, Indian J Dermatol Venereol Leprol 2011;77:232")
GUPTA_REVIEW = _("Gupta et al., J Dermatolog Treat 2023;34:2245084")
MOFTAH_TRIAL = _("Moftah et al., J Eur Acad Dermatol Venereol 2013;27:686")
ABDALLAH_TRIAL = _("Abdallah, El-Zawahry and Besar, J Pan-Arab League Dermatol 2009;20:137")
RASHEED = _("Rasheed et al., Skin Pharmacol Physiol 2013;26:101")
TELOGEN_EFFLUVIUM = _("reviews of telogen effluvium")
AREATA_SCALE = _("Alopecia Areata Scale, King et al., 2022")

# Numbers of days. Six months are counted as the questionnaire counts them: 6 × 30.4375.

SIX_MONTHS = 182
THREE_MONTHS = 90
ONE_YEAR = 365
TEN_YEARS = 3652
HALF_A_YEAR_IN_WEEKS = 26


def has(*conditions: str) -> tuple:
    return ("includes_any", "conditions", conditions)


def takes(*medicines: str) -> tuple:
    return ("includes_any", "medicines", medicines)


def allergic_to(*things: str) -> tuple:
    return ("includes_any", "allergies", things)


def sees(*signs: str) -> tuple:
    """Signs on the scalp."""
    return ("includes_any", "scalp_signs", signs)


def bothered_by(*concerns: str) -> tuple:
    return ("includes_any", "main_concern", concerns)


def at(*areas: str) -> tuple:
    return ("includes_any", "hair_areas", areas)


def had_problem(*problems: str) -> tuple:
    """After mesotherapy before."""
    return ("includes_any", "meso_problem", problems)


def yes(key: str) -> tuple:
    return ("is", key, "yes")


def no(key: str) -> tuple:
    return ("is", key, "no")


def unknown(key: str) -> tuple:
    return ("unknown", key)


def given(key: str) -> tuple:
    """Answered, with whatever."""
    return ("none_of", key, ())


def since(key: str) -> tuple:
    return ("days_since", key)


def less_than_days_ago(key: str, days: int) -> tuple:
    return ("lt", since(key), days)


# People

CAN_CARRY = ("in", "sex_at_birth", ("female", "intersex"))
CAN_FATHER = ("in", "sex_at_birth", ("male", "intersex"))
BABY_SOON = ("in", "trying_to_conceive", ("now", "within_6_months"))
BROWS = ("any", at("brows", "lashes"), yes("brows_thinning"))
