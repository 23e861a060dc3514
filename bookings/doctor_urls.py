"""Pages of nurses and dermatologists that need the diary; the others are in consultations and treatments."""

from django.urls import path

from bookings.views import course_care, pausing, queue, sessions
from bookings.views.manager import on_call

urlpatterns = [
    path("staff/review/", queue.queue, name="review_queue"),
    path("staff/course/<int:course_id>/care/", course_care.care, name="course_care"),
    path("staff/course/<int:course_id>/pause/", pausing.pause, name="pause_course"),
    path("staff/pause/<int:pause_id>/resume/", pausing.resume, name="doctor_resume"),
    path("staff/pause/<int:pause_id>/undo/", pausing.undo, name="doctor_undo_pause"),
    path("staff/sessions/", sessions.sessions, name="session_list"),
    path("staff/on-call/", on_call.rota, name="on_call"),
    path("staff/on-call/number/", on_call.number, name="on_call_number"),
    path("staff/on-call/add/", on_call.add, name="on_call_add"),
    path("staff/on-call/<int:row_id>/remove/", on_call.remove, name="on_call_remove"),
]
