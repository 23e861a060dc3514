"""R-27 to R-35: allergies and reactions, numbing medicines and their dose."""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules.terms import (
    DOCTOR_FIRST,
    EMLA_LABEL,
    GENERAL_PRACTICE,
    LIDOCAINE_LABEL,
    LOCAL_ANAESTHESIA,
    NOTHING_FOR_DESK,
    WRITTEN_REVIEW,
    allergic_to,
    given,
    has,
    no,
    takes,
    unknown,
    yes,
)

_ = gettext_noop = str

NUMBING = allergic_to("lidocaine", "prilocaine", "other_caine")
LIKE_AN_ALLERGY = ("rash", "hives", "swelling", "breathing", "collapse")
# A faint or a racing heart and nothing else: not an allergy. In doubt it is taken for one.
ONLY_A_FAINT = (
    "all",
    ("includes_any", "reaction_kind", ("fainted", "palpitations")),
    ("none_of", "reaction_kind", LIKE_AN_ALLERGY),
    no("severe_reaction"),
)
MAYBE_AN_ALLERGY = ("any", unknown("reaction_kind"), unknown("severe_reaction"), ("not", ONLY_A_FAINT))
WITH_ADRENALINE = ("is", "planned.adrenaline", True)
AMIDE = ("amide_anaesthetic",)
WITHOUT_AMIDE = (
    "all",
    ("none_of", "planned.anaesthetic.classes", AMIDE),
    ("not", ("includes_any", "planned.classes", AMIDE)),
)

RULES: tuple[Rule, ...] = (
    Rule(
        id="R-27",
        title=_("Allergy to an ingredient"),
        clauses=(
            Clause(
                id="product",
                scope="PRODUCT",
                outcome="ABS",
                when=("overlap", "allergies", "planned.allergens"),
                overridable=False,
            ),
            Clause(
                id="numbing",
                scope="LA",
                outcome="ABS",
                when=(
                    "any",
                    ("overlap", "allergies", "planned.anaesthetic.additives"),
                    ("all", ("overlap", "allergies", "planned.anaesthetic.allergens"), MAYBE_AN_ALLERGY),
                ),
                overridable=False,
                clinician=_("The planned numbing medicine meets a stated allergy."),
            ),
            Clause(
                id="written",
                scope="PRODUCT",
                outcome="REVIEW",
                when=("all", allergic_to("other", "antibiotics"), given("planned.status")),
                clinician=_("An allergy was written in free text. Compare it with the label."),
                patient=_("The doctor will compare your allergy with what is in the medicine."),
            ),
            Clause(
                id="unlisted",
                scope="PRODUCT",
                outcome="REVIEW",
                when=(
                    "all",
                    ("none_of", "allergies", ("none",)),
                    ("is", "planned.has_unlisted", True),
                ),
                clinician=_("The product holds an ingredient we do not know. Compare the allergy by hand."),
                patient=_("The doctor will compare your allergy with what is in the medicine."),
            ),
        ),
        clinician=_("Allergy to an ingredient of the planned product."),
        patient=_("You told us of an allergy to something in it, so we do not use it for you."),
        desk=DOCTOR_FIRST,
        rationale=_("Anaphylaxis."),
        sources=(WRITTEN_REVIEW,),
        certainty="A",
    ),
    Rule(
        id="R-28",
        title=_("A severe reaction before"),
        clauses=(Clause(id="severe", scope="ALL", outcome="REVIEW", when=yes("severe_reaction")),),
        clinician=_("Anaphylaxis ever: check each ingredient, emergency kit ready, watch longer."),
        patient=_("Please bring what you know about that reaction: when, to what, what helped."),
        desk=_("Doctor to review before treatment. Stays 15 minutes longer after it."),
        rationale=_("It may happen again."),
        sources=(GENERAL_PRACTICE,),
        certainty="C",
    ),
    Rule(
        id="R-29",
        title=_("Reaction to numbing medicine"),
        clauses=(
            Clause(
                id="amide",
                scope="LA",
                outcome="ABS",
                when=(
                    "all",
                    (
                        "any",
                        ("all", NUMBING, MAYBE_AN_ALLERGY),
                        ("is", "injection_history", "reaction"),
                    ),
                    ("not", WITHOUT_AMIDE),
                ),
                until=Until(text=_("an allergy test")),
            ),
            Clause(
                id="history",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "any",
                    ("all", NUMBING, MAYBE_AN_ALLERGY),
                    ("in", "injection_history", ("reaction", "not_sure")),
                ),
            ),
        ),
        clinician=_(
            "Reaction to a local anaesthetic: true allergy is rare. Take the history, test, or use another "
            "way (ester, diphenhydramine, saline, ice)."
        ),
        patient=_("We use no numbing medicine of that kind without a test. Other ways exist."),
        desk=DOCTOR_FIRST,
        rationale=_("About one in a hundred reported reactions is a true allergy."),
        sources=(LOCAL_ANAESTHESIA,),
        certainty="B",
    ),
    Rule(
        id="R-30",
        title=_("Fainted, or a racing heart, with a numbing injection"),
        clauses=(
            Clause(id="only_faint", scope="ALL", outcome="CAUTION", when=("all", NUMBING, ONLY_A_FAINT)),
            Clause(
                id="at_an_injection",
                scope="ALL",
                outcome="CAUTION",
                when=("in", "injection_history", ("fainted", "palpitations")),
            ),
            Clause(
                id="in_the_family",
                scope="LA",
                outcome="CAUTION",
                when=yes("fam_anaesthetic"),
                clinician=_("Trouble with an anaesthetic in the family. Ask with which, and what happened."),
                patient=_("The doctor will ask about the anaesthetic that gave your family trouble."),
            ),
        ),
        clinician=_("Probably vasovagal, or adrenaline: no allergy. Write it down so; supine."),
        patient=_("That is useful to know. Most such reactions are no allergy."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Who only fainted should not carry the label of an allergy."),
        sources=(LOCAL_ANAESTHESIA,),
        certainty="C",
    ),
    Rule(
        id="R-31",
        title=_("Methaemoglobinaemia"),
        clauses=(
            Clause(
                id="prilocaine",
                scope="PRILOCAINE",
                outcome="ABS",
                when=has("methaemoglobinaemia"),
                overridable=False,
            ),
            Clause(id="any", scope="ALL", outcome="REVIEW", when=has("methaemoglobinaemia")),
        ),
        clinician=_("Methaemoglobinaemia: no prilocaine, no EMLA; discuss any other numbing."),
        patient=_("We use a different way of numbing for you."),
        desk=DOCTOR_FIRST,
        rationale=_("Prilocaine oxidises haemoglobin."),
        sources=(EMLA_LABEL,),
        certainty="A",
    ),
    Rule(
        id="R-32",
        title=_("Sensitive red blood cells"),
        clauses=(
            Clause(
                id="prilocaine",
                scope="PRILOCAINE",
                outcome="REVIEW",
                when=("any", has("g6pd"), takes("oxidising")),
            ),
        ),
        clinician=_("G6PD deficiency or an oxidising medicine: rather no prilocaine."),
        patient=_("The doctor may choose a different way of numbing for you."),
        desk=DOCTOR_FIRST,
        rationale=_("More prone to methaemoglobin. G6PD deficiency is not rare in some Indian communities."),
        sources=(EMLA_LABEL,),
        certainty="A",
    ),
    Rule(
        id="R-33",
        title=_("Numbing medicine and the heart's rhythm, porphyria or other medicines"),
        clauses=(
            Clause(
                id="local_anaesthetic",
                scope="LA",
                outcome="REVIEW",
                when=("any", takes("heart_rhythm"), has("porphyria")),
            ),
            Clause(
                id="adrenaline",
                scope="LA",
                outcome="REVIEW",
                when=("all", WITH_ADRENALINE, takes("tricyclic_maoi", "beta_blocker")),
                clinician=_("Adrenaline with a tricyclic, an MAO inhibitor or a beta-blocker: use plain."),
                patient=_("The doctor will look at your tablets before choosing a numbing medicine."),
            ),
        ),
        clinician=_(
            "Class III antiarrhythmic: watch closely, think of an ECG. Porphyria: check the anaesthetic."
        ),
        patient=_("The doctor will look at your heart tablets before choosing a numbing medicine."),
        desk=DOCTOR_FIRST,
        rationale=_("Effects on the heart add up; lidocaine can set off porphyria."),
        sources=(EMLA_LABEL, GENERAL_PRACTICE),
        certainty="A",
    ),
    Rule(
        id="R-34",
        title=_("Dose of the numbing medicine"),
        clauses=(
            Clause(
                id="plain",
                scope="LA",
                outcome="ABS",
                when=(
                    "all",
                    ("not", WITH_ADRENALINE),
                    (
                        "any",
                        ("gt", "planned.mg", 300),
                        ("gt", "planned.mg", ("times", 4.5, "weight_kg")),
                    ),
                ),
                until=Until(text=_("a lower dose is planned")),
                overridable=False,
            ),
            Clause(
                id="with_adrenaline",
                scope="LA",
                outcome="ABS",
                when=(
                    "all",
                    WITH_ADRENALINE,
                    ("any", ("gt", "planned.mg", 500), ("gt", "planned.mg", ("times", 7, "weight_kg"))),
                ),
                until=Until(text=_("a lower dose is planned")),
                overridable=False,
                clinician=_(
                    "Above the highest dose with adrenaline: 7 mg/kg, 500 mg at most, all sources counted."
                ),
            ),
        ),
        clinician=_("Above the highest plain dose: 4.5 mg/kg, 300 mg at most, all sources counted."),
        patient=_("The doctor will plan the numbing anew."),
        desk=DOCTOR_FIRST,
        rationale=_("Too much of it acts on brain and heart."),
        sources=(LOCAL_ANAESTHESIA, LIDOCAINE_LABEL),
        certainty="A",
    ),
    Rule(
        id="R-35",
        title=_("Gloves, cleansers, plasters and preservatives"),
        clauses=(
            Clause(
                id="latex",
                scope="ALL",
                outcome="CAUTION",
                when=allergic_to("latex"),
                clinician=_("Latex: nitrile gloves, no rubber stopper or tourniquet of latex."),
            ),
            Clause(
                id="cleanser",
                scope="ALL",
                outcome="CAUTION",
                when=allergic_to("chlorhexidine", "povidone_iodine", "alcohol"),
                clinician=_(
                    "Cleanser. Chlorhexidine: use povidone-iodine or spirit. Iodine: use chlorhexidine or "
                    "spirit. Spirit: use aqueous chlorhexidine or povidone-iodine."
                ),
            ),
            Clause(
                id="adhesive",
                scope="ALL",
                outcome="CAUTION",
                when=allergic_to("adhesive"),
                clinician=_("Plaster: gauze and pressure instead, or paper tape after a trial."),
            ),
            Clause(
                id="preservative",
                scope="ALL",
                outcome="CAUTION",
                when=allergic_to("sulfites", "parabens", "benzyl_alcohol", "propylene_glycol"),
                clinician=_(
                    "Preservative. Sulphites: anaesthetic without adrenaline. Parabens, benzyl alcohol: "
                    "single-dose vials without preservative, plain saline. PEG: check every vehicle."
                ),
            ),
            Clause(
                id="nickel",
                scope="ALL",
                outcome="CAUTION",
                when=allergic_to("nickel"),
                clinician=_("Nickel: short contact with a steel needle is mostly borne; watch the site."),
            ),
            Clause(
                id="dye",
                scope="ALL",
                outcome="CAUTION",
                when=allergic_to("hair_dye", "paba_ester"),
                clinician=_("Hair dye or PABA: ester anaesthetics may cross-react; use an amide or none."),
            ),
        ),
        clinician=_("Contact allergy: choose gloves, cleanser and plaster accordingly."),
        patient=_("We have noted this for gloves, cleanser and plasters."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Contact or immediate reaction."),
        sources=(GENERAL_PRACTICE,),
        certainty="C",
    ),
)
