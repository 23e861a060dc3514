"""The picture itself, and a clinician's page on which two days of one view lie on each other."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic import clock, formats
from clinic.models.people import Role
from clinic.permissions import duties, staff
from clinic.services.days import local_day
from consultations.models import Photo
from consultations.permissions import load_photo, load_record
from consultations.rules import pictures
from consultations.services.photo_strip import Strip, strip_of
from consultations.services.redrawing import small_copy


@never_cache
@require_safe
def photo(request: HttpRequest, photo_id: int) -> HttpResponse:
    return _jpeg(_content(load_photo(request, photo_id, now=clock.now())))


@never_cache
@require_safe
def small(request: HttpRequest, photo_id: int) -> HttpResponse:
    return _jpeg(small_copy(_content(load_photo(request, photo_id, now=clock.now()))))


def _content(kept: Photo) -> bytes:
    try:
        with kept.file.open() as file:
            return file.read()
    except FileNotFoundError:  # `manage.py verify` names it
        raise Http404 from None


def _jpeg(content: bytes) -> HttpResponse:
    """Always a picture to a browser, never a page, and under a name that tells nothing."""
    headers = {
        "Content-Disposition": 'inline; filename="photo.jpg"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="image/jpeg", headers=headers)


@staff(Role.NURSE, Role.DERMATOLOGIST)
@never_cache
@require_safe
def photos_of(request: HttpRequest, patient_id: int) -> HttpResponse:
    """One view, an earlier day beside a later one. The address names both, so that it can be come back to."""
    patient = load_record(request, patient_id, now=clock.now())
    strip = strip_of(patient, user=request.user)
    content = {
        "patient": patient,
        "strip": strip,
        "hidden_words": hidden_words(strip),
        "is_doctor": duties(request).has(Role.DERMATOLOGIST),
        **_pair(strip, request.GET),
    }
    return render(request, "consultations/photos/record.html", content)


def _pair(strip: Strip, asked: QueryDict) -> dict[str, Any]:
    """What was asked for where it is there, else the first view, its oldest and its newest photo."""
    views = [view for view in pictures.VIEWS if view.code in strip.of_view]
    if not views:
        return {}
    view = next((one for one in views if str(one.number) == asked.get("view")), views[0])
    photos = strip.of_view[view.code]
    by_id = {str(photo.pk): photo for photo in photos}
    before = by_id.get(asked.get("before", ""), photos[0])
    after = by_id.get(asked.get("after", ""), photos[-1])
    return {
        "views": views,
        "view": view,
        "days": [(photo, _day(photo)) for photo in photos],
        "before": before,
        "after": after,
        "before_on": _day(before),
        "after_on": _day(after),
    }


def _day(photo: Photo) -> str:
    return formats.day_with_year(local_day(photo.taken_at))


def hidden_words(strip: Strip) -> str:
    """That there are photos, and for whom; never the pictures."""
    if not strip.hidden:
        return ""
    texts = {
        "taken_back": ngettext(
            "%(n)s photo, shown to nobody: the patient took the agreement back",
            "%(n)s photos, shown to nobody: the patient took the agreement back",
            strip.hidden,
        ),
        "female": ngettext(
            "%(n)s photo, for women doctors only", "%(n)s photos, for women doctors only", strip.hidden
        ),
        "male": ngettext(
            "%(n)s photo, for men doctors only", "%(n)s photos, for men doctors only", strip.hidden
        ),
        "nobody": ngettext(
            "%(n)s photo, kept for doctors of the patient’s own sex, which is not on file",
            "%(n)s photos, kept for doctors of the patient’s own sex, which is not on file",
            strip.hidden,
        ),
    }
    return texts[strip.why] % {"n": strip.hidden}
