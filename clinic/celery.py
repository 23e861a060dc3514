"""Celery: a doorbell, never the memory. Every tick may be lost, late or doubled and nothing is lost by it.

Worker:  celery -A clinic.celery worker      Beat (one, never -B in a worker):  celery -A clinic.celery beat
"""

import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

from django.conf import settings

DELIVER_EVERY = 20  # seconds
ESCALATE_EVERY = 60
OFFER_FREED_TIMES_EVERY = 60
SEND_DAY_LISTS_EVERY = 180
CLOSE_ACCOUNTS_EVERY = 900
CLEAR_PHOTO_FILES_EVERY = 3600

app = Celery("clinic")
app.conf.update(
    broker_url=settings.REDIS_URL or "redis://redis-url-is-not-set.invalid",
    # What may travel: json, ids only; Redis must never hold what a patient said.
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    worker_hijack_root_logger=False,
    # A task is done when it has ended, so that a killed worker's task runs again.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_soft_time_limit=90,
    task_time_limit=120,
    # A dead or frozen Redis is noticed in seconds, and publishing gives up.
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=4,
    broker_transport_options={
        "visibility_timeout": 600,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 4,
        "health_check_interval": 25,
        "retry_on_timeout": True,
    },
    task_publish_retry_policy={
        "max_retries": 2,
        "interval_start": 0.2,
        "interval_step": 0.5,
        "interval_max": 1,
    },
    worker_cancel_long_running_tasks_on_connection_loss=True,
    # Stopping: finish what runs, then give it back.
    worker_soft_shutdown_timeout=8,
    worker_enable_soft_shutdown_on_idle=True,
    worker_max_tasks_per_child=2_000,
    # Nobody listens, and each costs messages.
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    timezone="UTC",
    enable_utc=True,
    beat_schedule={
        "deliver messages": {
            "task": "clinic.tasks.deliver_due",
            "schedule": DELIVER_EVERY,
            "options": {"expires": DELIVER_EVERY},  # while no worker runs, ticks must not pile up
        },
        "pass alarms on": {
            "task": "clinic.tasks.escalate",
            "schedule": ESCALATE_EVERY,
            "options": {"expires": ESCALATE_EVERY},
        },
        "offer freed times": {
            "task": "bookings.tasks.offer_freed_times",
            "schedule": OFFER_FREED_TIMES_EVERY,
            "options": {"expires": OFFER_FREED_TIMES_EVERY},
        },
        "send day lists": {
            "task": "bookings.tasks.send_day_lists",
            "schedule": SEND_DAY_LISTS_EVERY,
            "options": {"expires": SEND_DAY_LISTS_EVERY},
        },
        "close accounts of leavers": {
            "task": "bookings.tasks.close_accounts_of_leavers",
            "schedule": CLOSE_ACCOUNTS_EVERY,
            "options": {"expires": CLOSE_ACCOUNTS_EVERY},
        },
        "clear photo files": {
            "task": "consultations.tasks.clear_photo_files",
            "schedule": CLEAR_PHOTO_FILES_EVERY,
            "options": {"expires": CLEAR_PHOTO_FILES_EVERY},
        },
    },
)
app.autodiscover_tasks()


@setup_logging.connect
def keep_the_projects_logging(**_kwargs):
    """Being connected is the point: Celery then leaves LOGGING of settings.py alone."""


@worker_init.connect
@beat_init.connect
def refuse_what_production_refuses(**_kwargs):
    from django.core.exceptions import ImproperlyConfigured

    from clinic.checks import refuse_to_serve

    try:
        refuse_to_serve()
    except ImproperlyConfigured as refusal:
        raise SystemExit(
            str(refusal)
        ) from None  # of an Exception, Celery would only log that a signal failed
