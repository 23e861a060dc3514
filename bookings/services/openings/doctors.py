"""Whom one may ask for: a dermatologist by name, a woman or a man, somebody who speaks a language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from clinic.models import Location, Practitioner, VisitType
from clinic.models.people import Language


@dataclass(frozen=True)
class Doctor:
    pk: int
    name: str
    gender: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Whom:
    """A wish. A name says all; woman or man and a language may stand together."""

    who: int | None = None
    gender: str = ""
    language: str = ""

    @property
    def is_anybody(self) -> bool:
        return not (self.who or self.gender or self.language)

    def among(self, doctors: Sequence[Doctor]) -> frozenset[int] | None:
        """Return who fits, as the door takes it; None where everybody does, or a name was said."""
        if self.who or self.is_anybody:
            return None
        return frozenset(one.pk for one in doctors if self._fits(one))

    def _fits(self, doctor: Doctor) -> bool:
        return self.gender in ("", doctor.gender) and (not self.language or self.language in doctor.languages)


ANYBODY = Whom()


def doctors_for(visit_type: VisitType, location: Location, *, today: date) -> list[Doctor]:
    """Return who does such visits here, by name, in one query."""
    still = Q(resource__working_hours__until_on=None) | Q(resource__working_hours__until_on__gte=today)
    here = Practitioner.objects.filter(
        still,
        qualified__visit_type=visit_type,
        verified_on__isnull=False,
        resource__is_active=True,
        resource__working_hours__location=location,
    )
    rows = here.values_list("pk", "resource__name", "gender", "languages").distinct()
    return [
        Doctor(pk, name, gender, tuple(languages))
        for pk, name, gender, languages in rows.order_by("resource__name")
    ]


def genders_to_choose(doctors: Sequence[Doctor]) -> list[str]:
    """Return the genders by which one can choose: those that some have and others do not."""
    return [
        one
        for one in ("female", "male")
        if 0 < sum(doctor.gender == one for doctor in doctors) < len(doctors)
    ]


def languages_to_choose(doctors: Sequence[Doctor]) -> list[str]:
    """Return the languages that some speak and others do not."""
    spoken = {language for doctor in doctors for language in doctor.languages}
    spoken = [language for language in Language.values if language in spoken]
    return [one for one in spoken if not all(one in doctor.languages for doctor in doctors)]
