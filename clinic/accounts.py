"""How django-allauth logs people in here: patients by a code to phone or e-mail, staff by password.

Of allauth we use the code process, the password check and the limits, behind our own pages
(views/accounts.py). It sends nothing but codes, and those through our outbox.
"""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from clinic import audit, clock, outbox, unsaved
from clinic.models import User
from clinic.models.outbox import Channel, MessageState
from clinic.services import accounts

LOGIN_CODE_MAIL = "account/email/login_code"


class Adapter(DefaultAccountAdapter):
    # A phone is a column of ours

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone = phone
        user.phone_verified_at = clock.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        unproved = User.objects.filter(pk=user.pk, phone=phone, phone_verified_at=None)
        unproved.update(phone_verified_at=clock.now())

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    # Codes, and nothing else, go out

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs) -> None:
        _send(channel=Channel.SMS, address=phone, code=code, user=user)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        if template_prefix != LOGIN_CODE_MAIL:
            raise NotImplementedError(template_prefix)
        user = User.objects.get(email=email)
        _send(channel=Channel.EMAIL, address=email, code=context["code"], user=user)

    def add_message(self, *args, **kwargs) -> None:
        """Our pages say what happened themselves."""

    # The way in

    def get_login_stages(self) -> list[str]:
        """The code alone: allauth's phone stage turns away everybody who has no phone, staff included."""
        return ["allauth.account.stages.LoginByCodeStage"]

    def pre_login(self, request: HttpRequest, user: User, **kwargs) -> HttpResponse | None:
        records = get_authentication_records(request, user)
        by_code = bool(records) and records[-1]["method"] == "code"
        if user.is_staff and by_code:  # became staff after the code was sent
            clear_login(request)
            return HttpResponseRedirect(reverse("staff_login"))
        return super().pre_login(request, user, **kwargs)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_login"))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return accounts.home(request.user)

    def post_login(self, request: HttpRequest, user: User, **kwargs) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        now = clock.now()
        audit.record(by=user, action="logged_in", subject=f"user:{user.pk}", patient=None, now=now)
        response["Location"] = accounts.first_page(request, to=response["Location"], now=now)
        unsaved.remember_account(response, user.pk)
        return response


def _send(*, channel: str, address: str, code: str, user: User) -> None:
    message = outbox.send_code(channel=channel, address=address, code_text=code, user=user, now=clock.now())
    if message.state == MessageState.FAILED:
        raise accounts.CodeNotSent
