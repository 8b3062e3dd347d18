"""Whatever a link says, a page opens and a route answers with a sentence: numbers of hundreds of digits, halves of
characters, names that no disk would take. Whole numbers of any size are compared as what they are.
"""

import json
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from looks_like.data.sources import Columns
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.results import product_json
from looks_like.explorer.interfaces.routes import TABLE, routes
from looks_like.explorer.maps.color_by import by_attribute
from looks_like.explorer.search.enrichment.columns import Numbers, columns
from looks_like.explorer.search.filters.filter import Filter
from looks_like.explorer.search.filters.masks import mask
from looks_like.explorer.search.filters.options import choices
from looks_like.explorer.selecting import Selection, selected

NAMES = ("map", "similar", "looks_like", "dimensions", "manifold", "catalogue")
HUGE, HALF, LONG = "9" * 401, '"\\ud800"', "a" * 300
FIRST = 172_300_000_000_000_001  # beyond 2^53: 32 of these share one float
FILTERS = (
    f'[["price","between",[{HUGE},null]]]',
    f'[["price","between",[1,-{HUGE}]]]',
    f'[["serial","between",[{HUGE},null]]]',
    f'[["serial","is",[{HUGE}]]]',
    f'[["brand","is",[{HALF}]]]',
    f'[["brand","holds",{HALF}]]',
    f'[["","tagged",[{HALF}]]]',
    f'[[{HALF},"is",[1]]]',
    '[["price","between",[NaN,Infinity]]]',
    "[" * 5000,
)
STEPS = (
    f'[["=","lasso",[[0,0],[{HUGE},0],[0,1]]]]',
    f'[["=","near",[[{HUGE},0,0,0,0,0],3]]]',
    f'[["=","cluster",{HUGE}]]',
    f'[["=","like",{HUGE}]]',
    f'[["=","value",["serial",{HUGE}]]]',
    f'[["=","product",{HALF}]]',
    f'[["=","tag",{HALF}]]',
    f'[["=","lasso",{{"map":"{LONG}","points":[[0,0],[1,0],[0,1]]}}]]',
)


@pytest.fixture(scope="module")
def serials(lab: Lab, tmp_path_factory: pytest.TempPathFactory, open_shop: Any, write_table: Any) -> Lab:
    """The shop's Lab, with a serial number on every product but the last, of which many share one float."""
    folder = tmp_path_factory.mktemp("serials")
    shutil.copytree(lab.workspace.folder, folder / "workspace")
    shop, own = open_shop(folder / "shop"), Lab(folder / "workspace")
    rows = [
        [key, f"{key}.{'png' if n % 2 else 'jpg'}", f"Item {n}", f"{9.5 + n}", FIRST + n if n < 79 else ""]
        for n, key in enumerate(shop.product_ids)
    ]
    table = write_table(shop.table, ["id", "image", "title", "price", "serial"], rows)
    for _ in own.import_products(str(table), Columns(name="title", kinds={"serial": "number"})):
        pass
    return own


@pytest.fixture(scope="module")
def client(serials: Lab) -> TestClient:
    return TestClient(Starlette(routes=routes(lambda: serials)))


@pytest.mark.parametrize(
    ("path", "query"),
    [
        *(("/api/shown", {"filter": text}) for text in FILTERS),
        *(("/api/selection", {"model": "tiny", "map": "pca", "filter": text}) for text in FILTERS),
        *(("/api/selection", {"model": "tiny", "map": "pca", "steps": text}) for text in STEPS),
        *(("/api/selection/items", {"model": "tiny", "map": "pca", "steps": text}) for text in STEPS),
        ("/api/product", {"row": HUGE}),
        ("/api/product", {"row": f"-{HUGE}"}),
        ("/api/similar", {"id": "0003", "k": HUGE}),
        ("/api/film.gif", {"model": "tiny", "a": "0003", "b": "0004", "steps": HUGE}),
        ("/api/film.gif", {"model": "tiny", "a": "0003", "b": "0004", "size": HUGE}),
        ("/api/decode", {"model": "tiny", "z": f"{HUGE},0,0,0,0,0"}),
        (f"/api/atlas/16/{HUGE}", {"model": "tiny", "map": "pca"}),
    ],
)
def test_what_nothing_could_count_or_write_is_answered_with_a_sentence(
    client: TestClient, path: str, query: dict[str, str]
) -> None:
    said = client.get(path, params=query)
    assert said.status_code in (400, 404), said.text[:300]
    assert 10 < len(said.json()["error"]) < 400


@pytest.mark.parametrize("path", TABLE)
@pytest.mark.parametrize("key", ["model", "map", "name", "clusters"])
def test_a_name_that_no_disk_would_take_is_a_mistake_on_every_route(client: TestClient, path: str, key: str) -> None:
    address = path.replace("{path:path}", "x").replace("{kind}", "gif")
    for length in (41, 201, 300, 5000):
        said = client.get(address, params={"model": "tiny", "map": "pca", "name": "pca"} | {key: "a" * length})
        assert said.status_code == 400
        assert f"{length:,} characters" in said.json()["error"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "link",
    [
        *({key: LONG} for key in ("model", "map", "clusters", "colour", "a", "from", "like", "view", "curve", "z")),
        {"filter": FILTERS[0]},
        {"filter": FILTERS[4]},
        {"selection": STEPS[0]},
        {"selection": STEPS[-1]},
        {"selection": '[["=","cluster",1]]', "clusters": LONG},
        {"z": ",".join([HUGE] * 6)},
        {"view": f"{HUGE},0,1"},
    ],
    ids=lambda link: "-".join(link),
)
def test_a_page_opens_whatever_its_link_says(
    open_page: Callable[..., AppTest], serials: Lab, name: str, link: dict[str, str]
) -> None:
    app = open_page(name, serials.workspace.folder, **link)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (["serial", "is", [FIRST + 3]], [3]),
        (["serial", "is", [str(FIRST + 3), FIRST + 5]], [3, 5]),
        (["serial", "is", [None]], [79]),
        (["serial", "is", [float(FIRST)]], []),
        (["serial", "is", [10**30, 1e300, "nan", "x", True]], []),
        (["serial", "between", [FIRST + 2, FIRST + 4]], [2, 3, 4]),
        (["serial", "between", [FIRST + 76, None]], [76, 77, 78]),
        (["serial", "between", [None, FIRST + 1]], [0, 1]),
        (["serial", "between", [None, None]], list(range(79))),
        (["serial", "between", [-1e300, 10**300]], list(range(79))),
        (["serial", "between", [10**300, None]], []),
        (["serial", "between", [2**63, None]], []),
        (["serial", "between", [None, -(2**63) - 1]], []),
    ],
)
def test_whole_numbers_are_compared_as_whole_numbers(
    serials: Lab, client: TestClient, condition: list[Any], found: list[int]
) -> None:
    text = json.dumps([condition])
    assert np.flatnonzero(mask(serials, Filter.from_text(text))).tolist() == found
    assert client.get("/api/shown", params={"filter": text}).headers["x-count"] == str(len(found))


def test_whole_numbers_are_offered_coloured_and_compared_each_as_itself(serials: Lab) -> None:
    offered = next(choice for choice in choices(serials) if choice.attribute == "serial")
    assert offered.values[0] == FIRST
    assert offered.values[-1] == FIRST + 78
    assert len(offered.values) > 20, "a range with stops between its ends"
    coloured = by_attribute(serials, "serial")
    assert len(set(coloured.index_n.tolist())) > 60
    assert coloured.missing == 1
    assert (coloured.low[:15], coloured.high[:15]) == (str(FIRST)[:15], str(FIRST)[:15])
    ranked = next(column for column in columns(serials) if column.name == "serial")
    assert isinstance(ranked, Numbers)
    assert ranked.rank_n[:79].tolist() == list(range(1, 80))


def test_a_browser_is_given_all_digits_and_may_ask_by_them(serials: Lab) -> None:
    said = json.loads(json.dumps(product_json(serials.product("0003"))), parse_int=float)["attributes"]["serial"]
    assert said == str(FIRST + 3)
    chosen = Selection.from_query({"model": "tiny", "steps": json.dumps([["=", "value", ["serial", said]]])})
    assert np.flatnonzero(selected(serials, chosen)).tolist() == [3]


@pytest.mark.parametrize("name", ["map", "similar"])
def test_pages_show_a_catalogue_with_serial_numbers(open_page: Callable[..., AppTest], serials: Lab, name: str) -> None:
    link = {"filter": json.dumps([["serial", "between", [FIRST + 1, None]]]), "colour": "serial"}
    app = open_page(name, serials.workspace.folder, **link)
    assert not app.exception
    assert not app.error
    assert not app.toast
