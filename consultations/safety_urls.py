"""Where people turn when something is wrong, what they agree to, and what came of ringing them."""

from django.urls import path

from consultations.views import agreement, calls, wrong

urlpatterns = [
    path("wrong/", wrong.something_wrong, name="something_wrong"),
    path("wrong/<uuid:key>/", wrong.sent, name="something_wrong_sent"),
    path("my/agreement/injections/", agreement.procedure_agreement, name="procedure_agreement"),
    path("staff/called/<int:patient_id>/", calls.called, name="called"),
]
