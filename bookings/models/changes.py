from django.db import models
from django.db.models import F, Q

from clinic.models import User

from .bookings import Booking


class Change(models.Model):
    """One act at the door: idempotency key, undo, the subject of one message, the audit line, all in one."""

    key = models.UUIDField(unique=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=16)
    payload_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    undo_until = models.DateTimeField(null=True, blank=True)
    undone_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undoes"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="change_not_undone_by_itself",
                condition=Q(undone_by__isnull=True) | ~Q(undone_by=F("id")),
            ),
        ]


class ChangeLine(models.Model):
    """What one change did to one booking. Holds make no lines: before they are confirmed nothing happened."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="lines")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="change_lines")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "booking"], name="change_line_once"),
        ]
