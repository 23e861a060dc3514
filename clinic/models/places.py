from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import User


def validate_time_zone(name: str) -> None:
    from zoneinfo import available_timezones

    if name not in available_timezones():
        raise ValidationError(_("Not a known time zone."))


class Location(models.Model):
    """One clinic people can come to. A draft until `opened_on` is set: then it can be booked."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    time_zone = models.CharField(max_length=40, default="Asia/Kolkata", validators=[validate_time_zone])
    address = models.TextField(blank=True)
    area = models.CharField(max_length=80)
    phone = models.CharField(max_length=16, blank=True)
    map_url = models.URLField(blank=True)
    registration_number = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3, default="INR")
    country = models.CharField(max_length=2, default="IN", help_text="for public holidays, ISO 3166")
    subdivision = models.CharField(max_length=6, blank=True, help_text="state, for its holidays: KA")
    fit_ins_per_half_day = models.PositiveSmallIntegerField(
        default=2, help_text="visits squeezed in beside a dermatologist's own list"
    )
    day_list_email = models.EmailField(blank=True, help_text="the desk's own device, for when the line goes")
    day_list_at = ArrayField(models.TimeField(), default=list, blank=True, help_text="hours it is sent at")
    opened_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="location_open_has_registration",
                condition=Q(opened_on__isnull=True) | ~Q(registration_number=""),
            ),
        ]


class Travel(models.Model):
    """How long a practitioner needs from one location to another; no row: no time is kept for it."""

    origin = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="travel_from")
    destination = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="travel_to")
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["origin", "destination"], name="travel_once_each_way"),
            models.CheckConstraint(name="travel_goes_elsewhere", condition=~Q(origin=F("destination"))),
            models.CheckConstraint(name="travel_on_grid", condition=Q(minutes__in=list(range(5, 245, 5)))),
        ]


class ResourceKind(models.TextChoices):
    PRACTITIONER = "practitioner", _("dermatologist")
    ROOM = "room", _("room")
    CHAIR = "chair", _("chair")
    DEVICE = "device", _("device")


class Resource(models.Model):
    """Something only one booking can use at a time. Practitioners have no location: hours say where."""

    kind = models.CharField(max_length=12, choices=ResourceKind)
    name = models.CharField(max_length=80)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="resources"
    )
    turnover_minutes = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="resource_kind_known", condition=Q(kind__in=ResourceKind.values)),
            models.CheckConstraint(
                name="resource_practitioners_roam",
                condition=Q(kind="practitioner", location__isnull=True)
                | (~Q(kind="practitioner") & Q(location__isnull=False)),
            ),
            models.CheckConstraint(
                name="resource_turnover_on_grid", condition=Q(turnover_minutes__in=list(range(0, 125, 5)))
            ),
        ]


class Practitioner(models.Model):
    """A resource with a licence: who may consult, prescribe and inject."""

    resource = models.OneToOneField(
        Resource, on_delete=models.PROTECT, primary_key=True, related_name="practitioner"
    )
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="practitioner")
    council = models.CharField(max_length=80, help_text="register the number belongs to")
    registration_number = models.CharField(max_length=40)
    verified_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="verified_practitioners"
    )
    verified_on = models.DateField(null=True, blank=True)
    languages = models.JSONField(default=list, blank=True)
    gender = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "registration_number"], name="practitioner_licence_once"
            ),
            models.CheckConstraint(
                name="practitioner_verified_pair",
                condition=Q(verified_by__isnull=True, verified_on__isnull=True)
                | Q(verified_by__isnull=False, verified_on__isnull=False),
            ),
        ]
