"""How late a dermatologist runs, and who will wait for it: a forecast from where everybody stands now.

    planned     A ├──────┤ B ├──────┤          C ├──────┤
    so far      A   ├───────────── now
    expected                        ├ B ────┤  C ├──────┤      free time in between takes the delay up

It says at least how long: whoever is in the room past the end is taken to come out this minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NOTHING = timedelta(0)
WORTH_SAYING = timedelta(minutes=10)


class Stage(StrEnum):
    TO_COME = "to_come"
    HERE = "here"
    PREPARING = "preparing"
    WITH_DOCTOR = "with_doctor"


@dataclass(frozen=True, slots=True)
class Turn:
    """One visit's time with the dermatologist, planned for [starts, starts + length).

    `before` is what has to happen first (numbing); `came` when they arrived, `since` when this stage began;
    `late` is how late they said they come.
    """

    who: int
    starts: datetime
    length: timedelta
    stage: Stage
    before: timedelta = NOTHING
    came: datetime | None = None
    since: datetime | None = None
    late: timedelta = NOTHING


@dataclass(frozen=True, slots=True)
class Wait:
    """`since`: from when on they wait; that is not before they came themselves."""

    who: int
    since: datetime
    expected: datetime

    @property
    def length(self) -> timedelta:
        return self.expected - self.since


@dataclass(frozen=True, slots=True)
class Forecast:
    behind: timedelta
    waits: tuple[Wait, ...]


def forecast(turns: Sequence[Turn], *, now: datetime) -> Forecast:
    """Return how far behind the dermatologist is, and who waits ten minutes or longer because of it.

    People come in the order in which they are ready. Nobody waits for somebody who should be here and is not.
    """
    inside = [turn for turn in turns if turn.stage == Stage.WITH_DOCTOR]
    free = max([now, *(_out(turn, now) for turn in inside)])
    behind = max([NOTHING, *(_out(turn, now) - (turn.starts + turn.length) for turn in inside)])
    waits = []
    ahead = [turn for turn in turns if turn.stage != Stage.WITH_DOCTOR and not _is_missing(turn, now)]
    for turn in sorted(ahead, key=lambda turn: (_ready(turn, now), turn.starts)):
        expected = max(free, _ready(turn, now))
        waits.append(Wait(turn.who, _due(turn), expected))
        free = expected + turn.length
    behind = max([behind, *(wait.length for wait in waits)])
    return Forecast(behind, tuple(wait for wait in waits if wait.length >= WORTH_SAYING))


def _out(turn: Turn, now: datetime) -> datetime:
    """When somebody who is in the room comes out."""
    return max(now, (turn.since or turn.starts) + turn.length)


def _is_missing(turn: Turn, now: datetime) -> bool:
    return turn.stage == Stage.TO_COME and turn.starts - turn.before + turn.late < now


def _due(turn: Turn) -> datetime:
    """When their turn would be if the dermatologist were on time."""
    if turn.came is None:
        return turn.starts + turn.late
    return max(turn.starts, turn.came + turn.before)


def _ready(turn: Turn, now: datetime) -> datetime:
    """When they could go in at the earliest."""
    match turn.stage:
        case Stage.HERE:
            return max(turn.starts, now + turn.before)
        case Stage.PREPARING:
            return max(turn.starts, now, turn.since + turn.before if turn.since else now)
    return turn.starts + turn.late
