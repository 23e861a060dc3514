from django.db import models
from django.db.models import Q

from .people import Patient, User


class Lane(models.TextChoices):
    """How soon a human must make contact; not a verdict about treatment."""

    NONE = "none"
    SEVEN_DAYS = "7-day"
    SAME_DAY = "same-day"
    EMERGENCY = "emergency"


class Alarm(models.Model):
    """Something that a named human must look at by a deadline."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alarms")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    lane = models.CharField(max_length=12, choices=Lane)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    raised_at = models.DateTimeField()
    deadline = models.DateTimeField()
    acknowledged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="alarm_once"),
            models.CheckConstraint(name="alarm_lane_known", condition=Q(lane__in=Lane.values)),
            models.CheckConstraint(name="alarm_has_time", condition=Q(deadline__gte=models.F("raised_at"))),
            models.CheckConstraint(
                name="alarm_acknowledged_pair",
                condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
            ),
        ]
