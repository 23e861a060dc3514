"""Why an offered time was not taken. Nobody is at fault, and whoever reads this stays on the list."""

from django.utils.translation import gettext_lazy as _

from clinic.refusals import Refusal


class SomebodyWasQuicker(Refusal):
    text = _("Somebody was quicker. You stay on the list, and we tell you about the next time.")


class OfferOver(Refusal):
    text = _("This offer has ended. You stay on the list, and we tell you about the next time.")


class NothingEarlier(Refusal):
    """There is no day before the one they have, or the visit is over."""

    text = _("There is no earlier day to wait for.")


class NotOnTheList(Refusal):
    text = _("You are not on the list for this any more.")


class CannotBeOffered(Refusal):
    """To the desk, that offers by hand."""

    text = _("That time does not suit this person any more. Please look at the list again.")
