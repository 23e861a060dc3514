"""Somebody in front of a browser: opens one address, then clicks and types, and notes everything odd."""

import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1440, "height": 900}
SERIOUS = ("serious", "critical")


class Person:
    """`actions` counts clicks and filled boxes; `look` takes a picture and asks axe."""

    def __init__(self, context: BrowserContext, name: str, shots: Path):
        self.name, self.shots = name, shots
        self.page: Page = context.new_page()
        self.actions, self.odd, self.looks = 0, [], 0
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.odd.append(f"script error: {error}"))
        self.page.on("response", self._note_failure)

    def opens(self, address: str) -> "Person":
        self.page.goto(address)
        return self

    def look(self, name: str) -> "Person":
        """Keep a picture of the whole page and whatever axe finds serious."""
        self.looks += 1
        path = self.shots / f"{self.name}-{self.looks:02}-{name}.png"
        self.page.screenshot(path=path, full_page=True)
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        self.odd += [
            f"axe on {name}: {item['id']} {item['nodes'][0]['target']}"
            for item in found
            if item["impact"] in SERIOUS
        ]
        return self

    def view(self, path: Path) -> "Person":
        """A picture of what is on the screen, for the README."""
        self.page.screenshot(path=path)
        return self

    def clicks(self, words: str | re.Pattern, *, role: str | None = None, within: Locator | None = None):
        """The one button or link with these words."""
        self.actions += 1
        area = within or self.page
        button, link = area.get_by_role("button", name=words), area.get_by_role("link", name=words)
        target = area.get_by_role(role, name=words) if role else button.or_(link)
        target.first.click()
        # a form that is just keeping an answer goes on when that is done
        self.page.wait_for_function("() => !document.querySelector('form[aria-busy=true]')")
        return self

    def chooses(self, question: str | re.Pattern, *answers: str):
        """Tick answers of one question by their words, as one taps on them."""
        group = self.page.get_by_role("group", name=question).last
        for answer in answers:
            self.actions += 1
            group.get_by_text(answer, exact=True).first.click()
        return self

    def types(self, label: str | re.Pattern, text: str):
        self.actions += 1
        self.page.get_by_label(label).first.fill(text)
        return self

    def reads(self, words: str | re.Pattern) -> "Person":
        """Wait until the page says so."""
        self.page.get_by_text(words).first.wait_for(state="visible", timeout=10_000)
        return self

    def leaves(self) -> None:
        """Keep a picture of where somebody stopped: it shows why a journey failed."""
        self.page.screenshot(path=self.shots / f"{self.name}-last.png", full_page=True)
        self.page.context.close()

    @property
    def title(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def _note_console(self, message) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.odd.append(f"console: {message.text}")

    def _note_failure(self, response) -> None:
        if response.status >= 500:
            self.odd.append(f"{response.status} on {response.url}")
