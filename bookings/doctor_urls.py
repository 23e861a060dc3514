"""Pages of nurses and dermatologists that need the diary; the others are in consultations and treatments."""

from django.urls import path

from bookings.views import queue, sessions

urlpatterns = [
    path("staff/review/", queue.queue, name="review_queue"),
    path("staff/sessions/", sessions.sessions, name="session_list"),
]
