"""What somebody sent after their log-in had run out.

Nothing typed is put into a public page. The fields wait on the server, in the session of the browser that
sent them, for at most half an hour, and are offered only to the account that used this browser last: log-in
leaves a signed cookie with its id, log-out takes it away. After the log-in a page of that account offers to
send them again.

That holds for views that ask for it (keeps_post=True: a reason for moving, contact details, a staff note).
Health answers are never kept this way: the intake stores each answer as it is given, so after the log-in
its page comes back with what was stored, and a line says that the last one was not saved.
"""

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

NOTE = "unsaved"  # session
LAST_ACCOUNT = "clinic_account"  # cookie
KEPT_FOR_SECONDS = 30 * 60
REMEMBERED_FOR_SECONDS = 14 * 24 * 3600
MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class Unsaved:
    """A form that came too late: where it belongs, the page it stood on, and its fields."""

    path: str
    back: str
    fields: list[tuple[str, str]]


# While nobody is logged in


def return_path(request: HttpRequest) -> str:
    """The page to come back to: this one or, for something sent, the page its form stood on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return request.path
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def note(request: HttpRequest, *, back: str, keeps_post: bool) -> None:
    """This POST was not taken; keep its fields where the view asks for it and we know whose they are."""
    owner = _last_account(request)
    body = _typed(request) if keeps_post and owner else ""
    request.session[NOTE] = {
        "path": request.path,
        "back": back,
        "owner": owner,
        "body": body if len(body) <= MOST_CHARACTERS else "",
        "at": time.time(),
    }


def is_waiting(request: HttpRequest) -> bool:
    return _noted(request) is not None


def has_fields(request: HttpRequest) -> bool:
    return bool((_noted(request) or {}).get("body"))


# After the log-in


def remember_account(response: HttpResponse, user_id: int) -> None:
    response.set_signed_cookie(
        LAST_ACCOUNT,
        str(user_id),
        salt=NOTE,
        max_age=REMEMBERED_FOR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget_account(response: HttpResponse) -> None:
    response.delete_cookie(LAST_ACCOUNT, samesite="Lax")


def for_account(request: HttpRequest) -> Unsaved | None:
    """What waits for whoever is logged in now."""
    noted = _noted(request)
    if not noted or not noted["body"] or noted["owner"] != str(request.user.pk):
        return None
    fields = [(name, value) for name, values in QueryDict(noted["body"]).lists() for value in values]
    return Unsaved(noted["path"], noted["back"], fields)


def welcome_back(request: HttpRequest) -> Unsaved | None:
    """At log-in: what can be sent again, or a line that it was not saved; another account's is dropped."""
    waiting, noted = for_account(request), _noted(request)
    if waiting:
        return waiting
    if noted and noted["owner"] in ("", str(request.user.pk)):
        text = _("You had been logged out, so what you sent last was not saved. Please send it once more.")
        messages.warning(request, text)
    forget(request)
    return None


def forget(request: HttpRequest) -> None:
    request.session.pop(NOTE, None)


def settle(request: HttpRequest) -> None:
    """The form has arrived after all."""
    if request.method == "POST" and request.session.get(NOTE, {}).get("path") == request.path:
        forget(request)


def _noted(request: HttpRequest) -> dict | None:
    noted = request.session.get(NOTE)
    return noted if noted and time.time() - noted["at"] < KEPT_FOR_SECONDS else None


def _last_account(request: HttpRequest) -> str:
    return request.get_signed_cookie(LAST_ACCOUNT, default="", salt=NOTE, max_age=REMEMBERED_FOR_SECONDS)


def _typed(request: HttpRequest) -> str:
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    return typed.urlencode()
