"""The health form, for patients. Addresses carry numbers: the name of a page can say what was answered."""

from django.urls import path

from consultations.views import assisting, intake, intake_check, tablets

urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("intake/help/", assisting.somebody_helps, name="intake_help"),
    path("staff/assist/<int:patient_id>/", assisting.assist, name="assist"),
    path("staff/tablet/<int:patient_id>/", tablets.hand_tablet, name="hand_tablet"),
    path("tablet/", tablets.tablet, name="tablet"),
    path("tablet/back/", tablets.tablet_back, name="tablet_back"),
    path("tablet/help/", tablets.tablet_help, name="tablet_help"),
    path("intake/update/", intake.update, name="intake_update"),
    path("intake/<int:intake_id>/<int:number>/", intake.page, name="intake_page"),
    path("intake/<int:intake_id>/<int:number>/save/", intake.autosave, name="intake_autosave"),
    path("intake/<int:intake_id>/check/", intake_check.check, name="intake_check"),
    path("intake/<int:intake_id>/choose/", intake_check.choose, name="intake_choose"),
    path("intake/<int:intake_id>/same/", intake_check.still_the_same, name="intake_still_the_same"),
    path("intake/<int:intake_id>/sent/", intake_check.sent, name="intake_sent"),
    path("intake/<int:intake_id>/adults/", intake_check.adults_only, name="intake_adults_only"),
]
