"""A photo as it arrives becomes a picture of our own: decoded, turned upright, drawn on an empty canvas.

Nothing of the file survives but what one sees: no place, no time, no comment, no colour profile, no script
behind the last byte. Only a new canvas makes sure of that; a converted copy keeps a JPEG's comment.
"""

import hashlib
import io
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from django.core.files.base import File
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps

from clinic.refusals import Refusal
from consultations.rules import pictures

FORMATS = ("JPEG", "PNG", "WEBP")  # Pillow would try seventy kinds, and some unpack without an end
PATIENCE = 15  # seconds to wait while another picture is unpacked

# What decoders raise over a made-up file; anything else is a fault of ours, and is seen.
DECODERS_STUMBLE = (
    OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, EOFError,
    OverflowError, MemoryError, struct.error, zlib.error, ZeroDivisionError,
)  # fmt: skip

# One at a time: unpacked, a picture of ten megabytes can take two hundred of memory.
_decoding = threading.Lock()
# Where Pillow only warns, the next picture may be the one that takes all memory.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class PhotoRefused(Refusal):
    """`problem` is a code of rules/pictures.py; `text` says what is wrong and what to do."""

    status = 422

    def __init__(self, problem: str) -> None:
        super().__init__()
        self.problem = problem
        self.text = gettext_lazy(pictures.PROBLEMS[problem])


@dataclass(frozen=True)
class Picture:
    """A JPEG that we have drawn."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def redraw(upload: File) -> Picture:
    """Raises PhotoRefused. Does not touch the database, so that no transaction waits for it."""
    if not upload.size:
        raise PhotoRefused(pictures.EMPTY)
    if upload.size > pictures.LARGEST_FILE:
        raise PhotoRefused(pictures.TOO_BIG)
    upload.seek(0)
    _check_head(upload.read(pictures.HEAD))
    upload.seek(0)
    if not _decoding.acquire(timeout=PATIENCE):
        raise PhotoRefused(pictures.BUSY)
    try:
        return _drawn(upload, pictures.LONGEST_SIDE)
    finally:
        _decoding.release()


def small_copy(content: bytes) -> bytes:
    """One of our own pictures, as it stands in a list."""
    return _drawn(io.BytesIO(content), pictures.SMALL_SIDE).content


def _check_head(head: bytes) -> None:
    kind = pictures.kind_of(head)
    if kind == "heic":
        raise PhotoRefused(pictures.HEIC)
    if not kind:
        raise PhotoRefused(pictures.WRONG_KIND)
    _check_size(pictures.claimed_size(head))


def _check_size(size: tuple[int, int] | None) -> None:
    problem = pictures.size_problem(*size) if size else ""
    if problem:
        raise PhotoRefused(problem)


def _drawn(file: BinaryIO, longest: int) -> Picture:
    try:
        with Image.open(file, formats=FORMATS) as image:
            _check_size(image.size)
            if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
                raise PhotoRefused(pictures.MOVING)
            return _saved(_upright(_unpacked(image, longest)))
    except PhotoRefused:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PhotoRefused(pictures.TOO_MANY_PIXELS) from None
    except DECODERS_STUMBLE:
        raise PhotoRefused(pictures.DAMAGED) from None


def _unpacked(image: Image.Image, longest: int) -> Image.Image:
    """In colour, and no larger than it is kept. A JPEG is unpacked small to begin with."""
    size = pictures.fitted(*image.size, longest)
    image.draft("RGB", size)
    image.load()
    wanted = "RGBA" if image.has_transparency_data else "RGB"
    changed = image if image.mode == wanted else image.convert(wanted)
    small = (
        changed.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0) if changed.size != size else changed
    )
    small.info = {"exif": image.info["exif"]} if "exif" in image.info else {}
    return small


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except DECODERS_STUMBLE:  # a broken note about how the phone was held: as it is, then
        return image


def _saved(image: Image.Image) -> Picture:
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=pictures.QUALITY, optimize=True)
    return Picture(out.getvalue(), *canvas.size)
