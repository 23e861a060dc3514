"""Many browsers, logged in, tap one time at once, at the processes of `make run`: one gets it, no 5xx.

CLINIC_SOAK=1 for 200 browsers and 20 rounds.
"""

import http.client
import json
import os
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from tests.running import loaded_demo

pytestmark = [pytest.mark.race, pytest.mark.timeout(1800)]
SOAK = bool(os.environ.get("CLINIC_SOAK"))
CLIENTS, ROUNDS = (200, 20) if SOAK else (40, 3)
HOUR = timedelta(hours=1)
MONDAY_MORNING = "2026-11-23T09:00:00+05:30"

# Accounts with sessions, as after a log-in by code; and how often the database had to break a deadlock.
LOG_IN = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from clinic.models import Patient, Practitioner, User
made = []
for n in range({clients}):
    phone = f"+9190001{{n:05d}}"
    user = User.objects.create_user(phone=phone)
    patient = Patient.objects.create(account=user, name=f"Browser {{n}}", phone=phone)
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    made.append([session.session_key, patient.pk])
doctor = Practitioner.objects.get(resource__name="Dr Rao").pk
print(json.dumps([settings.SESSION_COOKIE_NAME, doctor, made]))
"""
DEADLOCKS = """
from django.db import connection
cursor = connection.cursor()
cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
print(cursor.fetchone()[0])
"""


class Browser:
    def __init__(self, port: int, cookie: str, session: str, patient: int):
        self.port, self.cookies, self.patient = port, {cookie: session}, patient

    def ask(self, method: str, path: str, **fields) -> tuple[int, str, str]:
        """(status, where to, page)"""
        if method == "POST":
            fields["csrfmiddlewaretoken"] = self.token
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        # a line of its own each time: one kept open may be closed by the server at that moment
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        if found := re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page):
            self.token = found[1]
        return answer.status, answer.getheader("Location") or "", page


@pytest.fixture
def demo(var_folder):
    with loaded_demo(var_folder / "one-time", clock=MONDAY_MORNING) as running:
        yield running


def manage(demo, code: str) -> str:
    done = demo.manage("shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_many_browsers_tap_one_time_and_one_gets_it(demo, capsys):
    cookie, doctor, made = json.loads(manage(demo, LOG_IN.format(clients=CLIENTS)))
    browsers = [Browser(demo.port, cookie, session, patient) for session, patient in made]
    path = f"/book/?at=indiranagar&who={doctor}"
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda browser: browser.ask("GET", path), browsers))
        starts = starts_apart(browsers[0], path)
        took = []
        for start in starts:
            took += one_round(pool, browsers, doctor, start)
    said = demo.manage("verify")
    assert said.returncode == 0, said.stdout
    assert int(manage(demo, DEADLOCKS)) == 0
    took.sort()
    with capsys.disabled():
        print(f"\n{CLIENTS} browsers x {ROUNDS}: median {took[len(took) // 2]:.2f} s, worst {took[-1]:.2f} s")


def starts_apart(browser, path: str) -> list[str]:
    """One time for each round, an hour apart: what is booked takes its neighbours along."""
    found: list[str] = []
    for n in range(30):
        day = datetime.fromisoformat(MONDAY_MORNING) + timedelta(days=n)
        page = browser.ask("GET", f"{path}&day={day:%Y-%m-%d}&since={day:%Y-%m-%d}")[2]
        for start in sorted(re.findall(r'name="starts" value="([^"]+)"', page)):
            if not found or datetime.fromisoformat(start) >= datetime.fromisoformat(found[-1]) + HOUR:
                found.append(start)
    assert len(found) >= ROUNDS
    return found[:ROUNDS]


def one_round(pool, browsers: list[Browser], doctor: int, start: str) -> list[float]:
    barrier, took = threading.Barrier(len(browsers)), []

    def tap(browser):
        barrier.wait(timeout=60)
        began = time.monotonic()
        status, where, _ = browser.ask("POST", "/book/", at="indiranagar", who=doctor, starts=start)
        took.append(time.monotonic() - began)
        return (status, where == "/book/details/")

    outcomes = list(pool.map(tap, browsers))
    assert Counter(outcomes) == {(302, True): 1, (409, False): len(browsers) - 1}
    winner = browsers[outcomes.index((302, True))]
    page = winner.ask("GET", "/book/details/")[2]
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    # the same form sent again shows the same page: a double tap is one booking
    booked = [winner.ask("POST", "/book/details/", key=key, person=winner.patient)[:2] for _ in range(2)]
    assert booked[0][0] == 302 and booked[0][1].startswith("/booked/")
    assert booked[1][0] < 500
    return took
