"""Thin, idempotent, without arguments: what they do may happen late, twice or never and nothing is lost."""

from celery import shared_task

from bookings.services.house import leavers
from bookings.services.papers import day_list_sending
from bookings.services.waiting import filling
from clinic import clock


@shared_task(name="bookings.tasks.send_day_lists", ignore_result=True)
def send_day_lists() -> None:
    day_list_sending.send_due(now=clock.now())


@shared_task(name="bookings.tasks.close_accounts_of_leavers", ignore_result=True)
def close_accounts_of_leavers() -> None:
    leavers.close_due(now=clock.now())


@shared_task(name="bookings.tasks.offer_freed_times", ignore_result=True)
def offer_freed_times() -> None:
    filling.fill(now=clock.now())
