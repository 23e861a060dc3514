"""The processes of `make run` on a fresh folder, and a browser to walk through them."""

import os
from pathlib import Path
from uuid import uuid4

import pytest

from tests import browser
from tests.running import loaded_demo

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
MONDAY_MORNING = "2026-11-23T09:00:00+05:30"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    arguments = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ]  # fmt: skip
    return {**browser_type_launch_args, "executable_path": browser.find(), "args": arguments}


@pytest.fixture
def demo(var_folder):
    """A demo clinic of its own for each journey, on a Monday morning."""
    folder = var_folder / f"journey-{uuid4().hex[:6]}"
    with loaded_demo(folder, clock=MONDAY_MORNING) as running:
        yield running


@pytest.fixture
def shots() -> Path:
    folder = Path(__file__).resolve().parents[2] / "var" / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
