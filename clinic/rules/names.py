"""One name field in any script: cleaned when it is typed, and found however it is typed.

`search_key` gives ರವಿ, रवि, ரவி and Ravi one key: the consonants one hears. It is coarse on purpose, for it
finds candidates and a person chooses. Nine scripts of India stand in Unicode in one order, 128 places each,
so that a letter's place in its block says its sound. Letters of other scripts stay as they are.
"""

import re
import unicodedata
from typing import NamedTuple

LONGEST_KEY = 240
JOINERS = "\u200c\u200d"
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

FIRST_BLOCK, BLOCK, BLOCKS = 0x0900, 0x80, 9  # Devanagari … Malayalam
_VOWEL_SOUNDS = "aaiiuurliiiauuuu"  # from place 0x05
_CONSONANT_SOUNDS = "kkggnssjjnttddnttddnnppbbmirrlllvsssh"  # from place 0x15; of equal sounds one letter
VOWELS = {0x05 + place: sound for place, sound in enumerate(_VOWEL_SOUNDS)}
CONSONANTS = {0x15 + place: sound for place, sound in enumerate(_CONSONANT_SOUNDS)}
NASALS, VISARGA, NUKTA, VIRAMA = (0x01, 0x02), 0x03, 0x3C, 0x4D
SIGN_RI, SIGNS = 0x43, range(0x3E, 0x4D)

ARABIC = {
    letter: sound
    for sound, letters in {
        **{
            "a": "اآأإٱعىةء",
            "i": "يیئے",
            "u": "ؤ",
            "b": "ب",
            "p": "پف",
            "t": "تٹط",
            "s": "ثسشصچ",
            "j": "جذزژضظ",
        },
        **{"h": "حہه", "k": "خقکك", "d": "دڈ", "r": "رڑ", "g": "غگ", "l": "ل", "m": "م", "n": "نں", "": "ھـ"},
    }.items()
    for letter in letters
}
SINGLE = {
    "đ": "d",
    "ł": "l",
    "ø": "o",
    "æ": "e",
    "ൺ": "n",
    "ൻ": "n",
    "ർ": "r",
    "ൽ": "l",
    "ൾ": "l",
    "ൿ": "k",
    "ৎ": "t",
}

# What people write in Latin letters for one sound, in this order. Tamil writes nd as nt and ks as ts.
SAME_SOUND = [
    (re.compile(pattern), sound)
    for pattern, sound in [
        *[(r"ao$", "av"), (r"[ao][uw](?![aeiou])", "o")],
        *[(r"chh?|sh", "s"), (r"zh", "l"), (r"ph|f", "p"), (r"c(?=[eiy])", "s"), (r"[cq]k?", "k")],
        (r"^(?:jn|gn|gy|dny)", "gn"),
        *[(r"([tdbkgj])h", r"\1"), (r"z", "j"), (r"x", "ks"), (r"w", "v"), (r"y", "i")],
        *[(r"ṁ(?=[pbm]|$)|n(?=[pb])", "m"), (r"ṁ", "n")],
        *[(r"nt", "nd"), (r"nk", "ng"), (r"mp", "mb"), (r"ts", "ks")],
    ]
]
FIRST_VOWELS = str.maketrans("eo", "iu")
MOST_WORDS = 6  # of what is typed: more tell nobody apart

# Marks before search words that are no plain sounds; no sound begins with one of them.
AS_SPELT = "="
IN_TAMIL, IN_OTHERS = "~", "^"  # Tamil has one letter for k, g and h, for t and d, p and b, s and j
TAMIL = range(0x0B80, 0x0C00)
ONE_LETTER_IN_TAMIL = str.maketrans("ghdbj", "kktps")


def clean(typed: str) -> str:
    """What is stored: one form of each letter, single spaces, nothing that turns or hides other text.

    The joiners stay between letters of the scripts that are spelt with them.
    """
    composed = unicodedata.normalize("NFC", typed)
    kept = (sign for place, sign in enumerate(composed) if _is_kept(composed, place))
    return " ".join("".join(kept).split())


def _is_kept(text: str, place: int) -> bool:
    sign = text[place]
    if sign in JOINERS:
        before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
        # Older Malayalam ends a word with a virama and a joiner.
        return _takes_joiners(before) and (_takes_joiners(after) or _is_virama(before))
    return sign.isspace() or unicodedata.category(sign) not in INVISIBLE


def _takes_joiners(sign: str) -> bool:
    return "\u0600" <= sign <= "\u0dff" and not sign.isspace()


def _is_virama(sign: str) -> bool:
    return ord(sign) % BLOCK == VIRAMA and ord(sign) >= FIRST_BLOCK


def search_key(name: str) -> str:
    sounds = (_skeleton(word) for word, _ in _words(name))
    return " ".join(filter(None, sounds))[:LONGEST_KEY].strip()


def search_words(name: str) -> set[str]:
    """What a name is found by: each of its words as it sounds, and as it is spelt in small Latin letters.

    Both, because half a word may sound like another: who types C wants Chandra, whose key begins with s.
    """
    found = set()
    for word, tamil in _words(name):
        found |= _marked(word, IN_TAMIL if tamil else IN_OTHERS)
        if not tamil and _as_tamil(sound := _skeleton(word)) == sound:
            found.discard(IN_OTHERS + sound)  # who types it in Tamil finds it by its sound
    return found


class Typed(NamedTuple):
    """One word that somebody looks for. A search word of the name begins with one of `beginnings`."""

    sound: str
    spelt: str
    beginnings: frozenset[str]

    @property
    def initials(self) -> tuple[str, ...]:
        """What the sound of a name's word begins with, where so little was typed that it fits very many."""
        if self.spelt == "c":
            return "k", "s"
        return (self.sound,) if len(self.sound) == 1 else ()


def typed_words(typed: str) -> list[Typed]:
    found = []
    for word, tamil in _words(typed)[:MOST_WORDS]:
        if sound := _skeleton(word):
            alphabets = (IN_TAMIL, IN_OTHERS) if tamil else (IN_TAMIL,)
            found.append(Typed(sound, word, frozenset(_marked(word, *alphabets))))
    return found


def sounds_alike(one: str, other: str) -> bool:
    """Whether these may be one person's name: R. Meena and Meena Rao are, R M and Ravi Murthy are not.

    Every word of the shorter one stands in the other, in any order, initials for words, one of them whole.
    """
    fewer, more = sorted(_comparable(one, other), key=len)
    left, whole, initials = list(more), 0, []
    for word in fewer:
        if word in left:
            left.remove(word)
            whole += len(word) > 1
        else:
            initials.append(word)
    return whole > 0 and all(_stands_for_one(word, left) for word in initials)


def _comparable(*names: str) -> list[list[str]]:
    """The sounds of each name, in letters that tell no more than Tamil does where one is in Tamil."""
    words = [_words(name) for name in names]
    is_tamil = any(tamil for found in words for _, tamil in found)
    sounds = [[_skeleton(word) for word, _ in found] for found in words]
    return [[_as_tamil(sound) if is_tamil else sound for sound in found if sound] for found in sounds]


def _stands_for_one(word: str, left: list[str]) -> bool:
    """Whether one of the two is the other's initial; takes it off what is left."""
    found = next((one for one in left if 1 in (len(one), len(word)) and one[0] == word[0]), None)
    if found:
        left.remove(found)
    return found is not None


def _words(name: str) -> list[tuple[str, bool]]:
    """Each word in small Latin letters, and whether it stands in Tamil."""
    return [
        (word, any(ord(sign) in TAMIL for sign in chunk))
        for chunk in clean(name).split()
        for word in re.findall(r"\w+", _sounds(chunk))
    ]


def _marked(word: str, *alphabets: str) -> set[str]:
    sound = _skeleton(word)
    found = {AS_SPELT + word, *(mark + _as_tamil(sound) for mark in alphabets), sound} if sound else set()
    return {one[:LONGEST_KEY] for one in found}


def _as_tamil(sound: str) -> str:
    return sound.translate(ONE_LETTER_IN_TAMIL)


def _sounds(name: str) -> str:
    """Return the name in small letters without accents, those of India, Arabic and Urdu by their sounds."""
    written = ""
    for sign in unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold()):
        offset = ord(sign) - FIRST_BLOCK
        if sign in SINGLE:
            written += SINGLE[sign]
        elif 0 <= offset < BLOCK * BLOCKS:
            written = _with_indian(written, offset % BLOCK)
        elif sign in ARABIC:
            written += ARABIC[sign] + "a" * (ARABIC[sign] not in "aiu")
        elif sign == "و":
            written += "u" if written[-1:].isalpha() else "va"
        elif sign not in JOINERS:
            decomposed = unicodedata.normalize("NFKD", sign)
            written += "".join(part for part in decomposed if not unicodedata.combining(part))
    return written


def _with_indian(written: str, place: int) -> str:
    """Return what is written with the letter at `place` of its block; a consonant brings an a along."""
    if place in CONSONANTS:
        return written + CONSONANTS[place] + "a"
    if place in (VIRAMA, SIGN_RI):
        return written.removesuffix("a") + "ra" * (place == SIGN_RI)
    if place in VOWELS:
        return written + VOWELS[place]
    if place in NASALS or place == VISARGA:
        return written + ("h" if place == VISARGA else "ṁ")
    return written if place in SIGNS or place == NUKTA else written + " "


def _skeleton(word: str) -> str:
    """Return the consonants as one hears them, after the first vowel if the word begins with one."""
    for written, sound in SAME_SOUND:
        word = written.sub(sound, word)
    word = re.sub(r"(.)\1+", r"\1", word[:1].translate(FIRST_VOWELS) + word[1:])
    spoken = word[:1] + re.sub(r"[aeiou]", "", word[1:])
    return spoken.removesuffix("h") or spoken
