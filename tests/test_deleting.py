"""Deleted products are seen nowhere, and brought back all is as it was; as a Lab and as the commands see it."""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from looks_like.data.importing import import_source
from looks_like.explorer import tags
from looks_like.explorer.check.factors import comparable_columns
from looks_like.explorer.clusters import ClusterRequest, clusters, make_clusters
from looks_like.explorer.core import Lab, MapContext, encode, status_of
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.interfaces.commands.main import app
from looks_like.explorer.interfaces.notebook.map import Map
from looks_like.explorer.maps import catch_up, colouring, sprite_sheets_of
from looks_like.explorer.paths import PathRequest, walk
from looks_like.explorer.search import Filter, choices, find_enrichment, mask, search, similar_to
from looks_like.explorer.search.likeness.similar_for_all import recommend
from looks_like.explorer.selecting import (
    Selection,
    delete_products,
    deletion_log,
    export_products,
    rows,
    save_filter,
    saved_filters,
    steps_from_text,
    undo_deletion,
)
from looks_like.explorer.training.running.run import split_pixels

GONE = np.array([*range(0, 80, 3), 1, 4])  # all of brand Alder, and two more


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """A copy to delete from, with clusters and a tag on every second product."""
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    own = Lab(tmp_path / "w")
    make_clusters(own, "tiny", ClusterRequest("k-means", k=4))
    tags.add(own, "summer", range(0, 80, 2), "ann")
    return own


def ids(lab: Lab, rows_m: Iterable[int]) -> set[str]:
    return {f"{int(row):04d}" for row in rows_m}


def chosen(lab: Lab, steps: object) -> np.ndarray:
    return rows(lab, Selection(MapContext("tiny", "pca", "k-means"), steps_from_text(json.dumps(steps))))


CONTEXT = MapContext("tiny", "pca", "k-means")
BOX = [[-9, -9], [9, -9], [9, 9], [-9, 9]]
# whatever lists products -> their ids; each lists all 80 of the shop at first
LISTS: dict[str, Callable[[Lab], set[str]]] = {
    "ids": lambda lab: set(lab.catalogue().product_ids) - {""},
    "names": lambda lab: {name.split()[-1].zfill(4) for name in lab.catalogue().names if name},
    "conditions": lambda lab: ids(lab, lab.catalogue().rows_where("price > 0 or price is null")),
    "codes": lambda lab: ids(lab, lab.space("tiny").rows_n),
    "similar": lambda lab: {one.product.product_id for one in similar_to(lab, "tiny", 2, 80)} | {"0002"},
    "similar to all": lambda lab: {
        key for found in recommend(lab.space("tiny"), 79) for key in ids(lab, found.similar_mk[found.similar_mk >= 0])
    },
    "the graph": lambda lab: (
        ids(lab, lab.space("tiny").rows_n[np.unique(lab.space("tiny").knn.all_of().index_nk)])
        | ids(lab, lab.space("tiny").rows_n)
    ),
    "places": lambda lab: ids(lab, np.flatnonzero(np.isfinite(lab.map_view("tiny", "pca").xy_n2).all(1))),
    "small pictures": lambda lab: ids(lab, sprite_sheets_of(lab).order("tiny", "pca")),
    "filter": lambda lab: ids(lab, np.flatnonzero(mask(lab, Filter()))),
    "negated filter": lambda lab: (
        ids(lab, np.flatnonzero(mask(lab, Filter.from_text('[["","untagged",["no such"]]]'))))
        if lab.tag_state().tag("no such")
        else LISTS["filter"](lab)
    ),
    "not given or given": lambda lab: {
        key
        for text in ('[["price","is",[null]]]', '[["price","between",[null,null]]]')
        for key in ids(lab, np.flatnonzero(mask(lab, Filter.from_text(text))))
    },
    "all shown": lambda lab: ids(lab, chosen(lab, [["=", "shown", None]])),
    "a lasso": lambda lab: ids(lab, chosen(lab, [["=", "lasso", BOX]])),
    "clusters": lambda lab: {
        key for each in clusters(lab, "tiny") for key in ids(lab, chosen(lab, [["=", "cluster", each.number]]))
    },
    "search": lambda lab: {
        product.product_id for word in map(str, range(80)) for product in search(lab, f"00{word:0>2}")
    },
    "export": lambda lab: {
        json.loads(line)["product_id"] for line in export_products(lab, None, "jsonl").decode().splitlines()
    },
    "trainings": lambda lab: {
        key
        for pictures in split_pixels(lab.pixels(32), lab.catalogue())
        for key in ids(lab, pictures.rows_n if pictures.rows_n is not None else [])
    },
    "pictures": lambda lab: {key for key in LISTS["ids"](lab) if lab.thumbnail(lab.product(key).sha256, 72)},
    "random": lambda lab: {lab.random_product(seed).product_id for seed in range(1500)},
    "paths": lambda lab: (
        LISTS["codes"](lab)
        | {one.product_id for one in walk(lab, PathRequest("tiny", ("0002", "0077"), steps=40)).nearest}
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_deleted_products_are_in_no_list_and_back_after_an_undo(name: str, own: Lab) -> None:
    listed = LISTS[name]
    before = listed(own)
    assert before == {f"{row:04d}" for row in range(80)}
    delete_products(own, GONE, "ann")
    assert listed(own) == before - ids(own, GONE)
    undo_deletion(own, "ann")
    assert listed(own) == before


# whatever counts products, or says what they are like -> plain values
COUNTS: dict[str, Callable[[Lab], Any]] = {
    "products": lambda lab: (status_of(lab).products, len(own_codes(lab))),
    "behind": lambda lab: [(m["products_without_code"], m["maps"][0]["products"]) for m in status_of(lab).models],
    "tags": lambda lab: [(tag.tag, tag.products, round(tag.share, 3)) for tag in tags.tags(lab)],
    "coverage": lambda lab: (tags.coverage(lab).products, tags.coverage(lab).tagged),
    "filter options": lambda lab: [option.values for option in choices(lab) if option.attribute == "brand"],
    "legend": lambda lab: [(entry.label, entry.count) for entry in colouring(lab, "brand", CONTEXT).legend],
    "missing": lambda lab: colouring(lab, "price", CONTEXT).missing,
    "plotted": lambda lab: [
        (trace.name, len(trace.x)) for by in ("year", "brand", None) for trace in Map(lab, "tiny", "pca").plot(by).data
    ],
    "clusters": lambda lab: sum(cluster.size for cluster in clusters(lab, "tiny")),
    "shares": lambda lab: round(sum(cluster.share for cluster in clusters(lab, "tiny")), 6),
    "others": lambda lab: find_enrichment(lab, np.array([2, 5]), "tiny", tags.masks(lab)).others,
    "map": lambda lab: (lab.map_view("tiny", "pca").products, lab.map_view("tiny", "pca").missing),
    "held out": lambda lab: int(lab.catalogue().held_out.sum() + lab.catalogue().to_learn.sum()),
    "labels": lambda lab: sorted(set(comparable_columns(lab.catalogue(), lab.space("tiny").rows_n)[0]["brand"])),
    "to encode": lambda lab: next(iter(encode(lab, "tiny"))),
}


def own_codes(lab: Lab) -> np.ndarray:
    return lab.space("tiny").z_nd


LEFT = 80 - len(GONE)
AFTER: dict[str, Any] = {
    "products": (LEFT, LEFT),
    "behind": [(0, LEFT)],
    "tags": [("summer", 25, 0.49)],
    "coverage": (LEFT, 25),
    "filter options": [("Cedar", "Birch")],
    "legend": [("Cedar", 26), ("Birch", 25)],
    "missing": 8,
    "plotted": [("year", LEFT), ("Cedar", 26), ("Birch", 25), ("", LEFT)],
    "clusters": LEFT,
    "shares": 1.0,
    "others": LEFT - 2,
    "map": (LEFT, 0),
    "held out": LEFT,
    "labels": ["Birch", "Cedar"],
    "to encode": (0, 0),
}


@pytest.mark.parametrize("name", COUNTS)
def test_deleted_products_are_not_counted(name: str, own: Lab) -> None:
    count = COUNTS[name]
    before = count(own)
    delete_products(own, GONE, "ann")
    after = count(own)
    assert after == AFTER[name]
    undo_deletion(own, "ann")
    assert count(own) == before


def test_who_asks_for_a_deleted_product_is_told(own: Lab) -> None:
    sha256 = own.product("0003").sha256
    delete_products(own, GONE, "ann")
    for ask in (
        lambda: own.product("0003"),
        lambda: own.product_at(3),
        lambda: own.thumbnail(sha256, 72),
        lambda: tags.add(own, "x", [3], "ann"),
        lambda: similar_to(own, "tiny", 3, 5),
        lambda: delete_products(own, [3], "ann"),
        lambda: find_enrichment(own, np.array([3])),
    ):
        with pytest.raises(MISTAKES):
            ask()


def test_new_products_find_codes_and_places_beside_deleted_ones(own: Lab, shop: Any) -> None:
    delete_products(own, GONE, "ann")
    for _ in import_source(own.workspace, str(shop.table)):
        pass
    *_, last = catch_up(own, "tiny")
    assert (last.encoded, last.placed, last.left) == (0, 0, ())  # what they had is theirs again
    assert status_of(own).products == 80
    assert own.map_view("tiny", "pca").missing == 0


# -- as it is typed -------------------------------------------------------------------------------------------------


def typed(*words: str, given: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words), input=given)
    return done.exit_code, done.output if done.exception is None else f"{done.output}{done.exception}"


def test_a_saved_filter_is_deleted_as_typed_and_comes_back(own: Lab) -> None:
    said = Filter.from_text('[["brand","is",["Alder"]]]')
    assert save_filter(own, " Ours ", said, "ann") == "Ours"
    w = ("-w", str(own.workspace.folder), "--who", "ann")
    assert typed("delete", "filter", "Ours", *w)[1].startswith("Deleted: filter Ours.")
    assert saved_filters(own) == {}
    assert "no filter" in typed("delete", "filter", "Ours", *w)[1]
    assert typed("delete", "undo", *w)[1] == "Back again: filter Ours.\n"
    assert {name: Filter.from_text(view.link) for name, view in saved_filters(own).items()} == {"Ours": said}
    with pytest.raises(RequestError, match="there is nothing to save"):
        save_filter(own, "All", Filter(), "ann")


def test_products_are_deleted_listed_undone_and_compacted_as_typed(own: Lab, tmp_path: Path) -> None:
    w = ("-w", str(own.workspace.folder), "--who", "ann")
    listed = tmp_path / "gone.txt"
    listed.write_text("0001\n\n0004\n")
    assert typed("delete", "products", "--file", str(listed), *w)[1].startswith("Deleted: 2 products (gone.txt).")
    assert typed("delete", "products", "0001", "0005", *w)[1].startswith(
        "Deleted: 1 product (typed). 1 was deleted alr"
    )
    assert typed("delete", "products", "0001", *w)[1] == "Nothing to delete: 1 was deleted already.\n"
    assert "'x' is no product of this catalogue: nothing was deleted" in typed("delete", "products", "x", *w)[1]
    assert "not both" in typed("delete", "products", "x", "--where", "price < 10", *w)[1]
    assert "which products?" in typed("delete", "products", *w)[1]
    assert "no product meets" in typed("delete", "products", "--where", "price < 0", *w)[1]
    assert "27 products (brand = 'Alder')" in typed("delete", "products", "--where", "brand = 'Alder'", *w)[1]
    assert typed("delete", "map", "pca", "--model", "tiny", *w)[1].startswith("Deleted: map pca of model tiny.")
    said = json.loads(typed("list", "--json", *w[:2])[1])
    assert (said["products"], len(said["deleted"]), said["bytes"]["products"] > 0) == (50, 4, True)
    assert typed("delete", "undo", *w)[1] == "Back again: map pca of model tiny.\n"
    assert typed("delete", "undo", "2", *w)[1] == "Back again: 1 product (typed).\n"
    assert "nothing deleted by ben" in typed("delete", "undo", *w[:2], "--who", "ben")[1]
    states = [entry["state"] for entry in json.loads(typed("delete", "log", "--json", *w[:2])[1])]
    assert states == ["brought back", "brought back", "undone", "deleted", "undone", "deleted"]
    assert typed("compact", *w, given="n\n")[0] != 0
    assert own.catalogue().count == 51 == len(LISTS["ids"](own))
    done = json.loads(typed("compact", "--yes", "--json", *w)[1])
    assert done["freed_bytes"] > 0
    assert done["final"] == ["2 products (gone.txt)", "27 products (brand = 'Alder')"]
    assert not deletion_log(own).standing
    assert status_of(Lab(own.workspace.folder)).products == 51
