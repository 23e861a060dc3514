"""The root: one line for each include or page that belongs to no app."""

from django.urls import include, path

from clinic.views import dev, health

urlpatterns = [
    path("", include("clinic.account_urls")),
    path("dev/style", dev.style, name="dev_style"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
