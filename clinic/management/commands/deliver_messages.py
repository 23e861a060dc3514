"""Sends what is due. With --loop it does what beat and worker do, without Redis and Celery."""

import json
import logging
import signal
import threading
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from clinic import clock, delivery
from clinic.management.json_file import aware_instant, bad_input

logger = logging.getLogger(__name__)

EVERY = 20  # seconds, as the beat


class Command(BaseCommand):
    help = "Send the messages that are due."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--loop", action="store_true", help=f"go on, every {EVERY} seconds, until stopped"
        )
        parser.add_argument("--now", metavar="TIME", help="demo only: the time that decides what is due")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *, loop, now, **options):
        if now and not settings.DEMO:
            raise bad_input("--now is for the demo: elsewhere the clock decides what is due.")
        ahead = aware_instant(now, "--now") - clock.now() if now else timedelta(0)
        if loop:
            return go_on(ahead)
        fates = delivery.deliver_due(now=clock.now() + ahead)
        return json.dumps(fates) if options["json"] else in_words(fates)


def go_on(ahead: timedelta) -> None:
    """Until SIGTERM or Ctrl-C, which let the batch that is being sent finish."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        if not deliver_some(clock.now() + ahead):
            stop.wait(EVERY)


def deliver_some(now: datetime) -> Counter:
    try:
        return delivery.deliver_batch(now=now)
    except (OperationalError, InterfaceError):
        logger.exception("the database is away; the loop goes on")
        close_old_connections()
        return Counter()


def in_words(fates: Counter) -> str:
    return ", ".join(f"{number} {state}" for state, number in sorted(fates.items())) or "nothing was due"
