from django.db import models

from clinic.models import Location, Practitioner, User


class FeedToken(models.Model):
    """The secret in the address of a practitioner's calendar feed; only its hash is kept."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)


class DayListSending(models.Model):
    """One sending of a location's day list to the desk's own device; leased while under way."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="day_list_sendings")
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "due_at"], name="day_list_once")]
