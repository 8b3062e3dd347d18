"""The demo: whole at once, in pieces after a kill at any stage, and never over somebody's own products."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from looks_like.data.sources import Columns
from looks_like.explorer import training
from looks_like.explorer.core import encoding
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.status import status_of
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.jobs.queue import INTERRUPTED, Job, Jobs, write_record
from looks_like.explorer.training import demo
from looks_like.explorer.training.known_codes import keep_codes, take_known_codes

ROOT = Path(__file__).resolve().parent.parent
ALL = ("pca", "tsne")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, lab: Lab, shop: Any) -> None:
    """The shop stands in for the sneakers, and its model for theirs."""
    monkeypatch.setattr(demo, "SOURCE", str(shop.table))
    monkeypatch.setattr(demo, "SHIPPED", lab.folder("tiny"))


@pytest.fixture
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "_spawn", lambda jobs, job: None)


def told(lab: Lab, maps: tuple[str, ...] = ALL) -> tuple[list[str], list[demo.DemoProgress]]:
    reports: list[demo.DemoProgress] = []
    return demo.make_demo(lab, 80, maps, reports.append), reports


def test_it_ends_with_products_codes_and_maps(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    made, reports = told(lab)
    assert made == ["pca", "tsne"]
    status = status_of(lab)
    assert (status.products, status.models[0]["name"], status.models[0]["products_without_code"]) == (80, "sneakers", 0)
    assert [card.name for card in lab.maps("sneakers")] == ["pca", "tsne"]
    assert [report.stage for report in reports if report.done == report.total > 0][-1] == "t-SNE map"
    shares = [report.share for report in reports]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_codes_that_come_with_the_model_are_taken_for_pictures_that_are_the_same(
    tmp_path: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    shutil.copytree(lab.folder("tiny"), shipped)
    assert keep_codes(lab, "tiny", shipped) == 80
    monkeypatch.setattr(demo, "SHIPPED", shipped)
    monkeypatch.setattr(encoding, "encode_finely", lambda *_: pytest.fail("nothing is left to encode"))
    told(Lab(tmp_path / "w"), ("pca",))
    codes = Lab(tmp_path / "w").space("sneakers")
    for row in range(80):
        np.testing.assert_allclose(codes.code(row), lab.space("tiny").code(row), atol=2e-3)


def test_codes_of_other_pictures_or_weights_are_not_taken(
    tmp_path: Path, lab: Lab, open_shop: Callable[..., Any]
) -> None:
    shipped = tmp_path / "shipped"
    shutil.copytree(lab.folder("tiny"), shipped)
    assert take_known_codes(lab, "tiny", shipped) == 0, "nothing was kept"
    keep_codes(lab, "tiny", shipped)
    assert take_known_codes(lab, "tiny", shipped) == 0, "it has codes already"
    other = Lab(tmp_path / "w")
    list(other.import_products(str(open_shop(tmp_path / "shop", 90).table), Columns()))
    other.add_model(lab.folder("tiny"), "tiny")
    with other_weights(shipped):
        assert take_known_codes(other, "tiny", shipped) == 0
    assert take_known_codes(other, "tiny", shipped) == 80
    assert status_of(other).models[0]["products_without_code"] == 10


@contextmanager
def other_weights(folder: Path) -> Iterator[None]:
    """Weights that are not those the codes were made by."""
    path = folder / "weights.safetensors"
    before = path.read_bytes()
    path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    yield
    path.write_bytes(before)


def test_the_first_map_is_of_some_and_jobs_bring_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_process: None
) -> None:
    monkeypatch.setattr(demo, "SOURCE", "sneakers:catalogue:{products}")
    monkeypatch.setattr(training, "FIRST_PRODUCTS", 24)
    asked = ["demo", "--products", "40", "--maps", "pca,umap", "--later", "-w", str(tmp_path)]
    assert run(asked) == (0, "")
    lab = Lab(tmp_path)
    assert (len(lab.catalogue()), [card.name for card in lab.maps("sneakers")]) == (24, ["pca"])
    rest, umap = [list(job.words) for job in Jobs(tmp_path).all()]
    assert rest == ["demo", "--products", "40", "--maps", "pca"]
    assert umap[:4] == ["map", "sneakers", "--method", "umap"]
    before = lab.map_view("sneakers", "pca").xy_n2
    assert run([*rest, "-w", str(tmp_path)]) == (0, "")
    after = lab.map_view("sneakers", "pca")
    assert (len(lab.catalogue()), after.missing) == (40, 0)
    apart = np.linalg.norm(after.xy_n2[:24] - before, axis=1)
    assert np.median(apart) < 0.5 * np.linalg.norm(before - before.mean(0), axis=1).mean(), "it lies over the first"
    assert run(asked) == (0, "")
    assert len(Jobs(tmp_path).all()) == 2, "the other map is still to come, once"


def test_once_more_changes_nothing(tmp_path: Path) -> None:
    told(Lab(tmp_path), ("pca",))
    before = status_of(Lab(tmp_path))
    made, _ = told(Lab(tmp_path), ("pca",))
    assert made == []
    assert status_of(Lab(tmp_path)) == before


@pytest.mark.parametrize("stage", [demo.DRAWING, demo.ENCODING, demo.MAPPING])
@pytest.mark.parametrize("last", [False, True])
def test_stopped_at_any_stage_it_goes_on_to_the_same_end(tmp_path: Path, stage: str, last: bool) -> None:
    def stop(report: demo.DemoProgress) -> None:
        if report.stage == stage and (not last or report.done == report.total):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.make_demo(Lab(tmp_path / "stopped"), 80, ("pca",), stop)
    told(Lab(tmp_path / "stopped"), ("pca",))
    told(Lab(tmp_path / "whole"), ("pca",))
    views = [Lab(tmp_path / name).map_view("sneakers", "pca") for name in ("stopped", "whole")]
    assert views[0].missing == 0
    assert np.allclose(views[0].xy_n2, views[1].xy_n2, atol=1e-5)
    assert not list((tmp_path / "stopped").rglob("*.part"))


@pytest.mark.slow
def test_killed_while_it_draws_it_goes_on(tmp_path: Path, lab: Lab) -> None:
    code = f"""
import pathlib
import looks_like.explorer.training.demo as demo
demo.SOURCE, demo.SHIPPED = "sneakers:catalogue:{{products}}", pathlib.Path({str(lab.folder("tiny"))!r})
from looks_like.explorer.interfaces.commands.main import main
main()"""
    command = [sys.executable, "-c", code, "demo", "--products", "300", "--maps", "pca", "-w", str(tmp_path), "--json"]
    killed = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    while killed.poll() is None and not (tmp_path / "tables").exists():
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(20) == -signal.SIGKILL
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"products": 300, "model": "sneakers", "made": ["pca"], "to_come": []}


def test_more_products_later_make_the_map_anew(tmp_path: Path, shop: Any, open_shop: Callable[..., Any]) -> None:
    few = open_shop(tmp_path / "few", 40)
    here = Lab(tmp_path / "w")
    for _ in here.import_products(str(few.table), Columns()):
        pass
    here.add_model(demo.SHIPPED, demo.MODEL)
    made, _ = told(here, ("pca",))
    assert made == ["pca"]
    assert here.map_view("sneakers", "pca").xy_n2.shape == (80, 2)


def test_products_of_somebody_else_are_not_touched(tmp_path: Path, draw_product: Callable[..., Any]) -> None:
    (tmp_path / "source").mkdir()
    draw_product(1).save(tmp_path / "source" / "mine.png")
    here = Lab(tmp_path / "w")
    for _ in here.import_products(str(tmp_path / "source"), Columns()):
        pass
    with pytest.raises(RequestError, match="holds 1 products that are not the demo's: choose another --workspace"):
        told(here)
    assert status_of(here).products == 1
    assert status_of(here).models == []


def test_a_model_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "models" / "sneakers").mkdir(parents=True)
    (tmp_path / "models" / "sneakers" / "weights.safetensors").write_bytes(b"mine")
    with pytest.raises(RequestError, match=r"another model 'sneakers' already.*models rename sneakers sneakers-before"):
        told(Lab(tmp_path))
    assert (tmp_path / "models" / "sneakers" / "weights.safetensors").read_bytes() == b"mine"


@pytest.mark.parametrize(("products", "maps"), [(19, ("pca",)), (1_000_001, ("pca",)), (80, ("som",))])
def test_a_mistake_is_said_before_anything_is_made(tmp_path: Path, products: int, maps: tuple[str, ...]) -> None:
    with pytest.raises(RequestError, match=r"--products must be between|--maps som: there are pca, tsne, umap"):
        demo.make_demo(Lab(tmp_path / "new"), products, maps, lambda report: None)
    assert not (tmp_path / "new").exists()


# -- at the start of the pages -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_process")
def test_an_empty_workspace_begins_it_and_once_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKS_LIKE_DEMO_PRODUCTS", "80")
    first = demo.start_demo_if_empty(Lab(tmp_path))
    assert first is not None
    assert first.words == ("demo", "--products", "80", "--later")
    demo.start_demo_if_empty(Lab(tmp_path))
    assert len(Jobs(tmp_path).all()) == 1


@pytest.mark.usefixtures("no_process")
def test_a_workspace_with_products_is_left_alone(lab: Lab) -> None:
    assert demo.start_demo_if_empty(lab) is None


@pytest.mark.usefixtures("no_process")
@pytest.mark.parametrize(
    ("ended", "again"),
    [
        ({"state": "failed", "error": INTERRUPTED}, True),
        ({"state": "failed", "error": "the disk is full"}, False),
        ({"state": "cancelled"}, False),
    ],
)
def test_only_a_demo_cut_off_half_way_goes_on(tmp_path: Path, ended: dict[str, str], again: bool) -> None:
    (tmp_path / "jobs").mkdir()
    job = Job("0" * 16 + "-0000", ("demo",), "Demo")
    write_record(tmp_path / "jobs", replace(job, **ended))  # type: ignore[arg-type]
    assert (demo.start_demo_if_empty(Lab(tmp_path)) is not None) == again


@pytest.mark.parametrize(
    ("said", "products"), [("", 30_000), ("300", 300), ("900000", 30_000), ("-1", 30_000), ("²", 30_000)]
)
def test_the_environment_can_only_lower_the_number(said: str, products: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKS_LIKE_DEMO_PRODUCTS", said)
    assert demo.demo_product_count() == products
