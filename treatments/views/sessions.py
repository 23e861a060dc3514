"""The record of what was given, and what is added to it later."""

from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic import clock, formats
from clinic.models import Practitioner
from clinic.models.people import Role
from clinic.permissions import CLINICIANS, duties, staff
from clinic.refusals import Refusal
from clinic.services.days import local_day, zone_of
from consultations.refusals import NotRegistered
from treatments.forms.records import AddendumForm, RecordForm
from treatments.models import CourseSession, Record
from treatments.permissions import load_session, load_treatment_record
from treatments.services.history import last_record, since_the_last
from treatments.services.may_treat import Obstacle, Stage, may_treat, newest_precheck
from treatments.services.records import add_addendum, sign_record
from treatments.services.rescreening import would_refuse


@staff(Role.DERMATOLOGIST, keeps_post=True)
def record(request: HttpRequest, session_id: int) -> HttpResponse:
    now = clock.now()
    session = load_session(request, session_id, now=now)
    if request.method != "POST":
        if session.given_on:
            return redirect("course_record", course_id=session.course_id)
        return _show(request, session, _form(session, now), now)
    form = _form(session, now, request.POST)
    if not form.is_valid():
        return _show(request, session, form, now)
    try:
        signed = _sign(request, session, form, now)
    except Refusal as refusal:
        for words in _reasons(refusal):
            form.add_error(None, words)
        return _show(request, session, form, now, status=refusal.status)
    messages.success(request, _("Signed. The next session's days follow from this day."))
    return redirect("treatment_record", record_id=signed.pk)


def _form(session: CourseSession, now: datetime, data=None) -> RecordForm:
    location = session.course.location
    precheck = newest_precheck(session, local_day(now, location))
    return RecordForm(
        data,
        initial={"key": uuid4()},
        zone=zone_of(location),
        now=now,
        is_checked=precheck is not None and precheck.stands,
    )


def _sign(request: HttpRequest, session: CourseSession, form: RecordForm, now: datetime) -> Record:
    signer = Practitioner.objects.filter(user=request.user).first()
    if signer is None:
        raise NotRegistered
    key = form.cleaned_data["key"]
    return sign_record(session=session, practitioner=signer, entry=form.entry(), key=key, now=now)


def _reasons(refusal: Refusal) -> list[str]:
    """The refusal, then each obstacle in words for the doctor."""
    return [str(refusal.text), *(one.doctor_text for one in getattr(refusal, "obstacles", ()))]


def _show(
    request: HttpRequest, session: CourseSession, form: RecordForm, now: datetime, status: int = 200
) -> HttpResponse:
    course, day = session.course, local_day(now, session.course.location)
    found = may_treat(patient=course.patient, session=session, day=day, stage=Stage.INJECTING, now=now)
    decision = course.patient.decisions.select_related("signed_by__resource").order_by("-pk").first()
    context = {
        "session": session,
        "course": course,
        "patient": course.patient,
        "of": course.sessions.filter(dropped_reason="").count(),
        "prescription": course.prescriptions.order_by("-revision").first(),
        "decision": decision,
        "since": since_the_last(session, day),
        "last": last_record(session),
        "obstacles": [one for one in (*found, *_against(session, now)) if one.code != "no_precheck"],
        "needs_consent": any(one.code == "no_procedure_consent" for one in found),
        "born_on": course.patient.born_on and formats.day_with_year(course.patient.born_on),
        "form": form,
        "here": "sessions",
    }
    return render(request, "treatments/record_form.html", context, status=status)


def _against(session: CourseSession, now: datetime) -> tuple[Obstacle, ...]:
    """What the answers have against the product, as signing will find it."""
    return would_refuse(patient=session.course.patient, product=session.product, now=now)


@staff(*CLINICIANS, keeps_post=True)
def treatment_record(request: HttpRequest, record_id: int) -> HttpResponse:
    now = clock.now()
    signed = load_treatment_record(request, record_id, now=now)
    may_add = duties(request).has(Role.DERMATOLOGIST)
    form = AddendumForm(request.POST or None) if may_add else None
    if request.method == "POST" and form and form.is_valid():
        add_addendum(record=signed, text=form.cleaned_data["text"], by=request.user, now=now)
        return redirect("treatment_record", record_id=signed.pk)
    course, zone = signed.session.course, zone_of(signed.session.course.location)
    addenda = signed.addenda.select_related("by").order_by("pk")
    context = {
        "record": signed,
        "course": course,
        "patient": course.patient,
        "started": formats.when(signed.started_at, zone),
        "signed": formats.when(signed.signed_at, zone),
        "addenda": [(one, formats.when(one.at, zone)) for one in addenda],
        "form": form,
        "here": "sessions",
    }
    return render(request, "treatments/record.html", context)
