"""A real app over a workspace, and windows of a browser on it. In the end each window says: nothing wrong on the
console, and nothing asked of any other machine."""

import os
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from settled import WAIT_S, follow

ROOT = Path(__file__).resolve().parent.parent.parent
STARTED_WITHIN_S = 180


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
    with served_at(free_port(), workspace, log, *options, **environment) as address:
        yield address


@contextmanager
def served_at(port: int, workspace: Path, log: Path, *options: str, **environment: str) -> Iterator[str]:
    """The same where somebody has to know the port before."""
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "looks_like", "app", "--port", str(port), "--workspace", str(workspace), *options]
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


@contextmanager
def window(
    browser: Any, server: str, width: int = 1440, height: int = 900, also: Sequence[str] = (), **options: Any
) -> Iterator[Any]:
    """A page of this size on which, nothing may be wrong in the end; `also`: other machines that may be asked."""
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    page, wrong = context.new_page(), []
    page.set_default_timeout(1000 * WAIT_S)
    follow(page)
    page.on(
        "console", lambda message: wrong.append(f"{message.text} {message.location}") if is_wrong(message) else None
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if not is_ours(request.url, server, *also) else None)
    try:
        yield page
    finally:
        context.close()
    assert not wrong, wrong


def is_wrong(message: Any) -> bool:
    return message.type == "error"


def is_ours(address: str, *servers: str) -> bool:
    sockets = [server.replace("http", "ws", 1) for server in servers]
    return address.startswith((*servers, *sockets, "blob:", "data:", "about:"))
