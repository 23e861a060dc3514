from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User

from .bookings import Booking


class CallOutcome(models.TextChoices):
    CONFIRMED = "confirmed", _("comes")
    NO_ANSWER = "no_answer", _("no answer")
    WANTS_CHANGE = "wants_change", _("wants another time")
    WRONG_NUMBER = "wrong_number", _("wrong number")


class Call(models.Model):
    """One call of the desk about a booking, as it ended; append-only."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="calls")
    outcome = models.CharField(max_length=12, choices=CallOutcome)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="call_outcome_known", condition=Q(outcome__in=CallOutcome.values)),
        ]
