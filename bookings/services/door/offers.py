"""Times kept while people are asked whether they could come then. Offers of one plan are answered as one."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from bookings.models import Booking, Status


def offered_for(bookings: Iterable[int]) -> QuerySet[Booking]:
    """The times kept for these bookings while somebody is asked, with all that is asked as one with them."""
    held = Booking.objects.filter(status=Status.HELD, replaces__isnull=False)
    own = held.filter(replaces__in=list(bookings))
    mates = Q(together__in=own.filter(together__isnull=False).values("together"))
    return held.filter(Q(pk__in=own.values("pk")) | mates)


def asked_together(offer: Booking) -> list[Booking]:
    """This offer with those that are answered as one with it, in the order of their times."""
    if offer.together is None:
        return [offer]
    related = ("replaces__location", "replaces__practitioner__resource", "session", "practitioner__resource")
    mates = Booking.objects.filter(together=offer.together).select_related("location", *related)
    return list(mates.order_by("starts", "pk"))


def offers_for(bookings: Sequence[Booking]) -> frozenset[int]:
    """The same as ids; they end with any change of these bookings."""
    return frozenset(offered_for([booking.pk for booking in bookings]).values_list("pk", flat=True))
