from django.urls import path

from bookings.views import queue

urlpatterns = [
    path("staff/review/", queue.queue, name="review_queue"),
]
