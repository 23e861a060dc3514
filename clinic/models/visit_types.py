from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .places import Practitioner, ResourceKind


class VisitKind(models.TextChoices):
    CONSULTATION = "consultation", _("consultation")
    SESSION = "session", _("session")


class VisitTypeQuerySet(models.QuerySet):
    def current(self):
        """Those that new visits may be of."""
        return self.filter(retired_at__isnull=True)


class VisitType(models.Model):
    """What somebody comes for, as steps that need resources. A consultation is one too."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=VisitKind)
    is_online = models.BooleanField(default=False, help_text="patients may book it themselves")
    start_every_minutes = models.PositiveSmallIntegerField(default=15)
    notice_minutes = models.PositiveIntegerField(
        default=60, help_text="earliest start from now, for patients"
    )
    horizon_days = models.PositiveSmallIntegerField(default=90)
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="another version took its place; courses under way keep this one"
    )

    objects = VisitTypeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="visit_type_retired_offline", condition=Q(retired_at__isnull=True) | Q(is_online=False)
            ),
            models.CheckConstraint(name="visit_type_kind_known", condition=Q(kind__in=VisitKind.values)),
            models.CheckConstraint(
                name="visit_type_grid", condition=Q(start_every_minutes__in=[5, 10, 15, 20, 30, 60])
            ),
        ]


class Step(models.Model):
    """One part of a visit: numbing, injecting, watching."""

    visit_type = models.ForeignKey(VisitType, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit_type", "position"], name="step_position_once"),
            models.CheckConstraint(name="step_on_grid", condition=Q(minutes__in=list(range(5, 245, 5)))),
        ]


class Need(models.Model):
    """A resource kind a step needs; `same_as` asks for the very one an earlier step of the visit had."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="needs")
    kind = models.CharField(max_length=12, choices=ResourceKind)
    same_as = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="need_kind_known", condition=Q(kind__in=ResourceKind.values)),
            # one practitioner treats one person: two at once would need counting nobody asked for
            models.UniqueConstraint(
                fields=["step"], condition=Q(kind="practitioner"), name="need_one_practitioner_a_step"
            ),
        ]


class Qualified(models.Model):
    """This practitioner may do this type of visit."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="qualified")
    visit_type = models.ForeignKey(VisitType, on_delete=models.CASCADE, related_name="qualified")
    daily_cap = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="at most so many of these a day; empty: as many as fit"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "visit_type"], name="qualified_once"),
            models.CheckConstraint(
                name="qualified_cap_positive", condition=Q(daily_cap__isnull=True) | Q(daily_cap__gte=1)
            ),
        ]


class Price(models.Model):
    """What a visit costs from a day on, in the location's currency."""

    visit_type = models.ForeignKey(VisitType, on_delete=models.CASCADE, related_name="prices")
    from_on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit_type", "from_on"], name="price_once_a_day"),
            models.CheckConstraint(name="price_not_negative", condition=Q(amount__gte=0)),
        ]
