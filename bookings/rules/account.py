"""What has become of the sessions of a course: every one prescribed is in exactly one place, so it adds up.

prescribed = given + booked + missed + forfeited + returned + expired + still to book

booked     it has a time, also one that is over and nobody has written down yet
missed     they did not come to the newest time, there is no other, and nobody has said what becomes of it
forfeited  missed, and counted as used; returned: not given and not charged
expired    the course ended before it
What the doctor took out of the plan is not prescribed any more.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    GIVEN = "given"
    BOOKED = "booked"
    MISSED = "missed"
    FORFEITED = "forfeited"
    RETURNED = "returned"
    EXPIRED = "expired"
    TO_BOOK = "to_book"


REVISED = "revised"
DROPPED = {fate.value: fate for fate in (Fate.FORFEITED, Fate.RETURNED, Fate.EXPIRED)}


@dataclass(frozen=True)
class SessionFacts:
    """`dropped`: why it will not be given, as stored. `is_missed`: they did not come to its newest time."""

    is_given: bool = False
    dropped: str = ""
    has_time: bool = False
    is_missed: bool = False


@dataclass(frozen=True)
class SessionAccount:
    given: int = 0
    booked: int = 0
    missed: int = 0
    forfeited: int = 0
    returned: int = 0
    expired: int = 0
    to_book: int = 0

    @property
    def prescribed(self) -> int:
        return sum(getattr(self, fate) for fate in Fate)


def fate_of(session: SessionFacts, *, is_ended: bool) -> Fate | None:
    """Return where a session stands; None for one that is not prescribed any more.

    What was given was given, whatever else is stored. A course that ended leaves nothing to book.
    """
    if session.is_given:
        return Fate.GIVEN
    if session.dropped == REVISED:
        return None
    if session.dropped:
        return DROPPED[session.dropped]
    if session.has_time:
        return Fate.BOOKED
    if session.is_missed:
        return Fate.MISSED
    return Fate.EXPIRED if is_ended else Fate.TO_BOOK


def account_of(sessions: Iterable[SessionFacts], *, is_ended: bool = False) -> SessionAccount:
    fates = Counter(fate_of(session, is_ended=is_ended) for session in sessions)
    return SessionAccount(**{fate.value: fates[fate] for fate in Fate})
