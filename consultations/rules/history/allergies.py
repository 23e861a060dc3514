"""What a body did not accept, and what happened."""

from consultations.rules.questions import (
    NONE,
    NOT_SURE,
    Choices,
    Page,
    gettext_noop,
    on,
    several_of,
    words,
    yes_no,
)

_ = gettext_noop

LIST: Choices = (
    ("lidocaine", _("Lignocaine (lidocaine, Xylocaine), for example at the dentist")),
    ("prilocaine", _("Prilocaine, or a numbing cream (EMLA, Prilox)")),
    ("other_caine", _("Another numbing medicine that ends in -caine")),
    ("paba_ester", _("PABA, as in some sunscreens, or procaine")),
    ("parabens", _("Parabens (preservatives)")),
    ("sulfites", _("Sulphites (in some injections, wine and dried fruit)")),
    ("benzyl_alcohol", _("Benzyl alcohol (a preservative)")),
    ("propylene_glycol", _("Propylene glycol or PEG")),
    ("chlorhexidine", _("Chlorhexidine (Savlon, some mouthwashes)")),
    ("povidone_iodine", _("Iodine on the skin (Betadine)")),
    ("alcohol", _("Spirit or alcohol swabs")),
    ("latex", _("Rubber gloves (latex)")),
    ("adhesive", _("Sticking plaster, or glue for a hair patch")),
    ("hyaluronidase", _("Bee or wasp stings, or hyaluronidase")),
    ("b_vitamins", _("Vitamin B injections (thiamine, Neurobion)")),
    ("minoxidil", _("Minoxidil")),
    ("five_ari", _("Finasteride or dutasteride")),
    ("steroid", _("Steroid injections (Kenacort)")),
    ("foods", _("Peanut, egg or soya")),
    ("nickel", _("Nickel (cheap jewellery)")),
    ("hair_dye", _("Hair dye or black henna")),
    ("antibiotics", _("Antibiotics")),
    ("other", _("Something else")),
    NONE,
    ("not_sure", _("I'm not sure about one or more")),
)
ALLERGIES = Page(
    key="allergies",
    title=_("Has anything ever given you a bad reaction?"),
    why=_("So that we never use a thing your body does not accept, in a vial, on a swab or in a glove."),
)
PAGES = (ALLERGIES,)
ANY = ("any", ("includes_any", "allergies", ("not_sure",)), ("none_of", "allergies", ("none",)))

QUESTIONS = on(
    ALLERGIES,
    (
        several_of(
            "allergies",
            _("Tick everything that gave you a rash, swelling, trouble breathing or a collapse"),
            *LIST,
            short=_("Allergies"),
            safety=True,
        ),
        words(
            "allergies_other",
            _("What was it, and what happened?"),
            short=_("In own words"),
            shown_if=("includes_any", "allergies", ("antibiotics", "other")),
            only_for=_("If you ticked antibiotics or something else"),
            required=False,
        ),
        several_of(
            "reaction_kind",
            _("What happened then?"),
            ("rash", _("A rash where it touched")),
            ("hives", _("Itching wheals all over (hives)")),
            ("swelling", _("Swelling of lips, face or throat")),
            ("breathing", _("Trouble breathing")),
            ("collapse", _("Collapse")),
            ("fainted", _("I only went pale and fainted for a moment")),
            ("palpitations", _("Only a racing heart")),
            NOT_SURE,
            short=_("Reaction"),
            shown_if=ANY,
            only_for=_("If you ticked anything in this list"),
            safety=True,
        ),
        yes_no(
            "severe_reaction",
            _("Did anything, a food or a sting too, ever make it hard to breathe, or make you collapse?"),
            short=_("Severe reaction"),
            safety=True,
            why=_("We then keep you longer afterwards, with help at hand."),
        ),
    ),
)
