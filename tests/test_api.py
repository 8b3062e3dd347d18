"""The JSON API: what it answers is what its description says, whatever is asked (schemathesis), of the catalogue."""

import asyncio
import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from PIL import Image
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from looks_like.data.acting import Actor, Role
from looks_like.explorer import tags as tagging
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.access import Door, Tokens
from looks_like.explorer.interfaces.routes import routes

EXAMPLES = 25
SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def own(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    folder = tmp_path_factory.mktemp("api")
    shutil.copytree(lab.workspace.folder, folder / "workspace")
    return Lab(folder / "workspace")


@pytest.fixture(scope="module")
def app(own: Lab) -> Starlette:
    return Starlette(routes=routes(lambda: own))


@pytest.fixture(scope="module")
def ask(app: Starlette) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def described(app: Starlette) -> Any:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


WAYS = [
    *("GET /product", "GET /products", "GET /similar", "POST /similar", "GET /models", "GET /embeddings"),
    *("GET /decode", "GET /path", "GET /tags/feed", "POST /tags"),
]


def test_every_way_is_asked(described: Any) -> None:
    assert [each.ok().label for each in described.get_all_operations()] == WAYS


@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_asked_is_answered_as_described(described: Any, way: str) -> None:
    operation = next(each.ok() for each in described.get_all_operations() if each.ok().label == way)

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        # what a schema can't say: how many numbers a code has, that no picture is none
        known = [positive_data_acceptance] if way in ("GET /decode", "POST /similar") else []
        case.call_and_validate(excluded_checks=known)

    ask()


def test_products_come_page_by_page_and_by_a_condition(ask: TestClient, own: Lab) -> None:
    ids, after = [], 0
    while after is not None:
        page = ask.get(f"/api/v1/products?after={after}&limit=30").json()
        assert page["count"] == 80
        ids += [item["id"] for item in page["items"]]
        after = page["next"]
    assert ids == own.catalogue().product_ids
    asked = ask.get("/api/v1/products", params={"where": "brand = 'Alder'", "limit": 1000}).json()
    assert {item["attributes"]["brand"] for item in asked["items"]} == {"Alder"}
    assert asked["next"] is None
    assert ask.get("/api/v1/products", params={"where": "brand = "}).status_code == 404
    assert ask.get("/api/v1/product?id=nobody").status_code == 404
    assert ask.get("/api/v1/product").json()["error"].startswith("id: ")


def test_what_is_similar_to_a_product_is_so_to_its_photograph(ask: TestClient, own: Lab) -> None:
    by_id = ask.get("/api/v1/similar?id=0007&k=5").json()
    assert [len(by_id), by_id[0]["distance"] <= by_id[-1]["distance"]] == [5, True]
    picture = own.catalogue().pictures([7])[0]
    by_photograph = ask.post("/api/v1/similar?k=6", content=picture).json()
    assert by_photograph[0]["id"] == "0007"
    assert [item["id"] for item in by_photograph[1:]] == [item["id"] for item in by_id]
    refused = ask.post("/api/v1/similar", content=b"no picture")
    assert refused.status_code == 400
    assert "error" in refused.json()


@pytest.mark.parametrize("announced", [b"", b"50000001", b"9" * 400], ids=["not said", "too many", "absurd"])
def test_a_body_without_end_is_not_read_to_its_end(app: Starlette, announced: bytes) -> None:
    read, sent = list[int](), list[Any]()

    async def receive() -> dict[str, Any]:
        read.append(1_000_000)
        return {"type": "http.request", "body": bytes(1_000_000), "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/octet-stream"), (b"content-length", announced)]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/similar",
        "query_string": b"",
        "headers": headers[: 1 + bool(announced)],
    }
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 413
    assert b"50,000,000 bytes at most" in sent[1]["body"]
    assert sum(read) == (0 if announced else 51_000_000)


def test_codes_decode_and_paths_are_those_of_the_program(ask: TestClient, own: Lab) -> None:
    space = own.space("tiny")
    page = ask.get("/api/v1/embeddings?model=tiny&limit=1000").json()
    np.testing.assert_allclose([item["z"] for item in page["items"]], space.z_nd, rtol=1e-6)
    assert page["weights"] == own.weights("tiny")
    code = ",".join(map(str, page["items"][3]["z"]))
    drawn = ask.get(f"/api/v1/decode?model=tiny&z={code}")
    assert drawn.headers["content-type"] == "image/png"
    pixels_hwc = np.asarray(Image.open(io.BytesIO(drawn.content)))
    np.testing.assert_allclose(pixels_hwc.astype(int), own.decode("tiny", space.z_nd[3:4])[0].astype(int), atol=1)
    way = ask.get("/api/v1/path?id=0000&id=0040&steps=9&curve=linear").json()
    assert (len(way["steps"]), way["curve"]) == (9, "linear")
    assert way["steps"][0]["product"]["id"] == "0000"
    np.testing.assert_allclose(way["steps"][4]["z"], (space.code(0) + space.code(40)) / 2, atol=1e-5)
    assert ask.get("/api/v1/path?id=0000&id=0040&curve=crooked").status_code == 400
    assert [model["name"] for model in ask.get("/api/v1/models").json()] == ["tiny"]


def test_tags_are_given_and_a_feed_says_what_is_new(ask: TestClient, own: Lab) -> None:
    last = max((action.number for action in own.tag_state().actions), default=0)
    given = ask.post("/api/v1/tags", json={"tag": "summer", "ids": ["0001", "0002"]})
    assert given.json() == {"tag": "summer", "changed": 2, "already": 0, "said": "2 products tagged summer"}
    assert ask.get("/api/v1/product?id=0001").json()["tags"] == ["summer"]
    ask.post("/api/v1/tags", json={"tag": "summer", "ids": ["0001"], "remove": True})
    assert own.tag_state().tags_of(1) == []
    first = ask.get(f"/api/v1/tags/feed?after={last}&limit=1").json()
    assert [(item["kind"], item["tag"], item["products"]) for item in first["items"]] == [("add", "summer", 2)]
    rest = ask.get(f"/api/v1/tags/feed?after={first['next']}").json()
    assert [item["kind"] for item in rest["items"]] == ["remove"]
    assert rest["next"] is None
    assert ask.post("/api/v1/tags", json={"tag": "summer", "ids": ["nobody"]}).status_code == 404


def test_where_people_log_in_a_viewer_reads_and_an_editor_tags(own: Lab) -> None:
    tokens = Tokens(SECRET)
    door = Middleware(Door, tokens, Actor("", Role.ADMIN))
    ask = TestClient(Starlette(routes=routes(lambda: own), middleware=[door]))
    tag = {"tag": "by a viewer", "ids": ["0001"]}
    assert ask.get("/api/v1/models").status_code == 401
    viewer = {"authorization": f"Bearer {tokens.give(Actor('vi', Role.VIEWER))}"}
    assert ask.get("/api/v1/models", headers=viewer).status_code == 200
    refused = ask.post("/api/v1/tags", json=tag, headers=viewer)
    assert (refused.status_code, refused.json()["error"]) == (
        403,
        "vi is here as viewer; to tag one has to be an editor",
    )
    forged = {"authorization": f"Bearer {Tokens('x' * 40).give(Actor('vi', Role.ADMIN))}"}
    assert ask.post("/api/v1/tags", json=tag, headers=forged).status_code == 401
    assert "by a viewer" not in [each.tag for each in tagging.tags(own)]
    editor = {"authorization": f"Bearer {tokens.give(Actor('ada', Role.EDITOR))}"}
    assert ask.post("/api/v1/tags", json=tag, headers=editor).status_code == 200
    assert own.tag_state().actions[-1].who == "ada"


def test_the_page_of_the_api_says_what_the_api_is(ask: TestClient) -> None:
    from docs.make_api import FILE, page

    assert Path(FILE).read_text("utf-8") == page(ask.get("/api/v1/openapi.json").json())
