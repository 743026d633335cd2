"""A real server on a free port with the demonstration content, and a real Chromium."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.demonstration import Home
from tests.journeys.service import Service, free_port

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_S = 120


@pytest.fixture(scope="session")
def other_site_port() -> int:
    """Of the one site that may embed the chat widget; see `tests.journeys.other_site`."""
    return free_port()


@pytest.fixture(scope="package")
def server(pristine_home: Home, other_site_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `zhengwen serve` on the demonstration content."""
    port = free_port()
    home = pristine_home.copy(tmp_path_factory.mktemp("served") / "home")
    variables = {"ZHENGWEN_PORT": str(port), "ZHENGWEN_WIDGET_ORIGINS": f"http://127.0.0.1:{other_site_port}"}
    process = replace(home, variables=variables).start("serve")
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="package")
def service(pristine_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The same in a thread of the test, where a clock can be set and the records can be looked at."""
    served = Service.on(pristine_home.copy(tmp_path_factory.mktemp("within") / "home"))
    served.start()
    yield served
    served.stop()


# Of the package, not the session: while Playwright is open, its event loop runs in this thread and no test after it could run one.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("没有安装 Chromium：在 Debian 上运行 apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def desktop(chromium: Browser, server: str) -> Iterator[Page]:
    yield from _page(chromium, server, 1280, 800)


@pytest.fixture
def phone(chromium: Browser, server: str) -> Iterator[Page]:
    yield from _page(chromium, server, 390, 844)


@pytest.fixture
def plain(chromium: Browser, server: str) -> Iterator[Page]:
    """A browser that runs no JavaScript."""
    yield from _page(chromium, server, 1280, 800, javascript=False)


def _page(chromium: Browser, server: str, width: int, height: int, javascript: bool = True) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        base_url=server,
        java_script_enabled=javascript,
        reduced_motion="reduce",
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    yield page
    context.close()
    assert faults == []


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < give_up:
        try:
            if urlopen(f"{address}/readyz").status == 200:  # noqa: S310 - our own server
                return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise RuntimeError(f"the server did not become ready (exit code {process.poll()})")
