"""On the doctor's page of a course: when somebody looked whether it does anything, and what waits."""

from django import template

from clinic import clock
from clinic.models.people import Role
from clinic.permissions import duties
from treatments.models import Course
from treatments.services.reviewing_courses import look_of
from treatments.views.looking import due_words, earlier_looks

register = template.Library()


@register.inclusion_tag("treatments/parts/course_looks.html", takes_context=True)
def course_looks(context: dict, course: Course) -> dict[str, object]:
    """{% course_looks course %}: a card of its own."""
    seen = look_of(course, now=clock.now())
    return {
        "course": course,
        "due": [due_words(due) for due in seen.due],
        "earlier": earlier_looks(course),
        "may_sign": duties(context["request"]).has(Role.DERMATOLOGIST),
    }
