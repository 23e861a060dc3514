"""With whom: chips to ask for a name, a woman or a man, or a language. Patients' pages and the desk's."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from bookings.services.openings.doctors import ANYBODY, Doctor, Whom, genders_to_choose, languages_to_choose
from clinic.models.people import Language

Link = Callable[..., str]


def whom_of(given: dict) -> Whom:
    """Read a form that has these fields; a name says all."""
    if given.get("who"):
        return Whom(given["who"])
    return Whom(None, given.get("gender") or "", given.get("speaks") or "")


def parts(whom: Whom) -> dict:
    """A wish as parts of an address or fields of a form; None for what is not wished for."""
    return {"who": whom.who, "gender": whom.gender or None, "speaks": whom.language or None}


def chips(whom: Whom, doctors: Sequence[Doctor], link: Link) -> dict | None:
    """Rows of chips, and the wish in words; None where nothing could be chosen.

    A chip is there only if it would change something. One that is chosen leads back to anybody.
    """
    groups = [_names(whom, doctors, link), _genders(whom, doctors, link), _languages(whom, doctors, link)]
    groups = [group for group in groups if group["chips"]]
    if not groups and whom.is_anybody:
        return None
    return {
        "groups": groups,
        "said": said(whom, doctors),
        "anybody": {"href": link(**parts(ANYBODY)), "chosen": whom.is_anybody},
    }


def said(whom: Whom, doctors: Sequence[Doctor]) -> str:
    """The wish in words, to stand after "With"."""
    if whom.who:
        return next((one.name for one in doctors if one.pk == whom.who), _("somebody who is not here"))
    who = _WORDS.get(whom.gender, lambda: _("any dermatologist"))()
    if not whom.language:
        return who
    return _("%(who)s who speaks %(language)s") % {"who": who, "language": Language(whom.language).label}


_WORDS = {"female": lambda: _("a woman"), "male": lambda: _("a man")}


def _names(whom: Whom, doctors: Sequence[Doctor], link: Link) -> dict:
    several = doctors if len(doctors) > 1 else []
    found = [
        {"name": one.name, "chosen": one.pk == whom.who, "href": link(**parts(Whom(one.pk)))}
        for one in several
    ]
    return {"title": _("By name"), "chips": found}


def _genders(whom: Whom, doctors: Sequence[Doctor], link: Link) -> dict:
    names = {"female": _("A woman"), "male": _("A man")}
    found = []
    for gender in _with(genders_to_choose(doctors), whom.gender):
        chosen = gender == whom.gender
        wish = Whom(None, "" if chosen else gender, whom.language)
        found.append({"name": names[gender], "chosen": chosen, "href": link(**parts(wish))})
    return {"title": _("Woman or man"), "chips": found}


def _languages(whom: Whom, doctors: Sequence[Doctor], link: Link) -> dict:
    found = []
    for code in _with(languages_to_choose(doctors), whom.language):
        chosen = code == whom.language
        wish = Whom(None, whom.gender, "" if chosen else code)
        name = Language(code).label
        found.append({"name": name, "lang": code, "chosen": chosen, "href": link(**parts(wish))})
    return {"title": _("Who speaks"), "chips": found}


def _with(choices: list[str], chosen: str) -> list[str]:
    """What was chosen at another place stays visible here, so that it can be given up."""
    return [*choices, chosen] if chosen and chosen not in choices else choices
