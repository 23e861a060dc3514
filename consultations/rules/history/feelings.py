"""How somebody lives with it, and what they hope for. Most of it is for the doctor alone."""

from consultations.rules.questions import (
    NOT_SURE,
    PRIVATE,
    Choices,
    Page,
    gettext_noop,
    on,
    one_of,
    out_of_ten,
    several_of,
    yes_no,
)

_ = gettext_noop

LOW = ("most_days", "nearly_every_day", "private")
HOW_OFTEN: Choices = (
    ("not_at_all", _("Not at all")),
    ("some_days", _("On some days")),
    ("most_days", _("On most days")),
    ("nearly_every_day", _("Nearly every day")),
    PRIVATE,
)
MUCH = ("gte", "hair_impact", 6)
IF_MUCH = _("If it weighs on you, 6 or more")

FEELINGS = Page(
    key="feelings",
    title=_("How have you been feeling lately?"),
    why=_("Losing hair can be hard. You may leave out the rest; what you say here stays with the doctor."),
)
HOPES = Page(
    key="hopes",
    title=_("What would you be happy with?"),
    why=_("So that the doctor can tell you plainly what is likely and what is not."),
)
PAGES = (FEELINGS, HOPES)

QUESTIONS = (
    *on(
        FEELINGS,
        (
            out_of_ten(
                "hair_impact",
                _("How much does your hair weigh on you, from 0 (not at all) to 10?"),
                short=_("Weighs on them"),
            ),
            one_of(
                "worry_hours",
                _("How long a day do you think about it?"),
                ("under_1", _("Less than an hour")),
                ("1_to_3", _("One to three hours")),
                ("over_3", _("More than three hours")),
                NOT_SURE,
                short=_("Hours of worry"),
                shown_if=MUCH,
                only_for=IF_MUCH,
            ),
            yes_no(
                "barely_noticeable",
                _("Do others say that they barely notice it?"),
                short=_("Others barely notice"),
                shown_if=MUCH,
                only_for=IF_MUCH,
            ),
            yes_no(
                "avoids_life",
                _("Do you stay away from people, work or feasts because of it?"),
                short=_("Stays away"),
                shown_if=MUCH,
                only_for=IF_MUCH,
            ),
            one_of(
                "low_interest",
                _("In the last two weeks, how often was there little joy in what you do?"),
                *HOW_OFTEN,
                short=_("Little joy"),
                required=False,
                private=True,
            ),
            one_of(
                "low_mood",
                _("And how often did you feel sad, low or without hope?"),
                *HOW_OFTEN,
                short=_("Low mood"),
                required=False,
                private=True,
            ),
            several_of(
                "mental_health",
                _("Has a doctor ever told you that you have one of these?"),
                ("depression", _("Depression")),
                ("anxiety", _("Anxiety")),
                ("ocd", _("Thoughts or acts that force themselves on you (OCD)")),
                ("eating", _("An eating disorder")),
                ("body_image", _("A troubled view of your own looks")),
                ("other", _("Another illness of the mind")),
                ("none", _("None of these")),
                PRIVATE,
                short=_("Mind"),
                required=False,
                private=True,
            ),
            one_of(
                "self_harm",
                _("Have you had thoughts of hurting yourself, or of not wanting to live?"),
                ("no", _("No")),
                ("yes", _("Yes")),
                ("talk", _("I'd like to talk to somebody")),
                NOT_SURE,
                PRIVATE,
                short=_("Self-harm"),
                shown_if=(
                    "any",
                    ("in", "low_interest", LOW),
                    ("in", "low_mood", LOW),
                    ("includes_any", "mental_health", ("depression", "anxiety", "other")),
                ),
                only_for=_("If you often felt like that, or have an illness of the mind"),
                safety=True,
                private=True,
                why=_("If so, a person from the clinic calls you today. You are not alone with it."),
            ),
        ),
    ),
    *on(
        HOPES,
        (
            one_of(
                "expected_result",
                _("What would be a good result for you?"),
                ("less_shedding", _("Less hair fall")),
                ("thicker", _("Hair that looks a little thicker")),
                ("some_more_hair", _("Some more hair where it is thin")),
                ("hairline_back", _("My old hairline back")),
                ("all_back", _("All my hair back")),
                NOT_SURE,
                short=_("Hopes for"),
            ),
        ),
    ),
)
