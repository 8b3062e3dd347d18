"""The attribute that a map is coloured by at first: the one whose values lie together on it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA

from looks_like.data.embeddings import write_codes
from looks_like.data.sources import Columns
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.maps.make import MapRequest, make_map
from looks_like.explorer.maps.telling import cells, default_colour_attribute, mutual_information


def test_cells_hold_as_many_products_each_and_lie_together() -> None:
    xy_n2 = np.random.default_rng(0).normal(size=(1000, 2))
    cell_n = cells(xy_n2)
    counts = np.bincount(cell_n)
    assert len(counts) == 64
    assert counts.max() - counts.min() <= 1
    spread = [xy_n2[cell_n == cell].std(axis=0).mean() for cell in range(64)]
    assert np.median(spread) < 0.2
    assert len(np.bincount(cells(xy_n2[:30]))) == 2
    assert np.bincount(cells(np.zeros((100, 2)))).min() > 0  # all in one place


@pytest.mark.parametrize("values", [3, 30])
def test_chance_tells_nothing_however_many_values(values: int) -> None:
    rng = np.random.default_rng(1)
    cell_n = np.arange(5000) % 64
    assert mutual_information(rng.integers(0, values, 5000), cell_n) == pytest.approx(0, abs=0.01)
    assert mutual_information(cell_n, cell_n) > 0.9
    assert mutual_information(np.zeros(5000, int), cell_n) <= 0


def test_a_map_is_coloured_by_what_it_tells_and_never_by_where_a_file_came_from(
    lab: Lab, tmp_path_factory: pytest.TempPathFactory, open_shop: Callable[..., Any], write_table: Callable[..., Path]
) -> None:
    """The form is seen in every picture; the source says the same, and the shelf nothing."""
    folder = tmp_path_factory.mktemp("telling")
    shop = open_shop(folder / "shop")
    shelves = np.random.default_rng(0).integers(0, 4, 80)
    rows = [
        [key, f"{key}.{'png' if n % 2 else 'jpg'}", f"shelf {shelves[n]}", f"feed {n % 3}", "ABC"[n % 3], "only one"]
        for n, key in enumerate(shop.product_ids)
    ]
    table = write_table(shop.table, ["id", "image", "shelf", "source", "form", "season"], rows)
    own = Lab(folder / "workspace")
    for _ in own.import_products(str(table), Columns()):
        pass
    shutil.copytree(lab.folder("tiny"), own.folder("tiny"))
    seen_nd = own.pixels(32).reshape(80, -1) / 255
    z_nd = PCA(own.card("tiny").settings["latent"], random_state=0).fit_transform(seen_nd)  # on any processor the same
    catalogue = own.catalogue()
    write_codes(own.workspace, "tiny", own.weights("tiny"), catalogue.product_ids, catalogue.sha256, z_nd)
    make_map(own, "tiny", MapRequest("pca", "pca"))
    assert own.catalogue().attributes == ["shelf", "source", "form", "season"]
    assert default_colour_attribute(own, "tiny", "pca") == "form"
