"""A patient's courses on the review page, which is a lower floor's and knows no courses."""

from django import template
from django.db.models import Count, Q

from clinic import formats
from clinic.models import Patient
from treatments.models import Course

register = template.Library()


@register.inclusion_tag("treatments/parts/patient_courses.html")
def patient_courses(patient: Patient) -> dict[str, object]:
    given = Count("sessions", filter=Q(sessions__given_on__isnull=False))
    planned = Count("sessions", filter=Q(sessions__dropped_reason=""))
    courses = Course.objects.filter(patient=patient).select_related("protocol").order_by("-pk")
    return {
        "courses": [
            (course, formats.day_with_year(course.created_at.date()))
            for course in courses.annotate(given=given, planned=planned)
        ]
    }
