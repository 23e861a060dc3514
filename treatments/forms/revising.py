"""A course prescribed anew: the gaps still ahead, what is taken out, and what is put behind the last one."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from treatments.forms.gap_boxes import (
    add_boxes,
    boxes_of,
    check_boxes,
    errors_of,
    forget_errors,
    read_gap,
    style,
)
from treatments.forms.prescribing import NOTE
from treatments.models import CourseSession, Phase
from treatments.rules.gaps import Gap, NoDefaultGap, default_gap
from treatments.rules.products import floors_of
from treatments.services.revising import MOST_SESSIONS, Adding, Revision, gap_of

QUARTER = 91
MORE, KEEP_UP = "more", "keep_up"


class RevisionForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)  # numbers of the sessions it had
    add_more = forms.IntegerField(
        label=gettext_lazy("More sessions of the course"), min_value=0, max_value=MOST_SESSIONS, initial=0
    )
    add_keep_up = forms.IntegerField(
        label=gettext_lazy("Sessions to keep it up"), min_value=0, max_value=MOST_SESSIONS, initial=0
    )
    note = forms.CharField(
        label=gettext_lazy("Note for whoever treats"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=NOTE,
        required=False,
    )

    def __init__(self, *args: Any, sessions: Sequence[CourseSession], product_code: str, **kw: Any):
        super().__init__(*args, **kw)
        self.sessions, self.floor = sessions, int(max(floors_of(product_code)))
        for session in sessions:
            self._add_row(session)
        last = gap_of(sessions[-1]) if sessions else None
        add_boxes(self, MORE, last, whose=_("More sessions"))
        add_boxes(self, KEEP_UP, _quarter(product_code), whose=_("To keep it up"))
        style(self)
        self.label_suffix = ""

    def _add_row(self, session: CourseSession) -> None:
        named = {"number": session.number}
        if session.number == 1:  # it begins the course: no gap before it, and it stays
            return
        add_boxes(self, session.number, gap_of(session), whose=_("Session %(number)s") % named)
        label = _("Take out session %(number)s") % named
        self.fields[_drop(session.number)] = forms.BooleanField(label=label, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for session in self._rows():
            if cleaned.get(_drop(session.number)):
                forget_errors(self, session.number)
            else:
                check_boxes(self, session.number, floor=self.floor)
        for row in (MORE, KEEP_UP):
            if cleaned.get(f"add_{row}"):
                check_boxes(self, row, floor=self.floor)
            elif f"add_{row}" in cleaned:
                forget_errors(self, row)
        return cleaned

    def _rows(self) -> list[CourseSession]:
        return [session for session in self.sessions if session.number > 1]

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row for each session that may still change."""
        for session in self._rows():
            boxes = boxes_of(self, session.number)
            drop = self[_drop(session.number)]
            yield {"session": session, "boxes": boxes, "drop": drop, "errors": errors_of(boxes)}

    def adds(self) -> Iterator[dict[str, Any]]:
        """The two ways to go on after the last session."""
        words = {
            MORE: _("Behind the last session, with a time of their own as the others."),
            KEEP_UP: _("No time is wanted yet: each is offered when its days come near."),
        }
        for row, said in words.items():
            boxes, count = boxes_of(self, row), self[f"add_{row}"]
            yield {"count": count, "boxes": boxes, "words": said, "errors": errors_of([count, *boxes])}

    def revision(self) -> Revision:
        typed = self.cleaned_data
        drops = frozenset(one.number for one in self._rows() if typed[_drop(one.number)])
        return Revision(
            seen=typed["seen"],
            gaps={session.number: self._gap(session, drops) for session in self.sessions},
            drops=drops,
            adds=[*self._adding(MORE, Phase.COURSE), *self._adding(KEEP_UP, Phase.MAINTENANCE)],
            note=typed["note"],
        )

    def _gap(self, session: CourseSession, drops: frozenset[int]) -> Gap | None:
        """What stands in the row of a session that is taken out counts for nothing."""
        kept = session.number > 1 and session.number not in drops
        return read_gap(self.cleaned_data, session.number) if kept else gap_of(session)

    def _adding(self, row: str, phase: Phase) -> list[Adding]:
        count = self.cleaned_data[f"add_{row}"]
        return [Adding(count=count, gap=read_gap(self.cleaned_data, row), phase=phase)] if count else []


def _drop(number: int) -> str:
    return f"drop_{number}"


def _quarter(product_code: str) -> Gap | None:
    try:
        return default_gap(QUARTER, floors=floors_of(product_code))
    except NoDefaultGap:
        return None
