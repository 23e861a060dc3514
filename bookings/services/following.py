"""The only receivers of medical facts: the diary follows in the same transaction (see apps.py)."""

from datetime import datetime

from bookings.services import messages
from bookings.services.door.revised import follow_plan
from bookings.services.door.settling import settle
from bookings.services.ledger.charging import charge_given
from bookings.services.opening_windows import tell_of_window
from clinic.models import Patient, User
from treatments.models import Course
from treatments.services.rescreening import screen_courses


def after_course_changed(sender, *, course: Course, by: User | None, now: datetime, **_) -> None:
    """Something was given, not given, paused or ended."""
    settle(course, by=by, now=now)
    charge_given(course, now=now)
    follow_plan(course, by=by, now=now)
    tell_of_window(course, now=now)


def after_patient_changed(sender, *, patient: Patient, by: User | None, now: datetime, **_) -> None:
    """Answers, a decision or a consent changed. Times are kept: only a person releases them.

    What it means for a session is asked by may_treat whenever somebody wants to place, numb or inject, so no
    state of the diary has to follow; courses under way are settled in case a fact changed what counts.
    """
    messages.form_changed(patient=patient, now=now)
    screen_courses(patient=patient, now=now)
    for course in Course.objects.filter(patient=patient, ended_on__isnull=True):
        settle(course, by=by, now=now)
