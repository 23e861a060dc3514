"""How far somebody's first form is. Says nothing of what stands in it."""

from clinic.models import Patient
from consultations.models import Intake
from consultations.models.intakes import Purpose

NOT_STARTED, IN_PROGRESS, SENT = "not_started", "in_progress", "sent"


def form_state(patient: Patient) -> str:
    forms = Intake.objects.filter(patient=patient, purpose=Purpose.FULL).order_by("-pk")
    newest = forms.values_list("submitted_at").first()
    if newest is None:
        return NOT_STARTED
    return SENT if newest[0] else IN_PROGRESS
