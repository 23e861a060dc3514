"""Words as a page shows them, and what a document says of who agreed to them, when, how and from where."""

from collections.abc import Iterable, Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic import formats
from clinic.models import User
from clinic.services.days import zone_of
from consultations.models import Consent
from consultations.models.consents import Signed
from consultations.rules.consent_texts import ORIGINAL, consent_content, offered_language
from consultations.services.agreements import key_of, words_hash


def words_shown(document: str, *, about: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a page needs to show a document, and to know afterwards which it showed (consultations/parts/)."""
    language = offered_language(document, get_language() or ORIGINAL)
    return {
        "agreement": consent_content(document, language),
        "about": about,
        "shown": {
            "words": words_hash(document, language), "language": language, "about": key_of(about)
        },
    }  # fmt: skip


def address_of(request: HttpRequest) -> str | None:
    """From where somebody signed. An address nobody can tell is no reason to turn them away."""
    try:
        return get_adapter(request).get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied):
        return None


def given_words(consent: Consent) -> str:
    """When, and in front of whom when it was not the person's own account."""
    said = {"when": moment(consent.given_at), "who": _name(consent.given_by)}
    if consent.given_by and consent.given_by.is_staff:
        return _("Agreed on %(when)s, in front of %(who)s.") % said
    return _("Agreed on %(when)s.") % said


def ended_words(consent: Consent) -> str:
    if consent.withdrawn_at is None:
        return ""
    said = {"when": moment(consent.withdrawn_at), "who": _name(consent.withdrawn_by)}
    if consent.withdrawn_by and consent.withdrawn_by.is_staff:
        return _("Ended on %(when)s, told to %(who)s.") % said
    return _("Ended on %(when)s.") % said


def moment(at) -> str:
    """24 Nov 2026, 10:30 am: these papers are read for years."""
    local = at.astimezone(zone_of())
    day = formats.day_with_year(local.date())
    return _("%(day)s, %(time)s") % {"day": day, "time": formats.time_of(at, zone_of())}


def facts_of(consent: Consent) -> list[dict[str, str]]:
    return [{"term": term, "value": value} for term, value in _facts(consent) if value]


def _facts(consent: Consent) -> Iterable[tuple[str, str]]:
    release = consent.release
    yield _("Who"), consent.patient.name
    yield _("When"), moment(consent.given_at)
    yield _("Signed"), _signed(consent)
    yield _("Witness"), consent.witness
    yield _("In front of"), _name(consent.given_by) if _is_staff(consent.given_by) else ""
    yield _("Where"), consent.place.name if consent.place else ""
    yield _("Internet address"), consent.address or ""
    yield _("Language"), str(consent.get_language_display())
    yield _("Read out"), _("The words were read out to them.") if consent.is_read_over else ""
    yield _("Words"), _("version %(n)s, %(mark)s") % {"n": release.version, "mark": release.sha256[:12]}
    yield _("Ended"), ended_words(consent)


def _signed(consent: Consent) -> str:
    how = str(consent.get_signed_display())
    return f"{how}: {consent.signature}" if consent.signed == Signed.TYPED else how


def _is_staff(user: User | None) -> bool:
    return user is not None and user.is_staff


def _name(user: User | None) -> str:
    return (user and user.name) or _("a colleague")
