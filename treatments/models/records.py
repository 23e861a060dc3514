from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Practitioner, User
from treatments.models.courses import CourseSession


class Given(models.TextChoices):
    GIVEN = "given", _("Given")
    STOPPED_EARLY = "stopped_early", _("Stopped early")
    NOT_GIVEN = "not_given", _("Not given")


class NotGivenReason(models.TextChoices):
    INFECTION = "infection", _("infection or fever")
    ANSWERS_CHANGED = "answers_changed", _("an answer changed")
    NO_CONSENT = "no_consent", _("no consent")
    LATE = "late", _("came too late")
    BLOOD_PRESSURE = "blood_pressure", _("blood pressure")
    NO_PRODUCT = "no_product", _("product not there")
    DECLINED = "declined", _("patient did not want it today")


class Record(models.Model):
    """What happened at one treatment visit. Signed when written; corrections are addenda."""

    session = models.ForeignKey(CourseSession, on_delete=models.PROTECT, related_name="records")
    outcome = models.CharField(max_length=16, choices=Given)
    started_at = models.DateTimeField(help_text="injecting started; not given: when that was decided")
    day = models.DateField(help_text="of started_at at the location")
    not_given_reason = models.CharField(max_length=16, choices=NotGivenReason, blank=True)
    note = models.TextField(blank=True)
    entered_late_why = models.TextField(blank=True)
    signed_by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    key = models.UUIDField(unique=True, help_text="one signature per rendered form")

    class Meta:
        constraints = [
            models.CheckConstraint(name="record_outcome_known", condition=Q(outcome__in=Given.values)),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(outcome__in=["given", "stopped_early"]),
                name="record_session_given_once",
            ),
            models.CheckConstraint(
                name="record_not_given_has_reason",
                condition=(Q(outcome="not_given") & ~Q(not_given_reason=""))
                | (~Q(outcome="not_given") & Q(not_given_reason="")),
            ),
            models.CheckConstraint(
                name="record_not_before_it_happened", condition=Q(signed_at__gte=models.F("started_at"))
            ),
        ]


class Addendum(models.Model):
    """A correction or addition to a signed record."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
