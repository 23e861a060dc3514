"""The one place that reads the clock. Views, tasks and commands call it once and pass `now` down."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    return timezone.now()
