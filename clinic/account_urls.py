"""Log-in pages. account_login and account_confirm_login_code are names that allauth itself looks up."""

from django.urls import path

from clinic.views import accounts

urlpatterns = [
    path("account/login/", accounts.log_in, name="account_login"),
    path("account/code/", accounts.enter_code, name="account_confirm_login_code"),
    path("account/logout/", accounts.log_out, name="account_logout"),
    path("account/people/", accounts.people, name="account_people"),
    path("account/people/<int:patient_id>/pin/", accounts.pin, name="account_pin"),
    path("account/resume/", accounts.resume, name="account_resume"),
    path("staff/login/", accounts.staff_log_in, name="staff_login"),
]
