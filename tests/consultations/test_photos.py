"""Photos: what a file may be, what is kept of it, who looks at it, and how it goes again."""

import io
import json
import os
import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from bookings.services.verifying import verify
from clinic import clock
from clinic.celery import app
from clinic.models import AuditRow, Patient, Practitioner, ViewRow
from clinic.refusals import RecordMerged
from consultations import refusals, tasks
from consultations.forms.photos import PhotoField
from consultations.models import Consent, Photo, SymptomReport
from consultations.rules import pictures
from consultations.services import redrawing
from consultations.services.agreements import words_hash
from consultations.services.photo_files import delete_files_without_photo, files_without_photo
from consultations.services.photo_strip import strip_of
from consultations.services.photos import PhotoDecidedOn, keep_photo, limit_viewers, remove_photo
from consultations.services.redrawing import PhotoRefused, redraw
from consultations.services.withdrawals import withdraw_consent
from tests import builders
from tests.builders import NOW

PHOTOS = reverse("photos")
FRONT = reverse("photo_take", args=[1])
CARE, TEACHING, PUBLICATION = "photos_care", "photos_teaching", "photos_publication"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def patient(db):
    """Somebody who has agreed that photos are kept."""
    patient = builders.a_patient(sex_at_birth="female")
    builders.a_consent(patient=patient, purpose=CARE)
    return patient


def a_picture(*, size=(900, 1200), mode="RGB", colour="tan"):
    return Image.new(mode, size, colour)


def encoded(image, kind="JPEG", **how):
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def upload(content, name="photo.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, content, content_type=kind)


def another(number):
    """A picture unlike those of other numbers."""
    return encoded(a_picture(colour=(number * 20, 90, 120)))


def keep(patient, content=None, *, view="front", now=NOW, **more):
    content = encoded(a_picture()) if content is None else content
    return keep_photo(patient=patient, view=view, upload=upload(content), by=patient.account, now=now, **more)


def files():
    try:
        return default_storage.listdir("photos")[1]
    except FileNotFoundError:
        return []


def opened(picture):
    return Image.open(io.BytesIO(picture.content))


# What a file may be


def huge_png():
    return encoded(Image.new("1", (9000, 9000)), "PNG")


def jpeg_of(width, height):
    """One that says so in its header; what follows is smaller."""
    content = bytearray(encoded(a_picture()))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(content)


def half_of(content):
    return content[: len(content) // 2]


def two_pictures(kind):
    return encoded(a_picture(), kind, save_all=True, append_images=[a_picture(colour="blue")])


BAD = {
    "nothing in it": (lambda: b"", pictures.EMPTY),
    "larger than 10 MB": (lambda: b"\xff\xd8\xff" + bytes(11 * 1024 * 1024), pictures.TOO_BIG),
    "81 megapixels in 10 kB": (huge_png, pictures.TOO_MANY_PIXELS),
    "81 megapixels, JPEG": (lambda: jpeg_of(9000, 9000), pictures.TOO_MANY_PIXELS),
    "200 megapixels, JPEG": (lambda: jpeg_of(14_200, 14_200), pictures.TOO_MANY_PIXELS),
    "30,000 by 1": (lambda: encoded(Image.new("1", (30_000, 1)), "PNG"), pictures.TOO_SMALL),
    "SVG named .jpg": (
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        pictures.WRONG_KIND,
    ),
    "HTML named .jpg": (lambda: b"<!doctype html><script>alert(1)</script>", pictures.WRONG_KIND),
    "GIF": (lambda: encoded(a_picture(), "GIF"), pictures.WRONG_KIND),
    "TIFF named .png": (lambda: encoded(a_picture(), "TIFF"), pictures.WRONG_KIND),
    "EPS": (lambda: encoded(a_picture(), "EPS"), pictures.WRONG_KIND),
    "FITS": (lambda: b"SIMPLE  =                    T" + b" " * 2850, pictures.WRONG_KIND),
    "PDF": (lambda: b"%PDF-1.7\n%%EOF", pictures.WRONG_KIND),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400), pictures.HEIC),
    "JPEG cut in half": (lambda: half_of(encoded(Image.effect_noise((900, 900), 90))), pictures.DAMAGED),
    "PNG cut in half": (
        lambda: half_of(encoded(Image.effect_noise((900, 900), 90), "PNG")),
        pictures.DAMAGED,
    ),
    "three bytes of a JPEG": (lambda: b"\xff\xd8\xff", pictures.DAMAGED),
    "moving WebP": (lambda: two_pictures("WEBP"), pictures.MOVING),
    "moving PNG": (lambda: two_pictures("PNG"), pictures.MOVING),
    "a stamp": (lambda: encoded(a_picture(size=(239, 900))), pictures.TOO_SMALL),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_is_no_photo_is_refused_in_words(what):
    content, problem = BAD[what]

    with pytest.raises(PhotoRefused) as refused:
        redraw(upload(content()))

    assert refused.value.problem == problem
    assert str(refused.value.text) == pictures.PROBLEMS[problem]


def test_the_huge_picture_of_the_attack_is_small_as_a_file():
    assert len(huge_png()) < 11_000


@pytest.mark.parametrize(("kind", "how"), [
    ("PNG", {}), ("WEBP", {"quality": 60}), ("WEBP", {"lossless": True}), ("WEBP", {"exif": b"Exif\0\0"}),
])  # fmt: skip
def test_the_first_bytes_tell_how_large_it_is(kind, how):
    content = encoded(Image.new("RGB", (801, 602)), kind, **how)

    assert pictures.claimed_size(content[: pictures.HEAD]) == (801, 602)


HUGE_WEBP = {
    "lossy": b"VP8 " + bytes(10) + (8000).to_bytes(2, "little") + (6000).to_bytes(2, "little"),
    "lossless": b"VP8L" + bytes(5) + (7999 | 5999 << 14).to_bytes(4, "little") + bytes(5),
    "extended": b"VP8X" + bytes(8) + (7999).to_bytes(3, "little") + (5999).to_bytes(3, "little"),
}


@pytest.mark.parametrize("how", HUGE_WEBP)
def test_a_huge_webp_is_refused_before_its_decoder_makes_room_for_it(how):
    head = b"RIFF" + bytes(4) + b"WEBP" + HUGE_WEBP[how]

    assert pictures.claimed_size(head) == (8000, 6000)
    with pytest.raises(PhotoRefused) as refused:
        redraw(upload(head))
    assert refused.value.problem == pictures.TOO_MANY_PIXELS


@pytest.mark.parametrize(("size", "problem"), [((6250, 6400), ""), ((6251, 6400), pictures.TOO_MANY_PIXELS)])
def test_forty_megapixels_may_be_and_more_may_not(size, problem):
    assert pictures.size_problem(*size) == problem


def test_only_one_picture_is_unpacked_at_a_time(monkeypatch):
    monkeypatch.setattr(redrawing, "PATIENCE", 0.05)
    with redrawing._decoding, pytest.raises(PhotoRefused) as refused:
        redraw(upload(encoded(a_picture())))

    assert refused.value.problem == pictures.BUSY
    assert redraw(upload(encoded(a_picture()))).width == 900  # and the next one is


def test_the_turn_is_given_back_by_a_picture_that_is_refused():
    for _ in range(3):
        with pytest.raises(PhotoRefused):
            redraw(upload(b"\xff\xd8\xff"))

    taken = threading.Thread(target=redraw, args=[upload(encoded(a_picture()))])
    taken.start()
    taken.join(10)
    assert not taken.is_alive()


# What is kept of it


def with_everything():
    """A JPEG with a place, a camera, a comment, a colour profile, and a script behind the end."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0110] = "CANARY description", "CANARY camera"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (12.0, 58.0, 17.0), "E", (77.0, 35.0, 40.0)
    content = encoded(
        a_picture(), exif=exif, comment=b"CANARY comment", icc_profile=b"CANARY profile" * 400,
        xmp=b"<x:xmpmeta>CANARY xmp</x:xmpmeta>",
    )  # fmt: skip
    return content + b"<?php CANARY ?><script>CANARY</script>PK\x03\x04CANARY"


def test_nothing_survives_but_what_one_sees():
    content = with_everything()
    assert content.count(b"CANARY") > 6

    picture = redraw(upload(content))

    assert b"CANARY" not in picture.content
    assert b"Exif" not in picture.content
    assert b"<" + b"script" not in picture.content
    kept = opened(picture)
    assert (kept.format, kept.mode, set(kept.info)) == (
        "JPEG",
        "RGB",
        {"jfif", "jfif_version", "jfif_unit", "jfif_density"},
    )
    assert len(kept.getexif()) == 0


def test_a_phone_held_upright_gives_an_upright_picture():
    image = a_picture(size=(800, 600), colour="white")
    ImageDraw.Draw(image).rectangle((0, 0, 200, 200), fill="red")  # turned by 90°: at the top right
    exif = Image.Exif()
    exif[0x0112] = 6

    picture = redraw(upload(encoded(image, exif=exif)))

    kept = opened(picture)
    assert (picture.width, picture.height) == kept.size == (600, 800)
    assert kept.getpixel((550, 50))[1] < 60 < 200 < kept.getpixel((50, 50))[1]


def test_a_large_picture_is_kept_at_two_thousand_pixels():
    picture = redraw(upload(encoded(a_picture(size=(4000, 3000)))))

    assert (picture.width, picture.height) == (2048, 1536)


@pytest.mark.parametrize(("mode", "kind"), [
    ("CMYK", "JPEG"), ("L", "JPEG"), ("RGBA", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("1", "PNG"),
    ("I;16", "PNG"), ("RGB", "WEBP"), ("RGBA", "WEBP"),
])  # fmt: skip
def test_every_kind_of_colour_becomes_a_picture_that_every_browser_shows(mode, kind):
    image = Image.new("I;16", (400, 300), 40_000) if mode == "I;16" else a_picture().convert(mode)

    kept = opened(redraw(upload(encoded(image, kind))))

    assert (kept.format, kept.mode) == ("JPEG", "RGB")


def test_what_is_transparent_is_white_and_not_black():
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))

    assert opened(redraw(upload(encoded(image, "PNG")))).getpixel((200, 200)) == (255, 255, 255)


def test_the_photo_of_a_phone_that_keeps_two_pictures_in_one_file_is_its_first():
    picture = redraw(upload(two_pictures("MPO")))

    assert opened(picture).getpixel((9, 9))[0] > 150  # tan, not blue


# Keeping


def test_a_photo_is_kept_with_its_file_under_a_name_of_chance(patient):
    photo = keep(patient, view="crown")

    assert (photo.patient, photo.view, photo.by, photo.taken_at) == (patient, "crown", patient.account, NOW)
    with photo.file.open() as file:
        content = file.read()
    assert (len(content), Image.open(io.BytesIO(content)).size) == (photo.size, (photo.width, photo.height))
    assert photo.sha256 == redraw(upload(encoded(a_picture()))).sha256
    assert [photo.file.name] == [f"photos/{name}" for name in files()]
    row = AuditRow.objects.get(action="photo_kept")
    assert (row.subject, row.patient, row.by) == (f"photo:{photo.pk}", patient, patient.account)


def test_a_path_in_the_name_of_a_file_leads_nowhere(patient, media):
    content = encoded(a_picture())
    bad = SimpleUploadedFile("x.jpg", content)
    bad._name = "../../../tmp/evil.jpg"

    photo = keep_photo(patient=patient, view="front", upload=bad, by=None, now=NOW)

    assert photo.file.name.startswith("photos/")
    assert "evil" not in photo.file.name
    assert [path.parent for path in media.rglob("*.jpg")] == [media / "photos"]


def test_no_photo_is_kept_without_the_agreement(patient):
    Consent.objects.update(withdrawn_at=NOW)

    with pytest.raises(refusals.ConsentNeeded):
        keep(patient)

    assert (Photo.objects.count(), files()) == (0, [])


def test_the_same_photo_twice_is_once(patient):
    first = keep(patient)

    assert keep(patient, now=NOW + timedelta(days=3)) == first
    assert (Photo.objects.count(), len(files())) == (1, 1)


def test_the_same_photo_as_another_view_is_a_mistake_that_is_said(patient):
    keep(patient, view="front")

    with pytest.raises(PhotoRefused) as refused:
        keep(patient, view="top")

    assert refused.value.problem == pictures.SAME_PICTURE
    assert (Photo.objects.count(), len(files())) == (1, 1)


def test_taken_again_on_the_same_day_it_takes_the_place_of_the_first(
    patient, django_capture_on_commit_callbacks
):
    blurred = keep(patient, another(1))
    with django_capture_on_commit_callbacks(execute=True):
        sharp = keep(patient, another(2), now=NOW + timedelta(minutes=5))
    later = keep(patient, another(3), now=NOW + timedelta(days=20))

    blurred.refresh_from_db()
    assert (blurred.removed_at, blurred.file.name) == (NOW + timedelta(minutes=5), "")
    assert list(Photo.objects.kept().order_by("pk")) == [sharp, later]
    assert len(files()) == 2


def test_a_photo_that_a_doctor_decided_with_stays_beside_the_new_one(patient):
    first = keep(patient, another(1))
    builders.a_decision(patient=patient, now=NOW + timedelta(minutes=1))

    second = keep(patient, another(2), now=NOW + timedelta(minutes=5))

    assert list(Photo.objects.kept().order_by("pk")) == [first, second]


def test_several_patches_of_one_day_all_stay(patient):
    for number in range(3):
        keep(patient, another(number), view="patch")

    assert Photo.objects.kept().count() == 3


def test_the_61st_photo_is_refused_and_leaves_nothing(patient):
    for number in range(60):
        builders.a_photo(patient=patient, view="patch", now=NOW - timedelta(days=number + 1))
    before = len(files())

    with pytest.raises(PhotoRefused) as refused:
        keep(patient)

    assert refused.value.problem == pictures.TOO_MANY
    assert (Photo.objects.count(), len(files())) == (60, before)
    remove_photo(photo=Photo.objects.kept()[0], by=patient.account, now=NOW)
    assert keep(patient).pk


# A crash, and what is left of it


def test_a_crash_between_file_and_row_leaves_a_file_that_is_cleared_away(patient):
    keep(patient, another(1))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE consultations_photo ADD CONSTRAINT no_more CHECK (false) NOT VALID")
    with pytest.raises(IntegrityError):
        keep(patient, another(2), view="top")

    assert (Photo.objects.count(), len(files())) == (1, 2)
    now = timezone.now()
    assert files_without_photo(now=now) == []  # it may be on its way still
    assert delete_files_without_photo(now=now + timedelta(hours=2)) == 1
    assert [photo.file.name for photo in Photo.objects.all()] == [f"photos/{name}" for name in files()]


def test_the_command_says_what_is_left_over_and_clears_it_away(patient, capsys):
    keep(patient, another(1))
    stray = default_storage.save("photos/stray.jpg", ContentFile(b"x"))
    long_ago = timezone.now().timestamp() - 7200
    os.utime(default_storage.path(stray), (long_ago, long_ago))

    call_command("photo_files", "--clean")

    assert capsys.readouterr().out == "files_without_photo: photos/stray.jpg\n"
    assert (len(files()), Photo.objects.count()) == (1, 1)
    default_storage.delete(Photo.objects.get().file.name)
    with pytest.raises(CommandError) as gone:
        call_command("photo_files", "--json")
    assert gone.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["photos_without_file"] == [f"photo:{Photo.objects.get().pk}"]


def test_the_beat_clears_what_is_left_over(patient):
    stray = default_storage.save("photos/stray.jpg", ContentFile(b"x"))
    long_ago = timezone.now().timestamp() - 7200
    os.utime(default_storage.path(stray), (long_ago, long_ago))

    entry = app.conf.beat_schedule["clear photo files"]
    assert entry["task"] == tasks.clear_photo_files.name
    tasks.clear_photo_files()

    assert files() == []


def test_a_file_of_thirty_megabytes_is_refused_as_one_of_eleven(own):
    page = send(own, b"\xff\xd8\xff" + bytes(30 * 1024 * 1024))

    assert page.context["form"].errors.as_data()["photo"][0].code == pictures.TOO_BIG


def test_a_record_that_was_merged_meanwhile_keeps_no_photo_and_no_file(patient):
    Patient.objects.filter(pk=patient.pk).update(merged_into=builders.a_patient())

    with pytest.raises(RecordMerged):
        keep(patient)

    assert (Photo.objects.count(), files()) == (0, [])


def test_verify_names_a_photo_whose_file_is_gone(patient):
    keep(patient, another(1))
    lost = keep(patient, another(2), view="top")
    assert verify(now=NOW).wrong == {}

    default_storage.delete(lost.file.name)

    assert verify(now=NOW).wrong == {"photo_without_file": [f"photo:{lost.pk}"]}


# Removing


def test_a_removed_photo_leaves_no_file_and_a_row_that_says_so(patient, django_capture_on_commit_callbacks):
    photo = keep(patient)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            remove_photo(photo=photo, by=patient.account, now=NOW + timedelta(minutes=1))

    photo.refresh_from_db()
    assert (photo.removed_at, photo.removed_by) == (NOW + timedelta(minutes=1), patient.account)
    assert (photo.file.name, files()) == ("", [])
    assert AuditRow.objects.filter(action="photo_removed").count() == 1


def test_the_file_stays_until_the_removal_is_written(patient):
    """pytest-django's transaction never commits: the file is still there."""
    remove_photo(photo=keep(patient), by=patient.account, now=NOW)

    assert len(files()) == 1


@pytest.mark.parametrize(("signed", "refused"), [(timedelta(0), True), (timedelta(seconds=-1), False)])
def test_a_photo_stays_that_a_doctor_has_decided_with(patient, signed, refused):
    photo = keep(patient)
    builders.a_decision(patient=patient, now=NOW + signed)

    if refused:
        with pytest.raises(PhotoDecidedOn):
            remove_photo(photo=photo, by=patient.account, now=NOW + timedelta(days=1))
    else:
        remove_photo(photo=photo, by=patient.account, now=NOW + timedelta(days=1))
    assert Photo.objects.kept().exists() == refused


def test_a_photo_of_a_report_stays_with_it(patient):
    photo = keep(patient, view="patch")
    SymptomReport.objects.create(patient=patient, signs=["pus"], photo=photo, at=NOW, key=builders.next_key())

    with pytest.raises(PhotoDecidedOn):
        remove_photo(photo=photo, by=patient.account, now=NOW)


# Who may look


@pytest.fixture
def woman_doctor(db):
    return builders.a_practitioner(gender="female").user


@pytest.fixture
def man_doctor(db):
    return builders.a_practitioner(gender="male").user


def status(client, user, photo, name="photo"):
    client.force_login(user)
    return client.get(reverse(name, args=[photo.pk])).status_code


def test_the_picture_comes_as_a_picture_and_as_nothing_else(client, patient):
    photo = keep(patient)
    client.force_login(patient.account)
    for name in ("photo", "photo_small"):
        answer = client.get(reverse(name, args=[photo.pk]))

        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Content-Disposition"] == 'inline; filename="photo.jpg"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert Image.open(io.BytesIO(answer.content)).format == "JPEG"


def test_the_small_one_is_small(client, patient):
    photo = keep(patient, encoded(a_picture(size=(2000, 1500))))
    client.force_login(patient.account)

    answer = client.get(reverse("photo_small", args=[photo.pk]))

    assert Image.open(io.BytesIO(answer.content)).size == (480, 360)


def test_a_file_that_is_gone_is_not_found(client, patient):
    photo = keep(patient)
    default_storage.delete(photo.file.name)

    assert status(client, patient.account, photo) == 404


def test_files_stand_behind_no_address_of_their_own(client, patient):
    photo = keep(patient)
    client.force_login(patient.account)

    paths = [f"/{photo.file.name}", f"/media/{photo.file.name}", f"/static/{photo.file.name}"]
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]


@pytest.mark.parametrize(("role", "expected"), [
    ("dermatologist", 200), ("nurse", 200), ("front_desk", 404), ("manager", 404),
])  # fmt: skip
def test_clinicians_look_and_the_desk_does_not(client, patient, role, expected):
    photo, user = keep(patient), builders.staff(role=role)

    assert status(client, user, photo) == expected
    assert status(client, user, photo, "photo_small") == expected
    assert ViewRow.objects.filter(by=user, patient=patient, what="photo").count() == (
        2 if expected == 200 else 0
    )


def test_another_patient_finds_nothing(client, patient):
    photo, other = keep(patient), builders.a_patient()

    assert status(client, other.account, photo) == 404
    assert client.post(reverse("photo_remove", args=[photo.pk])).status_code == 404
    assert Photo.objects.kept().count() == 1


def test_behind_a_shared_phone_it_takes_the_pin(client, patient):
    photo = keep(patient)
    Patient.objects.filter(pk=patient.pk).update(phone_shared=True)
    client.force_login(patient.account)

    for address in (
        reverse("photo", args=[photo.pk]),
        reverse("photo_small", args=[photo.pk]),
        PHOTOS,
        FRONT,
    ):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (
            302,
            reverse("account_pin", args=[patient.pk]),
        )


def test_for_women_only_a_man_and_a_nurse_see_that_there_are_photos_and_no_picture(
    client, patient, woman_doctor, man_doctor
):
    photo, nurse = keep(patient, only_same_sex=True), builders.staff(role="nurse")

    assert [status(client, who, photo) for who in (woman_doctor, man_doctor, nurse)] == [200, 404, 404]
    assert ViewRow.objects.filter(by__in=[man_doctor, nurse]).count() == 0
    told = {}
    for who in (woman_doctor, man_doctor, nurse):
        client.force_login(who)
        told[who] = client.get(reverse("record_photos", args=[patient.pk])).content.decode()
    small = reverse("photo", args=[photo.pk])
    assert [small in told[who] for who in told] == [True, False, False]
    assert ["1 photo, for women doctors only" in told[who] for who in told] == [False, True, True]


@pytest.mark.parametrize(("sex", "gender", "sees"), [
    ("female", "female", True), ("male", "male", True), ("female", "male", False), ("male", "female", False),
    ("", "", False), ("private", "", False), ("intersex", "female", False), ("", "female", False),
    ("female", "", False),
])  # fmt: skip
def test_the_same_sex_is_what_both_are_known_to_be(client, patient, sex, gender, sees):
    photo = keep(patient, only_same_sex=True)
    Patient.objects.filter(pk=patient.pk).update(sex_at_birth=sex)
    doctor = builders.a_practitioner(gender=gender).user

    assert status(client, doctor, photo) == (200 if sees else 404)


def test_the_wish_counts_for_all_photos_and_for_those_to_come(patient):
    keep(patient, another(1), view="front")
    limit_viewers(patient=patient, only_same_sex=True, by=patient.account, now=NOW)
    keep(patient, another(2), view="top")
    assert set(Photo.objects.values_list("only_same_sex", flat=True)) == {True}

    keep(patient, another(3), view="crown", only_same_sex=False)

    assert set(Photo.objects.values_list("only_same_sex", flat=True)) == {False}


def test_the_wish_outlives_the_photo_that_it_came_with(patient):
    remove_photo(photo=keep(patient, only_same_sex=True), by=patient.account, now=NOW)

    assert keep(patient, another(2)).only_same_sex


def test_whoever_takes_the_agreement_back_is_the_only_one_who_sees_them(client, patient, woman_doctor):
    photo = keep(patient)
    withdraw_consent(patient=patient, purpose=CARE, by=patient.account, now=NOW)

    assert [status(client, who, photo) for who in (woman_doctor, patient.account)] == [404, 200]
    strip = strip_of(patient, user=woman_doctor)
    assert (strip.of_view, strip.hidden, strip.why) == ({}, 1, "taken_back")


# The doctor's pages


def test_the_review_counts_the_views_and_shows_the_newest_of_each(client, patient, woman_doctor):
    builders.a_photo(patient=patient, view="front", now=NOW - timedelta(days=90))
    newest = builders.a_photo(patient=patient, view="front", now=NOW)
    builders.a_photo(patient=patient, view="top", now=NOW)
    builders.a_photo(patient=patient, view="patch", now=NOW)

    strip = strip_of(patient, user=woman_doctor)

    assert (strip.taken, strip.guided) == (2, 5)
    assert [photo.view for photo in strip.newest] == ["front", "top", "patch"]
    assert strip.newest[0] == newest


def test_two_days_of_one_view_stand_beside_each_other(client, patient, woman_doctor):
    first, second, third = (
        builders.a_photo(patient=patient, view="crown", now=NOW - timedelta(days=days))
        for days in (80, 40, 0)
    )
    builders.a_photo(patient=patient, view="front")
    client.force_login(woman_doctor)
    address = reverse("record_photos", args=[patient.pk])

    shown = client.get(f"{address}?view=3").context
    asked = client.get(f"{address}?view=3&before={second.pk}&after={third.pk}").context
    nonsense = client.get(f"{address}?view=x&before=9999999&after=%27").context

    assert (shown["before"], shown["after"]) == (first, third)
    assert (asked["before"], asked["after"]) == (second, third)
    assert nonsense["view"].code == "front"


@pytest.mark.parametrize("count", [1, 3])
def test_the_clinicians_page_takes_the_same_queries_for_one_photo_and_three(
    client, patient, woman_doctor, count, django_assert_num_queries
):
    for number in range(count):
        builders.a_photo(patient=patient, view="crown", now=NOW - timedelta(days=number))
    client.force_login(woman_doctor)
    with django_assert_num_queries(8):
        client.get(reverse("record_photos", args=[patient.pk]))


# The patient's pages


@pytest.fixture
def own(client, patient):
    client.force_login(patient.account)
    return client


def send(client, content=None, address=FRONT, name="photo.jpg", **more):
    content = encoded(a_picture()) if content is None else content
    return client.post(address, {"photo": upload(content, name), **more})


def agreed_to():
    return set(Consent.objects.filter(withdrawn_at=None).values_list("purpose", flat=True))


def words(*ticked):
    return {f"words_{one}": words_hash(one) for one in (CARE, TEACHING, PUBLICATION)} | dict.fromkeys(
        ticked, "on"
    )


def test_nobody_has_agreed_before_ticking_a_box(client, db):
    patient = builders.a_patient()
    client.force_login(patient.account)

    page = client.get(PHOTOS)

    assert [box["field"].value() for box in page.context["boxes"]] == [False, False, False]
    assert client.get(FRONT)["Location"] == PHOTOS
    assert send(client)["Location"] == PHOTOS
    assert Photo.objects.count() == 0


def test_each_purpose_is_agreed_to_apart(client, db):
    patient = builders.a_patient()
    client.force_login(patient.account)

    client.post(reverse("photo_agreements"), words(CARE))
    assert agreed_to() == {CARE}
    client.post(reverse("photo_agreements"), words(CARE, TEACHING))
    assert agreed_to() == {CARE, TEACHING}
    client.post(reverse("photo_agreements"), words(CARE))
    assert agreed_to() == {CARE}


def test_taking_back_the_first_takes_back_what_rests_on_it(own):
    own.post(reverse("photo_agreements"), words(CARE, TEACHING, PUBLICATION))

    own.post(reverse("photo_agreements"), words(TEACHING, PUBLICATION))

    assert agreed_to() == set()


def test_teaching_without_photos_for_care_is_explained(client, db):
    client.force_login(builders.a_patient().account)

    page = client.post(reverse("photo_agreements"), words(TEACHING))

    assert page.status_code == 422
    assert "Without this one we keep no photo" in page.content.decode()
    assert agreed_to() == set()


def test_words_that_have_changed_meanwhile_are_shown_again(client, db):
    client.force_login(builders.a_patient().account)

    page = client.post(reverse("photo_agreements"), {**words(CARE), f"words_{CARE}": "0" * 64})

    assert page.status_code == 409
    assert agreed_to() == set()


def test_one_view_leads_to_the_next_that_is_missing(own, patient):
    builders.a_photo(patient=patient, view="top", now=clock.now())

    answer = send(own)

    assert answer["Location"] == reverse("photo_take", args=[3])
    assert Photo.objects.filter(view="front", by=patient.account).count() == 1
    for number in (3, 4, 5):
        answer = send(own, another(number), reverse("photo_take", args=[number]))
    assert answer["Location"] == PHOTOS
    assert "5 of 5 taken" in own.get(PHOTOS).content.decode()


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_on_the_page_is_answered_in_words(own, what):
    content, problem = BAD[what]

    page = send(own, content())

    assert page.status_code == 422
    assert [error.code for error in page.context["form"].errors.as_data()["photo"]] == [problem]
    assert pictures.PROBLEMS[problem] in page.content.decode()
    assert (Photo.objects.count(), files()) == (0, [])


def test_no_file_at_all_is_answered_in_words_and_the_box_stays_ticked(own):
    page = own.post(FRONT, {"only_same_sex": "on"})

    assert page.status_code == 422
    assert "Take a picture or choose one first." in page.content.decode()
    assert 'name="only_same_sex" checked' in page.content.decode()


def test_words_where_a_file_should_be_are_no_file(own):
    assert own.post(FRONT, {"photo": "x" * 5000}).status_code == 422


def test_a_script_is_told_where_to_go_and_what_is_wrong(own):
    as_script = {"headers": {"Accept": "application/json"}}

    kept = own.post(FRONT, {"photo": upload(encoded(a_picture()))}, **as_script)
    refused = own.post(FRONT, {"photo": upload(b"<svg/>")}, **as_script)

    assert (kept.status_code, kept.json()) == (201, {"to": reverse("photo_take", args=[2])})
    assert (refused.status_code, refused.json()) == (422, {"problem": pictures.PROBLEMS[pictures.WRONG_KIND]})


def test_the_camera_is_allowed_on_the_page_that_takes_pictures_and_nowhere_else(own):
    assert own.get(FRONT)["Permissions-Policy"].startswith("camera=(self)")
    assert own.get(PHOTOS)["Permissions-Policy"].startswith("camera=()")


def test_the_last_photo_of_the_view_stands_beside_the_new_one(own, patient):
    other_view = builders.a_photo(patient=patient, view="top")
    last = builders.a_photo(patient=patient, view="front")

    page = own.get(FRONT).content.decode()

    assert reverse("photo_small", args=[last.pk]) in page
    assert reverse("photo_small", args=[other_view.pk]) not in page


def test_the_page_says_to_delete_them_from_the_phone(own, patient):
    assert "delete these pictures from its gallery" not in own.get(PHOTOS).content.decode()
    builders.a_photo(patient=patient)

    assert "delete these pictures from its gallery" in own.get(PHOTOS).content.decode()


def test_whom_they_are_for_is_asked_where_the_sex_is_on_file_and_only_there(own, patient):
    builders.a_photo(patient=patient)
    assert "Only women doctors may look" in own.get(PHOTOS).content.decode()
    own.post(reverse("photo_viewers"), {"only_same_sex": "on"})
    assert Photo.objects.get().only_same_sex

    Patient.objects.filter(pk=patient.pk).update(sex_at_birth="private")
    assert "may look at my photos" not in own.get(PHOTOS).content.decode()


def test_removing_by_the_page_twice_is_once(own, patient):
    photo = builders.a_photo(patient=patient, now=clock.now())

    answers = [own.post(reverse("photo_remove", args=[photo.pk])).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Photo.objects.kept().count() == 0


def test_a_view_that_there_is_not_is_not_found(own):
    assert [own.get(f"/photos/{number}/").status_code for number in (0, 8, 10**30)] == [404, 404, 404]


@pytest.mark.parametrize("count", [1, 3])
def test_the_patients_page_takes_the_same_queries_for_one_photo_and_three(
    own, patient, count, django_assert_num_queries
):
    for view in ("front", "top", "crown")[:count]:
        builders.a_photo(patient=patient, view=view)
    with django_assert_num_queries(10):
        own.get(PHOTOS)


@pytest.mark.parametrize(("days", "asked"), [(20, False), (21, True)])
def test_three_weeks_later_new_ones_are_asked_for_before_a_session(own, patient, days, asked):
    builders.a_course(patient=patient)
    assert "New photos before your next session?" not in own.get("/my/").content.decode()
    builders.a_photo(patient=patient, now=clock.now() - timedelta(days=days))

    assert ("New photos before your next session?" in own.get("/my/").content.decode()) == asked
    withdraw_consent(patient=patient, purpose=CARE, by=patient.account, now=clock.now())
    assert "New photos before your next session?" not in own.get("/my/").content.decode()


# As a field of another form


def test_the_field_gives_a_picture_that_is_kept_as_it_is(patient):
    picture = PhotoField().clean(upload(encoded(a_picture())))

    photo = keep_photo(patient=patient, view="patch", upload=picture, by=None, now=NOW)

    assert photo.sha256 == picture.sha256
    assert PhotoField(required=False).clean(None) is None


def test_a_practitioner_without_a_gender_on_file_is_nobodys_own_sex():
    assert pictures.sexes_seen_by(Practitioner().gender) == ()
