"""What came before a session, in words for whoever gives it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import formats
from treatments.models import Course, CourseSession, Record
from treatments.models.records import Given
from treatments.rules.gaps import Gap, Verdict, verdict
from treatments.services.extensions import extended_until

SAID = {
    Verdict.REFUSED: ("alarm", gettext_lazy("too soon")),
    Verdict.DOCTOR_ONLY: ("sun", gettext_lazy("early: the doctor decides")),
    Verdict.ON_TIME: ("leaf", gettext_lazy("on time")),
    Verdict.LATE: ("sun", gettext_lazy("late")),
    Verdict.RESCREEN: ("alarm", gettext_lazy("so late that the doctor reviews first")),
}


@dataclass(frozen=True)
class Since:
    """How long after the session before it a day lies."""

    words: str
    colour: str
    verdict: str


def since_the_last(session: CourseSession, day: date) -> Since | None:
    """Return the gap to the session given before, judged; None when none was."""
    before = session.course.sessions.filter(number__lt=session.number, given_on__isnull=False)
    last = before.order_by("-number").values_list("number", "given_on").first()
    if last is None or session.target is None:
        return None
    number, given_on = last
    gap = Gap(session.never_before, session.earliest, session.target, session.latest)
    colour, said = SAID[verdict(last=given_on, day=day, gap=gap, until=extended_until(session))]
    named = {"days": (day - given_on).days, "number": number, "day": formats.day_with_year(given_on)}
    words = _("%(days)s days after session %(number)s, given on %(day)s") % named
    return Since(words, colour, str(said))


def last_record(session: CourseSession) -> Record | None:
    """Return what was written when the course was last given."""
    given = Record.objects.filter(session__course=session.course).exclude(outcome=Given.NOT_GIVEN)
    return given.select_related("session", "signed_by__resource").order_by("-started_at").first()


def records_of(course: Course) -> list[Record]:
    records = Record.objects.filter(session__course=course)
    return list(records.select_related("session", "signed_by__resource").order_by("started_at", "pk"))
