from django.db import models
from django.db.models import Q

from clinic.models import Patient, Release
from clinic.models.alarms import Lane

from .intakes import Answer


class Outcome(models.TextChoices):
    """What screening says of a scope, strictest first. It never says more than 'nothing found'."""

    ABS = "ABS"
    DEFER = "DEFER"
    REVIEW = "REVIEW"
    CAUTION = "CAUTION"
    SUPPORT = "SUPPORT"
    NONE = "NONE"


class Screening(models.Model):
    """What one rules release said of exact answers. Never changed: a new answer makes a new row."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="screenings")
    last_answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(help_text="the snapshot the rules saw")
    planned = models.JSONField(default=dict)
    rules = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    lane = models.CharField(max_length=12, choices=Lane)
    verdicts = models.JSONField()
    fired = models.JSONField()
    unclear = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["patient", "-id"], name="screening_newest")]
        constraints = [
            models.CheckConstraint(name="screening_outcome_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(name="screening_lane_known", condition=Q(lane__in=Lane.values)),
        ]
