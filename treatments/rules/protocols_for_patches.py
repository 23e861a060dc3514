"""Protocols for bald patches (alopecia areata): data."""

from treatments.rules.protocol import Certainty, Protocol


def gettext_noop(text: str) -> str:
    return text


_ = gettext_noop

P12 = Protocol(
    code="P12",
    title=_("Triamcinolone into bald patches, three sessions four weeks apart"),
    indication=_(
        "Limited alopecia areata: fewer than five patches, each under 3 cm, under half of the scalp"
    ),
    product_code="triamcinolone",
    targets=(28, 28),
    technique=_(
        "Scalp: begin at 2.5 to 5 mg/mL; 5 to 10 mg/mL is the usual range. 0.05 to 0.1 mL at points about 1"
        " cm apart, under the upper skin. About 20 mg a visit at most."
    ),
    assess=_("Weeks 6 to 12. If nothing has changed by six months, the doctor ends the course."),
    evidence=_(
        "Drawn from a guideline and two studies: a controlled trial with 105 people supports beginning at"
        " 2.5 mg/mL, with thinning of the skin seen most at 10; in another with 85 people, 5 did as much as"
        " 10 mg/mL."
    ),
    certainty=Certainty.TRIALS,
    sources=(
        "Protocol after British Association of Dermatologists guidance (summary read, droracle.ai)",
        "Rajan MB et al. Dermatol Ther 2020 (abstract read)",
        "Muhaidat J et al. Clin Cosmet Investig Dermatol 2020 (abstract read)",
    ),
    visit_code="patch-session",
)

P13 = Protocol(
    code="P13",
    title=_("Triamcinolone brought in by needling, five sessions three weeks apart"),
    indication=_("Alopecia areata that other treatment has not changed"),
    product_code="triamcinolone-needled",
    targets=(21, 21, 21, 21),
    technique=_("With a roller or pen of needles; strength and depth as the doctor writes them."),
    assess=_("Week 13 from the first session."),
    evidence=_(
        "15 people in Bengaluru: 8 were better at three sessions, 12 later; the report says five sessions and"
        " also six. A controlled trial with 60 people found three sessions, three weeks apart, about level"
        " with injections. Used here by a route it is not licensed for."
    ),
    certainty=Certainty.SMALL_STUDIES,
    sources=(
        "Chandrashekar BS et al. J Clin Dermatol Ther 2015 (abstract read)",
        "Arora A et al. Int J Trichology 2022 (PMC9674065; abstract read)",
    ),
    visit_code="patch-session",
)
