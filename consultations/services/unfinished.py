"""Whether somebody's first form still waits, and since when. Nothing of what stands in it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from clinic.models import Patient
from consultations.models import Intake
from consultations.models.intakes import Purpose


@dataclass(frozen=True)
class Unfinished:
    """`left_at`: when it was last written in; None where nobody has begun it."""

    left_at: datetime | None


def unfinished_form(patient: Patient) -> Unfinished | None:
    """None once it has been sent. One query."""
    forms = Intake.objects.filter(patient=patient, purpose=Purpose.FULL).order_by("submitted_at", "-pk")
    found = forms.annotate(written_at=Max("answers__at")).values_list(
        "submitted_at", "started_at", "written_at"
    )
    newest = found.first()
    if newest is None:
        return Unfinished(None)
    submitted_at, started_at, written_at = newest
    return None if submitted_at else Unfinished(written_at or started_at)
