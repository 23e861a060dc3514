"""How the words of an agreement are laid out. What is put into a release is plain text."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.inclusion_tag("consultations/parts/words.html")
def words_of(agreement: dict[str, Any]) -> dict[str, Any]:
    """{% words_of agreement %}: every paragraph, under its own heading where it has one, and the sentence."""
    return {"parts": [_headed(one) for one in agreement["paragraphs"]], "sentence": agreement["sentence"]}


def _headed(paragraph: str) -> tuple[str, list[str]]:
    """The heading stands on a line by itself."""
    first, *others = paragraph.split("\n")
    return (first, others) if others else ("", [first])


@register.filter
def how_often(protocol: dict[str, Any]) -> str:
    """{{ about.protocol|how_often }}: at most so many sessions, so many days apart."""
    number, days = protocol.get("sessions"), protocol.get("days_apart")
    if not number:
        return ""
    if not days:
        return _("up to %(n)s sessions") % {"n": number}
    first, last = days[0], days[-1]
    said = {"n": number, "first": first, "last": last}
    if first == last:
        return _("up to %(n)s sessions, as a rule %(first)s days apart") % said
    return _("up to %(n)s sessions, as a rule %(first)s to %(last)s days apart") % said
