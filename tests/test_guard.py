"""Who may ask: names that lead here without being ours, and other websites, are refused before anything is done."""

import itertools

import pytest
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from looks_like.explorer.interfaces.routes import Guard, KnownHosts

PAGES, COSTLY = ("/", "/similar", "/_stcore/health"), ("/api/film.gif", "/api/ends", "/api/selection")
FOREIGN = ("evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example", "", "169.254.1.1")
OURS = ("localhost", "localhost:8501", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8501", "[::1]", "[::1]:8501")
HERE = {"host": "localhost:8501"}


class _Socket(WebSocketEndpoint):
    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(websocket.headers.get("origin", ""))
        await websocket.close()


def answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse("answered", headers={"content-security-policy": "sandbox"})


def client(*said: str) -> TestClient:
    app = Starlette(
        routes=[WebSocketRoute("/_stcore/stream", _Socket), Route("/{path:path}", answer, methods=["GET", "POST"])],
        middleware=[Middleware(Guard, KnownHosts.of(said))],
    )
    return TestClient(app)


def connected(app: TestClient, **headers: str) -> str:
    """What the socket says; the status of its refusal where there is none."""
    try:
        with app.websocket_connect("/_stcore/stream", headers=headers) as socket:
            return str(socket.receive_text())
    except WebSocketDenialResponse as refused:
        return str(refused.status_code)
    except WebSocketDisconnect as closed:
        return str(closed.code)


@pytest.mark.parametrize(("host", "path"), list(itertools.product(FOREIGN, (*PAGES, *COSTLY))))
def test_a_server_answers_to_no_name_but_its_own(host: str, path: str) -> None:
    said = client().get(path, headers={"host": host})
    assert said.status_code == 421
    assert "--allow-host" in said.text


@pytest.mark.parametrize("host", OURS)
def test_this_machine_finds_it_by_each_of_its_own_names(host: str) -> None:
    for path in (*PAGES, *COSTLY):
        assert client().get(path, headers={"host": host}).text == "answered"
    assert connected(client(), host=host, origin=f"http://{host.lower()}") == f"http://{host}"


@pytest.mark.parametrize(
    ("said", "known", "unknown"),
    [
        (("shop.local",), ("shop.local", "SHOP.local:80"), ("a.shop.local", "192.168.1.5")),
        (("192.168.1.5",), ("192.168.1.5:8501", "localhost"), ("192.168.1.6", "evil.example")),
        (("0.0.0.0",), ("192.168.1.5:8501", "[fe80::1]:8501", "10.0.0.1"), ("evil.example", "1.2.3.4.evil.example")),
        (("::", "shop"), ("192.168.1.5", "shop:8501"), ("evil.example",)),
        (("[2001:db8::1]",), ("[2001:db8::1]:8501",), ("[2001:db8::2]:8501",)),
    ],
)
def test_other_names_are_known_when_they_were_said(
    said: tuple[str, ...], known: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    app = client(*said)
    assert [app.get("/", headers={"host": host}).status_code for host in known] == [200] * len(known)
    assert [app.get("/", headers={"host": host}).status_code for host in unknown] == [421] * len(unknown)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://localhost:3000"},
        {"origin": "http://localhost:8501.evil.example"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "null"},
        {"origin": "http://[::1"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
def test_another_website_has_nothing_made_and_reads_nothing(headers: dict[str, str]) -> None:
    for path in (*PAGES, *COSTLY):
        said = client().get(path, headers=HERE | headers)
        assert said.status_code == 403
        assert "another website" in said.text
    assert client().post("/", headers=HERE | headers).status_code == 403
    assert connected(client(), **HERE, **headers) in ("403", "1008")


def test_a_link_from_elsewhere_leads_to_a_page_and_to_nothing_that_costs() -> None:
    follows = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert {client().get(path, headers=HERE | follows).status_code for path in PAGES} == {200}
    assert {client().get(path, headers=HERE | follows).status_code for path in COSTLY} == {403}
    assert client().post("/", headers=HERE | follows).status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://localhost:8501"}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}]
)
def test_our_own_pages_and_scripts_are_let_through(headers: dict[str, str]) -> None:
    assert {client().get(path, headers=HERE | headers).status_code for path in (*PAGES, *COSTLY)} == {200}


def test_pages_take_nothing_from_elsewhere_and_answers_do_nothing_by_themselves() -> None:
    first, page = client().get("/", headers=HERE).headers.get_list("content-security-policy")
    assert first == "sandbox", "what was there is kept"
    said = dict(part.split(" ", 1) for part in page.split("; "))
    assert said["frame-ancestors"] == said["default-src"] == "'self'"
    assert said["object-src"] == "'none'"
    assert "http" not in page
    assert "*" not in page
    answer = client().get("/api/picture/x", headers=HERE).headers.get_list("content-security-policy")[-1]
    assert answer == "default-src 'none'; frame-ancestors 'self'; sandbox"


def test_a_proxy_may_call_the_server_by_another_name_than_people_do() -> None:
    asked = {"host": "127.0.0.1:8501", "origin": "https://shop.example"}
    assert connected(client(), **asked) in ("403", "1008")
    said = connected(client("shop.example"), **asked)
    assert said == "https://127.0.0.1:8501", "of another name Streamlit would ask the internet whose it is"


def test_the_refusal_says_a_strangers_name_as_one_short_line() -> None:
    said = client().get("/", headers={"host": "<b>" + "x" * 500})
    assert len(said.text) < 400
    assert said.headers["content-type"].startswith("text/plain")
    assert said.headers["x-content-type-options"] == "nosniff"
