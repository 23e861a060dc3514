"""Two questions of whoever watches the processes: is it up (/healthz), and can it work (/readyz)?

Neither says more than states and seconds, and neither needs a log-in.
"""

from datetime import timedelta
from threading import Event

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import JsonResponse
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from clinic import checks, clock
from clinic.demo_mark import demo_is_loaded
from clinic.models import Message
from clinic.models.outbox import OPEN_STATES
from clinic.services import escalating

TOO_LATE = timedelta(minutes=5)  # a beat every 20 s: something is wrong long before
ASK_FOR = 2  # seconds that a dead or frozen broker may take
migrated = Event()


@require_safe
def healthz(request):
    try:
        lacking = what_is_lacking()
    except DatabaseError:
        lacking = "database"
    return answer({"up": lacking is None, **({"lacking": lacking} if lacking else {})}, ok=lacking is None)


@require_safe
def readyz(request):
    try:
        late = oldest_due()
        database, due = "ok", None if late is None else round(late.total_seconds())
        untold = escalating.untold(now=clock.now())
    except DatabaseError:
        late, database, due, untold = None, "down", None, None
    broker = "ok" if broker_answers(settings.REDIS_URL) else "down"
    demo_in_production = checks.has_demo_accounts_in_production()
    found = {"database": database, "broker": broker, "oldest_due_seconds": due, "untold_calls": untold}
    ok = database == broker == "ok" and (late is None or late <= TOO_LATE) and not demo_in_production
    return answer({"ready": ok, **found}, ok=ok)


def answer(found: dict, *, ok: bool) -> JsonResponse:
    return JsonResponse(found, status=200 if ok else 503)


def what_is_lacking() -> str | None:
    if not all_migrated():
        return "migrations"
    return "demo clinic" if settings.DEMO and not demo_is_loaded() else None


def all_migrated() -> bool:
    """Once true it stays true for this process: a new migration comes with new code."""
    if not migrated.is_set():
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            migrated.set()
    return migrated.is_set()


def oldest_due() -> timedelta | None:
    """How long the message that has waited longest is overdue."""
    now = clock.now()
    due = Message.objects.filter(state__in=OPEN_STATES, due_at__lte=now).aggregate(oldest=Min("due_at"))
    return now - due["oldest"] if due["oldest"] else None


def broker_answers(url: str) -> bool:
    """Celery writes a socket's address in its own way."""
    if url.startswith("redis+socket://"):
        url = url.replace("redis+socket", "unix", 1).replace("?virtual_host=", "?db=", 1)
    try:
        with Redis.from_url(url, socket_timeout=ASK_FOR, socket_connect_timeout=ASK_FOR) as broker:
            return bool(broker.ping())
    except (RedisError, OSError, ValueError):
        return False
