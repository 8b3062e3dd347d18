"""A page is told where the server is, below whatever path a proxy serves it; nothing else is touched."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from looks_like.explorer.interfaces.routes import BaseAddress

PAGE = f"<!DOCTYPE html><html><head><title>x</title></head><body>{'y' * 2000}</body></html>"


def page(request: Request) -> Response:
    return JSONResponse({"head": "<head>"}) if request.url.path == "/api/x" else HTMLResponse(PAGE)


@pytest.fixture
def client() -> TestClient:
    """As Streamlit does, what stands behind it presses its answers."""
    inside = [Middleware(BaseAddress), Middleware(GZipMiddleware)]
    return TestClient(Starlette(routes=[Route("/{path:path}", page)], middleware=inside))


@pytest.mark.parametrize(
    ("asked", "in_the_browser", "base"),
    [
        ("/", "/", "/"),
        ("/similar", "/similar", "/"),
        ("/similar?like=1/2", "/similar", "/"),
        ("/looks-like", "/tools/looks/looks-like", "/tools/looks/"),
        ("/", "/tools/looks/", "/tools/looks/"),
        ("/sch%C3%B6n", "/sch%C3%B6n", "/"),
    ],
)
def test_a_page_is_told_where_the_server_is(client: TestClient, asked: str, in_the_browser: str, base: str) -> None:
    told = client.get(asked, headers={"accept": "text/html,*/*"})
    tail = int(re.findall(r"<head><script>window.__streamlit = .* - (\d+)\) }</script>", told.text)[0])
    assert in_the_browser[: len(in_the_browser) - tail] == base
    assert re.sub("<script>.*</script>", "", told.text) == PAGE
    assert int(told.headers["content-length"]) == len(told.content)


def test_what_is_no_page_is_left_alone(client: TestClient) -> None:
    assert client.get("/api/x", headers={"accept": "text/html"}).json() == {"head": "<head>"}
    for path, accept in (("/similar", "*/*"), ("/media/report.html", "text/html"), ("/api/y", "text/html")):
        assert client.get(path, headers={"accept": accept}).text == PAGE
    assert client.head("/similar", headers={"accept": "text/html"}).status_code in (200, 405)
