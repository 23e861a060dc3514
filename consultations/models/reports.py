from django.db import models

from clinic.models import Patient, User


class SymptomReport(models.Model):
    """Something is wrong: which signs somebody ticked when they asked to be rung. Never changed."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="symptom_reports")
    signs = models.JSONField(help_text="codes of rules/signs.py")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.UUIDField(unique=True, help_text="the same form with the same signs is one report")
