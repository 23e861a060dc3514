"""R-55 to R-58, R-70 to R-73, R-80 to R-82: mind and hopes, consent, the product, what speaks for it."""

from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules.terms import (
    ABDALLAH_TRIAL,
    CONVENTION,
    DOCTOR_FIRST,
    GUPTA_REVIEW,
    HALF_A_YEAR_IN_WEEKS,
    IADVL_PAPER,
    MOFTAH_TRIAL,
    NOTHING_FOR_DESK,
    OUR_POLICY,
    TEN_YEARS,
    bothered_by,
    no,
    since,
    unknown,
    yes,
)

_ = gettext_noop = str

CONSENT_IS_VALID = Until(text=_("somebody who speaks the language is there, and the wish is your own"))
TRIED_LONG = (
    "any",
    *(
        ("gte", f"tx_{medicine}_weeks", HALF_A_YEAR_IN_WEEKS)
        for medicine in ("minoxidil_lotion", "minoxidil_tablets", "finasteride", "dutasteride")
    ),
)
STUDIED_PATTERN = (
    "any",
    ("in", "norwood_picture", ("II", "IIA", "III", "IIIA", "IIIV", "IV", "IVA", "V", "VA")),
    ("in", "ludwig_picture", ("I", "II")),
    bothered_by("thinning_on_top", "wider_parting", "temples", "crown"),
)
KNOWS = ("sessions", "maintenance", "variable", "may_not_work")

RULES: tuple[Rule, ...] = (
    Rule(
        id="R-55",
        title=_("Hair weighs heavily on the mind"),
        clauses=(
            Clause(
                id="weighs",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "any",
                    ("is", "worry_hours", "over_3"),
                    ("all", yes("barely_noticeable"), yes("avoids_life")),
                    ("gte", "unhappy_procedures", 2),
                    ("includes_any", "mental_health", ("body_image",)),
                ),
            ),
        ),
        clinician=_("Body dysmorphic disorder? Do not diagnose here; talk, and refer where it fits."),
        patient=_("We would like to talk about how this affects you."),
        desk=DOCTOR_FIRST,
        rationale=_("About one in ten visitors of skin clinics; results rarely please."),
        sources=(_("review of body dysmorphic disorder, Practical Dermatology"),),
        certainty="B",
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
            Clause(
                id="not_agreed",
                scope="ALL",
                outcome="REVIEW",
                when=("any", *(no(f"understands_{what}") for what in KNOWS)),
                clinician=_("Does not accept sessions, maintenance or an uncertain result. Counsel first."),
                patient=_("Let's talk about what this treatment asks of you before it is planned."),
            ),
        ),
        clinician=_("Counsel before consent: results vary, months of patience, maintenance."),
        patient=_("What you hope for may be more, or sooner, than treatment can do. Let's talk about it."),
        desk=DOCTOR_FIRST,
        rationale=_("Even approved lotions take four to six months, and results of injections vary."),
        sources=(IADVL_PAPER, GUPTA_REVIEW),
        certainty="B",
    ),
    Rule(
        id="R-58",
        title=_("Areas that are bare"),
        clauses=(
            Clause(
                id="advanced",
                scope="ALL",
                outcome="REVIEW",
                when=(
                    "any",
                    ("in", "norwood_picture", ("VI", "VII")),
                    ("is", "ludwig_picture", "III"),
                ),
            ),
        ),
        clinician=_("Norwood VI to VII, Ludwig III: low likelihood. Other ways first."),
        patient=_("Injections are unlikely to fill bald areas. The doctor will talk about other ways."),
        desk=DOCTOR_FIRST,
        rationale=_("Trials treated moderate loss; the shorter it had lasted, the better the response."),
        sources=(ABDALLAH_TRIAL, MOFTAH_TRIAL),
        certainty="B",
    ),
    Rule(
        id="R-70",
        title=_("Alcohol within a day"),
        clauses=(
            Clause(
                id="alcohol",
                scope="ALL",
                outcome="DEFER",
                when=yes("alcohol_24h"),
                until=Until(text=_("24 hours without alcohol"), days=1),
            ),
        ),
        clinician=_("Alcohol within 24 hours, or sedated. Consent would not be valid; bruising."),
        patient=_(
            "We wait until 24 hours after the last drink. If a medicine makes you drowsy, keep taking it as "
            "prescribed and tell us: the doctor finds a time that fits."
        ),
        desk=DOCTOR_FIRST,
        rationale=_("Consent has to be given with a clear head; more bruises."),
        sources=(CONVENTION,),
        certainty="D",
    ),
    Rule(
        id="R-71",
        title=_("Consent needs help"),
        clauses=(
            Clause(
                id="language",
                scope="ALL",
                outcome="DEFER",
                when=yes("need_interpreter"),
                until=CONSENT_IS_VALID,
                desk=_("An interpreter is arranged. Doctor to review before treatment."),
            ),
            Clause(
                id="own_wish",
                scope="ALL",
                outcome="DEFER",
                when=no("own_wish"),
                until=CONSENT_IS_VALID,
                clinician=_("Not the patient's own wish? Ask alone. No consent, no procedure."),
                patient=_("The doctor will talk with you alone first. Nothing is done unless you want it."),
            ),
        ),
        clinician=_("Language or understanding in doubt: an interpreter first, then consent."),
        patient=_("We arrange somebody who speaks your language, and wait until then."),
        desk=DOCTOR_FIRST,
        rationale=_("Consent counts only when it is understood and free."),
        sources=(_("Samira Kohli v. Dr Prabha Manchanda, (2008) 2 SCC 1"),),
        certainty="A",
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
    Rule(
        id="R-73",
        title=_("An occasion within a week"),
        clauses=(
            Clause(
                id="occasion",
                scope="ALL",
                outcome="CAUTION",
                when=("all", ("gte", since("event_date"), -7), ("lte", since("event_date"), 0)),
            ),
        ),
        clinician=_("A function within seven days: swelling and bruises would show."),
        patient=_("There may be bruises or swelling for a week. Tell us if another day suits you better."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Swelling of the forehead lasts up to four days, bruises a week."),
        sources=(_("Melo et al., Dermatol Ther 2022;35:e15247"),),
        certainty="D",
    ),
    Rule(
        id="R-80",
        title=_("A pattern that trials have treated"),
        clauses=(
            Clause(
                id="pattern",
                scope="ALL",
                outcome="SUPPORT",
                when=(
                    "all",
                    STUDIED_PATTERN,
                    ("any", unknown("norwood_picture"), ("not", ("is", "norwood_picture", "I"))),
                    ("lte", "duration_days", TEN_YEARS),
                    ("nothing_from", "REVIEW"),
                ),
            ),
        ),
        clinician=_("Reasonable to discuss, as an addition after standard treatment."),
        patient=_("Nothing in your answers rules this out. The dermatologist will decide with you."),
        desk=NOTHING_FOR_DESK,
        rationale=_("The people that trials have studied."),
        sources=(ABDALLAH_TRIAL, MOFTAH_TRIAL),
        certainty="B",
    ),
    Rule(
        id="R-81",
        title=_("Standard treatment was tried"),
        clauses=(
            Clause(id="tried", scope="ALL", outcome="SUPPORT", when=TRIED_LONG),
            Clause(
                id="not_tolerated",
                scope="ALL",
                outcome="SUPPORT",
                when=yes("not_tolerated"),
                clinician=_("Standard treatment was not tolerated. Which, and how?"),
                patient=_("You have tried the usual treatment and it did not suit you."),
            ),
        ),
        clinician=_("Standard treatment for six months or more: an addition may be discussed."),
        patient=_("You have already tried the usual treatments."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Injections come after, or beside, what is better studied."),
        sources=(_("Minotto and Vettorato, Scalp Mesotherapy, Springer 2018"),),
        certainty="C",
    ),
    Rule(
        id="R-82",
        title=_("Knows what it takes"),
        clauses=(
            Clause(
                id="knows",
                scope="ALL",
                outcome="SUPPORT",
                when=(
                    "all",
                    *(yes(f"understands_{what}") for what in KNOWS),
                    yes("can_attend"),
                    ("none_of", "expected_result", ("all_back", "hairline_back")),
                    ("none_of", "expected_time", ("under_1_month", "1_3_months")),
                ),
            ),
        ),
        clinician=_("Realistic, informed, able to come. Go on to the consultation."),
        patient=_("You know that this takes several visits, and that it may not work."),
        desk=NOTHING_FOR_DESK,
        rationale=_("Who knows this keeps to a course."),
        sources=(OUR_POLICY,),
        certainty="D",
    ),
)
