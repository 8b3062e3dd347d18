"""What those who run the app see: ready or not, figures that hold nobody's words, a line of JSON for each request."""

import json
import logging
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.monitoring import Figures, Watched, monitoring_routes
from looks_like.explorer.interfaces.routes import routes


@pytest.fixture
def ask(lab: Lab) -> TestClient:
    figures = Figures()
    every = [*monitoring_routes(lambda: lab, figures), *routes(lambda: lab)]
    return TestClient(Starlette(routes=every, middleware=[Middleware(Watched, figures)]))


def test_figures_count_ways_and_hold_neither_ids_nor_words(ask: TestClient) -> None:
    ask.get("/api/product?id=0001")
    ask.get("/api/product?id=secret-words")
    ask.get("/api/v1/product?id=0001")
    ask.get("/api/secret-words")
    said = ask.get("/api/metrics").text
    assert 'looks_like_requests_total{status="200",way="/api/product"} 1.0' in said
    assert 'looks_like_requests_total{status="404",way="/api/product"} 1.0' in said
    assert 'way="/api/v1/product"' in said
    assert "looks_like_products 80.0" in said
    assert "secret-words" not in said


def test_it_is_ready_until_the_workspace_cannot_be_read() -> None:
    def gone() -> Lab:
        raise RequestError("no")

    there = TestClient(Starlette(routes=monitoring_routes(gone, Figures())))
    assert (there.get("/api/ready").status_code, there.get("/api/ready").json()) == (503, {"ready": False})
    assert there.get("/api/metrics").status_code == 200


def test_a_new_workspace_is_ready(ask: TestClient, tmp_path: Path) -> None:
    assert ask.get("/api/ready").json() == {"ready": True}
    empty = TestClient(Starlette(routes=monitoring_routes(lambda: Lab(tmp_path / "w"), Figures())))
    assert empty.get("/api/ready").status_code == 200


def test_each_request_is_a_line_of_json_where_that_is_asked_for(
    ask: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "looks_like.requests"):
        ask.get("/api/product?id=0001")
    [line] = [record.message for record in caplog.records if record.name == "looks_like.requests"]
    said = json.loads(line)
    assert (said["method"], said["way"], said["status"]) == ("GET", "/api/product", 200)
    assert "0001" not in line
