"""A real browser and a real server of the dashboard, for tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from conftest import PROJECT, module_environment
from playwright.sync_api import Browser, Page, sync_playwright

SECONDS = 90
WIDTHS = {"desktop": 1280, "phone": 390}
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
SCREENSHOTS = PROJECT / "target" / "screenshots"
# Streamlit asks below the address of a page for its server first, and then above it.
PROBES = ("/_stcore/health", "/_stcore/host-config")


def chromium() -> str | None:
    """Debian's Chromium, or what else of its kind is on the path."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless browser, gone afterwards."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Heard:
    """What a page said and asked for while it was watched."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def outside(self, own: str) -> list[str]:
        """Requests that left the server of the page."""
        return [url for url in self.requests if not url.startswith((own, "data:", "blob:"))]


def watched_page(browser: Browser, width: str, locale: str = "en-US") -> tuple[Page, Heard]:
    """A new page of a width, and what is heard of it."""
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 900}, locale=locale, accept_downloads=True
    )
    page, heard = context.new_page(), Heard()
    page.set_default_timeout(SECONDS * 1000)
    page.on("request", lambda request: heard.requests.append(request.url))
    page.on(
        "websocket", lambda socket: heard.requests.append(socket.url.replace("ws://", "http://"))
    )
    page.on("pageerror", lambda error: heard.errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            heard.errors.append(f"{message.text} ({message.location.get('url')})")
            if message.type == "error" and not (message.location.get("url") or "").endswith(PROBES)
            else None
        ),
    )
    return page, heard


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def running_dashboard(file: Path, *arguments: str) -> Iterator[str]:
    """The dashboard of a file as a process of its own, ended afterwards; its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "commerce_kpis.dashboard.command", "--file", str(file),
         "--port", str(port), *arguments],
        cwd=PROJECT,
        env=module_environment(PROJECT),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=SECONDS)


def open_page(page: Page, address: str) -> None:
    """Open a page of the dashboard, and wait until all of it is drawn."""
    page.goto(address)
    page.wait_for_selector("h1")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the app is done, and each chart is drawn."""
    page.wait_for_selector(READY)
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]"
        ".every(chart => chart.querySelector('canvas, svg'))"
    )


def keep_screenshot(page: Page, name: str) -> Path:
    """The whole page as a picture below target/."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size
    inner = "document.querySelector('[data-testid=stMainBlockContainer]') || document.body"
    height = page.evaluate(f"({inner}).scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(int(height) + 60, 6000)})
    settle_size = (
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    page.evaluate(settle_size)
    file = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=file)
    page.set_viewport_size(size)
    return file


def _wait_for(process: subprocess.Popen, address: str) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"The dashboard ended with {process.returncode}."
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"Nobody answers at {address} ({os.getpid()}).")
