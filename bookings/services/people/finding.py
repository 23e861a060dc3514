"""Finding people at the desk by one box: a name in any script, figures of a phone, a booking's reference.

However many people there are, each way goes through an index: the words of names (clinic.NameWord), the
beginnings of phones and, turned round, their ends.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Reverse

from bookings.models import Booking, Status
from bookings.models.bookings import PRESENT
from clinic.models import NameWord, Patient, User
from clinic.rules import names, phones
from clinic.rules.names import Typed

MOST = 25
BROAD = 300  # so many are put in order; of more, somebody has to type more
FEWEST_FIGURES = 4
REFERENCE = re.compile(r"[2-9A-Za-z]{7,8}")
FIGURES = re.compile(r"[0-9+()\-.\s]+")

Found = tuple[QuerySet, Case]  # ids of whom it could be, and who of them comes first


def find_people(typed: str, *, seen: QuerySet[Booking], now: datetime) -> list[Patient]:
    """Return who could be meant, best first, with `last_visit` and `next_visit` on each: two queries.

    Whoever is found by the name or number of a record that was merged is the one it was merged into. `seen`:
    the bookings whose references and times whoever asks may see.
    """
    figures = figures_of(typed)
    found = _by_phone(figures) if figures else _by_name(typed.strip(), seen)
    if found is None:
        return []
    people, order = found
    # apart: joined, PostgreSQL would rather read through everybody than look three hundred up
    could_be = list(people)
    rows = Patient.objects.filter(pk__in=could_be, merged_into=None).annotate(place=order)
    return list(_with_visits(rows, seen, now).order_by("place", "name", "pk")[:MOST])


def with_visits(people: Sequence[Patient], *, seen: QuerySet[Booking], now: datetime) -> list[Patient]:
    """Return these, in this order, with what find_people gives: one query."""
    rows = _with_visits(Patient.objects.all(), seen, now).in_bulk([patient.pk for patient in people])
    return [rows[patient.pk] for patient in people]


def _with_visits(people: QuerySet[Patient], seen: QuerySet[Booking], now: datetime) -> QuerySet[Patient]:
    own = seen.filter(patient=OuterRef("pk"))
    past = own.filter(status=Status.DONE).order_by("-starts").values("starts")[:1]
    coming = own.filter(Q(status=Status.BOOKED, ends__gt=now) | Q(status__in=PRESENT))
    coming = coming.order_by("starts").values("starts")[:1]
    return people.annotate(last_visit=Subquery(past), next_visit=Subquery(coming)).select_related("account")


def figures_of(typed: str) -> str:
    """The figures of what can only be a phone number or a part of one, in any script; else nothing."""
    western = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in phones.DECORATION.sub("", typed)
    )
    figures = "".join(filter(str.isdecimal, western))
    return figures if FIGURES.fullmatch(western) and len(figures) >= FEWEST_FIGURES else ""


def _by_phone(figures: str) -> Found:
    """The whole number, its last figures, or its first ones with or without the country's."""
    whole = phones.parse(figures)
    starts = [whole] if whole else [f"+{figures}", f"+{phones.INDIA}{figures}"]
    ends = (whole or figures)[::-1]
    ways = [
        Patient.objects.alias(back=Reverse("phone")).filter(back__startswith=ends),
        *(Patient.objects.filter(phone__startswith=start) for start in starts),
        Patient.objects.filter(phone="", account__in=_accounts_ending(ends)),
    ]
    last_figures = When(phone__endswith=whole or figures, then=Value(0))
    return _records(ways), Case(last_figures, default=Value(1), output_field=IntegerField())


def _accounts_ending(backwards: str) -> QuerySet:
    return User.objects.alias(back=Reverse("phone")).filter(back__startswith=backwards).values("pk")


def _records(ways: list[QuerySet[Patient]]) -> QuerySet:
    first, *others = (way.values_list(Coalesce("merged_into", "pk"), flat=True) for way in ways)
    return first.union(*others)


def _by_name(typed: str, seen: QuerySet[Booking]) -> Found | None:
    """Every word is the beginning of a word of the name, as it sounds or as it is written."""
    words, key = names.typed_words(typed), names.search_key(typed)
    ways = [_called(key), _beginning_with(words), _having(words)] if words else []
    orders = _names_first(names.clean(typed), key, words) if words else []
    if REFERENCE.fullmatch(typed):
        of_reference = seen.filter(reference=typed.upper(), patient__isnull=False)
        of_reference = of_reference.values_list("patient", flat=True)
        ways.append(of_reference)
        orders.insert(0, When(pk__in=of_reference, then=Value(-1)))
    if not ways:
        return None
    return ways[0].union(*ways[1:]), Case(*orders, default=Value(6), output_field=IntegerField())


def _called(key: str) -> QuerySet:
    return Patient.objects.filter(name_key=key).values_list("pk", flat=True)[:BROAD]


def _beginning_with(words: Sequence[Typed]) -> QuerySet:
    """Those who come first. Sought apart, for of a letter or two `_having` gives anybody."""
    return Patient.objects.filter(name_key__regex=_in_order(words)).values_list("pk", flat=True)[:BROAD]


def _in_order(words: Sequence[Typed]) -> str:
    return "^" + "[^ ]* ".join(re.escape(word.sound) for word in words)


def _having(words: Sequence[Typed]) -> QuerySet:
    """Those who have a word for each word typed. Initials are compared: by the index they are half of all."""
    people = Patient.objects.all()
    for word in words:
        if word.initials and len(words) > 1:
            starts = (Q(name_key__startswith=one) | Q(name_key__contains=f" {one}") for one in word.initials)
            people = people.filter(reduce(or_, starts))
        else:
            starts = (Q(word__startswith=start) for start in sorted(word.beginnings))
            people = people.filter(pk__in=NameWord.objects.filter(reduce(or_, starts)).values("patient"))
    return people.values_list("pk", flat=True)[:BROAD]


def _names_first(name: str, key: str, words: Sequence[Typed]) -> list[When]:
    return [
        When(name__iexact=name, then=Value(0)),
        When(name__istartswith=name, then=Value(1)),
        When(name__icontains=f" {name}", then=Value(2)),
        When(name_key=key, then=Value(3)),
        When(name_key__startswith=key, then=Value(4)),
        When(name_key__regex=_in_order(words), then=Value(5)),
    ]
