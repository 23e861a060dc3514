"""Two records of one person become one: what may stand only once, and what the doctor has to read again.

Expects both patients locked, and all rows still with the record they were written for, but `mark_if_changed`.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from django.db.models import QuerySet

from clinic.models import Patient, ReminderConsent, User
from clinic.services.days import local_day
from consultations.models import Answer, Consent, Intake, Photo, Screening
from consultations.models.intakes import Purpose
from consultations.services.publishing import questionnaire_release
from consultations.services.screenings import record_facts, write_screening

MERGED = "records_merged"  # no question has this key: rules and pages pass it over


def settle_agreements(kept: Patient, other: Patient, *, now: datetime) -> None:
    """Of each purpose and what it is about, and each channel of reminders, the newest word counts."""
    for model, what in ((Consent, ("purpose", "about_key")), (ReminderConsent, ("channel",))):
        rows = model.objects.filter(patient__in=[kept, other])
        for same in rows.values(*what).distinct():
            _newest_word_counts(rows.filter(**same), now)


def _newest_word_counts(rows: QuerySet, now: datetime) -> None:
    standing = list(rows.filter(withdrawn_at=None).order_by("given_at", "pk"))
    taken_back = rows.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at").first()
    ends = {earlier.pk: later.given_at for earlier, later in pairwise(standing)}
    if standing and taken_back and taken_back.withdrawn_at > standing[-1].given_at:
        ends[standing[-1].pk] = now
    for pk, end in ends.items():
        rows.model.objects.filter(pk=pk).update(withdrawn_at=end)


def settle_open_forms(kept: Patient, other: Patient, *, now: datetime) -> None:
    """Of two forms of one kind still being filled in, the one begun last goes on. The other is closed; what
    was answered in it counts, as it does anyway.
    """
    for purpose in Purpose.values:
        rows = Intake.objects.filter(patient__in=[kept, other], purpose=purpose, submitted_at=None)
        for intake in rows.order_by("-started_at", "-pk")[1:]:
            intake.submitted_at = max(now, intake.started_at)
            intake.save(update_fields=["submitted_at"])


def settle_photos(kept: Patient, other: Patient) -> None:
    """Who may look at the photos was chosen for all of them: where either record limits it, that counts."""
    photos = Photo.objects.filter(patient__in=[kept, other])
    if photos.filter(only_same_sex=True).exists():
        photos.update(only_same_sex=True)


def known_of_those_who_answered(*people: Patient, now: datetime) -> list[dict]:
    """What each record with answers says of the person, as the rules see it beside the answers."""
    answered = [one for one in people if Answer.objects.filter(intake__patient=one).exists()]
    return [record_facts(one, local_day(now)) for one in answered]


def mark_if_changed(
    patient: Patient, known_of: Sequence[dict], *, by: User, now: datetime
) -> Screening | None:
    """After the rows have moved: if more is known now than each record knew, that is news, as an answer is.

    So no decision is newer than the answers any more, the patient stands in the doctor's queue, and the rules
    judge what both records say together. Answers that nobody has sent yet are left alone.
    """
    facts = record_facts(patient, local_day(now))
    is_news = len(known_of) > 1 or any(known != facts for known in known_of)
    if not is_news or not Screening.objects.filter(patient=patient).exists():
        return None
    intake = Intake.objects.create(
        patient=patient, purpose=Purpose.UPDATE, questionnaire=questionnaire_release(now=now), answered_by=by,
        started_at=now, submitted_at=now,
    )  # fmt: skip
    Answer.objects.create(intake=intake, key=MERGED, value=None, by=by, at=now)
    return write_screening(patient=patient, planned=None, now=now)
