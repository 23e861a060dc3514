from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Patient, Release, User
from clinic.models.people import Language


class ConsentPurpose(models.TextChoices):
    HEALTH_DATA = "health_data", _("keeping your health answers for your care")
    PROCEDURE = "procedure", _("the injections")


class Consent(models.Model):
    """Which words somebody agreed to, when, in what language; withdrawn as easily as given."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=16, choices=ConsentPurpose)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consent_purpose_known", condition=Q(purpose__in=ConsentPurpose.values)
            ),
            models.UniqueConstraint(
                fields=["patient", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_standing",
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
            ),
        ]
