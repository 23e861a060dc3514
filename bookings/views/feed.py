"""A practitioner's calendar feed, for programs that know nothing but its address."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from bookings.services.papers import feeds
from clinic import clock

HEADERS = {
    "Cache-Control": "private, no-cache",  # may be kept, and is asked for again each time
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Content-Disposition": 'inline; filename="visits.ics"',
}


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Unknown, revoked, of somebody who left: one and the same 404."""
    practitioner = feeds.practitioner_of(secret)
    if practitioner is None:
        raise Http404
    now = clock.now()
    rows = feeds.read_rows(practitioner=practitioner, now=now)
    etag = feeds.etag_of(rows, practitioner)
    unchanged = get_conditional_response(request, etag=etag)
    maker = settings.CLINIC_NEUTRAL_NAME
    answer = unchanged or HttpResponse(
        feeds.write(rows, practitioner=practitioner, maker=maker, now=now),
        content_type="text/calendar; charset=utf-8",
    )
    for name, value in (HEADERS | {"ETag": etag}).items():
        answer[name] = value
    return answer
