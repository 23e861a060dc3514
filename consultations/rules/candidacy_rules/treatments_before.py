"""R-59 to R-63: treatments of the scalp before, how long ago, and what they left behind."""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules.terms import (
    CONVENTION,
    DOCTOR_FIRST,
    MYCOBACTERIA,
    NOTHING_FOR_DESK,
    OUR_POLICY,
    SIX_MONTHS,
    THREE_MONTHS,
    had_problem,
    less_than_days_ago,
    sees,
    unknown,
)

_ = gettext_noop = str

SERIOUS = ("abscess", "lump", "new_patch", "necrosis", "allergy")
LATELY, FOUR_WEEKS = 14, 28


def _spaced(treatment: str, days: int, text: str) -> Clause:
    """A treatment of the scalp wants so many days before the next kind."""
    key = f"tx_{treatment}_last_date"
    return Clause(
        id=treatment,
        scope="ALL",
        outcome="DEFER",
        when=less_than_days_ago(key, days),
        until=Until(text=text, after=key, days=days),
    )


def _lately_or_unknown(treatment: str) -> tuple:
    key = f"tx_{treatment}_last_date"
    return ("any", unknown(key), less_than_days_ago(key, SIX_MONTHS))


INJECTED_LATELY = ("any", *map(_lately_or_unknown, ("mesotherapy", "prp", "steroid_injection", "exosome")))
AFTER_2_WEEKS, AFTER_4_WEEKS, AFTER_12_WEEKS = (
    _("two weeks after that treatment"),
    _("four weeks after that treatment"),
    _("twelve weeks after that treatment"),
)

RULES: tuple[Rule, ...] = (
    Rule(
        id="R-59",
        title=_("Another treatment of the scalp lately"),
        clauses=(
            _spaced("prp", 14, AFTER_2_WEEKS),
            _spaced("mesotherapy", 14, AFTER_2_WEEKS),
            _spaced("microneedling", 14, AFTER_2_WEEKS),
            _spaced("laser", 14, AFTER_2_WEEKS),
            _spaced("steroid_injection", 28, AFTER_4_WEEKS),
            _spaced("botulinum", 84, AFTER_12_WEEKS),
            Clause(
                id="exosome",
                scope="ALL",
                outcome="REVIEW",
                when=less_than_days_ago("tx_exosome_last_date", 14),
                clinician=_("Exosomes, peptides or growth factors within 14 days. Injected, or put on?"),
                patient=_("The doctor will ask how that was given, and when."),
            ),
        ),
        clinician=_(
            "Spacing not met: 14 days after PRP, mesotherapy, microneedling, laser; 28 after a steroid; 84 "
            "after botulinum toxin."
        ),
        patient=_("The scalp needs time between treatments. We wait until it has had that time."),
        desk=DOCTOR_FIRST,
        rationale=_("Overlap confuses reactions, and skin has to recover. Beyond steroids it is convention."),
        sources=(_("British Association of Dermatologists, guideline on alopecia areata"), CONVENTION),
        certainty="D",
    ),
    Rule(
        id="R-60",
        title=_("Hair transplant lately"),
        clauses=(
            Clause(
                id="transplant",
                scope="ALL",
                outcome="DEFER",
                when=less_than_days_ago("tx_transplant_last_date", THREE_MONTHS),
                until=Until(
                    text=_("three months after the transplant, or the surgeon agrees"),
                    after="tx_transplant_last_date",
                    days=THREE_MONTHS,
                ),
            ),
        ),
        clinician=_("Transplant within three months. Wait, or the surgeon's note."),
        patient=_("We wait until your transplant has settled: three months, or the word of your surgeon."),
        desk=DOCTOR_FIRST,
        rationale=_("Loss of grafts, infection."),
        sources=(CONVENTION,),
        certainty="D",
    ),
    Rule(
        id="R-61",
        title=_("Colour or chemicals on the scalp lately"),
        clauses=(
            Clause(
                id="fresh",
                scope="ALL",
                outcome="DEFER",
                when=less_than_days_ago("chemical_last_date", 3),
                until=Until(text=_("three days after the treatment"), after="chemical_last_date", days=3),
            ),
            Clause(
                id="burn",
                scope="ALL",
                outcome="DEFER",
                when=(
                    "all",
                    ("includes_any", "chemical_types", ("burn",)),
                    (
                        "any",
                        unknown("chemical_last_date"),
                        less_than_days_ago("chemical_last_date", FOUR_WEEKS),
                    ),
                ),
                until=Until(text=_("the burn has healed"), after="chemical_last_date", days=FOUR_WEEKS),
                clinician=_("A chemical burn of the scalp. Healed first, and look for scars."),
                patient=_("We wait until the burn has healed."),
            ),
        ),
        clinician=_("Colour, bleach, straightening or the like within 72 hours."),
        patient=_("We wait until three days after colouring, bleaching or straightening."),
        desk=DOCTOR_FIRST,
        rationale=_("The skin's barrier is damaged: irritation, infection."),
        sources=(OUR_POLICY,),
        certainty="D",
    ),
    Rule(
        id="R-62",
        title=_("Trouble after injections before"),
        clauses=(
            Clause(
                id="same_product",
                scope="PRODUCT",
                outcome="ABS",
                when=("all", had_problem(*SERIOUS), ("is", "planned.had_before", True)),
                clinician=_("What was injected then is in the planned product, too. Choose another."),
                patient=_("Something in it gave you trouble before, so the doctor will choose another way."),
            ),
            Clause(
                id="trouble",
                scope="ALL",
                outcome="REVIEW",
                when=had_problem(*SERIOUS),
            ),
            Clause(
                id="lump_lately",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "any",
                    ("all", had_problem("abscess", "lump", "new_patch"), _lately_or_unknown("mesotherapy")),
                    ("all", sees("lumps"), INJECTED_LATELY),
                    ("all", sees("lumps"), ("in", "since_scalp", ("yes", "not_sure"))),
                ),
                lane="7-day",
                clinician=_(
                    "A lump, abscess or new patch within six months of injections: mycobacteria or a scar? "
                    "Biopsy, culture with AFB, product and lot."
                ),
                patient=_("A doctor should look at this within a week, before any more injections."),
            ),
            Clause(
                id="skin_dying",
                scope="ALL",
                outcome="REVIEW",
                when=("all", had_problem("necrosis"), less_than_days_ago("tx_mesotherapy_last_date", LATELY)),
                lane="same-day",
                clinician=_("Skin that turned dark after injections within two weeks. See today."),
                patient=_("A doctor should look at this today. Somebody from the clinic calls you."),
            ),
            Clause(
                id="lumps",
                scope="ALL",
                outcome="REVIEW",
                when=sees("lumps"),
                clinician=_("Lumps on the scalp. What are they? Nothing is injected into or beside them."),
                patient=_("The doctor will look at the lumps first."),
            ),
            Clause(
                id="reaction_here",
                scope="ALL",
                outcome="REVIEW",
                when=("in", "since_reaction", ("yes", "not_sure")),
                clinician=_("A reaction since the last session. Look and ask before the next."),
                patient=_("Please tell the doctor what happened after the last session."),
            ),
        ),
        clinician=_("Trouble after mesotherapy: product and lot; biopsy and culture if there are nodules."),
        patient=_("Please bring what you know about it: where, when, with what. We examine first."),
        desk=DOCTOR_FIRST,
        rationale=_("It may be a slow infection, a scar or an allergy."),
        sources=(
            _("Duque-Estrada et al., J Am Acad Dermatol 2009;61:707"),
            _("hair loss at injection sites of mesotherapy, J Cosmet Dermatol 2016"),
            MYCOBACTERIA,
        ),
        certainty="C",
    ),
    Rule(
        id="R-63",
        title=_("Swelling of the forehead before"),
        clauses=(
            Clause(id="swelling", scope="ALL", outcome="CAUTION", when=had_problem("forehead_swelling")),
        ),
        clinician=_("Frontal oedema before: likely again, first sessions, for one to four days."),
        patient=_("Swelling of the forehead can come again for a few days. We show you what helps."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Fourteen cases, mostly after the first two sessions; lidocaine in all."),
        sources=(_("Melo et al., Dermatol Ther 2022;35:e15247"),),
        certainty="C",
    ),
)
