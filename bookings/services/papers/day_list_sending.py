"""The day list goes to the desk's own device at set hours, before the line or the power goes.

1. note: an hour that has come at a location becomes a row, once by its (location, due_at), in that place's
   zone. Hours more than two hours old are let go: a list of this morning misleads in the afternoon;
2. claim: a short transaction leases rows that are not sent yet, on the database's clock, as
   clinic/delivery.py does;
3. write and send, outside any transaction;
4. mark. Killed before that, the lease runs out and it goes again with the same Message-ID: rather twice than
   not at all, and not more often than MOST_TRIES.

The beat calls it every few minutes and nothing hangs on when. Without Celery any scheduler may call
`manage.py shell -c "from bookings.tasks import send_day_lists; send_day_lists()"` as often; and whoever has
the page open saves the same file with one click.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from bookings.models import DayListSending
from bookings.services.papers.day_list import day_list_file
from clinic import formats
from clinic.delivery import database_clock
from clinic.models import Location
from clinic.rules import timespans
from clinic.services.days import local_day, zone_of

logger = logging.getLogger(__name__)

TOO_OLD = timedelta(hours=2)
LEASE = timedelta(minutes=5)  # longer than a mail server is waited for, and the pause before another try
MOST_TRIES = 5


def send_due(*, now: datetime) -> int:
    """Send every list whose hour has come; return how many went out."""
    note_due(now=now)
    return sum(_send(sending, now=now) for sending in claim(now=now))


# 1. Note


def note_due(*, now: datetime) -> None:
    locations = Location.objects.filter(opened_on__isnull=False).exclude(day_list_email="")
    DayListSending.objects.bulk_create(
        [DayListSending(location=place, due_at=at) for place in locations for at in hours_come(place, now)],
        ignore_conflicts=True,
    )


def hours_come(location: Location, now: datetime) -> set[datetime]:
    """The set hours of the last two, at most: just after midnight one of yesterday's may be among them.

    An hour the clock skips is the one after it; one that comes twice counts the first time.
    """
    today = local_day(now, location)
    days = (today - timedelta(days=1), today)
    tz = zone_of(location)
    come = {timespans.local_instant(day, _minute(at), tz) for day in days for at in location.day_list_at}
    return {at for at in come if now - TOO_OLD < at <= now}


def _minute(at: time) -> time:
    return at.replace(second=0, microsecond=0)


# 2. Claim


def claim(*, now: datetime) -> list[DayListSending]:
    with transaction.atomic(durable=True):
        clock = database_clock()
        free = Q(lease_until=None) | Q(lease_until__lte=clock)
        due = DayListSending.objects.filter(
            free, sent_at=None, due_at__gt=now - TOO_OLD, due_at__lte=now, attempts__lt=MOST_TRIES
        ).exclude(location__day_list_email="")
        claimed = list(
            due.select_related("location").order_by("pk").select_for_update(skip_locked=True, of=("self",))
        )
        _lease(claimed, clock + LEASE)
    return claimed


def _lease(sendings: Iterable[DayListSending], until: datetime) -> None:
    rows = DayListSending.objects.filter(pk__in=[one.pk for one in sendings])
    rows.update(lease_until=until, attempts=F("attempts") + 1)


# 3. Write and send


def _send(sending: DayListSending, *, now: datetime) -> bool:
    """A list that does not go out keeps its lease, and waits for the next try until that ends."""
    try:
        compose(sending, now=now).send()
    except Exception:  # one device out of reach must not keep the others from getting theirs
        logger.exception("day list %s: not sent", sending.pk)
        return False
    DayListSending.objects.filter(pk=sending.pk).update(sent_at=now, lease_until=None)
    return True


def compose(sending: DayListSending, *, now: datetime) -> EmailMessage:
    """Subject and text are seen on a locked screen: where and when, and nothing of what the clinic does."""
    location = sending.location
    today = local_day(now, location)
    said = {
        "place": location.area,
        "day": formats.day(today),
        "time": formats.time_of(now, zone_of(location)),
    }
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    message = EmailMessage(
        subject=_("List for %(place)s, %(day)s") % said,
        body=_(
            "Who comes to %(place)s today and tomorrow, as it stood at %(time)s, is in the attached page."
            " Keep it on this device: it opens without the internet. Delete the older ones."
        )
        % said,
        to=[location.day_list_email],
        headers={"Message-ID": f"<day-list-{sending.pk}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
    page = day_list_file(location=location, day=today, now=now)
    message.attach(file_name(location, today), page, "text/html")
    return message


def file_name(location: Location, day) -> str:
    return f"list-{location.slug}-{day.isoformat()}.html"
