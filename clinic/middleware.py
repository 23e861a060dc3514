"""What every request goes through: bytes that no field can hold, locks that do not come, and the PIN."""

import json
import re
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from clinic import unsaved
from clinic.permissions import PinNeeded
from clinic.refusals import RecordMerged

DEEPEST_JSON = 50
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
CONTENTION = ("40P01", "40001", "55P03")  # SQLSTATE: deadlock, serialisation, lock not available in time
SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(Exception):
    """Not text that PostgreSQL could keep or a page could show."""


class ReadableMiddleware:
    """NUL, halves of surrogate pairs and bytes that are not UTF-8 get a calm page with status 400.

    Otherwise each of them is an error 500 somewhere: PostgreSQL stores no NUL, and half a pair cannot be
    encoded. Path, query, cookies, forms and JSON are looked at; contents of files are no text and stay as
    they are.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            check_address(request)
            check_body(request)
        except Unreadable:
            return render(request, "400.html", status=400)
        return self.get_response(request)


def check_address(request: HttpRequest) -> None:
    check_texts([request.path_info])  # bytes that are not UTF-8 are still quoted in it, and find no page
    check_bytes(unquote_to_bytes(request.META.get("QUERY_STRING", "").encode("latin-1", "replace")))
    check_texts(request.COOKIES.values())  # a quoted cookie may spell NUL as \000


def check_body(request: HttpRequest) -> None:
    kind = request.content_type or ""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if kind == FORM:
        check_bytes(unquote_to_bytes(request.body))
    elif kind == MULTIPART:
        check_form(request)
    elif kind == "application/json" or kind.endswith("+json"):
        check_json(request.body)


def check_bytes(raw: bytes) -> None:
    if b"\0" in raw:
        raise Unreadable
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise Unreadable from None


def check_texts(texts: Iterable[str]) -> None:
    if any("\0" in text or SURROGATE.search(text) for text in texts):
        raise Unreadable


def check_form(request: HttpRequest) -> None:
    for name, values in request.POST.lists():
        check_texts([name, *values])
    for name, files in request.FILES.lists():
        check_texts([name, *(file.name or "" for file in files)])


def check_json(raw: bytes) -> None:
    if not raw:
        return
    check_bytes(raw)
    try:
        waiting = [(0, json.loads(raw, parse_constant=_refuse))]
    except (ValueError, RecursionError):
        raise Unreadable from None
    while waiting:
        depth, value = waiting.pop()
        if depth > DEEPEST_JSON:
            raise Unreadable
        if isinstance(value, str):
            check_texts([value])
        elif isinstance(value, dict):
            check_texts(value)
            waiting += [(depth + 1, one) for one in value.values()]
        elif isinstance(value, list):
            waiting += [(depth + 1, one) for one in value]


def _refuse(constant: str) -> None:
    """NaN and Infinity are Python's, not JSON's, and no column takes them."""
    raise ValueError(constant)


class BusyMiddleware:
    """A row locked for too long, or a circle of waiters: nothing was done, and trying again helps. Or the
    record went into another one a moment ago.

    The door says so itself and keeps what was typed (bookings/services/door); this is for all the rest.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, RecordMerged):
            return render(request, "409.html", {"words": exception.text}, status=exception.status)
        if not isinstance(exception, OperationalError):
            return None
        if getattr(exception.__cause__, "pgcode", None) not in CONTENTION:
            return None
        return render(request, "503.html", status=503)


class PinMiddleware:
    """A loader asked for the PIN of somebody who shares the phone: ask for it, then come back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, PinNeeded):
            return None
        back = urlencode({"next": unsaved.return_path(request)})
        return HttpResponseRedirect(f"{reverse('account_pin', args=[exception.patient_id])}?{back}")
