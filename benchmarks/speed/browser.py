"""A headless Chromium without a GPU, and servers that are stopped again."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import ROOT
from benchmarks.measure import Bench, Missing, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

_STARTS_WITHIN_S = 90
_CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def browser_page() -> "Iterator[Page]":
    """An empty page of 1440x900. Missing where there is no Chromium or Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Missing("needs Playwright: pip install -e .[dev]") from None
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise Missing("needs Chromium on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_CHROMIUM)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(120_000)
            yield page
        finally:
            browser.close()


@dataclass(frozen=True)
class Server:
    url: str
    pid: int
    started: float  # time.perf_counter() when the process was started

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            content: bytes = answer.read()
            return content

    def answers(self, path: str) -> bool:
        try:
            self.get(path)
        except (OSError, urllib.error.URLError):
            return False
        return True


@contextlib.contextmanager
def app_of(
    bench: Bench, workspace: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """`looks-like app` on a workspace, once it is healthy."""
    if not (ROOT / "streamlit_app.py").exists():
        raise Missing("needs streamlit_app.py")
    port = _free_port()
    command = ["-m", "looks_like", "app", "--port", str(port), "--workspace", str(workspace), *options]
    with _serving(bench, command, port, "/api/health", ROOT, environment) as server:
        yield server


@contextlib.contextmanager
def streamlit_of(bench: Bench, script: Path, *arguments: str) -> Iterator[Server]:
    """A Streamlit script of its own, as `streamlit run` serves it, away from this project's settings."""
    port = _free_port()
    options = ["--server.headless=true", "--browser.gatherUsageStats=false", f"--server.port={port}"]
    command = ["-m", "streamlit", "run", str(script), *options, "--", *arguments]
    with _serving(bench, command, port, "/_stcore/health", bench.folder) as server:
        yield server


@contextlib.contextmanager
def _serving(
    bench: Bench,
    command: list[str],
    port: int,
    health: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    log = bench.folder / f"server-{port}.log"
    with open(log, "wb") as output:
        started = time.perf_counter()
        around = {**os.environ, **(environment or {})}
        process = subprocess.Popen([sys.executable, *command], cwd=folder, stdout=output, stderr=output, env=around)
        server = Server(f"http://127.0.0.1:{port}", process.pid, started)
        try:
            until(lambda: process.poll() is not None or server.answers(health), _STARTS_WITHIN_S, " ".join(command))
            if process.poll() is not None:
                raise RuntimeError(f"{' '.join(command)} ended:\n{log.read_text('utf-8', 'replace')[-2000:]}")
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
