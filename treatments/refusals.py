"""Why this floor said no. Nothing here carries a name or an answer."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from clinic import formats
from clinic.refusals import Refusal


class NotAllowed(Refusal):
    """may_treat found something. Pages list `obstacles`."""

    text = _("This session may not be given now.")

    def __init__(self, obstacles: tuple = ()) -> None:
        super().__init__()
        self.obstacles = obstacles


# Records


class NotAtChair(Refusal):
    """Today's questions were finished, or begun anew, by somebody else."""

    text = _("Today's questions were finished or begun anew in the meantime. Please look again.")


class InTheFuture(Refusal):
    status = 400
    text = _("That time has not come yet. Write down when it really began.")


class BeforeTheCourse(Refusal):
    status = 400
    text = _("That is before the course was prescribed. Please check the day and the time.")


class LateReasonNeeded(Refusal):
    status = 400
    text = _("That was a while ago. Please write down why it is entered only now.")


class NoteNeeded(Refusal):
    """Two given days closer than they ever should be: it is stored, with somebody's word on it."""

    status = 400
    text = _("This is closer to another session than the least gap. Please add a note on how it came about.")


class ReasonMissing(Refusal):
    status = 400
    text = _("Choose why the session was not given.")


class OutOfOrder(Refusal):
    text = _("An earlier session of this course has no record yet. Write that one down first.")


class BeforeTheSessionBefore(Refusal):
    """Given earlier than the session before it. `given_on`: that session's day."""

    def __init__(self, given_on: date) -> None:
        super().__init__()
        words = _("The session before it was given on %(day)s, so this one cannot have been earlier.")
        self.text = words % {"day": formats.day_with_year(given_on)}


class AlreadyGiven(Refusal):
    text = _("This session already has a record. To correct it, add a note to that record.")


class WillNotBeGiven(Refusal):
    text = _("This session was taken out of the course.")


class AddendumEmpty(Refusal):
    status = 400
    text = _("Write down what you want to add.")


# Prescribing


class NoDecision(Refusal):
    """The newest decision does not allow treatment, has lapsed, or there is none."""

    text = _("Prescribing needs a decision that allows treatment. Please decide first.")


class DecisionChanged(Refusal):
    text = _("Answers or decision changed while this page was open. Please review them again.")


class ProductNotLicensed(Refusal):
    text = _("This product may not be injected: it is not licensed as a medicine. Choose another protocol.")


class ProductRefused(Refusal):
    """Rules that block this product for this patient. Pages show `fired`, as screening stores it."""

    text = _("The patient's answers stand against this product. Choose another protocol.")

    def __init__(self, fired: list | None = None) -> None:
        super().__init__()
        self.fired = fired or []


class GapNotAllowed(Refusal):
    """A gap is out of order or below its floor. `number`: the session it comes before; `floor`: the least."""

    status = 400

    def __init__(self, number: int, floor: int) -> None:
        super().__init__()
        self.number, self.floor = number, floor
        words = _(
            "Session %(number)s: the numbers must rise from least to latest, and the least is %(floor)s days."
        )
        self.text = words % {"number": number, "floor": floor}


class UnknownProtocol(Refusal):
    status = 400
    text = _("Choose one of the protocols listed.")


class NotQualified(Refusal):
    """The practitioner may not do this visit type, or the visit type is no session."""

    status = 400
    text = _("This dermatologist does not give this treatment here. Choose another.")


# Courses looked after


class AlreadyEnded(Refusal):
    text = _("This course was ended in the meantime.")


class DoctorEnds(Refusal):
    """The front desk notes what a patient wished; any other reason is a doctor's."""

    text = _("Only a doctor ends a course for that reason.")


class SessionsLeft(Refusal):
    status = 400
    text = _("This course still has sessions to give, so it is not complete. Choose another reason.")


class NothingToExtend(Refusal):
    text = _("This session was given, or taken out of the course, in the meantime.")


class NotLonger(Refusal):
    """`latest`: the last day that holds already."""

    status = 400

    def __init__(self, latest: date) -> None:
        super().__init__()
        words = _("Choose a day after %(day)s: until then the session is possible already.")
        self.text = words % {"day": formats.day_with_year(latest)}


class DayIsPast(Refusal):
    status = 400
    text = _("Choose today or a later day.")


class TooLong(Refusal):
    status = 400

    def __init__(self, last: date) -> None:
        super().__init__()
        self.text = _("Choose a day up to %(day)s.") % {"day": formats.day_with_year(last)}


class NotDue(Refusal):
    text = _("This course was looked at in the meantime.")


# Pausing


class OnlyTheDoctor(Refusal):
    """Medicine asked for the pause: a dermatologist makes it, and ends it."""

    text = _("The doctor asked for this pause, and decides when it ends. Please ask the clinic.")


class CourseOver(Refusal):
    text = _("This course has ended. There is nothing left to pause.")


class NotPaused(Refusal):
    text = _("This course is not paused any more. Please look again.")


# Prescribing anew


class RevisionStale(Refusal):
    """The course is no longer as the page showed it: signed anew, given, or taken out by somebody else."""

    text = _("This course changed while the page was open. Please look at it again.")


class FirstStays(Refusal):
    status = 400
    text = _("Session 1 begins the course and cannot be taken out. End the course instead.")


class MaintenanceFirst(Refusal):
    """New sessions go behind the last one, and what keeps a course up comes after the course."""

    status = 400
    text = _(
        "Sessions that keep it up come after those of the course. Take them out here, and add them again "
        "behind the new ones."
    )


class TooManySessions(Refusal):
    status = 400

    def __init__(self, most: int) -> None:
        super().__init__()
        self.text = _("A course has %(most)s sessions at most.") % {"most": most}


class NothingToRevise(Refusal):
    status = 400
    text = _("Nothing has been changed yet.")
