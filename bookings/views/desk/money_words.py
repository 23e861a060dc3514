"""What lines of an account, and what has become of sessions, are called on pages. No treatment is named."""

from decimal import Decimal

from django.utils.translation import gettext as _

from bookings.models import Entry, EntryKind
from bookings.rules.account import SessionAccount
from bookings.rules.money import Totals
from bookings.services.ledger.entries import shown_reference
from clinic import formats


def said_of(entry: Entry) -> str:
    """Session 3; Visit; Payment, UPI 4123; Taken back: Payment, cash."""
    words = _kind(entry)
    return _("Taken back: %(what)s") % {"what": words} if entry.reverses_id else words


def _kind(entry: Entry) -> str:
    if entry.kind == EntryKind.CHARGE:
        number = {"number": entry.session.number} if entry.session else {}
        return _("Session %(number)s") % number if number else _("Visit")
    if entry.kind == EntryKind.DISCOUNT:
        return _("Discount")
    paid = _("Payment, %(how)s") if entry.kind == EntryKind.PAYMENT else _("Given back, %(how)s")
    return paid % {"how": how(entry)}


def how(entry: Entry) -> str:
    """cash; UPI 4123"""
    return " ".join(filter(None, (str(entry.get_method_display()), shown_reference(entry.reference))))


def stands(totals: Totals) -> tuple[str, str, str]:
    """Colour, icon and words of what is owed or paid ahead, for a tag."""
    if totals.owed:
        return "sun", "warning", _("owes %(amount)s") % {"amount": formats.rupees(totals.owed)}
    if totals.ahead:
        return "leaf", "check", _("%(amount)s paid ahead") % {"amount": formats.rupees(totals.ahead)}
    return "leaf", "check", _("nothing owed")


def balance_words(balance: Decimal) -> str:
    """₹800 owed; ₹200 ahead; nothing"""
    if balance > 0:
        return _("%(amount)s owed") % {"amount": formats.rupees(balance)}
    return _("%(amount)s ahead") % {"amount": formats.rupees(-balance)} if balance else _("nothing owed")


def sessions_words(account: SessionAccount) -> str:
    """8 sessions: 3 given, 1 booked, 1 missed, 3 to book."""
    named = (
        (account.given, _("%(n)s given")),
        (account.booked, _("%(n)s booked")),
        (account.missed, _("%(n)s missed")),
        (account.forfeited, _("%(n)s missed and charged")),
        (account.returned, _("%(n)s given back")),
        (account.expired, _("%(n)s not taken up")),
        (account.to_book, _("%(n)s to book")),
    )
    parts = ", ".join(words % {"n": count} for count, words in named if count)
    return _("%(n)s sessions: %(parts)s") % {"n": account.prescribed, "parts": parts or _("none")}
