"""The one-time link: a member of staff sets the password. Nobody is logged in yet.

As Django does it, the secret leaves the address at once and waits in the session, so that it stands neither
in the history nor in the address of what the page loads.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.forms.manager.staff import NewPasswordForm
from bookings.services.house import members
from bookings.views.manager.frame import get_or_post, typed
from clinic import clock

KEY = "staff_welcome"  # session
GONE = 410


@never_cache
@require_safe
def welcome(request: HttpRequest, key: str) -> HttpResponse:
    if members.member_of_link(key) is None:
        return _gone(request)
    request.session[KEY] = key
    return redirect("staff_set_password")


@never_cache
@get_or_post
def set_password(request: HttpRequest) -> HttpResponse:
    key = request.session.get(KEY, "")
    person = members.member_of_link(key)
    if person is None:
        return _gone(request)
    form = NewPasswordForm(typed(request), member=person)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        content = {"form": form, "member": person}
        return render(request, "bookings/manager/set_password.html", content, status=status)
    del request.session[KEY]
    if not members.set_password(key=key, password=form.cleaned_data["password"], now=clock.now()):
        return _gone(request)
    messages.success(request, _("Your password is set. Log in with it."))
    return redirect("staff_login")


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "bookings/manager/link_gone.html", status=GONE)
