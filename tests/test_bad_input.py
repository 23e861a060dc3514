"""Nonsense in every box of every page, and in every query: an answer in words, never an error 500, never half
a write. Pages and people come from tests/url_matrix.py, so that a new page is tried without a line here.
"""

import re
from urllib.parse import urlencode

import pytest

from tests.test_urls_roles import address, may, rows_of, undone
from tests.url_matrix import EVERYBODY, MATRIX

NONSENSE = {
    "nul": "a\x00b",
    "half a pair": "a\ud800b",
    "no such day, in another script": "२०२६-०२-३०",
    "a date before all": "0000-00-00T00:00Z",
    "a huge number": "9" * 40,
    "markup": "<script>alert(1)</script>{{ 7*7 }}' OR 1=1; --",
    "long": "A" * 20_000,
}
ALSO = (
    "starts",
    "day",
    "at",
    "who",
    "since",
    "q",
    "next",
    "key",
    "version",
    "to",
    "by",
    "code",
    "name",
    "phone",
)
BOX = re.compile(r'name="([a-zA-Z0-9_-]+)"')


def boxes_of(page: str) -> set[str]:
    """Every name a form of the page could post, and those that other pages take."""
    return {name for name in BOX.findall(page) if name not in ("viewport", "csrfmiddlewaretoken")} | set(ALSO)


IN_A_QUERY = ("nul", "no such day, in another script")
FORM = "application/x-www-form-urlencoded"
NOT_ASKED = {"healthz", "readyz", "dev_style"}  # the first two say 503 here, where no broker runs


def requests(client, url, page):
    """POST with each nonsense in every box, GET with the worst of it in the query."""
    names = sorted(boxes_of(page))
    for what, text in NONSENSE.items():
        # encoded by hand: the test client would refuse half a pair, and take bytes for a list
        body = urlencode(dict.fromkeys(names, text.encode("utf-8", "surrogatepass")))
        yield f"post {what}", lambda body=body: client.post(url, body, content_type=FORM)
        if what in IN_A_QUERY:
            yield f"get {what}", lambda body=body: client.get(f"{url}?{body}")


def one_of_each_kind(page):
    """A patient or stranger, and a member of staff: the views do not differ further."""
    allowed = [who for who in EVERYBODY if may(page, who) and who != "anonymous"] or ["anonymous"]
    staff = [who for who in allowed if who not in ("patient", "other", "anonymous")]
    return [who for who in allowed if who not in staff][:1] + staff[:1]


def faults(name, world):
    url = address(name, MATRIX[name], world, missing=False)
    for who in one_of_each_kind(MATRIX[name]):
        client = world.clients[who]
        with undone():
            shown = client.get(url).content.decode(errors="replace")
        for what, ask in requests(client, url, shown):
            with undone():
                before = rows_of()[:-1]
                answer = ask()
                written = rows_of()[:-1] != before
            if answer.status_code >= 500:
                yield f"{who} {what}: {answer.status_code}"
            if what.endswith("nul") and answer.status_code not in (400, 405):
                yield f"{who} {what}: {answer.status_code}, expected 400"
            if answer.status_code >= 400 and written:
                yield f"{who} {what}: {answer.status_code}, and something was written"


@pytest.mark.parametrize("name", sorted(MATRIX.keys() - NOT_ASKED))
def test_nonsense_is_answered_in_words(name, world):
    assert list(faults(name, world)) == []
