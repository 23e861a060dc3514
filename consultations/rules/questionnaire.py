"""What we ask, as data: pages in order (what could hold back treatment first), and when a question is shown.

A key never changes meaning, and a choice once offered is never taken away: stored answers are read for years.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from consultations.rules.answers import InvalidAnswer, date_problem, validate_answer, whole_years
from consultations.rules.conditions import UNSURE, Facts
from consultations.rules.questions import (
    BOOL3,
    CHOICE,
    DATE,
    DAYS_AGO,
    INT,
    MULTI,
    TEXT,
    YEARS_AGO,
    YES_NO_UNSURE,
    Choices,
    Page,
    Question,
    gettext_noop,
)

__all__ = [
    "CODE", "PAGES", "QUESTIONS", "InvalidAnswer", "Page", "Question", "check_answers", "facts_of",
    "page_is_shown", "page_of", "question_content", "questionnaire_content", "questions_on", "shown",
    "validate_answer", "with_derived",
]  # fmt: skip

_ = gettext_noop
CODE = "scalp-history"

NOT_SURE = ("not_sure", _("I'm not sure"))
PRIVATE = ("private", _("I'd rather tell the doctor"))
NONE = ("none", _("None of these"))

# Who isn't sure, or tells only the doctor, is asked the questions that hang on it.
MAY_CARRY = ("female", "intersex", "private", "not_sure")
MAY_FATHER = ("male", "intersex", "private", "not_sure")
GROWN_UP = ("gte", "age", 18)
FERTILE_AGE = ("all", ("in", "sex_at_birth", MAY_CARRY), ("gte", "age", 10), ("lte", "age", 60))
GROWN_AND_FERTILE = ("all", FERTILE_AGE, GROWN_UP)
GROWN_MAN = ("all", ("in", "sex_at_birth", MAY_FATHER), GROWN_UP)
NOT_PREGNANT = ("in", "pregnant", ("no", "possibly", "not_sure", "private"))
INFECTION_SIGNS = ("pustules", "crusts", "boggy_swelling", "sores")
LOW = ("most_days", "nearly_every_day", "private")

HOW_OFTEN: Choices = (
    ("not_at_all", _("Not at all")),
    ("some_days", _("On some days")),
    ("most_days", _("On most days")),
    ("nearly_every_day", _("Nearly every day")),
    PRIVATE,
)

PAGES: tuple[Page, ...] = (
    Page(
        key="about_you",
        title=_("When were you born, and which sex were you born with?"),
        why=_("Some medicines are only for adults, and some act differently in men and women."),
    ),
    Page(
        key="family",
        title=_("Is a baby on the way, or hoped for?"),
        why=_("Some medicines for hair could harm a baby, before or after birth. We check before planning."),
    ),
    Page(
        key="well_now",
        title=_("Are you well just now, and is your scalp free of sores?"),
        why=_("We wait with injections while there is an infection, so that it cannot spread."),
    ),
    Page(
        key="conditions",
        title=_("Has a doctor ever told you that you have one of these?"),
        why=_("Some of these change which treatment is right for you, or how we look after you on the day."),
    ),
    Page(
        key="medicines",
        title=_("Do you take any of these medicines?"),
        why=_("We plan around your medicines. Please keep taking everything your doctors prescribed."),
    ),
    Page(
        key="allergies",
        title=_("Has anything ever given you a bad reaction?"),
        why=_("So that we never use a thing your body does not accept, in a vial, on a swab or in a glove."),
    ),
    Page(
        key="hair",
        title=_("What bothers you about your hair, and where?"),
        why=_("Different kinds of hair loss need different help. This tells the doctor where to look first."),
    ),
    Page(
        key="patches",
        title=_("What are the bare patches like?"),
        why=_("Round patches have their own treatment, and some need to be seen soon."),
    ),
    Page(
        key="timeline",
        title=_("When and how did it begin?"),
        why=_("How it began often says what is behind it."),
    ),
    Page(
        key="feelings",
        title=_("How have you been feeling lately?"),
        why=_("Losing hair can be hard. You need not answer; what you say here stays with the doctor."),
    ),
    Page(
        key="hopes",
        title=_("What would you be happy with?"),
        why=_("So that the doctor can tell you plainly what is likely and what is not."),
    ),
)

CONDITIONS: Choices = (
    ("bleeding_disorder", _("A bleeding or clotting disorder, or low platelets")),
    ("heart", _("Heart attack, angina, heart failure or a heart valve problem")),
    ("arrhythmia_pacemaker", _("Uneven heartbeat, or a pacemaker")),
    ("stroke", _("Stroke or mini-stroke")),
    ("clot", _("A blood clot in a leg or lung")),
    ("high_bp", _("High blood pressure (BP)")),
    ("low_bp_faints", _("Low blood pressure, or fainting")),
    ("diabetes", _("Diabetes (sugar)")),
    ("thyroid", _("A thyroid problem")),
    ("anaemia", _("Anaemia (low blood count or low iron)")),
    ("pcos", _("PCOS or PCOD")),
    ("kidney", _("Kidney disease")),
    ("liver", _("Liver disease")),
    ("asthma", _("Asthma")),
    ("epilepsy", _("Fits (epilepsy)")),
    ("cancer_now", _("Cancer: now, or treated in the last six months")),
    ("cancer_past", _("Cancer: in the past")),
    ("weak_immunity", _("A transplant, or weak immunity from an illness or its treatment")),
    ("autoimmune", _("Lupus, rheumatoid arthritis, vitiligo or another autoimmune disease")),
    ("scalp_disease", _("Psoriasis, eczema, lichen planus or another disease of the scalp")),
    ("keloid", _("Raised scars (keloids)")),
    ("g6pd", _("G6PD deficiency")),
    ("methaemoglobinaemia", _("Methaemoglobinaemia, a rare problem of the blood")),
    ("porphyria", _("Porphyria, a rare problem of the liver and blood")),
    ("head_surgery", _("Surgery on the head, or a plate, shunt or implant in it")),
    ("low_mood", _("Depression, anxiety or another illness of the mind")),
    ("other", _("Another illness a doctor treats you for")),
    NONE,
    NOT_SURE,
    PRIVATE,
)

MEDICINES: Choices = (
    ("aspirin", _("Aspirin every day (Ecosprin, Loprin, Disprin)")),
    ("clopidogrel", _("Clopidogrel, prasugrel or ticagrelor (Clopitab, Clopilet, Prasita, Brilinta)")),
    ("warfarin", _("Warfarin or acenocoumarol (Warf, Uniwarfin, Acitrom)")),
    ("doac", _("Rivaroxaban, apixaban or dabigatran (Xarelto, Eliquis, Pradaxa)")),
    ("heparin", _("Heparin or enoxaparin injections (Clexane, Lonopin)")),
    ("pain_tablets", _("Pain tablets in the last week (Brufen, Combiflam, Voveran, Naprosyn)")),
    ("steroid_tablets", _("Steroid tablets (Wysolone, Omnacortil, Medrol)")),
    ("immune", _("Medicine that calms the immune system (methotrexate, azathioprine, tofacitinib)")),
    ("isotretinoin", _("Isotretinoin or acitretin, now or in the last six months (Isotroin, Aceret)")),
    ("cancer", _("Medicine for cancer, hormone tablets for cancer included (Tamoxifen, Letrozole)")),
    ("fits", _("Medicine for fits (Eptoin, Valparin, Tegretol, Levipil)")),
    ("mood", _("Medicine for mood or sleep (Nexito, Fludac, lithium)")),
    ("tricyclic_maoi", _("Amitriptyline, imipramine or an MAO inhibitor (Tryptomer, Depsonil)")),
    ("beta_blocker", _("Beta-blocker (Ciplar, Aten, Metolar, Met XL)")),
    ("heart_rhythm", _("Heart-rhythm tablets (amiodarone, Cordarone, sotalol)")),
    ("blood_pressure", _("Other medicine for blood pressure (Telma, Amlong, Losar)")),
    ("minoxidil_tablets", _("Minoxidil tablets")),
    ("five_ari", _("Finasteride or dutasteride (Finpecia, Finax, Dutas, Avodart)")),
    ("spironolactone", _("Spironolactone (Aldactone)")),
    ("thyroid", _("Thyroid tablets (Thyronorm, Eltroxin)")),
    ("diabetes", _("Insulin or tablets for sugar (Glycomet, Amaryl, Januvia)")),
    ("glp1", _("Weight-loss or sugar injections (Ozempic, Rybelsus, Mounjaro)")),
    ("oxidising", _("Dapsone, sulfa (Septran), nitrofurantoin, malaria tablets, or nitrates (Sorbitrate)")),
    ("contraceptive", _("The pill or other hormones")),
    ("supplements", _("Fish oil, vitamin E, garlic, ginkgo, ginseng or turmeric tablets")),
    ("biotin", _("Biotin or hair vitamins")),
    ("iron", _("Iron")),
    ("home_remedies", _("Ayurvedic, homeopathic, Unani or home remedies")),
    ("other", _("Something else")),
    NONE,
    NOT_SURE,
)

ALLERGIES: Choices = (
    ("lidocaine", _("Lignocaine (lidocaine, Xylocaine), for example at the dentist")),
    ("prilocaine", _("Prilocaine, or a numbing cream (EMLA, Prilox)")),
    ("other_caine", _("Another numbing medicine that ends in -caine")),
    ("paba_ester", _("PABA, as in some sunscreens, or procaine")),
    ("parabens", _("Parabens (preservatives)")),
    ("sulfites", _("Sulphites (in some injections, wine and dried fruit)")),
    ("benzyl_alcohol", _("Benzyl alcohol (a preservative)")),
    ("propylene_glycol", _("Propylene glycol or PEG")),
    ("chlorhexidine", _("Chlorhexidine (Savlon, some mouthwashes)")),
    ("povidone_iodine", _("Iodine on the skin (Betadine)")),
    ("alcohol", _("Spirit or alcohol swabs")),
    ("latex", _("Rubber gloves (latex)")),
    ("adhesive", _("Sticking plaster")),
    ("hyaluronidase", _("Bee or wasp stings, or hyaluronidase")),
    ("b_vitamins", _("Vitamin B injections (thiamine, Neurobion)")),
    ("minoxidil", _("Minoxidil")),
    ("five_ari", _("Finasteride or dutasteride")),
    ("steroid", _("Steroid injections (Kenacort)")),
    ("foods", _("Peanut, egg or soya")),
    ("nickel", _("Nickel (cheap jewellery)")),
    ("antibiotics", _("Antibiotics")),
    ("other", _("Something else")),
    NONE,
    NOT_SURE,
)

_QUESTIONS: tuple[Question, ...] = (
    # About you
    Question(
        key="born_on",
        type=DATE,
        page="about_you",
        text=_("Date of birth"),
        unit=YEARS_AGO,
        minimum=0,
        maximum=110,
        safety=True,
        hint=_("Day, month and year. If you don't know the day, choose the 1st."),
        why=_("Scalp injections are for adults."),
    ),
    Question(
        key="age",
        type=INT,
        text=_("Age in years"),
        unit="years",
        minimum=0,
        maximum=110,
        required=False,
        derived=True,
        why=_("Worked out from the date of birth, or the clinic's record where that is approximate."),
    ),
    Question(
        key="sex_at_birth",
        type=CHOICE,
        page="about_you",
        text=_("Sex at birth"),
        choices=(
            ("female", _("Female")),
            ("male", _("Male")),
            ("intersex", _("Intersex")),
            PRIVATE,
            NOT_SURE,
        ),
        safety=True,
        why=_("Some hair medicines must not be used where a pregnancy is possible."),
    ),
    # Family
    Question(
        key="pregnant",
        type=CHOICE,
        page="family",
        text=_("Are you pregnant?"),
        choices=(
            ("no", _("No")),
            ("yes", _("Yes")),
            ("possibly", _("Possibly, my period is late or I may be")),
            NOT_SURE,
            PRIVATE,
        ),
        shown_if=FERTILE_AGE,
        safety=True,
        why=_("We give no scalp injections in pregnancy."),
    ),
    Question(
        key="breastfeeding",
        type=BOOL3,
        page="family",
        text=_("Are you breastfeeding?"),
        choices=YES_NO_UNSURE,
        shown_if=FERTILE_AGE,
        safety=True,
        why=_("Some of what we inject could pass into milk."),
    ),
    Question(
        key="trying_to_conceive",
        type=CHOICE,
        page="family",
        text=_("Are you, or you and your partner, hoping for a baby?"),
        choices=(
            ("no", _("No")),
            ("now", _("Yes, we are trying now")),
            ("within_6_months", _("Yes, within six months")),
            NOT_SURE,
            PRIVATE,
        ),
        shown_if=("any", ("all", GROWN_AND_FERTILE, NOT_PREGNANT), GROWN_MAN),
        safety=True,
        why=_("Some hair medicines stay in the body for months."),
    ),
    Question(
        key="contraception",
        type=CHOICE,
        page="family",
        text=_("How is pregnancy prevented at present?"),
        choices=(
            ("none", _("Not at all")),
            ("pill", _("The pill")),
            ("iud", _("Coil (IUD, copper-T)")),
            ("implant", _("Implant or injection")),
            ("condom", _("Condom")),
            ("sterilised", _("I was sterilised (tubes tied)")),
            ("vasectomy", _("My partner had a vasectomy")),
            ("menopause", _("My periods have ended for good (menopause)")),
            ("hysterectomy", _("My womb was removed")),
            ("not_sexually_active", _("Not needed: no sex")),
            NOT_SURE,
            PRIVATE,
        ),
        shown_if=("all", GROWN_AND_FERTILE, NOT_PREGNANT),
        safety=True,
        private=True,
        why=_(
            "Medicine that could harm an unborn baby is considered only where pregnancy is well prevented."
        ),
    ),
    Question(
        key="lmp",
        type=DATE,
        page="family",
        text=_("First day of your last period"),
        unit=DAYS_AGO,
        minimum=0,
        maximum=400,
        shown_if=(
            "all",
            GROWN_AND_FERTILE,
            NOT_PREGNANT,
            ("none_of", "contraception", ("menopause", "hysterectomy")),
        ),
        safety=True,
        private=True,
        why=_("A late period may be an early pregnancy."),
    ),
    Question(
        key="male_fertility",
        type=MULTI,
        page="family",
        text=_("Has a doctor found any of these, or have you noticed them?"),
        choices=(
            ("abnormal_semen", _("A semen test that was not normal")),
            ("erection", _("Difficulty with erections")),
            ("ejaculation", _("A change in ejaculation")),
            ("low_desire", _("Less desire than before")),
            NONE,
            NOT_SURE,
            PRIVATE,
        ),
        shown_if=GROWN_MAN,
        safety=True,
        private=True,
        why=_("One group of hair medicines can make these worse."),
    ),
    # Well just now
    Question(
        key="recent_illness",
        type=BOOL3,
        page="well_now",
        text=_("In the last two weeks: fever, an infection, or antibiotics?"),
        choices=YES_NO_UNSURE,
        safety=True,
        why=_("The body needs two weeks to recover before injections."),
    ),
    Question(
        key="recent_illness_date",
        type=DATE,
        page="well_now",
        text=_("The last day you felt ill or took an antibiotic"),
        unit=DAYS_AGO,
        minimum=0,
        maximum=400,
        shown_if=("is", "recent_illness", "yes"),
        safety=True,
        hint=_("Still ill? Choose today."),
        why=_("We count two weeks from this day."),
    ),
    Question(
        key="scalp_signs",
        type=MULTI,
        page="well_now",
        text=_("Do you see or feel any of these on your scalp?"),
        choices=(
            ("pustules", _("Pimples with pus")),
            ("crusts", _("Crusts, or places that ooze")),
            ("boggy_swelling", _("A soft, painful swelling")),
            ("sores", _("Sores or blisters")),
            ("scar_like_skin", _("Shiny, smooth skin like a scar")),
            ("red_rings", _("Redness or scale round the hairs")),
            ("thick_scale", _("Thick scale")),
            ("dandruff", _("Greasy flakes (dandruff)")),
            ("lumps", _("Lumps")),
            NONE,
            NOT_SURE,
        ),
        safety=True,
        why=_("An infected scalp is treated first."),
    ),
    Question(
        key="scalp_fever",
        type=BOOL3,
        page="well_now",
        text=_("Do you have fever with it, or swollen glands in the neck?"),
        choices=YES_NO_UNSURE,
        shown_if=("includes_any", "scalp_signs", INFECTION_SIGNS),
        safety=True,
        why=_("If so, a doctor should look at it today."),
    ),
    # Conditions
    Question(
        key="conditions",
        type=MULTI,
        page="conditions",
        text=_("Tick everything that applies"),
        choices=CONDITIONS,
        safety=True,
    ),
    Question(
        key="conditions_other",
        type=TEXT,
        page="conditions",
        text=_("Which other illness?"),
        shown_if=("includes_any", "conditions", ("other",)),
    ),
    # Medicines
    Question(
        key="medicines",
        type=MULTI,
        page="medicines",
        text=_("Tick everything you take, swallow, inject or put on"),
        choices=MEDICINES,
        safety=True,
        hint=_("Please keep taking what your doctors prescribed; we plan around it."),
    ),
    Question(
        key="medicines_other",
        type=TEXT,
        page="medicines",
        text=_("Names and doses, as on the strip or bottle"),
        max_length=1000,
        required=False,
    ),
    # Allergies
    Question(
        key="allergies",
        type=MULTI,
        page="allergies",
        text=_("Tick everything that gave you a rash, swelling, trouble breathing or a collapse"),
        choices=ALLERGIES,
        safety=True,
    ),
    Question(
        key="allergies_other",
        type=TEXT,
        page="allergies",
        text=_("What was it, and what happened?"),
        shown_if=("includes_any", "allergies", ("antibiotics", "other")),
        required=False,
    ),
    Question(
        key="severe_reaction",
        type=BOOL3,
        page="allergies",
        text=_("Did a reaction ever make it hard to breathe, or make you collapse?"),
        choices=YES_NO_UNSURE,
        shown_if=("any", ("is", "allergies", "not_sure"), ("none_of", "allergies", ("none",))),
        safety=True,
        why=_("We then keep you longer afterwards, with help at hand."),
    ),
    # Hair
    Question(
        key="main_concern",
        type=MULTI,
        page="hair",
        text=_("What bothers you?"),
        choices=(
            ("shedding", _("Hair fall: much hair in the comb or drain")),
            ("thinning_on_top", _("Thinner hair on top")),
            ("wider_parting", _("A wider parting")),
            ("temples", _("Receding at the temples")),
            ("crown", _("A thin crown")),
            ("round_patches", _("Round bare patches")),
            ("breakage", _("Hair that breaks")),
            ("brows_beard_body", _("Loss of eyebrows, beard or body hair")),
            ("scalp_complaint", _("Itch, pain or flakes")),
            ("other", _("Something else")),
        ),
    ),
    Question(
        key="hair_areas",
        type=MULTI,
        page="hair",
        text=_("Where?"),
        choices=(
            ("hairline", _("Front hairline")),
            ("temples", _("Temples")),
            ("parting", _("Along the parting")),
            ("crown", _("Crown")),
            ("sides", _("Sides")),
            ("back", _("Back of the head")),
            ("all_over", _("All over")),
            ("brows", _("Eyebrows")),
            ("lashes", _("Eyelashes")),
            ("beard", _("Beard")),
            ("body", _("Body")),
        ),
    ),
    # Patches
    Question(
        key="patch_count",
        type=INT,
        page="patches",
        text=_("How many bare patches?"),
        unit="patches",
        minimum=1,
        maximum=50,
        shown_if=("includes_any", "main_concern", ("round_patches",)),
    ),
    Question(
        key="patches_rapid",
        type=BOOL3,
        page="patches",
        text=_("Did they come, or grow, within a few weeks?"),
        choices=YES_NO_UNSURE,
        shown_if=("includes_any", "main_concern", ("round_patches",)),
    ),
    Question(
        key="brows_thinning",
        type=BOOL3,
        page="patches",
        text=_("Are your eyebrows or eyelashes thinner too?"),
        choices=YES_NO_UNSURE,
        shown_if=("includes_any", "main_concern", ("round_patches", "brows_beard_body")),
    ),
    # Timeline
    Question(
        key="onset_type",
        type=CHOICE,
        page="timeline",
        text=_("How did it begin?"),
        choices=(
            ("sudden", _("Suddenly, over days or weeks")),
            ("gradual", _("Slowly, over months or years")),
            NOT_SURE,
        ),
    ),
    Question(
        key="duration_value",
        type=INT,
        page="timeline",
        text=_("How long ago?"),
        minimum=0,
        maximum=70,
        hint=_("Roughly is fine."),
    ),
    Question(
        key="duration_unit",
        type=CHOICE,
        page="timeline",
        text=_("Days, weeks, months or years?"),
        choices=(
            ("days", _("Days")),
            ("weeks", _("Weeks")),
            ("months", _("Months")),
            ("years", _("Years")),
        ),
    ),
    Question(
        key="duration_days",
        type=INT,
        text=_("Days since it began"),
        unit="days",
        minimum=0,
        maximum=70 * 366,
        required=False,
        derived=True,
        why=_("Worked out from the two answers above."),
    ),
    Question(
        key="loss_trend",
        type=CHOICE,
        page="timeline",
        text=_("How is it going?"),
        choices=(
            ("worse_fast", _("Getting worse quickly")),
            ("worse_slowly", _("Getting worse slowly")),
            ("stable", _("About the same")),
            ("better", _("Getting better")),
            ("comes_and_goes", _("It comes and goes")),
            NOT_SURE,
        ),
    ),
    # Feelings
    Question(
        key="low_interest",
        type=CHOICE,
        page="feelings",
        text=_("In the last two weeks, how often was there little joy in what you do?"),
        choices=HOW_OFTEN,
        required=False,
        private=True,
    ),
    Question(
        key="low_mood",
        type=CHOICE,
        page="feelings",
        text=_("And how often did you feel sad, low or without hope?"),
        choices=HOW_OFTEN,
        required=False,
        private=True,
    ),
    Question(
        key="self_harm",
        type=CHOICE,
        page="feelings",
        text=_("Have you had thoughts of hurting yourself, or of not wanting to live?"),
        choices=(
            ("no", _("No")),
            ("yes", _("Yes")),
            ("talk", _("I'd like to talk to somebody")),
            NOT_SURE,
            PRIVATE,
        ),
        shown_if=(
            "any",
            ("in", "low_interest", LOW),
            ("in", "low_mood", LOW),
            ("includes_any", "conditions", ("low_mood",)),
        ),
        safety=True,
        private=True,
        why=_("If so, a person from the clinic calls you today. You are not alone with it."),
    ),
    # Hopes
    Question(
        key="expected_result",
        type=CHOICE,
        page="hopes",
        text=_("What would be a good result for you?"),
        choices=(
            ("less_shedding", _("Less hair fall")),
            ("thicker", _("Hair that looks a little thicker")),
            ("some_more_hair", _("Some more hair where it is thin")),
            ("hairline_back", _("My old hairline back")),
            ("all_back", _("All my hair back")),
            NOT_SURE,
        ),
    ),
    Question(
        key="expected_time",
        type=CHOICE,
        page="hopes",
        text=_("How soon do you hope to see a change?"),
        choices=(
            ("under_1_month", _("Within a month")),
            ("1_3_months", _("In one to three months")),
            ("3_6_months", _("In three to six months")),
            ("6_12_months", _("In six to twelve months")),
            NOT_SURE,
        ),
    ),
)

QUESTIONS: dict[str, Question] = {question.key: question for question in _QUESTIONS}
SHOWN_IF = {question.key: question.shown_if for question in _QUESTIONS}
DAYS_IN = {"days": 1, "weeks": 7, "months": 30.4375, "years": 365.25}
DURATION_BEFORE_BIRTH = _("That is longer than the age given. Please check one of them.")
DATE_BEFORE_BIRTH = _("That is before the date of birth given. Please check one of them.")
AGE_AND_BIRTH_DIFFER = _("The age does not fit the date of birth.")


def page_of(key: str) -> Page:
    return next(page for page in PAGES if page.key == key)


def questions_on(page: str) -> list[Question]:
    return [question for question in _QUESTIONS if question.page == page]


def with_derived(answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the answers with age and duration worked out; a given age stands where no birth date is."""
    derived = dict(answers)
    if is_date(born_on := answers.get("born_on")):
        derived["age"] = whole_years(date.fromisoformat(born_on), today)
    value, unit = answers.get("duration_value"), answers.get("duration_unit")
    if isinstance(value, int) and unit in DAYS_IN:
        derived["duration_days"] = int(value * DAYS_IN[unit])
    return derived


def is_date(value: object) -> bool:
    return isinstance(value, str) and value not in UNSURE


def facts_of(
    answers: Mapping[str, Any], on: date | None = None, planned: Mapping[str, Any] | None = None
) -> Facts:
    derived = with_derived(answers, on) if on else dict(answers)
    return Facts(derived, SHOWN_IF, on, planned or {})


def shown(question: Question, answers: Mapping[str, Any]) -> bool | None:
    """Is the question asked? None where that hangs on an answer not given. Wants the derived answers too."""
    return facts_of(answers).judge_shown(question.key).value


def page_is_shown(page: Page, answers: Mapping[str, Any]) -> bool:
    """A page is passed over when each of its questions is known not to apply."""
    return any(shown(question, answers) is not False for question in questions_on(page.key))


def check_answers(answers: Mapping[str, Any], today: date) -> dict[str, InvalidAnswer]:
    """Return what does not fit together, by the key whose answer to look at again."""
    problems: dict[str, InvalidAnswer] = {}
    for key, value in answers.items():
        if QUESTIONS[key].type != DATE or not is_date(value):
            continue
        if problem := _date_mismatch(QUESTIONS[key], date.fromisoformat(value), answers, today):
            problems[key] = problem
    return problems | _age_mismatches(answers, today)


def _date_mismatch(
    question: Question, day: date, answers: Mapping[str, Any], today: date
) -> InvalidAnswer | None:
    if problem := date_problem(question, day, today):
        return problem
    born_on = answers.get("born_on")
    if is_date(born_on) and day < date.fromisoformat(born_on):
        return InvalidAnswer(DATE_BEFORE_BIRTH)
    return None


def _age_mismatches(answers: Mapping[str, Any], today: date) -> dict[str, InvalidAnswer]:
    derived = with_derived(answers, today)
    age, days = derived.get("age"), derived.get("duration_days")
    problems = {}
    if "age" in answers and answers["age"] != age:
        problems["age"] = InvalidAnswer(AGE_AND_BIRTH_DIFFER)
    if isinstance(days, int) and _began_before_birth(days, answers, age, today):
        problems["duration_value"] = InvalidAnswer(DURATION_BEFORE_BIRTH)
    return problems


def _began_before_birth(days: int, answers: Mapping[str, Any], age: object, today: date) -> bool:
    """With a birth date to the day; with an age alone only when it cannot be otherwise."""
    if is_date(answers.get("born_on")):
        return today - timedelta(days=days) < date.fromisoformat(answers["born_on"])
    return isinstance(age, int) and days >= int((age + 1) * DAYS_IN["years"])


def questionnaire_content() -> dict[str, Any]:
    """What a Release keeps of the questionnaire: all that decides what was asked, in which words."""
    return {
        "pages": [{"key": page.key, "title": page.title, "why": page.why} for page in PAGES],
        "questions": [question_content(question) for question in _QUESTIONS],
    }


def question_content(question: Question) -> dict[str, Any]:
    has_range = question.minimum is not None or question.maximum is not None
    return {
        "key": question.key,
        "type": question.type,
        "page": question.page,
        "text": question.text,
        "hint": question.hint,
        "why": question.why,
        "choices": list(question.codes),
        "choice_texts": dict(question.choices),
        "range": [question.minimum, question.maximum] if has_range else None,
        "unit": question.unit,
        "max_length": question.max_length if question.type == TEXT else None,
        "decimals": question.decimals,
        "shown_if": _plain(question.shown_if),
        "required": question.required,
        "safety": question.safety,
        "not_sure": question.may_be_unsure,
        "derived": question.derived,
        "private": question.private,
    }


def _plain(condition: Any) -> Any:
    return [_plain(part) for part in condition] if isinstance(condition, list | tuple) else condition
