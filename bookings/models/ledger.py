from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Location, Patient, User
from treatments.models import Course, CourseSession

from .bookings import Booking


class EntryKind(models.TextChoices):
    CHARGE = "charge", _("charge")
    DISCOUNT = "discount", _("discount")
    PAYMENT = "payment", _("payment")
    REFUND = "refund", _("refund")


class Method(models.TextChoices):
    CASH = "cash", _("cash")
    CARD = "card", _("card")
    UPI = "upi", _("UPI")


MONEY_MOVES = (EntryKind.PAYMENT, EntryKind.REFUND)


class Entry(models.Model):
    """One line of a patient's account; append-only: a mistake is taken back by a line that `reverses` it.

    `amount` is positive, in the location's currency: a charge adds to what is owed; a discount and a payment
    take off it; a refund gives a payment back. A reversing line has the kind of the one that it takes back
    and counts the other way. `by` is empty for what the system charged. `receipt`: the number of a line by
    which money moved.
    """

    key = models.UUIDField(unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="entries")
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    session = models.ForeignKey(
        CourseSession, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(help_text="local day it counts for")
    kind = models.CharField(max_length=8, choices=EntryKind)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    method = models.CharField(max_length=4, choices=Method, blank=True)
    reference = models.CharField(max_length=40, blank=True)
    why = models.CharField(max_length=80, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    receipt = models.CharField(max_length=24, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["location", "day"], name="entry_location_day"),
            models.Index(fields=["patient", "at"], name="entry_patient"),
        ]
        constraints = [
            models.CheckConstraint(name="entry_kind_known", condition=Q(kind__in=EntryKind.values)),
            models.CheckConstraint(name="entry_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="entry_method_of_money",
                condition=Q(kind__in=MONEY_MOVES, method__in=Method.values)
                | (~Q(kind__in=MONEY_MOVES) & Q(method="", reference="", receipt="")),
            ),
            models.CheckConstraint(
                name="entry_has_why",
                condition=Q(kind__in=[EntryKind.CHARGE, EntryKind.PAYMENT], reverses__isnull=True)
                | ~Q(why=""),
            ),
            models.CheckConstraint(
                name="entry_by_somebody", condition=Q(kind=EntryKind.CHARGE) | Q(by__isnull=False)
            ),
            models.UniqueConstraint(
                name="entry_reference_once",
                fields=["method", "reference"],
                condition=Q(kind=EntryKind.PAYMENT, reverses__isnull=True) & ~Q(reference=""),
            ),
            models.UniqueConstraint(name="entry_receipt_once", fields=["receipt"], condition=~Q(receipt="")),
            models.UniqueConstraint(
                name="entry_session_charged_once",
                fields=["session"],
                condition=Q(kind=EntryKind.CHARGE, reverses__isnull=True, session__isnull=False),
            ),
        ]


class BankSight(models.Model):
    """Whether a card or UPI payment was seen in the bank; append-only, the newest counts."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="sights")
    is_seen = models.BooleanField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class TillClose(models.Model):
    """A day's money as it was counted at one location; append-only, the newest of a day counts.

    `lines`: [{"person", "method", "expected", "counted"}], user ids and amounts as text.
    """

    key = models.UUIDField(unique=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="till_closes")
    day = models.DateField()
    lines = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["location", "day"], name="till_location_day")]
