import json
import re
from datetime import date, timedelta
from itertools import accumulate

import pytest

from treatments.rules import protocols
from treatments.rules.gaps import Gap
from treatments.rules.protocols import P1, P5, P12, PROTOCOLS

FIRST = date(2027, 1, 4)


def days(protocol) -> list[str]:
    offsets = accumulate((0, *(gap.target for gap in protocol.gaps)))
    return [(FIRST + timedelta(days=offset)).strftime("%m-%d") for offset in offsets]


def test_protocols_are_the_three_that_may_be_prescribed():
    assert list(PROTOCOLS) == ["P1", "P5", "P12"]
    assert [protocol.sessions for protocol in PROTOCOLS.values()] == [7, 10, 3]
    assert [protocol.certainty for protocol in PROTOCOLS.values()] == ["B", "B", "B"]


def test_protocols_give_the_example_days_of_the_clinical_brief():
    assert days(P1) == ["01-04", "01-11", "01-18", "01-25", "02-08", "02-22", "03-22"]
    assert days(P5) == [
        "01-04", "01-11", "01-18", "01-25", "02-01", "02-08", "02-15", "02-22", "03-01", "03-08"
    ]  # fmt: skip
    assert days(P12) == ["01-04", "02-01", "03-01"]


def test_gaps_carry_the_floors_of_the_product():
    assert P1.gaps[0] == Gap(7, 7, 7, 10)
    assert P1.gaps[3:] == (Gap(7, 12, 14, 18), Gap(7, 12, 14, 18), Gap(7, 24, 28, 35))
    assert set(P5.gaps) == {Gap(7, 7, 7, 10)}
    assert P12.gaps == (Gap(21, 28, 28, 35), Gap(21, 28, 28, 35))


def test_content_is_json_with_all_that_a_release_signs():
    data = protocols.content(P12)
    assert json.loads(json.dumps(data)) == data
    assert data["gaps"] == [{"never_before": 21, "earliest": 28, "target": 28, "latest": 35}] * 2
    assert data["sources"] == list(P12.sources)
    assert data["certainty"] == "B"


PROMISES = re.compile(
    r"\b(safe|safely|eligible|guarantee\w*|regrow\w*|cure[sd]?|permanent\w*|painless|best|proven"
    r"|no side effects)\b"
)


@pytest.mark.parametrize("text", [protocols.DRAFT_NOTICE, protocols.POSITION])
def test_notices_promise_nothing(text):
    assert PROMISES.findall(text.lower()) == []


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=list(PROTOCOLS))
def test_texts_promise_nothing_and_name_their_sources(protocol):
    data = protocols.content(protocol)
    assert PROMISES.findall(json.dumps(data).lower()) == []
    assert all(data[name] for name in ("title", "indication", "technique", "assess", "evidence", "sources"))
