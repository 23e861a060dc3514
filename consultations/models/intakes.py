from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Patient, Release, User
from clinic.models.people import Language


class Purpose(models.TextChoices):
    FULL = "full", _("first form")
    UPDATE = "update", _("what changed")
    PRE_SESSION = "pre_session", _("before a session")
    COURSE = "course", _("before a course")


class Help(models.TextChoices):
    """Who filled it in for the patient, when it was somebody else."""

    NONE = "", _("nobody")
    STAFF = "staff", _("a nurse or colleague")
    RELATIVE = "relative", _("a relative or friend")


class Intake(models.Model):
    """One round of questions to one patient. The answers are rows of their own."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="intakes")
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.FULL)
    questionnaire = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    help = models.CharField(max_length=8, choices=Help, default=Help.NONE, blank=True)
    helper_name = models.CharField(max_length=120, blank=True)
    is_read_over = models.BooleanField(default=False, help_text="read over to the patient before sending")
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    shown_since = None  # no column: on a clinic tablet, what was answered before that moment stays unseen

    class Meta:
        constraints = [
            models.CheckConstraint(name="intake_purpose_known", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(name="intake_help_known", condition=Q(help__in=Help.values)),
            models.CheckConstraint(name="intake_helper_named", condition=Q(help="") | ~Q(helper_name="")),
            models.CheckConstraint(
                name="intake_submitted_after_start",
                condition=Q(submitted_at__isnull=True) | Q(submitted_at__gte=models.F("started_at")),
            ),
            models.UniqueConstraint(
                fields=["patient", "purpose"],
                condition=Q(submitted_at__isnull=True),
                name="intake_one_open_per_purpose",
            ),
        ]


class Answer(models.Model):
    """What was answered, append-only: the row with the highest id counts, older ones are the history."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=40)
    row = models.PositiveSmallIntegerField(default=0, help_text="for questions that repeat")
    value = models.JSONField(null=True, help_text="null: taken back")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    seen = models.PositiveBigIntegerField(
        null=True, help_text="the newest answer of the intake that the page showed"
    )

    class Meta:
        indexes = [models.Index(fields=["intake", "key", "row", "-id"], name="answer_newest")]


class TabletPass(models.Model):
    """Opens one form on a clinic tablet and nothing else, until it ends. Only its hash is kept."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="tablet_passes")
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tablet_pass_has_time", condition=Q(expires_at__gt=models.F("made_at"))
            ),
        ]
