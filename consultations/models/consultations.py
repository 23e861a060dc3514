from django.db import models
from django.db.models import Q

from clinic.models import Patient, Practitioner


class Consultation(models.Model):
    """What the dermatologist found and advised at one visit. Signed rows refuse changes."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consultations")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, null=True, related_name="+")
    findings = models.TextField(blank=True)
    diagnosis = models.TextField(blank=True)
    advice = models.TextField(blank=True)
    started_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consultation_signed_by_somebody",
                condition=Q(signed_at__isnull=True) | Q(practitioner__isnull=False),
            ),
        ]
