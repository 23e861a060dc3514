"""Why the door said no, and the way on. Views show `text`; nothing here carries a name or an answer."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from clinic.refusals import KeyReused as KeyReused
from clinic.refusals import Refusal as Refusal


class TimeTaken(Refusal):
    """Somebody has it, or nobody works then. `nearest`: up to three starts that are free now."""

    text = _("That time is no longer free.")

    def __init__(self, nearest: list[datetime] | None = None) -> None:
        super().__init__()
        self.nearest = nearest or []


class NotATime(Refusal):
    """In the past, off the grid, too soon, beyond the horizon or outside hours: never was an opening."""

    status = 400
    text = _("That is not a time we offer. Please choose one from the list.")

    def __init__(self, nearest: list[datetime] | None = None) -> None:
        super().__init__()
        self.nearest = nearest or []


class PatientBusy(Refusal):
    text = _("There is already another visit at that time.")


class TooSoon(Refusal):
    """Closer to the session before or after than allowed. `earliest`: the first day that would do."""

    text = _("That is too close to another session. Your scalp needs time between them.")

    def __init__(self, earliest: date | None = None) -> None:
        super().__init__()
        self.earliest = earliest


class TooLate(Refusal):
    """Past the longest gap this person may book. `latest`: the last day that would do."""

    text = _("That is later than the doctor planned. Please ask the clinic.")

    def __init__(self, latest: date | None = None) -> None:
        super().__init__()
        self.latest = latest


class OutOfOrder(Refusal):
    text = _("The sessions of a course come one after another.")


class NeedsReview(Refusal):
    """A doctor has to look first. `obstacles`: what may_treat said."""

    text = _("The doctor needs to look at this first. Nothing has been booked.")

    def __init__(self, obstacles: tuple = ()) -> None:
        super().__init__()
        self.obstacles = obstacles


class KindGone(Refusal):
    """Another version of this kind of visit took its place since the page was shown."""

    text = _("The clinic has just changed this kind of visit. Please choose a time again.")


class AlreadyBooked(Refusal):
    text = _("This session already has a time.")


class TooMany(Refusal):
    """So many visits ahead that further ones are the desk's to book."""

    text = _("You have several visits booked already. Please give one up first, or ring us.")


class TooManyAway(Refusal):
    text = _("There are many days away on your list already. Please remove some first.")


class TooManyHolds(Refusal):
    """Several times are being kept for this person already."""

    status = 429
    text = _("We are keeping several times for you already. Please finish one of them first.")


class NoFitInLeft(Refusal):
    """So many visits are squeezed in beside this practitioner's list that another would be no care."""

    text = _("No more visits can be fitted in with this doctor in this half of the day.")


class HoldExpired(Refusal):
    text = _("We could not keep that time any longer. Please choose again.")


class Changed(Refusal):
    """Somebody else changed the booking since the page was shown."""

    text = _("This booking was changed in the meantime. Please look again before you go on.")


class NotPossible(Refusal):
    """The booking is not in a state that allows this."""

    text = _("That is not possible for this visit any more.")


class UndoTooLate(Refusal):
    text = _("It is too late to undo this.")


class NotWhole(Refusal):
    """A part of a form is missing that our own pages always send."""

    status = 400
    text = _("This page was not sent whole. Please try again.")


class Busy(Refusal):
    """Too much going on at once; trying again helps."""

    status = 503
    text = _("Very many people are booking just now. Please try again in a moment.")


class StillHere(Refusal):
    """The plan changes under a visit that is going on: no time of it can be given back."""

    text = _("The patient is here for a session that this changes. Finish that visit first, then sign this.")
