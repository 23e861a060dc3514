from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Patient, Practitioner

from .intakes import Answer
from .screenings import Screening


class Verdict(models.TextChoices):
    SUITABLE = "suitable", _("Suitable")
    WITH_CONDITIONS = "with_conditions", _("Suitable with conditions")
    NEEDS_TESTS = "needs_tests", _("Needs tests first")
    DEFER = "defer", _("Wait until a date")
    NOT_SUITABLE = "not_suitable", _("Not suitable now")
    REFER = "refer", _("Refer to another doctor")


ALLOWS_TREATMENT = (Verdict.SUITABLE, Verdict.WITH_CONDITIONS)


class Decision(models.Model):
    """The dermatologist's word, signed on exact answers and an exact screening. Never changed."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="decisions")
    last_answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=16, choices=Verdict)
    conditions = models.TextField(blank=True)
    defer_until = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="typed when departing from a blocking or waiting rule")
    patient_text = models.TextField(blank=True, help_text="the sentence the patient reads")
    valid_until = models.DateField()
    signed_by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="decisions")
    signed_at = models.DateTimeField()
    key = models.UUIDField(unique=True, help_text="one signature per rendered form")

    class Meta:
        indexes = [models.Index(fields=["patient", "-id"], name="decision_newest")]
        constraints = [
            models.CheckConstraint(name="decision_verdict_known", condition=Q(verdict__in=Verdict.values)),
            models.CheckConstraint(
                name="decision_defer_has_date",
                condition=Q(verdict="defer", defer_until__isnull=False)
                | (~Q(verdict="defer") & Q(defer_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="decision_conditions_written",
                condition=~Q(verdict="with_conditions") | ~Q(conditions=""),
            ),
        ]
