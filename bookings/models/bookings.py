from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from clinic.models import Location, Patient, Practitioner, Resource, Step, User, VisitType
from consultations.models import Consultation
from treatments.models import Course, CourseSession


class TimeSpan(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class DaySpan(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class OnGrid(Func):
    """True for an instant that is a whole multiple of five minutes."""

    template = "(MOD(EXTRACT(EPOCH FROM %(expressions)s), 300) = 0)"
    output_field = models.BooleanField()


class Length(Func):
    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = models.DurationField()


class Status(models.TextChoices):
    HELD = "held", _("held")
    BOOKED = "booked", _("booked")
    ARRIVED = "arrived", _("arrived")
    PREPARING = "preparing", _("preparing")
    IN_ROOM = "in_room", _("in the room")
    WATCHING = "watching", _("being watched")
    DONE = "done", _("done")
    NO_SHOW = "no_show", _("did not come")
    CANCELLED = "cancelled", _("cancelled")


LIVE = (Status.HELD, Status.BOOKED, Status.ARRIVED, Status.PREPARING, Status.IN_ROOM, Status.WATCHING)
PRESENT = (Status.ARRIVED, Status.PREPARING, Status.IN_ROOM, Status.WATCHING)
GONE = (Status.NO_SHOW, Status.CANCELLED)

_COUNTS = Q(clear_until__isnull=False, parked=False, replaces__isnull=True, too_close_why="")


class BookingQuerySet(models.QuerySet):
    def live(self):
        return self.filter(status__in=LIVE)

    def unexpired(self, now):
        return self.filter(Q(held_until__isnull=True) | Q(held_until__gt=now))

    def counting(self):
        """Session bookings that count for gaps, limits and 'one booking per session'."""
        return self.filter(clear_until__isnull=False, replaces__isnull=True)


class Booking(models.Model):
    """A time taken. Only bookings/door.py writes times, status and claims.

    `day` is the local date at the location. A session booking counts while `clear_until` is set: no other
    session of the course may lie in [day, clear_until). `parked` is true only inside a door transaction.
    """

    reference = models.CharField(max_length=8, unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="bookings")
    visit_type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="bookings")
    session = models.ForeignKey(CourseSession, on_delete=models.PROTECT, null=True, related_name="bookings")
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, null=True, related_name="bookings"
    )
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="bookings")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="bookings")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    day = models.DateField()
    clear_until = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status)
    held_until = models.DateTimeField(null=True, blank=True)
    held_for = models.CharField(max_length=40, blank=True, help_text="browser a hold belongs to, hashed")
    replaces = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="offers"
    )
    together = models.UUIDField(
        null=True, blank=True, help_text="offers of one plan: answered as one, all or none"
    )
    parked = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    held_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="who holds it, logged in",
    )
    hold_extended = models.BooleanField(default=False)
    arrived_at = models.DateTimeField(null=True, blank=True)
    status_at = models.DateTimeField(null=True, blank=True, help_text="when its status was set")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="they said they come")
    confirmed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="empty: the patient",
    )
    late_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="they said they are late"
    )
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kept_why = models.CharField(max_length=80, blank=True)
    fit_in_reason = models.CharField(max_length=80, blank=True)
    too_close_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    too_close_why = models.CharField(max_length=80, blank=True)
    entered_late_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_late_at = models.DateTimeField(null=True, blank=True)
    entered_late_why = models.CharField(max_length=80, blank=True)
    in_error_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    in_error_at = models.DateTimeField(null=True, blank=True)
    in_error_why = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    objects = BookingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["location", "day"], name="booking_location_day"),
            models.Index(fields=["patient", "starts"], name="booking_patient"),
            models.Index(fields=["practitioner", "starts"], name="booking_practitioner"),
            models.Index(fields=["together"], condition=Q(together__isnull=False), name="booking_together"),
            models.Index(fields=["held_until"], condition=Q(held_until__isnull=False), name="booking_held"),
        ]
        constraints = [
            ExclusionConstraint(
                name="booking_patient_in_two_places",
                expressions=[
                    ("patient", RangeOperators.EQUAL),
                    (TimeSpan("starts", "ends"), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=LIVE, parked=False, replaces__isnull=True),
            ),
            ExclusionConstraint(
                name="booking_course_too_close",
                expressions=[
                    ("course", RangeOperators.EQUAL),
                    (DaySpan("day", "clear_until"), RangeOperators.OVERLAPS),
                ],
                condition=_COUNTS,
            ),
            ExclusionConstraint(
                name="booking_injections_too_close",
                expressions=[
                    ("patient", RangeOperators.EQUAL),
                    (DaySpan(F("day"), F("day") + Value(7)), RangeOperators.OVERLAPS),
                ],
                condition=_COUNTS,
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(clear_until__isnull=False, replaces__isnull=True),
                name="booking_one_per_session",
            ),
            models.UniqueConstraint(
                fields=["held_for"],
                condition=Q(status="held") & ~Q(held_for=""),
                name="booking_one_hold_a_browser",
            ),
            models.CheckConstraint(name="booking_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="booking_ends_after_start", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(name="booking_on_grid", condition=Q(OnGrid("starts"), OnGrid("ends"))),
            models.CheckConstraint(
                name="booking_held_has_expiry",
                condition=Q(status="held", held_until__isnull=False)
                | (~Q(status="held") & Q(held_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="booking_has_patient", condition=Q(status="held") | Q(patient__isnull=False)
            ),
            models.CheckConstraint(
                name="booking_session_of_course",
                condition=Q(course__isnull=True, session__isnull=True, clear_until__isnull=True)
                | Q(course__isnull=False, session__isnull=False, patient__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_live_session_counts",
                condition=Q(session__isnull=True) | ~Q(status__in=LIVE) | Q(clear_until__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_clear_after_day",
                condition=Q(clear_until__isnull=True) | Q(clear_until__gt=F("day")),
            ),
            models.CheckConstraint(
                name="booking_gone_does_not_count",
                condition=~Q(status__in=GONE) | Q(clear_until__isnull=True),
            ),
            models.CheckConstraint(
                name="booking_error_does_not_count",
                condition=Q(in_error_at__isnull=True) | Q(clear_until__isnull=True),
            ),
            models.CheckConstraint(
                name="booking_together_offers",
                condition=Q(together__isnull=True) | Q(replaces__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_confirmed_pair",
                condition=Q(confirmed_by__isnull=True) | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_late_by",
                condition=Q(late_minutes__isnull=True) | Q(late_minutes__in=[10, 20, 30]),
            ),
            models.CheckConstraint(
                name="booking_kept_pair",
                condition=Q(kept_by__isnull=True, kept_why="") | (Q(kept_by__isnull=False) & ~Q(kept_why="")),
            ),
            models.CheckConstraint(
                name="booking_too_close_pair",
                condition=Q(too_close_by__isnull=True, too_close_why="")
                | (Q(too_close_by__isnull=False) & ~Q(too_close_why="")),
            ),
            models.CheckConstraint(
                name="booking_late_pair",
                condition=Q(entered_late_by__isnull=True, entered_late_at__isnull=True, entered_late_why="")
                | (Q(entered_late_by__isnull=False, entered_late_at__isnull=False) & ~Q(entered_late_why="")),
            ),
            models.CheckConstraint(
                name="booking_error_pair",
                condition=Q(in_error_by__isnull=True, in_error_at__isnull=True, in_error_why="")
                | (Q(in_error_by__isnull=False, in_error_at__isnull=False) & ~Q(in_error_why="")),
            ),
        ]


class Claim(models.Model):
    """One resource for one step of a booking; a room's turnover lengthens it.

    The exclusion below is the whole double-booking rule, so rows of cancelled, no-show and expired bookings
    are deleted and nothing is exempt.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="claims")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="claims")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    held_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["resource", "starts"], include=["ends", "held_until"], name="claim_resource"
            ),
        ]
        constraints = [
            ExclusionConstraint(
                name="claim_resource_taken",
                expressions=[
                    ("resource", RangeOperators.EQUAL),
                    (TimeSpan("starts", "ends"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="claim_ends_after_start", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(
                name="claim_at_most_half_a_day",
                condition=Q(ends__lte=F("starts") + Value("12 hours", output_field=models.DurationField())),
            ),
        ]
