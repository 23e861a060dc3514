from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from .people import Patient, User


class Lane(models.TextChoices):
    """How soon a human must make contact; not a verdict about treatment."""

    NONE = "none"
    SEVEN_DAYS = "7-day"
    SAME_DAY = "same-day"
    EMERGENCY = "emergency"

    @property
    def urgency(self) -> int:
        return list(Lane).index(self)


class CallOutcome(models.TextChoices):
    """What came of ringing. Only the second leaves the alarm open: nobody has been looked after yet."""

    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    CAME_IN = "came_in", _("came in")
    HANDED_ON = "handed_on", _("handed on: family, 112 or another doctor")
    FALSE_ALARM = "false_alarm", _("false alarm")


STILL_OPEN = ("", CallOutcome.NO_ANSWER)


class AlarmQuerySet(models.QuerySet):
    def open(self):
        """Nobody has been looked after yet. The dead are not rung."""
        return self.filter(outcome__in=STILL_OPEN, patient__died_on=None)


class Alarm(models.Model):
    """Something that a named human must look at by a deadline."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alarms")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    lane = models.CharField(max_length=12, choices=Lane)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    raised_at = models.DateTimeField()
    deadline = models.DateTimeField()
    acknowledged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True, choices=CallOutcome)
    level = models.PositiveSmallIntegerField(default=0, help_text="how far it has been passed on")
    next_at = models.DateTimeField(null=True, blank=True, help_text="passed on then unless somebody answers")

    objects = AlarmQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["deadline"], name="alarm_open", condition=Q(outcome__in=["", "no_answer"])),
            models.Index(fields=["next_at"], name="alarm_next", condition=Q(outcome__in=["", "no_answer"])),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="alarm_once"),
            models.CheckConstraint(name="alarm_lane_known", condition=Q(lane__in=Lane.values)),
            models.CheckConstraint(name="alarm_has_time", condition=Q(deadline__gte=models.F("raised_at"))),
            models.CheckConstraint(
                name="alarm_acknowledged_pair",
                condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
            ),
            models.CheckConstraint(
                name="alarm_outcome_of_somebody",
                condition=Q(outcome="", acknowledged_at__isnull=True)
                | Q(outcome__in=CallOutcome.values, acknowledged_at__isnull=False),
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.outcome in STILL_OPEN


class AlarmStep(models.Model):
    """To whom an alarm was given, when and why. Never changed."""

    class Why(models.TextChoices):
        RAISED = "raised"
        UNANSWERED = "unanswered"
        AWAY = "away"
        NOBODY = "nobody", "nobody on the rota"

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="steps")
    level = models.PositiveSmallIntegerField(help_text="1 on call, 2 second doctor, 3 managers")
    to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=12, choices=Why)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alarm", "level", "to"], name="alarm_step_once"),
            models.CheckConstraint(
                name="alarm_step_why_known",
                condition=Q(why__in=["raised", "unanswered", "away", "nobody"]),
            ),
        ]


class OnCall(models.Model):
    """Who answers alarms over a span of time: first, or second when the first does not."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="on_call")
    rank = models.PositiveSmallIntegerField(default=1, help_text="1 first, 2 second")
    starts = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="on_call_rank_known", condition=Q(rank__in=[1, 2])),
            models.CheckConstraint(name="on_call_ends_after_start", condition=Q(ends__gt=F("starts"))),
            ExclusionConstraint(
                name="on_call_one_of_a_rank",
                expressions=[
                    (
                        Func(F("starts"), F("ends"), function="TSTZRANGE", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    ("rank", RangeOperators.EQUAL),
                ],
            ),
        ]
