"""One protocol: what was done in published work, or in clinics, with what is known of it. Not an order."""

from dataclasses import dataclass
from enum import StrEnum

from treatments.rules.gaps import Floor, Gap, NoDefaultGap, default_gap
from treatments.rules.products import floors_of


class Certainty(StrEnum):
    """How much a statement can be leaned on."""

    AUTHORITY = "A"
    TRIALS = "B"
    SMALL_STUDIES = "C"
    CONVENTION = "D"


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """`targets`: days before session 2, 3, …; None where nobody has published them."""

    code: str
    title: str
    indication: str
    product_code: str
    targets: tuple[int, ...] | None
    technique: str
    assess: str
    evidence: str
    certainty: Certainty
    sources: tuple[str, ...]
    visit_code: str = (
        "scalp-session"  # the kind of visit that is offered first: with numbing cream or without
    )
    session_count: int | None = None  # said in print although the days are not

    @property
    def prescribable(self) -> bool:
        """Nobody invents a schedule: what was published without one is shown, and that is all."""
        return self.targets is not None

    @property
    def sessions(self) -> int:
        return len(self.targets) + 1 if self.targets is not None else self.session_count or 0

    @property
    def floors(self) -> frozenset[Floor]:
        return floors_of(self.product_code)

    @property
    def gaps(self) -> tuple[Gap | None, ...]:
        """Return the gap before session 2, before session 3, …; None: the doctor types its four numbers."""
        return tuple(self._gap(target) for target in self.targets or ())

    def _gap(self, target: int) -> Gap | None:
        try:
            return default_gap(target, floors=self.floors)
        except NoDefaultGap:
            return None
