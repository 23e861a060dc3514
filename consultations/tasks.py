"""Thin, idempotent, without arguments: what they do may happen late, twice or never and nothing is lost."""

from celery import shared_task
from django.utils import timezone

from consultations.services import photo_files


@shared_task(name="consultations.tasks.clear_photo_files", ignore_result=True)
def clear_photo_files() -> None:
    """What a crash left of a photo that was being kept or removed. Files have the machine's times."""
    photo_files.delete_files_without_photo(now=timezone.now())
