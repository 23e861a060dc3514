"""Who may see what. Views never load by bare id: a loader here or in another app's permissions.py loads and
checks in one step, and answers 404 when it is somebody else's, exactly as when it does not exist.

                own record   times, names,   "doctor to review"   answers, decisions,   signs   hours, people,
                             phones          and desk texts       records                       prices, rules
    patient     yes
    front desk               yes             yes
    nurse                    yes             yes                  yes
    dermatologist            yes             yes                  yes                   yes
    manager                  yes             yes                                                yes

A role may hold at one location only. That narrows the diary: bookings, times of courses, day lists. A
patient's record belongs to the group and follows the patient: clinicians of every location may read it,
each reading is noted.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from clinic import audit, unsaved
from clinic.models import Alarm, Location, Message, Patient
from clinic.models.people import Role

CLINICIANS = (Role.NURSE, Role.DERMATOLOGIST)
EVERYBODY_HERE = tuple(Role)

CHOSEN_PERSON = "patient"  # session: whom this account is looking after just now
OPENED_BY_PIN = "opened_by_pin"  # session: patients behind a shared phone whose PIN was given
BROWSER = "browser"  # session: a token of its own, for holds made before anybody logs in


class PinNeeded(Exception):
    """This person shares the phone: the code opens times and places only. The middleware asks for the PIN."""

    def __init__(self, patient_id: int) -> None:
        super().__init__("PIN needed")
        self.patient_id = patient_id


# Staff


@dataclass(frozen=True)
class Duties:
    """What a member of staff may do and where: role → locations, None for all of them."""

    places: dict[str, frozenset[int] | None]

    def has(self, *roles: str) -> bool:
        return any(role in self.places for role in roles)

    def locations(self, *roles: str) -> frozenset[int] | None:
        """Where any of these roles holds; None means everywhere."""
        held = [self.places[role] for role in roles if role in self.places]
        return None if None in held else frozenset[int]().union(*held)

    def covers(self, location_id: int, *roles: str) -> bool:
        where = self.locations(*roles)
        return where is None or location_id in where


def duties(request: HttpRequest) -> Duties:
    """Of whoever is logged in, read once a request; empty for patients and strangers."""
    if not hasattr(request, "_duties"):
        request._duties = _read_duties(request.user)
    return request._duties


def _read_duties(user) -> Duties:
    places: dict[str, frozenset[int] | None] = {}
    if user.is_authenticated and user.is_staff:
        for role, location in user.roles.values_list("role", "location"):
            earlier = places.get(role, frozenset())
            everywhere = location is None or earlier is None
            places[role] = None if everywhere else earlier | {location}
    return Duties(places)


def staff(*roles: str, keeps_post: bool = False) -> Callable:
    """For members of staff with one of these roles (any role if none is named); 404 for everybody else.

    `keeps_post`: what was typed survives a log-in that ran out (clinic/unsaved.py).
    """
    allowed = roles or EVERYBODY_HERE

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_log_in(request, "staff_login", keeps_post=keeps_post)
            if not duties(request).has(*allowed):
                raise Http404
            unsaved.settle(request)
            return view(request, *args, **kwargs)

        guarded.keeps_post = keeps_post
        return guarded

    return decorate


def my_locations(request: HttpRequest, *roles: str) -> QuerySet[Location]:
    """Open locations where this member of staff has one of the roles (any role if none is named)."""
    where = duties(request).locations(*(roles or EVERYBODY_HERE))
    locations = Location.objects.filter(opened_on__isnull=False)
    return locations if where is None else locations.filter(pk__in=where)


def load_location(request: HttpRequest, slug: str, *roles: str) -> Location:
    return get_object_or_404(my_locations(request, *roles), slug=slug)


# Patients


def account_required(view: Callable) -> Callable:
    """For a logged-in patient's account, whoever it is for; staff get 404: they have pages of their own."""
    return _account_view(view, keeps_post=False, before=lambda request: None)


def patient_required(view: Callable | None = None, *, keeps_post: bool = False) -> Callable:
    """For an account that has said who it is for: sets request.patient. Opens times and places only."""
    if view is None:
        return lambda real: patient_required(real, keeps_post=keeps_post)
    return _account_view(view, keeps_post=keeps_post, before=_settle_person)


def record_required(view: Callable) -> Callable:
    """As patient_required, for pages that show or ask health matters: behind a shared phone after the PIN."""

    def before(request: HttpRequest) -> HttpResponse | None:
        return _settle_person(request) or _check_pin(request, request.patient)

    return _account_view(view, keeps_post=False, before=before)


def _account_view(view: Callable, *, keeps_post: bool, before: Callable) -> Callable:
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_log_in(request, "account_login", keeps_post=keeps_post)
        if request.user.is_staff:
            raise Http404
        unsaved.settle(request)
        return before(request) or view(request, *args, **kwargs)

    guarded.keeps_post = guarded.keeps_patients_post = keeps_post
    return guarded


def _settle_person(request: HttpRequest) -> HttpResponse | None:
    request.patient = current_patient(request)
    return None if request.patient else to_people(unsaved.return_path(request))


def _check_pin(request: HttpRequest, patient: Patient) -> None:
    if not opened(request, patient):
        raise PinNeeded(patient.pk)


def current_patient(request: HttpRequest) -> Patient | None:
    """Whom this account looks after just now: the one chosen, or its only one."""
    people = list(Patient.objects.of_account(request.user).order_by("pk"))
    chosen = request.session.get(CHOSEN_PERSON)
    if len(people) == 1:
        return people[0]
    return next((person for person in people if person.pk == chosen), None)


def choose_patient(request: HttpRequest, patient: Patient) -> None:
    request.session[CHOSEN_PERSON] = patient.pk


def opened(request: HttpRequest, patient: Patient) -> bool:
    """Whether this session may see more of the patient than times and places."""
    return not patient.phone_shared or patient.pk in request.session.get(OPENED_BY_PIN, [])


def open_by_pin(request: HttpRequest, patient: Patient) -> None:
    request.session[OPENED_BY_PIN] = sorted({*request.session.get(OPENED_BY_PIN, []), patient.pk})


def browser_key(request: HttpRequest) -> str:
    """Names this browser to the door while nobody is logged in; stays the same through the log-in."""
    if BROWSER not in request.session:
        request.session[BROWSER] = secrets.token_urlsafe(24)
    return hashlib.sha256(request.session[BROWSER].encode()).hexdigest()[:40]


# Somewhere else first


def to_log_in(request: HttpRequest, log_in: str, *, keeps_post: bool) -> HttpResponse:
    back = unsaved.return_path(request)
    if request.method == "POST":
        unsaved.note(request, back=back, keeps_post=keeps_post)
    address = f"{reverse(log_in)}?{urlencode({REDIRECT_FIELD_NAME: back})}"
    return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)


def to_people(back: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('account_people')}?{urlencode({REDIRECT_FIELD_NAME: back})}")


# Loaders


def load_own_patient(request: HttpRequest, patient_id: int) -> Patient:
    """A person of the logged-in account."""
    if not request.user.is_authenticated or request.user.is_staff:
        raise Http404
    return get_object_or_404(Patient.objects.of_account(request.user), pk=patient_id)


def load_patient(request: HttpRequest, patient_id: int, *, now: datetime) -> Patient:
    """Who somebody is and how to reach them, for any member of staff. Nothing medical stands on this.

    The number of a record that was merged leads to the one it was merged into.
    """
    if not duties(request).has(*EVERYBODY_HERE):
        raise Http404
    patient = _kept(get_object_or_404(Patient.objects.select_related("merged_into"), pk=patient_id))
    audit.viewed(by=request.user, patient=patient, what="contact", now=now)
    return patient


def load_for_clinicians(
    request: HttpRequest, rows: QuerySet, *, of: str, now: datetime, **lookup: object
) -> Model:
    """One row of a patient's record for nurses and dermatologists, whose reading is noted.

    `of` is the way from the row to the patient: "session__course__patient".
    """
    if not duties(request).has(*CLINICIANS):
        raise Http404
    row = get_object_or_404(rows, **lookup)
    if isinstance(row, Patient):
        row = _kept(row)
    what = row._meta.model_name if of else "record"
    audit.viewed(by=request.user, patient=_follow(row, of), what=what, now=now)
    return row


def load_from_record(
    request: HttpRequest, rows: QuerySet, *, of: str, now: datetime, **lookup: object
) -> Model:
    """As load_for_clinicians, and for the patient's own account: behind a shared phone after the PIN."""
    if not request.user.is_authenticated or request.user.is_staff:
        return load_for_clinicians(request, rows, of=of, now=now, **lookup)
    way = f"{of}__" if of else ""
    mine = {f"{way}account": request.user, f"{way}merged_into": None}
    row = get_object_or_404(rows.filter(**mine), **lookup)
    _check_pin(request, _follow(row, of))
    return row


def _kept(patient: Patient) -> Patient:
    return patient.merged_into or patient


def _follow(row: Model, way: str) -> Patient:
    for name in way.split("__") if way else ():
        row = getattr(row, name)
    return row


def load_message(request: HttpRequest, message_id: UUID) -> Message:
    """Staff see every message and its fate; none of them names a condition."""
    if not duties(request).has(*EVERYBODY_HERE):
        raise Http404
    return get_object_or_404(Message, pk=message_id)


def load_alarm(request: HttpRequest, alarm_id: int, *, now: datetime) -> Alarm:
    return load_for_clinicians(request, Alarm.objects.all(), of="patient", now=now, pk=alarm_id)
