"""Pages of the front desk."""

from django.urls import path

from bookings.views.desk import booking, day, past, people, visits

urlpatterns = [
    path("", day.day, name="desk_day"),
    path("visits/<slug:reference>/step/", visits.step, name="desk_step"),
    path("visits/<slug:reference>/no-show/", visits.no_show, name="desk_no_show"),
    path("visits/<slug:reference>/cancel/", visits.cancel, name="desk_cancel"),
    path("visits/<slug:reference>/move/", booking.move, name="desk_move"),
    path("undo/<uuid:key>/", visits.undo, name="desk_undo"),
    path("patients/", people.people, name="patient_list"),
    path("patients/new/", people.new_patient, name="desk_new_patient"),
    path("patients/<int:patient_id>/", people.patient, name="desk_patient"),
    path("patients/<int:patient_id>/book/", booking.book, name="desk_book"),
    path("patients/<int:patient_id>/past/", past.past, name="desk_past"),
]
