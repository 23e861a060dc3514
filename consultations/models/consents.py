from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Location, Patient, Release, User
from clinic.models.people import Language


class ConsentPurpose(models.TextChoices):
    HEALTH_DATA = "health_data", _("keeping your health answers for your care")
    PROCEDURE = "procedure", _("the injections")
    PHOTOS_CARE = "photos_care", _("photos for your care")
    PHOTOS_TEACHING = "photos_teaching", _("photos for teaching")
    PHOTOS_PUBLICATION = "photos_publication", _("photos for publication")


class Signed(models.TextChoices):
    """How somebody said yes."""

    TICKED = "ticked", _("by their own log-in")
    TYPED = "typed", _("typed name")
    DRAWN = "drawn", _("drawn signature")
    THUMB = "thumb", _("thumb mark, with a witness")


class Consent(models.Model):
    """Which words somebody agreed to, when, in what language; withdrawn as easily as given.

    `about` is what an agreement to a procedure is bound to; `about_key` names it, empty where nothing is.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=24, choices=ConsentPurpose)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    about = models.JSONField(default=dict, blank=True, help_text="protocol and ingredients, of a procedure")
    about_key = models.CharField(max_length=64, blank=True, help_text="SHA-256 of `about` in hex")
    signed = models.CharField(max_length=8, choices=Signed, default=Signed.TICKED)
    signature = models.TextField(blank=True, help_text="the typed name, or the path that was drawn")
    witness = models.CharField(max_length=120, blank=True, help_text="who saw the thumb mark being made")
    is_read_over = models.BooleanField(default=False, help_text="the words were read to the person")
    place = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    address = models.GenericIPAddressField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consent_purpose_known", condition=Q(purpose__in=ConsentPurpose.values)
            ),
            models.UniqueConstraint(
                fields=["patient", "purpose", "about_key"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_standing",
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
            ),
            models.CheckConstraint(name="consent_signed_known", condition=Q(signed__in=Signed.values)),
            models.CheckConstraint(
                name="consent_thumb_mark_has_witness", condition=~Q(signed="thumb") | ~Q(witness="")
            ),
            models.CheckConstraint(
                name="consent_signature_kept",
                condition=~Q(signed__in=["typed", "drawn"]) | ~Q(signature=""),
            ),
        ]
