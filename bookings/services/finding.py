"""Finding people at the desk by one box: a name in any script, figures of a phone, a booking's reference."""

import re
import unicodedata
from datetime import datetime

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from bookings.models import Booking, Status
from bookings.models.bookings import PRESENT
from clinic.models import Patient
from clinic.rules import names, phones

MOST = 25
FEWEST_FIGURES = 4
REFERENCE = re.compile(r"[2-9A-Za-z]{7,8}")
FIGURES = re.compile(r"[0-9+()\-.\s]+")


def find_people(typed: str, *, seen: QuerySet[Booking], now: datetime) -> list[Patient]:
    """Return who could be meant, best first, with `last_visit` and `next_visit` on each: one query.

    `seen`: the bookings whose references and times whoever asks may see.
    """
    wanted, order = _wanted(typed.strip(), seen)
    if wanted is None:
        return []
    own = seen.filter(patient=OuterRef("pk"))
    past = own.filter(status=Status.DONE).order_by("-starts").values("starts")[:1]
    coming = own.filter(Q(status=Status.BOOKED, ends__gt=now) | Q(status__in=PRESENT))
    return list(
        Patient.objects.filter(wanted, merged_into=None)
        .annotate(
            last_visit=Subquery(past),
            next_visit=Subquery(coming.order_by("starts").values("starts")[:1]),
            place=order,
        )
        .order_by("place", "name", "pk")[:MOST]
    )


def _wanted(typed: str, seen: QuerySet[Booking]) -> tuple[Q | None, Case | Value]:
    figures = figures_of(typed)
    if figures:
        return _by_phone(figures)
    wanted, order = _by_name(typed)
    if REFERENCE.fullmatch(typed):
        booked = seen.filter(reference=typed.upper(), patient__isnull=False).values("patient")
        of_reference = Q(pk__in=booked)
        wanted = wanted | of_reference if wanted else of_reference
        order = Case(When(of_reference, then=Value(-1)), default=order, output_field=IntegerField())
    return wanted, order


def figures_of(typed: str) -> str:
    """The figures of what can only be a phone number or the end of one, in any script; else nothing."""
    western = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in phones.DECORATION.sub("", typed)
    )
    figures = "".join(filter(str.isdecimal, western))
    return figures if FIGURES.fullmatch(western) and len(figures) >= FEWEST_FIGURES else ""


def _by_phone(figures: str) -> tuple[Q, Case]:
    whole = phones.parse(figures)
    end = whole or figures
    wanted = Q(phone__endswith=end) | Q(phone="", account__phone__endswith=end)
    if not whole:
        wanted |= Q(phone__contains=figures)
    first = When(phone__endswith=end, then=Value(0))
    return wanted, Case(first, default=Value(1), output_field=IntegerField())


def _by_name(typed: str) -> tuple[Q | None, Case | Value]:
    """Every word is the beginning of a word of the name, as it sounds or as it is written."""
    key, name = names.search_key(typed), names.clean(typed)
    if not name:
        return None, Value(0)
    wanted = Q(name__icontains=name)
    orders = [When(name__iexact=name, then=Value(0)), When(name__istartswith=name, then=Value(1))]
    if key:
        sounds = Q()
        for word in key.split():
            sounds &= Q(name_key__startswith=word) | Q(name_key__contains=f" {word}")
        wanted |= sounds
        orders += [When(name_key=key, then=Value(2)), When(name_key__startswith=key, then=Value(3))]
    return wanted, Case(*orders, default=Value(4), output_field=IntegerField())
