"""The time somebody clicked on the board: one button to take it, or why not and what is near."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.services.desk.chosen import Chosen, Near, Why, instants_of, judge
from bookings.services.desk.times import Times, first_of, names_at
from bookings.views.desk.offers import Offer
from bookings.views.patient import choosing
from clinic import formats
from clinic.services.days import zone_of

WORDS = {
    Why.SKIPPED: gettext_lazy("The clocks go forward that night: there is no %(time)s."),
    Why.PAST: gettext_lazy("%(when)s has passed."),
    Why.FAR: gettext_lazy("%(when)s is more than a year ahead."),
    Why.TOO_SOON: gettext_lazy("%(when)s is too soon for this session."),
    Why.TOO_LATE: gettext_lazy("%(when)s is too late for this session."),
    Why.BETWEEN: gettext_lazy("Visits of this kind begin every %(every)s minutes, not at %(time)s."),
    Why.NOT_THEIRS: gettext_lazy("Whose list you clicked does not do this kind of visit here."),
}


def instants(offer: Offer) -> Sequence[datetime]:
    return instants_of(offer.start, zone_of(offer.wanted.location)) if offer.start else ()


def content(offer: Offer, times: Times, kept: Times | None) -> dict | None:
    """What parts/clicked.html shows; None where nothing was clicked."""
    if offer.start is None:
        return None
    chosen = judge(offer.start, offer.wanted, times, doctors=offer.doctors, now=offer.now)
    asked = [*chosen.starts, *(near.start for near in chosen.near)]
    names = names_at(asked, times, offer.wanted, offer.doctors)
    by_id = {one.pk: [one.name] for one in offer.doctors}

    def take(near: Near) -> dict:
        wish = offer.wanted.among
        if wish is not None and near.practitioner is None:
            near = replace(near, practitioner=first_of(wish, times, near.start))
        return _take(offer, near, by_id.get(near.practitioner) or names[near.start])

    if chosen.why is None:
        return {"takes": [take(Near(start, None)) for start in chosen.starts]}
    near = [take(one) for one in chosen.near]
    return {"why": _why(offer, times, chosen), "near": near, "is_kept": _is_kept(chosen, kept)}


def _take(offer: Offer, near: Near, names: Sequence[str]) -> dict:
    """A button: what it carries and what it says."""
    said = {"when": choosing.when(near.start, zone_of(offer.wanted.location)), "doctor": _one_of(names)}
    words = (
        _("Move to %(when)s with %(doctor)s") if offer.wanted.booking else _("Book %(when)s with %(doctor)s")
    )
    return {"value": choosing.carried(near.start, near.practitioner), "words": words % said}


def _one_of(names: Sequence[str]) -> str:
    if len(names) > 3:
        return ngettext("one of %(n)s doctors", "one of %(n)s doctors", len(names)) % {"n": len(names)}
    return _(" or ").join(names)


def _why(offer: Offer, times: Times, chosen: Chosen) -> str:
    wanted = offer.wanted
    shown = offer.start.replace(tzinfo=UTC)
    said = {
        "time": formats.time_of(shown, UTC),
        "when": formats.when(shown, UTC),
        "every": wanted.visit_type.start_every_minutes,
        "minutes": times.room.visit.length // timedelta(minutes=1),
        "doctor": next((one.name for one in offer.doctors if one.pk == wanted.practitioner), ""),
    }
    if chosen.why in WORDS:
        return WORDS[chosen.why] % said
    if said["doctor"]:
        return _("%(doctor)s is not free for %(minutes)s minutes from %(when)s.") % said
    return _("Nobody is free for %(minutes)s minutes from %(when)s.") % said


def _is_kept(chosen: Chosen, kept: Times | None) -> bool:
    return kept is not None and any(start in found for found in kept.days.values() for start in chosen.starts)
