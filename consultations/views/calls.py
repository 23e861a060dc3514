"""What came of ringing a patient."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic import clock
from clinic.models import Alarm
from clinic.models.alarms import CallOutcome
from clinic.models.people import Role
from clinic.permissions import staff
from clinic.refusals import Refusal
from clinic.services.alarms import acknowledge
from consultations.forms.calls import CalledForm
from consultations.permissions import load_record


@require_POST
@staff(Role.DERMATOLOGIST)
def called(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Settles the alarms that stood on the doctor's page; one raised since stays open."""
    now = clock.now()
    patient = load_record(request, patient_id, now=now)
    form = CalledForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what came of the call."))
        return redirect("review_queue")
    outcome = form.cleaned_data["outcome"]
    seen = Alarm.objects.filter(patient=patient, pk__in=form.cleaned_data["alarms"])
    try:
        acknowledge(alarms=seen, by=request.user, outcome=outcome, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.text)
    else:
        no_answer = outcome == CallOutcome.NO_ANSWER
        messages.success(request, _("Noted. It stays on the list.") if no_answer else _("Noted."))
    return redirect("review_queue")
