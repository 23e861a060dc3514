"""The protocols a doctor may choose from, each with its evidence and with what speaks against it here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from consultations.models import Screening
from consultations.rules import candidacy, candidacy_rules
from consultations.rules.candidacy import Fired, words_of
from consultations.rules.planned import read_plan
from treatments.models import Product
from treatments.models.products import INJECTABLE, RegulatoryStatus
from treatments.rules import protocols
from treatments.services.plans import planned_of

CERTAINTY = {
    protocols.Certainty.AUTHORITY: gettext_noop("A: from an authority or a label"),
    protocols.Certainty.TRIALS: gettext_noop("B: from controlled trials, few and small"),
    protocols.Certainty.SMALL_STUDIES: gettext_noop("C: from small or uncontrolled studies"),
    protocols.Certainty.CONVENTION: gettext_noop("D: convention only"),
}


@dataclass(frozen=True)
class Choice:
    """One protocol for one patient. `against`: it cannot be prescribed; `look`: look at this first."""

    protocol: protocols.Protocol
    product: Product | None
    against: tuple[str, ...]
    look: tuple[str, ...]

    @property
    def certainty(self) -> str:
        return _(CERTAINTY[self.protocol.certainty])

    @property
    def weeks(self) -> int:
        """From the first session to the last, when every gap is the best one."""
        return sum(self.protocol.targets or ()) // 7

    @property
    def is_off_label(self) -> bool:
        return bool(self.product) and self.product.regulatory_status == RegulatoryStatus.LICENSED_OTHER_ROUTE

    @property
    def is_here(self) -> bool:
        """Whether anybody could have it here, whatever speaks against it for this patient."""
        licensed = bool(self.product) and self.product.regulatory_status in INJECTABLE
        return licensed and self.protocol.prescribable

    @property
    def licence(self) -> str:
        return self.product.get_regulatory_status_display() if self.product else ""

    @property
    def is_open(self) -> bool:
        return not self.against


def protocol_choices(screening: Screening, *, today: date) -> list[Choice]:
    """Return every protocol, those first that may be chosen, judged on the answers of this screening.

    Nothing is stored.
    """
    products = Product.objects.filter(is_active=True).in_bulk(field_name="code")
    found = [
        _choice(protocol, products.get(protocol.product_code), screening, today)
        for protocol in protocols.PROTOCOLS.values()
    ]
    return sorted(found, key=lambda choice: not choice.is_open)


def _choice(
    protocol: protocols.Protocol, product: Product | None, screening: Screening, today: date
) -> Choice:
    if not protocol.prescribable:
        return Choice(protocol, product, (_("Its days have not been published: shown, not prescribed."),), ())
    if product is None or product.regulatory_status not in INJECTABLE:
        return Choice(protocol, product, (_("Its product is not licensed for use here."),), ())
    planned = planned_of(product)
    found = candidacy.screen(screening.answers, on=today, rules=candidacy_rules.RULES, planned=planned)
    scopes = read_plan(planned).scopes - {"ALL"}
    own = [item for item in found.fired if item.scope in scopes]
    return Choice(
        protocol,
        product,
        against=_lines([item for item in own if item.outcome in candidacy.BLOCKING]),
        look=_lines([item for item in own if item.outcome in ("REVIEW", "CAUTION")]),
    )


def _lines(fired: Sequence[Fired]) -> tuple[str, ...]:
    """Each rule once, in the words for the doctor."""
    return tuple(
        dict.fromkeys(
            f"{item.id} {_(words_of(candidacy_rules.RULES, item.id, item.clause).clinician)}"
            for item in fired
        )
    )
