from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Patient, User

from .photos import Photo


class CallBack(models.TextChoices):
    """When the person would like to be rung. Urgent calls do not wait for it."""

    ANY = "", _("Any time")
    MORNING = "morning", _("In the morning")
    AFTERNOON = "afternoon", _("In the afternoon")
    EVENING = "evening", _("In the evening")


class SymptomReport(models.Model):
    """Something is wrong: signs, own words and a photo of somebody who asked to be rung. Never changed."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="symptom_reports")
    signs = models.JSONField(help_text="codes of rules/signs.py")
    words = models.TextField(blank=True)
    answers = models.JSONField(default=dict, help_text="the questions on how urgent it is, by code")
    call_back = models.CharField(max_length=10, choices=CallBack, default=CallBack.ANY, blank=True)
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    key = models.UUIDField(unique=True, help_text="the same form with the same content is one report")

    class Meta:
        constraints = [
            models.CheckConstraint(name="report_call_back_known", condition=Q(call_back__in=CallBack.values)),
        ]
