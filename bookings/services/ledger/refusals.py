"""Why the account said no. Nothing here carries a name."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from clinic import formats
from clinic.refusals import Refusal


class ReferenceUsed(Refusal):
    """`receipt`: the payment on which it stands."""

    def __init__(self, receipt: str) -> None:
        super().__init__()
        self.text = _("This reference was used already: it stands on receipt %(receipt)s.") % {
            "receipt": receipt
        }


class MoreThanPaid(Refusal):
    def __init__(self, most: Decimal) -> None:
        super().__init__()
        words = _("Not more can be given back than was paid: %(most)s.")
        self.text = words % {"most": formats.rupees(most)}


class MoreThanCharged(Refusal):
    def __init__(self, most: Decimal) -> None:
        super().__init__()
        words = _("A discount cannot be more than what there is to pay: %(most)s.")
        self.text = words % {"most": formats.rupees(most)}


class TakenBackAlready(Refusal):
    text = _("This line was taken back already.")


class PaidBackOfIt(Refusal):
    """Part of what was paid has gone back since: without this payment more was given back than paid."""

    text = _("Money was given back out of this payment. Take that back first.")


class NotByHand(Refusal):
    """The charge of a session follows from what was given."""

    text = _("What a session costs follows from whether it was given. Give a discount instead.")


class NothingToCharge(Refusal):
    text = _("There is nothing to charge for this visit, or it is on the account already.")


class MoneyMoved(Refusal):
    """Money was taken or given back since the page was shown."""

    text = _("Money was taken or given back in the meantime. Please compare again: your figures are kept.")


class WhyNeeded(Refusal):
    status = 400
    text = _("Say why, in a few words")


class NothingToSettle(Refusal):
    """Given, taken out, or still with a time."""

    text = _("This session is not one that was missed or is still to book. Please look again.")
