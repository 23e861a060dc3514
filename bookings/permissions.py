"""When: times, places and names. The patient's own account, and every role at the booking's location."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from uuid import UUID

from django.db.models import Exists, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from bookings.models import (
    Away,
    Booking,
    Change,
    Closure,
    Entry,
    FreedTime,
    Offer,
    Status,
    WaitlistEntry,
)
from clinic import audit
from clinic.models import Location, Patient, Practitioner, Price, Resource, User, VisitType
from clinic.models.people import Role
from clinic.permissions import EVERYBODY_HERE, duties, load_patient, my_locations, staff

SHOWN_WITH_IT = ("patient", "visit_type", "location", "practitioner__resource", "course", "session")


def load_booking(request: HttpRequest, reference: str) -> Booking:
    """A booking by its reference: times and names. What its session gives, treatments' loaders open."""
    bookings = seen_bookings(request)
    return get_object_or_404(bookings.select_related(*SHOWN_WITH_IT), reference=reference)


def seen_bookings(request: HttpRequest) -> QuerySet[Booking]:
    """Every booking this person may see; lists start from it."""
    user = request.user
    if not user.is_authenticated:
        raise Http404
    if not user.is_staff:
        return Booking.objects.filter(patient__account=user, patient__merged_into=None)
    where = duties(request).locations(*EVERYBODY_HERE)  # nowhere for those without a role
    return Booking.objects.all() if where is None else Booking.objects.filter(location__in=where)


def load_who_came(request: HttpRequest, reference: str, *, today: date) -> Booking:
    """As load_booking for staff, and a visit that whoever stands here may have come for."""
    seen = seen_bookings(request) if request.user.is_staff else Booking.objects.none()
    found = seen | perhaps_came_for(request, today=today)
    return get_object_or_404(found.select_related(*SHOWN_WITH_IT), reference=reference)


def perhaps_came_for(request: HttpRequest, *, today: date) -> QuerySet[Booking]:
    """What is booked about today anywhere in the house, for everybody who works at some place of it.

    Who comes to the wrong place stands before a desk without a role at the right one. It may be told where
    and when the visit is, and take it over; nothing else of another location.
    """
    days = (today - timedelta(days=1), today + timedelta(days=1))
    booked = Booking.objects.filter(status=Status.BOOKED, day__range=days, patient__isnull=False)
    return booked.filter(Exists(my_locations(request)))


def load_change(request: HttpRequest, key: UUID) -> Change:
    """An act at the door that this person may undo: their own, or one of bookings they may see.

    Every booking it touched must be theirs: undoing half of what somebody else did is never offered. What
    staff did themselves stays theirs also where the visit is put back to another location.
    """
    seen = seen_bookings(request).values("pk")
    change = get_object_or_404(Change, key=key)
    if request.user.is_staff and change.by_id == request.user.pk:
        return change
    lines = change.lines.all()
    if not lines.filter(booking__in=seen).exists() or lines.exclude(booking__in=seen).exists():
        raise Http404
    return change


def seen_waits(request: HttpRequest) -> QuerySet[WaitlistEntry]:
    """Who waits, as far as this person may see it: their own, or at the locations of staff."""
    user = request.user
    if not user.is_authenticated:
        raise Http404
    if not user.is_staff:
        return WaitlistEntry.objects.filter(patient__account=user, patient__merged_into=None)
    where = duties(request).locations(*EVERYBODY_HERE)
    return WaitlistEntry.objects.all() if where is None else WaitlistEntry.objects.filter(location__in=where)


def load_wait(request: HttpRequest, entry_id: int) -> WaitlistEntry:
    related = ("patient", "visit_type", "location", "session__course")
    return get_object_or_404(seen_waits(request).select_related(*related), pk=entry_id)


def load_wait_offer(request: HttpRequest, offer_id: int) -> Offer:
    """A free time that was offered to somebody who waits."""
    related = (
        "entry__patient", "entry__session", "freed__location", "freed__visit_type", "held",
        "freed__practitioner__resource",
    )  # fmt: skip
    offers = Offer.objects.filter(entry__in=seen_waits(request))
    return get_object_or_404(offers.select_related(*related), pk=offer_id)


def load_freed_time(request: HttpRequest, freed_id: int) -> FreedTime:
    """For staff of its location."""
    where = duties(request).locations(*EVERYBODY_HERE)
    freed = FreedTime.objects.select_related("location", "visit_type", "practitioner__resource")
    freed = freed if where is None else freed.filter(location__in=where)
    return get_object_or_404(freed, pk=freed_id)


CLOSERS = (Role.FRONT_DESK, Role.MANAGER)


def load_closure(request: HttpRequest, closure_id: int) -> Closure:
    """A closure that this person could have entered: one of everywhere needs a role that holds everywhere."""
    where = duties(request).locations(*CLOSERS)
    closures = Closure.objects.select_related("location", "resource", "by")
    closures = closures if where is None else closures.filter(location__in=where)
    return get_object_or_404(closures, pk=closure_id)


def load_away(request: HttpRequest, away_id: int) -> Away:
    """Days away of a person of this account; for staff of whomever, as their name and number are."""
    user = request.user
    if not user.is_authenticated:
        raise Http404
    spans = Away.objects.select_related("patient")
    if not user.is_staff:
        spans = spans.filter(patient__account=user, patient__merged_into=None)
    elif not duties(request).has(*EVERYBODY_HERE):
        raise Http404
    return get_object_or_404(spans, pk=away_id)


# Money: the desk and managers take it, dermatologists may look, nobody else of the staff sees it. An account
# is the patient's, in the whole house; a line is taken back where somebody takes money.

MONEY = (Role.FRONT_DESK, Role.MANAGER)
READS_MONEY = (*MONEY, Role.DERMATOLOGIST)


def load_account(request: HttpRequest, patient_id: int, *, now: datetime) -> Patient:
    """Whose account it is, for those who may read it."""
    if not duties(request).has(*READS_MONEY):
        raise Http404
    patient = load_patient(request, patient_id, now=now)
    audit.viewed(by=request.user, patient=patient, what="money", now=now)
    return patient


def load_entry(request: HttpRequest, entry_id: int, *, now: datetime) -> Entry:
    """A line that this member of staff could have entered."""
    entries = Entry.objects.select_related("patient", "location", "course", "session", "booking", "by")
    entry = get_object_or_404(entries, pk=entry_id)
    if not takes_money(request, entry.location_id):
        raise Http404
    audit.viewed(by=request.user, patient=entry.patient, what="money", now=now)
    return entry


def load_receipt(request: HttpRequest, entry_id: int, *, now: datetime) -> Entry:
    """Money that moved: for the account it belongs to, and for whoever may read the money of the house."""
    related = ("patient", "location", "session", "course", "booking__practitioner__resource")
    receipts = Entry.objects.select_related(*related).exclude(receipt="")
    if not request.user.is_authenticated:
        raise Http404
    if not request.user.is_staff:
        own = receipts.filter(patient__account=request.user, patient__merged_into=None)
        return get_object_or_404(own, pk=entry_id)
    if not duties(request).has(*READS_MONEY):
        raise Http404
    entry = get_object_or_404(receipts, pk=entry_id)
    audit.viewed(by=request.user, patient=entry.patient, what="money", now=now)
    return entry


def takes_money(request: HttpRequest, location_id: int) -> bool:
    return duties(request).covers(location_id, *MONEY)


# The house, for managers: drafts of locations, too. People, prices and kinds of visit hold everywhere, and
# are for those who manage everywhere.


def house_manager(*, keeps_post: bool = False) -> Callable:
    """For managers of the whole clinic; 404 for everybody else."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not manages_everywhere(request):
                raise Http404
            return view(request, *args, **kwargs)

        return staff(Role.MANAGER, keeps_post=keeps_post)(guarded)

    return decorate


def manages_everywhere(request: HttpRequest) -> bool:
    held = duties(request)
    return held.has(Role.MANAGER) and held.locations(Role.MANAGER) is None


def managed_locations(request: HttpRequest) -> QuerySet[Location]:
    """Where this person is a manager, drafts included."""
    where = duties(request).locations(Role.MANAGER)
    return Location.objects.all() if where is None else Location.objects.filter(pk__in=where)


def load_managed_location(request: HttpRequest, slug: str) -> Location:
    return get_object_or_404(managed_locations(request), slug=slug)


def load_resource(request: HttpRequest, slug: str, resource_id: int) -> Resource:
    """A room, chair or device of that location, and of no other."""
    here = managed_locations(request).filter(slug=slug)
    return get_object_or_404(Resource.objects.select_related("location"), pk=resource_id, location__in=here)


def load_practitioner(request: HttpRequest, practitioner_id: int) -> Practitioner:
    """Anybody who treats: whose hours are looked at. Those who have left are not found."""
    people = Practitioner.objects.select_related("resource", "user").filter(resource__is_active=True)
    return get_object_or_404(people, pk=practitioner_id)


def load_visit_type(request: HttpRequest, code: str) -> VisitType:
    if not manages_everywhere(request):
        raise Http404
    return get_object_or_404(VisitType.objects.current(), code=code)


def load_price(request: HttpRequest, code: str, price_id: int) -> Price:
    visit_type = load_visit_type(request, code)
    return get_object_or_404(Price.objects.select_related("visit_type"), visit_type=visit_type, pk=price_id)


def load_member(request: HttpRequest, member_id: int) -> User:
    """A member of staff, never a patient's account."""
    if not manages_everywhere(request):
        raise Http404
    return get_object_or_404(User.objects.filter(is_staff=True), pk=member_id)
