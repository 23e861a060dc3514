"""Ways out of the house. A channel hands one envelope to a gateway and says what the gateway answered.

Channels know nothing of rows and touch no database: they run in threads, outside any transaction.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Envelope:
    """`key` is the same for every attempt at one message: a gateway that knows keys sends it once."""

    key: str
    kind: str
    address: str
    title: str
    text: str


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    TEMPORARY = "temporary"  # not sent, worth another try
    PERMANENT = "permanent"  # not sent, and never will be
    UNKNOWN = "unknown"  # handed over, perhaps sent: no answer came


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    provider_id: str = ""
    error_code: str = ""


ACCEPTED = Answer(Outcome.ACCEPTED)
