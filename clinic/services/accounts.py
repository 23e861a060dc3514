"""Logging in by code, and whom an account is for.

Nobody learns who has an account: a new address gets one on the spot, without a password and unproved until
its code comes back. Staff accounts never log in by code, and closed ones not at all: they get the same
page, and no code is sent or would be accepted.
"""

import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from clinic import audit, permissions, unsaved
from clinic.models import Patient, User
from clinic.models.people import Role
from clinic.refusals import Refusal
from clinic.rules import names
from clinic.services.name_words import add_patient

SENT = "code_sent"  # session: where the newest code went and what was typed beside it
MOST_PEOPLE = 12
PATIENTS_HOME = "my_visits"
HOMES = {  # the first of somebody's roles decides; URL names of the floors above
    Role.DERMATOLOGIST: "review_queue",
    Role.NURSE: "session_list",
    Role.FRONT_DESK: "desk_day",
    Role.MANAGER: "desk_day",
}


class TooManyTries(Refusal):
    status = 429
    text = _("Too many tries just now. Please wait a few minutes and try again, or ring us.")


class CodeNotSent(Refusal):
    """The gateway would not take it."""

    status = 503
    text = _("We could not send the code just now. Please try again in a minute, or ring us.")


class WrongCode(Refusal):
    status = 422
    text = _("That is not the code we sent. Look at the newest message: it has six digits.")


class CodeGone(Refusal):
    """Expired, used, or tried too often."""

    status = 422
    text = _("This code cannot be used any more. Ask for a new one below: only the newest code works.")


class WrongPassword(Refusal):
    status = 422
    text = _("That e-mail and password do not go together.")


class WrongPin(Refusal):
    status = 422
    text = _("That is not the PIN. The front desk can set a new one.")


class TooManyPeople(Refusal):
    text = _("This account already looks after many people. Please ring us to add another.")


@dataclass(frozen=True)
class CodeSent:
    """Where the newest code of this browser went: exactly one of phone and email."""

    phone: str = ""
    email: str = ""
    name: str = ""


# A code


def start_code_login(
    request: HttpRequest, *, phone: str = "", email: str = "", name: str = "", now: datetime
) -> CodeSent:
    """Send a code to the phone or the e-mail and remember whose name was typed; then show
    account_confirm_login_code.

    The same for known and unknown addresses. Raises TooManyTries and CodeNotSent.
    """
    if bool(phone) == bool(email):
        raise ValueError("Either a phone or an e-mail.")
    sent = CodeSent(phone=phone, email=email.lower(), name=names.clean(name))
    if not ratelimit.consume(request, action="request_login_code", key=sent.phone or sent.email):
        raise TooManyTries
    user = _account(sent)
    may = user.is_active and not user.is_staff
    request.session[SENT] = asdict(sent)
    LoginCodeVerificationProcess.initiate(
        request=request, user=user if may else None, phone=sent.phone or None, email=sent.email or None
    )
    return sent


def _account(sent: CodeSent) -> User:
    address = {"phone": sent.phone} if sent.phone else {"email": sent.email}
    return User.objects.get_or_create(**address, defaults={"password": make_password(None)})[0]


def code_sent(request: HttpRequest) -> CodeSent | None:
    sent = request.session.get(SENT)
    return CodeSent(**sent) if sent else None


def enter_code(request: HttpRequest, *, typed: str, to: str | None) -> HttpResponse:
    """Log in with the code and go on to `to`. Raises WrongCode while tries are left, else CodeGone."""
    stage = LoginStageController.enter(request, LoginByCodeStage.key)
    process = LoginCodeVerificationProcess.resume(stage) if stage else None
    if not process:
        raise CodeGone
    if not compare_user_code(actual=_western(typed), expected=process.code):
        raise WrongCode if process.record_invalid_attempt() else CodeGone
    return process.finish(to)


def _western(typed: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in typed)


# A password


def log_in_staff(request: HttpRequest, *, email: str, password: str, to: str | None) -> HttpResponse:
    """For active staff who have a role; everybody else is told the same. Raises WrongPassword,
    TooManyTries.
    """
    credentials = {"email": email.lower(), "password": password}
    try:
        user = get_adapter(request).authenticate(request, **credentials)
    except ValidationError:
        raise TooManyTries from None
    if user is None or not user.is_active or not user.is_staff or not user.roles.exists():
        raise WrongPassword
    return perform_password_login(request, credentials, Login(user=user, email=user.email, redirect_url=to))


# Where somebody goes after logging in


def home(user: User) -> str:
    if not user.is_staff:
        return reverse(PATIENTS_HOME)
    roles = set(user.roles.values_list("role", flat=True))
    return next((reverse(name) for role, name in HOMES.items() if role in roles), "/")


def first_page(request: HttpRequest, *, to: str, now: datetime) -> str:
    """Before `to`: something that was sent too late, or the question who it is for."""
    if unsaved.welcome_back(request):
        to = reverse("account_resume")
    if request.user.is_staff or settle_person(request, now=now):
        return to
    return f"{reverse('account_people')}?{urlencode({'next': to})}"


# Who it is for


def people(account: User) -> list[Patient]:
    return list(Patient.objects.of_account(account).order_by("pk"))


def typed_name(request: HttpRequest) -> str:
    """The name that was typed before the code, until we know who it is."""
    sent = code_sent(request)
    return sent.name if sent else ""


def settle_person(request: HttpRequest, *, now: datetime) -> Patient | None:
    """Who it is for, where nobody needs to ask: the one whose name was typed before the code, the account's
    only person if none was typed, or a new person if the account has none yet.
    """
    known, typed = people(request.user), typed_name(request)
    named = [person for person in known if _same(person.name, typed)]
    if not known and typed:
        named = [add_person(account=request.user, name=typed, now=now)]
    found = named or ([] if typed else known)
    if len(found) != 1:
        return None
    choose_person(request, found[0])
    return found[0]


def choose_person(request: HttpRequest, patient: Patient) -> None:
    permissions.choose_patient(request, patient)
    request.session.pop(SENT, None)


def add_person(*, account: User, name: str, now: datetime) -> Patient:
    """Somebody this account looks after. The same name again is the same person: people press twice."""
    name = names.clean(name)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=account.pk)
        known = people(account)
        same = next((person for person in known if _same(person.name, name)), None)
        if same:
            return same
        if len(known) >= MOST_PEOPLE:
            raise TooManyPeople
        patient = add_patient(
            account=account, name=name, phone=account.phone or "", email=account.email or ""
        )
        subject = f"patient:{patient.pk}"
        audit.record(by=account, action="person_added", subject=subject, patient=patient, now=now)
    return patient


def give_pin(request: HttpRequest, *, patient: Patient, typed: str) -> None:
    """Open more than times and places for this session. Raises WrongPin, TooManyTries."""
    if not ratelimit.consume(request, action="pin", key=f"patient:{patient.pk}"):
        raise TooManyTries
    if not check_password(_western(typed), patient.pin):
        raise WrongPin
    permissions.open_by_pin(request, patient)


def _same(one: str, other: str) -> bool:
    return bool(other) and one.casefold() == other.casefold()
