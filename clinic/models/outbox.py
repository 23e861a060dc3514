import uuid

from django.db import models
from django.db.models import F, Q

from .people import Language, Patient, User


class Channel(models.TextChoices):
    SMS = "sms", "text message"
    EMAIL = "email", "e-mail"


class MessageClass(models.TextChoices):
    """Decides quiet hours and grace; see outbox.py."""

    CODE = "code"
    CHANGE = "change"
    SAFETY = "safety"
    ORDINARY = "ordinary"


class MessageState(models.TextChoices):
    SCHEDULED = "scheduled", "waiting"
    SENDING = "sending", "being sent"
    SENT = "sent", "sent"
    FAILED = "failed", "failed"
    DROPPED = "dropped", "not sent"
    WITHDRAWN = "withdrawn", "withdrawn"


OPEN_STATES = (MessageState.SCHEDULED, MessageState.SENDING)


class Message(models.Model):
    """One thing to tell one person over one channel. Its id is the idempotency key at the gateway."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(max_length=60, help_text="for example booking:17")
    kind = models.CharField(max_length=24)
    version = models.PositiveIntegerField(default=1)
    channel = models.CharField(max_length=8, choices=Channel)
    message_class = models.CharField(max_length=8, choices=MessageClass)
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    time_zone = models.CharField(max_length=40, help_text="quiet hours are counted here")
    fields = models.JSONField(help_text="place, area, weekday, time, link: nothing else")
    due_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.SCHEDULED)
    reason = models.CharField(max_length=32, blank=True, help_text="why not sent, as a code")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["scheduled", "sending"]), name="message_due"
            ),
            models.Index(fields=["subject"], name="message_subject"),
            models.Index(fields=["patient", "due_at"], name="message_patient"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "version", "channel"], name="message_told_once"
            ),
            models.CheckConstraint(name="message_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="message_class_known", condition=Q(message_class__in=MessageClass.values)
            ),
            models.CheckConstraint(name="message_state_known", condition=Q(state__in=MessageState.values)),
            models.CheckConstraint(
                name="message_lease_while_sending",
                condition=(Q(state="sending") & Q(lease_until__isnull=False))
                | (~Q(state="sending") & Q(lease_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_sent_has_time",
                condition=(Q(state="sent") & Q(sent_at__isnull=False))
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_not_after_due",
                condition=Q(not_after__isnull=True) | Q(not_after__gte=F("due_at")),
            ),
        ]


class Delivery(models.Model):
    """One attempt to hand a message to a gateway, and what it answered."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, help_text="accepted, temporary, permanent, unknown")
    provider_id = models.CharField(max_length=120, blank=True)
    error_code = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "attempt"], name="delivery_attempt_once")]


class ReminderConsent(models.Model):
    """The patient said yes to reminders over this channel, until withdrawn."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reminder_consents")
    channel = models.CharField(max_length=8, choices=Channel)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "channel"],
                condition=Q(withdrawn_at__isnull=True),
                name="reminder_consent_once",
            ),
        ]
