"""Photos by the patient: what they agree to, one page a view, who may look, and taking one out again."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import clock, formats
from clinic.models import Patient
from clinic.models.people import SexAtBirth
from clinic.permissions import record_required
from clinic.refusals import Refusal
from clinic.services.days import local_day, zone_of
from consultations import refusals
from consultations.forms.photos import AgreementsForm, PhotoForm
from consultations.models import Photo
from consultations.permissions import load_own_photo
from consultations.rules import consent_texts, pictures
from consultations.rules.pictures import GuidedView
from consultations.services import photos as service
from consultations.services.agreements import Signing, agree, words_hash
from consultations.services.intakes import open_intake
from consultations.services.standing import Standing, standing_consent
from consultations.services.withdrawals import withdraw_consent
from consultations.views.agreement_words import address_of

CAMERA_HERE = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


@never_cache
@require_safe
@record_required
def photos(request: HttpRequest) -> HttpResponse:
    return _overview(request)


@never_cache
@require_POST
@record_required
def agreements(request: HttpRequest) -> HttpResponse:
    form = _agreements_form(_standing(request.patient), request.POST)
    if not form.is_valid():
        return _overview(request, form, status=422)
    try:
        _settle(request, form.cleaned_data, clock.now())
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _overview(request, form, status=refused.status)
    return redirect("photos")


def _settle(request: HttpRequest, wanted: dict[str, bool], now: datetime) -> None:
    patient, by = request.patient, request.user
    signing = Signing(address=address_of(request))
    for purpose in consent_texts.PHOTOS:
        standing = standing_consent(patient, purpose)
        if wanted[purpose] and not (standing and standing.is_current):
            shown = request.POST.get(f"words_{purpose}", "")
            words = {"purpose": purpose, "shown": shown, "language": _language(purpose)}
            agree(patient=patient, by=by, now=now, signing=signing, **words)
        elif standing and not wanted[purpose]:
            withdraw_consent(patient=patient, purpose=purpose, by=by, now=now)
            messages.success(request, _withdrawn_words(purpose))


def _withdrawn_words(purpose: str) -> str:
    if purpose == consent_texts.PHOTOS_CARE:
        return _("Taken back. Nobody but you sees your photos now. You can remove them below.")
    return _("Taken back. We show them for this no more.")


@never_cache
@require_POST
@record_required
def viewers(request: HttpRequest) -> HttpResponse:
    if not viewers_words(request.patient):  # whose sex is not on file any more: nothing to choose
        return redirect("photos")
    limited = "only_same_sex" in request.POST
    service.limit_viewers(patient=request.patient, only_same_sex=limited, by=request.user, now=clock.now())
    messages.success(request, _("Saved."))
    return redirect("photos")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@record_required
def take(request: HttpRequest, number: int) -> HttpResponse:
    """One view: how to take it, a ghost of the last one, and a file to send. Works without JavaScript."""
    view = next((one for one in pictures.VIEWS if one.number == number), None)
    if view is None:
        raise Http404
    if not service.photos_agreed(request.patient):
        return redirect("photos")
    if request.method != "POST":
        return _take_page(request, view, _photo_form(request))
    form = _photo_form(request, request.POST, request.FILES)
    if not form.is_valid():
        return _not_kept(request, view, form, 422)
    try:
        _keep(request, view, form, clock.now())
    except Refusal as refused:
        form.add_error("photo", refused.text)
        return _not_kept(request, view, form, refused.status)
    return _kept(request, view)


def _keep(request: HttpRequest, view: GuidedView, form: PhotoForm, now: datetime) -> Photo:
    return service.keep_photo(
        patient=request.patient,
        view=view.code,
        upload=form.cleaned_data["photo"],
        by=request.user,
        now=now,
        intake=open_intake(request.patient),
        only_same_sex=form.cleaned_data.get("only_same_sex"),
    )


def _kept(request: HttpRequest, view: GuidedView) -> HttpResponse:
    """On to the next view that is missing; a script is told where to go."""
    messages.success(request, _("%(view)s: saved.") % {"view": _(view.title)})
    taken = Photo.objects.kept().filter(patient=request.patient).values_list("view", flat=True)
    later = [one for one in pictures.missing(set(taken)) if one.number > view.number]
    to = reverse("photo_take", args=[later[0].number]) if later else reverse("photos")
    return JsonResponse({"to": to}, status=201) if _by_script(request) else redirect(to)


def _not_kept(request: HttpRequest, view: GuidedView, form: PhotoForm, status: int) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"problem": " ".join(form.errors["photo"])}, status=status)
    return _take_page(request, view, form, status=status)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


@never_cache
@require_POST
@record_required
def remove(request: HttpRequest, photo_id: int) -> HttpResponse:
    photo = load_own_photo(request, photo_id)
    try:
        service.remove_photo(photo=photo, by=request.user, now=clock.now())
    except refusals.Refusal as refused:
        messages.warning(request, refused.text)
    else:
        messages.success(request, _("Removed. We keep no copy of it."))
    return redirect("photos")


# Pages


def _overview(request: HttpRequest, form: AgreementsForm | None = None, status: int = 200) -> HttpResponse:
    patient, standing = request.patient, _standing(request.patient)
    newest = service.newest_of_each_view(Photo.objects.kept().filter(patient=patient))
    left = pictures.missing(newest)
    form = form or _agreements_form(standing)
    content = {
        "form": form,
        "boxes": [_box(form, purpose, standing[purpose]) for purpose in consent_texts.PHOTOS],
        "agreed": standing[consent_texts.PHOTOS_CARE] is not None,
        "cards": _cards(newest, patient),
        "taken": len(pictures.GUIDED) - len(left),
        "guided": len(pictures.GUIDED),
        "next": left[0] if left else None,
        "needed": pictures.NEEDED,
        "has_photos": bool(newest),
        "viewers": viewers_words(patient),
        "is_limited": service.is_limited(patient),
    }
    return render(request, "consultations/photos/photos.html", content, status=status)


def _cards(newest: dict[str, Photo], patient: Patient) -> list[dict[str, Any]]:
    may_go = service.removable(newest.values(), patient)
    cards = [{"view": view, "photo": newest.get(view.code)} for view in pictures.VIEWS]
    for card in cards:
        if photo := card["photo"]:
            card |= {"taken_on": formats.day(local_day(photo.taken_at)), "may_remove": photo.pk in may_go}
    return cards


def _take_page(request: HttpRequest, view: GuidedView, form: PhotoForm, status: int = 200) -> HttpResponse:
    photos = Photo.objects.kept().filter(patient=request.patient, view=view.code)
    last = photos.order_by("-taken_at", "-pk").first()
    guided = [one for one in pictures.VIEWS if not one.is_optional]
    content = {
        "view": view,
        "form": form,
        "last": last,
        "last_on": formats.when(last.taken_at, zone_of()) if last else "",
        "needed": pictures.NEEDED,
        "guided": len(guided),
        "skip": next((one for one in pictures.VIEWS if one.number == view.number + 1), None),
    }
    response = render(request, "consultations/photos/take.html", content, status=status)
    response.headers["Permissions-Policy"] = CAMERA_HERE
    return response


def _photo_form(request: HttpRequest, *data: Any) -> PhotoForm:
    limited = service.is_limited(request.patient)
    return PhotoForm(*data, viewers=viewers_words(request.patient), is_limited=limited)


def viewers_words(patient: Patient) -> str:
    """What the box says; empty where nobody could be told to be of the same sex."""
    return {
        SexAtBirth.FEMALE: _("Only women doctors may look at my photos"),
        SexAtBirth.MALE: _("Only men doctors may look at my photos"),
    }.get(patient.sex_at_birth, "")


# Agreements


def _standing(patient: Patient) -> dict[str, Standing | None]:
    return {purpose: standing_consent(patient, purpose) for purpose in consent_texts.PHOTOS}


def _agreements_form(standing: dict[str, Standing | None], data: Any = None) -> AgreementsForm:
    sentences = {one: _words(one)["sentence"] for one in consent_texts.PHOTOS}
    return AgreementsForm(data, sentences=sentences, agreed={one for one in standing if standing[one]})


def _box(form: AgreementsForm, purpose: str, standing: Standing | None) -> dict[str, Any]:
    return {
        "field": form[purpose],
        "title": _words(purpose)["title"],
        "parts": [_parted(words) for words in _words(purpose)["paragraphs"]],
        "purpose": purpose,
        "shown": words_hash(purpose, _language(purpose)),
        "said": _said(standing) if standing else "",
    }


def _said(standing: Standing) -> str:
    when = {"when": formats.when(standing.consent.given_at, zone_of())}
    if standing.is_current:
        return _("You agreed on %(when)s.") % when
    return _("You agreed to earlier words on %(when)s. They have changed: please read them again.") % when


def _parted(words: str) -> tuple[str, str]:
    """The heading of a paragraph, where it has one, and what it says."""
    heading, line, said = words.partition("\n")
    return (heading, said) if line else ("", words)


def _words(purpose: str) -> dict[str, Any]:
    """In the language that they were written in, never translated here: these words are what is agreed to."""
    return consent_texts.consent_content(purpose, _language(purpose))


def _language(purpose: str) -> str:
    return consent_texts.offered_language(purpose, get_language() or consent_texts.ORIGINAL)
