"""One name field in any script: cleaned when it is typed, and found however it is typed.

`search_key` makes ರವಿ, रवि, ரவி and Ravi one key. The scripts of India share one order of letters, so that
a letter's place in its block says its sound; the key is coarse on purpose (long and short vowels, aspirated
and plain consonants fall together), for it finds candidates and a person chooses.
"""

import re
import unicodedata

# Devanagari, Bengali, Gurmukhi, Gujarati, Odia, Tamil, Telugu, Kannada, Malayalam: 128 places each
FIRST_BLOCK, BLOCK, BLOCKS = 0x0900, 0x80, 9
INHERENT, VIRAMA = "a", 0x4D
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
KEPT_INVISIBLE = "\u200c\u200d"  # joiners: names in Indian scripts and Urdu are spelt with them

# the sounds of the letters from place 0x15, 0x05 and 0x3E of each block
_CONSONANTS = [*"kkggnccjjnttddnttddnnppbbmyrrlllvsssh"]
_VOWELS = [*"aaiiuurleee", "ai", *"ooo", "au"]
_SIGNS = [*"aiiuurreee", "ai", *"ooo", "au"]
LETTERS: dict[int, tuple[str, str]] = {
    **{0x05 + place: ("vowel", sound) for place, sound in enumerate(_VOWELS)},
    **{0x15 + place: ("consonant", sound) for place, sound in enumerate(_CONSONANTS)},
    **{0x3E + place: ("sign", sound) for place, sound in enumerate(_SIGNS)},
    VIRAMA: ("silent", ""),
    0x01: ("vowel", "n"),
    0x02: ("vowel", "n"),
    0x03: ("vowel", "h"),
}
# what people write in Latin letters for one sound
SAME_SOUND = {
    **{"chh": "c", "ch": "c", "sh": "s", "zh": "l", "ph": "p", "bh": "b", "dh": "d", "th": "t", "kh": "k"},
    **{"gh": "g", "jh": "j", "ee": "i", "oo": "u", "aa": "a", "w": "v", "f": "p", "z": "j", "x": "ks"},
    **{"q": "k", "y": "i", "m": "n"},
}


def clean(typed: str) -> str:
    """What is stored: one form of each letter, single spaces, nothing that turns or hides other text."""
    composed = unicodedata.normalize("NFC", typed)
    seen = (
        sign if sign in KEPT_INVISIBLE or unicodedata.category(sign) not in INVISIBLE else " "
        for sign in composed
    )
    return " ".join("".join(seen).split())


def search_key(name: str) -> str:
    """Lower-case Latin words without doubled letters; other scripts than India's keep their own letters."""
    words = re.findall(r"\w+", _latin(clean(name)))
    return " ".join(filter(None, (_sound(word) for word in words)))


def _latin(name: str) -> str:
    """Indian letters by their sound; accents of Latin letters dropped; case dropped."""
    written: list[str] = []
    pending = ""  # the vowel a consonant carries unless a sign or a virama says otherwise
    for sign in unicodedata.normalize("NFC", name):
        kind, sound = _indian(sign)
        if kind in ("sign", "silent"):
            pending = ""
        written.append(pending)
        pending = INHERENT if kind == "consonant" else ""
        written.append(_plain(sign) if kind == "" else sound)
    return "".join(written).casefold()


def _indian(sign: str) -> tuple[str, str]:
    place = ord(sign) - FIRST_BLOCK
    if not 0 <= place < BLOCK * BLOCKS:
        return "", ""
    return LETTERS.get(place % BLOCK, ("", ""))


def _plain(sign: str) -> str:
    if sign in KEPT_INVISIBLE:
        return ""
    return "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))


def _sound(word: str) -> str:
    for written, sound in SAME_SOUND.items():
        word = word.replace(written, sound)
    single = re.sub(r"(.)\1+", r"\1", word)
    return single.removesuffix("a") or single
