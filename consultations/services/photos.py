"""Keeping a photo, removing it, and who may look.

    1. the file is drawn anew (redrawing.py), outside any transaction;
    2. what was drawn goes to the disk under a name of chance;
    3. the row follows, in a transaction that locks the patient and reads again what it depends on.

A crash between 2 and 3 leaves a file that no row names, never a row without its file; photo_files.py finds
such files. Removing goes the other way round: first the row lets go, then the file is deleted.
"""

import contextlib
import os
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import Patient, Practitioner, User
from clinic.refusals import Refusal
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from consultations import refusals
from consultations.models import Consent, Intake, Photo, SymptomReport
from consultations.models.consents import ConsentPurpose
from consultations.models.photos import View
from consultations.rules import pictures
from consultations.services.redrawing import PhotoRefused, Picture, redraw

FOLDER = "photos"


class PhotoDecidedOn(Refusal):
    """A doctor has decided with it, or somebody reported with it: it belongs to the record."""

    text = _("A doctor has already worked with this photo, so it stays in your record. Talk to us about it.")


def keep_photo(
    *,
    patient: Patient,
    view: str,
    upload: File | Picture,
    by: User | None,
    now: datetime,
    intake: Intake | None = None,
    only_same_sex: bool | None = None,
) -> Photo:
    """Keep it; the same photo of the same view twice is once. Raises ConsentNeeded, PhotoRefused.

    `upload` may have been drawn already, by forms.photos.PhotoField. `only_same_sex` counts for all photos of
    the patient; None leaves it as it is. Another of the same view on the same day takes the place of the one
    before it, as long as no doctor has worked with that.
    """
    _refuse_without_consent(patient)
    picture = upload if isinstance(upload, Picture) else redraw(upload)
    name = _write(picture)
    try:
        with transaction.atomic(durable=True):
            locked = lock_patient(patient.pk)
            _refuse_without_consent(locked)
            photo = _same(locked, view, picture) or _add(locked, view, picture, name, intake, by, now)
            if only_same_sex is not None:
                _limit(locked, only_same_sex)
    except Refusal:  # after anything else the row may stand: the file stays, for photo_files.py to judge
        _delete(name)
        raise
    if photo.file.name != name:
        _delete(name)
    return photo


def remove_photo(*, photo: Photo, by: User, now: datetime) -> Photo:
    """Take it out of the record; removing it twice is once. Raises PhotoDecidedOn."""
    with transaction.atomic(durable=True):
        patient = lock_patient(photo.patient_id)
        kept = Photo.objects.kept().filter(patient=patient, pk=photo.pk).first()
        if kept is None:
            return Photo.objects.get(pk=photo.pk)
        if not may_be_removed(kept):
            raise PhotoDecidedOn
        _let_go(kept, by, now)
        return kept


def limit_viewers(*, patient: Patient, only_same_sex: bool, by: User, now: datetime) -> None:
    """Whether only clinicians of the patient's own sex may look, at all of them and at those to come."""
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        _limit(locked, only_same_sex)
        audit.record(
            by=by, action="photo_viewers_chosen", subject=f"patient:{locked.pk}", patient=locked, now=now,
            only_same_sex=only_same_sex,
        )  # fmt: skip


# Read


def photos_agreed(patient: Patient) -> bool:
    standing = Consent.objects.filter(patient=patient, withdrawn_at=None)
    return standing.filter(purpose=ConsentPurpose.PHOTOS_CARE).exists()


def shown_to(user: User) -> QuerySet[Photo]:
    """What a clinician may look at: as long as the patient agrees, and if it is for them.

    Of nurses no gender is on file, so that what is for women, or for men, is for doctors alone.
    """
    agreed = Consent.objects.filter(patient=OuterRef("patient"), withdrawn_at=None)
    gender = Practitioner.objects.filter(user=user).values_list("gender", flat=True).first() or ""
    for_them = Q(only_same_sex=False) | Q(patient__sex_at_birth__in=pictures.sexes_seen_by(gender))
    return Photo.objects.kept().filter(for_them, Exists(agreed.filter(purpose=ConsentPurpose.PHOTOS_CARE)))


def is_limited(patient: Patient) -> bool:
    """What the patient last chose; it outlives the photos it was chosen for."""
    return Photo.objects.filter(patient=patient, only_same_sex=True).exists()


def newest_of_each_view(photos: QuerySet[Photo]) -> dict[str, Photo]:
    return {photo.view: photo for photo in photos.order_by("view", "-taken_at", "-pk").distinct("view")}


def last_taken_at(patient: Patient) -> datetime | None:
    """Of those who agree that photos are kept."""
    photos = Photo.objects.kept().filter(patient=patient, view__in=pictures.GUIDED)
    agreed = Consent.objects.filter(patient=patient, purpose=ConsentPurpose.PHOTOS_CARE, withdrawn_at=None)
    return photos.filter(Exists(agreed)).aggregate(newest=Max("taken_at"))["newest"]


def may_be_removed(photo: Photo) -> bool:
    return photo.pk in removable([photo], photo.patient)


def removable(photos: Iterable[Photo], patient: Patient) -> set[int]:
    """Those that no doctor has decided with, and that no report of symptoms shows."""
    decided_at = patient.decisions.aggregate(newest=Max("signed_at"))["newest"]
    open_still = {photo.pk for photo in photos if decided_at is None or decided_at < photo.taken_at}
    reported = SymptomReport.objects.filter(photo__in=open_still)
    return open_still - set(reported.values_list("photo", flat=True))


# Write


def _refuse_without_consent(patient: Patient) -> None:
    if not photos_agreed(patient):
        raise refusals.ConsentNeeded


def _same(patient: Patient, view: str, picture: Picture) -> Photo | None:
    found = Photo.objects.kept().filter(patient=patient, sha256=picture.sha256).first()
    if found and found.view != view:
        raise PhotoRefused(pictures.SAME_PICTURE)
    return found


def _add(
    patient: Patient,
    view: str,
    picture: Picture,
    name: str,
    intake: Intake | None,
    by: User | None,
    now: datetime,
) -> Photo:
    _replace_todays(patient, view, by, now)
    if Photo.objects.kept().filter(patient=patient).count() >= pictures.MOST_KEPT:
        raise PhotoRefused(pictures.TOO_MANY)
    photo = Photo.objects.create(
        patient=patient, intake=intake, view=view, file=name, width=picture.width, height=picture.height,
        size=len(picture.content), sha256=picture.sha256, only_same_sex=is_limited(patient), taken_at=now,
        by=by,
    )  # fmt: skip
    _note("photo_kept", photo, by, now)
    return photo


def _replace_todays(patient: Patient, view: str, by: User | None, now: datetime) -> None:
    """Taken again, because the first was blurred. Patches are many, and each stays."""
    if view == View.PATCH:
        return
    lately = Photo.objects.kept().filter(patient=patient, view=view, taken_at__gt=now - timedelta(days=1))
    for earlier in lately:
        if local_day(earlier.taken_at) == local_day(now) and may_be_removed(earlier):
            _let_go(earlier, by, now)


def _limit(patient: Patient, only_same_sex: bool) -> None:
    Photo.objects.filter(patient=patient).update(only_same_sex=only_same_sex)


def _let_go(photo: Photo, by: User | None, now: datetime) -> None:
    name = photo.file.name
    photo.file, photo.removed_at, photo.removed_by = "", now, by
    photo.save(update_fields=["file", "removed_at", "removed_by"])
    _note("photo_removed", photo, by, now)
    transaction.on_commit(lambda: _delete(name), robust=True)


def _note(action: str, photo: Photo, by: User | None, now: datetime) -> None:
    audit.record(by=by, action=action, subject=f"photo:{photo.pk}", patient=photo.patient, now=now)


# Files


def _write(picture: Picture) -> str:
    """On the disk, not only on its way there, before any row names it."""
    name = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.jpg", ContentFile(picture.content))
    with default_storage.open(name) as file:
        os.fsync(file.fileno())
    return name


def _delete(name: str) -> None:
    with contextlib.suppress(OSError):  # it stays without a row; photo_files.py tries again
        default_storage.delete(name)
