"""The words before the injections: to read, to agree to, and to take back on the same page."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic import clock, formats
from clinic.permissions import record_required
from clinic.refusals import Refusal
from clinic.services.days import zone_of
from consultations import refusals
from consultations.rules.consent_texts import PROCEDURE, consent_content
from consultations.services.agreements import agree, words_hash
from consultations.services.standing import Standing, standing_consent
from consultations.services.withdrawals import withdraw_consent


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@record_required
def procedure_agreement(request: HttpRequest) -> HttpResponse:
    """The patient's own page. Behind a shared phone it opens after the PIN."""
    if request.method != "POST":
        return _page(request)
    try:
        _write(request, clock.now())
    except refusals.NothingToWithdraw:
        pass  # taken back already, in another window or by the clinic: the page says so
    except Refusal as refused:
        return _page(request, refused)
    return redirect("procedure_agreement")


def _write(request: HttpRequest, now: datetime) -> None:
    patient, by = request.patient, request.user
    if request.POST.get("wish") == "withdraw":
        withdraw_consent(patient=patient, purpose=PROCEDURE, by=by, now=now)
        messages.success(request, _("Taken back. Your visits stay booked; nothing is injected."))
        return
    if not _has_talked(request):
        raise refusals.DoctorFirst
    shown, language = request.POST.get("words", ""), get_language() or "en"
    agree(patient=patient, purpose=PROCEDURE, shown=shown, language=language, by=by, now=now)


def _has_talked(request: HttpRequest) -> bool:
    """The words say that the doctor explained the treatment: nobody agrees to them before."""
    return request.patient.decisions.exists()


def _page(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    standing = standing_consent(request.patient, PROCEDURE)
    content = {
        "patient": request.patient,
        "agreement": consent_content(PROCEDURE),
        "shown": words_hash(PROCEDURE),
        "standing": standing,
        "given": _given(standing, request) if standing else "",
        "may_agree": _has_talked(request) and not (standing and standing.is_current),
        "refused": refused.text if refused else "",
        "has_errors": refused is not None,
    }
    status = refused.status if refused else 200
    return render(request, "consultations/agreement.html", content, status=status)


def _given(standing: Standing, request: HttpRequest) -> str:
    """When, and in front of whom when it was not the person's own account."""
    consent = standing.consent
    when = formats.when(consent.given_at, zone_of())
    if consent.given_by and consent.given_by.is_staff:
        said = {"when": when, "who": consent.given_by.name or _("a colleague")}
        return _("You agreed on %(when)s, in front of %(who)s.") % said
    return _("You agreed on %(when)s.") % {"when": when}
