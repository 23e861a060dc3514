"""Pages of managers: places, hours, rooms, kinds of visit, prices, staff."""

from django.urls import path

from bookings.views.manager import (
    home,
    hours,
    leaving,
    locations,
    prices,
    resources,
    staff,
    visit_types,
    welcome,
)

urlpatterns = [
    path("", home.home, name="manage_home"),
    path("locations/new/", locations.new_location, name="manage_new_location"),
    path("locations/<slug:slug>/", locations.location, name="manage_location"),
    path("locations/<slug:slug>/details/", locations.details, name="manage_location_details"),
    path("locations/<slug:slug>/open/", locations.open_location, name="manage_open_location"),
    path("locations/<slug:slug>/travel/", locations.travel, name="manage_travel"),
    path("locations/<slug:slug>/hours/", hours.hours, name="manage_hours"),
    path("locations/<slug:slug>/hours/<int:practitioner_id>/", hours.hours_of, name="manage_hours_of"),
    path("locations/<slug:slug>/rooms/", resources.resources, name="manage_resources"),
    path("locations/<slug:slug>/rooms/<int:resource_id>/", resources.resource, name="manage_resource"),
    path("locations/<slug:slug>/rooms/<int:resource_id>/retire/", resources.retire, name="manage_retire"),
    path(
        "locations/<slug:slug>/rooms/<int:resource_id>/back/", resources.bring_back, name="manage_bring_back"
    ),
    path("visits/", visit_types.visit_types, name="manage_visit_types"),
    path("visits/new/", visit_types.new_visit_type, name="manage_new_visit_type"),
    path("visits/<slug:code>/", visit_types.visit_type, name="manage_visit_type"),
    path("visits/<slug:code>/steps/", visit_types.steps, name="manage_steps"),
    path("visits/<slug:code>/people/", visit_types.qualified, name="manage_qualified"),
    path("visits/<slug:code>/prices/", prices.prices, name="manage_prices"),
    path("visits/<slug:code>/prices/<int:price_id>/drop/", prices.drop_price, name="manage_drop_price"),
    path("staff/", staff.members, name="manage_staff"),
    path("staff/new/", staff.new_member, name="manage_new_member"),
    path("staff/<int:member_id>/", staff.member, name="manage_member"),
    path("staff/<int:member_id>/licence/", staff.practitioner, name="manage_practitioner"),
    path("staff/<int:member_id>/link/", staff.password_link, name="manage_password_link"),
    path("staff/<int:member_id>/leave/", leaving.leave, name="manage_leave"),
    path("staff/<int:member_id>/hand-over/", leaving.hand_over, name="manage_hand_over"),
    path("staff/<int:member_id>/stay/", leaving.stay, name="manage_stay"),
    path("staff/<int:member_id>/close/", leaving.close_account, name="manage_close_account"),
    path("welcome/", welcome.set_password, name="staff_set_password"),
    path("welcome/<slug:key>/", welcome.welcome, name="staff_welcome"),
]
