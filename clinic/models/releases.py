from django.db import models
from django.db.models import Q

from .people import User


class ReleaseKind(models.TextChoices):
    RULES = "rules"
    QUESTIONNAIRE = "questionnaire"
    PROTOCOL = "protocol"
    CONSENT = "consent"
    MESSAGE = "message"


class Release(models.Model):
    """One published version of a text or rule set that decisions refer to for ever.

    `content` is canonical JSON (sorted keys, no spaces), `sha256` its hash in hex. A draft has no signature.
    """

    kind = models.CharField(max_length=16, choices=ReleaseKind)
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "version"], name="release_version_once"),
            models.UniqueConstraint(fields=["kind", "code", "sha256"], name="release_content_once"),
            models.CheckConstraint(name="release_kind_known", condition=Q(kind__in=ReleaseKind.values)),
            models.CheckConstraint(
                name="release_signed_pair",
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
            ),
        ]
