"""Our own line drawings of how hair can look, with words for whoever cannot see them.

A head from above, the forehead at the top; dark is hair, dotted is thin hair, pale is bare. The grades follow
the published scales in what they mean; the drawings and the words are ours.
"""

from dataclasses import dataclass
from math import cos, sin

from django.utils.translation import gettext_noop as _

HEAD = "M50 8C76 8 88 30 88 56C88 84 74 104 50 104C26 104 12 84 12 56C12 30 24 8 50 8Z"
NOSE = "M45 9 50 2l5 7M12 52c-6-2-8 4-6 10 1 6 4 8 7 6M88 52c6-2 8 4 6 10-1 6-4 8-7 6"
BARE, THIN = "bare", "thin"


@dataclass(frozen=True)
class Pattern:
    """`parts`: (class, path) drawn over a head full of hair, or over nothing for a bundle."""

    words: str
    parts: tuple[tuple[str, str], ...] = ()
    is_head: bool = True

    @property
    def box(self) -> str:
        return "0 0 100 108" if self.is_head else "0 0 100 70"


def _oval(x: float, y: float, wide: float, high: float) -> str:
    return f"M{x - wide} {y}a{wide} {high} 0 1 0 {2 * wide} 0a{wide} {high} 0 1 0 {-2 * wide} 0Z"


# Temples: how far back the two corners of the forehead reach, and how wide the tongue of hair between is.
def _temples(back: float, tongue: float, front: float = 21) -> str:
    left, right = 50 - tongue, 50 + tongue
    deep = back - 6
    return (
        f"M0 0H100V{back}H92C82 {back} {right + 8} {deep} {right} {front + 3}"
        f"C{right - 4} {front} {left + 4} {front} {left} {front + 3}C{left - 8} {deep} 18 {back} 8 {back}H0Z"
    )


# A front that has moved back as one edge.
def _front(back: float, bow: float = 6) -> str:
    return f"M0 0H100V{back + bow}C78 {back} 66 {back} 50 {back}C34 {back} 22 {back} 0 {back + bow}Z"


# Everything on top, a rim of hair left and right.
def _top(rim: float, back: float) -> str:
    left, right = 12 + rim, 88 - rim
    return (
        f"M0 0H100V34C{right + 4} 40 {right} 52 {right} 64C{right} {back - 8} 64 {back} 50 {back}"
        f"C36 {back} {left} {back - 8} {left} 64C{left} 52 {left - 4} 40 0 34Z"
    )


NORWOOD: dict[str, Pattern] = {
    "I": Pattern(_("The hairline is where it always was."), ((BARE, _front(20, 8)),)),
    "II": Pattern(_("The corners at the temples have moved back a little."), ((BARE, _temples(37, 18)),)),
    "IIA": Pattern(
        _("The whole front hairline is higher, with few hairs left in the middle of it."),
        ((BARE, _front(30, 8)), (THIN, _oval(50, 25, 12, 5))),
    ),
    "III": Pattern(_("The corners at the temples are deep and bare."), ((BARE, _temples(52, 14)),)),
    "IIIA": Pattern(
        _("The whole front has moved back, as far as a line from ear to ear."), ((BARE, _front(46, 8)),)
    ),
    "IIIV": Pattern(
        _("Mostly the crown is thin or bare; the temples only a little."),
        ((BARE, _temples(42, 17)), (THIN, _oval(50, 77, 17, 15)), (BARE, _oval(50, 77, 10, 9))),
    ),
    "IV": Pattern(
        _("Deep temples and a bare crown, with a broad band of hair between them."),
        ((BARE, _temples(56, 10, 24)), (BARE, _oval(50, 80, 16, 14))),
    ),
    "IVA": Pattern(
        _("The front is bare to behind the line from ear to ear, and thin behind that."),
        ((THIN, _front(74, -4)), (BARE, _front(58, 8))),
    ),
    "V": Pattern(
        _("Front and crown are bare and larger; only a narrow, thin band is left between them."),
        ((THIN, _top(16, 74)), (BARE, _temples(58, 5, 38)), (BARE, _oval(50, 80, 21, 16))),
    ),
    "VA": Pattern(_("The front is bare nearly as far as the crown."), ((BARE, _front(78, -10)),)),
    "VI": Pattern(
        _("Front and crown have become one bare area; the sides are left."), ((BARE, _top(13, 96)),)
    ),
    "VII": Pattern(
        _("Only a narrow rim of hair is left, at the sides and the back."),
        ((THIN, _top(5, 103)), (BARE, _top(9, 99))),
    ),
}


def _parting(wide: float, thin: float) -> tuple[tuple[str, str], ...]:
    """A middle parting, `wide` where the scalp shows and `thin` where the hair beside it is."""
    beside = ((THIN, _oval(50, 54, thin, 30)),) if thin else ()
    return (*beside, (BARE, _oval(50, 50, wide, 32)), (BARE, _front(15, 10)))


LUDWIG: dict[str, Pattern] = {
    "none": Pattern(_("The parting is as narrow as it always was."), _parting(1.2, 0)),
    "I": Pattern(
        _("Thinner on top, so that the parting looks wider; the front edge is kept."), _parting(3, 13)
    ),
    "II": Pattern(_("Clearly thin on top, with much skin showing; the front edge is kept."), _parting(8, 23)),
    "III": Pattern(_("Bare on top; only the front edge is kept."), _parting(23, 29)),
}
SINCLAIR: dict[str, Pattern] = {
    "1": Pattern(_("A narrow parting with full hair beside it."), _parting(1.2, 0)),
    "2": Pattern(_("The parting is wider."), _parting(3.5, 0)),
    "3": Pattern(_("The parting is wider, and the hair beside it thinner."), _parting(6, 17)),
    "4": Pattern(
        _("A bare place at the front of the parting, and thin hair around it."),
        (*_parting(8, 23), (BARE, _oval(50, 32, 15, 9))),
    ),
    "5": Pattern(_("Very thin to bare over the whole top."), _parting(21, 30)),
}


def _bundle(hairs: int) -> tuple[tuple[str, str], ...]:
    """So many hairs laid together; the same ones every time."""
    spread = 8 + hairs * 0.55
    strands = []
    for n in range(hairs):
        at = (n + 0.5) / hairs * 2 - 1
        start, end = 35 + at * spread * 0.5 + 3 * sin(n * 2.1), 35 + at * spread + 4 * cos(n * 1.7)
        bend = 35 + at * spread * 1.3 + 9 * sin(n * 1.3)
        x, to = 8 + 5 * sin(n * 3.7), 90 + 5 * cos(n * 2.9)
        strands.append(f"M{x:.0f} {start:.0f}C34 {bend:.0f} 62 {70 - bend:.0f} {to:.0f} {end:.0f}")
    return (("strands", "".join(strands)),)


BUNDLES: dict[str, Pattern] = {
    code: Pattern(words, _bundle(hairs), is_head=False)
    for code, hairs, words in (
        ("1", 4, _("A few single hairs")),
        ("2", 8, _("About ten hairs")),
        ("3", 14, _("A thin strand")),
        ("4", 24, _("A strand as thick as a shoelace")),
        ("5", 40, _("A thick strand, like a small tassel")),
        ("6", 64, _("A whole handful")),
    )
}
SCALES: dict[str, dict[str, Pattern]] = {
    "norwood": NORWOOD, "ludwig": LUDWIG, "sinclair": SINCLAIR, "bundle": BUNDLES,
}  # fmt: skip
PICTURES: dict[str, dict[str, Pattern]] = {
    "norwood_picture": NORWOOD, "ludwig_picture": LUDWIG, "shed_wash_picture": BUNDLES,
}  # fmt: skip
