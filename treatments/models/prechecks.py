from django.db import models

from clinic.models import User
from consultations.models import Intake
from treatments.models.courses import CourseSession


class PreCheck(models.Model):
    """Asked in private on the day, before anything is numbed or injected. The newest of the day counts."""

    session = models.ForeignKey(CourseSession, on_delete=models.PROTECT, related_name="prechecks")
    day = models.DateField(help_text="at the location")
    is_clear = models.BooleanField(help_text="nothing new, nothing against it today")
    intake = models.ForeignKey(
        Intake, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="what was asked"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    is_outdated = False  # no column: whoever reads the newest says whether something was answered since

    class Meta:
        indexes = [models.Index(fields=["session", "day", "-id"], name="precheck_newest")]

    @property
    def stands(self) -> bool:
        return self.is_clear and not self.is_outdated
