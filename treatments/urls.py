from django.urls import path

from treatments.views import agreeing, courses, looking, prechecks, prescribing, revising, sessions

urlpatterns = [
    path("staff/prescribe/<int:patient_id>/", prescribing.prescribing, name="prescribe"),
    path("staff/course/<int:course_id>/", courses.course_record, name="course_record"),
    path("staff/course/<int:course_id>/change/", revising.revise_course, name="revise_course"),
    path("staff/course/<int:course_id>/look/", looking.look, name="course_look"),
    path("staff/session/<int:session_id>/record/", sessions.record, name="sign_record"),
    path("staff/session/<int:session_id>/precheck/", prechecks.precheck, name="precheck"),
    path("staff/session/<int:session_id>/consent/", agreeing.procedure_consent, name="procedure_consent"),
    path("my/course/<int:course_id>/agreement/", agreeing.procedure_agreement, name="procedure_agreement"),
    path("staff/record/<int:record_id>/", sessions.treatment_record, name="treatment_record"),
]
