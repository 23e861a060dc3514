"""R-00 what is open; R-01 to R-12: age, sex, pregnancy, a wish for a baby, and 5-ARI."""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules.terms import (
    BABY_SOON,
    BRINGS_LETTER,
    CAN_CARRY,
    CAN_FATHER,
    DOCTOR_FIRST,
    DUTASTERIDE_LABEL,
    EMLA_LABEL,
    GENERAL_PRACTICE,
    MOFTAH_TRIAL,
    NOTHING_FOR_DESK,
    OUR_POLICY,
    WRITTEN_REVIEW,
    allergic_to,
    given,
    has,
    since,
    takes,
    yes,
)

_ = gettext_noop = str

FERTILITY = (
    "all",
    CAN_FATHER,
    (
        "any",
        BABY_SOON,
        ("includes_any", "male_fertility", ("abnormal_semen", "erection", "ejaculation")),
    ),
)
HORMONE_CANCER = yes("cancer_hormone")
ONCOLOGIST = Until(text=_("the cancer doctor has agreed"))

RULES: tuple[Rule, ...] = (
    Rule(
        id="R-00",
        title=_("Answers still open"),
        clauses=(
            Clause(id="open", scope="ALL", outcome="REVIEW", when=("undecided", "ABS", "DEFER")),
            Clause(
                id="written",
                scope="ALL",
                outcome="REVIEW",
                when=("any", has("other"), allergic_to("other"), given("since_other")),
                clinician=_("Something was written in free text. Please read it: no rule can."),
                patient=_("The doctor will read what you wrote and talk it over with you."),
            ),
            Clause(
                id="written_medicine",
                scope="ALL",
                outcome="CAUTION",
                when=("any", takes("other"), ("includes_any", "treatments_had", ("other",))),
                clinician=_("A medicine was named in free text. Please read it: no rule can."),
                patient=_("The doctor will look at the medicines you named."),
                desk=NOTHING_FOR_DESK,
            ),
        ),
        clinician=_("A rule that could block or defer can't be decided without these answers. Please ask."),
        patient=_("The doctor will go over a few open questions with you."),
        desk=_("A few questions are open. Doctor to review before treatment."),
        rationale=_("An unknown answer is not a no."),
        sources=(OUR_POLICY,),
        certainty="D",
    ),
    Rule(
        id="R-01",
        title=_("Pregnancy"),
        clauses=(
            Clause(
                id="pregnant",
                scope="ALL",
                outcome="ABS",
                when=("is", "pregnant", "yes"),
                until=Until(text=_("after the pregnancy, and after breastfeeding")),
                overridable=False,
            ),
        ),
        clinician=_("Pregnant. Elective scalp injections are not given."),
        patient=_(
            "We give no scalp injections during a pregnancy. Hair fall after a birth often settles by "
            "itself. Your visit to the doctor stays booked."
        ),
        desk=DOCTOR_FIRST,
        rationale=_("No data on what injected mixtures do in pregnancy; 5-ARI medicines harm a male foetus."),
        sources=(DUTASTERIDE_LABEL, WRITTEN_REVIEW),
        certainty="A",
    ),
    Rule(
        id="R-02",
        title=_("Pregnancy not ruled out"),
        clauses=(
            Clause(
                id="possible",
                scope="ALL",
                outcome="DEFER",
                when=("in", "pregnant", ("possibly", "not_sure")),
                until=Until(text=_("a negative pregnancy test")),
                overridable=False,
            ),
            Clause(
                id="late_period",
                scope="ALL",
                outcome="DEFER",
                when=("all", ("gt", since("lmp"), 35), ("is", "contraception", "none")),
                until=Until(text=_("a negative pregnancy test")),
                overridable=False,
                clinician=_(
                    "Last period more than 35 days ago without contraception. Test before a session."
                ),
            ),
        ),
        clinician=_("Pregnancy possible. Test before a session."),
        patient=_("Please take a pregnancy test before the first injection. When it is negative, we go on."),
        desk=DOCTOR_FIRST,
        rationale=_("As for a known pregnancy, until a test says otherwise."),
        sources=(_("general gynaecological practice"),),
        certainty="C",
    ),
    Rule(
        id="R-03",
        title=_("Breastfeeding"),
        clauses=(
            Clause(
                id="breastfeeding",
                scope="ALL",
                outcome="DEFER",
                when=yes("breastfeeding"),
                until=Until(text=_("the end of breastfeeding")),
            ),
        ),
        clinician=_("Breastfeeding. Some clinics also wait three to six months after weaning."),
        patient=_(
            "We wait until you have finished breastfeeding. Until then the doctor can help in other ways."
        ),
        desk=DOCTOR_FIRST,
        rationale=_("Lidocaine reaches milk; for injected mixtures nobody knows."),
        sources=(EMLA_LABEL, WRITTEN_REVIEW),
        certainty="C",
    ),
    Rule(
        id="R-04",
        title=_("Hoping for a baby"),
        clauses=(
            Clause(
                id="soon",
                scope="ALL",
                outcome="REVIEW",
                when=("any", ("all", CAN_CARRY, BABY_SOON), yes("ivf_planned")),
            ),
            Clause(
                id="soon_5ari",
                scope="5ARI",
                outcome="ABS",
                when=("all", CAN_CARRY, BABY_SOON),
                until=Until(text=_("a baby is no longer planned within six months")),
                overridable=False,
                clinician=_("Pregnancy wanted within six months. No 5-ARI by any route."),
                patient=_(
                    "One kind of hair medicine could harm a baby, so the doctor will choose another way."
                ),
            ),
        ),
        clinician=_("Pregnancy wanted, or fertility treatment planned. Discuss every ingredient."),
        patient=_(
            "You told us you hope for a baby. The doctor will talk about what can wait and what need not."
        ),
        desk=DOCTOR_FIRST,
        rationale=_("5-ARI medicines harm a male foetus and leave the body slowly."),
        sources=(DUTASTERIDE_LABEL,),
        certainty="A",
    ),
    Rule(
        id="R-05",
        title=_("5-ARI where a pregnancy is possible"),
        clauses=(
            Clause(
                id="could_conceive",
                scope="5ARI",
                outcome="ABS",
                when=(
                    "all",
                    CAN_CARRY,
                    ("gte", "age", 10),
                    ("lte", "age", 55),
                    (
                        "any",
                        ("lt", "age", 18),
                        ("is", "pregnant", "yes"),
                        ("none_of", "contraception", ("menopause", "hysterectomy", "sterilised")),
                    ),
                ),
            ),
        ),
        clinician=_(
            "Child-bearing potential: the label contraindicates 5-ARI. Departing from it needs reliable "
            "contraception, written consent, and six months after the last dose before conceiving."
        ),
        patient=_(
            "One kind of hair medicine can harm an unborn baby. It is not used where a pregnancy is "
            "possible, unless the doctor has agreed a special plan with you."
        ),
        desk=DOCTOR_FIRST,
        rationale=_(
            "Teratogenic; half-life about five weeks. Trials in women did treat under contraception."
        ),
        sources=(DUTASTERIDE_LABEL, MOFTAH_TRIAL),
        certainty="A",
    ),
    Rule(
        id="R-06",
        title=_("A man's fertility"),
        clauses=(
            Clause(
                id="fertility_5ari",
                scope="5ARI",
                outcome="ABS",
                when=FERTILITY,
                clinician=_(
                    "Baby wanted, abnormal semen or sexual dysfunction: trials advise against 5-ARI."
                ),
            ),
            Clause(
                id="fertility",
                scope="ALL",
                outcome="REVIEW",
                when=FERTILITY,
                patient=_("The doctor will talk about your plans for a family before choosing a medicine."),
            ),
        ),
        clinician=_("Baby wanted, abnormal semen or sexual dysfunction. Discuss every ingredient."),
        patient=_("One kind of hair medicine may affect fertility. The doctor will suggest another way."),
        desk=DOCTOR_FIRST,
        rationale=_("Some of an injected 5-ARI may reach the blood."),
        sources=(_("Sobhy et al., Our Dermatol Online 2013;4:40"),),
        certainty="C",
    ),
    Rule(
        id="R-07",
        title=_("5-ARI and giving blood"),
        clauses=(Clause(id="donor", scope="5ARI", outcome="CAUTION", when=yes("blood_donor")),),
        clinician=_("Gives blood: none during 5-ARI treatment and for six months after it."),
        patient=_("Please give no blood during this treatment and for six months after it."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Donated blood could reach a pregnant woman. From the label of the capsules."),
        sources=(DUTASTERIDE_LABEL,),
        certainty="A",
    ),
    Rule(
        id="R-08",
        title=_("5-ARI and low mood"),
        clauses=(
            Clause(
                id="mood_5ari",
                scope="5ARI",
                outcome="REVIEW",
                when=(
                    "any",
                    ("includes_any", "mental_health", ("depression", "private")),
                    ("in", "low_mood", ("most_days", "nearly_every_day")),
                    takes("mood", "tricyclic_maoi"),
                    ("in", "self_harm", ("yes", "talk", "private")),
                ),
            ),
            Clause(
                id="effects_before",
                scope="5ARI",
                outcome="REVIEW",
                when=("includes_any", "fivear_effects", ("sexual", "mood", "breast", "private")),
                clinician=_("A 5-ARI had effects on sex, mood or breast before. Weigh it again."),
                patient=_("You had effects from such a medicine before. The doctor will weigh it with you."),
            ),
        ),
        clinician=_(
            "Mood history. Suicidal thoughts are a confirmed adverse reaction of finasteride tablets."
        ),
        patient=_("Please tell the doctor about low mood before treatment, and at any time during it."),
        desk=DOCTOR_FIRST,
        rationale=_("Psychiatric adverse reactions of the group."),
        sources=(_("European Medicines Agency, referral on finasteride and dutasteride, June 2025"),),
        certainty="A",
    ),
    Rule(
        id="R-09",
        title=_("5-ARI and prostate tests"),
        clauses=(
            Clause(
                id="psa",
                scope="5ARI",
                outcome="CAUTION",
                when=("any", ("all", CAN_FATHER, ("gte", "age", 40)), yes("psa_watched")),
            ),
        ),
        clinician=_("5-ARI roughly halve PSA. Tell whoever reads the test."),
        patient=_("If somebody tests your prostate, tell them about this medicine."),
        desk=NOTHING_FOR_DESK,
        rationale=_("A halved PSA can hide a finding."),
        sources=(DUTASTERIDE_LABEL,),
        certainty="A",
    ),
    Rule(
        id="R-10",
        title=_("A cancer that hormones feed"),
        clauses=(
            Clause(id="five_ari", scope="5ARI", outcome="ABS", when=HORMONE_CANCER, until=ONCOLOGIST),
            Clause(id="growth_factor", scope="GF", outcome="ABS", when=HORMONE_CANCER, until=ONCOLOGIST),
            Clause(id="prp", scope="PRP", outcome="ABS", when=HORMONE_CANCER, until=ONCOLOGIST),
            Clause(id="any", scope="ALL", outcome="REVIEW", when=HORMONE_CANCER),
        ),
        clinician=_(
            "Hormone-sensitive cancer, now or before: no 5-ARI, growth factor or PRP without the "
            "oncologist's letter."
        ),
        patient=_("We ask your cancer doctor for advice first."),
        desk=BRINGS_LETTER,
        rationale=_("Hormones and growth factors might stimulate it; theoretical."),
        sources=(GENERAL_PRACTICE,),
        certainty="D",
    ),
    Rule(
        id="R-11",
        title=_("Under eighteen"),
        clauses=(
            Clause(
                id="minor",
                scope="ALL",
                outcome="ABS",
                when=("lt", "age", 18),
                until=Until(text=_("the eighteenth birthday")),
                overridable=False,
            ),
        ),
        clinician=_("A minor: no elective injections. A guardian consents to any other care."),
        patient=_("Scalp injections are for adults. A parent or guardian is welcome to book a consultation."),
        desk=_("Consultation only; a parent or guardian comes along."),
        rationale=_("A minor cannot consent, and nobody has studied injections at this age."),
        sources=(_("Digital Personal Data Protection Act 2023"), _("Indian Majority Act 1875")),
        certainty="A",
    ),
    Rule(
        id="R-12",
        title=_("Over sixty-five"),
        clauses=(Clause(id="older", scope="ALL", outcome="CAUTION", when=("gt", "age", 65)),),
        clinician=_("Look at all medicines; lower dose of local anaesthetic; think of scarring alopecia."),
        patient=_("Please bring a list of all your medicines, or the strips themselves."),
        desk=_("Brings a list of medicines."),
        rationale=_("More illnesses and more medicines with age."),
        sources=(GENERAL_PRACTICE,),
        certainty="D",
    ),
)
