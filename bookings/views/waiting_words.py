"""Who waits for what, in words: for the patient's pages and the desk's."""

from datetime import datetime

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.forms.waiting import HOURS
from bookings.models import Booking, Offer, OfferOutcome, WaitlistEntry
from bookings.rules.ranking import Need, Ranked, WhyNot
from clinic import formats
from clinic.services.days import local_day, zone_of


def wait_words(entry: WaitlistEntry, has: Booking | None) -> str:
    """What somebody waits for, as it stands now."""
    if has:
        return _("Something earlier than %(when)s") % {
            "when": formats.when(has.starts, zone_of(has.location))
        }
    if entry.session:
        return _("A time for session %(number)s") % {"number": entry.session.number}
    return _("A consultation")


def wishes_words(entry: WaitlistEntry) -> str:
    """Which times suit them: `Mon, Thu · before 12 · only Dr Rao · not at short notice`."""
    days = ", ".join(str(WEEKDAYS_ABBR[number]) for number in entry.weekdays)
    doctor = entry.practitioner and _("only %(doctor)s") % {"doctor": entry.practitioner.resource.name}
    said = (days, _hours(entry), doctor, "" if entry.at_short_notice else _("not at short notice"))
    return " · ".join(filter(None, said)) or _("any day, any time")


def _hours(entry: WaitlistEntry) -> str:
    words = {"morning": _("before 12"), "afternoon": _("12 to 4 pm"), "evening": _("after 4 pm")}
    span = (entry.from_time, entry.to_time)
    return next((words[name] for name, hours in HOURS.items() if hours == span), "")


def until_words(offer: Offer, now: datetime) -> str:
    """The time alone when it is today."""
    location = offer.freed.location
    is_today = local_day(offer.until, location) == local_day(now, location)
    written = formats.time_of if is_today else formats.when
    return written(offer.until, zone_of(location))


def offered(offer: Offer, now: datetime) -> dict:
    """A free time as parts/free_time.html shows it to whoever is asked."""
    freed = offer.freed
    return {
        "offer": offer,
        "when": formats.when(freed.starts, zone_of(freed.location)),
        "with": freed.practitioner.resource.name,
        "place": freed.location,
        "until": until_words(offer, now),
    }


# Why somebody ranks where they do, for the desk


def reasons(ranked: Ranked, has: Booking | None) -> list[str]:
    found = [_need(ranked)]
    if has:
        found.append(
            ngettext("%(n)s day earlier", "%(n)s days earlier", ranked.gained) % {"n": ranked.gained}
        )
    return [*found, _("waits since %(day)s") % {"day": formats.day(ranked.since.date())}]


def _need(ranked: Ranked) -> str:
    spare = ranked.spare
    if ranked.need == Need.PAST_LATEST:
        return ngettext(
            "%(n)s day past the latest day", "%(n)s days past the latest day", -spare
        ) % {"n": -spare}  # fmt: skip
    has = _("has no time") if ranked.need == Need.NO_TIME else _("has a time")
    if spare is None:
        return has
    left = ngettext("%(n)s day before the latest", "%(n)s days before the latest", spare) % {"n": spare}
    return f"{has}, {left}"


def why_not(why: WhyNot) -> str:
    return {
        WhyNot.HELD_BACK: _("cannot be placed just now"),
        WhyNot.OTHER_DAYS: _("waits for other days"),
        WhyNot.OTHER_WEEKDAY: _("not on that day of the week"),
        WhyNot.OTHER_HOURS: _("not at that time of day"),
        WhyNot.OTHER_DOCTOR: _("waits for another doctor"),
        WhyNot.SHORT_NOTICE: _("not at short notice"),
        WhyNot.AWAY: _("is away then"),
        WhyNot.BUSY: _("has another visit then"),
        WhyNot.NO_GAIN: _("not earlier than what they have"),
        WhyNot.TOO_SOON: _("too soon after another session"),
        WhyNot.TOO_LATE: _("so late that the doctor has to look first"),
        WhyNot.NEXT_TOO_SOON: _("too close to the session after it"),
        WhyNot.NEXT_TOO_LATE: _("the session after it would come too late"),
    }[why]


def outcome_words(offer: Offer, now: datetime) -> str:
    if not offer.outcome:
        return _("may answer until %(until)s") % {"until": until_words(offer, now)}
    return str(OfferOutcome(offer.outcome).label)
