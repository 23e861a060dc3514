"""Every message we send, as data: its words, what quiet hours do to it, whether it needs the person's yes.

A text is read on a locked screen, in somebody else's sight: where and when, and nothing about why. The fields
are fixed for the same reason: what is not among them cannot be told.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields

from clinic.rules.quiet_hours import WhenQuiet

_ = gettext_noop = str


@dataclass(frozen=True, slots=True)
class MessageFields:
    """All that a text may say. `weekday_day`: Tue 24 Nov, or a stretch of days; then `time` is empty."""

    place: str
    area: str
    weekday_day: str
    time: str
    link: str

    def __post_init__(self) -> None:
        for name in ("place", "area", "weekday_day", "link"):
            if not getattr(self, name):
                raise ValueError(f"a message always says its {name}")


@dataclass(frozen=True, slots=True)
class Kind:
    """`needs_consent`: a reminder, sent only where the person said yes to reminders over that channel.

    The others answer something that was done with the person's own visit. Somebody whose visit was booked or
    moved has to hear of it: they go without that yes, but then only over the contact that booked.
    """

    code: str
    when_quiet: WhenQuiet
    needs_consent: bool
    title: str
    text: str


def _notice(code: str, text: str) -> Kind:
    return Kind(code, WhenQuiet.LATER, False, _("Your visit: {weekday_day}"), text)


def _reminder(code: str, when_quiet: WhenQuiet, title: str, text: str) -> Kind:
    return Kind(code, when_quiet, True, title, text)


NOTICES: tuple[Kind, ...] = (
    _notice(
        "booked", _("Your visit at {place}, {area} is booked: {weekday_day}, {time}. To move it: {link}")
    ),
    _notice(
        "booked_several",
        _("Your visits at {place}, {area} are booked. The first is {weekday_day}, {time}. All: {link}"),
    ),
    _notice("moved", _("Your visit at {place}, {area} has moved to {weekday_day}, {time}. Details: {link}")),
    _notice(
        "moved_several",
        _("Your visits at {place}, {area} have moved. The first is {weekday_day}, {time}. All: {link}"),
    ),
    _notice(
        "cancelled",
        _("Your visit at {place}, {area} on {weekday_day}, {time} is cancelled. Another time: {link}"),
    ),
    _notice(
        "cancelled_several",
        _("Your visits at {place}, {area} are cancelled, the first on {weekday_day}, {time}. All: {link}"),
    ),
    _notice(
        "changed_several",
        _("Your visits at {place}, {area} have changed. The first is {weekday_day}, {time}. All: {link}"),
    ),
)

QUESTIONS: tuple[Kind, ...] = (
    Kind(
        "another_time",
        WhenQuiet.LATER,
        False,
        _("Your visit: {weekday_day} instead"),
        _(
            "We have to change your visit at {place}, {area}. "
            "Please say if you can come {weekday_day}, {time} instead: {link}"
        ),
    ),
    Kind(
        "earlier_kept",
        WhenQuiet.LATER,
        False,
        _("An earlier time: {weekday_day}, {time}"),
        _(
            "An earlier time at {place}, {area} is kept for you: {weekday_day}, {time}. "
            "Please say yes or no: {link}"
        ),
    ),
)

# To those who wait for a time, in the moment in which one became free; a later one goes to one of them alone.
FREE_TIMES: tuple[Kind, ...] = (
    Kind(
        "free_soon",
        WhenQuiet.LATER,
        False,
        _("Free: {weekday_day}, {time}"),
        _("A time is free at {place}, {area}: {weekday_day}, {time}. The first yes gets it: {link}"),
    ),
    Kind(
        "free_later",
        WhenQuiet.LATER,
        False,
        _("Free: {weekday_day}, {time}"),
        _("A time is free for you at {place}, {area}: {weekday_day}, {time}. Please say yes or no: {link}"),
    ),
)

REMINDERS: tuple[Kind, ...] = (
    _reminder(
        "reminder_72",
        WhenQuiet.EARLIER,
        _("Your visit: {weekday_day}, {time}"),
        _("Your visit at {place}, {area}: {weekday_day}, {time}. To prepare or move it: {link}"),
    ),
    _reminder(
        "reminder_24",
        WhenQuiet.EARLIER,
        _("Your visit: {weekday_day}, {time}"),
        _("See you at {place}, {area} on {weekday_day}, {time}. Before you come: {link}"),
    ),
    _reminder(
        "next_booked",
        WhenQuiet.LATER,
        _("Your next visit: {weekday_day}, {time}"),
        _("Thank you for coming. Your next visit at {place}, {area} is {weekday_day}, {time}. More: {link}"),
    ),
    _reminder(
        "next_to_book",
        WhenQuiet.LATER,
        _("Your next visit: {weekday_day}"),
        _(
            "Thank you for coming. Your next visit at {place}, {area} can be {weekday_day}. "
            "Choose your time: {link}"
        ),
    ),
)

# While the form before a visit has not been sent. The day before, the reminder itself says so.
FORMS: tuple[Kind, ...] = (
    _reminder(
        "form_left",
        WhenQuiet.LATER,
        _("Your visit: {weekday_day}"),
        _(
            "For your visit at {place}, {area} on {weekday_day} there is a form to fill in, about five "
            "minutes. Begin or go on: {link}"
        ),
    ),
    _reminder(
        "form_48",
        WhenQuiet.EARLIER,
        _("Your visit: {weekday_day}"),
        _("Your visit at {place}, {area} is {weekday_day}. The form before it still waits for you: {link}"),
    ),
)
FORM_WAITS = _reminder(
    "form_24",
    WhenQuiet.EARLIER,
    _("Your visit: {weekday_day}, {time}"),
    _("See you at {place}, {area} on {weekday_day}, {time}. The form before it still waits for you: {link}"),
)

# In place of a reminder, in the moment of sending, while a question about the visit waits for its answer.
STILL_STANDS = _reminder(
    "still_stands",
    WhenQuiet.EARLIER,
    _("Your visit: {weekday_day}, {time}"),
    _(
        "Your visit at {place}, {area} on {weekday_day}, {time} stands unless you choose the other time "
        "we asked about: {link}"
    ),
)

# About one visit and not about a change of it; `time` is when it is now expected to begin.
RUNNING_LATE = _notice(
    "running_late",
    _("Sorry, {place}, {area} runs late on {weekday_day}. Your visit begins about {time}. Details: {link}"),
)

# After RUNNING_LATE, when that is not so any more; `time` is when it was booked for all along.
ON_TIME = _notice(
    "on_time",
    _(
        "On time after all: your visit at {place}, {area} on {weekday_day} begins at {time}, as booked. "
        "Details: {link}"
    ),
)

# Once, a while after somebody put all that was ahead on hold; `weekday_day` is since when.
ON_HOLD = _reminder(
    "on_hold",
    WhenQuiet.LATER,
    _("Your visits on hold since {weekday_day}"),
    _(
        "Your visits at {place}, {area} are on hold since {weekday_day}. Nothing is lost. "
        "When you want to go on: {link}"
    ),
)

# To staff: `area` is "on call", day and time by when somebody has to be rung; whom and why, the link shows.
# At any hour, unless there is a week for it.
CALLS: tuple[Kind, ...] = (
    Kind(
        "call_waits",
        WhenQuiet.SEND,
        False,
        _("To ring by {time}"),
        _("{place}, {area}: somebody waits to be rung by {weekday_day}, {time}. Who it is: {link}"),
    ),
    Kind(
        "call_not_taken",
        WhenQuiet.SEND,
        False,
        _("Nobody rings yet: by {time}"),
        _("{place}, {area}: nobody rings yet, and it must be by {weekday_day}, {time}. Please see: {link}"),
    ),
    Kind(
        "call_within_days",
        WhenQuiet.LATER,
        False,
        _("To ring by {weekday_day}"),
        _("{place}, {area}: somebody is to be rung by {weekday_day}, {time}. Who it is: {link}"),
    ),
)

# Of a visit long ahead whose days come near, and before a course goes on that was left for long.
TIME_TO_CHOOSE = _reminder(
    "time_to_choose",
    WhenQuiet.LATER,
    _("Your next visit: {weekday_day}"),
    _("Your next visit at {place}, {area} can be {weekday_day}. Choose your time: {link}"),
)
FORM_AGAIN = _reminder(
    "form_again",
    WhenQuiet.LATER,
    _("Your form, by {weekday_day}"),
    _("Before your next visit at {place}, {area} please look through your form, by {weekday_day}: {link}"),
)

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        *NOTICES,
        *QUESTIONS,
        *FREE_TIMES,
        *REMINDERS,
        STILL_STANDS,
        RUNNING_LATE,
        ON_TIME,
        ON_HOLD,
        *CALLS,
        *FORMS,
        FORM_WAITS,
        TIME_TO_CHOOSE,
        FORM_AGAIN,
    )
}

CODE = "code"
CODE_TITLE = _("Your log-in code")
CODE_TEXT = _("{code} is your log-in code. It works for {minutes} minutes. We never ask you for it.")


@dataclass(frozen=True, slots=True)
class Rendered:
    title: str
    text: str


def render(code: str, message: MessageFields, translate: Callable[[str], str]) -> Rendered:
    kind = KINDS[code]
    words = asdict(message)
    return Rendered(translate(kind.title).format(**words), translate(kind.text).format(**words))


def render_code(code: str, *, minutes: int, translate: Callable[[str], str]) -> Rendered:
    return Rendered(translate(CODE_TITLE), translate(CODE_TEXT).format(code=code, minutes=minutes))


FIELD_NAMES = tuple(field.name for field in fields(MessageFields))
