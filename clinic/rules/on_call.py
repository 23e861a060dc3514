"""Who is asked about an alarm, and who when nobody answers: first on call, second, then all managers.

raised ──▶ first ──unanswered, away──▶ second ──▶ managers ──▶ whoever comes on call after that
   └──nobody on the rota──────────────────────────▶┘
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from clinic.rules.timespans import Span, subtract

FIRST, SECOND, MANAGERS = 1, 2, 3
RAISED, UNANSWERED, AWAY, NOBODY = "raised", "unanswered", "away", "nobody"

# An alarm of this kind is never left to automation, and is passed on sooner than its lane asks for.
CRISIS = "crisis"


@dataclass(frozen=True, slots=True)
class Duty:
    """Who could be asked now, by id. `away`: those of them who are on leave or have left."""

    first: int | None = None
    second: int | None = None
    managers: tuple[int, ...] = ()
    away: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom it is given to now. No people: the house has nobody left to ask."""

    level: int
    people: tuple[int, ...]
    why: str


def whom_next(duty: Duty, *, level: int, told: Collection[int], why: str) -> Asked | None:
    """Return whom to ask after `level`, None when everybody who could be asked knows of it.

    `why` it goes on; who is missing on the way to the first one asked gives the reason instead.
    """
    if level >= MANAGERS:
        return _who_came_since(duty, told)
    for rank, person in ((FIRST, duty.first), (SECOND, duty.second)):
        if rank <= level or person in told:
            continue
        if person is not None and person not in duty.away:
            return Asked(rank, (person,), why)
        if why == RAISED:
            why = NOBODY if person is None else AWAY
    return Asked(MANAGERS, _managers(duty, told), why)


def _who_came_since(duty: Duty, told: Collection[int]) -> Asked | None:
    if duty.first is None or duty.first in told or duty.first in duty.away:
        return None
    return Asked(FIRST, (duty.first,), UNANSWERED)


def _managers(duty: Duty, told: Collection[int]) -> tuple[int, ...]:
    """Those on leave as well, before nobody at all is told."""
    untold = tuple(person for person in duty.managers if person not in told)
    return tuple(person for person in untold if person not in duty.away) or untold


def gaps(taken: Iterable[Span], *, within: Span) -> list[Span]:
    """Return when nobody is on call."""
    return subtract([within], taken)
