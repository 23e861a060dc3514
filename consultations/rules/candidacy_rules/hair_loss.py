"""R-20 to R-26: which kind of hair loss it may be, and what set it off."""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules.terms import (
    AREATA_SCALE,
    BROWS,
    DOCTOR_FIRST,
    GENERAL_PRACTICE,
    NOTHING_FOR_DESK,
    RASHEED,
    SIX_MONTHS,
    TELOGEN_EFFLUVIUM,
    at,
    bothered_by,
    has,
    no,
    yes,
)

_ = gettext_noop = str

CAUSE_TREATED = Until(text=_("the cause is being treated"))

PATCHES = bothered_by("round_patches")
BAND_ROUND_THE_BACK = ("all", at("back"), at("side_left", "side_right"))
# Travel and hard water are what people suspect; nothing shows that hair falls for them.
SETS_OFF_SHEDDING = (
    "fever", "hospital", "surgery", "childbirth", "miscarriage", "hormones_changed", "crash_diet",
    "weight_loss", "stress", "blood_loss", "new_medicine", "stopped_medicine", "thyroid_change",
    "vaccination",
)  # fmt: skip
CAN_BE_MENDED = ("crash_diet", "weight_loss", "blood_loss", "new_medicine", "thyroid_change")
PULLING_STYLES = ("plait", "bun", "ponytail", "turban", "extensions", "braids", "cap")
TRACTION = (
    "all",
    ("includes_any", "tight_styles", PULLING_STYLES),
    ("gte", "tight_style_years", 1),
)
AT_THE_EDGE = at("hairline", "temple_left", "temple_right", "side_left", "side_right")

RULES: tuple[Rule, ...] = (
    Rule(
        id="R-20",
        title=_("Round bare patches"),
        clauses=(
            Clause(id="patches", scope="ALL", outcome="REVIEW", when=PATCHES),
            Clause(
                id="known",
                scope="ALL",
                outcome="REVIEW",
                when=("includes_any", "scalp_disease_kinds", ("areata",)),
                clinician=_("Alopecia areata before. Active? Steroid injections or other standard care."),
            ),
            Clause(
                id="spreading",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "all",
                    PATCHES,
                    (
                        "any",
                        ("gte", "patch_count", 3),
                        yes("patches_rapid"),
                        BROWS,
                        BAND_ROUND_THE_BACK,
                    ),
                ),
                lane="7-day",
                clinician=_(
                    "Three or more patches, rapid, brows or lashes, or a band round the back: see soon."
                ),
                patient=_("A doctor should see these patches within a week."),
            ),
        ),
        clinician=_("Probably alopecia areata: steroid injections or other standard care, score by SALT."),
        patient=_("Round patches need a diagnosis first. Another treatment may suit them better."),
        desk=DOCTOR_FIRST,
        rationale=_("An autoimmune disease with standard care of its own."),
        sources=(_("British Association of Dermatologists, guideline on alopecia areata"),),
        certainty="B",
    ),
    Rule(
        id="R-21",
        title=_("Much of the scalp is bare, or hair goes fast everywhere"),
        clauses=(
            Clause(
                id="wide",
                scope="ALL",
                outcome="REVIEW",
                when=("all", PATCHES, ("is", "patch_share", "over_half")),
            ),
            Clause(
                id="fast_with_brows",
                scope="ALL",
                outcome="REVIEW",
                when=("all", ("is", "loss_trend", "worse_fast"), BROWS),
                lane="7-day",
                clinician=_(
                    "Fast loss that takes the brows or lashes along: diffuse alopecia areata? See soon."
                ),
                patient=_("A doctor should see this within a week."),
            ),
        ),
        clinician=_("Severe alopecia areata: talk about systemic treatment; not mesotherapy alone."),
        patient=_("The doctor will talk with you about treatments for wider hair loss."),
        desk=DOCTOR_FIRST,
        rationale=_("More than a treatment of small areas can reach."),
        sources=(AREATA_SCALE,),
        certainty="C",
    ),
    Rule(
        id="R-22",
        title=_("Shedding after something that sets it off"),
        clauses=(
            Clause(
                id="after_trigger",
                scope="ALL",
                outcome="DEFER",
                when=(
                    "all",
                    bothered_by("shedding"),
                    ("lt", "duration_days", SIX_MONTHS),
                    ("includes_any", "triggers", SETS_OFF_SHEDDING),
                ),
                until=Until(
                    text=_("about six months after what set it off"), after="trigger_when", days=SIX_MONTHS
                ),
            ),
        ),
        clinician=_(
            "Likely acute telogen effluvium, mostly self-limiting. Look for the cause; wait three to six "
            "months from the trigger."
        ),
        patient=_(
            "Shedding after an illness, a birth or a hard time often settles by itself within half a year. "
            "The doctor looks for causes first, and we wait with injections until then."
        ),
        desk=DOCTOR_FIRST,
        rationale=_("Natural recovery should not be credited to a paid procedure."),
        sources=(TELOGEN_EFFLUVIUM, GENERAL_PRACTICE),
        certainty="C",
    ),
    Rule(
        id="R-23",
        title=_("A cause that is still there"),
        clauses=(
            Clause(
                id="ongoing",
                scope="ALL",
                outcome="DEFER",
                when=("all", yes("trigger_ongoing"), ("includes_any", "triggers", CAN_BE_MENDED)),
                until=CAUSE_TREATED,
            ),
            Clause(
                id="thyroid",
                scope="ALL",
                outcome="DEFER",
                when=("all", has("thyroid"), no("thyroid_treated")),
                until=CAUSE_TREATED,
                clinician=_("A thyroid disease without treatment. Begin that first."),
            ),
            Clause(
                id="anaemia",
                scope="ALL",
                outcome="DEFER",
                when=("all", has("anaemia"), no("anaemia_treated")),
                until=CAUSE_TREATED,
                clinician=_("Anaemia without treatment. Begin that first."),
            ),
        ),
        clinician=_("The trigger goes on: diet, weight loss, bleeding, thyroid, a new medicine. That first."),
        patient=_("Let's treat the cause first. Injections wait until that has begun to help."),
        desk=DOCTOR_FIRST,
        rationale=_("Treatment of hair fails while the cause goes on."),
        sources=(RASHEED, GENERAL_PRACTICE),
        certainty="C",
    ),
    Rule(
        id="R-24",
        title=_("Shedding for more than half a year"),
        clauses=(
            Clause(
                id="long",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "all",
                    bothered_by("shedding"),
                    ("gte", "duration_days", SIX_MONTHS),
                    (
                        "none_of",
                        "main_concern",
                        ("thinning_on_top", "wider_parting", "temples", "crown", "round_patches"),
                    ),
                ),
            ),
        ),
        clinician=_("Chronic telogen effluvium or early pattern loss: trichoscopy and bloods."),
        patient=_("Shedding that lasts needs an examination, and sometimes blood tests."),
        desk=DOCTOR_FIRST,
        rationale=_("The two are treated differently."),
        sources=(_("Rakowska et al., Int J Trichology 2009;1:123"),),
        certainty="B",
    ),
    Rule(
        id="R-25",
        title=_("Pulling hair"),
        clauses=(Clause(id="pulling", scope="ALL", outcome="REVIEW", when=yes("hair_pulling")),),
        clinician=_("Trichotillomania (F63.3)? Ask gently; injections do not help it."),
        patient=_("There is help for this. Please talk to the doctor about it."),
        desk=DOCTOR_FIRST,
        rationale=_("The cause is a habit that is hard to leave; that can be treated."),
        sources=(GENERAL_PRACTICE,),
        certainty="C",
    ),
    Rule(
        id="R-26",
        title=_("Hair worn tight for years"),
        clauses=(
            Clause(
                id="with_loss",
                scope="ALL",
                outcome="REVIEW",
                when=("all", TRACTION, AT_THE_EDGE),
                clinician=_("Traction with loss at the edge: the cause first; late disease scars."),
                desk=DOCTOR_FIRST,
            ),
            Clause(id="without_loss", scope="ALL", outcome="CAUTION", when=TRACTION),
        ),
        clinician=_("A tight style for a year or more. Advise on it."),
        patient=_("A looser hairstyle may help by itself. The doctor will show you."),
        desk=NOTHING_FOR_DESK,
        rationale=_("The cause can be removed; after years of it hair does not come back."),
        sources=(GENERAL_PRACTICE,),
        certainty="C",
    ),
)
