"""Whether somebody is well just now, on the scalp and otherwise."""

from consultations.rules.questions import (
    NONE,
    NOT_SURE,
    Page,
    day,
    gettext_noop,
    number,
    on,
    one_of,
    out_of_ten,
    several_of,
    yes_no,
)

_ = gettext_noop

INFECTION_SIGNS = ("pustules", "crusts", "boggy_swelling", "sores")
COMPLAINT = ("includes_any", "scalp_signs", ("complaint",))
IF_COMPLAINT = _("If your scalp itches, hurts or burns")

WELL_NOW = Page(
    key="well_now",
    title=_("Are you well just now, and is your scalp free of sores?"),
    why=_("We wait with injections while there is an infection, so that it cannot spread."),
)
PAGES = (WELL_NOW,)

QUESTIONS = on(
    WELL_NOW,
    (
        yes_no(
            "recent_illness",
            _("In the last two weeks: fever, an infection, or antibiotics?"),
            short=_("Ill in 14 days"),
            safety=True,
            why=_("The body needs two weeks to recover before injections."),
        ),
        day(
            "recent_illness_date",
            _("The last day you felt ill or took an antibiotic"),
            400,
            short=_("Ill until"),
            shown_if=("is", "recent_illness", "yes"),
            only_for=_("If yes"),
            safety=True,
            hint=_("Still ill? Choose today."),
            why=_("We count two weeks from this day."),
        ),
        yes_no(
            "recent_vaccine",
            _("A vaccination in the last week, or planned within the next?"),
            short=_("Vaccine"),
            safety=True,
            why=_("We leave a week between a vaccination and injections."),
        ),
        day(
            "recent_vaccine_date",
            _("On which day was it, or will it be?"),
            30,
            -30,
            short=_("Vaccine on"),
            shown_if=("is", "recent_vaccine", "yes"),
            only_for=_("If yes"),
            safety=True,
            why=_("We count a week from this day."),
        ),
        several_of(
            "scalp_signs",
            _("Do you see or feel any of these on your scalp?"),
            ("pustules", _("Pimples with pus")),
            ("crusts", _("Crusts, or places that ooze")),
            ("boggy_swelling", _("A soft, painful swelling")),
            ("sores", _("Sores or blisters")),
            ("scar_like_skin", _("Shiny, smooth skin like a scar")),
            ("red_rings", _("Redness or scale round the hairs")),
            ("thick_scale", _("Thick scale")),
            ("dandruff", _("Greasy flakes (dandruff)")),
            ("lumps", _("Lumps")),
            ("black_dots", _("Black dots, or hairs broken off at the skin")),
            ("complaint", _("It itches, hurts or burns")),
            NONE,
            NOT_SURE,
            short=_("Scalp"),
            safety=True,
            why=_("An infected scalp is treated first."),
        ),
        yes_no(
            "scalp_fever",
            _("Do you have fever with it, or swollen glands in the neck?"),
            short=_("Fever, nodes"),
            shown_if=("includes_any", "scalp_signs", INFECTION_SIGNS),
            only_for=_("If you ticked pus, crusts, a swelling or sores"),
            safety=True,
            why=_("If so, a doctor should look at it today."),
        ),
        out_of_ten(
            "sx_itch", _("How much does it itch?"), short=_("Itch"), shown_if=COMPLAINT, only_for=IF_COMPLAINT
        ),
        out_of_ten(
            "sx_pain",
            _("How much does it hurt?"),
            short=_("Pain"),
            shown_if=COMPLAINT,
            only_for=IF_COMPLAINT,
            safety=True,
        ),
        out_of_ten(
            "sx_burning",
            _("How much does it burn?"),
            short=_("Burning"),
            shown_if=COMPLAINT,
            only_for=IF_COMPLAINT,
            safety=True,
        ),
        out_of_ten(
            "sx_tender",
            _("How tender is it to the touch?"),
            short=_("Tender"),
            shown_if=COMPLAINT,
            only_for=IF_COMPLAINT,
        ),
        number(
            "sx_weeks",
            _("For how many weeks has this been?"),
            0,
            2000,
            "weeks",
            short=_("For"),
            shown_if=("none_of", "scalp_signs", ("none",)),
            only_for=_("If you ticked anything"),
            required=False,
        ),
        one_of(
            "cold_sores",
            _("Cold sores or shingles on the face or scalp?"),
            ("never", _("Never")),
            ("past", _("In the past, none now")),
            ("now", _("I have one now")),
            NOT_SURE,
            short=_("Cold sores"),
            safety=True,
            why=_("Needles near a sore can spread it."),
        ),
        several_of(
            "systemic_signs",
            _("And on the rest of the body, since the hair fall began?"),
            ("rash", _("A new rash")),
            ("joint_pain", _("Painful or swollen joints")),
            ("mouth_ulcers", _("Sores in the mouth that keep coming back")),
            ("genital", _("A sore on the private parts")),
            NONE,
            NOT_SURE,
            short=_("Elsewhere"),
            why=_("Some illnesses of the whole body show on the scalp first."),
        ),
    ),
)
