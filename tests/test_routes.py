"""The routes, through Starlette's own client: what is answered, how it may be kept, what a mistake looks like."""

import io
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.browser_code import module_address
from looks_like.explorer.interfaces.routes import routes
from looks_like.explorer.maps.quality import map_recall
from looks_like.explorer.search.likeness.similar import nearest_to

ZERO = "0,0,0,0,0,0"


@pytest.fixture(scope="module")
def client(lab: Lab) -> TestClient:
    return TestClient(Starlette(routes=routes(lambda: lab)))


@pytest.fixture
def pair(lab: Lab) -> dict[str, str]:
    return {"model": "tiny", "a": "0003", "b": "0040", "steps": "7"}


def test_health_says_the_catalogue_version(client: TestClient, lab: Lab) -> None:
    assert client.get("/api/health").json() == {"ok": True, "catalogue_version": lab.version()}


def test_a_picture_is_served_small_and_may_be_kept_for_ever(client: TestClient, lab: Lab) -> None:
    answer = client.get(f"/api/picture/{lab.product('0004').sha256}?px=72")
    assert Image.open(io.BytesIO(answer.content)).size == (72, 72)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_product_by_id_is_the_product_by_row(client: TestClient, lab: Lab) -> None:
    by_id = client.get("/api/product", params={"id": "0007"}).json()
    assert by_id == client.get("/api/product", params={"row": by_id["row"]}).json()
    assert by_id["product_id"] == "0007"
    assert "price" not in by_id["attributes"], "a blank attribute is left out"


def test_search_finds_by_part_of_the_name_and_the_exact_id_first(client: TestClient) -> None:
    assert all("roof" in product["name"].lower() for product in client.get("/api/search?q=roof").json())
    assert client.get("/api/search?q=0011").json()[0]["product_id"] == "0011"
    assert client.get("/api/search?q=" + quote("'; drop table")).json() == []


def test_the_map_has_a_place_for_every_row(client: TestClient, lab: Lab) -> None:
    view = lab.map_view("tiny", "pca")
    answer = client.get("/api/map", params={"model": "tiny", "name": "pca", "v": view.etag})
    xy_n2 = np.frombuffer(answer.content, "<f4").reshape(-1, 2)
    assert np.array_equal(xy_n2, view.xy_n2)
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/api/map?model=tiny&name=pca&v=old").headers["cache-control"] == "no-store"


def test_colours_are_one_byte_a_product(client: TestClient, lab: Lab) -> None:
    content = client.get("/api/colours?by=brand").content
    assert len(content) == len(lab.catalogue())
    assert set(content) == {0, 1, 2}


def test_a_decode_is_the_labs_decode(client: TestClient, lab: Lab) -> None:
    answer = client.get("/api/decode", params={"model": "tiny", "z": "1,0,-2,0.5,0,0"})
    edge = int(answer.headers["x-edge"])
    expected = lab.decode("tiny", np.array([[1, 0, -2, 0.5, 0, 0]], np.float32))[0]
    assert np.array_equal(np.frombuffer(answer.content, np.uint8).reshape(edge, edge, 3), expected)
    assert answer.headers["cache-control"] == "no-store"


def test_a_path_starts_and_ends_at_its_anchors(client: TestClient, pair: dict[str, str]) -> None:
    steps = client.get("/api/path", params=pair).json()["steps"]
    assert len(steps) == 7
    assert (steps[0]["product_id"], steps[-1]["product_id"]) == ("0003", "0040")
    assert steps[0]["distance"] == 0


def test_the_sheet_holds_every_step(client: TestClient, pair: dict[str, str]) -> None:
    sheet = Image.open(io.BytesIO(client.get("/api/path/sheet", params={**pair, "steps": "12"}).content))
    assert sheet.size == (10 * 32, 2 * 32)


@pytest.mark.parametrize(
    ("kind", "starts"), [("gif", b"GIF89a"), ("webp", b"RIFF"), ("png", b"\x89PNG"), ("json", b"{")]
)
def test_films_are_downloads(client: TestClient, pair: dict[str, str], kind: str, starts: bytes) -> None:
    answer = client.get(f"/api/film.{kind}", params=pair)
    assert answer.content.startswith(starts)
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''0003-to-0040.{kind}"


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/api/decode?model=tiny&z=", 400, "6 numbers with commas between, got 0"),
        ("/api/decode?model=tiny&z=1,2", 400, "got 2"),
        ("/api/decode?model=tiny&z=a,b,c,d,e,f", 400, "got 'a,b,c,d,e,f'"),
        ("/api/decode?model=tiny&z=nan,0,0,0,0,0", 400, "finite"),
        ("/api/decode?model=tiny&z=1e999,0,0,0,0,0", 400, "finite"),
        (f"/api/decode?model=other&z={ZERO}", 400, "there are: tiny"),
        ("/api/decode?model=..%2F..%2Fetc&z=1", 400, "no model"),
        ("/api/nearest?model=tiny&k=0&z=" + ZERO, 400, "between 1 and 100"),
        ("/api/product?row=100000", 400, "no row 100000"),
        ("/api/product?row=x", 400, "whole number"),
        ("/api/product?id=nobody", 404, "no product 'nobody'"),
        ("/api/picture/0123?px=72", 400, "no product"),
        ("/api/picture/0123?px=9999", 400, "72, 160, 256"),
        ("/api/colours?by=nothing", 400, "brand"),
        ("/api/map?model=tiny&name=atlas", 404, "it has: pca"),
        ("/api/map?model=../x&name=pca", 404, "can't name a model"),
        ("/api/path?model=tiny&a=0003", 400, "two products"),
        ("/api/path?model=tiny&a=0003&b=nobody", 404, "nobody"),
        ("/api/path?model=tiny&a=0003&b=0004&curve=zigzag", 400, "matched, linear, spherical"),
        ("/api/path?model=tiny&a=0003&b=0004&steps=1", 400, "2 to 600"),
        ("/api/path?model=tiny&a=0003&b=0004&steps=1000000", 400, "2 to 600"),
        ("/api/film.exe?model=tiny&a=0003&b=0004", 400, "gif"),
        ("/api/film.gif?model=tiny&a=0003&b=0004&size=9999", 400, "64 to 1024"),
    ],
)
def test_every_mistake_is_one_sentence_of_json(client: TestClient, address: str, status: int, says: str) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert says in answer.json()["error"]


def bits(content: bytes, count: int) -> list[int]:
    return [
        int(row) for row in np.flatnonzero(np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little")[:count])
    ]


def test_a_filter_and_a_selection_are_answered_as_one_bit_for_each_row(client: TestClient) -> None:
    only = {"filter": '[["brand","is",["Alder"]]]'}
    shown = client.get("/api/shown", params=only)
    assert bits(shown.content, 80) == [n for n in range(80) if n % 3 == 0]
    assert len(shown.content) == 10
    assert shown.headers["x-count"] == "27"
    steps = {"model": "tiny", "map": "pca", "steps": '[["=","value",["year",2015]]]'}
    chosen = client.get("/api/selection", params={**steps, **only})
    assert bits(chosen.content, 80) == [n for n in range(80) if n % 9 == 0]
    assert client.get("/api/selection", params={"model": "tiny"}).headers["x-count"] == "0"


def test_the_products_selected_come_in_pages(client: TestClient) -> None:
    steps = {"model": "tiny", "map": "pca", "steps": '[["=","shown",null]]', "order": "new"}
    pages = [client.get("/api/selection/items", params={**steps, "page": str(n)}).json() for n in (0, 1, 2)]
    assert [len(page["items"]) for page in pages] == [60, 20, 0]
    assert {page["count"] for page in pages} == {80}
    assert pages[1]["items"][-1]["product_id"] == "0000"


@pytest.mark.parametrize(
    ("address", "query", "says"),
    [
        ("/api/shown", {"filter": "{"}, "not JSON"),
        ("/api/shown", {"filter": '[["colour","is",["x"]]]'}, "no attribute 'colour'"),
        ("/api/selection", {"model": "tiny", "map": "pca", "steps": "[[1]]"}, "a step of a selection"),
        ("/api/selection/items", {"model": "tiny", "page": "-1"}, "page must be 0 or more"),
        ("/api/selection/items", {"model": "tiny", "page": "x"}, "page must be a whole number"),
        ("/api/selection/items", {"model": "tiny", "order": "best"}, "unknown order"),
    ],
)
def test_a_selection_that_can_not_be_is_a_sentence(
    client: TestClient, address: str, query: dict[str, str], says: str
) -> None:
    answer = client.get(address, params=query)
    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_the_similar_ones_come_with_reasons(client: TestClient, lab: Lab) -> None:
    found = client.get("/api/similar?id=0003&k=4").json()
    assert [product["product_id"] for product in found] == [
        product.product_id for product in nearest_to(lab, "tiny", "0003", 4)
    ]
    assert all(product["why"] and product["near"] for product in found)


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [("id=nobody", 404, "no product 'nobody'"), ("id=0003&k=0", 400, "between 1 and 500"), ("", 404, "no product")],
)
def test_a_wrong_question_for_similar_ones_is_answered(client: TestClient, query: str, status: int, says: str) -> None:
    answer = client.get(f"/api/similar?{query}")
    assert answer.status_code == status
    assert says in answer.json()["error"]


def test_points_can_be_coloured_by_how_true_their_places_are(client: TestClient, lab: Lab) -> None:
    answer = client.get(
        "/api/colours", params={"by": "how true", "model": "tiny", "map": "pca", "v": str(lab.version())}
    )
    index_n = np.frombuffer(answer.content, np.uint8)
    share_n = map_recall(lab, "tiny", "pca")
    assert len(index_n) == 80
    assert answer.headers["cache-control"] == "no-store"
    assert index_n[share_n.argmax()] == 254
    assert index_n[share_n.argmin()] == 0
    assert client.get("/api/colours?by=how true&model=tiny&map=mars").status_code == 404
    assert client.get("/api/colours?by=its cluster&model=tiny&clusters=none").status_code in (400, 404)


def test_a_module_of_the_browser_is_kept_for_ever_and_nothing_else_is_served(
    client: TestClient,
) -> None:
    address = module_address("latent_map/latent_map.js")
    found = client.get(address)
    assert found.status_code == 200
    assert found.headers["content-type"].startswith("text/javascript")
    assert "immutable" in found.headers["cache-control"]
    assert "export default function mount" in found.text
    older = client.get("/api/widgets/0000/latent_map/latent_map.js")
    assert older.headers["cache-control"] == "no-store"
    for path in ("../session.py", "%2e%2e/session.py", "latent_map/__init__.py", "/etc/passwd", "nothing.js"):
        assert client.get(f"/api/widgets/0000/{path}").status_code in (400, 404)
