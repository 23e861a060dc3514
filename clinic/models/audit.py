from django.db import models

from .people import Patient, User


class AuditRow(models.Model):
    """Who did what to which record. Codes and ids only, never an answer, a name or a phone number."""

    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=60, help_text="for example booking:17")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="+")
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="audit_subject"),
            models.Index(fields=["patient", "at"], name="audit_patient"),
        ]


class ViewRow(models.Model):
    """Somebody read a patient's record."""

    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["patient", "at"], name="view_patient")]
