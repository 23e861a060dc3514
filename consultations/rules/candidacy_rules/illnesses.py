"""R-48 to R-54, R-66, R-68, R-69: fits, heart, organs, skin tablets, fainting, hormones, asthma, the head."""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules.terms import (
    BRINGS_LETTER,
    BRINGS_TESTS,
    DOCTOR_FIRST,
    DUTASTERIDE_LABEL,
    GENERAL_PRACTICE,
    LIES_DOWN,
    NOTHING_FOR_DESK,
    ONE_YEAR,
    SIX_MONTHS,
    STAYS_LONGER,
    THREE_MONTHS,
    WRITTEN_REVIEW,
    had_problem,
    has,
    less_than_days_ago,
    takes,
    yes,
)

_ = gettext_noop = str

HEART = has("heart", "arrhythmia_pacemaker")
SPECIALIST = Until(text=_("the specialist has agreed"))

RULES: tuple[Rule, ...] = (
    Rule(
        id="R-48",
        title=_("Fits"),
        clauses=(
            Clause(
                id="recent",
                scope="ALL",
                outcome="DEFER",
                when=less_than_days_ago("last_seizure", THREE_MONTHS),
                until=Until(text=_("three months without a fit"), after="last_seizure", days=THREE_MONTHS),
                clinician=_("A seizure within three months. Neurologist first."),
                patient=_("We wait until three months after the last fit, and ask the doctor who treats it."),
            ),
            Clause(
                id="this_year",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "any",
                    less_than_days_ago("last_seizure", ONE_YEAR),
                    ("in", "seizures_controlled", ("no", "not_sure")),
                ),
            ),
            Clause(
                id="medicine",
                scope="ALL",
                outcome="REVIEW",
                when=("all", takes("fits"), ("not", has("epilepsy"))),
                clinician=_("Medicine for fits without fits ticked. For what? Some of it makes hair fall."),
                patient=_("Please tell the doctor what that medicine is for."),
                desk=DOCTOR_FIRST,
            ),
            Clause(
                id="epilepsy",
                scope="ALL",
                outcome="CAUTION",
                when=has("epilepsy"),
                clinician=_("Epilepsy. Little local anaesthetic, supine, somebody comes along."),
                patient=_("Please take your medicine as always, and come with somebody."),
                desk=_("Comes with somebody."),
            ),
        ),
        clinician=_("A seizure within a year, or not controlled. Little local anaesthetic, supine."),
        patient=_("Please tell the doctor when you last had a fit."),
        desk=_("Doctor to review before treatment. Comes with somebody."),
        rationale=_("Injury in a seizure; local anaesthetic in overdose lowers the threshold."),
        sources=(GENERAL_PRACTICE,),
        certainty="D",
    ),
    Rule(
        id="R-49",
        title=_("Heart or brain not steady"),
        clauses=(
            Clause(
                id="heart_attack",
                scope="ALL",
                outcome="ABS",
                when=(
                    "all",
                    ("includes_any", "heart_problem", ("attack", "angina")),
                    less_than_days_ago("heart_when", SIX_MONTHS),
                ),
                until=Until(
                    text=_("six months after it, and the heart specialist agrees"),
                    after="heart_when",
                    days=SIX_MONTHS,
                ),
            ),
            Clause(
                id="stroke",
                scope="ALL",
                outcome="ABS",
                when=less_than_days_ago("stroke_when", SIX_MONTHS),
                until=Until(
                    text=_("six months after it, and the specialist agrees"),
                    after="stroke_when",
                    days=SIX_MONTHS,
                ),
                clinician=_("Stroke within six months. Nothing elective."),
                patient=_("We wait until six months have passed, and ask your specialist first."),
            ),
            Clause(
                id="unstable",
                scope="ALL",
                outcome="ABS",
                when=("is", "heart_stable", "no"),
                until=SPECIALIST,
                clinician=_(
                    "Heart or circulation not steady: unstable angina, failure, arrhythmia. Not now."
                ),
            ),
        ),
        clinician=_("Heart attack or angina within six months. Nothing elective."),
        patient=_("We ask your heart specialist first."),
        desk=BRINGS_LETTER,
        rationale=_("Stress on the circulation, local anaesthetic and adrenaline."),
        sources=(WRITTEN_REVIEW,),
        certainty="C",
    ),
    Rule(
        id="R-50",
        title=_("Heart and circulation"),
        clauses=(
            Clause(
                id="heart",
                scope="ALL",
                outcome="REVIEW",
                when=("any", HEART, has("stroke", "clot"), takes("heart_rhythm")),
            ),
            Clause(
                id="adrenaline",
                scope="LA",
                outcome="REVIEW",
                when=("all", ("is", "planned.adrenaline", True), HEART),
                clinician=_("Adrenaline is planned, and the heart is not well: rather plain."),
            ),
            Clause(
                id="pacemaker",
                scope="ALL",
                outcome="REVIEW",
                when=yes("pacemaker"),
                clinician=_("Pacemaker: no electrical device on the scalp; cardiology note in doubt."),
            ),
        ),
        clinician=_(
            "Stable? When? Within six months or unstable: not now. No adrenaline, rather no minoxidil."
        ),
        patient=_("Please tell the doctor about your heart or circulation. We may ask your specialist."),
        desk=DOCTOR_FIRST,
        rationale=_("Stress on the circulation; electrical devices and pacemakers."),
        sources=(GENERAL_PRACTICE,),
        certainty="C",
    ),
    Rule(
        id="R-51",
        title=_("Minoxidil and blood pressure"),
        clauses=(
            Clause(
                id="pressure",
                scope="MINOX",
                outcome="REVIEW",
                when=(
                    "any",
                    has("heart", "arrhythmia_pacemaker", "low_bp_faints", "high_bp"),
                    takes("blood_pressure", "beta_blocker", "minoxidil_tablets"),
                    ("is", "faint_history", "fainted"),
                ),
            ),
            Clause(
                id="low",
                scope="MINOX",
                outcome="REVIEW",
                when=("any", ("lt", "bp_sys", 100), ("lt", "bp_dia", 60)),
                clinician=_("Blood pressure below 100/60. Measure again before minoxidil is planned."),
            ),
            Clause(
                id="very_low",
                scope="MINOX",
                outcome="ABS",
                when=("lt", "bp_sys", 90),
                until=Until(text=_("the blood pressure is 90 or more")),
                clinician=_("Systolic below 90: no minoxidil. Find out why."),
                patient=_(
                    "Your blood pressure is too low for this medicine. The doctor looks at that first."
                ),
                desk=DOCTOR_FIRST,
            ),
        ),
        clinician=_("Blood pressure before, and 15 to 30 minutes after. Below 90 systolic: no."),
        patient=_("This medicine can lower blood pressure. We measure before and after."),
        desk=STAYS_LONGER,
        rationale=_("Absorbed minoxidil widens vessels; in one trial the diastolic pressure fell."),
        sources=(_("randomised trial of minoxidil 0.5 % microinfusion, preprint"),),
        certainty="B",
    ),
    Rule(
        id="R-52",
        title=_("Kidney or liver"),
        clauses=(
            Clause(
                id="failing",
                scope="ALL",
                outcome="ABS",
                when=(
                    "any",
                    ("in", "kidney_stage", ("severe", "dialysis")),
                    ("is", "liver_state", "severe"),
                ),
                until=SPECIALIST,
                clinician=_(
                    "Severe kidney or liver disease, or dialysis: nothing elective without its doctor."
                ),
            ),
            Clause(
                id="moderate",
                scope="ALL",
                outcome="REVIEW",
                when=("any", ("is", "kidney_stage", "moderate"), ("is", "liver_state", "moderate")),
            ),
            Clause(
                id="mild",
                scope="ALL",
                outcome="CAUTION",
                when=has("kidney", "liver"),
                clinician=_("Kidney or liver disease: mind the dose of local anaesthetic."),
                desk=_("Brings recent tests."),
            ),
        ),
        clinician=_("Moderate kidney or liver disease. Less local anaesthetic; 5-ARI go by the liver."),
        patient=_("Please bring your latest tests. The doctor looks at them first."),
        desk=BRINGS_TESTS,
        rationale=_("Medicines leave the body more slowly; bleeding; infection."),
        sources=(WRITTEN_REVIEW, DUTASTERIDE_LABEL),
        certainty="C",
    ),
    Rule(
        id="R-53",
        title=_("Isotretinoin or acitretin"),
        clauses=(Clause(id="retinoid", scope="ALL", outcome="CAUTION", when=takes("isotretinoin")),),
        clinician=_("No evidence for delaying superficial procedures; may itself cause shedding."),
        patient=_("Please tell the doctor about your skin tablets: they can cause hair fall themselves."),
        desk=NOTHING_FOR_DESK,
        rationale=_("The old six-month rule lacks evidence for superficial procedures."),
        sources=(
            _("American Society for Dermatologic Surgery, task force on isotretinoin, 2017"),
            _("Mysore et al., J Cutan Aesthet Surg 2017;10:186"),
        ),
        certainty="B",
    ),
    Rule(
        id="R-54",
        title=_("Faints, or is afraid of needles"),
        clauses=(
            Clause(
                id="faints",
                scope="ALL",
                outcome="CAUTION",
                when=(
                    "any",
                    has("low_bp_faints"),
                    ("is", "faint_history", "fainted"),
                    ("is", "injection_history", "fainted"),
                    had_problem("faint"),
                ),
            ),
            Clause(
                id="needles",
                scope="ALL",
                outcome="CAUTION",
                when=("gte", "needle_fear", 7),
                clinician=_("Great fear of needles: supine, slowly, watch 30 minutes, offer distraction."),
            ),
        ),
        clinician=_("Has fainted or low pressure: supine, watch 30 minutes."),
        patient=_("You lie down for the treatment, and we watch you a little longer."),
        desk=LIES_DOWN,
        rationale=_("Most faints come within half an hour."),
        sources=(_("case series of fainting after procedures"),),
        certainty="C",
    ),
    Rule(
        id="R-66",
        title=_("Signs of male hormones"),
        clauses=(
            Clause(
                id="cycle",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "all",
                    ("in", "cycle_regularity", ("irregular", "absent")),
                    ("includes_any", "androgen_signs", ("acne", "face_body_hair", "deep_voice")),
                ),
            ),
            Clause(
                id="voice",
                scope="ALL",
                outcome="REVIEW",
                when=("includes_any", "androgen_signs", ("deep_voice",)),
                clinician=_("A deeper voice: hormone tests, also where the cycle is regular."),
            ),
            Clause(
                id="rapid",
                scope="ALL",
                outcome="REVIEW",
                when=yes("androgen_rapid"),
                lane="7-day",
                clinician=_("Rapid virilisation: rule out a tumour. See within a week."),
                patient=_("A doctor should see you within a week, and check hormones."),
            ),
        ),
        clinician=_("Irregular cycles with acne or hair: work up as PCOS."),
        patient=_("A hormone check is advised. Treating what it shows comes first."),
        desk=DOCTOR_FIRST,
        rationale=_("Treat the cause."),
        sources=(GENERAL_PRACTICE,),
        certainty="C",
    ),
    Rule(
        id="R-68",
        title=_("Asthma"),
        clauses=(
            Clause(
                id="poor",
                scope="ALL",
                outcome="REVIEW",
                when=("in", "asthma_control", ("poor", "not_sure")),
                clinician=_("Asthma not controlled. Control first; sulphites? Inhaler at hand."),
                patient=_("Let's get the asthma under control first. Please bring your inhaler."),
                desk=DOCTOR_FIRST,
            ),
            Clause(id="asthma", scope="ALL", outcome="CAUTION", when=has("asthma")),
        ),
        clinician=_("Well controlled? Sulphites? Inhaler at hand."),
        patient=_("Please bring your inhaler to each visit."),
        desk=NOTHING_FOR_DESK,
        rationale=_("A reaction is worse when asthma is not controlled."),
        sources=(GENERAL_PRACTICE,),
        certainty="D",
    ),
    Rule(
        id="R-69",
        title=_("Surgery on the head"),
        clauses=(
            Clause(id="head", scope="ALL", outcome="REVIEW", when=has("head_surgery")),
            Clause(
                id="inside",
                scope="ALL",
                outcome="REVIEW",
                when=("includes_any", "head_device", ("shunt", "plate", "implant", "cochlear")),
                clinician=_(
                    "A shunt, plate or implant. Draw its zone on the scalp map: nothing is injected inside; "
                    "no electrical device near it."
                ),
            ),
            Clause(
                id="fresh",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "any",
                    ("includes_any", "head_device", ("surgery_recent",)),
                    less_than_days_ago("head_surgery_when", THREE_MONTHS),
                ),
                clinician=_("Surgery on the head within three months. The surgeon's word first."),
            ),
        ),
        clinician=_("Where, when, what is left inside? Mark a zone that is not injected."),
        patient=_("Please show the doctor where you had surgery. We keep clear of it."),
        desk=DOCTOR_FIRST,
        rationale=_("Damage to a device, infection."),
        sources=(GENERAL_PRACTICE,),
        certainty="D",
    ),
)
