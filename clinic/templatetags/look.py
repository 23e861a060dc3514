"""The components that are tags; the rest are includes. How to call each: templates/components/README.md."""

from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from clinic import formats
from clinic.icons import DRAWINGS

register = template.Library()

# Status → colour, icon, word: never one without the other two.
STATUSES = {
    "held": ("plain", "clock", _("held")),
    "booked": ("leaf", "ring", _("booked")),
    "confirmed": ("leaf", "check", _("confirmed")),
    "arrived": ("leaf", "dot", _("arrived")),
    "preparing": ("sky", "drop", _("numbing")),
    "in_room": ("sky", "play", _("in the room")),
    "watching": ("sky", "eye", _("resting")),
    "done": ("plain", "block", _("done")),
    "no_show": ("alarm", "cross", _("did not come")),
    "cancelled": ("plain", "cross", _("cancelled")),
    "next": ("leaf", "ring", _("next")),
    "choose": ("plain", "dashed", _("choose a time")),
    "moved": ("sun", "arrow", _("moved")),
    "paused": ("sun", "pause", _("paused")),
    "question": ("sun", "person", _("doctor to review")),
    "late": ("sun", "clock", _("past its latest day")),
    "missed": ("alarm", "cross", _("missed")),
    "stopped": ("plain", "block", _("stopped early")),
    "not_given": ("plain", "cross", _("not given")),
    # a form
    "not_started": ("plain", "form", _("form not started")),
    "in_progress": ("sun", "form", _("form not finished")),
    "sent": ("leaf", "check", _("form sent")),
    # what screening found, strictest first; the same words everywhere staff see them
    "ABS": ("alarm", "cross", _("not suitable")),
    "DEFER": ("alarm", "clock", _("defer")),
    "REVIEW": ("sun", "person", _("review")),
    "CAUTION": ("sun", "warning", _("caution")),
    "SUPPORT": ("sky", "info", _("support")),
    "NONE": ("plain", "check", _("nothing found")),
    # a message
    "waiting": ("plain", "clock", _("waiting")),
    "delivered": ("leaf", "check", _("delivered")),
    "failed": ("alarm", "warning", _("failed")),
    "withdrawn": ("plain", "undo", _("withdrawn")),
}
NOTICE_ICONS = {
    "leaf": "check",
    "sun": "person",
    "alarm": "warning",
    "sky": "info",
    "plum": "info",
    "plain": "info",
}
DRAWN = {
    name: mark_safe(  # noqa: S308 (constant drawings of our own)
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{drawing}</svg>'
    )
    for name, drawing in DRAWINGS.items()
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "phone" %}: an unknown name is a KeyError, so that a missing drawing is seen."""
    return DRAWN[name]


@register.simple_tag
def tag(colour: str, icon_name: str, words: str) -> SafeString:
    """{% tag "sun" "person" _("doctor to review") %}; colours leaf, sun, alarm, sky, plum, plain."""
    return format_html('<span class="tag {}">{} {}</span>', colour, DRAWN[icon_name], words)


@register.simple_tag
def status(code: str, words: str = "") -> SafeString:
    """{% status booking.status %}, or with words of one's own: {% status "arrived" "arrived 9:58 am" %}."""
    colour, drawn, usual = STATUSES.get(str(code), ("plain", "info", code))
    return tag(colour, drawn, words or usual)


@register.simple_tag
def status_mark(code: str) -> SafeString:
    """Icon alone, where a board is too narrow for a tag; its word is there for screen readers."""
    _colour, drawn, usual = STATUSES.get(str(code), ("plain", "info", code))
    return format_html('{}<span class="visually-hidden">{}</span>', DRAWN[drawn], usual)


@register.filter
def session_word(state: str) -> str:
    """{{ row.state|session_word }}: how a timeline names a state."""
    return STATUSES[state][2]


@register.simple_block_tag
def card(content: str, title: str = "", extra: str = "") -> SafeString:
    """{% card title="All sessions" %} … {% endcard %}"""
    heading = format_html("<h2>{}</h2>", title) if title else ""
    return format_html('<section class="card {}">{}{}</section>', extra, heading, content)


@register.simple_block_tag
def notice(content: str, colour: str = "sky", title: str = "") -> SafeString:
    """{% notice "sun" title=_("The doctor will look at this first") %}<p>…</p>{% endnotice %}"""
    heading = format_html("<h2>{}</h2>", title) if title else ""
    parts = (colour, DRAWN[NOTICE_ICONS[colour]], heading, content)
    return format_html('<div class="notice {}">{}<div>{}{}</div></div>', *parts)


@register.filter
def money(amount: Decimal | int) -> str:
    """{{ price.amount|money }} → ₹1,20,000"""
    return "" if amount is None else formats.rupees(amount)


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """{% error_summary form other_form %}: every error, a link to its field; nothing while all is well."""
    found = [error for form in forms if form and form.is_bound for error in _errors_of(form)]
    return {"found": found}


def _errors_of(form: BaseForm) -> list[dict[str, str]]:
    general = [{"words": words, "target": ""} for words in form.non_field_errors()]
    fields = [form[name] for name in form.errors if name in form.fields]
    named = [
        {"label": field.label, "words": words, "target": _first_box(field)}
        for field in fields
        for words in field.errors
    ]
    return general + named


def _first_box(field: Any) -> str:
    """The id to jump to: of a group of boxes or choices the first one."""
    group = field.use_fieldset and not field.id_for_label
    return f"{field.auto_id}_0" if group else field.id_for_label or field.auto_id
