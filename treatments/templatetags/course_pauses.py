"""Whether a course is paused, on the page of the course."""

from django import template

from clinic import formats
from clinic.models import Patient
from clinic.services.days import local_day
from treatments.models import Course
from treatments.services.pausing import open_pauses, open_pauses_of

register = template.Library()


@register.inclusion_tag("treatments/parts/course_pause.html")
def course_pause(course: Course, may_pause: bool) -> dict[str, object]:
    """{% course_pause course may_sign %}: since when, and for dermatologists the way to change it."""
    pauses = open_pauses(course)
    since = min((pause.from_at for pause in pauses), default=None)
    return {
        "course": course,
        "may_pause": may_pause and not course.ended_on,
        "since": formats.day(local_day(since, course.location)) if since else "",
    }


@register.inclusion_tag("treatments/parts/patient_pauses.html")
def patient_pauses(patient: Patient) -> dict[str, object]:
    """{% patient_pauses patient %} for the desk: since when something is paused, never why."""
    pauses = open_pauses_of(patient)
    return {"patient": patient, "since": [formats.day(local_day(pause.from_at)) for pause in pauses]}
