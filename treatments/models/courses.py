from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Location, Patient, Practitioner, Release, User, VisitType
from consultations.models import Decision
from treatments.models.products import Product


class EndReason(models.TextChoices):
    COMPLETED = "completed", _("all sessions given")
    PATIENT = "patient", _("the patient wished it")
    NO_RESPONSE = "no_response", _("no change seen")
    REACTION = "reaction", _("a reaction")
    RESTARTED = "restarted", _("begun again as a new course")
    COLD = "cold", _("not continued")
    OTHER = "other", _("another reason")


class DropReason(models.TextChoices):
    """What becomes of a session that will not be given: the ledger counts each apart."""

    FORFEITED = "forfeited", _("missed, and counted as used")
    RETURNED = "returned", _("not given, and not charged")
    EXPIRED = "expired", _("course ended before it")
    REVISED = "revised", _("taken out of the plan by the doctor")


class Phase(models.TextChoices):
    COURSE = "course", _("course")
    MAINTENANCE = "maintenance", _("keeping it up")


class Course(models.Model):
    """Several sessions of one treatment that belong together. Windows and counts are derived, not stored.

    `session_price`: of each session, in the location's currency, as it was when the course was agreed.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    protocol = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    visit_type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=24, choices=EndReason, blank=True)
    session_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="course_end_known", condition=Q(ended_why="") | Q(ended_why__in=EndReason.values)
            ),
            models.CheckConstraint(
                name="course_price_not_negative",
                condition=Q(session_price__isnull=True) | Q(session_price__gte=0),
            ),
            models.CheckConstraint(
                name="course_end_has_reason",
                condition=Q(ended_on__isnull=True, ended_why="")
                | (Q(ended_on__isnull=False) & ~Q(ended_why="")),
            ),
        ]


class Prescription(models.Model):
    """What the dermatologist ordered, signed; an edit is a new revision touching ungiven sessions only.

    `steps`: [{"number", "never_before", "earliest", "target", "latest", "product", "phase", "soft"}], days as
    integers; the first session has no gap numbers.
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
    phase = models.CharField(max_length=12, choices=Phase, default=Phase.COURSE)
    dropped_reason = models.CharField(
        max_length=24, choices=DropReason, blank=True, help_text="will not be given, as a code"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="session_number_once"),
            models.CheckConstraint(name="session_number_counts", condition=Q(number__gte=1)),
            models.CheckConstraint(name="session_phase_known", condition=Q(phase__in=Phase.values)),
            models.CheckConstraint(
                name="session_drop_known",
                condition=Q(dropped_reason="") | Q(dropped_reason__in=DropReason.values),
            ),
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
            models.UniqueConstraint(
                name="pause_open_once_a_course",
                fields=["course"],
                condition=Q(course__isnull=False, ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="pause_open_once_a_patient",
                fields=["patient"],
                condition=Q(course__isnull=True, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="pause_end_pair",
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
            ),
        ]


class Extension(models.Model):
    """A doctor's word that one session may still be had until a day past its latest, without asking anew."""

    session = models.ForeignKey(CourseSession, on_delete=models.PROTECT, related_name="extensions")
    until_on = models.DateField()
    why = models.CharField(max_length=80)
    signed_by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="extension_has_why", condition=~Q(why="")),
        ]


class ReviewPoint(models.TextChoices):
    SESSION_4 = "session_4", _("after session 4")
    MIDDLE = "middle", _("half-way")
    SIX_MONTHS = "six_months", _("after six months")


class ReviewOutcome(models.TextChoices):
    GO_ON = "go_on", _("go on as planned")
    CHANGE = "change", _("change the plan")
    STOP = "stop", _("stop the course")


class CourseReview(models.Model):
    """The doctor stopped to look whether the course does anything; one for each point of a course."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="reviews")
    point = models.CharField(max_length=12, choices=ReviewPoint)
    outcome = models.CharField(max_length=8, choices=ReviewOutcome)
    note = models.TextField(blank=True)
    signed_by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "point"], name="course_review_once_a_point"),
            models.CheckConstraint(name="course_review_point", condition=Q(point__in=ReviewPoint.values)),
            models.CheckConstraint(
                name="course_review_outcome", condition=Q(outcome__in=ReviewOutcome.values)
            ),
        ]
