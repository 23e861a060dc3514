"""The browser of the journey tests: where it is, and for `make test` how it gets there.

`python -m tests.browser` installs Chromium if there is none: with apt as root, else (and where apt's is only
a snap) with Playwright's own installer. If neither is possible it says so in one line and fails.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SORRY = (
    "Chromium is needed and could not be installed: run as root (apt-get install chromium), "
    "or .venv/bin/playwright install --with-deps chromium, or name one with CHROMIUM=/path."
)


@cache
def find() -> str | None:
    """The first one that really opens a page."""
    installed = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES)]
    for place in filter(None, installed):
        if opens_a_page(place):
            return place
    own = playwrights_own()
    return own if opens_a_page(own) else None


def playwrights_own() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def opens_a_page(place: str) -> bool:
    with tempfile.TemporaryDirectory() as profile:
        asked = [place, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        asked += [f"--user-data-dir={profile}", "--dump-dom", "data:text/html,<p>here</p>"]
        try:
            answer = subprocess.run(asked, capture_output=True, text=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return "<p>here</p>" in answer.stdout


def install() -> bool:
    root = os.geteuid() == 0
    if root and shutil.which("apt-get"):
        apt("update")
        apt("install", "--no-install-recommends", "chromium")
        find.cache_clear()
    if not (root and find()):
        playwright = [sys.executable, "-m", "playwright", "install", *(["--with-deps"] if root else [])]
        subprocess.run([*playwright, "chromium"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        find.cache_clear()
    return find() is not None


def apt(*arguments: str) -> None:
    subprocess.run(
        ["apt-get", "-y", "-qq", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def main() -> int:
    if find():
        return 0
    print("Installing Chromium (once) …", flush=True)
    if install():
        return 0
    print(SORRY, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
