"""A real Chromium before a real server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from db import engine
from tests.server import PASSWORD, Server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        # Two tests share the processors, and a run of a screen may have to wait for its turn.
        expect.set_options(timeout=15_000)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture
def server(house: Server) -> Iterator[Server]:
    house.use()
    yield house
    engine.dispose()


class Visitor:
    """Somebody at a browser: signs in, looks, clicks; remembers what the browser complained of."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.context, self.server = context, server
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", self._note)
        self.page.on("request", self._check_address)

    def sign_in(self, username: str, *, path: str = "/") -> "Visitor":
        self.page.goto(path)
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.locator("h1").first.wait_for()
        return self

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.page.locator("h1").first.wait_for()

    def _note(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if "Content Security Policy" in text or "Uncaught" in text:
            self.complaints.append(text)

    def _check_address(self, request: object) -> None:
        address = str(getattr(request, "url", ""))
        if not address.startswith((self.server.url, "data:", "blob:")):
            self.foreign.append(address)


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[object]:
    """Give a function that opens a browser of its own and signs somebody in."""
    contexts = []

    def come(username: str, *, width: int = 1440, path: str = "/") -> Visitor:
        context = chromium.new_context(
            base_url=server.url, viewport={"width": width, "height": 900}, locale="en-GB"
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Visitor(context, server).sign_in(username, path=path)

    yield come
    for context in contexts:
        context.close()
