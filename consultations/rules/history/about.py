"""Who somebody is, as far as it bears on medicines, and whether a baby is on the way."""

from consultations.rules.questions import (
    NONE,
    NOT_SURE,
    PRIVATE,
    YEARS_AGO,
    Page,
    Question,
    gettext_noop,
    on,
    one_of,
    several_of,
    yes_no,
)

_ = gettext_noop

# Who isn't sure, or tells only the doctor, is asked the questions that hang on it.
MAY_CARRY = ("female", "intersex", "private", "not_sure")
MAY_FATHER = ("male", "intersex", "private", "not_sure")
GROWN_UP = ("gte", "age", 18)
WOMAN = ("in", "sex_at_birth", MAY_CARRY)
FERTILE_AGE = ("all", WOMAN, ("gte", "age", 10), ("lte", "age", 60))
GROWN_AND_FERTILE = ("all", FERTILE_AGE, GROWN_UP)
GROWN_MAN = ("all", ("in", "sex_at_birth", MAY_FATHER), GROWN_UP)
NOT_PREGNANT = ("in", "pregnant", ("no", "possibly", "not_sure", "private"))
COULD_BE_PREGNANT = _("If you could be pregnant, from 10 to 60 years of age")
ANDROGEN = ("acne", "face_body_hair", "deep_voice")

ABOUT_YOU = Page(
    key="about_you",
    title=_("When were you born, and which sex were you born with?"),
    why=_("Some medicines are only for adults, and some act differently in men and women."),
)
FAMILY = Page(
    key="family",
    title=_("Is a baby on the way, or hoped for?"),
    why=_("Some medicines for hair could harm a baby, before or after birth. We check before planning."),
)
PAGES = (ABOUT_YOU, FAMILY)

QUESTIONS = (
    *on(
        ABOUT_YOU,
        (
            Question(
                key="born_on",
                type="date",
                text=_("Date of birth"),
                short=_("Born"),
                unit=YEARS_AGO,
                minimum=0,
                maximum=110,
                safety=True,
                hint=_("Day, month and year. If you don't know the day, choose the 1st."),
                why=_("Scalp injections are for adults."),
            ),
        ),
    ),
    Question(
        key="age",
        type="int",
        text=_("Age in years"),
        short=_("Age"),
        unit="years",
        minimum=0,
        maximum=110,
        required=False,
        derived=True,
        why=_("Worked out from the date of birth, or the clinic's record where that is approximate."),
    ),
    *on(
        ABOUT_YOU,
        (
            one_of(
                "sex_at_birth",
                _("Sex at birth"),
                ("female", _("Female")),
                ("male", _("Male")),
                ("intersex", _("Intersex")),
                PRIVATE,
                NOT_SURE,
                safety=True,
                why=_("Some hair medicines must not be used where a pregnancy is possible."),
            ),
        ),
    ),
    *on(
        FAMILY,
        (
            one_of(
                "pregnant",
                _("Are you pregnant?"),
                ("no", _("No")),
                ("yes", _("Yes")),
                ("possibly", _("Possibly, my period is late or I may be")),
                NOT_SURE,
                PRIVATE,
                short=_("Pregnant"),
                shown_if=FERTILE_AGE,
                only_for=COULD_BE_PREGNANT,
                safety=True,
                why=_("We give no scalp injections in pregnancy."),
            ),
            yes_no(
                "breastfeeding",
                _("Are you breastfeeding?"),
                short=_("Breastfeeding"),
                shown_if=FERTILE_AGE,
                only_for=COULD_BE_PREGNANT,
                safety=True,
                why=_("Some of what we inject could pass into milk."),
            ),
            one_of(
                "trying_to_conceive",
                _("Are you, or you and your partner, hoping for a baby?"),
                ("no", _("No")),
                ("now", _("Yes, we are trying now")),
                ("within_6_months", _("Yes, within six months")),
                NOT_SURE,
                PRIVATE,
                short=_("Baby planned"),
                shown_if=("any", ("all", GROWN_AND_FERTILE, NOT_PREGNANT), GROWN_MAN),
                only_for=_("If you are 18 or older and not pregnant"),
                safety=True,
                why=_("Some hair medicines stay in the body for months."),
            ),
            several_of(
                "androgen_signs",
                _("Have you noticed any of these lately?"),
                ("acne", _("More pimples on the face or back than before")),
                ("face_body_hair", _("Hair growing on chin, chest or belly")),
                ("deep_voice", _("A deeper voice")),
                NONE,
                NOT_SURE,
                short=_("Hormone signs"),
                shown_if=FERTILE_AGE,
                only_for=COULD_BE_PREGNANT,
                why=_("They can come from the same hormones that thin hair."),
            ),
            yes_no(
                "androgen_rapid",
                _("Did they come within a few months?"),
                short=_("Signs quick"),
                shown_if=("includes_any", "androgen_signs", ANDROGEN),
                only_for=_("If you ticked any of them"),
                why=_("If so, a doctor should look soon."),
            ),
            one_of(
                "cycle_regularity",
                _("How are your periods?"),
                ("regular", _("Regular")),
                ("irregular", _("Irregular")),
                ("absent", _("I have none")),
                NOT_SURE,
                short=_("Periods"),
                shown_if=("includes_any", "androgen_signs", ANDROGEN),
                only_for=_("If you ticked any of them"),
            ),
        ),
    ),
)
