"""Bytes that no field can hold get a calm page, in whatever part of a request they come."""

import json

import pytest
from django.test import Client

from tests.builders import a_patient, staff

pytestmark = pytest.mark.django_db

LOG_IN = "/account/login/"
BAD = {
    "nul": b"a\0b",
    "half a pair": b"a\xed\xa0\x80b",
    "not utf-8": b"a\xff\xfeb",
    "cut off": b"a\xe0\xb2",
}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(params=BAD.values(), ids=list(BAD))
def bad(request):
    return request.param


def quoted(raw):
    return "".join(f"%{byte:02X}" for byte in raw)


def is_calm(answer):
    return answer.status_code == 400 and "We could not read that" in answer.content.decode()


def test_nul_in_the_path(client):
    assert is_calm(client.get("/account/a%00b/"))


def test_bytes_that_are_no_text_in_the_path_find_no_page(client, bad):
    assert client.get(f"/account/{quoted(bad)}/").status_code == (400 if b"\0" in bad else 404)


def test_bad_bytes_in_the_query(client, bad):
    assert is_calm(client.get(f"{LOG_IN}?next=/{quoted(bad)}"))


def test_bad_bytes_in_the_name_of_a_query_field(client, bad):
    assert is_calm(client.get(f"{LOG_IN}?{quoted(bad)}=1"))


def test_bad_bytes_in_a_form(client, bad):
    assert is_calm(client.post(LOG_IN, f"who={quoted(bad)}", content_type=FORM))


def test_bad_bytes_in_a_form_not_even_quoted(client, bad):
    assert is_calm(client.post(LOG_IN, b"who=" + bad, content_type=FORM))


def test_bad_bytes_in_json(client, bad):
    assert is_calm(client.post(LOG_IN, b'{"who": "' + bad + b'"}', content_type="application/json"))


def multipart(name, value):
    lines = [b"--x", b'Content-Disposition: form-data; name="' + name + b'"', b"", value, b"--x--", b""]
    return {"data": b"\r\n".join(lines), "content_type": "multipart/form-data; boundary=x"}


def test_nul_in_a_form_with_parts(client):
    assert is_calm(client.post(LOG_IN, **multipart(b"who", b"a\0b")))


@pytest.mark.parametrize("raw", [b"a\xff", b"a\xed\xa0\x80"])
def test_bytes_that_are_no_text_in_a_form_with_parts_are_answered_on_the_page(client, raw):
    answer = client.post(LOG_IN, **multipart(b"who", raw))

    assert answer.status_code == 422


BAD_JSON = [
    '"\\u0000"',
    '{"a": "\\u0000"}',
    '{"\\u0000": 1}',
    '"\\ud800"',
    '["\\udfff"]',
    "NaN",
    '{"a": [Infinity]}',
    "[" * 100_000,
    "[" * 60 + "]" * 60,
    "{",
]


@pytest.mark.parametrize("body", BAD_JSON, ids=range(len(BAD_JSON)))
def test_json_that_no_column_could_hold(client, body):
    assert is_calm(client.post(LOG_IN, body, content_type="application/json"))


def test_json_that_is_fine_goes_through(client):
    body = json.dumps({"who": "ರವಿ 😀 \\u0000 written out", "list": [1, None, True, 1.5]})

    assert client.post(LOG_IN, body, content_type="application/json").status_code == 422


@pytest.mark.parametrize("cookie", ['"aaaaaaaaaa\\000"', '"\\000"'])
@pytest.mark.parametrize("name", ["clinic_session", "csrftoken", "clinic_account", "messages"])
def test_nul_spelt_in_a_quoted_cookie(name, cookie):
    answer = Client(headers={"cookie": f"{name}={cookie}"}).get(LOG_IN)

    assert is_calm(answer)


@pytest.mark.parametrize("text", ["ರವಿ ಕುಮಾರ್", "😀", "a b+c&d", "\u200c", "\ufffd"])
def test_every_real_text_goes_through(client, text):
    answer = client.post(LOG_IN, {"who": text})

    assert answer.status_code == 422
    assert answer.context["form"]["who"].value() == text


def test_refused_page_has_the_same_headers_as_any_other(client):
    refused, other = client.get(f"{LOG_IN}?a=%00"), client.get(LOG_IN)

    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Permissions-Policy"):
        assert refused[name] == other[name]


@pytest.mark.parametrize("somebody", [lambda: a_patient().account, lambda: staff(role="manager")])
@pytest.mark.parametrize("address", ["/account/people/", "/account/login/", "/no/such/page"])
def test_pages_of_somebody_logged_in_are_never_stored(client, somebody, address):
    client.force_login(somebody())

    assert "no-store" in client.get(address)["Cache-Control"]


TYPED_ANYWHERE = [("/account/people/", "name"), ("/account/people/", "person"), ("/account/login/", "who")]


@pytest.mark.parametrize(("address", "field"), TYPED_ANYWHERE)
@pytest.mark.parametrize("typed", ["\ud800", "\udfff\ud800"])
def test_half_a_pair_typed_into_a_form_is_no_error(client, address, field, typed):
    """Browsers send U+FFFD in its place; a script that sends the half itself gets the calm page."""
    client.force_login(a_patient().account)
    raw = quoted(typed.encode("utf-8", "surrogatepass"))

    assert is_calm(client.post(address, f"{field}={raw}", content_type=FORM))
