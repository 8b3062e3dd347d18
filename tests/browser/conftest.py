"""A real app over the shop's Lab, and a real Chromium. Every test also says: nothing wrong on the console, and
nothing asked of any other machine."""

import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from standing import WAIT_S, follow

from explorer.jobs import Jobs
from explorer.lab import Lab

ROOT = Path(__file__).resolve().parent.parent.parent
STARTED_WITHIN_S = 180
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def free_port() -> int:
    """Not one of those that the system lends to whoever calls out: nobody may take it before the app does."""
    for port in random.sample(range(20_000, 32_000), 1000):
        with socket.socket() as listening:
            if listening.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise OSError("no port is free")


def is_up(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


@contextmanager
def served(workspace: Path, log: Path, *options: str, **environment: str) -> Iterator[str]:
    """The address of `looks-like app` over a workspace."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "explorer", "app", "--port", str(port), "--workspace", str(workspace), *options]
    with log.open("wb") as out:
        env = {**os.environ, **environment}
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=env)
    try:
        end = time.monotonic() + STARTED_WITHIN_S
        while not is_up(address):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"the app did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(15)


@pytest.fixture(scope="session")
def server(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `looks-like app` over the lab's workspace."""
    with served(lab.workspace.folder, tmp_path_factory.mktemp("app") / "log.txt") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests."""
    path = shutil.which("chromium")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no chromium on this machine")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * WAIT_S)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Any]:
    """A fresh window of 1440x900."""
    with window(browser, server) as page:
        yield page


@contextmanager
def window(browser: Any, server: str) -> Iterator[Any]:
    """A page of 1440x900 on which, in the end, nothing may have been wrong."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page, wrong = context.new_page(), []
    page.set_default_timeout(1000 * WAIT_S)
    follow(page)
    page.on("console", lambda message: wrong.append(message.text) if is_wrong(message) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if not is_ours(request.url, server) else None)
    try:
        yield page
    finally:
        context.close()
    assert not wrong


@pytest.fixture
def demo_page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """An empty workspace opened with --demo, which then is of 300 sneakers; no job outlives it."""
    jobs = Jobs(tmp_path / "w")
    try:
        app = served(tmp_path / "w", tmp_path / "log.txt", "--demo", LOOKS_LIKE_DEMO_PRODUCTS="300")
        with app as address, window(browser, address) as page:
            page.goto(address)
            yield page
    finally:
        for _ in range(300):
            for job in jobs.active():
                jobs.cancel(job.job_id)
            if not jobs.active():
                break
            time.sleep(0.1)


def is_wrong(message: Any) -> bool:
    """Opened below the root, Streamlit looks for itself at /page/_stcore first; that 404 is its way of finding out."""
    return message.type == "error" and "/_stcore/" not in message.location["url"]


def is_ours(address: str, server: str) -> bool:
    return address.startswith((server, server.replace("http", "ws", 1), "blob:", "data:", "about:"))
