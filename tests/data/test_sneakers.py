"""The drawn sneakers: every factor shows, every combination can be drawn, the same seed gives the same bytes."""

import hashlib
import itertools
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from looks_like.data.catalogue import open_catalogue
from looks_like.data.errors import CatalogueError
from looks_like.data.importing import ImportReport, import_source
from looks_like.data.sneakers import render
from looks_like.data.sneakers.drawing import WHITE, Colour, Drawing, Linear, Radial
from looks_like.data.sneakers.factors import FACTORS, LAYOUTS, MATERIALS, MOTIFS, OUTSOLES, SILHOUETTES, TURNS, Sneaker
from looks_like.data.sneakers.last import Last, shifted, spline
from looks_like.data.sneakers.render_pool import CHUNK, RenderPool
from looks_like.data.sneakers.samplers import SAMPLERS, catalogue, independent
from looks_like.data.sources import Columns, read
from looks_like.data.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def ink(pixels: np.ndarray) -> np.ndarray:
    """Where something is drawn."""
    return pixels.min(axis=2) < 235


# -- the pen -------------------------------------------------------------------------------------------------------


def square(low: float, high: float) -> np.ndarray:
    return np.array([(low, low), (high, low), (high, high), (low, high)])


def test_a_fill_covers_its_outline_and_nothing_else() -> None:
    drawing = Drawing(64)
    drawing.fill(square(64, 192), paint=Colour(200, 30, 10))
    pixels = drawing.pixels()
    assert (pixels[16:48, 16:48] == (200, 30, 10)).all()
    assert (np.delete(pixels, np.s_[16:48], 0) == 255).all()


def test_inside_cuts_off_what_leaves_the_outline() -> None:
    drawing = Drawing(64)
    with drawing.inside(square(64, 128)):
        drawing.fill(square(0, 256), paint=Colour(0, 0, 0))
    pixels = drawing.pixels()
    assert (pixels[17:31, 17:31] == 0).all()
    assert (pixels[:, 34:] == 255).all()


def test_gradients_go_from_their_first_colour_to_their_last() -> None:
    drawing = Drawing(64)
    drawing.fill(square(0, 256), paint=Linear((0, 0), (0, 256), ((0, Colour(0, 0, 0)), (1, WHITE))))
    column = drawing.pixels()[:, 10, 0].astype(int)
    assert column[0] < 8
    assert column[-1] > 230
    assert (np.diff(column) >= 0).all()
    drawing = Drawing(64)
    drawing.fill(square(0, 256), paint=Radial((128, 128), 100, ((0, Colour(0, 0, 0)), (1, WHITE)), flat=0.5))
    pixels = drawing.pixels()
    assert pixels[32, 32, 0] < 20
    assert pixels[32, 44, 0] < pixels[44, 32, 0]  # squeezed: it fades sooner downwards


# -- the shape -----------------------------------------------------------------------------------------------------


def test_a_spline_goes_through_its_knots() -> None:
    knots = [(0.0, 0.0), (0.4, 0.3), (1.0, -0.2)]
    curve = spline(*knots)
    for knot in knots:
        assert np.abs(curve - knot).sum(1).min() < 1e-12


def test_a_shifted_line_keeps_its_distance() -> None:
    line = np.column_stack([np.linspace(0, 1, 20), np.zeros(20)])
    np.testing.assert_allclose(shifted(line, 0.1), line + np.array((0, 0.1)), atol=1e-12)


@pytest.mark.parametrize("silhouette", SILHOUETTES)
def test_upper_and_sole_meet_without_a_gap(silhouette: str) -> None:
    for thick, drop in itertools.product((0.0, 1.0), repeat=2):
        last = Last(Sneaker(silhouette=silhouette, sole_thickness=thick, heel_drop=drop))
        u = np.linspace(0.05, 0.95, 50)
        assert (last.bite(u) > last.bottom(u)).all()
        assert last.outline[:, 1].min() < 0  # the upper goes on inside the sole


# -- the picture ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("silhouette", SILHOUETTES)
def test_every_extreme_stays_in_the_frame(silhouette: str) -> None:
    extremes = itertools.product((0.0, 1.0), (0.0, 1.0), (-1.0, 1.0))
    for tall, thick, turn in extremes:
        sneaker = Sneaker(silhouette, tall, 1.0, thick, scale=1.0, yaw=turn, pitch=turn)
        drawn = ink(render(sneaker, 64))
        assert 0.08 < drawn.mean() < 0.8
        border = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])
        assert not border.any()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("material", MATERIALS)
def test_every_combination_can_be_drawn(layout: str, material: str) -> None:
    for motif, outsole in itertools.product(MOTIFS, OUTSOLES):
        sneaker = Sneaker(layout=layout, material=material, motif=motif, outsole=outsole)
        assert ink(render(sneaker, 32)).any()


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("silhouette", ["runner", "slip-on", "boot"])
def test_every_factor_shows(factor: str, silhouette: str) -> None:
    sneaker = Sneaker(silhouette=silhouette, motif="stripes")
    values = FACTORS[factor] or ((-1.0, 1.0) if factor in TURNS else (0.0, 1.0))
    changed = [render(replace(sneaker, **{factor: value}), 96).astype(int) for value in values]
    for one, other in itertools.combinations(changed, 2):
        assert np.abs(one - other).mean() > 0.05, f"{factor} can't be told apart"


def test_the_same_sneaker_gives_the_same_pixels_in_another_process() -> None:
    script = (
        "import hashlib; from looks_like.data.sneakers import render\n"
        "from looks_like.data.sneakers.samplers import catalogue;"
        "print(hashlib.sha256(render(catalogue(3, 17).sneaker, 128).tobytes()).hexdigest())"
    )
    here = hashlib.sha256(render(catalogue(3, 17).sneaker, 128).tobytes()).hexdigest()
    there = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


@pytest.mark.parametrize("edge_px", [16, 64, 512])
def test_any_size(edge_px: int) -> None:
    pixels = render(Sneaker(), edge_px)
    assert pixels.shape == (edge_px, edge_px, 3)
    assert pixels.dtype == np.uint8


# -- which sneakers there are --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_samples_follow_from_seed_and_number(sampler: str) -> None:
    sample = SAMPLERS[sampler]
    assert [sample(1, i) for i in range(20)] == [sample(1, i) for i in range(20)]
    assert sample(1, 0).sneaker != sample(2, 0).sneaker
    assert len({sample(1, i).product_id for i in range(300)}) == 300


def test_independent_factors_are_independent_and_fill_their_ranges() -> None:
    drawn = [asdict(independent(0, i).sneaker) for i in range(3000)]
    columns = []
    for name, values in FACTORS.items():
        if values is None:
            column = np.array([sneaker[name] for sneaker in drawn])
            assert column.min() < (-0.95 if name in TURNS else 0.05)
            assert column.max() > 0.95
            columns.append(column)
        else:
            column = np.array([values.index(sneaker[name]) for sneaker in drawn])
            assert set(column) == set(range(len(values)))
            columns.append(column)
    correlation = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(correlation).max() < 0.08  # 3,000 draws: four standard errors


def test_a_catalogue_is_a_shops() -> None:
    products = [catalogue(0, i) for i in range(3000)]
    lines = {(p.attributes["brand"], p.attributes["line"]) for p in products}
    per_line = len(products) / len(lines)
    assert 10 < per_line < 60  # colourways
    one_offs = sum(p.attributes["brand"] == "Atelier" for p in products)
    assert 5 < one_offs < 80
    assert all(20 <= p.attributes["price"] <= 600 for p in products)
    silhouettes = {p.attributes["silhouette"] for p in products}
    assert silhouettes == set(SILHOUETTES)
    by_brand = {
        (p.attributes["brand"], p.attributes["silhouette"]) for p in products if p.attributes["brand"] != "Atelier"
    }
    assert len(by_brand) < 40  # a brand keeps to its kinds


# -- into a catalogue ----------------------------------------------------------------------------------------------


def run(workspace: Workspace, address: str) -> ImportReport:
    return list(import_source(workspace, address))[-1]


def test_import_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path)
    assert run(workspace, f"sneakers:catalogue:{CHUNK + 6}:5").added == CHUNK + 6
    found = open_catalogue(workspace)
    assert found.values(3)["silhouette"] == catalogue(5, 3).sneaker.silhouette
    assert found.values(3)["collar_height"] == pytest.approx(catalogue(5, 3).sneaker.collar_height)
    monkeypatch.setattr(RenderPool, "picture", lambda studio, i: pytest.fail("what is in needs no drawing"))
    assert run(workspace, f"sneakers:catalogue:{CHUNK}:5").unchanged == CHUNK


def test_a_larger_count_only_adds(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    run(workspace, "sneakers:independent:5")
    report = run(workspace, "sneakers:independent:9")
    assert (report.added, report.unchanged, report.updated) == (4, 5, 0)


WRONG = (
    "sneakers:boots",
    "sneakers:catalogue:0",
    "sneakers:catalogue:many",
    "sneakers:catalogue:1000001",
    "sneakers:catalogue:5:-1",
    "sneakers:catalogue:5:99999999999",
    "sneakers:catalogue:5:1:1",
    "sneakers:catalogue:²",
)


@pytest.mark.parametrize("address", WRONG)
def test_a_wrong_address_is_told(address: str) -> None:
    with pytest.raises(CatalogueError, match=r"sneakers:.*(write|must be)"):
        read(address, Columns())


def test_a_killed_drawing_process_is_told() -> None:
    with RenderPool("catalogue", 0, 32, 10_000) as studio:
        assert studio.picture(0)
        for process in studio._started:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        with pytest.raises(CatalogueError, match="ended before"):
            list(map(studio.picture, range(CHUNK, 10_000, CHUNK)))


def test_a_closed_studio_leaves_no_process() -> None:
    studio = RenderPool("catalogue", 0, 32, 200)
    studio.picture(199)
    processes = list(studio._started)
    assert processes
    studio.close()
    assert all(process.poll() is not None for process in processes)
