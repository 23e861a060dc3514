"""The demo clinic's last row: where it is, everything before it is there too."""

from datetime import datetime

from clinic import audit
from clinic.models import AuditRow

ACTION, SUBJECT = "demo_loaded", "demo:1"


def demo_is_loaded() -> bool:
    return AuditRow.objects.filter(subject=SUBJECT, action=ACTION).exists()


def mark_demo_loaded(*, now: datetime) -> None:
    audit.record(by=None, action=ACTION, subject=SUBJECT, patient=None, now=now)
