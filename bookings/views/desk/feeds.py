"""Calendar feeds: a dermatologist makes one for each device; they or a manager end it."""

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.models import FeedToken
from bookings.services.papers import feeds
from bookings.views.desk.frame import desk_page
from clinic import clock, formats
from clinic.models import Practitioner
from clinic.models.people import Role
from clinic.permissions import duties, staff
from clinic.services.days import zone_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.DERMATOLOGIST, Role.MANAGER)
def calendar_feeds(request: HttpRequest) -> HttpResponse:
    """POST makes a feed. Its address stands on the answer and nowhere else, so there is no redirect."""
    practitioner = _practitioner(request)
    if request.method != "POST":
        return _page(request, practitioner)
    if practitioner is None:
        words = _("Only a dermatologist has visits of their own to follow.")
        return _page(request, practitioner, refused=words, status=409)
    secret = feeds.make(practitioner=practitioner, by=request.user, now=clock.now())
    if secret is None:
        words = _("%(n)s feeds are enough. End one that you no longer use, then make a new one.")
        return _page(request, practitioner, refused=words % {"n": feeds.MOST_FEEDS}, status=409)
    address = settings.PUBLIC_URL + reverse("feed", args=[secret])
    return _page(request, practitioner, address=address)


@require_POST
@staff(Role.DERMATOLOGIST, Role.MANAGER)
def end_feed(request: HttpRequest, feed_id: int) -> HttpResponse:
    feed = get_object_or_404(_seen(request), pk=feed_id)
    feeds.revoke(feed=feed, by=request.user, now=clock.now())
    messages.success(request, _("That feed has ended. Calendars that used its address get nothing more."))
    return redirect("desk_feeds")


def _practitioner(request: HttpRequest) -> Practitioner | None:
    if not duties(request).has(Role.DERMATOLOGIST):
        return None
    return Practitioner.objects.filter(user=request.user, resource__is_active=True).first()


def _seen(request: HttpRequest) -> QuerySet[FeedToken]:
    """A manager sees everybody's, so that those of somebody who leaves can be ended."""
    known = FeedToken.objects.select_related("practitioner__resource")
    return known if duties(request).has(Role.MANAGER) else known.filter(practitioner__user=request.user)


def _page(
    request: HttpRequest, practitioner: Practitioner | None, *, address="", refused="", status=200
) -> HttpResponse:
    now, tz = clock.now(), zone_of()
    rows = _seen(request).filter(revoked_at=None).order_by("practitioner__resource__name", "-created_at")
    content = {
        "may_make": practitioner is not None,
        "address": address,
        "refused": refused,
        "rows": [{"feed": one, "made": formats.when(one.created_at, tz)} for one in rows],
        "shows_names": duties(request).has(Role.MANAGER),
        "here": "feeds",
    }
    return desk_page(request, "feeds", content, now=now, status=status)
