"""The command for a GPU machine, in its tiniest form on a processor: every part of it runs and says what it is."""

import json
import subprocess
import sys
import threading
import time
from multiprocessing.pool import ThreadPool
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.gpu import __main__ as command
from benchmarks.gpu import report
from benchmarks.gpu.form import CPU, FAMILIES, GPU, Figure, form_of
from benchmarks.gpu.nearest import Tiles
from benchmarks.gpu.sprites import ANCHORS, Row, _collect, measured
from looks_like.model.device import Device
from looks_like.model.families import FAMILIES as KNOWN
from looks_like.model.family import NETWORKS


@pytest.mark.slow
def test_the_command_measures_all_and_says_that_there_is_no_gpu(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "pick_device", lambda: Device("cpu", torch.float32, "a test"))
    assert command.main(["--quick", "--minutes", "60", "--out", str(tmp_path)]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "No GPU here" in said["said"]
    assert said["missing"] == []
    whats = " ".join(figure["what"] for figure in said["figures"])
    assert list(said["seconds_of_parts"]) == list(command.PARTS)
    for word in (
        *("train, 64 px", "encode, 64 px", "decode one picture", "60 exact queries"),
        *("before the first step, 64 px", "last stage, 32 px", "rebuilt sneakers, 32 px, after 2 s"),
    ):
        assert word in whats
    assert [row["family"] for row in said["sprites"]] == list(FAMILIES)
    assert all({"mig", "sampled_mig", "factor_vae_score"} <= row["scores"].keys() for row in said["sprites"])
    assert all(row["negative_elbo"] == row["reconstruction_nats"] + row["kl_nats"] for row in said["sprites"])
    kept = json.loads((tmp_path / f"{said['name']}.json").read_text("utf-8"))
    assert kept == said
    crowded = {**said, "machine": {**said["machine"], "load": 9.0, "cores": 2}}
    alone = {**said, "machine": {**said["machine"], "load": 0.5, "cores": 2}}
    assert "Measure again when it is quiet" in report.markdown(crowded)
    assert "Measure again when it is quiet" not in report.markdown(alone)
    assert "| factor-vae | 0 |" in (tmp_path / f"{said['name']}.md").read_text("utf-8")


def test_some_parts_can_be_asked_for_and_keep_a_file_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "pick_device", lambda: Device("cpu", torch.float32, "a test"))
    pictures_nhwc = np.random.default_rng(0).integers(0, 256, (60, 32, 32, 3), np.uint8)
    np.save(tmp_path / "pictures.npy", pictures_nhwc)
    words = ["--quick", "--only", "quality,neighbours", "--pictures", str(tmp_path / "pictures.npy")]
    assert command.main([*words, "--out", str(tmp_path)]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(said["seconds_of_parts"]) == ["neighbours", "quality"]
    assert said["sprites"] == []
    assert any(figure["unit"] == "MSE" and figure["more"]["steps"] > 0 for figure in said["figures"])
    assert (tmp_path / f"{said['name']}-neighbours-quality.json").exists()
    with pytest.raises(SystemExit):
        command.main(["--only", "cooking"])
    assert "no part cooking; there are: neighbours, starting, training" in capsys.readouterr().err


@pytest.mark.slow
def test_a_script_without_a_guard_may_call_it(tmp_path: Path) -> None:
    """Processes that are spawned read the script again: they must not begin the benchmark once more."""
    script = tmp_path / "unguarded.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(Path(command.__file__).parents[2])!r})\n"
        f"from benchmarks.gpu.__main__ import main\n"
        f"print('answered', main(['--quick', '--minutes', '60', '--only', 'sprites', '--out', {str(tmp_path)!r}]))\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert [line for line in done.stdout.splitlines() if line.startswith("answered")][-1] == "answered 0"
    assert done.stderr.count("drawing 400 sprites") == 1


def test_the_trees_are_one_job_and_the_quick_scores_another() -> None:
    rng = np.random.default_rng(0)
    factors_nf = rng.integers(0, 2, (150, 2))
    z_nd = (factors_nf + 0.1 * rng.normal(size=(150, 2))).astype(np.float32)
    assert [score.key for score in measured("mig", z_nd, factors_nf)] == ["mig", "factor_vae_score"]
    trees = {score.key: score.value for score in measured("dci", z_nd, factors_nf)}
    assert list(trees) == ["disentanglement", "completeness", "informativeness"]
    assert min(trees.values()) > 0.9  # each dimension tells one factor


def test_what_is_not_done_in_time_is_named() -> None:
    done = threading.Event()
    with ThreadPool(2) as pool:
        late = pool.apply_async(done.wait, (200,))
        broken = pool.apply_async(measured, ("mig", np.zeros((3, 2)), np.zeros((3, 1), int)))
        row = Row("vae", 0, 1, 1, 1.0, 1.0, 1, 1.0, 1.0, 2.0, {})
        _collect(row, "dci", late, time.perf_counter())
        _collect(row, "mig", broken, time.perf_counter() + 200)
        done.set()
    assert row.missing[0] == "dci was not done when the time was up"
    assert row.missing[1].startswith("mig broke: ModelError: ")


@pytest.mark.slow
def test_the_command_starts_where_nothing_but_torch_and_scikit_learn_is() -> None:
    blocked = ["faiss", "lancedb", "pyarrow", "thorvg", "openTSNE", "umap", "streamlit", "plotly", "typer", "PIL"]
    block = f"import sys; sys.modules.update(dict.fromkeys({blocked}))"
    subprocess.run([sys.executable, "-c", f"{block}; import benchmarks.gpu.__main__"], check=True)


def test_every_family_of_the_table_exists_and_has_its_anchor() -> None:
    named = {name.partition(", ")[0]: name.partition(", ")[2] for name in FAMILIES}
    assert named.keys() <= KNOWN.keys()
    assert ANCHORS.keys() == named.keys()
    assert set(named.values()) <= {"", *NETWORKS}


def test_a_part_that_breaks_is_named_and_the_next_one_runs() -> None:
    run = command.Run(CPU, Device("cpu", torch.float32, "a test"))

    def broken() -> None:
        raise RuntimeError("out of memory")

    done: list[int] = []
    run.part("neighbours", broken)
    run.part("training", lambda: done.append(1))
    assert run.missing == ["neighbours broke: RuntimeError: out of memory"]
    assert done == [1]


@pytest.mark.parametrize("tile_bytes", [1, 2**16, 2**30])
def test_tiles_find_the_exact_neighbours(tile_bytes: int) -> None:
    rng = np.random.default_rng(0)
    z_nd = rng.normal(size=(30_000, 8)).astype(np.float32)
    z_md = rng.normal(size=(5, 8)).astype(np.float32)
    exact_mn = np.linalg.norm(z_nd[None].astype(np.float64) - z_md[:, None], axis=2)
    index_mk, distance_mk = Tiles(z_nd, "cpu", tile_bytes).nearest(torch.from_numpy(z_md), 6)
    np.testing.assert_array_equal(index_mk.numpy(), exact_mn.argsort(1)[:, :6])
    np.testing.assert_allclose(distance_mk.numpy(), np.sort(exact_mn, 1)[:, :6], rtol=1e-5)


def test_the_rows_that_fill_the_last_block_are_nobodys_neighbours() -> None:
    z_nd = np.full((1030, 2), 5, np.float32)  # the filling is at 0, where the query is
    index_mk, distance_mk = Tiles(z_nd, "cpu", 2**20).nearest(torch.zeros(1, 2), 4)
    assert int(index_mk.max()) < 1030
    assert distance_mk.numpy() == pytest.approx(np.full((1, 4), 50**0.5))


def test_a_ratio_above_one_is_always_better() -> None:
    assert Figure("train", 300.0, "pictures/s", "eager", 100.0).ratio == 3
    assert Figure("decode", 2.0, "ms", "eager", 6.0).ratio == 3
    assert Figure("decode", 2.0, "ms", "eager").ratio is None


def test_a_gpu_gets_the_full_form() -> None:
    assert form_of(Device("cuda", torch.bfloat16, "a test"), quick=False) is GPU
    assert form_of(Device("cpu", torch.float32, "a test"), quick=False) is CPU


def test_a_machine_is_named_by_its_processor_where_there_is_no_gpu() -> None:
    here = {"cpu": "AMD EPYC (cpu family 26, model 2)", "cores": 2}
    assert report.machine_name(Device("cpu", torch.float32, "a test"), here) == "amd-epyc-2-cores"
