"""The root: one line for each include or page that belongs to no app."""

from django.urls import path

from clinic.views import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
