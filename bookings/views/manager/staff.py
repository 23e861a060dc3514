"""Staff: who there is, what they may do, a dermatologist's licence, the link that sets a password."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings.forms.manager.staff import EVERYWHERE, MemberForm, PractitionerForm
from bookings.permissions import house_manager, load_member
from bookings.refusals import Refusal
from bookings.services.house import leavers
from bookings.services.house import members as services
from bookings.views.manager.frame import get_or_post, manager_page, mark_to_send, say, seen_by, typed
from clinic import clock, formats
from clinic.models import Location, Practitioner, User
from clinic.models.people import Role
from clinic.services.days import local_day

SECTION = "staff"


@never_cache
@require_safe
@house_manager()
def members(request: HttpRequest) -> HttpResponse:
    people = list(services.members())
    leaving = leavers.leaving_days(member.pk for member in people if member.is_active)
    today = local_day(clock.now())
    rows = [_row(member, leaving.get(member.pk), today) for member in people]
    content = {"here_now": [row for row in rows if row["member"].is_active]}
    content["gone"] = [row for row in rows if not row["member"].is_active]
    return manager_page(request, "staff", content, section=SECTION)


def _row(member: User, last_on, today) -> dict:
    practitioner = getattr(member, "practitioner", None)
    return {
        "member": member,
        "duties": _duty_words(member),
        "is_practitioner": practitioner is not None,
        "is_verified": practitioner is not None and practitioner.verified_on is not None,
        "has_password": member.has_usable_password(),
        "last_day": formats.day_with_year(last_on) if last_on else "",
        "is_over": bool(last_on) and last_on < today,
    }


def _duty_words(member: User) -> str:
    """nurse everywhere, front desk in Jayanagar"""
    found: dict[str, list[str]] = {}
    for row in sorted(member.roles.all(), key=lambda row: (list(Role).index(row.role), row.location_id or 0)):
        found.setdefault(row.get_role_display(), []).append(
            row.location.area if row.location else _("everywhere")
        )
    return ", ".join(f"{role} ({', '.join(places)})" for role, places in found.items())


def _locations() -> list[Location]:
    return list(Location.objects.order_by("name", "pk"))


@never_cache
@get_or_post
@house_manager(keeps_post=True)
def new_member(request: HttpRequest) -> HttpResponse:
    form = MemberForm(typed(request), locations=_locations())
    status = 200
    if form.is_valid():
        try:
            member = services.add_member(**form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refused:
            status = say(form, refused, "email")
        else:
            return redirect(_next_for(member))
    return manager_page(request, "member_new", {"form": form}, section=SECTION, status=status)


def _next_for(member: User) -> str:
    """A dermatologist's licence comes next; everybody else only needs the link."""
    treats = member.roles.filter(role=Role.DERMATOLOGIST).exists()
    name = "manage_practitioner" if treats and not hasattr(member, "practitioner") else "manage_member"
    return reverse(name, args=[member.pk])


@never_cache
@get_or_post
@house_manager(keeps_post=True)
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    person = load_member(request, member_id)
    form = MemberForm(typed(request), initial=_initial(person), locations=_locations())
    refused, status = None, 200
    if form.is_valid():
        try:
            services.change_member(
                member=person, **form.cleaned_data, seen=seen_by(request), by=request.user, now=clock.now()
            )
        except Refusal as error:
            field = "email" if isinstance(error, services.EmailUsed) else None
            refused, status = error, say(form, error, field)
        else:
            messages.success(request, _("Saved."))
            return redirect(_next_for(person))
    return member_page(request, person, form, now=clock.now(), refused=refused, status=status)


def _initial(person: User) -> dict:
    duties = [f"{role}.{place or EVERYWHERE}" for role, place in services.duties_of(person)]
    return {"name": person.name, "email": person.email, "duties": duties}


def member_page(
    request: HttpRequest, person: User, form: MemberForm | None = None, *, now: datetime, link: str = "",
    refused: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    person.refresh_from_db()
    last_on = leavers.leaving_days([person.pk]).get(person.pk) if person.is_active else None
    content = {
        "form": form or MemberForm(initial=_initial(person), locations=_locations()),
        "member": person,
        "licence": _licence(services.practitioner_of(person)),
        "treats": person.roles.filter(role=Role.DERMATOLOGIST).exists(),
        "has_password": person.has_usable_password(),
        "last_day": formats.day_with_year(last_on) if last_on else "",
        "link": link,
        "seen": mark_to_send(request, services.mark_of_member(person), refused),
    }
    return manager_page(request, "member", content, section=SECTION, status=status)


def _licence(practitioner: Practitioner | None) -> dict | None:
    if practitioner is None:
        return None
    verified = formats.day_with_year(practitioner.verified_on) if practitioner.verified_on else ""
    return {"practitioner": practitioner, "verified": verified}


@require_POST
@house_manager()
def password_link(request: HttpRequest, member_id: int) -> HttpResponse:
    """Shown once, in this very answer: it is stored nowhere."""
    now = clock.now()
    person = load_member(request, member_id)
    if not person.is_active:
        messages.error(request, _("Open the account again first."))
        return redirect("manage_member", person.pk)
    key = services.password_link(member=person, by=request.user, now=now)
    link = request.build_absolute_uri(reverse("staff_welcome", args=[key]))
    return member_page(request, person, now=now, link=link)


@never_cache
@get_or_post
@house_manager(keeps_post=True)
def practitioner(request: HttpRequest, member_id: int) -> HttpResponse:
    """The licence, and what patients ask for."""
    person = load_member(request, member_id)
    stands = services.practitioner_of(person)
    form = PractitionerForm(
        typed(request), initial=_licence_initial(person, stands), verified=bool(stands and stands.verified_on)
    )
    refused, status = None, 200
    if form.is_valid():
        try:
            _save_practitioner(request, person, form)
        except Refusal as error:
            refused, status = error, say(form, error, _field_of(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("manage_member", person.pk)
    content = {
        "form": form,
        "member": person,
        "licence": _licence(stands),
        "seen": mark_to_send(request, services.mark_of_practitioner(stands), refused),
    }
    return manager_page(request, "practitioner", content, section=SECTION, status=status)


def _save_practitioner(request: HttpRequest, person: User, form: PractitionerForm) -> None:
    fields = dict(form.cleaned_data)
    is_verified = fields.pop("is_verified")
    services.save_practitioner(
        member=person, fields=fields, is_verified=is_verified, seen=seen_by(request), by=request.user,
        now=clock.now(),
    )  # fmt: skip


def _field_of(refused: Refusal) -> str | None:
    fields = {services.LicenceUsed: "registration_number", services.NotVerified: "is_verified"}
    return fields.get(type(refused))


def _licence_initial(person: User, stands: Practitioner | None) -> dict:
    if stands is None:
        return {"name": person.name}
    fields = {name: getattr(stands, name) for name in services.LICENCE_FIELDS}
    return fields | {"name": stands.resource.name}
