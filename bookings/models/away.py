from django.db import models
from django.db.models import F, Q

from clinic.models import Patient, User


class Away(models.Model):
    """Days on which a patient cannot come, as they said themselves; both days included."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="away")
    first_on = models.DateField()
    last_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["patient", "last_on"], name="away_patient")]
        constraints = [
            models.CheckConstraint(name="away_days_in_order", condition=Q(last_on__gte=F("first_on"))),
            models.UniqueConstraint(
                name="away_once",
                fields=["patient", "first_on", "last_on"],
                condition=Q(removed_at__isnull=True),
            ),
        ]
