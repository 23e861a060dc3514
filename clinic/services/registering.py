"""Somebody new at the desk or on the phone, and whether they are known already under another spelling."""

from datetime import datetime
from functools import reduce
from itertools import islice
from operator import or_

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q, QuerySet, Subquery

from clinic import audit
from clinic.models import NameWord, Patient, User
from clinic.rules import names
from clinic.services.name_words import add_patient

MOST_ALIKE = 6
MOST_COMPARED = 200  # of a very common name in one area or year, these are enough to warn


def register(
    *, name: str, phone: str, by: User, now: datetime, area: str = "", born: int | None = None
) -> Patient:
    """Write down a name and a number; the same two again are the same person: people press twice.

    Unless another area or year of birth was typed: a son may have his father's name and phone. The number
    gets an account without a password: whoever proves it by a code sees the visits. One that is a
    colleague's opens none, for staff accounts show no patient pages.
    """
    name = names.clean(name)
    with transaction.atomic(durable=True):
        account, _ = User.objects.get_or_create(phone=phone, defaults={"password": make_password(None)})
        User.objects.select_for_update(no_key=True).get(pk=account.pk)
        if same := find_same(name=name, phone=phone, area=area, born=born):
            return same
        patient = add_patient(
            account=None if account.is_staff else account,
            name=name,
            phone=phone,
            area=area,
            approximate_birth_year=born,
        )
        subject = f"patient:{patient.pk}"
        audit.record(by=by, action="patient_registered", subject=subject, patient=patient, now=now)
    return patient


def find_same(*, name: str, phone: str, area: str = "", born: int | None = None) -> Patient | None:
    """Return who has exactly this name and number, and nothing that speaks against it."""
    for one in _of_phone(phone).order_by("pk"):
        if one.name.casefold() == names.clean(name).casefold() and _fits(one, area, born):
            return one
    return None


def lookalikes(*, name: str, phone: str, area: str = "", born: int | None = None) -> list[Patient]:
    """Return whom somebody new might be: people of that number, and of a name that sounds so from the same
    area or born about the same year. Those of whom both is true come first.
    """
    found = list(_of_phone(phone).order_by("pk")[:MOST_COMPARED]) if phone else []
    found += [one for one in _sounding_like(name, _about(area, born)) if one not in found]
    alike = [one for one in found if names.sounds_alike(one.name, name)]
    return [*alike, *(one for one in found if one not in alike)][:MOST_ALIKE]


def same_person_perhaps(patient: Patient) -> list[Patient]:
    """Return other records that look like this person's: the name sounds so, and something else is the same.

    For the desk's own pages only; families share a phone, and nobody is shown to anybody else.
    """
    either = Q(pk=None)
    if patient.phone:
        either |= Q(phone=patient.phone)
    if patient.born_on:
        either |= Q(born_on=patient.born_on)
    if patient.area and (year := _year(patient)):
        either |= Q(area__iexact=patient.area) & _born_about(year)
    found = [one for one in _sounding_like(patient.name, either) if one != patient]
    return found[:MOST_ALIKE]


def _of_phone(phone: str) -> QuerySet[Patient]:
    account = User.objects.filter(phone=phone).values("pk")  # one at most: = goes by the index, IN does not
    return Patient.objects.filter(Q(phone=phone) | Q(account=Subquery(account)), merged_into=None)


def _sounding_like(name: str, narrowed: Q) -> list[Patient]:
    """Those of `narrowed` who have a word of the name, compared one by one."""
    sounds = {word.sound for word in names.typed_words(name) if not word.initials}
    if not sounds:
        return []
    having = NameWord.objects.filter(word__in=sounds).values("patient")
    rows = Patient.objects.filter(narrowed, pk__in=having, merged_into=None)
    alike = (one for one in rows[:MOST_COMPARED] if names.sounds_alike(one.name, name))
    return sorted(islice(alike, MOST_ALIKE), key=lambda one: one.pk)


def _about(area: str, born: int | None) -> Q:
    ways = [Q(area__iexact=area)] if area else []
    ways += [_born_about(born)] if born else []
    return reduce(or_, ways, Q(pk=None))


def _born_about(year: int) -> Q:
    """What somebody says of their age is a year off now and then."""
    years = (year - 1, year + 1)
    return Q(born_on__year__range=years) | Q(approximate_birth_year__range=years)


def _year(patient: Patient) -> int | None:
    return patient.born_on.year if patient.born_on else patient.approximate_birth_year


def _fits(known: Patient, area: str, born: int | None) -> bool:
    year = _year(known)
    other_year = born is not None and year is not None and abs(born - year) > 1
    other_area = bool(area and known.area) and area.casefold() != known.area.casefold()
    return not other_year and not other_area
