"""Whether every photo has its file, and every file its photo: after a crash, or a restored backup."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from consultations.models import Photo
from consultations.services.photos import FOLDER

IN_FLIGHT = timedelta(hours=1)  # a file this young may be waiting for its row


def photos_without_file() -> list[str]:
    """Rows whose file is gone, as kind:id."""
    rows = list(Photo.objects.kept().order_by("pk").values_list("pk", "file"))
    there = set(_files())
    gone = [pk for pk, name in rows if name not in there]
    still_kept = Photo.objects.kept().filter(pk__in=gone).order_by("pk")  # removed while we looked is no loss
    return [f"photo:{pk}" for pk in still_kept.values_list("pk", flat=True)]


def files_without_photo(*, now: datetime) -> list[str]:
    """Names of files that no photo has, but those that have just been written. `now` by the machine's clock,
    which the files have their times from.
    """
    named = set(Photo.objects.kept().values_list("file", flat=True))
    return sorted(name for name in _files() if name not in named and _age(name, now) > IN_FLIGHT)


def delete_files_without_photo(*, now: datetime) -> int:
    names = files_without_photo(now=now)
    for name in names:
        default_storage.delete(name)
    return len(names)


def _files() -> Iterable[str]:
    try:
        names = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return []
    return [f"{FOLDER}/{name}" for name in names]


def _age(name: str, now: datetime) -> timedelta:
    try:
        return now - default_storage.get_modified_time(name)
    except FileNotFoundError:
        return timedelta(0)
