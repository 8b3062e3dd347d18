"""Paths through several anchors of many kinds: matched under filters, measured, as films of every shape; and grids."""

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from looks_like.data.errors import CatalogueError
from looks_like.explorer import clusters, tags
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.interfaces.routes import routes
from looks_like.explorer.paths import (
    FilmStyle,
    GridRequest,
    PathRequest,
    film,
    find_anchor,
    lay_grid,
    shared_attributes,
    walk,
    write_grid,
)
from looks_like.explorer.paths.walking import space_within
from looks_like.explorer.search import Condition, Filter
from looks_like.explorer.selecting import delete_products

STEPS = 24


@pytest.fixture(scope="module")
def own(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A workspace of our own, with a tag, clusters and a visual attribute."""
    own = Lab(shutil.copytree(lab.workspace.folder, tmp_path_factory.mktemp("own") / "w"))
    tags.add(own, "summer", [3, 8, 13], "Ann")
    clusters.make_clusters(own, "tiny", clusters.ClusterRequest("k-means", k=3))
    tags.name_dimension(own, "tiny", 1, tags.Ends("width"), "Ann")
    return own


# -- anchors -----------------------------------------------------------------------------------------------------------


def test_a_cluster_and_a_tag_stand_in_their_middle(own: Lab) -> None:
    space = own.space("tiny")
    number = next(iter(clusters.state(own, "tiny", clusters.clustering_name(own, "tiny", None)).names))
    rows_m = clusters.members(own, "tiny", None, number)
    np.testing.assert_allclose(
        find_anchor(own, "tiny", f"cluster:{number}").z_d, space.codes(rows_m).mean(0), atol=1e-5
    )
    np.testing.assert_allclose(find_anchor(own, "tiny", "tag:summer").z_d, space.codes([3, 8, 13]).mean(0), atol=1e-5)


def test_a_selection_of_the_map_stands_in_its_middle(own: Lab) -> None:
    said = {"map": "pca", "steps": '[["=","tag","summer"]]'}
    found = find_anchor(own, "tiny", f"selection:{json.dumps(said)}")
    np.testing.assert_allclose(found.z_d, own.space("tiny").codes([3, 8, 13]).mean(0), atol=1e-5)
    assert found.title == "3 selected"


def test_a_product_may_be_more_of_what_was_named(own: Lab) -> None:
    [slider] = tags.named_dimensions(own, "tiny")
    more = find_anchor(own, "tiny", 'more:["width",40,"0003"]')
    read_d = np.array(slider.read_d)
    before = own.space("tiny").code(3)
    assert (more.z_d - before) @ read_d == pytest.approx(40, abs=0.5)


def test_a_point_of_the_space_is_itself(own: Lab) -> None:
    z_d = own.space("tiny").code(5)
    said = ",".join(str(value) for value in z_d.tolist())
    np.testing.assert_allclose(find_anchor(own, "tiny", f"code:{said}").z_d, z_d)


@pytest.mark.parametrize(
    ("said", "kind", "says"),
    [
        ("nobody", CatalogueError, "there is no product 'nobody'"),
        ("cluster:99", RequestError, "there is no cluster 99"),
        ("cluster:x", RequestError, "'x' is no number of a cluster"),
        ("cluster:" + "9" * 5000, RequestError, "is no number of a cluster"),
        ("tag:never", RequestError, "never"),
        ("code:1,2", RequestError, "z must be 6 numbers"),
        ("selection:[]", RequestError, "a selection in a link is a JSON object"),
        ("selection:{", RequestError, "is not JSON"),
        ('more:["width",1e9,"0003"]', RequestError, "points from -200 to 200"),
        ('more:["depth",3,"0003"]', RequestError, "'depth' has no slider in model 'tiny'; there are: width"),
        ('more:["width",3,"nobody"]', CatalogueError, "there is no product 'nobody'"),
    ],
)
def test_an_anchor_that_is_not_there_is_a_sentence(own: Lab, said: str, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind) as mistake:
        find_anchor(own, "tiny", said)
    assert says in str(mistake.value)
    assert len(str(mistake.value)) < 300


# -- paths -------------------------------------------------------------------------------------------------------------


def test_eight_anchors_are_met_in_their_order(own: Lab) -> None:
    ids = ("0003", "0040", "0008", "0017", "0003", "0022", "0031", "0005")
    path = walk(own, PathRequest("tiny", ids, steps=50))
    assert tuple(path.nearest[step].product_id for step in path.stop_a) == ids
    with pytest.raises(RequestError, match="through 8 products at most, got 9"):
        PathRequest("tiny", (*ids, "0001"), steps=50)


def test_eight_times_the_same_product_stands_still(own: Lab) -> None:
    path = walk(own, PathRequest("tiny", ("0003",) * 8, steps=16))
    assert (path.frames_thwc == path.frames_thwc[0]).all()
    assert not path.measures.cliff_t.any()
    assert film(own, path, "gif", FilmStyle(64))


def test_around_it_comes_back_to_the_first(own: Lab) -> None:
    path = walk(own, PathRequest("tiny", ("0003", "0040", "0008"), steps=31, loop="around"))
    assert [path.nearest[step].product_id for step in path.stop_a] == ["0003", "0040", "0008", "0003"]


def test_only_products_that_pass_the_filter_stand_beside_the_steps(own: Lab) -> None:
    chosen = Filter((Condition("brand", "is", ("Alder",)),)).text()
    path = walk(own, PathRequest("tiny", ("0003", "0040"), steps=STEPS, filter=chosen))
    assert {product.attributes["brand"] for product in path.nearest} == {"Alder"}
    same = walk(own, PathRequest("tiny", ("0003", "0040"), steps=STEPS, filter="brand = 'Alder'"))
    assert [product.row for product in same.nearest] == [product.row for product in path.nearest]
    with pytest.raises(RequestError, match="no product passes the filter"):
        walk(own, PathRequest("tiny", ("0003", "0040"), filter="price > 1000000"))


def test_no_product_stands_beside_two_steps_and_all_are_as_near_as_can_be(own: Lab) -> None:
    request = PathRequest("tiny", ("0003", "0040"), steps=STEPS, unique=True)
    path = walk(own, request)
    assert len({product.sha256 for product in path.nearest}) == STEPS
    greedy, taken = 0.0, set[int]()
    space = own.space("tiny")
    for z_d in path.z_td:  # each takes the nearest that is left
        rows_1k, distance_1k = space.nearest(z_d[None], len(space.z_nd), space.rows_n[space.one_of_each])
        at = next(i for i, row in enumerate(rows_1k[0]) if row not in taken)
        taken.add(int(rows_1k[0, at]))
        greedy += float(distance_1k[0, at])
    assert sum(product.distance or 0 for product in path.nearest) <= greedy + 1e-4


def test_with_more_steps_than_products_some_come_again(own: Lab) -> None:
    chosen = PathRequest("tiny", ("0003", "0040"), steps=STEPS, unique=True, filter="name = 'Red disc 0'")
    few = walk(own, PathRequest("tiny", ("0003", "0040"), steps=200, unique=True))
    assert len(few.nearest) == 200
    assert chosen.unique


def test_what_is_measured_is_what_it_says(own: Lab) -> None:
    path, space = walk(own, PathRequest("tiny", ("0003", "0040"), "linear", STEPS)), own.space("tiny")
    pictures = path.frames_thwc.reshape(STEPS, -1).astype(float) / 255
    change_t = np.sqrt(((pictures[1:] - pictures[:-1]) ** 2).mean(1))
    np.testing.assert_allclose(path.measures.change_t[1:], change_t, rtol=1e-4)
    assert path.measures.change_t[0] == 0
    apart = np.sqrt(((pictures[-1] - pictures[0]) ** 2).mean())
    assert path.measures.detour == pytest.approx(change_t.sum() / apart, rel=1e-4)
    again_td = space.encode(path.frames_thwc)
    nearest_t = np.linalg.norm(again_td[:, None] - space.z_nd[None], axis=2).min(1)
    np.testing.assert_allclose(path.measures.gap_t, nearest_t / space.typical_distance, rtol=1e-3)
    other_n = np.sort(np.linalg.norm(space.z_nd[:, None] - space.z_nd[None], axis=2), axis=1)[:, 1]
    np.testing.assert_array_equal(path.measures.far_t, nearest_t > np.quantile(other_n, 0.95))


def test_a_jump_is_marked_where_it_is(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from looks_like.explorer.paths.measures import measure

    space = own.space("tiny")
    z_td = np.repeat(space.codes([3, 40]), 6, axis=0) + np.linspace(0, 0.05, 12)[:, None].astype(np.float32)
    found = measure(own, space, z_td, space.decode(z_td))
    assert np.flatnonzero(found.cliff_t).tolist() == [6]


def test_an_anchor_that_was_deleted_is_a_sentence_and_a_name_that_is_hostile_is_text(lab: Lab, tmp_path: Path) -> None:
    own = Lab(shutil.copytree(lab.workspace.folder, tmp_path / "own"))
    assert walk(own, PathRequest("tiny", ("0003", "0040"), steps=5))
    delete_products(own, [40], "Ann")
    with pytest.raises(CatalogueError, match="0040"):
        walk(own, PathRequest("tiny", ("0003", "0040"), steps=5))


# -- films -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def path(own: Lab) -> Any:
    return walk(own, PathRequest("tiny", ("0003", "0040"), steps=STEPS))


@pytest.mark.parametrize("shape", ["pair", "square", "story", "slide"])
@pytest.mark.parametrize("real", [True, False])
def test_every_shape_is_as_wide_and_high_as_it_says(own: Lab, path: Any, shape: str, real: bool) -> None:
    style = FilmStyle(270, shape, real=real, watermark="© <b>Ann</b> 👟")
    size = Image.open(io.BytesIO(film(own, path, "gif", style))).size
    wide, high = {"square": (270, 270), "story": (270, 480), "slide": (480, 270), "pair": (540 if real else 270, 304)}[
        shape
    ]
    assert size == (wide, high)


@pytest.mark.parametrize(("seconds", "fps"), [(3.0, 30), (1.0, 10), (12.5, 20)])
def test_a_film_lasts_as_long_as_asked(own: Lab, path: Any, seconds: float, fps: int, tmp_path: Path) -> None:
    style = FilmStyle(64, "square", seconds, fps)
    image: Any = Image.open(io.BytesIO(film(own, path, "gif", style)))
    lasts = 0
    for at in range(image.n_frames):
        image.seek(at)
        image.load()
        lasts += int(image.info["duration"])
    assert lasts == pytest.approx(1000 * seconds, abs=20)
    file = tmp_path / "x.mp4"
    file.write_bytes(film(own, path, "mp4", style))
    assert imageio_ffmpeg.count_frames_and_secs(file)[1] == pytest.approx(seconds, abs=2 / fps)


def test_there_and_back_shows_each_step_twice_but_the_ends(own: Lab) -> None:
    there = walk(own, PathRequest("tiny", ("0003", "0040"), steps=6, loop="back"))
    image: Any = Image.open(io.BytesIO(film(own, there, "webp", FilmStyle(64))))
    assert image.n_frames == 10


def test_real_ends_begin_with_the_product_itself(own: Lab, path: Any) -> None:
    from looks_like.data.pictures import shown_pixels

    image = Image.open(io.BytesIO(film(own, path, "webp", FilmStyle(128, real=False, names=False, fade=True))))
    real = shown_pixels(own.catalogue().pictures([3])[0], 128).astype(int)
    assert np.abs(np.asarray(image.convert("RGB")).astype(int) - real).mean() < 4


def test_dark_paper_is_dark_and_without_captions_there_is_no_line(own: Lab, path: Any) -> None:
    dark = np.asarray(Image.open(io.BytesIO(film(own, path, "gif", FilmStyle(64, "slide", dark=True)))).convert("RGB"))
    assert dark[0, 0].max() < 60
    plain = Image.open(io.BytesIO(film(own, path, "gif", FilmStyle(64, names=False))))
    assert plain.size == (128, 64)


def test_a_file_says_what_it_shows(own: Lab, path: Any, tmp_path: Path) -> None:
    names = [anchor.title for anchor in path.anchors]
    said = f"{names[0]} → {names[1]} (dense, {STEPS} steps, model tiny)"
    style = FilmStyle(64)
    assert Image.open(io.BytesIO(film(own, path, "gif", style))).info["comment"].decode() == said
    assert Image.open(io.BytesIO(film(own, path, "png", style))).info["Title"] == said
    assert said.encode() in film(own, path, "webp", style)
    assert said.encode() in film(own, path, "mp4", style)


def test_a_zip_has_each_frame_and_the_table(own: Lab, path: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(film(own, path, "zip", FilmStyle(64, "square")))) as found:
        names = found.namelist()
        assert len(names) == STEPS + 1
        assert Image.open(io.BytesIO(found.read(names[0]))).size == (64, 64)
        lines = list(csv.DictReader(io.StringIO(found.read("steps.csv").decode())))
    assert len(lines) == STEPS
    assert float(lines[3]["reality_gap"]) == pytest.approx(float(path.measures.gap_t[3]), abs=1e-3)


@pytest.mark.parametrize(
    ("style", "says"),
    [
        ({"shape": "round"}, "unknown shape 'round'; there are: pair, square, story, slide"),
        ({"seconds": "0.1"}, "a film lasts 0.5 to 60 seconds"),
        ({"seconds": "nan"}, "seconds must be a number, got 'nan'"),
        ({"seconds": "long"}, "seconds must be a number"),
        ({"fps": "0"}, "a film has 1 to 60 frames a second, got 0"),
        ({"size": "4096"}, "a film can be 64 to 1024 px across"),
    ],
)
def test_a_style_that_cannot_be_is_a_sentence(style: dict[str, str], says: str) -> None:
    with pytest.raises(RequestError) as mistake:
        FilmStyle.from_query(style)
    assert says in str(mistake.value)


# -- grids -------------------------------------------------------------------------------------------------------------


def test_a_grid_of_three_goes_on_as_they_do(own: Lab) -> None:
    grid, space = lay_grid(own, GridRequest("tiny", ("0003", "0040", "0008"))), own.space("tiny")
    a_d, b_d, c_d = space.codes([3, 40, 8])
    z_rcd = grid.z_nd.reshape(5, 5, -1)
    np.testing.assert_allclose(z_rcd[[0, 0, -1], [0, -1, 0]], [a_d, b_d, c_d], atol=1e-5)
    np.testing.assert_allclose(z_rcd[-1, -1], b_d + c_d - a_d, atol=1e-4)
    np.testing.assert_allclose(z_rcd[2, 2], (b_d + c_d) / 2, atol=1e-4)
    assert " is to " in grid.title


def test_a_grid_of_four_has_each_in_a_corner(own: Lab) -> None:
    grid = lay_grid(own, GridRequest("tiny", ("0003", "0040", "0008", "0017"), 7, "spherical"))
    corners = [grid.nearest[at].product_id for at in (0, 6, 42, 48)]
    assert corners == ["0003", "0040", "0008", "0017"]
    picture = Image.open(io.BytesIO(write_grid(own, grid, FilmStyle(64))))
    alone = Image.open(io.BytesIO(write_grid(own, grid, FilmStyle(64, real=False, names=False))))
    assert picture.width > 2 * alone.width > 2 * 7 * 64
    assert picture.info["Title"].startswith("Between ")


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        ({"a": "1", "b": "2"}, "a grid needs three products"),
        ({"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}, "got 5"),
        ({"a": "1", "b": "2", "c": "3", "edge": "2"}, "a grid has 3 to 11 pictures a side, got 2"),
        ({"a": "1", "b": "2", "c": "3", "curve": "dense"}, "a grid can't be along 'dense'; there are: matched"),
    ],
)
def test_a_grid_that_cannot_be_is_a_sentence(ask: dict[str, str], says: str) -> None:
    with pytest.raises(RequestError) as mistake:
        GridRequest.from_query(ask)
    assert says in str(mistake.value)


def test_a_grid_survives_its_link() -> None:
    request = GridRequest("m", ("1", "2", "3"), 7, "matched", "price < 3")
    assert GridRequest.from_query(request.to_query()) == request


# -- routes and commands -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(own: Lab) -> TestClient:
    return TestClient(Starlette(routes=routes(lambda: own)))


ENDS = {"model": "tiny", "a": "0003", "b": "0040", "c": "0008", "steps": "12"}


def test_a_route_says_where_each_anchor_stands_and_how_like_itself_it_is_drawn(client: TestClient) -> None:
    said = client.get("/api/path", params=ENDS).json()
    assert [anchor["step"] for anchor in said["anchors"]] == [0, 6, 11]
    assert all(anchor["apart"] >= 0 and anchor["sha256"] for anchor in said["anchors"])
    assert {"change", "cliff", "reality_gap", "far", "crowd"} <= set(said["steps"][0])


def test_all_curves_are_compared_on_the_same_anchors(client: TestClient, own: Lab) -> None:
    said = {each["curve"]: each for each in client.get("/api/path/curves", params=ENDS).json()}
    assert set(said) == {"dense", "graph", "geodesic", "matched", "linear", "spherical"}
    measures = walk(own, PathRequest("tiny", ("0003", "0040", "0008"), "linear", 33)).measures
    assert said["linear"]["detour"] == pytest.approx(measures.detour)
    assert said["linear"]["far"] == pytest.approx(float(measures.far_t.mean()))


def test_a_grid_comes_as_json_as_a_sheet_and_as_a_file(client: TestClient) -> None:
    asked = {key: value for key, value in ENDS.items() if key != "steps"} | {"edge": "3"}
    assert len(client.get("/api/grid", params=asked).json()["cells"]) == 9
    assert Image.open(io.BytesIO(client.get("/api/grid/sheet", params=asked).content)).size == (96, 96)
    assert Image.open(io.BytesIO(client.get("/api/grid.png", params=asked | {"size": "64"}).content)).format == "PNG"
    assert "three products" in client.get("/api/grid", params={"model": "tiny", "a": "0003"}).json()["error"]


def test_films_of_many_pairs_are_written_from_a_table(own: Lab, tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text("a,b\n0003,0040\n0003,0040\n0008,0017,0022\n", "utf-8")
    words = ["morph", "--pairs", str(table), "--out", str(tmp_path / "films" / "x.webp"), "--steps", "5"]
    words += ["--size", "64", "--shape", "square", "--workspace", str(own.workspace.folder)]
    assert run(words)[0] == 0
    found = sorted(file.name for file in (tmp_path / "films").iterdir())
    assert found == ["0003-to-0040-2.webp", "0003-to-0040.webp", "0008-to-0017-to-0022.webp"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("a,b\n", "needs 1 to 100,000 lines"), ("0003\n", "line 1 has one product"), ("0003,nobody\n", "'nobody'")],
)
def test_a_table_of_pairs_that_is_none_is_a_sentence(own: Lab, tmp_path: Path, text: str, says: str) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text(text, "utf-8")
    code, said = run(
        ["morph", "--pairs", str(table), "--out", str(tmp_path / "x.gif"), "--workspace", str(own.workspace.folder)]
    )
    assert code == 2
    assert says in said


def test_morph_takes_conditions_anchors_and_looks(own: Lab, tmp_path: Path) -> None:
    file = tmp_path / "x.mp4"
    words = ["morph", "0003", "tag:summer", "--out", str(file), "--steps", "8", "--size", "64", "--fade", "--dark"]
    words += ["--where", "brand = 'Alder'", "--unique", "--loop", "back", "--easing", "gentle", "--curve", "graph"]
    assert run([*words, "--workspace", str(own.workspace.folder)]) == (0, "")
    assert imageio_ffmpeg.count_frames_and_secs(file)[0] > 10


# -- products with many views ------------------------------------------------------------------------------------------


def test_a_path_may_stay_within_what_its_ends_share(own: Lab) -> None:
    alder = [row for row, brand in enumerate(own.catalogue().rows["brand"].to_pylist()) if brand == "Alder"]
    a, b = (own.catalogue().product_ids[row] for row in (alder[0], alder[-1]))
    assert "brand" in shared_attributes(own, [a, b])
    path = walk(own, PathRequest("tiny", (a, b), "graph", STEPS, within="brand"))
    assert {product.attributes["brand"] for product in path.nearest} == {"Alder"}
    assert space_within(own, "tiny", path.anchors, "brand").rows_n.tolist() == alder, "the road itself is of these"
    other = next(
        product_id
        for product_id, brand in zip(
            own.catalogue().product_ids, own.catalogue().rows["brand"].to_pylist(), strict=True
        )
        if brand == "Birch"
    )
    with pytest.raises(RequestError, match="needs products of one value of it; these have: Alder, Birch"):
        walk(own, PathRequest("tiny", (a, other), within="brand"))
    with pytest.raises(RequestError, match="there is no attribute 'angle'"):
        walk(own, PathRequest("tiny", (a, b), within="angle"))
