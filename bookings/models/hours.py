from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Location, Practitioner, Resource, User


class WorkingHours(models.Model):
    """Weekly hours of a practitioner at a location or, with no resource, of the location itself.

    Rooms, chairs and devices follow their location. `ends` at or before `starts` reaches past midnight.
    """

    resource = models.ForeignKey(
        Resource, on_delete=models.CASCADE, null=True, blank=True, related_name="working_hours"
    )
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    starts = models.TimeField()
    ends = models.TimeField()
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True, help_text="last day it holds")
    urgent_from = models.TimeField(null=True, blank=True, help_text="kept for urgent visits until noon")
    urgent_to = models.TimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["location", "weekday"], name="hours_location")]
        constraints = [
            models.CheckConstraint(name="hours_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="hours_until_after_from",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
            ),
            models.CheckConstraint(name="hours_not_empty", condition=~Q(starts=F("ends"))),
            models.CheckConstraint(
                name="hours_urgent_pair",
                condition=Q(urgent_from__isnull=True, urgent_to__isnull=True)
                | Q(resource__isnull=False, urgent_to__gt=F("urgent_from")),
            ),
        ]


class ClosureKind(models.TextChoices):
    CLOSED = "closed", _("closed")
    LEAVE = "leave", _("away")
    HOLIDAY = "holiday", _("public holiday")


class Closure(models.Model):
    """A span in which a location, or one resource anywhere, cannot be booked."""

    location = models.ForeignKey(
        Location, on_delete=models.CASCADE, null=True, blank=True, related_name="closures"
    )
    resource = models.ForeignKey(
        Resource, on_delete=models.CASCADE, null=True, blank=True, related_name="closures"
    )
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=ClosureKind, default=ClosureKind.CLOSED)
    reason = models.CharField(max_length=80)
    at = models.DateTimeField(null=True, blank=True, help_text="when it was saved")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["starts", "ends"], name="closure_span")]
        constraints = [
            models.CheckConstraint(name="closure_ends_after_start", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(
                name="closure_of_something", condition=Q(location__isnull=False) | Q(resource__isnull=False)
            ),
            models.CheckConstraint(name="closure_kind_known", condition=Q(kind__in=ClosureKind.values)),
        ]


class OpenHoliday(models.Model):
    """A public holiday on which a manager said that the location stays open: it is not suggested again."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="open_holidays")
    day = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "day"], name="open_holiday_once")]


class RunningLate(models.Model):
    """The desk said that a practitioner runs so many minutes late that day; the newest counts, 0 ends it."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="running_late")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["location", "day"], name="running_late_day")]
        constraints = [models.CheckConstraint(name="running_late_minutes", condition=Q(minutes__lte=240))]
