"""Codes made elsewhere are those made here: by one process, by two workers of a real Ray cluster that read a real S3
server, and where one of them is killed.
"""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import psutil
import pyarrow as pa
import pytest
from moto.server import ThreadedMotoServer
from PIL import Image

from looks_like.data import shared_tables
from looks_like.data.embeddings import drop_codes, read_embedding, write_codes
from looks_like.data.errors import CatalogueError
from looks_like.data.shared_tables import SharedTables
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.maps.growing import many_machines
from looks_like.explorer.maps.growing.many_machines import encode_there
from looks_like.explorer.search.likeness.similar import similar_to
from looks_like.explorer.training.configuration import TrainRequest
from looks_like.explorer.training.running.run import train
from looks_like.explorer.training.running.together import Together, train_together
from looks_like.model.disk.card import write_model_files
from looks_like.model.errors import ModelError
from looks_like.model.family import create

WAIT_S = 120
# Ray warns of what it does itself, and takes its time where others work too
pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.timeout(900)]
BUCKET = "shop"


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """Without codes of its own, so that those of others show."""
    shutil.copytree(lab.workspace.folder, tmp_path / "workspace")
    own = Lab(tmp_path / "workspace")
    drop_codes(own.workspace, "tiny")
    return own


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """The address of a bucket, on a server of S3's protocol; in the environment what it takes to get there, and a key
    to the cluster of these tests alone.
    """
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        said = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "REGION": "us-east-1", "ALLOW_HTTP": "true"}
        for name, value in (said | {"ENDPOINT": f"http://{host}:{port}"}).items():
            patch.setenv(f"AWS_{name}", value)
        for name, value in {"AUTH_MODE": "token", "AUTH_TOKEN": "0" * 64, "USAGE_STATS_ENABLED": "0"}.items():
            patch.setenv(f"RAY_{name}", value)
        boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1").create_bucket(Bucket=BUCKET)
        yield f"s3://{BUCKET}"
    server.stop()


@pytest.fixture(scope="module")
def cluster(storage: str) -> Iterator[str]:
    """The address of a Ray of this machine: four cores by name, of which two workers take two."""
    folder = tempfile.mkdtemp(prefix="ray-")  # a short path: sockets lie in it
    command = [str(Path(sys.executable).with_name("ray")), "start", "--head", "--block", "--port=0", "--num-cpus=4"]
    command += ["--node-ip-address=127.0.0.1", "--include-dashboard=false", f"--temp-dir={folder}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    said, end = Path(folder) / "ray_current_cluster", time.monotonic() + WAIT_S
    while not said.exists() and time.monotonic() < end:
        assert process.poll() is None
        time.sleep(0.1)
    yield said.read_text("utf-8").strip()
    for each in [*psutil.Process(process.pid).children(recursive=True), process]:  # asked, it takes half a minute
        each.kill()
    process.wait(WAIT_S)
    shutil.rmtree(folder, ignore_errors=True)


def assert_same_codes(own: Lab, lab: Lab, atol: float = 1e-4) -> None:
    found, here = (read_embedding(each.workspace, "tiny") for each in (own, lab))
    assert found is not None
    assert here is not None
    assert found.weights == here.weights
    assert len(found.product_ids) == len(here.product_ids)
    of_id = dict(zip(here.product_ids, here.z_nd, strict=True))
    np.testing.assert_allclose(found.z_nd, [of_id[key] for key in found.product_ids], atol=atol)


def test_codes_made_in_a_folder_are_those_made_here_and_are_made_once(own: Lab, lab: Lab, tmp_path: Path) -> None:
    address = str(tmp_path / "there")
    assert list(encode_there(own, "tiny", address))[-1].done == 80
    assert_same_codes(own, lab)
    assert list(encode_there(own, "tiny", address))[-1].total == 0
    other = Lab(tmp_path / "other")
    shutil.copytree(own.workspace.models, other.workspace.models)
    assert list(encode_there(other, "tiny", address))[-1].total == 0  # without products


def test_codes_that_are_here_already_are_brought_and_not_made_again(lab: Lab, tmp_path: Path) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "coded")
    coded, address = Lab(tmp_path / "coded"), str(tmp_path / "there")
    assert list(encode_there(coded, "tiny", address))[-1].total == 0
    found, here = (
        read_embedding(*at) for at in ((SharedTables(address), lab.weights("tiny")), (lab.workspace, "tiny"))
    )
    assert found is not None
    assert here is not None
    there = dict(zip(found.product_ids, found.z_nd, strict=True))
    assert sorted(there) == sorted(here.product_ids)
    for product_id, z_d in zip(here.product_ids, here.z_nd, strict=True):
        np.testing.assert_array_equal(there[product_id], z_d)


@pytest.mark.slow
def test_two_workers_make_the_same_codes_of_pictures_in_object_storage(
    own: Lab, lab: Lab, cluster: str, storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_machines, "_BLOCK", 10)
    words = ["encode", "tiny", "--at", f"{storage}/two", "--cluster", cluster, "--workspace", str(own.workspace.folder)]
    assert run(words) == (0, "")
    assert_same_codes(own, lab)


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_time_and_no_code(
    own: Lab, lab: Lab, cluster: str, storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_machines, "_BLOCK", 4)
    killed = list[int]()
    for now in encode_there(own, "tiny", f"{storage}/killed", cluster):
        if now.stage == "Encoding" and now.done and not killed:
            killed.append(workers("Encoder")[0])
            os.kill(killed[0], signal.SIGKILL)
    assert killed
    assert (now.done, now.total) == (80, 80)
    assert_same_codes(own, lab)


def workers(called: str) -> list[int]:
    return [each.pid for each in psutil.process_iter(["cmdline"]) if called in " ".join(each.info["cmdline"] or [])]


def test_whoever_is_stopped_goes_on_where_they_were(own: Lab, lab: Lab, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(many_machines, "_BLOCK", 10)
    monkeypatch.setattr(many_machines, "_COMMIT", 20)
    stopped = encode_there(own, "tiny", str(tmp_path / "there"))
    while (now := next(stopped)).stage != "Encoding" or now.done < 50:
        pass
    stopped.close()
    assert list(encode_there(own, "tiny", str(tmp_path / "there")))[-1].total == 40
    assert_same_codes(own, lab)


def test_a_picture_that_changed_is_encoded_again_and_one_that_is_none_is_passed_over(
    own: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = str(tmp_path / "there")
    list(encode_there(own, "tiny", address))
    table = SharedTables(address).require_products()
    table.delete("product_id IN ('0003', '0004')")
    broken = [["0003", "strange"], ["a" * 64, "b" * 64], pa.array([b"no picture", b""], pa.large_binary())]
    table.add(pa.table(broken, schema=table.schema))
    words = ["encode", "tiny", "--at", address, "--json", "--workspace", str(own.workspace.folder)]
    assert run(words) == (0, "")
    said = json.loads(capsys.readouterr().out)
    assert (said["encoded"], said["unread"]) == (0, 1)  # both products are brought again; they have codes


def test_bombs_and_rows_of_one_id_at_an_address_stop_nobody(own: Lab, tmp_path: Path) -> None:
    there, bomb, flat = SharedTables(str(tmp_path / "there")), io.BytesIO(), io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    Image.new("RGB", (64, 32)).save(flat, "PNG")
    list(there.put(own.imported_catalogue()))
    good = own.catalogue().pictures([3, 4])
    pictures = pa.array([bomb.getvalue(), flat.getvalue(), None, b"x" * 1000, *good], pa.large_binary())
    ids = ["bomb", "flat", "none", "noise", "twice", "twice"]
    table = there.require_products()
    table.add(pa.table([ids, [str(i) for i in range(6)], pictures], schema=table.schema))
    now = list(encode_there(own, "tiny", there.address))[-1]
    assert (now.done, now.total) == (81, 85)
    assert there.code(own.weights("tiny"), "twice") == pytest.approx(own.space("tiny").code(4), abs=1e-3)
    assert list(encode_there(own, "tiny", there.address))[-1].total == 4  # those that are none are tried again


def test_a_link_in_a_model_of_a_stranger_sends_nothing_away(own: Lab, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", "utf-8")
    (own.folder("tiny") / "history.csv").unlink(missing_ok=True)
    (own.folder("tiny") / "history.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(ModelError, match="is a link to another folder"):
        list(encode_there(own, "tiny", str(tmp_path / "there")))


def test_what_is_sent_back_lands_in_the_folder_of_its_model_alone(tmp_path: Path) -> None:
    write_model_files(tmp_path / "models" / "m", {"../../outside": b"x", "/outside": b"x", "card.json": b"{}"})
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["card.json"]


def test_what_is_similar_among_what_lies_there_is_what_is_similar_here(
    own: Lab, lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = str(tmp_path / "there")
    list(encode_there(own, "tiny", address))
    words = ["--at", address, "-k", "5", "--model", "tiny", "--json", "--workspace", str(own.workspace.folder)]
    assert run(["similar", "0007", *words]) == (0, "")
    found = json.loads(capsys.readouterr().out)
    here = similar_to(lab, "tiny", 7, 5)
    assert [each["id"] for each in found] == [each.product.product_id for each in here]
    np.testing.assert_allclose(
        [each["distance"] for each in found], [each.product.distance for each in here], rtol=1e-3
    )
    picture = tmp_path / "photograph.jpg"
    picture.write_bytes(own.catalogue().pictures([7])[0])
    assert run(["similar", str(picture), *words]) == (0, "")
    assert json.loads(capsys.readouterr().out)[0]["id"] == "0007"
    assert "no product 'nobody' with a code lies at" in run(["similar", "nobody", *words])[1]
    assert "--at takes a product" in run(["similar", "0007", "--copies", *words])[1]


def test_an_index_finds_nearly_all_nearest_and_takes_in_what_comes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_tables, "_INDEXED_FROM", 2_000)
    monkeypatch.setattr(shared_tables, "_PROBES_MAX", 12)
    there, rng = SharedTables(str(tmp_path / "there")), np.random.default_rng(0)

    def add(begin: int, end: int) -> None:
        ids = [f"{number:05d}" for number in range(begin, end)]
        write_codes(there, "w", "w", ids, ids, rng.standard_normal((end - begin, 8)).astype(np.float32))

    add(0, 1_000)
    assert there.index_codes("w") is None  # few need none
    add(1_000, 3_000)
    recall = there.index_codes("w")
    assert recall is not None
    assert 0.8 < recall < 1
    add(3_000, 4_000)
    assert there.index_codes("w") is not None
    [index] = there.tables.open_table("codes--w").list_indices()
    assert (index.num_indexed_rows, index.num_unindexed_rows) == (4_000, 0)
    assert there.nearest("w", there.code("w", "03500"), 1) == [("03500", 0.0)]


def test_what_is_wrong_with_an_address_is_said(own: Lab, tmp_path: Path, storage: str) -> None:
    with pytest.raises(CatalogueError, match="check the address, and the keys"):
        list(encode_there(own, "tiny", "s3://no-such-bucket/x"))
    empty = Lab(tmp_path / "empty")
    shutil.copytree(own.workspace.models, empty.workspace.models)
    with pytest.raises(CatalogueError, match="no products lie at"):
        list(encode_there(empty, "tiny", str(tmp_path / "nothing")))
    strange = SharedTables(str(tmp_path / "strange"))
    strange.tables.create_table("products", pa.table({"product_id": ["a"], "_picture": [b""]}))
    with pytest.raises(CatalogueError, match="have no column _picture_sha256"):
        list(encode_there(empty, "tiny", strange.address))
    assert "--cluster needs --at" in run(["encode", "--cluster", "auto", "--workspace", str(own.workspace.folder)])[1]


def test_a_cluster_that_does_not_answer_is_said(own: Lab, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no Ray cluster answers at 127"):
        list(encode_there(own, "tiny", str(tmp_path / "there"), "127.0.0.1:1"))


SMALL: dict[str, Any] = {"size": 32, "latent": 6, "width": 8, "depth": 0, "batch": 16}


def weights_of(lab: Lab, model: str) -> dict[str, Any]:
    return dict(lab.net(model).state_dict())


@pytest.mark.slow
def test_two_workers_train_the_model_that_one_trains_in_turn(own: Lab, cluster: str, storage: str) -> None:
    request = TrainRequest("vae", "in-turn", SMALL, steps=12, shares=2)
    for _ in train(own, request):
        pass
    words = ["train", "vae", "--name", "there", "--steps", "12", "--workers", "2", "--at", f"{storage}/train"]
    words += [f"--set={key}={value}" for key, value in SMALL.items()]
    assert run([*words, "--cluster", cluster, "--workspace", str(own.workspace.folder)]) == (0, "")
    begun = create("vae", **own.card("in-turn").settings).state_dict()
    here, there = weights_of(own, "in-turn"), weights_of(own, "there")
    moved, apart = (
        sum(float((one[key].double() - other[key]).square().sum()) for key in begun) ** 0.5
        for one, other in ((here, begun), (there, here))
    )
    assert apart < 1e-2 * moved
    assert own.card("there").shares == 2
    assert own.card("there").measures["mse"] == pytest.approx(own.card("in-turn").measures["mse"], rel=1e-2)
    assert list(encode(own, "there"))[-1] == (80, 80)


@pytest.mark.slow
def test_a_worker_that_is_killed_while_training_costs_steps_that_are_taken_again(
    own: Lab, cluster: str, storage: str
) -> None:
    request = TrainRequest("vae", "killed", {**SMALL, "size": 64}, steps=150, shares=2)
    for _ in train(own, replace(request, name="in-turn")):
        pass
    killed, steps = list[int](), list[int]()
    for now in train_together(own, request, Together(f"{storage}/train", cluster, checkpoint_steps=25)):
        steps.append(now.report.step if now.report else 0)
        if steps[-1] >= 50 and not killed:
            assert not own.card("killed").finished
            killed.append(workers("TrainWorker")[0])
            os.kill(killed[0], signal.SIGKILL)
    assert killed
    assert any(later < earlier for earlier, later in pairwise(steps))  # it began again
    card = own.card("killed")
    assert (card.finished, card.steps) == (True, 150)
    assert not (own.folder("killed") / "checkpoint.safetensors").exists()
    assert card.measures["mse"] == pytest.approx(own.card("in-turn").measures["mse"], rel=0.05)


@pytest.mark.slow
def test_a_training_that_is_stopped_there_goes_on_here(own: Lab, cluster: str, storage: str) -> None:
    request = TrainRequest("vae", "stopped", {**SMALL, "size": 64}, steps=150, shares=2)
    running = train_together(own, request, Together(f"{storage}/train", cluster, checkpoint_steps=25))
    while not (now := next(running)).report or now.report.step < 75:
        pass
    running.close()  # type: ignore[attr-defined]
    assert not own.card("stopped").finished
    going_on = [each for each in train(own, replace(request, resume=True)) if each.report]
    assert going_on[0].report is not None
    assert 25 < going_on[0].report.step <= 150
    assert own.card("stopped").finished


def test_a_training_by_several_has_no_clock(own: Lab, tmp_path: Path) -> None:
    there = Together(str(tmp_path / "there"), "here")
    with pytest.raises(RequestError, match="there is a model 'tiny' already"):
        next(train_together(own, TrainRequest("vae", "tiny", steps=5, shares=2), there))
    with pytest.raises(RequestError, match="say --steps or --epochs in place of a budget"):
        next(train_together(own, TrainRequest("vae", "x", shares=2), there))
    words = ["train", "vae", "--cluster", "here", "--workspace", str(own.workspace.folder)]
    assert "--at and --cluster belong together" in run(words)[1]
