"""Two windows on one form: what each of them showed, and what one said that the other did not know of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One answer to one question. `seen`: the newest answer its page knew of; None where nobody noted it."""

    id: int
    value: Any
    seen: int | None = None


@dataclass
class Window:
    """What a page knows: the newest answer when it was drawn, and those it has written itself since."""

    newest: int
    own: set[int] = field(default_factory=set)

    def knows(self, row: Row) -> bool:
        return row.id <= self.newest or row.id in self.own

    def showed(self, rows: Sequence[Row], otherwise: Any = None) -> Any:
        """What stood on the page as the answer, given all rows of a question, oldest first."""
        known = [row for row in rows if self.knows(row)]
        return known[-1].value if known else otherwise

    def seen_for(self, rows: Sequence[Row]) -> int:
        """What to note with a new answer: what another window said stays unseen until it is shown."""
        unseen = [row for row in rows if not self.knows(row)]
        if unseen:
            return unseen[-1].id - 1
        mine = [n for n, row in enumerate(rows, start=1) if row.id in self.own]
        if not mine:
            return self.newest
        told = rows[: mine[-1]]
        differing = said_elsewhere(told)
        return differing.id - 1 if differing else max(told[-1].id, self.newest)


def said_elsewhere(rows: Sequence[Row]) -> Row | None:
    """Another answer, older than the one that counts and unknown to who gave that one; None if they agree."""
    if not rows or rows[-1].seen is None:
        return None
    newest = rows[-1]
    unseen = next((row for row in rows[:-1] if row.id > newest.seen), None)
    return unseen if unseen and unseen.value != newest.value else None
