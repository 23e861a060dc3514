"""The project's pages, and two more that only bench asks for."""

from django.urls import include, path

from bookings.bench import pages

urlpatterns = [
    path("bench/empty", pages.empty),
    path("bench/openings/<int:practitioner>", pages.openings),
    path("", include("clinic.urls")),
]
