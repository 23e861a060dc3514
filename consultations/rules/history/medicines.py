"""What somebody takes, by the names on the strip, and what matters about some of it."""

from consultations.rules.conditions import Condition
from consultations.rules.questions import (
    DEC,
    LINES,
    NONE,
    Choices,
    Page,
    Question,
    day,
    gettext_noop,
    on,
    words,
    yes_no,
)

_ = gettext_noop

LIST: Choices = (
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
    ("not_sure", _("I'm not sure about one or more")),
)

MEDICINES = Page(
    key="medicines",
    title=_("Do you take any of these medicines?"),
    why=_("We plan around your medicines. Please keep taking everything your doctors prescribed."),
)
DETAILS = Page(
    key="medicine_details",
    title=_("Can you tell us a little more about these medicines?"),
    why=_("Please keep taking them as prescribed; the doctor plans around them."),
)
PAGES = (MEDICINES, DETAILS)


def takes(*codes: str) -> Condition:
    return ("includes_any", "medicines", codes)


THINNERS = ("clopidogrel", "warfarin", "doac", "heparin")

QUESTIONS = (
    *on(
        MEDICINES,
        (
            Question(
                key="medicines",
                type="multi",
                text=_("Tick everything you take, swallow, inject or put on"),
                short=_("Medicines"),
                choices=LIST,
                safety=True,
                hint=_("Please keep taking what your doctors prescribed; we plan around it."),
            ),
            Question(
                key="medicines_named",
                type=LINES,
                text=_("Names and doses, as on the strip or bottle"),
                short=_("In own words"),
                max_length=120,
                max_lines=40,
                required=False,
                hint=_("One a line, for example: Thyronorm 50, one in the morning, since 2022."),
            ),
        ),
    ),
    *on(
        DETAILS,
        (
            yes_no(
                "aspirin_prescribed",
                _("Did a doctor prescribe the aspirin?"),
                short=_("Aspirin prescribed"),
                shown_if=takes("aspirin"),
                only_for=_("If you take aspirin"),
            ),
            words(
                "antithrombotic_reason",
                _("What is the blood thinner for, and who prescribed it?"),
                300,
                short=_("Thinner for"),
                shown_if=takes("aspirin", *THINNERS),
                only_for=_("If you take a blood thinner"),
                required=False,
                hint=_("Please keep taking it exactly as prescribed."),
            ),
            yes_no(
                "bruising_prescribed",
                _("Did a doctor prescribe the pain tablets or supplements?"),
                short=_("Those prescribed"),
                shown_if=takes("pain_tablets", "supplements"),
                only_for=_("If you take pain tablets or such supplements"),
            ),
            Question(
                key="prednisolone_mg",
                type=DEC,
                text=_("How many mg of the steroid a day?"),
                short=_("Steroid"),
                unit="mg",
                minimum=0,
                maximum=200,
                decimals=1,
                shown_if=takes("steroid_tablets"),
                only_for=_("If you take steroid tablets"),
                safety=True,
                hint=_("As on the strip, all tablets of a day together."),
            ),
            day(
                "isotretinoin_last",
                _("When did you last take isotretinoin or acitretin?"),
                3660,
                short=_("Isotretinoin, last"),
                shown_if=takes("isotretinoin"),
                only_for=_("If you take or took it"),
                required=False,
                hint=_("Still taking it? Choose today."),
            ),
        ),
    ),
)
