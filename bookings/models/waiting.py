from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Location, Patient, Practitioner, User, VisitType
from treatments.models import CourseSession

from .bookings import Booking


class WaitEnd(models.TextChoices):
    BOOKED = "booked", _("has a time")
    WITHDRAWN = "withdrawn", _("no longer waits")
    PASSED = "passed", _("the days are over")


class WaitlistEntry(models.Model):
    """Somebody who would come at a time that becomes free.

    `booking`: what they have already and would give up for an earlier time; `session`: which one of a course,
    else a consultation. `weekdays`: those that suit, 0 is Monday; empty: any. `from_time`, `to_time`: local.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="waits")
    visit_type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    session = models.ForeignKey(
        CourseSession, on_delete=models.PROTECT, null=True, blank=True, related_name="waits"
    )
    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="waits"
    )
    first_on = models.DateField()
    last_on = models.DateField()
    weekdays = models.JSONField(default=list, blank=True)
    from_time = models.TimeField(null=True, blank=True)
    to_time = models.TimeField(null=True, blank=True)
    at_short_notice = models.BooleanField(default=True, help_text="also today, by message")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=10, choices=WaitEnd, blank=True)
    key = models.UUIDField(unique=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["location", "visit_type"], condition=Q(ended_at__isnull=True), name="wait_open"
            ),
        ]
        constraints = [
            models.CheckConstraint(name="wait_days_in_order", condition=Q(last_on__gte=F("first_on"))),
            models.CheckConstraint(
                name="wait_hours_pair",
                condition=Q(from_time__isnull=True, to_time__isnull=True) | Q(to_time__gt=F("from_time")),
            ),
            models.CheckConstraint(
                name="wait_end_pair",
                condition=Q(ended_at__isnull=True, ended_why="")
                | Q(ended_at__isnull=False, ended_why__in=WaitEnd.values),
            ),
            models.UniqueConstraint(
                name="wait_once_a_session",
                fields=["session"],
                condition=Q(session__isnull=False, ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="wait_once_a_kind",
                fields=["patient", "visit_type", "location"],
                condition=Q(session__isnull=True, ended_at__isnull=True),
            ),
        ]


class FreedTime(models.Model):
    """A time that a booking gave up, written with the change that freed it.

    It is offered from `due_at` on, when the grace for an undo is over, until it is closed.
    """

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="freed")
    visit_type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(closed_at__isnull=True), name="freed_open"),
        ]
        constraints = [
            models.CheckConstraint(name="freed_ends_after_start", condition=Q(ends__gt=F("starts"))),
            models.UniqueConstraint(name="freed_once", fields=["booking", "starts", "at"]),
        ]


class OfferOutcome(models.TextChoices):
    TAKEN = "taken", _("taken")
    LOST = "lost", _("somebody else was quicker")
    DECLINED = "declined", _("did not want it")
    EXPIRED = "expired", _("no answer in time")
    WITHDRAWN = "withdrawn", _("taken back")


class Offer(models.Model):
    """A freed time offered to one who waits: held for them, or told to several, and the first one gets it."""

    freed = models.ForeignKey(FreedTime, on_delete=models.PROTECT, related_name="offers")
    entry = models.ForeignKey(WaitlistEntry, on_delete=models.PROTECT, related_name="offers")
    held = models.ForeignKey(Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_held = models.BooleanField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=OfferOutcome, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="offer_once", fields=["freed", "entry"]),
            models.UniqueConstraint(name="offer_taken_once", fields=["freed"], condition=Q(outcome="taken")),
            models.CheckConstraint(
                name="offer_outcome_known",
                condition=Q(outcome="", answered_at__isnull=True)
                | Q(outcome__in=OfferOutcome.values, answered_at__isnull=False),
            ),
        ]
