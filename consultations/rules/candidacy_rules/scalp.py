"""R-13 to R-19 and R-67: what is seen and felt on the skin of the scalp, and whether somebody is well."""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules.terms import (
    BROWS,
    CAN_CARRY,
    CONVENTION,
    DOCTOR_FIRST,
    EMLA_LABEL,
    GENERAL_PRACTICE,
    NOTHING_FOR_DESK,
    OUR_POLICY,
    WRITTEN_REVIEW,
    bothered_by,
    has,
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

KNOWN_SCARRING = ("lichen_planopilaris", "ffa", "lupus", "dissecting")
SCALE = ("any", sees("thick_scale", "dandruff"), ("includes_any", "patch_look", ("flaky",)))
DOTS = ("any", sees("black_dots"), ("includes_any", "patch_look", ("black_dots",)))
PATCHES = bothered_by("round_patches")
HURTS = ("any", ("gte", "sx_pain", 4), ("gte", "sx_burning", 4))

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
