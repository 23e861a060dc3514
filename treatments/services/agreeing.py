"""What an agreement to the injections is about: the protocol of a course as released, and its ingredients.

Nothing else belongs in here. Whatever is added makes another key, and asks every patient once more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg, JSONBAgg
from django.db.models import QuerySet

from clinic.models import Release, User
from consultations import refusals
from consultations.models import Consent
from consultations.rules.consent_texts import PROCEDURE, PROCEDURE_OFF_LABEL
from consultations.services.agreements import Signing, agree, key_of
from treatments.models import Course
from treatments.models.products import RegulatoryStatus


@dataclass(frozen=True)
class Subject:
    """`document`: the words for it; off-label use has a paragraph more, and is no reason to ask again."""

    about: Mapping[str, Any]
    document: str

    @property
    def key(self) -> str:
        return key_of(self.about)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What stood on the page that somebody agreed on: the hash of its words, their language, about what."""

    words: str
    language: str
    about_key: str


def subjects_of(courses: QuerySet[Course]) -> dict[int, Subject]:
    """What each course asks agreement for, by its id; one query."""
    rows = courses.select_related("protocol").annotate(
        contents=JSONBAgg("sessions__product__ingredients", distinct=True, default=[]),
        statuses=ArrayAgg("sessions__product__regulatory_status", distinct=True, default=[]),
    )
    return {course.pk: _subject(course) for course in rows}


def consent_subject(course: Course) -> Subject:
    return subjects_of(Course.objects.filter(pk=course.pk))[course.pk]


def agreed_courses(courses: Iterable[int]) -> set[int]:
    """Return which of these courses have a standing agreement to what is injected; two queries."""
    subjects = subjects_of(Course.objects.filter(pk__in=set(courses)))
    rows = Consent.objects.filter(
        patient__courses__in=subjects, purpose=PROCEDURE, withdrawn_at=None
    ).values_list("patient__courses", "about_key")
    found = set(rows)
    return {pk for pk, subject in subjects.items() if (pk, subject.key) in found}


def agree_to_course(*, course: Course, shown: Shown, by: User, now: datetime, signing: Signing) -> Consent:
    """Raises WordsChanged, also when something else would be injected than the page said."""
    subject = consent_subject(course)
    if subject.key != shown.about_key:
        raise refusals.WordsChanged
    return agree(
        patient=course.patient, purpose=PROCEDURE, document=subject.document, about=subject.about,
        shown=shown.words, language=shown.language, by=by, now=now, signing=signing,
    )  # fmt: skip


def _subject(course: Course) -> Subject:
    """Of all its sessions, given or not: what was injected once is not forgotten by a new revision."""
    ingredients = sorted({name for names in course.contents for name in names or ()})
    about = {"protocol": _protocol(course.protocol), "ingredients": ingredients}
    is_off_label = RegulatoryStatus.LICENSED_OTHER_ROUTE in course.statuses
    return Subject(about, PROCEDURE_OFF_LABEL if is_off_label else PROCEDURE)


def _protocol(release: Release) -> dict[str, Any]:
    """The release, and what it says of how often: at most so many sessions, so many days apart."""
    says = release.content
    days = sorted(gap["target"] for gap in says.get("gaps", ()))
    return {
        "code": release.code,
        "version": release.version,
        "title": says.get("title", ""),
        "sessions": says.get("sessions"),
        "days_apart": [days[0], days[-1]] if days else [],
    }
