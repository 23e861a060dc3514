"""Pages of patients. The desk's are in desk_urls.py."""

from django.urls import path, register_converter

from bookings.views import feed, receipts
from bookings.views.patient import (
    away,
    booked,
    code,
    course,
    details,
    landing,
    late,
    moving,
    offers,
    pausing,
    replanning,
    times,
    visit,
    visits,
    waiting,
)


class ReferenceConverter:
    """A booking's reference: figures and capital letters, as it is printed."""

    regex = "[0-9A-Z]{4,8}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")

urlpatterns = [
    path("", landing.landing, name="landing"),
    path("book/", times.times, name="book"),
    path("book/details/", details.details, name="book_details"),
    path("book/code/", code.code, name="book_code"),
    path("booked/<reference:reference>/", booked.booked, name="booked"),
    path("booked/<reference:reference>/appointment.ics", booked.calendar, name="booked_calendar"),
    path("undo/<uuid:key>/", booked.undo, name="undo_change"),
    path("feed/<slug:secret>.ics", feed.feed, name="feed"),
    path("book/wait/", waiting.for_consultation, name="wait_consultation"),
    path("my/", visits.my_visits, name="my_visits"),
    path("my/visit/<reference:reference>/earlier/", waiting.for_visit, name="wait_visit"),
    path("my/session/<int:session_id>/wait/", waiting.for_session, name="wait_session"),
    path("my/wait/<int:entry_id>/leave/", waiting.leave, name="wait_leave"),
    path("my/free/<int:offer_id>/", waiting.offer, name="wait_offer"),
    path("my/offer/<reference:reference>/", offers.offer, name="visit_offer"),
    path("my/receipts/", receipts.my_receipts, name="my_receipts"),
    path("my/receipts/<int:entry_id>/", receipts.my_receipt, name="my_receipt"),
    path("my/course/<int:course_id>/dates/", receipts.my_course_paper, name="my_course_paper"),
    path("my/reminders/", visits.reminders, name="my_reminders"),
    path("my/visit/<reference:reference>/", visit.visit, name="my_visit"),
    path("my/visit/<reference:reference>/move/", moving.move, name="move_visit"),
    path("my/visit/<reference:reference>/late/", late.late, name="say_late"),
    path("my/visit/<reference:reference>/cancel/", visits.cancel, name="cancel_visit"),
    path("my/session/<int:session_id>/time/", moving.session_time, name="session_time"),
    path("my/course/<int:course_id>/pause/", pausing.pause, name="course_pause"),
    path("my/pause/<int:pause_id>/resume/", pausing.resume, name="resume_course"),
    path("my/pause/<int:pause_id>/undo/", pausing.undo, name="undo_pause"),
    path("my/away/", away.away, name="my_away"),
    path("my/away/<int:away_id>/remove/", away.remove, name="my_away_remove"),
    path("my/course/<int:course_id>/plan/", course.plan, name="course_plan"),
    path("my/course/<int:course_id>/again/", replanning.again, name="course_again"),
]
