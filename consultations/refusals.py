"""Why this floor said no. Nothing here carries a name or an answer."""

from django.utils.translation import gettext_lazy as _

from clinic.refusals import Refusal


class AnswersChanged(Refusal):
    """The patient answered something after the page was shown: nobody has read the newest answers yet."""

    text = _("The answers changed while you were reading. Please read them again and decide.")


class ReasonNeeded(Refusal):
    """The decision departs from a rule that blocks or waits."""

    status = 400
    text = _("This departs from a rule that blocks or waits. Please write down why.")


class NotOverridable(Refusal):
    """A rule that nobody may depart from stands against it."""

    text = _("A rule that cannot be overridden stands against this. Choose another decision.")


class DecisionUnfinished(Refusal):
    """A part that this verdict cannot do without is missing: the date to wait for, or the conditions."""

    status = 400
    text = _("Waiting needs a date after today, and conditions need to be written out.")


class NothingToWithdraw(Refusal):
    text = _("There is no agreement that could be withdrawn.")


class NotRegistered(Refusal):
    """Signing takes a licence on file, not only the role."""

    text = _("Only a dermatologist with a registration number on file can sign.")


class ConsentNeeded(Refusal):
    """Nobody has agreed yet that health answers are kept."""

    text = _("We need your agreement before we keep any health answer.")


class IntakeSent(Refusal):
    """The form went to the doctor already; what changes now is told as a change."""

    text = _("This form has already been sent. To tell us something new, choose “Something changed”.")


class IntakeUnfinished(Refusal):
    """A required answer is missing, or two contradict each other; `page` is where."""

    status = 400
    text = _("A few answers are still missing.")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page


class NotReadOver(Refusal):
    """Somebody else wrote the answers down, and the patient has not heard them yet."""

    status = 422
    text = _("Please read every answer over to the patient first, and tick that you did.")


class NothingAnswered(Refusal):
    """There is no answer yet that a result could be bound to."""

    text = _("Nothing has been answered yet.")


class WordsChanged(Refusal):
    """The agreement is worded differently since the page was shown."""

    text = _("These words have changed since you opened the page. Please read them once more.")


class RulesChanged(Refusal):
    """What would be signed is not what was read."""

    text = _("The rules have changed since this page was opened. Please read what is different, then sign.")


class TooManyReports(Refusal):
    """Somebody without a log-in has asked for many calls within an hour."""

    status = 429
    text = _("Many messages came over this link just now, and somebody rings about them. Please call us.")
