import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from clinic import clock
from tests.running import BASE

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path


def ahead():
    return clock.now() - datetime.now(UTC)


def about(delta):
    return pytest.approx(delta.total_seconds(), abs=2)


def test_clock_that_nobody_moved_is_the_time(var):
    assert ahead().total_seconds() == about(timedelta(0))


def test_clock_moves_forward_and_moves_add_up(var):
    told = clock.advance(timedelta(days=3))
    clock.advance(timedelta(hours=1))
    assert (told - datetime.now(UTC)).total_seconds() == about(timedelta(days=3))
    assert ahead().total_seconds() == about(timedelta(days=3, hours=1))


def test_clock_goes_on_after_a_move(var):
    clock.advance(timedelta(days=3))
    first = clock.now()
    assert clock.now() > first


def test_another_process_shares_the_clock(var):
    clock.advance(timedelta(days=3))
    code = "import django; django.setup(); from clinic import clock; print(clock.now().isoformat())"
    environ = {"CLINIC_MODE": "demo", "CLINIC_VAR": str(var), "DJANGO_SETTINGS_MODULE": "clinic.settings"}
    told = subprocess.run([sys.executable, "-c", code], cwd=BASE, env=environ, capture_output=True, text=True)
    theirs = datetime.fromisoformat(told.stdout.strip())
    assert (theirs - datetime.now(UTC)).total_seconds() == pytest.approx(3 * 86400, abs=20)


def test_moves_at_the_same_time_all_count(var):
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda _: clock.advance(timedelta(hours=1)), range(16)))
    assert ahead().total_seconds() == about(timedelta(hours=16))


@pytest.mark.parametrize("delta", [timedelta(0), timedelta(seconds=-1)])
def test_clock_never_moves_back(var, delta):
    with pytest.raises(ValueError, match="forward only"):
        clock.advance(delta)


def test_clock_starts_where_it_is_told(var):
    clock.start_at(var / clock.NAME, datetime(2026, 11, 24, 5, 0, tzinfo=UTC))
    assert abs(clock.now() - datetime(2026, 11, 24, 5, 0, tzinfo=UTC)) < 5 * A_SECOND


@pytest.mark.parametrize("text", ["", "soon", "nan", "1e400"])
def test_damaged_file_is_no_offset(var, text):
    (var / clock.NAME).write_text(text)
    assert ahead().total_seconds() == about(timedelta(0))


def test_production_reads_the_time_whatever_the_file_says(var, settings):
    clock.advance(timedelta(days=3))
    settings.DEMO = False
    assert ahead().total_seconds() == about(timedelta(0))
    with pytest.raises(RuntimeError, match="Only the demo's clock"):
        clock.advance(timedelta(days=1))
