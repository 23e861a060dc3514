"""Every page × everybody × somebody's object and one that is not there, from the table in
tests/url_matrix.py.

Asserted of each answer: its status; that no canary of patient A's record stands in body or headers for
anybody who may not read it; that somebody else's and what does not exist answer alike to the byte; that
staff who read something medical left a view row; and that no GET writes anything else.
"""

import re
from contextlib import contextmanager
from http.cookies import SimpleCookie
from operator import attrgetter

import pytest
from django.db import connection, transaction
from django.urls import URLPattern, get_resolver, reverse

from bookings.models import Booking, Change, Claim
from clinic.models import Alarm, Message, Patient, ViewRow
from consultations.models import Answer, Consent, Decision, Intake, Screening, SymptomReport
from tests.url_matrix import EVERYBODY, MATRIX, OBJECTS, Page
from tests.url_world import FORMS_OF_A_PERSON, MEDICAL, empty_cages
from treatments.models import Course, CourseSession

WRITTEN = (
    Booking,
    Claim,
    Change,
    Message,
    Patient,
    Intake,
    Answer,
    Consent,
    Screening,
    SymptomReport,
    Alarm,
    Decision,
    Course,
    CourseSession,
)
LOG_IN = ("/account/login/", "/staff/login/")
CHANGES_BY_ITSELF = re.compile(rb'value="[A-Za-z0-9]{64}"|Demo clock: [^<]*')


def patterns(resolver=None, prefix=""):
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield prefix + str(one.pattern), one
        else:
            yield from patterns(one, prefix + str(one.pattern))


def parts_of(pattern):
    return sorted(pattern.pattern.converters)


def line_to_write(pattern):
    parts = {part: "?" for part in parts_of(pattern)}
    shown = ", " + str(parts).replace("'", '"') if parts else ""
    return f'    "{pattern.name}": Page(WHO{shown}),'


def test_every_url_has_a_name():
    assert [route for route, pattern in patterns() if not pattern.name] == []


def test_every_url_is_declared():
    missing = [line_to_write(pattern) for _, pattern in patterns() if pattern.name not in MATRIX]

    assert missing == [], "Add to MATRIX in tests/url_matrix.py (its head explains):\n" + "\n".join(missing)


def test_no_line_is_left_of_a_url_that_went():
    assert sorted(set(MATRIX) - {pattern.name for _, pattern in patterns()}) == []


def test_every_line_names_the_parts_of_its_address():
    wrong = [
        line_to_write(pattern)
        for _, pattern in patterns()
        if pattern.name in MATRIX and parts_of(pattern) != sorted(MATRIX[pattern.name].parts)
    ]

    assert wrong == [], "The parts in tests/url_matrix.py are not those of the address:\n" + "\n".join(wrong)


def test_every_personal_and_medical_text_has_a_canary(world):
    assert empty_cages() == [], "Give each a canary in tests/url_world.py."


# The walk


def address(name, page, world, *, missing):
    values = {}
    for part, kind in page.parts.items():
        found = OBJECTS.get(kind)
        if found is None:
            values[part] = kind.removeprefix("=")
        else:
            values[part] = found.missing if missing and found.is_somebodys else attrgetter(found.where)(world)
    return reverse(name, kwargs=values)


def has_object(page):
    return any(OBJECTS[kind].is_somebodys for kind in page.parts.values() if kind in OBJECTS)


def may(page, who):
    return "patient" in page.who and not has_object(page) if who == "other" else who in page.who


@contextmanager
def undone():
    """What is written inside is undone, and the door may open its durable transactions inside."""
    block = transaction.Atomic(using=None, savepoint=True, durable=False)
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


def rows_of():
    """How many rows each table has, and how many times patient A's record was read."""
    counts = ", ".join(f"(SELECT count(*) FROM {model._meta.db_table})" for model in (*WRITTEN, ViewRow))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return cursor.fetchone()


def ask(world, who, method, url):
    """One answer, which tables it wrote to, and whether it noted a reading; whatever it wrote is undone."""
    client = world.clients[who]
    cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    with undone():
        before = rows_of()
        answer = getattr(client, method)(url)
        after = rows_of()
    client.cookies = cookies
    answer.wrote = [m.__name__ for m, b, a in zip(WRITTEN, before, after, strict=False) if a != b]
    answer.noted = after[-1] > before[-1]
    return answer


def everything_in(answer):
    headers = " ".join(f"{name}: {value}" for name, value in answer.items())
    return (headers + answer.content.decode(errors="replace") + str(answer.cookies)).lower()


def leaks(answer, who, page):
    """Canaries that this person must not see."""
    seen = everything_in(answer)
    if who == "patient":
        return []
    forbidden = [] if who in ("nurse", "dermatologist") else [MEDICAL]
    if not page.demo and (who in ("anonymous", "other") or not may(page, who)):
        forbidden = [MEDICAL, *FORMS_OF_A_PERSON]
    return [canary for canary in forbidden if canary in seen]


def faults_of_allowed(page, who, method, answer):
    expected = page.answers("patient" if who == "other" else who)
    if method == "get" and answer.status_code not in expected:
        yield f"{who} get: {answer.status_code}, expected {expected}"
    if method == "post" and not page.post and answer.status_code != 405:
        yield f"{who} post: {answer.status_code}, expected 405 (or say post=True)"
    if method == "post" and page.post and (answer.status_code in (404, 405) or answer.status_code >= 500):
        yield f"{who} post: {answer.status_code} to an empty form"
    if method == "get" and answer.wrote:
        yield f"{who} get: wrote {answer.wrote}"
    if who in ("nurse", "dermatologist") and MEDICAL in everything_in(answer) and not answer.noted:
        yield f"{who} {method}: read something medical, and no view row says so"


def faults_of_refused(page, who, method, answer, absent):
    to_log_in = who == "anonymous" and answer.get("Location", "").startswith(LOG_IN)
    no_such_method = answer.status_code == 405 and not page.takes(method)
    if answer.status_code != 404 and not to_log_in and not no_such_method:
        yield f"{who} {method}: {answer.status_code}, expected {'log-in or ' * (who == 'anonymous')}404"
    if absent is not None and answer.status_code != absent.status_code:
        yield f"{who} {method}: {answer.status_code} for somebody's, {absent.status_code} for nobody's"
    elif absent is not None and answer.status_code == 404 and bare(answer) != bare(absent):
        yield f"{who} {method}: the 404 of somebody's differs from nobody's"
    if answer.wrote:
        yield f"{who} {method}: refused, and wrote {answer.wrote}"


def bare(answer):
    return CHANGES_BY_ITSELF.sub(b"", answer.content), sorted(
        (n, v) for n, v in answer.items() if n != "Content-Security-Policy"
    )


def faults(name, page: Page, world):
    there = address(name, page, world, missing=False)
    nowhere = address(name, page, world, missing=True) if has_object(page) else None
    for who in EVERYBODY:
        for method in ("get", "post"):
            answer = ask(world, who, method, there)
            absent = ask(world, who, method, nowhere) if nowhere else None
            if may(page, who):
                yield from faults_of_allowed(page, who, method, answer)
                if absent is not None and who != "anonymous" and absent.status_code not in (404, 405):
                    yield f"{who} {method}: {absent.status_code} for what is not there, expected 404"
            else:
                yield from faults_of_refused(page, who, method, answer, absent)
            for canary in leaks(answer, who, page):
                yield f"{who} {method}: {canary} in the answer"


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_page_opens_for_those_it_is_for_and_nobody_else(name, world):
    assert list(faults(name, MATRIX[name], world)) == []


@pytest.mark.parametrize("name", sorted(name for name, page in MATRIX.items() if page.demo))
def test_page_of_the_demo_is_not_there_in_production(name, client, settings, world):
    settings.DEMO = False
    answers = [client.get(reverse(name)).status_code, client.post(reverse(name)).status_code]

    assert 404 in answers
    assert set(answers) <= {404, 405}
