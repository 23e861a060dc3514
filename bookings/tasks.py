"""Thin, idempotent, without arguments: what they do may happen late, twice or never and nothing is lost."""

from celery import shared_task

from bookings.services import day_list_sending
from clinic import clock


@shared_task(name="bookings.tasks.send_day_lists", ignore_result=True)
def send_day_lists() -> None:
    day_list_sending.send_due(now=clock.now())
