"""What happened at a session, with the true time."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from treatments.models.records import Given, NotGivenReason
from treatments.services.records import Entry, is_late

WORDS = 1000


class RecordForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=Given.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose what happened.")},
    )
    not_given_reason = forms.ChoiceField(
        label=gettext_lazy("Why it was not given"),
        choices=[("", gettext_lazy("choose one")), *NotGivenReason.choices],
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    started_on = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a day, such as 2026-12-24.")},
    )
    started_time = forms.TimeField(
        label=gettext_lazy("Time it began"),
        widget=forms.TimeInput(attrs={"type": "time", "class": "form-control"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Enter a time, such as 10:45.")},
    )
    entered_late_why = forms.CharField(
        label=gettext_lazy("Why it is entered only now (when it began more than 12 hours ago)"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        max_length=WORDS,
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        max_length=4 * WORDS,
        required=False,
    )

    def __init__(self, *args: Any, zone: ZoneInfo, now: datetime, is_checked: bool, **kw: Any):
        """`is_checked`: today's questions were asked, and nothing speaks against the session."""
        super().__init__(*args, **kw)
        self.zone, self.now, self.is_checked = zone, now, is_checked
        local = now.astimezone(zone)
        self.fields["started_on"].initial = local.date()
        self.fields["started_time"].initial = local.time().replace(second=0, microsecond=0)
        self.fields["started_on"].widget.attrs["max"] = local.date().isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("outcome") == Given.NOT_GIVEN and not cleaned.get("not_given_reason"):
            self.add_error("not_given_reason", _("Choose why it was not given."))
        if not {"started_on", "started_time"} & set(self.errors):
            self._read_start(cleaned)
            self._ask_for_check(cleaned)
        return cleaned

    def _ask_for_check(self, cleaned: dict[str, Any]) -> None:
        given = cleaned.get("outcome") in (Given.GIVEN, Given.STOPPED_EARLY)
        now = not is_late(cleaned["started_at"], self.now)
        if given and now and not self.is_checked:
            self.add_error(None, _("Today's questions come first. What you typed here is kept."))

    def _read_start(self, cleaned: dict[str, Any]) -> None:
        wall = datetime.combine(cleaned["started_on"], cleaned["started_time"])
        started_at = wall.replace(tzinfo=self.zone).astimezone(UTC)
        cleaned["started_at"] = started_at
        if started_at.astimezone(self.zone).replace(tzinfo=None) != wall:
            self.add_error("started_time", _("The clock skipped this time on that day. Please check it."))
        elif started_at > self.now:
            self.add_error("started_time", _("That time has not come yet. Enter when it really began."))
        elif is_late(started_at, self.now) and not cleaned.get("entered_late_why"):
            self.add_error("entered_late_why", _("Write down why it is entered only now."))

    def entry(self) -> Entry:
        typed = self.cleaned_data
        named = ("outcome", "started_at", "note", "entered_late_why", "not_given_reason")
        return Entry(**{name: typed[name] for name in named})


class AddendumForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Add to this record"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        max_length=4 * WORDS,
        error_messages={"required": gettext_lazy("Write down what you want to add.")},
    )
