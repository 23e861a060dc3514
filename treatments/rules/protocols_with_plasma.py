"""Protocols with the patient's own plasma, which is no mesotherapy and stands in the same diary: data."""

from treatments.rules.protocol import Certainty, Protocol


def gettext_noop(text: str) -> str:
    return text


_ = gettext_noop

P14 = Protocol(
    code="P14",
    title=_("The patient’s own plasma, three sessions four weeks apart and one half a year on"),
    indication=_("Pattern hair loss"),
    product_code="own-plasma",
    targets=(28, 28, 182),
    technique=_(
        "5 to 7 mL; 0.05 to 0.1 mL for each square centimetre at points 1 cm apart, 2 to 4 mm deep, with a"
        " 4 mm needle of 30 gauge held upright."
    ),
    assess=_("Weeks 13 and 26 from the first session."),
    evidence=_(
        "Not mesotherapy. Small controlled trials and series, among them one from Bengaluru in which 40 of 50"
        " people were rated very good after four to six sessions, four weeks apart. The later sessions, about"
        " every 26 weeks, are custom: the doctor writes their days. One trial went down to two weeks."
    ),
    certainty=Certainty.TRIALS,
    sources=(
        "Summary of plasma protocols (droracle.ai, second-hand)",
        "Yepuri V, Venkataram M. J Cutan Aesthet Surg 2021;14:184–90 (PMC8423195; abstract read)",
        "Legiawati L. J Clin Aesthet Dermatol 2023;16(12):39–44 (abstract read)",
    ),
)
