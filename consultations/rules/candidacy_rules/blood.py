"""R-36 to R-40, R-64 and R-65: what makes bleeding likelier, and what blood tests say."""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules.terms import (
    ANTITHROMBOTICS,
    BRINGS_LETTER,
    BRINGS_TESTS,
    CONVENTION,
    DOCTOR_FIRST,
    GENERAL_PRACTICE,
    NOTHING_FOR_DESK,
    OUR_POLICY,
    RASHEED,
    S3_ANTITHROMBOTICS,
    WRITTEN_REVIEW,
    has,
    no,
    since,
    takes,
    unknown,
    yes,
)

_ = gettext_noop = str

BLOOD_SPECIALIST = Until(text=_("the blood specialist has agreed"))

RULES: tuple[Rule, ...] = (
    Rule(
        id="R-36",
        title=_("Bleeding disorder"),
        clauses=(
            Clause(
                id="disorder",
                scope="ALL",
                outcome="ABS",
                when=has("bleeding_disorder"),
                until=BLOOD_SPECIALIST,
            ),
            Clause(
                id="platelets_low",
                scope="ALL",
                outcome="ABS",
                when=("lt", "platelets_10e9_l", 50),
                until=BLOOD_SPECIALIST,
                clinician=_("Platelets below 50 × 10⁹/L. Haematologist first."),
            ),
            Clause(
                id="platelets_reduced",
                scope="ALL",
                outcome="REVIEW",
                when=("lt", "platelets_10e9_l", 100),
                clinician=_("Platelets below 100 × 10⁹/L. Why? Repeat; few punctures, long pressure."),
            ),
            Clause(
                id="in_the_family",
                scope="ALL",
                outcome="CAUTION",
                when=yes("fam_bleeding"),
                clinician=_("Bleeding in the family. Ask about own bleeding: dentist, operations, periods."),
                patient=_("The doctor will ask how cuts and operations went for you."),
                desk=NOTHING_FOR_DESK,
            ),
        ),
        clinician=_(
            "Bleeding disorder or low platelets: many punctures. Haematologist first, platelet count."
        ),
        patient=_("We ask your blood specialist first."),
        desk=BRINGS_LETTER,
        rationale=_("Haematoma. The numbers are convention."),
        sources=(WRITTEN_REVIEW,),
        certainty="C",
    ),
    Rule(
        id="R-37",
        title=_("Warfarin and the INR"),
        clauses=(
            Clause(
                id="high",
                scope="ALL",
                outcome="DEFER",
                when=("all", takes("warfarin"), ("gt", "inr_ratio", 3.5)),
                until=Until(text=_("an INR of 3.5 or less")),
            ),
            Clause(
                id="old",
                scope="ALL",
                outcome="REVIEW",
                when=("all", takes("warfarin"), ("gt", since("inr_date"), 7)),
                clinician=_("The INR is older than a week. A fresh one, rather within 72 hours."),
            ),
        ),
        clinician=_("INR above 3.5: not now. Tell the prescriber; repeat the INR."),
        patient=_(
            "Please keep taking your blood thinner exactly as prescribed. We need a recent INR, and wait "
            "until it is in range."
        ),
        desk=BRINGS_TESTS,
        rationale=_("Bleeding is likelier above 3.5."),
        sources=(ANTITHROMBOTICS,),
        certainty="B",
    ),
    Rule(
        id="R-38",
        title=_("Blood thinner"),
        clauses=(
            Clause(
                id="blood_thinner",
                scope="ALL",
                outcome="REVIEW",
                when=takes("clopidogrel", "warfarin", "doac", "heparin"),
            ),
        ),
        clinician=_(
            "Anticoagulant or strong antiplatelet. Guidance: continue for minor procedures; a clot is worse "
            "than a bruise. Timing of a DOAC and a fresh INR with the prescriber; press longer."
        ),
        patient=_(
            "Please keep taking your blood thinner exactly as prescribed. The doctor plans the injections "
            "around it, and asks the doctor who prescribed it where needed."
        ),
        desk=DOCTOR_FIRST,
        rationale=_("A clot is more dangerous than a bruise. Some clinics list this as a reason to refuse."),
        sources=(ANTITHROMBOTICS, S3_ANTITHROMBOTICS),
        certainty="B",
    ),
    Rule(
        id="R-39",
        title=_("Aspirin every day"),
        clauses=(
            Clause(
                id="aspirin",
                scope="ALL",
                outcome="CAUTION",
                when=(
                    "all",
                    takes("aspirin"),
                    ("any", unknown("aspirin_prescribed"), yes("aspirin_prescribed")),
                ),
            ),
        ),
        clinician=_("Prescribed low-dose aspirin: continue. Expect bruises, press longer."),
        patient=_("Please keep taking your aspirin as prescribed. There may be a few more bruises."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Its benefit outweighs bruising."),
        sources=(ANTITHROMBOTICS, S3_ANTITHROMBOTICS),
        certainty="B",
    ),
    Rule(
        id="R-40",
        title=_("Things that make bruises likelier"),
        clauses=(
            Clause(id="bruising", scope="ALL", outcome="CAUTION", when=takes("pain_tablets", "supplements")),
            Clause(
                id="own_aspirin",
                scope="ALL",
                outcome="CAUTION",
                when=("all", takes("aspirin"), no("aspirin_prescribed")),
                clinician=_("Aspirin that nobody prescribed. Ask why, before anything is changed."),
                patient=_("Aspirin makes bruises likelier. The doctor will ask why you take it."),
            ),
        ),
        clinician=_("Pain tablets or supplements: bruising. Ask who advised them."),
        patient=_(
            "Some pain tablets and supplements make bruises likelier. The doctor will go through them."
        ),
        desk=NOTHING_FOR_DESK,
        rationale=_("Weak evidence."),
        sources=(CONVENTION,),
        certainty="D",
    ),
    Rule(
        id="R-64",
        title=_("A test that cannot wait"),
        clauses=(
            Clause(
                id="haemoglobin",
                scope="ALL",
                outcome="REVIEW",
                when=("lt", "hb_g_dl", 8),
                lane="7-day",
                clinician=_("Haemoglobin below 8 g/dL. Tell the patient and a physician this week."),
            ),
            Clause(
                id="platelets",
                scope="ALL",
                outcome="REVIEW",
                when=("lt", "platelets_10e9_l", 50),
                lane="7-day",
                clinician=_("Platelets below 50 × 10⁹/L. Tell the patient and a physician this week."),
            ),
            Clause(
                id="thyroid",
                scope="ALL",
                outcome="REVIEW",
                when=("any", ("lt", "tsh_miu_l", 0.05), ("gt", "tsh_miu_l", 20)),
                lane="7-day",
                clinician=_("TSH far out of range. Tell the patient and a physician this week."),
            ),
            Clause(
                id="sugar",
                scope="ALL",
                outcome="REVIEW",
                when=("any", ("gt", "hba1c_percent", 12), ("gt", "fasting_glucose_mg_dl", 300)),
                lane="7-day",
                clinician=_("Sugar far out of range. Tell the patient and a physician this week."),
            ),
        ),
        clinician=_("A critical value. Tell the patient and a physician this week."),
        patient=_("Please show these tests to a doctor this week. We help you to find one."),
        desk=DOCTOR_FIRST,
        rationale=_("The illness comes first."),
        sources=(GENERAL_PRACTICE, OUR_POLICY),
        certainty="C",
    ),
    Rule(
        id="R-65",
        title=_("A test that may explain hair fall"),
        clauses=(
            Clause(id="ferritin", scope="ALL", outcome="REVIEW", when=("lt", "ferritin_ng_ml", 30)),
            Clause(id="vitamin_d", scope="ALL", outcome="REVIEW", when=("lt", "vitamin_d_ng_ml", 20)),
            Clause(id="b12", scope="ALL", outcome="REVIEW", when=("lt", "b12_pg_ml", 200)),
            Clause(
                id="thyroid",
                scope="ALL",
                outcome="REVIEW",
                when=("any", ("lt", "tsh_miu_l", 0.4), ("gt", "tsh_miu_l", 4.5)),
            ),
            Clause(
                id="haemoglobin",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "any",
                    ("lt", "hb_g_dl", 12),
                    ("all", ("is", "sex_at_birth", "male"), ("lt", "hb_g_dl", 13)),
                ),
            ),
            Clause(
                id="biotin",
                scope="ALL",
                outcome="CAUTION",
                when=("all", yes("biotin_high"), ("includes_any", "tests_had", ("tsh",))),
                clinician=_(
                    "5 mg of biotin a day or more falsifies thyroid tests. Read them with that in mind."
                ),
                patient=_("Biotin disturbs some blood tests. Please tell the laboratory about it."),
                desk=NOTHING_FOR_DESK,
            ),
        ),
        clinician=_(
            "Ferritin below 30, vitamin D below 20, B12 below 200, TSH or Hb out of range: a plan for it."
        ),
        patient=_("Some of your tests may explain hair fall. Treating that comes first."),
        desk=DOCTOR_FIRST,
        rationale=_("Contributors that can be mended; cut-offs vary between studies."),
        sources=(RASHEED, _("Tzu Chi Medical Journal, series of 155 women in Taiwan")),
        certainty="C",
    ),
)
