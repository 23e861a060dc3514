from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Patient, User

from .intakes import Intake


class View(models.TextChoices):
    FRONT = "front", _("Front")
    TOP = "top", _("Top, along the parting")
    CROWN = "crown", _("Crown")
    LEFT = "left", _("Left side")
    RIGHT = "right", _("Right side")
    BACK = "back", _("Back of the head")
    PATCH = "patch", _("A patch, close up")


class PhotoQuerySet(models.QuerySet):
    def kept(self):
        return self.filter(removed_at=None)


class Photo(models.Model):
    """One view of a scalp, drawn anew on arrival so that nothing rides along. Private; shown after a check.

    `only_same_sex`: the patient asked that only people of their own sex look at it.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="photos")
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, null=True, blank=True, related_name="photos")
    view = models.CharField(max_length=8, choices=View)
    file = models.FileField(upload_to="photos", max_length=120, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    only_same_sex = models.BooleanField(default=False)
    taken_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PhotoQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["patient", "view", "-id"], name="photo_newest")]
        constraints = [
            models.CheckConstraint(name="photo_view_known", condition=Q(view__in=View.values)),
            models.CheckConstraint(
                name="photo_file_while_kept",
                condition=Q(removed_at__isnull=True) & ~Q(file="") | Q(removed_at__isnull=False) & Q(file=""),
            ),
        ]
