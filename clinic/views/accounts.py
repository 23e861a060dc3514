"""Logging in and out, and who it is for."""

from dataclasses import asdict

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import clock, unsaved
from clinic.account_forms import CodeForm, LogInForm, PersonForm, PinForm, StaffLogInForm
from clinic.permissions import account_required, load_own_patient, opened
from clinic.refusals import Refusal
from clinic.rules import phones
from clinic.services import accounts

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def wanted(request: HttpRequest) -> str:
    """Where the person was going, if that is a page of ours."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if ours else ""


def onward(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(wanted(request) or accounts.home(request.user))


def with_next(name: str, request: HttpRequest, *args) -> str:
    to = wanted(request)
    return reverse(name, args=args) + (f"?{urlencode({'next': to})}" if to else "")


def page(request: HttpRequest, template: str, form: Form, *, status: int = 0, **content) -> HttpResponse:
    content |= {"form": form, "next": wanted(request)}
    status = status or (422 if form.is_bound and form.errors else 200)
    return render(request, f"accounts/{template}.html", content, status=status)


def sent_to(request: HttpRequest) -> QueryDict | None:
    """An empty form that was sent is wrong, not new."""
    return request.POST if request.method == "POST" else None


def say(refused: Refusal, form: Form, field: str | None = None) -> int:
    """The refusal beside what was typed; its status."""
    form.add_error(field, refused.text)
    return refused.status


def as_id(typed: str) -> int:
    if not typed.isdecimal() or len(typed) > 18:
        raise Http404
    return int(typed)


# Patients


@never_cache
@get_or_post
def log_in(request: HttpRequest) -> HttpResponse:
    """The phone or the e-mail; then the code."""
    if request.user.is_authenticated:
        return onward(request)
    form = LogInForm(sent_to(request))
    if request.method != "POST" or not form.is_valid():
        return _log_in_page(request, form)
    try:
        accounts.start_code_login(request, **form.cleaned_data["who"], now=clock.now())
    except Refusal as refused:
        return _log_in_page(request, form, status=say(refused, form))
    return redirect(with_next("account_confirm_login_code", request))


def _log_in_page(request: HttpRequest, form: Form, *, status: int = 0) -> HttpResponse:
    late = {"was_late": unsaved.is_waiting(request), "was_kept": unsaved.has_fields(request)}
    return page(request, "log_in", form, status=status, **late)


@never_cache
@get_or_post
def enter_code(request: HttpRequest) -> HttpResponse:
    """The six digits. Wrong, used and expired ones are answered here, and so is asking for another."""
    if request.user.is_authenticated:
        return onward(request)
    sent = accounts.code_sent(request)
    if not sent:
        return redirect(with_next("account_login", request))
    if request.POST.get("action") == "resend":
        return _resend(request, sent)
    form = CodeForm(sent_to(request))
    status = 0
    if form.is_valid():
        try:
            return accounts.enter_code(request, typed=form.cleaned_data["code"], to=wanted(request) or None)
        except Refusal as refused:
            status = say(refused, form, "code")
    return _code_page(request, form, sent, status=status)


def _resend(request: HttpRequest, sent: accounts.CodeSent) -> HttpResponse:
    try:
        accounts.start_code_login(request, **asdict(sent), now=clock.now())
    except Refusal as refused:
        messages.error(request, refused.text)
        return _code_page(request, CodeForm(), sent, status=refused.status)
    messages.success(request, _("A new code is on its way. Only the newest one works."))
    return redirect(with_next("account_confirm_login_code", request))


def _code_page(request: HttpRequest, form: Form, sent: accounts.CodeSent, *, status: int) -> HttpResponse:
    address = phones.shown(sent.phone) if sent.phone else sent.email
    shown = {"address": address, "by_phone": bool(sent.phone), "log_in": with_next("account_login", request)}
    return page(request, "code", form, status=status, **shown)


@never_cache
@get_or_post
@account_required
def people(request: HttpRequest) -> HttpResponse:
    """Who is it for? Choose, or add somebody."""
    if "person" in request.POST:
        accounts.choose_person(request, load_own_patient(request, as_id(request.POST["person"])))
        return onward(request)
    form = PersonForm(sent_to(request), initial={"name": accounts.typed_name(request)})
    status = 0
    if form.is_valid():
        try:
            added = accounts.add_person(account=request.user, name=form.cleaned_data["name"], now=clock.now())
        except Refusal as refused:
            status = say(refused, form)
        else:
            accounts.choose_person(request, added)
            return onward(request)
    return page(request, "people", form, status=status, people=accounts.people(request.user))


@never_cache
@get_or_post
@account_required
def pin(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Behind a shared phone the code opens times and places; this opens the rest."""
    patient = load_own_patient(request, patient_id)
    if opened(request, patient):
        return onward(request)
    form = PinForm(sent_to(request))
    status = 0
    if form.is_valid():
        try:
            accounts.give_pin(request, patient=patient, typed=form.cleaned_data["pin"])
        except Refusal as refused:
            status = say(refused, form, "pin")
        else:
            return onward(request)
    return page(request, "pin", form, status=status, patient=patient)


# Staff


@never_cache
@get_or_post
def staff_log_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.user.is_staff:
        return onward(request)
    form = StaffLogInForm(sent_to(request))
    status = 0
    if form.is_valid():
        try:
            return accounts.log_in_staff(request, **form.cleaned_data, to=wanted(request) or None)
        except Refusal as refused:
            status = say(refused, form)
    late = {"was_late": unsaved.is_waiting(request), "was_kept": unsaved.has_fields(request)}
    return page(request, "staff_log_in", form, status=status, **late)


# Everybody


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    get_adapter(request).logout(request)
    messages.success(request, _("You are logged out."))
    response = HttpResponseRedirect(get_adapter(request).get_logout_redirect_url(request))
    unsaved.forget_account(response)
    response["Clear-Site-Data"] = '"cache"'
    return response


@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """After a log-in: what was sent too late, to send again or leave."""
    waiting = unsaved.for_account(request) if request.user.is_authenticated else None
    if not waiting:
        return onward(request) if request.user.is_authenticated else redirect("account_login")
    frame = "base_staff.html" if request.user.is_staff else "base_patient.html"
    return render(request, "accounts/resume.html", {"waiting": waiting, "frame": frame})
