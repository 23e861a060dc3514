"""A clinic tablet that was handed to a patient opens one form, and nothing else of the house."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django_htmx.http import HttpResponseClientRedirect

from clinic import clock
from consultations.models import TabletPass
from consultations.services import tablets

LOCKED = "tablet"  # session: the token of its pass
ALWAYS = ("tablet", "tablet_back", "tablet_help", "staff_login")
FORM = ("intake_page", "intake_autosave", "intake_check", "intake_choose", "intake_adults_only")


class TabletMiddleware:
    """Sets request.tablet while the pass holds; every other address leads to the tablet's own page.

    Nobody is logged in there: handing over ended the session of whoever did it. Only a log-in of staff takes
    the lock off; a pass that has ended leaves it on.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request.session.get(LOCKED)
        if token is None:
            return self.get_response(request)
        found, now = tablets.read(token=token), clock.now()
        if request.user.is_authenticated:
            unlock(request, found)
            return self.get_response(request)
        request.is_locked, request.locked_to = True, found
        if found and tablets.is_live(found, now=now):
            request.tablet = found
            tablets.note_use(found, now=now)
        return self.get_response(request) if _opens(request) else _to_the_tablet(request)


def lock(request: HttpRequest, token: str) -> None:
    """Nothing of whoever used this browser before stays in its session."""
    request.session.flush()
    request.session[LOCKED] = token


def unlock(request: HttpRequest, found: TabletPass | None) -> None:
    del request.session[LOCKED]
    if found:
        tablets.give_back(found, now=clock.now())


def _opens(request: HttpRequest) -> bool:
    match = _match(request.path_info)
    if match is None:
        return False
    tablet = getattr(request, "tablet", None)
    if match.url_name in FORM and tablet:
        return match.kwargs["intake_id"] == tablet.intake_id and tablets.may_begin(tablet)
    return match.url_name in ALWAYS


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def _to_the_tablet(request: HttpRequest) -> HttpResponse:
    address = reverse("tablet")
    return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)
