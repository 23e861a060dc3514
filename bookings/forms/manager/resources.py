"""What a manager types about rooms, chairs and devices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.forms.manager.fields import FiveMinutes, Line
from clinic.models import Resource
from clinic.models.places import ResourceKind

LONGEST_NAME = Resource._meta.get_field("name").max_length
THINGS = [(kind.value, kind.label.capitalize()) for kind in ResourceKind if kind != ResourceKind.PRACTITIONER]


class ResourceForm(forms.Form):
    name = Line(
        label=_("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter a name, for example Room 2")},
    )
    turnover_minutes = FiveMinutes(
        label=_("Minutes to clean after each visit"),
        most=120,
        initial=0,
        help_text=_("Nobody else can use it meanwhile. In steps of five."),
    )


class NewResourceForm(ResourceForm):
    kind = forms.ChoiceField(label=_("What it is"), choices=THINGS)
    field_order = ("kind", "name", "turnover_minutes")
