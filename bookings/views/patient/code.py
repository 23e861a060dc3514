"""The six figures. The right ones log in and book, in one tap."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bookings.views.patient import wish as wishes
from bookings.views.patient.details import MORE_TIME, book, get_or_post, said_of
from bookings.views.patient.wish import Wish
from clinic import clock
from clinic.account_forms import CodeForm
from clinic.permissions import current_patient
from clinic.refusals import Refusal
from clinic.rules import phones
from clinic.services import accounts


@never_cache
@get_or_post
def code(request: HttpRequest) -> HttpResponse:
    wish, sent = wishes.wish_of(request, now=clock.now()), accounts.code_sent(request)
    if wish is None:
        return wishes.without_wish(request)
    if request.user.is_authenticated or sent is None:
        return redirect("book_details")
    if request.POST.get("action") == "resend":
        return _resend(request, wish, sent)
    if request.POST.get("action") == MORE_TIME:
        wish = wishes.extend(request, wish, now=clock.now())
        return _page(request, wish, sent, CodeForm(initial={"code": request.POST.get("code", "")}))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, wish, sent, form)
    try:
        logged_in = accounts.enter_code(request, typed=form.cleaned_data["code"], to=reverse("book_details"))
    except Refusal as refused:
        form.add_error("code", refused.text)
        return _page(request, wish, sent, form, status=refused.status)
    return _book(request, wish, logged_in)


def _book(request: HttpRequest, wish: Wish, logged_in: HttpResponse) -> HttpResponse:
    """`logged_in` is kept: it carries cookies. Who is not sure whom the visit is for is asked first."""
    if not request.user.is_authenticated:
        return logged_in
    unsettled = accounts.typed_name(request)
    patient = None if unsettled else current_patient(request)
    if patient is None:
        logged_in["Location"] = reverse("book_details")
        return logged_in
    booked = book(request, wish, patient=patient, now=clock.now())
    if booked.status_code != 302:
        return booked
    logged_in["Location"] = booked["Location"]
    return logged_in


def _resend(request: HttpRequest, wish: Wish, sent: accounts.CodeSent) -> HttpResponse:
    try:
        accounts.start_code_login(request, **asdict(sent), now=clock.now())
    except Refusal as refused:
        messages.error(request, refused.text)
        return _page(request, wish, sent, CodeForm(), status=refused.status)
    messages.success(request, _("A new code is on its way. Only the newest one works."))
    return redirect("book_code")


def _page(request: HttpRequest, wish: Wish, sent: accounts.CodeSent, form, *, status: int = 0):
    content = {
        "form": form,
        "address": phones.shown(sent.phone) if sent.phone else sent.email,
        "by_phone": bool(sent.phone),
        **said_of(wish, clock.now()),
    }
    status = status or (422 if form.is_bound and form.errors else 200)
    return render(request, "bookings/patient/code.html", content, status=status)
