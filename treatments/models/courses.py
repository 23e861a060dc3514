from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Location, Patient, Practitioner, Release, User, VisitType
from consultations.models import Decision
from treatments.models.products import Product


class Course(models.Model):
    """Several sessions of one treatment that belong together. Windows and counts are derived, not stored."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    protocol = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    visit_type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="course_end_has_reason",
                condition=Q(ended_on__isnull=True, ended_why="")
                | (Q(ended_on__isnull=False) & ~Q(ended_why="")),
            ),
        ]


class Prescription(models.Model):
    """What the dermatologist ordered, signed; an edit is a new revision touching ungiven sessions only.

    `steps`: [{"number", "never_before", "earliest", "target", "latest", "product"}], days as integers; the
    first session has no gap numbers.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="prescriptions")
    revision = models.PositiveSmallIntegerField()
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    steps = models.JSONField()
    note = models.TextField(blank=True)
    signed_by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    key = models.UUIDField(unique=True, help_text="one signature per rendered form")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "revision"], name="prescription_revision_once"),
            models.CheckConstraint(name="prescription_revision_counts", condition=Q(revision__gte=1)),
        ]


class CourseSession(models.Model):
    """One treatment of a course. Gap numbers count days from the session before it."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    never_before = models.PositiveSmallIntegerField(null=True, blank=True)
    earliest = models.PositiveSmallIntegerField(null=True, blank=True)
    target = models.PositiveSmallIntegerField(null=True, blank=True)
    latest = models.PositiveSmallIntegerField(null=True, blank=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    is_soft = models.BooleanField(default=False, help_text="no time wanted yet")
    given_on = models.DateField(null=True, blank=True)
    dropped_reason = models.CharField(max_length=24, blank=True, help_text="will not be given, as a code")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="session_number_once"),
            models.CheckConstraint(name="session_number_counts", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="session_gap_in_order",
                condition=Q(
                    number=1,
                    never_before__isnull=True,
                    earliest__isnull=True,
                    target__isnull=True,
                    latest__isnull=True,
                )
                | Q(
                    number__gt=1,
                    never_before__gte=1,
                    never_before__lte=F("earliest"),
                    earliest__lte=F("target"),
                    target__lte=F("latest"),
                    latest__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="session_given_or_dropped", condition=Q(given_on__isnull=True) | Q(dropped_reason="")
            ),
        ]


class PauseCause(models.TextChoices):
    ILLNESS = "illness", _("ill")
    TRAVEL = "travel", _("away")
    FAMILY = "family", _("family")
    MEDICINE = "medicine", _("the doctor asked for it")
    OTHER = "other", _("another reason")


class Pause(models.Model):
    """Times released until somebody resumes. Paused while any row of the patient or course is open."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="pauses")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="pauses")
    cause = models.CharField(max_length=12, choices=PauseCause)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    until_on = models.DateField(null=True, blank=True, help_text="hoped for; resuming is a person's act")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="pause_cause_known", condition=Q(cause__in=PauseCause.values)),
            models.CheckConstraint(
                name="pause_end_pair",
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
            ),
        ]
