"""Correcting who somebody is and how they are reached: name, numbers, e-mail, languages, a PIN."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.forms.contact import REMINDERS, ContactForm, PinForm
from bookings.permissions import manages_everywhere
from bookings.refusals import Refusal
from bookings.services.house.locations import ChangedMeanwhile
from bookings.services.people import contact as services
from bookings.views.desk.frame import age_of, desk_page
from clinic import clock, formats
from clinic.models import AuditRow, Patient
from clinic.permissions import load_patient, staff
from clinic.rules import phones
from clinic.services.days import local_day, zone_of
from clinic.services.reminder_consents import standing_channels

LONGEST_SURE = 200
PHONES = ("phone", "emergency_contact_phone")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff(keeps_post=True)
def contact(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    person = load_patient(request, patient_id, now=now)
    if person.died_on or (request.method != "POST" and person.pk != patient_id):
        return redirect("desk_patient", person.pk)
    form = _form(person, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, person, form, now=now, status=422 if form.is_bound else 200)
    alike = services.alike(person, form.wish.fields)
    if {one.pk for one in alike} - _shown_before(request):
        return _page(request, person, form, now=now, alike=alike)
    return _save(request, person, form, now)


def _save(request: HttpRequest, person: Patient, form: ContactForm, now: datetime) -> HttpResponse:
    seen = request.POST.get("seen", "")[:40]
    before = person.account_id
    try:
        saved = services.change(patient=person, wish=form.wish, seen=seen, by=request.user, now=now)
    except ChangedMeanwhile as refused:
        return _changed_page(request, person, str(refused.text), now=now)
    except Refusal as refused:
        return _page(request, person, form, now=now, status=refused.status, refused=str(refused.text))
    messages.success(request, _said(saved, before))
    return redirect("desk_patient", person.pk)


def _said(saved: Patient, before: int | None) -> str:
    if saved.account_id == before:
        return _("Saved.")
    if saved.account_id is None:
        return _("Saved. That number is a colleague's: nobody sees these visits by logging in with it.")
    if saved.phone:
        return _("Saved. They log in with the new number now; whoever has the old one is signed out.")
    return _("Saved. They log in with the e-mail now; whoever has the old number is signed out.")


def _shown_before(request: HttpRequest) -> set[int]:
    """Whom the page has shown already, and it is nobody of these."""
    parts = request.POST.get("sure", "")[:LONGEST_SURE].split(",")
    return {int(part) for part in parts if part.isascii() and part.isdecimal()}


# The page


def _shown(person: Patient) -> dict[str, list[str]]:
    """What each box says before anybody types."""
    values = {name: getattr(person, name) for name in services.FIELDS}
    values |= {name: phones.shown(values[name]) for name in PHONES}
    return {name: [value] for name, value in values.items()} | {
        "reminders": sorted(standing_channels(person))
    }


def _form(person: Patient, typed: QueryDict | None) -> ContactForm:
    shown = _shown(person)
    initial = {name: values[0] for name, values in shown.items() if name != "reminders"}
    initial["reminders"] = shown["reminders"]
    family = [(one.pk, _family_words(one, person)) for one in services.sharing(person)]
    return ContactForm(typed, initial=initial, family=family)


def _family_words(one: Patient, person: Patient) -> str:
    if one.phone and one.phone != person.phone:
        said = {"name": one.name, "end": one.phone[-4:]}
        return _("%(name)s, who keeps the number ending %(end)s, and is booked for with the new one") % said
    return one.name


def _page(
    request: HttpRequest,
    person: Patient,
    form: ContactForm,
    *,
    now: datetime,
    status: int = 200,
    refused: str = "",
    stands: Sequence[dict] = (),
    alike: Sequence[Patient] = (),
    pin_form: PinForm | None = None,
) -> HttpResponse:
    is_fresh = bool(refused) or not form.is_bound
    shown = _shown(person)
    was = shown if is_fresh else {name: request.POST.getlist(f"was-{name}") for name in shown}
    content = {
        "patient": person,
        "form": form,
        "seen": services.mark_of(person) if is_fresh else request.POST.get("seen", "")[:40],
        "was": [(name, value) for name, values in was.items() for value in values],
        "sure": ",".join(str(one.pk) for one in alike) or request.POST.get("sure", "")[:LONGEST_SURE],
        "refused": refused,
        "stands": stands,
        "alike": [_alike(one, person, now) for one in alike],
        "may_merge": manages_everywhere(request),
        "log_in": _log_in(person),
        "earlier": [_earlier(row) for row in services.changes_of(person)],
        "pin_form": pin_form or PinForm(),
        "has_errors": bool(refused) or bool(pin_form),
        "here": "patients",
    }
    return desk_page(request, "contact", content, now=now, status=status)


def _alike(one: Patient, person: Patient, now: datetime) -> dict:
    return {
        "patient": one,
        "age": age_of(one, local_day(now)),
        "phone_end": one.phone[-4:],
        "merge": reverse("desk_merge", args=[person.pk, one.pk]),
    }


def _changed_page(request: HttpRequest, person: Patient, text: str, *, now: datetime) -> HttpResponse:
    """What was typed stays in its boxes, and the others hold what a colleague has written since."""
    person.refresh_from_db()
    shown, typed = _shown(person), request.POST.copy()
    for name, values in shown.items():
        if typed.getlist(name) == typed.getlist(f"was-{name}"):
            typed.setlist(name, values)
    form = _form(person, typed)
    stands = [
        {"term": form.fields[name].label, "value": _words(person, name) or "–"}
        for name, values in shown.items()
        if values != request.POST.getlist(f"was-{name}")
    ]
    return _page(request, person, form, now=now, status=409, refused=text, stands=stands)


def _words(person: Patient, name: str) -> str:
    if name == "reminders":
        agreed = standing_channels(person)
        return ", ".join(str(words) for channel, words in REMINDERS if channel in agreed)
    if name in PHONES:
        return phones.shown(getattr(person, name))
    shown = getattr(person, f"get_{name}_display", None)
    return shown() if shown else getattr(person, name)


def _log_in(person: Patient) -> dict:
    """With what they log in, and whether it goes along with another number."""
    account = person.account
    if account is None:
        return {}
    address = phones.shown(account.phone) if account.phone else account.email
    is_own = bool({account.phone, account.email} & {person.phone, person.email} - {""})
    return {"address": address, "is_own": is_own}


def _earlier(row: AuditRow) -> dict:
    labels = ContactForm.base_fields
    fields = [str(labels[name].label) for name in row.detail.get("fields", ()) if name in labels]
    return {
        "when": formats.when(row.at, zone_of()),
        "by": row.by.name or row.by.email if row.by else "",
        "fields": ", ".join(fields),
    }


# The PIN


@require_POST
@staff()
def pin(request: HttpRequest, patient_id: int) -> HttpResponse:
    """`wish` off: nobody else uses the phone any more."""
    now = clock.now()
    person = load_patient(request, patient_id, now=now)
    form = PinForm(request.POST)
    is_off = request.POST.get("wish") == "off"
    if not is_off and not form.is_valid():
        return _page(request, person, _form(person, None), now=now, status=422, pin_form=form)
    try:
        _set_pin(person, form, is_off, by=request.user, now=now)
    except Refusal as refused:
        messages.error(request, refused.text)
        return redirect("desk_patient", person.pk)
    messages.success(request, _("Their log-in asks for no PIN any more.") if is_off else _("The PIN is set."))
    return redirect("desk_patient", person.pk)


def _set_pin(person: Patient, form: PinForm, is_off: bool, *, by, now: datetime) -> None:
    if is_off:
        services.unshare_phone(patient=person, by=by, now=now)
    else:
        services.share_phone(patient=person, pin=form.cleaned_data["pin"], by=by, now=now)
