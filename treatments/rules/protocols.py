"""Protocols that a dermatologist may prescribe: what was done in published work, not an order.

Every one is a draft until a dermatologist has signed its release. The texts are ours; the works they rest on
are named. A protocol without published times or with unclear status is left out rather than guessed.
"""

from dataclasses import dataclass
from enum import StrEnum

from treatments.rules.gaps import Floor, Gap, default_gap


def gettext_noop(text: str) -> str:
    return text


class Certainty(StrEnum):
    """How much a statement can be leaned on."""

    AUTHORITY = "A"
    TRIALS = "B"
    SMALL_STUDIES = "C"
    CONVENTION = "D"


@dataclass(frozen=True)
class Protocol:
    code: str
    title: str
    indication: str
    product_code: str
    targets: tuple[int, ...]
    floors: frozenset[Floor]
    technique: str
    assess: str
    evidence: str
    certainty: Certainty
    sources: tuple[str, ...]
    prescribable: bool
    visit_code: str  # the kind of visit that is offered first: with numbing cream or without

    @property
    def sessions(self) -> int:
        return len(self.targets) + 1

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return the gap before session 2, before session 3, and so on."""
        return tuple(default_gap(target, floors=self.floors) for target in self.targets)


DRAFT_NOTICE = gettext_noop(
    "Draft until a dermatologist signs. This describes published work; it is not an order."
)

POSITION = gettext_noop(
    "The Indian dermatologists’ task force found that acceptable evidence for scalp mesotherapy, for its"
    " effect and for its safety, is lacking. A later review of 27 papers found some gains, no standard"
    " schedule, and a need for larger controlled trials."
)
POSITION_SOURCES = (
    "Sarkar R, Garg VK, Mysore V. Position paper on mesotherapy. Indian J Dermatol Venereol Leprol"
    " 2011;77:232–7 (abstract read)",
    "Gupta AK et al. J Dermatolog Treat 2023;34:2245084 (abstract read)",
)

P1 = Protocol(
    code="P1",
    title=gettext_noop("Dutasteride 0.05 %, seven sessions over eleven weeks"),
    indication=gettext_noop("Pattern hair loss in men, Hamilton–Norwood III vertex to V"),
    product_code="dutasteride-0-05",
    targets=(7, 7, 7, 14, 14, 28),
    floors=frozenset({Floor.SCALP_INJECTION}),
    technique=gettext_noop("Quick shallow punctures into the skin (nappage), 2 mL a session."),
    assess=gettext_noop("Week 12 from the first session."),
    evidence=gettext_noop(
        "One small controlled trial, 28 men, against salt water: hair density rose in 92.9 % with"
        " dutasteride and in 7.1 % without. Mild pain and headache were seen. Men with a shorter history"
        " of hair loss responded more. Used here by a route it is not licensed for."
    ),
    certainty=Certainty.TRIALS,
    sources=(
        "Abdallah M, El-Zawahry K, Besar H. J Pan-Arab League Derm 2009;20:137–45 (abstract read)",
        "Mesotherapy with dutasteride, letter. Actas Dermosifiliogr 2020 (S1578219020301396; excerpt read)",
    ),
    prescribable=True,
    visit_code="scalp-session",
)

P5 = Protocol(
    code="P5",
    title=gettext_noop("Minoxidil 0.5 %, ten weekly sessions"),
    indication=gettext_noop("Pattern hair loss in women"),
    product_code="minoxidil-0-5",
    targets=(7,) * 9,
    floors=frozenset({Floor.SCALP_INJECTION}),
    technique=gettext_noop(
        "Into the skin of the affected areas; the volume is not given in what we read. Blood pressure is"
        " checked before each session."
    ),
    assess=gettext_noop("Week 15, six weeks after the last session."),
    evidence=gettext_noop(
        "One controlled trial that 50 women completed: the ratio of thick to fine hairs (terminal to"
        " vellus) went from 2.6 to 3.8. Volume and pain were not in the summary we read. Used here by a route"
        " it is not licensed for."
    ),
    certainty=Certainty.TRIALS,
    sources=("Uzel et al. 2021, controlled trial of 0.5 % minoxidil (summary read, dermatologyadvisor.com)",),
    prescribable=True,
    visit_code="scalp-session",
)

P12 = Protocol(
    code="P12",
    title=gettext_noop("Triamcinolone into bald patches, three sessions four weeks apart"),
    indication=gettext_noop(
        "Limited alopecia areata: fewer than five patches, each under 3 cm, under half of the scalp"
    ),
    product_code="triamcinolone",
    targets=(28, 28),
    floors=frozenset({Floor.SCALP_INJECTION, Floor.TRIAMCINOLONE}),
    technique=gettext_noop(
        "Scalp: begin at 2.5 to 5 mg/mL; 5 to 10 mg/mL is the usual range. 0.05 to 0.1 mL at points about 1"
        " cm apart, under the upper skin. About 20 mg a visit at most."
    ),
    assess=gettext_noop("Weeks 6 to 12. If nothing has changed by six months, the doctor ends the course."),
    evidence=gettext_noop(
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
    prescribable=True,
    visit_code="patch-session",
)

PROTOCOLS = {protocol.code: protocol for protocol in (P1, P5, P12)}


def content(protocol: Protocol) -> dict[str, object]:
    """Return what a release of the protocol says, as JSON data."""
    texts = ("code", "title", "indication", "product_code", "technique", "assess", "evidence")
    gap_names = ("never_before", "earliest", "target", "latest")
    return {
        **{name: getattr(protocol, name) for name in texts},
        "sessions": protocol.sessions,
        "gaps": [{name: getattr(gap, name) for name in gap_names} for gap in protocol.gaps],
        "certainty": protocol.certainty.value,
        "sources": list(protocol.sources),
        "prescribable": protocol.prescribable,
    }
