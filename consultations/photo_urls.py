"""Photos, for patients and for clinicians. Addresses carry numbers, and no name of a view."""

from django.urls import path

from consultations.views import photos, record_photos

urlpatterns = [
    path("photos/", photos.photos, name="photos"),
    path("photos/agreements/", photos.agreements, name="photo_agreements"),
    path("photos/viewers/", photos.viewers, name="photo_viewers"),
    path("photos/<int:number>/", photos.take, name="photo_take"),
    path("photo/<int:photo_id>/", record_photos.photo, name="photo"),
    path("photo/<int:photo_id>/small/", record_photos.small, name="photo_small"),
    path("photo/<int:photo_id>/remove/", photos.remove, name="photo_remove"),
    path("staff/photos/<int:patient_id>/", record_photos.photos_of, name="record_photos"),
]
