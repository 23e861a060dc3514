"""How tests get their servers: started by the first test that needs them, stopped at the end, also on Ctrl-C.

Where DATABASE_URL is given, that server is used (its role must be allowed to create databases).
"""

import contextlib
import copy
import os
import shutil
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import settings

from clinic.local import processes, servers
from tests import browser, gateway
from tests.running import loaded_folder
from tests.settings import OWN_POSTGRES, TEST_VAR

settings.register_profile("clinic", deadline=None)  # how long a test takes is no fault of what it tests
settings.load_profile("clinic")


@contextlib.contextmanager
def running(program: processes.Program):
    log = TEST_VAR / f"{program.name}.log"
    started = processes.start(program, log)
    try:
        processes.wait_until_ready(started, log, say=print)
        yield started
    finally:
        processes.stop([started], patience=20)


@pytest.fixture(scope="session")
def var_folder():
    """This run's own folder; it goes with the run."""
    sweep(TEST_VAR.parent)
    TEST_VAR.mkdir(parents=True, exist_ok=True)
    yield TEST_VAR
    remove(TEST_VAR)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        remove(loaded_folder(TEST_VAR.parent))


def pytest_sessionfinish(session):
    """Of the process that shared the tests out: its workers have ended."""
    if hasattr(session.config, "workerinput") or not session.config.getoption("numprocesses", None):
        return
    remove(TEST_VAR.parent / f"loaded-{os.getpid()}")


def sweep(folder: Path) -> None:
    """Folders of runs that were killed: their servers went with them."""
    for left in [*folder.glob("pytest-*"), *folder.glob("loaded-*")]:
        if not Path(f"/proc/{left.name.partition('-')[2]}").exists():
            remove(left)


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("postgres", "valkey"):
        shutil.rmtree(servers.socket_path_folder(folder / name), ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(var_folder):
    if not OWN_POSTGRES:
        yield None
        return
    # Nothing here outlives the run, so nothing need wait for the disk.
    hasty = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    with running(servers.prepare_postgres(var_folder / "postgres", **hasty)) as server:
        yield server


@pytest.fixture(scope="session")
def valkey(var_folder):
    with running(servers.prepare_valkey(var_folder / "valkey")) as server:
        yield server


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres):
    """pytest-django asks for this before it makes the test database."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """PostgreSQL drops no database that somebody is still in: a process that a test has just killed, or the
    server's own cleaning, may be on its way out.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """pytest-playwright, with the Chromium that `make test` found or installed."""
    return {**browser_type_launch_args, "executable_path": browser.find()}


@pytest.fixture
def sms_gateway(tmp_path, settings):
    """A stand-in for an SMS gateway, in a process of its own, that text messages go to."""
    with gateway.running(tmp_path / "gateway") as running_gateway:
        settings.SMS_GATEWAY_URL = running_gateway.url
        yield running_gateway


@pytest.fixture(scope="module")
def world_of_file(django_db_setup, django_db_blocker):
    """Made once a file, for making it takes as long as most of what is asked of it."""
    from django.test import Client

    from tests.url_matrix import EVERYBODY
    from tests.url_world import a_world

    with django_db_blocker.unblock(), transaction.atomic():
        made = a_world()
        made.clients = {who: Client() for who in EVERYBODY}
        for who, user in made.users.items():
            made.clients[who].force_login(user)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def world(world_of_file, db):
    """A patient with everything, another with nothing, staff of each role, a logged-in client for each.

    What a test does to it is undone: in the database, and as nobody else has these objects.
    """
    return copy.deepcopy(world_of_file)
