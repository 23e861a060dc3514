"""Protocols for pattern hair loss, and those that clinics use for shedding as well: data."""

from treatments.rules.protocol import Certainty, Protocol


def gettext_noop(text: str) -> str:
    return text


_ = gettext_noop

_ACTAS = "Mesotherapy with dutasteride, letter. Actas Dermosifiliogr 2020 (S1578219020301396; excerpt read)"

P1 = Protocol(
    code="P1",
    title=_("Dutasteride 0.05 %, seven sessions over eleven weeks"),
    indication=_("Pattern hair loss in men, Hamilton–Norwood III vertex to V"),
    product_code="dutasteride-0-05",
    targets=(7, 7, 7, 14, 14, 28),
    technique=_("Quick shallow punctures into the skin (nappage), 2 mL a session."),
    assess=_("Week 12 from the first session."),
    evidence=_(
        "One small controlled trial, 28 men, against salt water: hair density rose in 92.9 % with"
        " dutasteride and in 7.1 % without. Mild pain and headache were seen. Men with a shorter history"
        " of hair loss responded more. Used here by a route it is not licensed for."
    ),
    certainty=Certainty.TRIALS,
    sources=(
        "Abdallah M, El-Zawahry K, Besar H. J Pan-Arab League Derm 2009;20:137–45 (abstract read)",
        _ACTAS,
    ),
)

P2 = Protocol(
    code="P2",
    title=_("Dutasteride with vitamins, nine sessions, days not published"),
    indication=_("Pattern hair loss in men"),
    product_code="dutasteride-vitamins",
    targets=None,
    session_count=9,
    technique=_("Not stated in what we read."),
    assess=_("Not stated in what we read."),
    evidence=_(
        "One study of 90 men: dutasteride 0.005 %, dutasteride 0.05 % with vitamins, and salt water were"
        " compared. More hairs were in their active phase with the mixture. Its authors ask for care where a"
        " child is wished for. On which days the nine sessions were is not in what we could read, so it is"
        " shown here and cannot be prescribed."
    ),
    certainty=Certainty.SMALL_STUDIES,
    sources=("Sobhy N et al. Our Dermatol Online 2013;4:40–5 (summary read)", _ACTAS),
)

P3 = Protocol(
    code="P3",
    title=_("Dutasteride 0.05 % with vitamins, twelve sessions over sixteen weeks"),
    indication=_("Pattern hair loss in women"),
    product_code="dutasteride-vitamins",
    targets=(7,) * 8 + (14, 14, 28),
    technique=_("2 mL a session; with dexpanthenol, biotin and pyridoxine."),
    assess=_("Week 18 from the first session."),
    evidence=_(
        "One controlled trial, 126 women: photographs were judged better in 62.8 % with the mixture and in"
        " 17.5 % without. The days are our reading: the reports name eight weekly sessions, two every second"
        " week, then every fourth, which makes eleven; twelve fit when weeks 0 to 8 are weekly. Dutasteride"
        " can harm an unborn boy, so a pregnancy must be ruled out. Used here by a route it is not licensed"
        " for."
    ),
    certainty=Certainty.TRIALS,
    sources=(
        "Moftah N et al. J Eur Acad Dermatol Venereol 2013;27:686–93 (abstract read)",
        "Report of the same trial (contemporaryobgyn.net, second-hand)",
    ),
)

P4 = Protocol(
    code="P4",
    title=_("Dutasteride 0.01 %, every thirteen weeks for a year"),
    indication=_("Pattern hair loss in men and women"),
    product_code="dutasteride-0-01",
    targets=(91, 91, 91),
    technique=_("1 mL a session."),
    assess=_("Between weeks 26 and 52."),
    evidence=_(
        "One look back at 541 people: of 86 who had this and nothing else, 33 were much better after a year."
        " Pain in 45.5 %; no effect on sexual function was reported. Nobody was compared with them. Used here"
        " by a route it is not licensed for."
    ),
    certainty=Certainty.SMALL_STUDIES,
    sources=("Saceda-Corralo D et al. J Drugs Dermatol 2022;21:742–7 (abstract read)", _ACTAS),
)

P5 = Protocol(
    code="P5",
    title=_("Minoxidil 0.5 %, ten weekly sessions"),
    indication=_("Pattern hair loss in women"),
    product_code="minoxidil-0-5",
    targets=(7,) * 9,
    technique=_(
        "Into the skin of the affected areas; the volume is not given in what we read. Blood pressure is"
        " checked before each session."
    ),
    assess=_("Week 15, six weeks after the last session."),
    evidence=_(
        "One controlled trial that 50 women completed: the ratio of thick to fine hairs (terminal to"
        " vellus) went from 2.6 to 3.8. Volume and pain were not in the summary we read. Used here by a route"
        " it is not licensed for."
    ),
    certainty=Certainty.TRIALS,
    sources=("Uzel et al. 2021, controlled trial of 0.5 % minoxidil (summary read, dermatologyadvisor.com)",),
)

P6 = Protocol(
    code="P6",
    title=_("Minoxidil 0.5 % with a tattoo-type device, three sessions four weeks apart"),
    indication=_("Pattern hair loss in women"),
    product_code="minoxidil-0-5",
    targets=(28, 28),
    technique=_(
        "With a device such as tattooists use, about 1 to 2 mm deep. Blood pressure is taken before and after"
        " each session."
    ),
    assess=_("Not stated in what we read."),
    evidence=_(
        "One controlled trial, 24 women, made to measure blood pressure: the lower figure fell (p = 0.037)."
        " It is a preprint. Used here by a route it is not licensed for."
    ),
    certainty=Certainty.SMALL_STUDIES,
    sources=("Preprint rs-6262561, blood pressure after minoxidil microinfusion (abstract read)",),
)

P7 = Protocol(
    code="P7",
    title=_("Cocktail of 56 components with needling, eight weekly sessions"),
    indication=_("Pattern hair loss in men, grade II, typical pattern"),
    product_code="cocktail-56-needled",
    targets=(7,) * 7,
    technique=_("Brought in by needling; depth and volume are not in what we read."),
    assess=_("Every four weeks to week 16."),
    evidence=_(
        "One controlled trial, 49 men: no benefit over minoxidil on the skin. That the eight sessions were"
        " weekly is from a second-hand account."
    ),
    certainty=Certainty.TRIALS,
    sources=(
        "Gajjar PC et al. Int J Trichology 2019;11:58–67 (PMC6463458; abstract read)",
        "Account of the same trial (typology.com, second-hand)",
    ),
)

P8 = Protocol(
    code="P8",
    title=_("LC hair essence, eight weekly sessions"),
    indication=_("Pattern hair loss"),
    product_code="lc-hair-essence",
    targets=(7,) * 7,
    technique=_("1 mL with 0.5 mL salt water."),
    assess=_("Week 26 from the first session."),
    evidence=_("62 people at one centre, against botulinum toxin; read in a news summary only."),
    certainty=Certainty.SMALL_STUDIES,
    sources=("Summary of the comparison (2medical.news, second-hand)",),
)

P9 = Protocol(
    code="P9",
    title=_("Vitamin cocktail, five weekly sessions, then three every four weeks"),
    indication=_("Pattern hair loss; shedding"),
    product_code="multivitamin-cocktail",
    targets=(7,) * 4 + (28,) * 3,
    technique=_("Volume and spacing are not stated; our own custom is 2 mL at points 1 cm apart."),
    assess=_("Weeks 16 to 20, our own custom."),
    evidence=_(
        "No trial: the habit of one clinic. Weeks of seven days, months of four weeks, are our reading."
    ),
    certainty=Certainty.CONVENTION,
    sources=("rotahairtransplant.co.uk (a clinic’s page)",),
)

P10 = Protocol(
    code="P10",
    title=_("Vitamin cocktail, six sessions every two weeks, then four every four weeks"),
    indication=_("Pattern hair loss; shedding"),
    product_code="multivitamin-cocktail",
    targets=(14,) * 5 + (28,) * 4,
    technique=_("Not stated in what we read."),
    assess=_("Not stated in what we read."),
    evidence=_(
        "No trial: the habit of clinics, which differ: four to six sessions every two weeks, then every four"
        " weeks to about ten, then one every three months to keep it up; others four to eight 10 to 15 days"
        " apart, or four to ten 7 to 10 days apart. The days here are our reading of the first."
    ),
    certainty=Certainty.CONVENTION,
    sources=(
        "nadiamedicalcentre.ae (a clinic’s page)",
        "drecesurgun.com, drserangocer.com (clinics’ pages)",
    ),
)

P11 = Protocol(
    code="P11",
    title=_("Growth factors (QR678), eight sessions three weeks apart"),
    indication=_("Pattern hair loss"),
    product_code="growth-factor-vial",
    targets=(21,) * 7,
    technique=_("About 1 to 1.5 mL a session."),
    assess=_("Week 26 from the first session."),
    evidence=_(
        "What its maker says, two to three weeks apart; nothing independent was read. Whether it may be used"
        " at all is a matter of its licence."
    ),
    certainty=Certainty.CONVENTION,
    sources=("calvizie.net, qr678.in (the maker’s own words)",),
)
