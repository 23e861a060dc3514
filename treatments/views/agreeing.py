"""The words before the injections of a course: to read, to agree to and to take back on the same page.

By the patient alone, or on the clinic's tablet, handed over by a nurse or a doctor.
"""

from contextlib import suppress
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic import clock
from clinic.permissions import CLINICIANS, account_required, staff
from clinic.refusals import Refusal
from consultations import refusals
from consultations.forms.agreeing import ClinicSigningForm, OwnSigningForm, SigningForm
from consultations.rules.consent_texts import PROCEDURE
from consultations.services.agreements import Signing
from consultations.services.standing import standing_consent
from consultations.services.withdrawals import withdraw_consent
from consultations.views.agreement_words import address_of, given_words, words_shown
from treatments.models import Course, CourseSession
from treatments.permissions import load_course, load_session
from treatments.services.agreeing import Shown, agree_to_course, consent_subject

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
@account_required
def procedure_agreement(request: HttpRequest, course_id: int) -> HttpResponse:
    """The patient's own page. Behind a shared phone it opens after the PIN."""
    now = clock.now()
    course = load_course(request, course_id, now=now)
    if request.method != "POST":
        return _own_page(request, course, OwnSigningForm())
    if request.POST.get("wish") == "withdraw":
        return _take_back(request, course, now)
    form = OwnSigningForm(request.POST)
    if not form.is_valid():
        return _own_page(request, course, form, status=422)
    try:
        _agree(request, course, form, form.signing(address=address_of(request)), now)
    except Refusal as refused:
        return _own_page(request, course, form, refused.text, status=refused.status)
    return redirect("procedure_agreement", course.pk)


def _agree(request: HttpRequest, course: Course, form: SigningForm, signing: Signing, now: datetime) -> None:
    shown = Shown(**form.shown, about_key=form.cleaned_data["about"])
    agree_to_course(course=course, shown=shown, by=request.user, now=now, signing=signing)


def _take_back(request: HttpRequest, course: Course, now: datetime) -> HttpResponse:
    about = consent_subject(course).about
    with suppress(refusals.NothingToWithdraw):  # already, in another window or by the clinic
        withdraw_consent(patient=course.patient, purpose=PROCEDURE, about=about, by=request.user, now=now)
    messages.success(request, _("Taken back. Your visits stay booked; nothing is injected."))
    return redirect("procedure_agreement", course.pk)


def _own_page(
    request: HttpRequest, course: Course, form: SigningForm, refused: str = "", status: int = 200
) -> HttpResponse:
    content = _content(course, form, refused)
    return render(request, "treatments/agreement.html", content, status=status)


def _content(course: Course, form: SigningForm, refused: str) -> dict[str, object]:
    subject = consent_subject(course)
    standing = standing_consent(course.patient, PROCEDURE, about=subject.about, document=subject.document)
    return {
        **words_shown(subject.document, about=subject.about),
        "course": course,
        "patient": course.patient,
        "form": form,
        "standing": standing,
        "given": given_words(standing.consent) if standing else "",
        "may_agree": course.ended_on is None and not (standing and standing.is_current),
        "refused": refused,
        "has_errors": bool(refused or form.errors),
    }


@never_cache
@get_or_post
@staff(*CLINICIANS)
def procedure_consent(request: HttpRequest, session_id: int) -> HttpResponse:
    """The patient reads the words on the clinic's tablet, or has them read out, and signs there."""
    now = clock.now()
    session = load_session(request, session_id, now=now)
    course, taken_by = session.course, request.user.name
    if request.method != "POST":
        return _clinic_page(request, session, ClinicSigningForm(taken_by=taken_by))
    form = ClinicSigningForm(request.POST, taken_by=taken_by)
    if not form.is_valid():
        return _clinic_page(request, session, form, status=422)
    try:
        _agree(request, course, form, form.signing(place=course.location), now)
    except Refusal as refused:
        return _clinic_page(request, session, form, refused.text, status=refused.status)
    return redirect("procedure_consent", session.pk)


def _clinic_page(
    request: HttpRequest, session: CourseSession, form: SigningForm, refused: str = "", status: int = 200
) -> HttpResponse:
    content = _content(session.course, form, refused) | {"session": session, "here": "sessions"}
    return render(request, "treatments/consent.html", content, status=status)
