"""Thin, idempotent, without arguments: what they do may happen late, twice or never and nothing is lost."""

from celery import shared_task

from clinic import clock, delivery
from clinic.services import escalating


@shared_task(name="clinic.tasks.deliver_due", ignore_result=True)
def deliver_due() -> None:
    delivery.deliver_due(now=clock.now())


@shared_task(name="clinic.tasks.escalate", ignore_result=True)
def escalate() -> None:
    escalating.escalate(now=clock.now())
