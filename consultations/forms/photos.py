"""Photos as forms: a file that is looked at and drawn anew, and the three agreements."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.rules.consent_texts import PHOTOS, PHOTOS_CARE
from consultations.services.redrawing import PhotoRefused, Picture, redraw


class PhotoField(forms.FileField):
    """A picture from a camera or a gallery; cleaned it is a Picture, which keep_photo takes as it is.

    What is wrong with it is said in the words of rules/pictures.py, whatever the file claims to be.
    """

    widget = forms.FileInput
    default_error_messages = {"required": gettext_lazy("Take a picture or choose one first.")}

    def __init__(self, *, camera: bool = True, **kw: Any) -> None:
        super().__init__(**kw)
        self.widget.attrs.update({"accept": "image/*", **({"capture": "environment"} if camera else {})})

    def to_python(self, data: File | None) -> Picture | None:
        if data in self.empty_values:
            return None
        try:
            return redraw(data)
        except PhotoRefused as refused:
            raise ValidationError(refused.text, code=refused.problem) from None


class PhotoForm(forms.Form):
    """One view. Whom all photos are for is asked where the patient's sex is on file."""

    photo = PhotoField(label=gettext_lazy("Take a picture"))
    only_same_sex = forms.BooleanField(required=False)

    def __init__(self, *args: Any, viewers: str, is_limited: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if viewers:
            self.fields["only_same_sex"].label, self.fields["only_same_sex"].initial = viewers, is_limited
        else:
            del self.fields["only_same_sex"]


class AgreementsForm(forms.Form):
    """A box for each purpose; without the first there are no photos that the others could be about."""

    def __init__(self, *args: Any, sentences: dict[str, str], agreed: set[str], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.agreed = agreed
        for purpose in PHOTOS:
            box = forms.BooleanField(required=False, label=sentences[purpose], initial=purpose in agreed)
            self.fields[purpose] = box

    def clean(self) -> dict[str, bool]:
        said = self.cleaned_data
        if said[PHOTOS_CARE] or not any(said.values()):
            return said
        if PHOTOS_CARE in self.agreed:
            return dict.fromkeys(said, False)  # taking back the first takes back what rests on it
        self.add_error(PHOTOS_CARE, _("Without this one we keep no photo that could be shown to others."))
        return said
