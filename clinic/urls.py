"""The root: one line for each include or page that belongs to no app."""

from django.urls import include, path

from clinic.views import dev, dev_outbox, health

urlpatterns = [
    path("", include("clinic.account_urls")),
    path("", include("consultations.urls")),
    path("", include("consultations.patient_urls")),
    path("", include("consultations.photo_urls")),
    path("", include("consultations.safety_urls")),
    path("", include("treatments.urls")),
    path("", include("bookings.doctor_urls")),
    path("", include("bookings.urls")),
    path("desk/", include("bookings.desk_urls")),
    path("manage/", include("bookings.manager_urls")),
    path("dev/outbox", dev_outbox.outbox, name="dev_outbox"),
    path("dev/outbox/file", dev_outbox.attached, name="dev_outbox_file"),
    path("dev/outbox/clock", dev_outbox.move_clock, name="dev_outbox_clock"),
    path("dev/style", dev.style, name="dev_style"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
