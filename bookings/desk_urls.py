"""Pages of the front desk."""

from django.urls import path

from bookings.views.desk import booking, day, day_list, feeds, past, people, reports, visits

urlpatterns = [
    path("", day.day, name="desk_day"),
    path("day.csv", day_list.day_csv, name="desk_day_csv"),
    path("day-list/", day_list.day_list, name="desk_day_list"),
    path("day-list/file/", day_list.day_file, name="desk_day_file"),
    path("paper/<slug:kind>/", day_list.paper, name="desk_paper"),
    path("feeds/", feeds.calendar_feeds, name="desk_feeds"),
    path("feeds/<int:feed_id>/end/", feeds.end_feed, name="desk_feed_end"),
    path("reports/", reports.reports, name="desk_reports"),
    path("reports/<slug:which>.csv", reports.report_csv, name="desk_report_csv"),
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
