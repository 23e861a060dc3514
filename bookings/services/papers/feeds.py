"""A practitioner's own visits as a calendar to subscribe to, at an address nobody can guess.

Whoever knows the address reads the feed: other people's servers fetch it, locked screens show it. So it says
when, where and for whom by initials and room, enough to know who is next beside the day list, and never what
for: a full name with a treatment would be a health record on somebody else's computer.

Of the secret only its SHA-256 is kept. A look-up by that hash in an index tells nobody who measures its time
anything about the secret.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.postgres.aggregates import StringAgg
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from bookings.models import Booking, FeedToken, Status
from bookings.services.papers.calendar_file import Entry, calendar, is_off, line
from clinic import audit
from clinic.models import Practitioner, StaffRole, User
from clinic.models.people import Role
from clinic.models.places import ResourceKind

BACK, AHEAD = timedelta(days=30), timedelta(days=180)
MOST_FEEDS = 5  # one for each device somebody may lose
MOST_INITIALS = 3
ASK_AGAIN = "PT15M"

Row = tuple  # of values_list(*_COLUMNS): the rows are the feed, so that their hash is its ETag
_COLUMNS = (
    "reference", "version", "status", "in_error_at", "starts", "ends", "patient__name", "location__name",
    "location__area", "rooms",
)  # fmt: skip


# Its address


def make(*, practitioner: Practitioner, by: User, now: datetime) -> str | None:
    """Return the secret of a new feed: nobody can look it up later. None when there are enough of them."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic(durable=True):
        Practitioner.objects.select_for_update(no_key=True).get(pk=practitioner.pk)
        if live(practitioner).count() >= MOST_FEEDS:
            return None
        feed = FeedToken.objects.create(
            practitioner=practitioner, token_hash=hashed(secret), by=by, created_at=now
        )
        audit.record(by=by, action="feed_made", subject=f"feed:{feed.pk}", patient=None, now=now)
    return secret


def revoke(*, feed: FeedToken, by: User, now: datetime) -> None:
    """From now on nobody reads it; a second time does nothing more."""
    with transaction.atomic(durable=True):
        if FeedToken.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now):
            audit.record(by=by, action="feed_revoked", subject=f"feed:{feed.pk}", patient=None, now=now)


def live(practitioner: Practitioner) -> QuerySet[FeedToken]:
    return FeedToken.objects.filter(practitioner=practitioner, revoked_at=None)


def practitioner_of(secret: str) -> Practitioner | None:
    """Whose feed it is; None for a secret unknown or revoked, and for somebody who works here no more."""
    works = StaffRole.objects.filter(user=OuterRef("user"), role=Role.DERMATOLOGIST)
    known = Practitioner.objects.filter(
        Exists(works),
        feeds__token_hash=hashed(secret),
        feeds__revoked_at=None,
        resource__is_active=True,
        user__is_active=True,
    )
    return known.select_related("resource").first()


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# What stands in it


def read_rows(*, practitioner: Practitioner, now: datetime) -> Sequence[Row]:
    """The visits of the last month and the next half year in one query, cancelled ones too.

    Those stay as cancelled: calendars drop them then, where a visit that merely vanished would linger.
    """
    rooms = StringAgg(
        "claims__resource__name",
        delimiter=Value(", "),
        distinct=True,
        order_by="claims__resource__name",
        filter=Q(claims__resource__kind=ResourceKind.ROOM),
        default=Value(""),
    )
    booked = Booking.objects.filter(
        practitioner=practitioner, starts__gte=now - BACK, starts__lt=now + AHEAD, patient__isnull=False
    ).exclude(status=Status.HELD)
    return list(booked.annotate(rooms=rooms).order_by("starts", "pk").values_list(*_COLUMNS))


def etag_of(rows: Sequence[Row], practitioner: Practitioner) -> str:
    """Weak: the same visits are the same feed, though each copy says when it was made."""
    return f'W/"{hashed(repr((practitioner.resource.name, rows)))}"'


def write(rows: Sequence[Row], *, practitioner: Practitioner, maker: str, now: datetime) -> bytes:
    own = [
        line("X-WR-CALNAME", ", ".join(filter(None, (practitioner.resource.name, maker)))),
        f"REFRESH-INTERVAL;VALUE=DURATION:{ASK_AGAIN}",
        f"X-PUBLISHED-TTL:{ASK_AGAIN}",
    ]
    return calendar(map(_entry, rows), method="PUBLISH", maker=maker, now=now, more=own)


def _entry(row: Row) -> Entry:
    reference, version, status, in_error_at, starts, ends, name, place, area, rooms = row
    said = {"who": initials(name), "room": rooms or area}
    return Entry(
        reference=reference,
        sequence=version,
        starts=starts,
        ends=ends,
        summary=_("%(who)s, %(room)s") % said,
        place=place,
        is_off=is_off(status, in_error_at),
    )


def initials(name: str) -> str:
    """A. R. of Asha Rao, in any script: a first letter takes the signs with it that belong to it."""
    return " ".join(f"{_first(word)}." for word in name.split()[:MOST_INITIALS])


def _first(word: str) -> str:
    end = 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return word[:end].upper()
