"""Every protocol we know of, and what a release of one says.

Each is a draft until a dermatologist has signed its release. The texts are ours; the works they rest on are
named. Where a schedule was not published it is not guessed, and the product register says what may be used.
"""

from treatments.rules.gaps import Gap
from treatments.rules.protocol import Certainty, Protocol
from treatments.rules.protocols_for_patches import P12, P13
from treatments.rules.protocols_for_pattern_loss import P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11
from treatments.rules.protocols_with_plasma import P14

__all__ = ["DRAFT_NOTICE", "P1", "P5", "P12", "P14", "PROTOCOLS", "Certainty", "Protocol", "content"]


def gettext_noop(text: str) -> str:
    return text


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

# P15 is none: shown beside the others, so that nobody looks for it
NONE_FOR_SHEDDING = gettext_noop(
    "P15 · Shedding after a trigger (telogen effluvium): none is recommended. We found no controlled trial of"
    " injections for it. The cause comes first. Some clinics offer four to six sessions two weeks apart, only"
    " after three to six months, as the dermatologist chooses; look again at three and six months. D:"
    " convention only."
)

PROTOCOLS = {
    protocol.code: protocol for protocol in (P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14)
}

GAP_NAMES = ("never_before", "earliest", "target", "latest")


def content(protocol: Protocol) -> dict[str, object]:
    """Return what a release of the protocol says, as JSON data."""
    texts = ("code", "title", "indication", "product_code", "technique", "assess", "evidence")
    targets = protocol.targets or ()
    return {
        **{name: getattr(protocol, name) for name in texts},
        "sessions": protocol.sessions,
        "gaps": [_gap(gap, target) for gap, target in zip(protocol.gaps, targets, strict=True)],
        "certainty": protocol.certainty.value,
        "sources": list(protocol.sources),
        "prescribable": protocol.prescribable,
    }


def _gap(gap: Gap | None, target: int) -> dict[str, int | None]:
    """Without a default only the published day is said: the doctor signs the other numbers."""
    if gap is None:
        return {**dict.fromkeys(GAP_NAMES), "target": target}
    return {name: getattr(gap, name) for name in GAP_NAMES}
