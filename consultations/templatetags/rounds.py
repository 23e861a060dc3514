"""What follows a round of questions, on the page that thanks for it."""

from django import template

from consultations.models import Intake
from consultations.services.rounds import had_trouble

register = template.Library()


@register.inclusion_tag("consultations/rounds/trouble.html")
def after_round(intake: Intake) -> dict[str, bool]:
    """{% after_round intake %}: the way to Something's wrong, for who had trouble after the last session."""
    return {"had_trouble": had_trouble(intake)}
