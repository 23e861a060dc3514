"""Where people turn when something is wrong, what they agree to, and what came of ringing them."""

from django.urls import path

from consultations.views import agreement, calls, wrong

urlpatterns = [
    path("wrong/", wrong.something_wrong, name="something_wrong"),
    path("wrong/<uuid:key>/", wrong.sent, name="something_wrong_sent"),
    path("v/<slug:token>/", wrong.from_message, name="from_message"),
    path("my/agreements/", agreement.my_agreements, name="my_agreements"),
    path("agreements/<int:consent_id>/", agreement.agreement, name="agreement"),
    path("staff/agreements/<int:patient_id>/", agreement.patient_agreements, name="patient_agreements"),
    path("staff/calls/", calls.call_list, name="calls"),
    path("staff/called/<int:patient_id>/", calls.called, name="called"),
    path("staff/called/<int:patient_id>/take/", calls.take_calls, name="take_calls"),
]
