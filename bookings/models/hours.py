from django.db import models
from django.db.models import F, Q

from clinic.models import Location, Resource, User


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

    class Meta:
        indexes = [models.Index(fields=["location", "weekday"], name="hours_location")]
        constraints = [
            models.CheckConstraint(name="hours_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="hours_until_after_from",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
            ),
            models.CheckConstraint(name="hours_not_empty", condition=~Q(starts=F("ends"))),
        ]


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
    reason = models.CharField(max_length=80)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["starts", "ends"], name="closure_span")]
        constraints = [
            models.CheckConstraint(name="closure_ends_after_start", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(
                name="closure_of_something", condition=Q(location__isnull=False) | Q(resource__isnull=False)
            ),
        ]
