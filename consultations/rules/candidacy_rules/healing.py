"""R-41 to R-47: how the body heals and defends itself: scars, sugar, weak immunity, cancer."""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules.terms import (
    BRINGS_LETTER,
    BRINGS_TESTS,
    CONVENTION,
    DOCTOR_FIRST,
    GENERAL_PRACTICE,
    MYCOBACTERIA,
    NOTHING_FOR_DESK,
    OUR_POLICY,
    SIX_MONTHS,
    WRITTEN_REVIEW,
    has,
    less_than_days_ago,
    since,
    takes,
    unknown,
    yes,
)

_ = gettext_noop = str

ONCOLOGIST = Until(text=_("the cancer doctor has agreed"))
SUGAR_TABLETS_ALONE = ("all", takes("diabetes"), ("not", has("diabetes")))
DIABETIC = ("any", has("diabetes"), SUGAR_TABLETS_ALONE)

RULES: tuple[Rule, ...] = (
    Rule(
        id="R-41",
        title=_("Raised scars, slow healing"),
        clauses=(
            Clause(id="keloid", scope="ALL", outcome="CAUTION", when=has("keloid")),
            Clause(
                id="near_the_scalp",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "any",
                    ("includes_any", "keloid_site", ("scalp_neck_ear", "not_sure")),
                    ("includes_any", "scalp_disease_kinds", ("keloidalis",)),
                ),
                clinician=_("Keloids on scalp, neck or ear, or acne keloidalis. Test area first, if at all."),
                desk=DOCTOR_FIRST,
            ),
            Clause(
                id="in_the_family",
                scope="ALL",
                outcome="CAUTION",
                when=yes("fam_keloid"),
                clinician=_("Keloids in the family. Look at own scars."),
                patient=_("The doctor will look at how your own scars healed."),
            ),
            Clause(
                id="slow_healing",
                scope="ALL",
                outcome="CAUTION",
                when=has("slow_healing"),
                clinician=_("Wounds heal slowly. Sugar, nutrition, steroids?"),
                patient=_("The doctor will ask why wounds heal slowly."),
            ),
        ),
        clinician=_("Keloids: where? On scalp, neck or ear review first. Test area, few punctures."),
        patient=_("You have had raised scars. The doctor will weigh this with you."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Raised scars; hardly reported after thin needles in the scalp."),
        sources=(CONVENTION,),
        certainty="D",
    ),
    Rule(
        id="R-42",
        title=_("Sugar too high, or not known"),
        clauses=(
            Clause(
                id="high",
                scope="ALL",
                outcome="DEFER",
                when=("any", ("gt", "hba1c_percent", 8), ("gt", "fasting_glucose_mg_dl", 200)),
                until=Until(text=_("the sugar is under control, or its doctor agrees")),
            ),
            Clause(
                id="old_test",
                scope="ALL",
                outcome="REVIEW",
                when=("all", has("diabetes"), ("gt", since("hba1c_date"), SIX_MONTHS)),
                clinician=_("Diabetes, and the HbA1c is older than six months. A fresh one first."),
                patient=_("Please bring a recent sugar test (HbA1c). The doctor looks at it first."),
            ),
            Clause(
                id="not_told",
                scope="ALL",
                outcome="REVIEW",
                when=("all", SUGAR_TABLETS_ALONE, ("not", has("pcos"))),
                clinician=_(
                    "Medicine for sugar without diabetes or PCOS ticked. Ask for what, and for HbA1c."
                ),
                patient=_("Please bring your latest sugar tests. The doctor looks at them first."),
            ),
        ),
        clinician=_(
            "HbA1c above 8 % or fasting glucose above 200 mg/dL: control first, or a physician's note."
        ),
        patient=_("Let's get the sugar under control first: we wait until then. Its doctor can help."),
        desk=BRINGS_TESTS,
        rationale=_("Infection and slow healing when sugar is high. The cut-off is clinic policy."),
        sources=(WRITTEN_REVIEW, OUR_POLICY),
        certainty="C",
    ),
    Rule(
        id="R-43",
        title=_("Diabetes under control"),
        clauses=(
            Clause(
                id="controlled",
                scope="ALL",
                outcome="CAUTION",
                when=("all", has("diabetes"), ("lte", "hba1c_percent", 8)),
            ),
            Clause(
                id="tablets",
                scope="ALL",
                outcome="CAUTION",
                when=("all", SUGAR_TABLETS_ALONE, has("pcos")),
                clinician=_("Metformin for PCOS, probably. Glucose known?"),
                patient=_("Please bring your latest sugar test, if there is one."),
            ),
            Clause(
                id="steroid",
                scope="STER",
                outcome="CAUTION",
                when=DIABETIC,
                clinician=_("A steroid raises glucose for days: a plan for it, and a low dose."),
                patient=_("This medicine can raise your sugar for some days. Please measure more often."),
            ),
        ),
        clinician=_("Asepsis; a plan for glucose if a steroid is injected."),
        patient=_("Please keep your sugar steady, and tell us at once of a skin infection."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Published lists disagree; some refuse all diabetes."),
        sources=(WRITTEN_REVIEW,),
        certainty="D",
    ),
    Rule(
        id="R-44",
        title=_("Weak immunity"),
        clauses=(
            Clause(
                id="immunity",
                scope="ALL",
                outcome="REVIEW",
                when=("any", has("weak_immunity"), takes("immune"), ("is", "tx_jak_status", "now")),
            ),
            Clause(
                id="steroids",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "all",
                    takes("steroid_tablets"),
                    ("any", unknown("prednisolone_mg"), ("gte", "prednisolone_mg", 20)),
                ),
                clinician=_("Steroid tablets, 20 mg of prednisolone a day or more, or dose not known."),
            ),
            Clause(
                id="low_steroids",
                scope="ALL",
                outcome="CAUTION",
                when=("all", takes("steroid_tablets"), ("lt", "prednisolone_mg", 20)),
                clinician=_("Steroid tablets below 20 mg of prednisolone a day. For what, and how long?"),
                patient=_(
                    "Please keep taking the tablets as prescribed. The doctor takes them into account."
                ),
                desk=NOTHING_FOR_DESK,
            ),
            Clause(
                id="low_white_cells",
                scope="ALL",
                outcome="ABS",
                when=("includes_any", "immunity_cause", ("low_white_cells",)),
                until=Until(text=_("the blood count has recovered and the specialist agrees")),
                clinician=_("Low white cells. Neutrophils first; no injection while they are low."),
            ),
            Clause(
                id="rejection",
                scope="ALL",
                outcome="ABS",
                when=yes("transplant_rejection"),
                until=Until(text=_("the transplant team has agreed")),
                clinician=_("A transplant being rejected. Nothing elective."),
            ),
            Clause(
                id="hiv",
                scope="ALL",
                outcome="REVIEW",
                when=("includes_any", "blood_borne", ("hiv",)),
                clinician=_(
                    "HIV: CD4 count, viral load, treatment. Controlled, it is no obstacle by itself."
                ),
            ),
            Clause(
                id="told_privately",
                scope="ALL",
                outcome="REVIEW",
                when=("any", ("is", "blood_borne", "private"), ("is", "immunity_cause", "private")),
                clinician=_("Would rather tell the doctor about immunity or the blood. Ask alone."),
                patient=_("The doctor will ask you about it alone."),
            ),
        ),
        clinician=_("Immunosuppressed: cause, dose, counts. Risk of infection, mycobacteria included."),
        patient=_("The doctor may want a word with your specialist before anything is planned."),
        desk=DOCTOR_FIRST,
        rationale=_("Infection, non-tuberculous mycobacteria among them."),
        sources=(WRITTEN_REVIEW, MYCOBACTERIA),
        certainty="C",
    ),
    Rule(
        id="R-45",
        title=_("Autoimmune or scalp disease"),
        clauses=(
            Clause(id="autoimmune", scope="ALL", outcome="REVIEW", when=has("autoimmune")),
            Clause(
                id="of_the_scalp",
                scope="ALL",
                outcome="REVIEW",
                when=("includes_any", "scalp_disease_kinds", ("psoriasis", "other", "not_sure")),
                clinician=_("Psoriasis or another disease of the scalp. Quiet now? Koebner?"),
            ),
            Clause(
                id="whole_body",
                scope="ALL",
                outcome="REVIEW",
                when=("includes_any", "systemic_signs", ("rash", "joint_pain", "mouth_ulcers")),
                lane="7-day",
                clinician=_("Hair loss with rash, joint pain or mouth ulcers: lupus? Examine, ANA."),
                patient=_("A doctor should see you within a week: these may belong together."),
            ),
            Clause(
                id="genital",
                scope="ALL",
                outcome="REVIEW",
                when=("includes_any", "systemic_signs", ("genital",)),
                lane="7-day",
                clinician=_("Hair loss with a genital sore or rash: syphilis? VDRL, in confidence."),
                patient=_("A doctor should see you within a week, in private."),
            ),
        ),
        clinician=_("Active on the scalp? Koebner? Which medicines?"),
        patient=_("The doctor will check whether injections suit you."),
        desk=DOCTOR_FIRST,
        rationale=_("Clinics list it as a reason to refuse; there are no trials."),
        sources=(CONVENTION, GENERAL_PRACTICE),
        certainty="D",
    ),
    Rule(
        id="R-46",
        title=_("Cancer under treatment"),
        clauses=(
            Clause(
                id="active",
                scope="ALL",
                outcome="ABS",
                when=("any", has("cancer_now"), takes("cancer")),
                until=ONCOLOGIST,
            ),
            Clause(
                id="recent",
                scope="ALL",
                outcome="ABS",
                when=less_than_days_ago("cancer_last_treatment", SIX_MONTHS),
                until=Until(
                    text=_("six months after the last treatment"),
                    after="cancer_last_treatment",
                    days=SIX_MONTHS,
                ),
            ),
            Clause(
                id="scalp_radiation",
                scope="ALL",
                outcome="ABS",
                when=yes("scalp_radiation"),
                until=ONCOLOGIST,
                clinician=_("Radiotherapy to the scalp, ever. Skin that heals badly; oncologist's letter."),
            ),
        ),
        clinician=_("Active cancer, or treatment within six months. Oncologist's letter, blood counts."),
        patient=_("We ask for a letter from your cancer doctor first."),
        desk=BRINGS_LETTER,
        rationale=_("Infection, bleeding, and first things first. Six months are convention."),
        sources=(WRITTEN_REVIEW,),
        certainty="C",
    ),
    Rule(
        id="R-47",
        title=_("Cancer in the past"),
        clauses=(Clause(id="past", scope="ALL", outcome="REVIEW", when=has("cancer_past")),),
        clinician=_(
            "Which cancer, hormone-sensitive? No growth factors or PRP unless the oncologist agrees."
        ),
        patient=_("Please tell the doctor about that illness and its treatment."),
        desk=DOCTOR_FIRST,
        rationale=_("Growth factors might stimulate; theoretical."),
        sources=(GENERAL_PRACTICE,),
        certainty="D",
    ),
)
