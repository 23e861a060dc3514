"""Staff: who they are, what they may do and where, and the one-time link by which they set their password.

Nobody ever knows somebody else's password. The link holds for three days and once: Django derives it from
the password and the last log-in, so that using it, or logging in, ends it; it is stored nowhere.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.services.house.locations import ChangedMeanwhile, mark
from clinic import audit
from clinic.models import Practitioner, Resource, StaffRole, User
from clinic.models.people import Role
from clinic.models.places import ResourceKind
from clinic.refusals import Refusal
from clinic.services.days import local_day

Duty = tuple[str, int | None]  # role, location or None for everywhere


class EmailUsed(Refusal):
    text = _("That e-mail has an account already. Staff need one of their own, apart from a patient's.")


class LastManager(Refusal):
    text = _("Nobody else could manage the clinic then. Make somebody else a manager everywhere first.")


class LicenceUsed(Refusal):
    text = _("Somebody else has that number at that council.")


class NotVerified(Refusal):
    text = _("The number or the council is another one: look it up in the register, and tick the box again.")


def members() -> QuerySet[User]:
    """All staff, those who left last."""
    shown = User.objects.filter(is_staff=True).select_related("practitioner__resource")
    return shown.prefetch_related("roles__location").order_by("-is_active", "name", "pk")


def duties_of(member: User) -> frozenset[Duty]:
    return frozenset((row.role, row.location_id) for row in member.roles.all())


def mark_of_member(member: User) -> str:
    duties = sorted((role, place or 0) for role, place in StaffRole.objects.filter(user=member).values_list(
        "role", "location"
    ))  # fmt: skip
    return mark(member.name, member.email, member.is_active, duties)


def add_member(*, name: str, email: str, duties: Iterable[Duty], by: User, now: datetime) -> User:
    """Without a password: the one-time link sets it. Raises EmailUsed."""
    try:
        with transaction.atomic(durable=True):
            member = User.objects.create(
                name=name, email=email.lower(), is_staff=True, password=make_password(None)
            )
            _write_duties(member, duties)
            _note("member_added", member, by, now, duties=codes_of(duties))
    except IntegrityError as error:
        raise _explained(error) from error
    return member


def change_member(
    *, member: User, name: str, email: str, duties: Iterable[Duty], seen: str, by: User, now: datetime
) -> User:
    """Open the account again, too, if they had left. Raises ChangedMeanwhile, EmailUsed, LastManager."""
    try:
        with transaction.atomic(durable=True):
            fresh = locked_with_managers(member)
            if mark_of_member(fresh) != seen:
                raise ChangedMeanwhile
            was_away = not fresh.is_active
            fresh.name, fresh.email, fresh.is_active = name, email.lower(), True
            fresh.save(update_fields=["name", "email", "is_active"])
            _write_duties(fresh, duties)
            refuse_without_manager()
            if was_away:
                Resource.objects.filter(practitioner__user=fresh).update(is_active=True)
            action = "member_back" if was_away else "member_changed"
            _note(action, fresh, by, now, duties=codes_of(duties))
    except IntegrityError as error:
        raise _explained(error) from error
    return fresh


def _explained(error: IntegrityError) -> Exception:
    """What the constraint means, or the error itself."""
    name = error.__cause__.diag.constraint_name or ""
    if name == "practitioner_licence_once":
        return LicenceUsed()
    if name == "clinic_practitioner_user_id_key":
        return ChangedMeanwhile()
    return EmailUsed() if "email" in name else error


def _write_duties(member: User, duties: Iterable[Duty]) -> None:
    """Everywhere says all there is to say of a role."""
    wanted = set(duties)
    everywhere = {role for role, place in wanted if place is None}
    wanted = {(role, place) for role, place in wanted if place is None or role not in everywhere}
    held = set(StaffRole.objects.filter(user=member).values_list("role", "location"))
    for role, place in held - wanted:
        StaffRole.objects.filter(user=member, role=role, location=place).delete()
    StaffRole.objects.bulk_create(
        StaffRole(user=member, role=role, location_id=place) for role, place in sorted(wanted - held, key=str)
    )


def codes_of(duties: Iterable[Duty]) -> list[str]:
    return sorted(f"{role}.{place or 'all'}" for role, place in duties)


# Somebody has to be able to manage


def _managers() -> QuerySet[User]:
    return User.objects.filter(is_active=True, is_staff=True, roles__role=Role.MANAGER, roles__location=None)


def locked_with_managers(member: User) -> User:
    """Locked in id order with all managers: two of them may be taking the role from each other."""
    ids = {member.pk, *_managers().values_list("pk", flat=True)}
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return next(row for row in rows if row.pk == member.pk)


def refuse_without_manager() -> None:
    if not _managers().exists():
        raise LastManager


# The way in


def password_link(*, member: User, by: User, now: datetime) -> str:
    """Return what stands in the one-time address. Whoever has it can log in as this person: it is audited."""
    _note("password_link_made", member, by, now)
    return f"{member.pk}-{default_token_generator.make_token(member)}"


def member_of_link(key: str) -> User | None:
    """Whose link this is, while it holds."""
    number, _, token = key.partition("-")
    if not number.isascii() or not number.isdecimal() or len(number) > 18:
        return None
    member = User.objects.filter(pk=int(number), is_staff=True, is_active=True).first()
    return member if member and default_token_generator.check_token(member, token) else None


def set_password(*, key: str, password: str, now: datetime) -> bool:
    """False when the link does not hold any more; of two who use it at once, one does."""
    with transaction.atomic(durable=True):
        found = member_of_link(key)
        member = found and User.objects.select_for_update(no_key=True).get(pk=found.pk)
        if not member or not member_of_link(key):
            return False
        member.set_password(password)
        member.save(update_fields=["password"])
        _note("password_set", member, member, now)
    return True


# Dermatologists

LICENCE_FIELDS = ("council", "registration_number", "languages", "gender")


def mark_of_practitioner(practitioner: Practitioner | None) -> str:
    if practitioner is None:
        return mark()
    licence = [getattr(practitioner, name) for name in LICENCE_FIELDS]
    return mark(practitioner.resource.name, practitioner.verified_on, licence)


def practitioner_of(member: User) -> Practitioner | None:
    return Practitioner.objects.select_related("resource").filter(user=member).first()


def save_practitioner(
    *, member: User, fields: Mapping[str, object], is_verified: bool, seen: str, by: User, now: datetime
) -> Practitioner:
    """`fields` are name and LICENCE_FIELDS. Raises ChangedMeanwhile, LicenceUsed, NotVerified."""
    try:
        with transaction.atomic(durable=True):
            User.objects.select_for_update(no_key=True).get(pk=member.pk)
            practitioner = practitioner_of(member)
            if mark_of_practitioner(practitioner) != seen:
                raise ChangedMeanwhile
            practitioner = practitioner or _new_practitioner(member)
            _settle_verification(practitioner, fields, is_verified, by, now)
            _write_practitioner(practitioner, fields)
            _note("practitioner_saved", member, by, now, verified_on=practitioner.verified_on)
    except IntegrityError as error:
        raise _explained(error) from error
    return practitioner


def _new_practitioner(member: User) -> Practitioner:
    return Practitioner(resource=Resource(kind=ResourceKind.PRACTITIONER), user=member)


def _settle_verification(
    practitioner: Practitioner, fields: Mapping[str, object], is_verified: bool, by: User, now: datetime
) -> None:
    """Whoever was verified stays so, for this number; another number has to be looked up anew."""
    before = (practitioner.council, practitioner.registration_number)
    is_same = before == (fields["council"], fields["registration_number"])
    if practitioner.verified_on and not is_same and not is_verified:
        raise NotVerified
    if is_verified and not (practitioner.verified_on and is_same):
        practitioner.verified_by, practitioner.verified_on = by, local_day(now)


def _write_practitioner(practitioner: Practitioner, fields: Mapping[str, object]) -> None:
    practitioner.resource.name = str(fields["name"])
    practitioner.resource.save()
    practitioner.resource_id = practitioner.resource.pk
    for name in LICENCE_FIELDS:
        setattr(practitioner, name, fields[name])
    practitioner.save()


def _note(action: str, member: User, by: User, now: datetime, **detail: object) -> None:
    audit.record(by=by, action=action, subject=f"user:{member.pk}", patient=None, now=now, **detail)
