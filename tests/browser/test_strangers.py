"""What another website can do to the app while somebody has both open: lead to a page, and nothing else."""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from settled import WAIT_S

ATTACK = """
async (app) => {
  const film = `${app}/api/film.gif?model=tiny&a=0003&b=0004`;
  const shown = (tag) => new Promise((done) => {
    const element = Object.assign(document.createElement(tag), { src: film });
    element.onload = () => done("loaded");
    element.onerror = () => done("refused");
    document.body.append(element);
  });
  const read = (options) => fetch(film, options).then((said) => said.type, () => "refused");
  const joined = () => new Promise((done) => {
    const socket = new WebSocket(`${app.replace("http", "ws")}/_stcore/stream`, ["streamlit"]);
    socket.onopen = () => done("open");
    socket.onerror = () => done("refused");
  });
  return { image: await shown("img"), script: await shown("script"), read: await read({}), joined: await joined() };
}
"""


class _Stranger(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>A stranger</title><body></body>")

    def log_message(self, *said: object) -> None:
        pass


@pytest.fixture
def stranger(browser: Any) -> Iterator[Any]:
    """A window on a page of another website."""
    site = ThreadingHTTPServer(("127.0.0.1", 0), _Stranger)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(1000 * WAIT_S)
    page.goto(f"http://localhost:{site.server_address[1]}/")
    try:
        yield page
    finally:
        context.close()
        site.shutdown()
        site.server_close()


def asked(server: str, path: str, **headers: str) -> tuple[int, bytes]:
    """-> the status, and what is said of a refusal"""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(server).netloc, timeout=WAIT_S)) as connection:
        connection.putrequest("GET", path, skip_host=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        with connection.getresponse() as said:
            return said.status, said.read() if said.status >= 400 else b""


def test_a_website_has_nothing_made_and_joins_no_session(stranger: Any, server: str) -> None:
    assert set(stranger.evaluate(ATTACK, server).values()) == {"refused"}


def test_a_website_frames_no_page_but_may_lead_to_one(stranger: Any, server: str) -> None:
    stranger.evaluate(
        "(app) => document.body.append(Object.assign(document.createElement('iframe'), {src: app}))", server
    )
    stranger.frame_locator("iframe").get_by_text("asked by another website").wait_for()
    stranger.evaluate("(app) => { location.href = `${app}/similar`; }", server)
    stranger.get_by_text("Or a photograph").wait_for()


UPGRADE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.parametrize(
    "path", ["/", "/api/search?q=", "/_stcore/health", "/_stcore/host-config", "/static/x", "/nope"]
)
def test_a_name_that_was_bent_to_lead_here_reads_nothing(server: str, path: str) -> None:
    status, said = asked(server, path, host="evil.example")
    assert status == 421
    assert b"--allow-host" in said


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("evil.example", "http://evil.example", 421),
        ("evil.example", "", 421),
        ("", "http://evil.example", 403),
        ("", "null", 403),
        ("", "ours", 101),
        ("", "", 101),
    ],
)
def test_a_session_is_joined_from_our_own_pages_alone(server: str, host: str, origin: str, status: int) -> None:
    headers = {"host": host or urlsplit(server).netloc, **UPGRADE}
    if origin:
        headers["origin"] = server if origin == "ours" else origin
    assert asked(server, "/_stcore/stream", **headers)[0] == status
