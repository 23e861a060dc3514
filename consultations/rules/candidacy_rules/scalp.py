"""R-13 to R-26: what is seen and felt on the scalp, and what kind of hair loss it may be."""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules.terms import (
    AREATA_SCALE,
    BROWS,
    CAN_CARRY,
    CONVENTION,
    DOCTOR_FIRST,
    EMLA_LABEL,
    GENERAL_PRACTICE,
    NOTHING_FOR_DESK,
    OUR_POLICY,
    RASHEED,
    SIX_MONTHS,
    TELOGEN_EFFLUVIUM,
    WRITTEN_REVIEW,
    at,
    bothered_by,
    has,
    no,
    sees,
    since,
    unknown,
    yes,
)

_ = gettext_noop = str

INFECTION_SIGNS = ("pustules", "crusts", "boggy_swelling", "sores")
ANY_SIGN = (
    *INFECTION_SIGNS, "scar_like_skin", "red_rings", "thick_scale", "dandruff", "lumps", "black_dots",
)  # fmt: skip
HEALED = Until(text=_("the scalp has healed and a doctor has looked at it"))
EXAMINED = Until(text=_("a doctor has examined the scalp closely"))
FUNGUS_RULED_OUT = Until(text=_("a test has ruled out a fungus, or it has been treated"))
CAUSE_TREATED = Until(text=_("the cause is being treated"))

KNOWN_SCARRING = ("lichen_planopilaris", "ffa", "lupus", "dissecting")
SCALE = ("any", sees("thick_scale", "dandruff"), ("includes_any", "patch_look", ("flaky",)))
DOTS = ("any", sees("black_dots"), ("includes_any", "patch_look", ("black_dots",)))
PATCHES = bothered_by("round_patches")
BAND_ROUND_THE_BACK = ("all", at("back"), at("side_left", "side_right"))
HURTS = ("any", ("gte", "sx_pain", 4), ("gte", "sx_burning", 4))
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
        id="R-13",
        title=_("Infected scalp"),
        clauses=(
            Clause(
                id="infected",
                scope="ALL",
                outcome="DEFER",
                when=sees(*INFECTION_SIGNS),
                until=HEALED,
                overridable=False,
            ),
            Clause(
                id="boggy",
                scope="ALL",
                outcome="DEFER",
                when=sees("boggy_swelling"),
                until=HEALED,
                overridable=False,
                lane="same-day",
                clinician=_("Boggy painful swelling: kerion or abscess until shown otherwise. See today."),
                patient=_(
                    "A doctor should look at that swelling today, before anything else. Somebody from the "
                    "clinic calls you."
                ),
            ),
            Clause(
                id="fever",
                scope="ALL",
                outcome="DEFER",
                when=("all", sees(*INFECTION_SIGNS), yes("scalp_fever")),
                until=HEALED,
                overridable=False,
                lane="same-day",
                clinician=_("Scalp infection with fever or nodes. See today."),
                patient=_(
                    "A doctor should look at your scalp today, before anything else. Somebody from the "
                    "clinic calls you."
                ),
            ),
            Clause(
                id="fever_unsure",
                scope="ALL",
                outcome="DEFER",
                when=("all", sees(*INFECTION_SIGNS), ("is", "scalp_fever", "not_sure")),
                until=HEALED,
                overridable=False,
                lane="7-day",
                clinician=_("Scalp infection; fever or nodes not known. Ask by phone."),
                patient=_(
                    "A doctor should look at your scalp this week, before any injection; if you get fever, "
                    "call us the same day."
                ),
            ),
        ),
        clinician=_("Active scalp infection. Treat first; no injection through it."),
        patient=_("We treat the scalp first and talk about injections after that."),
        desk=DOCTOR_FIRST,
        rationale=_("A needle carries infection deeper: spread, abscess, scars."),
        sources=(WRITTEN_REVIEW, _("Kadry et al., J Drugs Dermatol 2008;7:72")),
        certainty="C",
    ),
    Rule(
        id="R-14",
        title=_("Cold sores or shingles now"),
        clauses=(
            Clause(
                id="now",
                scope="ALL",
                outcome="DEFER",
                when=("is", "cold_sores", "now"),
                until=Until(text=_("two weeks after the sore has healed")),
                overridable=False,
            ),
        ),
        clinician=_(
            "Active herpes simplex or zoster on face or scalp. Fully healed first, 14 days at least."
        ),
        patient=_("We wait until the sore has healed, and two weeks more."),
        desk=DOCTOR_FIRST,
        rationale=_("Needles spread the virus."),
        sources=(CONVENTION, OUR_POLICY),
        certainty="C",
    ),
    Rule(
        id="R-15",
        title=_("Cold sores before"),
        clauses=(
            Clause(
                id="past", scope="ALL", outcome="CAUTION", when=("in", "cold_sores", ("past", "not_sure"))
            ),
        ),
        clinician=_("Herpes before: consider prophylaxis; look for a fresh sore on the day."),
        patient=_("Please tell us if a cold sore begins, also on the day itself."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Small wounds may wake the virus."),
        sources=(GENERAL_PRACTICE,),
        certainty="D",
    ),
    Rule(
        id="R-16",
        title=_("Lately ill"),
        clauses=(
            Clause(
                id="recent",
                scope="ALL",
                outcome="DEFER",
                when=yes("recent_illness"),
                until=Until(
                    text=_("two weeks after you are well again"), after="recent_illness_date", days=14
                ),
            ),
        ),
        clinician=_("Fever, infection or antibiotics in the last 14 days."),
        patient=_(
            "We wait until two weeks after you are well again. Finish any antibiotic as you were told."
        ),
        desk=DOCTOR_FIRST,
        rationale=_("An infection can spread, and a fever afterwards could not be told from a reaction."),
        sources=(WRITTEN_REVIEW, OUR_POLICY),
        certainty="C",
    ),
    Rule(
        id="R-17",
        title=_("A vaccine about now"),
        clauses=(
            Clause(
                id="vaccine",
                scope="ALL",
                outcome="DEFER",
                when=(
                    "all",
                    yes("recent_vaccine"),
                    ("any", unknown("recent_vaccine_date"), ("gte", since("recent_vaccine_date"), -7)),
                ),
                until=Until(text=_("a week after the vaccine"), after="recent_vaccine_date", days=7),
            ),
        ),
        clinician=_("Vaccine within seven days, before or after. Leave a week on either side."),
        patient=_("We wait until a week after a vaccine. Please have the vaccine as it was planned."),
        desk=DOCTOR_FIRST,
        rationale=_(
            "A fever or reaction could belong to either; no numbing cream over a live intradermal vaccine."
        ),
        sources=(CONVENTION, EMLA_LABEL),
        certainty="D",
    ),
    Rule(
        id="R-18",
        title=_("Possible fungus on the scalp"),
        clauses=(
            Clause(
                id="suspected",
                scope="ALL",
                outcome="DEFER",
                when=("all", SCALE, DOTS),
                until=FUNGUS_RULED_OUT,
                overridable=False,
            ),
            Clause(
                id="ringworm",
                scope="ALL",
                outcome="DEFER",
                when=(
                    "all",
                    ("includes_any", "scalp_disease_kinds", ("ringworm",)),
                    ("in", "scalp_disease_flaring", ("yes", "not_sure")),
                ),
                until=FUNGUS_RULED_OUT,
                overridable=False,
                clinician=_("Ringworm of the scalp, perhaps active. Culture; tablets; then ask again."),
                patient=_("We treat the fungus first. Injections have to wait until it has gone."),
            ),
            Clause(
                id="inflamed",
                scope="ALL",
                outcome="DEFER",
                when=("all", SCALE, DOTS, ("any", sees("boggy_swelling"), yes("scalp_fever"))),
                until=FUNGUS_RULED_OUT,
                overridable=False,
                lane="same-day",
                clinician=_("Scale, broken hairs and a boggy mass, fever or nodes: kerion? See today."),
                patient=_(
                    "A doctor should look at your scalp today, before anything else. Somebody from the "
                    "clinic calls you."
                ),
            ),
            Clause(
                id="child",
                scope="ALL",
                outcome="REVIEW",
                when=("all", ("lt", "age", 18), PATCHES, SCALE),
                lane="7-day",
                clinician=_("A child with a bare patch and scale: tinea capitis? See within a week."),
            ),
        ),
        clinician=_("Scale with black dots or broken hairs: KOH and culture; tablets if it is tinea."),
        patient=_("It may be a fungus. Please come for a check first; injections have to wait for that."),
        desk=DOCTOR_FIRST,
        rationale=_("Contagious, and it can scar."),
        sources=(GENERAL_PRACTICE,),
        certainty="C",
    ),
    Rule(
        id="R-19",
        title=_("Signs of scarring"),
        clauses=(
            Clause(
                id="signs",
                scope="ALL",
                outcome="ABS",
                when=sees("scar_like_skin", "red_rings"),
                until=EXAMINED,
                lane="7-day",
            ),
            Clause(
                id="scarred_patch",
                scope="ALL",
                outcome="ABS",
                when=("includes_any", "patch_look", ("scarred",)),
                until=EXAMINED,
                lane="7-day",
            ),
            Clause(
                id="known",
                scope="ALL",
                outcome="ABS",
                when=("includes_any", "scalp_disease_kinds", KNOWN_SCARRING),
                until=EXAMINED,
                lane="7-day",
                clinician=_("A scarring disease is known. Active? Examine, treat; do not inject."),
            ),
            Clause(
                id="folliculitis",
                scope="ALL",
                outcome="ABS",
                when=("includes_any", "scalp_disease_kinds", ("folliculitis",)),
                until=EXAMINED,
                clinician=_("Folliculitis: simple or decalvans? Examine before any needle."),
                patient=_("The doctor looks at your scalp closely before any treatment is planned."),
            ),
            Clause(
                id="hairline_and_brows",
                scope="ALL",
                outcome="ABS",
                when=("all", yes("hairline_change"), BROWS),
                until=EXAMINED,
                lane="7-day",
                clinician=_("Hairline and brows go together: frontal fibrosing alopecia? Do not inject."),
            ),
            Clause(
                id="sore_with_signs",
                scope="ALL",
                outcome="ABS",
                when=("all", HURTS, sees(*ANY_SIGN)),
                until=EXAMINED,
                lane="7-day",
                clinician=_("Pain or burning with something to see on the scalp. Examine before any needle."),
            ),
            Clause(
                id="sore_alone",
                scope="ALL",
                outcome="REVIEW",
                when=HURTS,
                clinician=_(
                    "Pain or burning of the scalp. Alone it is common in shedding; look for scarring."
                ),
                patient=_("The doctor will look for what makes your scalp hurt."),
            ),
            Clause(
                id="hairline",
                scope="ALL",
                outcome="REVIEW",
                when=("all", yes("hairline_change"), CAN_CARRY),
                clinician=_("An even retreat of the hairline in a woman: frontal fibrosing alopecia?"),
                patient=_("The doctor will look closely at your hairline first."),
            ),
        ),
        clinician=_("Rule out cicatricial alopecia by trichoscopy, with biopsy where needed. Do not inject."),
        patient=_("A doctor should look at your scalp this week, before any treatment is planned."),
        desk=DOCTOR_FIRST,
        rationale=_("Follicles lost to scarring do not come back."),
        sources=(_("Shapiro, on scarring alopecia as a trichologic emergency"),),
        certainty="C",
    ),
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
    Rule(
        id="R-67",
        title=_("A skin disease flaring on the scalp"),
        clauses=(
            Clause(
                id="flare",
                scope="ALL",
                outcome="DEFER",
                when=(
                    "any",
                    sees("thick_scale"),
                    yes("scalp_disease_flaring"),
                    ("all", sees("dandruff"), ("any", has("eczema"), ("gte", "sx_itch", 7))),
                ),
                until=Until(text=_("the flare has settled")),
            ),
        ),
        clinician=_("Psoriasis, eczema or seborrhoeic dermatitis flaring? Treat the flare first; Koebner."),
        patient=_("We treat the flare first, and talk about injections once the skin is calm."),
        desk=DOCTOR_FIRST,
        rationale=_("Needles make it flare, and flaring skin is infected more easily."),
        sources=(WRITTEN_REVIEW,),
        certainty="C",
    ),
)
