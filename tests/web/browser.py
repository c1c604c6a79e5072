"""A real browser for the tests of the page. Every page it opens must stay free of errors and foreign requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright, expect

from bot.chat import Incoming

if TYPE_CHECKING:  # the fixtures there use what is here
    from .conftest import Handler, Running

expect.set_options(timeout=20_000)  # the machine may be busy: a chart takes seconds then

CHROMIUM = Path("/usr/bin/chromium")
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        await browser.close()


class Window:
    """One browser window on a running chat, with what went wrong in it."""

    def __init__(self, page: Page, running: Running) -> None:
        self.page = page
        self.address = str(running.client.make_url("/")).rstrip("/")
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address + "/", self.address.replace("http", "ws") + "/")):
            self.foreign.append(request.url)

    async def enter(self, account: str, conversation: str = "general") -> Page:
        """Open the chat as ``account`` and wait until the conversation is there."""
        await self.page.goto(f"{self.address}/?as={account}&in={conversation}")
        await self.page.wait_for_selector("#timeline:not([aria-busy])")
        await self.page.wait_for_selector(".conversation[aria-current]", state="attached")
        return self.page


@asynccontextmanager
async def window(browser: Browser, running: Running, **options: Any) -> AsyncIterator[Window]:
    """Open a window of its own (cookies, storage); afterwards nothing may have gone wrong in it."""
    options = {"locale": "en-GB", "viewport": {"width": 1100, "height": 760}, **options}
    context: BrowserContext = await browser.new_context(**options)
    context.set_default_timeout(10_000)
    opened = Window(await context.new_page(), running)
    try:
        yield opened
        assert opened.errors == []
        assert opened.foreign == []
    finally:
        await context.close()


Open = Callable[..., Awaitable[Window]]
"""Opens a window on the chat of the test."""


async def say(page: Page, text: str) -> None:
    """Type ``text`` and send it."""
    await page.fill("#words", text)
    await page.get_by_role("button", name="Send", exact=True).click()


async def arrived(handler: Handler, count: int = 1) -> Incoming:
    """Return the newest incoming once there are ``count``."""
    for _ in range(1000):
        if len(handler.incomings) >= count:
            return handler.incomings[-1]
        await asyncio.sleep(0.01)
    raise AssertionError(f"only {len(handler.incomings)} of {count} arrived")
