from django.urls import path

from consultations.views import review, rounds, rules

urlpatterns = [
    path("my/before-visit/", rounds.before_session, name="before_session"),
    path("my/before-course/", rounds.before_course, name="before_course"),
    path("staff/review/<int:patient_id>/", review.review, name="review"),
    path("staff/review/<int:patient_id>/reread/", review.reread_answers, name="reread"),
    path("staff/rules/", rules.rules, name="rules"),
    path("staff/rules/try/", rules.try_rules, name="rules_try"),
    path("staff/rules/changes/", rules.changes, name="rules_changes"),
    path("staff/rules/sign/", rules.sign, name="rules_sign"),
    path("staff/rules/rule/<slug:rule_id>/", rules.rule, name="rules_rule"),
]
