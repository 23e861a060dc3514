"""What the board's templates need beside the tags of the look."""

from datetime import datetime

from django import template

register = template.Library()


@register.filter
def epoch(moment: datetime) -> int:
    """Seconds since 1970: what a script reckons with."""
    return int(moment.timestamp())
