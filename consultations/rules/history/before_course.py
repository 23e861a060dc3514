"""What is asked only once a course is prescribed: body, private things, needles, and what was understood."""

from consultations.rules.history.about import (
    GROWN_AND_FERTILE,
    GROWN_MAN,
    MAY_FATHER,
    NOT_PREGNANT,
)
from consultations.rules.questions import (
    COURSE,
    NONE,
    NOT_SURE,
    PRIVATE,
    Page,
    day,
    gettext_noop,
    number,
    on,
    one_of,
    out_of_ten,
    several_of,
    words,
    yes_no,
)

_ = gettext_noop

BODY = Page(
    key="body",
    title=_("How tall and how heavy are you, and whom may we call?"),
    why=_("The most numbing medicine we may use depends on your weight."),
    stage=COURSE,
)
PRIVATE_MATTERS = Page(
    key="private_matters",
    title=_("May we ask a few private things?"),
    why=_("Some medicines must not meet a pregnancy. You can keep each of these for the doctor alone."),
    stage=COURSE,
)
NEEDLES = Page(
    key="needles",
    title=_("How do you get on with needles?"),
    why=_("So that you lie down and we take more time, if that helps."),
    stage=COURSE,
)
AGREED = Page(
    key="agreed",
    title=_("What do you know about this treatment, and is it your own wish?"),
    why=_("Nobody should begin who expects something else, or whom somebody else sent."),
    stage=COURSE,
)
PAGES = (BODY, PRIVATE_MATTERS, NEEDLES, AGREED)

MAY_CONCEIVE = ("all", GROWN_AND_FERTILE, NOT_PREGNANT)
HAS_PERIODS = ("all", MAY_CONCEIVE, ("none_of", "contraception", ("menopause", "hysterectomy")))
IF_MAY_CONCEIVE = _("If you could become pregnant and are 18 or older")
YES_NO = (("yes", _("Yes")), ("no", _("No")))

QUESTIONS = (
    *on(
        BODY,
        (
            number(
                "weight_kg", _("Your weight in kilograms"), 25, 250, "kg", 1, short=_("Weight"), safety=True
            ),
            number(
                "height_cm",
                _("Your height in centimetres"),
                100,
                230,
                "cm",
                short=_("Height"),
                required=False,
            ),
            words(
                "emergency_contact",
                _("Name and phone of somebody we may call if you feel unwell here"),
                120,
                short=_("In need, call"),
            ),
        ),
    ),
    *on(
        PRIVATE_MATTERS,
        (
            one_of(
                "contraception",
                _("How is pregnancy prevented at present?"),
                ("none", _("Not at all")),
                ("pill", _("The pill")),
                ("iud", _("Coil (IUD, copper-T)")),
                ("implant", _("Implant or injection")),
                ("condom", _("Condom")),
                ("sterilised", _("I was sterilised (tubes tied)")),
                ("vasectomy", _("My partner had a vasectomy")),
                ("menopause", _("My periods have ended for good (menopause)")),
                ("hysterectomy", _("My womb was removed")),
                ("not_sexually_active", _("Not needed: no sex")),
                NOT_SURE,
                PRIVATE,
                short=_("Contraception"),
                shown_if=MAY_CONCEIVE,
                only_for=IF_MAY_CONCEIVE,
                safety=True,
                private=True,
                why=_(
                    "Medicine that could harm an unborn baby is considered only where pregnancy is well "
                    "prevented."
                ),
            ),
            day(
                "lmp",
                _("First day of your last period"),
                400,
                short=_("Last period"),
                shown_if=HAS_PERIODS,
                only_for=IF_MAY_CONCEIVE,
                safety=True,
                private=True,
                fresh_days=28,
                why=_("A late period may be an early pregnancy."),
            ),
            yes_no(
                "heavy_periods",
                _("Are your periods heavy?"),
                short=_("Heavy periods"),
                shown_if=HAS_PERIODS,
                only_for=IF_MAY_CONCEIVE,
                private=True,
                required=False,
                why=_("Blood lost every month can leave too little iron for hair."),
            ),
            number(
                "cycle_days",
                _("How many days from one period to the next?"),
                15,
                120,
                "days",
                short=_("Cycle"),
                shown_if=HAS_PERIODS,
                only_for=IF_MAY_CONCEIVE,
                private=True,
                required=False,
            ),
            yes_no(
                "ivf_planned",
                _("Is a treatment to have a baby (IVF) planned?"),
                short=_("IVF planned"),
                shown_if=MAY_CONCEIVE,
                only_for=IF_MAY_CONCEIVE,
                private=True,
                required=False,
            ),
            number(
                "menopause_age",
                _("At what age did your periods end?"),
                30,
                65,
                "years",
                short=_("Menopause at"),
                shown_if=("in", "contraception", ("menopause", "hysterectomy")),
                only_for=_("If your periods have ended"),
                private=True,
                required=False,
            ),
            several_of(
                "male_fertility",
                _("Has a doctor found any of these, or have you noticed them?"),
                ("abnormal_semen", _("A semen test that was not normal")),
                ("erection", _("Difficulty with erections")),
                ("ejaculation", _("A change in ejaculation")),
                ("low_desire", _("Less desire than before")),
                NONE,
                NOT_SURE,
                PRIVATE,
                short=_("Fertility"),
                shown_if=GROWN_MAN,
                only_for=_("Men from 18 years of age"),
                safety=True,
                private=True,
                why=_("One group of hair medicines can make these worse."),
            ),
            yes_no(
                "psa_watched",
                _("Does a doctor watch your prostate with a blood test (PSA)?"),
                short=_("PSA watched"),
                shown_if=("all", ("in", "sex_at_birth", MAY_FATHER), ("gte", "age", 40)),
                only_for=_("Men from 40 years of age"),
                private=True,
            ),
            yes_no(
                "blood_donor",
                _("Do you give blood, or plan to within six months?"),
                short=_("Gives blood"),
                why=_("Some medicines must not reach somebody else's unborn baby through given blood."),
            ),
        ),
    ),
    *on(
        NEEDLES,
        (
            out_of_ten(
                "needle_fear",
                _("How afraid are you of needles, from 0 (not at all) to 10?"),
                short=_("Fear of needles"),
            ),
            one_of(
                "faint_history",
                _("Have you ever fainted at a needle, or at the sight of blood?"),
                ("never", _("Never")),
                ("nearly", _("Nearly")),
                ("fainted", _("Yes")),
                NOT_SURE,
                short=_("Fainted"),
            ),
            one_of(
                "injection_history",
                _("Injections to numb, for example at the dentist: how did that go?"),
                ("never", _("I never had one")),
                ("fine", _("It went well")),
                ("fainted", _("I went pale or fainted")),
                ("palpitations", _("My heart raced, nothing else")),
                ("reaction", _("A rash, swelling or trouble breathing")),
                NOT_SURE,
                short=_("Numbed before"),
                safety=True,
            ),
        ),
    ),
    *on(
        AGREED,
        (
            one_of(
                "expected_time",
                _("How soon do you hope to see a change?"),
                ("under_1_month", _("Within a month")),
                ("1_3_months", _("In one to three months")),
                ("3_6_months", _("In three to six months")),
                ("6_12_months", _("In six to twelve months")),
                NOT_SURE,
                short=_("Within"),
            ),
            one_of(
                "understands_sessions",
                _("It takes several visits, each with many small injections. Is that clear to you?"),
                *YES_NO,
                short=_("Knows: several visits"),
            ),
            one_of(
                "understands_maintenance",
                _("What it does may not last without further sessions. Is that clear to you?"),
                *YES_NO,
                short=_("Knows: upkeep"),
            ),
            one_of(
                "understands_variable",
                _("It works differently from person to person. Is that clear to you?"),
                *YES_NO,
                short=_("Knows: varies"),
            ),
            one_of(
                "understands_may_not_work",
                _("It may not work for you at all. Is that clear to you?"),
                *YES_NO,
                short=_("Knows: may not work"),
            ),
            one_of(
                "can_attend",
                _("Can you come on the days the course needs?"),
                *YES_NO,
                NOT_SURE,
                short=_("Can come"),
            ),
            number(
                "unhappy_procedures",
                _("How many treatments for your looks have left you unhappy?"),
                0,
                20,
                "treatments",
                short=_("Unhappy before"),
                required=False,
            ),
            yes_no(
                "need_interpreter",
                _("Would you like somebody to translate what the doctor says?"),
                short=_("Interpreter"),
                safety=True,
            ),
            yes_no(
                "own_wish",
                _("Is this treatment your own wish?"),
                short=_("Own wish"),
                safety=True,
            ),
        ),
    ),
)
