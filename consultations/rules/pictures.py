"""Photos of a scalp: which views, in what order, how large, and what is wrong with a file, in words.

What is read here of a file is its first bytes: its kind, and how large it says it is. A picture of ten
kilobytes can unpack to half a gigabyte, so that is asked before anything unpacks it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

_ = gettext_noop = str

LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 40_000_000
SHORTEST_SIDE = 240  # pixels; below it nothing can be judged
LONGEST_SIDE = 2048  # of what is kept
SMALL_SIDE = 480  # of what stands in a list
QUALITY = 85
MOST_KEPT = 60  # of one patient
AGAIN_AFTER = timedelta(days=21)
HEAD = 64  # first bytes that tell the kind and the size


@dataclass(frozen=True)
class GuidedView:
    """One way to look at a head. `number` stands in addresses: the name of a page tells nothing."""

    code: str
    number: int
    title: str
    how: str
    is_optional: bool = False


VIEWS = (
    GuidedView(
        "front", 1, _("Front"),
        _("Face the phone at eye level, about an arm's length away. Hair off the forehead, eyes ahead."),
    ),
    GuidedView(
        "top", 2, _("Top, along the parting"),
        _("Comb a straight parting and bend your head forward. The parting runs down the middle."),
    ),
    GuidedView(
        "crown", 3, _("Crown"),
        _("From behind and a little above, so that the crown is in the middle. Easier if somebody helps."),
    ),
    GuidedView(
        "left", 4, _("Left side"),
        _("Turn, so that your left ear faces the phone. Hair tucked behind the ear."),
    ),
    GuidedView(
        "right", 5, _("Right side"),
        _("Turn, so that your right ear faces the phone. Hair tucked behind the ear."),
    ),
    GuidedView(
        "back", 6, _("Back of the head"),
        _("From behind, at the height of your ears. Long hair parted in the middle."), True,
    ),
    GuidedView(
        "patch", 7, _("A patch, close up"),
        _("Two hands' width away, so that it is still sharp. A coin beside it shows how large it is."), True,
    ),
)  # fmt: skip
GUIDED = tuple(view.code for view in VIEWS if not view.is_optional)

NEEDED = (
    _("Clean, dry hair. No oil, no gel, no fibres or powder that hide the scalp."),
    _("The same place, light and distance each time. Daylight at a window is best, without flash."),
    _("Nobody else in the picture."),
)

# Why a file was not taken, and what to do instead
EMPTY = "empty"
TOO_BIG = "too_big"
TOO_MANY_PIXELS = "too_many_pixels"
TOO_SMALL = "too_small"
HEIC = "heic"
WRONG_KIND = "wrong_kind"
MOVING = "moving"
DAMAGED = "damaged"
BUSY = "busy"
TOO_MANY = "too_many"
SAME_PICTURE = "same_picture"
PROBLEMS = {
    EMPTY: _("This file is empty. Please take the picture again, or choose another one."),
    TOO_BIG: _("This file is larger than 10 MB. Please choose a smaller one, or take a new picture."),
    TOO_MANY_PIXELS: _(
        "This picture is too large to open: at most 40 megapixels. Set your camera to a smaller size, or"
        " send a screenshot of the picture."
    ),
    TOO_SMALL: _("This picture is too small to see anything on it. Please send the original picture."),
    HEIC: _(
        "This is a HEIC picture, which we cannot open. Send it as JPEG: on an iPhone choose Settings,"
        " Camera, Formats, Most compatible, and take it again; or send a screenshot of it."
    ),
    WRONG_KIND: _("This is not a photo that we can open. Please send a JPEG, PNG or WebP picture."),
    MOVING: _("This is a moving picture. Please send a single photo."),
    DAMAGED: _("This picture is incomplete or damaged. Please send it once more, or take it again."),
    BUSY: _("Many pictures are arriving just now. Please send it again in a moment."),
    TOO_MANY: _(
        "We keep at most 60 photos of one person, and there are 60. Remove one that is not needed first, or"
        " ask at your next visit."
    ),
    SAME_PICTURE: _("You have sent this very picture for another view. Please choose the one for this view."),
}

# Who may look


def sexes_seen_by(gender: str) -> tuple[str, ...]:
    """Whose photos a clinician sees that are for people of the patient's own sex only. Where either is not
    known to be a woman's or a man's, nobody can say that they are the same.
    """
    return (gender,) if gender in ("female", "male") else ()


def missing(taken: Collection[str]) -> list[GuidedView]:
    """Return the guided views that are still to be taken, in order."""
    return [view for view in VIEWS if not view.is_optional and view.code not in taken]


def is_due(last_on: date, today: date) -> bool:
    """Whether new photos before a session would tell anything that the last ones do not."""
    return today - last_on >= AGAIN_AFTER


def fitted(width: int, height: int, longest: int = LONGEST_SIDE) -> tuple[int, int]:
    """Return the size as it is kept: never larger than it came, no side longer than `longest`."""
    long = max(width, height)
    if long <= longest:
        return width, height
    return max(1, round(width * longest / long)), max(1, round(height * longest / long))


# What the first bytes say


def kind_of(head: bytes) -> str:
    """jpeg, png, webp, heic, or nothing that we take. The name of a file says nothing."""
    if head[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"):
        return "heic"
    return ""


def claimed_size(head: bytes) -> tuple[int, int] | None:
    """Width and height, where the first bytes tell: for PNG and WebP. A JPEG is asked when it is opened."""
    if kind_of(head) == "png" and head[12:16] == b"IHDR":
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    return _webp_size(head) if kind_of(head) == "webp" else None


def _webp_size(head: bytes) -> tuple[int, int] | None:
    """Its decoder makes room for the whole picture as soon as it is opened."""
    if len(head) < 30:
        return None
    if head[12:16] == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if head[12:16] == b"VP8 ":
        return (
            int.from_bytes(head[26:28], "little") & 0x3FFF,
            int.from_bytes(head[28:30], "little") & 0x3FFF,
        )
    return None


def size_problem(width: int, height: int) -> str:
    """The code of what is wrong with a picture of this size; empty if nothing is."""
    if width * height > MOST_PIXELS:
        return TOO_MANY_PIXELS
    return TOO_SMALL if min(width, height) < SHORTEST_SIDE else ""
