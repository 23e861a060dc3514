"""Who fills in a form here, and where they come from and go to: the patient, a helper, a locked tablet."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import Intake
from consultations.permissions import tablet_of
from consultations.rules.questionnaire import questions_on
from consultations.services.intake_pages import Place


def frame(request: HttpRequest, intake: Intake, place: Place | None = None) -> dict[str, object]:
    """What the pages of the form need to know about that."""
    return {
        "frame": _base(request),
        "home": home(request, intake),
        "is_helped": bool(intake.help),
        "is_helper": is_helper(request),
        "for_the_doctor": bool(intake.help and place and _asks_in_private(place)),
    }


def is_own(request: HttpRequest) -> bool:
    return not tablet_of(request) and not is_helper(request)


def is_helper(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_staff


def _base(request: HttpRequest) -> str:
    if tablet_of(request):
        return "consultations/tablet/base.html"
    return "consultations/assisting/base.html" if is_helper(request) else "base_patient.html"


def _asks_in_private(place: Place) -> bool:
    """Whatever was answered: that the words stand there must not tell anything."""
    return any(question.private for question in questions_on(place.page.key))


def home(request: HttpRequest, intake: Intake) -> str:
    """Where the way out leads."""
    if tablet_of(request):
        return reverse("tablet")
    return reverse("assist", args=[intake.patient_id]) if is_helper(request) else reverse("my_visits")


def beginning(request: HttpRequest, intake: Intake) -> str:
    """Where the agreement is asked for."""
    return reverse("intake") if is_own(request) else home(request, intake)


def after_sending(request: HttpRequest, intake: Intake) -> str:
    if is_own(request):
        return reverse("intake_sent", args=[intake.pk])
    if is_helper(request):
        messages.success(request, _("Sent to the doctor."))
    return home(request, intake)
