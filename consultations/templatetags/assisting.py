"""Who helped with the answers that a doctor reads."""

from django import template
from django.utils.translation import gettext as _

from consultations.forms.assisting import LANGUAGES
from consultations.models import Intake, Screening
from consultations.models.intakes import Help
from consultations.services.assisting import is_from_paper

register = template.Library()


@register.simple_tag
def helped_with(screening: Screening) -> str:
    """{% helped_with review.screening %}: one line, or nothing where the patient answered alone."""
    forms = Intake.objects.filter(patient=screening.patient_id, submitted_at__isnull=False)
    intake = forms.exclude(help=Help.NONE).order_by("-submitted_at").first()
    if intake is None:
        return ""
    said = {"name": intake.helper_name, "language": LANGUAGES[intake.language]}
    if is_from_paper(intake):
        words = _("Typed in from paper by %(name)s, in %(language)s") % said
    else:
        words = _("Filled in with the help of %(name)s, in %(language)s") % said
    return _("%(words)s, read over") % {"words": words} if intake.is_read_over else words
