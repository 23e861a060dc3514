"""Which weeks a report is of."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.forms.desk import Day

USUAL = 8
SPANS = {1: _("1 week"), 4: _("4 weeks"), 8: _("8 weeks"), 13: _("13 weeks"), 26: _("26 weeks")}


class ReportAsked(forms.Form):
    """Every part may be missing; what cannot be read counts as missing."""

    at = forms.SlugField(required=False)
    since = Day()
    weeks = forms.TypedChoiceField(required=False, choices=SPANS, coerce=int, empty_value=USUAL)
