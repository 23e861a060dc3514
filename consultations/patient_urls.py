"""The health form, for patients. Addresses carry numbers: the name of a page can say what was answered."""

from django.urls import path

from consultations.views import intake

urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("intake/update/", intake.update, name="intake_update"),
    path("intake/<int:intake_id>/<int:number>/", intake.page, name="intake_page"),
    path("intake/<int:intake_id>/<int:number>/save/", intake.autosave, name="intake_autosave"),
    path("intake/<int:intake_id>/check/", intake.check, name="intake_check"),
    path("intake/<int:intake_id>/sent/", intake.sent, name="intake_sent"),
]
