"""The rules of candidacy, as data. A draft until a dermatologist signs the release made of it.

Ids never change hands. Words for patients are plain, never diagnose, never promise, and never tell anybody to
leave off a prescribed medicine; words for the desk never tell what was answered.
"""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.questionnaire import INFECTION_SIGNS


def gettext_noop(text: str) -> str:
    return text


_ = gettext_noop
CODE = "candidacy"

DOCTOR_FIRST = _("Doctor to review before treatment.")
NOTHING_FOR_DESK = _("Nothing to do at the desk.")
STAYS_LONGER = _("Stays 15 minutes longer after treatment.")

CAN_CARRY = ("in", "sex_at_birth", ("female", "intersex"))
CAN_FATHER = ("in", "sex_at_birth", ("male", "intersex"))
BABY_SOON = ("in", "trying_to_conceive", ("now", "within_6_months"))
WRITTEN_REVIEW = _("consensus of reviews of mesotherapy contraindications")
OUR_POLICY = _("clinic policy, no published support found")
DUTASTERIDE_LABEL = _("dutasteride 0.5 mg capsule, prescribing information")
EMLA_LABEL = _("lidocaine 2.5 % and prilocaine 2.5 % cream, prescribing information")
ANTITHROMBOTICS = _("Palamaras and Semkova, Br J Dermatol 2015, antithrombotics in dermatologic surgery")
S3_ANTITHROMBOTICS = _("German S3 guideline on antithrombotics in skin surgery, 2015")


def has(*conditions: str) -> tuple:
    return ("includes_any", "conditions", conditions)


def takes(*medicines: str) -> tuple:
    return ("includes_any", "medicines", medicines)


def allergic_to(*things: str) -> tuple:
    return ("includes_any", "allergies", things)


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
                when=("any", has("other"), allergic_to("other")),
                clinician=_("Something was written in free text. Please read it: no rule can."),
                patient=_("The doctor will read what you wrote and talk it over with you."),
            ),
            Clause(
                id="written_medicine",
                scope="ALL",
                outcome="CAUTION",
                when=takes("other"),
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
            ),
            Clause(
                id="late_period",
                scope="ALL",
                outcome="DEFER",
                when=("all", ("gt", ("days_since", "lmp"), 35), ("is", "contraception", "none")),
                until=Until(text=_("a negative pregnancy test")),
                clinician=_(
                    "Last period more than 35 days ago without contraception. Test before a session."
                ),
            ),
        ),
        clinician=_("Pregnancy possible. Test before a session."),
        patient=_("Please take a pregnancy test before the first injection. We then go on from there."),
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
                when=("is", "breastfeeding", "yes"),
                until=Until(text=_("the end of breastfeeding")),
            ),
        ),
        clinician=_("Breastfeeding. Some clinics also wait three to six months after weaning."),
        patient=_(
            "We begin once you have finished breastfeeding. Until then the doctor can help in other ways."
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
            Clause(id="soon", scope="ALL", outcome="REVIEW", when=("all", CAN_CARRY, BABY_SOON)),
            Clause(
                id="soon_5ari",
                scope="5ARI",
                outcome="ABS",
                when=("all", CAN_CARRY, BABY_SOON),
                until=Until(text=_("the wish for a baby is over or past")),
                overridable=False,
                clinician=_("Pregnancy wanted within six months. No 5-ARI by any route."),
                patient=_(
                    "One kind of hair medicine could harm a baby, so the doctor will choose another way."
                ),
            ),
        ),
        clinician=_("Pregnancy wanted within six months. Discuss every ingredient."),
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
        sources=(DUTASTERIDE_LABEL, _("Moftah et al., J Eur Acad Dermatol Venereol 2013;27:686")),
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
                when=(
                    "all",
                    CAN_FATHER,
                    (
                        "any",
                        BABY_SOON,
                        ("includes_any", "male_fertility", ("abnormal_semen", "erection", "ejaculation")),
                    ),
                ),
                clinician=_(
                    "Baby wanted, abnormal semen or sexual dysfunction: trials advise against 5-ARI."
                ),
            ),
            Clause(
                id="fertility",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "all",
                    CAN_FATHER,
                    (
                        "any",
                        BABY_SOON,
                        ("includes_any", "male_fertility", ("abnormal_semen", "erection", "ejaculation")),
                    ),
                ),
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
        id="R-08",
        title=_("5-ARI and low mood"),
        clauses=(
            Clause(
                id="mood_5ari",
                scope="5ARI",
                outcome="REVIEW",
                when=(
                    "any",
                    has("low_mood"),
                    takes("mood", "tricyclic_maoi"),
                    ("in", "self_harm", ("yes", "talk")),
                ),
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
            Clause(id="psa", scope="5ARI", outcome="CAUTION", when=("all", CAN_FATHER, ("gte", "age", 40))),
        ),
        clinician=_("5-ARI roughly halve PSA. Tell whoever reads the test."),
        patient=_("If somebody tests your prostate, tell them about this medicine."),
        desk=NOTHING_FOR_DESK,
        rationale=_("A halved PSA can hide a finding."),
        sources=(DUTASTERIDE_LABEL,),
        certainty="A",
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
        sources=(_("general practice"),),
        certainty="D",
    ),
    Rule(
        id="R-13",
        title=_("Infected scalp"),
        clauses=(
            Clause(
                id="infected",
                scope="ALL",
                outcome="DEFER",
                when=("includes_any", "scalp_signs", INFECTION_SIGNS),
                until=Until(text=_("the scalp has healed and a doctor has looked at it")),
                overridable=False,
            ),
            Clause(
                id="boggy",
                scope="ALL",
                outcome="DEFER",
                when=("includes_any", "scalp_signs", ("boggy_swelling",)),
                until=Until(text=_("the scalp has healed and a doctor has looked at it")),
                overridable=False,
                lane="same-day",
                clinician=_("Boggy painful swelling: kerion or abscess until shown otherwise. See today."),
                patient=_("A doctor should look at that swelling today. Somebody from the clinic calls you."),
            ),
            Clause(
                id="fever",
                scope="ALL",
                outcome="DEFER",
                when=(
                    "all",
                    ("includes_any", "scalp_signs", INFECTION_SIGNS),
                    ("is", "scalp_fever", "yes"),
                ),
                until=Until(text=_("the scalp has healed and a doctor has looked at it")),
                overridable=False,
                lane="same-day",
                clinician=_("Scalp infection with fever or nodes. See today."),
                patient=_("A doctor should look at your scalp today. Somebody from the clinic calls you."),
            ),
            Clause(
                id="fever_unsure",
                scope="ALL",
                outcome="DEFER",
                when=(
                    "all",
                    ("includes_any", "scalp_signs", INFECTION_SIGNS),
                    ("is", "scalp_fever", "not_sure"),
                ),
                until=Until(text=_("the scalp has healed and a doctor has looked at it")),
                overridable=False,
                lane="7-day",
                clinician=_("Scalp infection; fever or nodes not known. Ask by phone."),
                patient=_(
                    "A doctor should look at your scalp this week; if you get fever, call us the same day."
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
        id="R-16",
        title=_("Lately ill"),
        clauses=(
            Clause(
                id="recent",
                scope="ALL",
                outcome="DEFER",
                when=("is", "recent_illness", "yes"),
                until=Until(
                    text=_("two weeks after you are well again"), after="recent_illness_date", days=14
                ),
            ),
        ),
        clinician=_("Fever, infection or antibiotics in the last 14 days."),
        patient=_("We begin two weeks after you are well again. Finish any antibiotic as you were told."),
        desk=DOCTOR_FIRST,
        rationale=_("An infection can spread, and a fever afterwards could not be told from a reaction."),
        sources=(WRITTEN_REVIEW, OUR_POLICY),
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
                when=("includes_any", "scalp_signs", ("scar_like_skin", "red_rings")),
                until=Until(text=_("a doctor has examined the scalp closely")),
                lane="7-day",
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
            Clause(
                id="patches",
                scope="ALL",
                outcome="REVIEW",
                when=("includes_any", "main_concern", ("round_patches",)),
            ),
            Clause(
                id="spreading",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "all",
                    ("includes_any", "main_concern", ("round_patches",)),
                    (
                        "any",
                        ("gte", "patch_count", 3),
                        ("is", "patches_rapid", "yes"),
                        ("is", "brows_thinning", "yes"),
                        ("includes_any", "hair_areas", ("brows", "lashes")),
                        ("includes_all", "hair_areas", ("sides", "back")),
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
                when=("overlap", "allergies", "planned.anaesthetic.allergens"),
                overridable=False,
                clinician=_("The planned numbing medicine meets a stated allergy."),
            ),
            Clause(
                id="written",
                scope="PRODUCT",
                outcome="REVIEW",
                when=("all", allergic_to("other", "antibiotics"), ("none_of", "planned.status", ())),
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
        clauses=(Clause(id="severe", scope="ALL", outcome="REVIEW", when=("is", "severe_reaction", "yes")),),
        clinician=_("Anaphylaxis ever: check each ingredient, emergency kit ready, watch longer."),
        patient=_("Please bring what you know about that reaction: when, to what, what helped."),
        desk=_("Doctor to review before treatment. Stays 15 minutes longer after it."),
        rationale=_("It may happen again."),
        sources=(_("general practice"),),
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
                when=allergic_to("lidocaine", "prilocaine", "other_caine"),
                until=Until(text=_("an allergy test")),
            ),
            Clause(
                id="history",
                scope="ALL",
                outcome="REVIEW",
                when=allergic_to("lidocaine", "prilocaine", "other_caine"),
            ),
        ),
        clinician=_(
            "Reaction to a local anaesthetic: true allergy is rare. Take the history, test, or go without."
        ),
        patient=_("We use no numbing medicine of that kind without a test. Other ways exist."),
        desk=DOCTOR_FIRST,
        rationale=_("About one in a hundred reported reactions is a true allergy."),
        sources=(_("American Academy of Dermatology, guideline on local anaesthesia, 2016"),),
        certainty="B",
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
        title=_("Numbing medicine and the heart's rhythm or porphyria"),
        clauses=(
            Clause(
                id="local_anaesthetic",
                scope="LA",
                outcome="REVIEW",
                when=("any", takes("heart_rhythm"), has("porphyria")),
            ),
        ),
        clinician=_(
            "Class III antiarrhythmic: watch closely, think of an ECG. Porphyria: check the anaesthetic."
        ),
        patient=_("The doctor will look at your heart tablets before choosing a numbing medicine."),
        desk=DOCTOR_FIRST,
        rationale=_("Effects on the heart add up; lidocaine can set off porphyria."),
        sources=(EMLA_LABEL,),
        certainty="A",
    ),
    Rule(
        id="R-35",
        title=_("Gloves, cleansers and plasters"),
        clauses=(
            Clause(
                id="contact",
                scope="ALL",
                outcome="CAUTION",
                when=allergic_to(
                    "sulfites",
                    "parabens",
                    "propylene_glycol",
                    "latex",
                    "chlorhexidine",
                    "povidone_iodine",
                    "adhesive",
                    "alcohol",
                    "nickel",
                ),
            ),
        ),
        clinician=_("Contact allergy: choose gloves, cleanser and plaster accordingly."),
        patient=_("We have noted this for gloves, cleanser and plasters."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Contact or immediate reaction."),
        sources=(_("general practice"),),
        certainty="C",
    ),
    Rule(
        id="R-36",
        title=_("Bleeding disorder"),
        clauses=(
            Clause(
                id="disorder",
                scope="ALL",
                outcome="ABS",
                when=has("bleeding_disorder"),
                until=Until(text=_("the blood specialist has agreed")),
            ),
        ),
        clinician=_(
            "Bleeding disorder or low platelets: many punctures. Haematologist first, platelet count."
        ),
        patient=_("We ask your blood specialist first."),
        desk=DOCTOR_FIRST,
        rationale=_("Haematoma."),
        sources=(WRITTEN_REVIEW,),
        certainty="C",
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
        clauses=(Clause(id="aspirin", scope="ALL", outcome="CAUTION", when=takes("aspirin")),),
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
        ),
        clinician=_("Pain tablets or supplements: bruising. Ask who advised them."),
        patient=_(
            "Some pain tablets and supplements make bruises likelier. The doctor will go through them."
        ),
        desk=NOTHING_FOR_DESK,
        rationale=_("Weak evidence."),
        sources=(_("clinic convention"),),
        certainty="D",
    ),
    Rule(
        id="R-41",
        title=_("Raised scars"),
        clauses=(Clause(id="keloid", scope="ALL", outcome="CAUTION", when=has("keloid")),),
        clinician=_("Keloids: where? On scalp, neck or ear review first. Test area, few punctures."),
        patient=_("You have had raised scars. The doctor will weigh this with you."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Raised scars; hardly reported after thin needles in the scalp."),
        sources=(_("clinic convention"),),
        certainty="D",
    ),
    Rule(
        id="R-42",
        title=_("Diabetes, control not known"),
        clauses=(
            Clause(
                id="diabetes",
                scope="ALL",
                outcome="REVIEW",
                when=("any", has("diabetes"), takes("diabetes")),
            ),
        ),
        clinician=_("Ask for HbA1c: above 8 % wait, below take care. Steroids raise glucose."),
        patient=_("Please bring your latest sugar tests. The doctor looks at them first."),
        desk=_("Brings recent tests. Doctor to review before treatment."),
        rationale=_("Infection and slow healing when sugar is high. Published lists disagree."),
        sources=(WRITTEN_REVIEW, OUR_POLICY),
        certainty="C",
    ),
    Rule(
        id="R-44",
        title=_("Weak immunity"),
        clauses=(
            Clause(
                id="immunity",
                scope="ALL",
                outcome="REVIEW",
                when=("any", has("weak_immunity"), takes("immune", "steroid_tablets")),
            ),
        ),
        clinician=_("Immunosuppressed: cause, dose, counts. Risk of infection, mycobacteria included."),
        patient=_("The doctor may want a word with your specialist before anything is planned."),
        desk=DOCTOR_FIRST,
        rationale=_("Infection, non-tuberculous mycobacteria among them."),
        sources=(WRITTEN_REVIEW, _("Zeng et al., Infect Drug Resist 2025;18:2301")),
        certainty="C",
    ),
    Rule(
        id="R-45",
        title=_("Autoimmune or scalp disease"),
        clauses=(
            Clause(id="autoimmune", scope="ALL", outcome="REVIEW", when=has("autoimmune", "scalp_disease")),
        ),
        clinician=_("Active on the scalp? Koebner? Which medicines?"),
        patient=_("The doctor will check whether injections suit you."),
        desk=DOCTOR_FIRST,
        rationale=_("Clinics list it as a reason to refuse; there are no trials."),
        sources=(_("clinic convention"),),
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
                until=Until(text=_("the cancer doctor has agreed")),
            ),
        ),
        clinician=_("Active cancer, or treatment within six months. Oncologist's letter, blood counts."),
        patient=_("We ask for a letter from your cancer doctor first."),
        desk=DOCTOR_FIRST,
        rationale=_("Infection, bleeding, and first things first."),
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
        sources=(_("general practice"),),
        certainty="D",
    ),
    Rule(
        id="R-48",
        title=_("Fits"),
        clauses=(
            Clause(
                id="epilepsy", scope="ALL", outcome="REVIEW", when=("any", has("epilepsy"), takes("fits"))
            ),
        ),
        clinician=_(
            "When was the last seizure? Under three months: neurologist first. Little local anaesthetic."
        ),
        patient=_("Please tell the doctor when you last had a fit."),
        desk=_("Doctor to review before treatment. Comes with somebody."),
        rationale=_("Injury in a seizure; local anaesthetic in overdose lowers the threshold."),
        sources=(_("general practice"),),
        certainty="D",
    ),
    Rule(
        id="R-50",
        title=_("Heart and circulation"),
        clauses=(
            Clause(
                id="heart",
                scope="ALL",
                outcome="REVIEW",
                when=("any", has("heart", "arrhythmia_pacemaker", "stroke", "clot"), takes("heart_rhythm")),
            ),
        ),
        clinician=_(
            "Stable? When? Within six months or unstable: not now. No adrenaline, rather no minoxidil."
        ),
        patient=_("Please tell the doctor about your heart or circulation. We may ask your specialist."),
        desk=DOCTOR_FIRST,
        rationale=_("Stress on the circulation; electrical devices and pacemakers."),
        sources=(WRITTEN_REVIEW,),
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
                ),
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
        clauses=(Clause(id="organs", scope="ALL", outcome="REVIEW", when=has("kidney", "liver")),),
        clinician=_(
            "How severe? Failure or dialysis: not now. Less local anaesthetic; 5-ARI go by the liver."
        ),
        patient=_("Please bring your latest tests. The doctor looks at them first."),
        desk=_("Brings recent tests. Doctor to review before treatment."),
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
        title=_("Faints"),
        clauses=(Clause(id="faints", scope="ALL", outcome="CAUTION", when=has("low_bp_faints")),),
        clinician=_("Has fainted or low pressure: supine, watch 30 minutes."),
        patient=_("You lie down for the treatment, and we watch you a little longer."),
        desk=_("Lies down, 15 minutes longer, comes with somebody."),
        rationale=_("Most faints come within half an hour."),
        sources=(_("case series of fainting after procedures"),),
        certainty="C",
    ),
    Rule(
        id="R-56",
        title=_("Thoughts of self-harm"),
        clauses=(
            Clause(
                id="call",
                scope="ALL",
                outcome="REVIEW",
                when=("in", "self_harm", ("yes", "talk", "not_sure", "private")),
                lane="same-day",
            ),
        ),
        clinician=_("Call today, in person, before anything else. Do not leave it to messages."),
        patient=_(
            "Thank you for telling us. Somebody from the clinic calls you today. You can talk to Tele-MANAS "
            "at any hour, free, on 14416. In danger, call 112."
        ),
        desk=DOCTOR_FIRST,
        rationale=_("A life comes before hair."),
        sources=(_("Tele-MANAS, Government of India"),),
        certainty="A",
    ),
    Rule(
        id="R-57",
        title=_("Hopes that may not be met"),
        clauses=(
            Clause(
                id="hopes",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "any",
                    ("in", "expected_result", ("all_back", "hairline_back")),
                    ("in", "expected_time", ("under_1_month", "1_3_months")),
                ),
            ),
        ),
        clinician=_("Counsel before consent: results vary, months of patience, maintenance."),
        patient=_("What you hope for may be more, or sooner, than treatment can do. Let's talk about it."),
        desk=DOCTOR_FIRST,
        rationale=_("Even approved lotions take four to six months, and results of injections vary."),
        sources=(
            _("Sarkar, Garg and Mysore, Indian J Dermatol Venereol Leprol 2011;77:232"),
            _("Gupta et al., J Dermatolog Treat 2023;34:2245084"),
        ),
        certainty="B",
    ),
    Rule(
        id="R-68",
        title=_("Asthma"),
        clauses=(Clause(id="asthma", scope="ALL", outcome="CAUTION", when=has("asthma")),),
        clinician=_("Well controlled? Sulphites? Inhaler at hand."),
        patient=_("Please bring your inhaler to each visit."),
        desk=NOTHING_FOR_DESK,
        rationale=_("A reaction is worse when asthma is not controlled."),
        sources=(_("general practice"),),
        certainty="D",
    ),
    Rule(
        id="R-69",
        title=_("Surgery on the head"),
        clauses=(Clause(id="head", scope="ALL", outcome="REVIEW", when=has("head_surgery")),),
        clinician=_("Where, when, what is left inside? Mark a zone that is not injected."),
        patient=_("Please show the doctor where you had surgery. We keep clear of it."),
        desk=DOCTOR_FIRST,
        rationale=_("Damage to a device, infection."),
        sources=(_("general practice"),),
        certainty="D",
    ),
    Rule(
        id="R-72",
        title=_("May this product be injected?"),
        clauses=(
            Clause(
                id="not_licensed",
                scope="PRODUCT",
                outcome="ABS",
                when=("in", "planned.status", ("cosmetic", "unlicensed", "unknown")),
                overridable=False,
            ),
            Clause(
                id="off_label",
                scope="PRODUCT",
                outcome="CAUTION",
                when=("is", "planned.status", "licensed_other_route"),
                clinician=_(
                    "Licensed for another route: off label here. Tell the patient, and write down why."
                ),
                patient=_(
                    "This medicine is licensed for another use. The doctor will explain why it is chosen."
                ),
                desk=NOTHING_FOR_DESK,
            ),
        ),
        clinician=_(
            "Cosmetic, unlicensed or of unknown status: may not be injected. Choose another product."
        ),
        patient=_("This product is not available here. The doctor will suggest another plan."),
        desk=DOCTOR_FIRST,
        rationale=_("Injecting cosmetics is forbidden."),
        sources=(_("Central Drugs Standard Control Organisation, public notice of 18 May 2026"),),
        certainty="A",
    ),
)
