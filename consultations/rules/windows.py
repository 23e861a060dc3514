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
        """What to note with a new answer; what another window said stays unknown until it is shown."""
        mine = [n for n, row in enumerate(rows) if row.id in self.own]
        if not mine:
            return self.newest
        last = rows[mine[-1]]
        differs = said_elsewhere(rows[: mine[-1] + 1])
        return last.seen if differs and last.seen is not None else max(last.id, self.newest)


def said_elsewhere(rows: Sequence[Row]) -> Row | None:
    """Another answer, older than the one that counts and unknown to who gave that one; None if all agree."""
    if not rows or rows[-1].seen is None:
        return None
    newest = rows[-1]
    others = (row for row in reversed(rows[:-1]) if row.id > newest.seen and row.value != newest.value)
    return next(others, None)
