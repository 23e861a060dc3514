from django.urls import path

from consultations.views import review

urlpatterns = [
    path("staff/review/<int:patient_id>/", review.review, name="review"),
    path("staff/review/<int:patient_id>/reread/", review.reread_answers, name="reread"),
]
