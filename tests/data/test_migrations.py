"""Workspaces of all formats: those kept as they once were, newer ones, and those in the middle of a change."""

import hashlib
import json
import re
import subprocess
import sys
import threading
import zipfile
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from looks_like.data import migrations
from looks_like.data.errors import CatalogueError
from looks_like.data.workspace import Workspace
from looks_like.explorer.clusters import clusters
from looks_like.explorer.core import Lab
from looks_like.explorer.selecting import list_views
from looks_like.explorer.tags import add, history, tags
from looks_like.explorer.tags.carried import tags_of

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = sorted((ROOT / "tests" / "golden").glob("workspace-*.zip"))
BYTES_MAX = 5_000_000  # of all files of one, unpacked
every_format = pytest.mark.parametrize("archive", GOLDEN, ids=lambda path: path.stem)


def unpacked(archive: Path, folder: Path) -> Path:
    """The workspace of an archive, none of whose files may lie elsewhere."""
    with zipfile.ZipFile(archive) as file:
        assert sum(entry.file_size for entry in file.infolist()) < BYTES_MAX
        for entry in file.infolist():
            path = PurePosixPath(entry.filename)
            assert not path.is_absolute() and ".." not in path.parts and "\\" not in entry.filename  # noqa: PT018
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(file.read(entry))
    return folder


def files(folder: Path) -> dict[str, str]:
    """{path: hash}, locks left out."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def read_all(folder: Path) -> dict[str, object]:
    """What people have in a golden workspace, in plain values."""
    lab = Lab(folder)
    catalogue, space, view = lab.catalogue(), lab.space("tiny"), lab.map_view("tiny", "pca")
    rows = catalogue.there.tolist()
    places_n2 = view.xy_n2[rows]
    return {
        "ids": [catalogue.product_ids[row] for row in rows],
        "first": catalogue.values(0),
        "pictures": sum(len(picture) > 0 for picture in catalogue.pictures(rows)),
        "tags": {tag.tag: [row for row in rows if tag.tag in tags_of(lab, row)] for tag in tags(lab)},
        "log": len(history(lab)),
        "model": (space.card.family, space.latent, space.size, lab.card("tiny").finished),
        "codes": space.z_nd.shape,
        "decoded": space.decode(space.z_nd[:1]).shape,
        "map": (places_n2.shape, bool(np.isfinite(places_n2).all()), view.card.method, view.missing),
        "views": [(view.name, view.page, view.link, view.who) for view in list_views(lab)],
        "clusters": [cluster.name for cluster in clusters(lab, "tiny", "k-means")][:1],
        "clustered": sum(cluster.size for cluster in clusters(lab, "tiny", "k-means")),
    }


EXPECTED = {
    "ids": [f"sku-{number}" for number in range(24)],
    "first": {"brand": "A", "price": 10},
    "pictures": 24,
    "tags": {"summer": [0, 1, 2]},
    "log": 3,
    "model": ("vae", 2, 32, True),
    "codes": (24, 2),
    "decoded": (1, 32, 32, 3),
    "map": ((24, 2), True, "pca", 0),
    "views": [("All", "map", "model=tiny&map=pca", "golden")],
    "clusters": ["Firsts"],
    "clustered": 24,
}


def test_each_format_has_been_kept_and_is_small() -> None:
    assert [path.stem for path in GOLDEN] == [f"workspace-{number}" for number in range(migrations.newest() + 1)]
    assert all(path.stat().st_size < 150_000 for path in GOLDEN)


@every_format
def test_an_older_workspace_reads_as_it_did_and_reading_changes_nothing(archive: Path, tmp_path: Path) -> None:
    folder = unpacked(archive, tmp_path / "w")
    before = files(folder)
    assert read_all(folder) == EXPECTED
    assert files(folder) == before


@every_format
def test_who_writes_first_brings_it_up_to_the_newest_format(archive: Path, tmp_path: Path) -> None:
    folder = unpacked(archive, tmp_path / "w")
    add(Lab(folder), "autumn", [5], "somebody")
    said = json.loads((folder / migrations.FILE).read_text("utf-8"))
    assert said["format"] == migrations.newest()
    assert said["made by"].startswith("Looks Like")
    assert read_all(folder) == EXPECTED | {"tags": {"autumn": [5], "summer": [0, 1, 2]}, "log": 4}


@pytest.mark.parametrize("begin", ["write_lock", "edit_lock", "training_lock"])
def test_every_kind_of_writer_sets_the_number(begin: str, tmp_path: Path) -> None:
    with getattr(Workspace(tmp_path / "w"), begin)("x"):
        assert migrations.read_format(tmp_path / "w") == migrations.newest()


def test_a_newer_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    ours, number = Workspace(tmp_path), migrations.newest() + 1
    (tmp_path / migrations.FILE).write_text(json.dumps({"format": number, "made by": "Looks Like 99"}))
    says = f"has format {number}, written by Looks Like 99; .* reads formats up to {number - 1}: update it, or choose"
    with pytest.raises(CatalogueError, match=says):
        Workspace(tmp_path)
    for begin in (ours.write_lock, ours.edit_lock, ours.training_lock):  # one that was opened before it became so
        with pytest.raises(CatalogueError, match=says), begin("x"):
            pass
    assert json.loads((tmp_path / migrations.FILE).read_text("utf-8"))["format"] == number


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "1"}', '{"format": true}', '{"format": -1}', "[" * 9000])
def test_a_number_that_can_not_be_read_is_never_taken_for_another(text: str, tmp_path: Path) -> None:
    (tmp_path / migrations.FILE).write_text(text)
    with pytest.raises(CatalogueError, match=re.escape(f"{tmp_path / migrations.FILE} can't be read")):
        Workspace(tmp_path)


KILLED = """
import os, sys
from pathlib import Path
from looks_like.data import migrations
from looks_like.data.workspace import Workspace

folder, dies_at = Path(sys.argv[1]), sys.argv[2]

def step(name):
    def run(folder):
        for half in ("a", "b"):
            (folder / f"{name}-{half}").write_text("done")
            with open(folder / "ran", "a") as file:
                file.write(f"{name}-{half} ")
            if f"{name}-{half}" == dies_at:
                os._exit(9)
    return run

migrations.MIGRATIONS.clear()
migrations.MIGRATIONS.update({0: step("first"), 1: step("second")})
with Workspace(folder).write_lock("a change"):
    print(migrations.read_format(folder), sorted(path.name for path in folder.glob("*-[ab]")))
"""


@pytest.mark.parametrize(
    ("dies_at", "number", "ran_again"),
    [
        ("first-a", 0, "first-a first-a first-b second-a second-b "),
        ("first-b", 0, "first-a first-b first-a first-b second-a second-b "),
        ("second-a", 1, "first-a first-b second-a second-a second-b "),
        ("second-b", 1, "first-a first-b second-a second-b second-a second-b "),
    ],
)
def test_a_kill_in_the_middle_is_made_good_by_the_next_writer(
    dies_at: str, number: int, ran_again: str, tmp_path: Path
) -> None:
    def run(dies_at: str) -> "subprocess.CompletedProcess[str]":
        words = [sys.executable, "-c", KILLED, str(tmp_path), dies_at]
        return subprocess.run(words, cwd=ROOT, capture_output=True, text=True)

    assert run(dies_at).returncode == 9
    written = tmp_path / migrations.FILE
    assert (json.loads(written.read_text("utf-8"))["format"] if written.exists() else 0) == number
    done = run("")
    assert done.stdout.strip() == "2 ['first-a', 'first-b', 'second-a', 'second-b']", done.stderr
    assert (tmp_path / "ran").read_text() == ran_again


def test_writers_of_all_kinds_at_once_migrate_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Path] = []
    monkeypatch.setattr(migrations, "MIGRATIONS", {0: ran.append})
    together, went = threading.Barrier(6), []

    def change(number: int) -> None:
        workspace = Workspace(tmp_path)
        together.wait()
        with workspace.edit_lock(f"things-{number}"):
            went.append(migrations.read_format(tmp_path))

    threads = [threading.Thread(target=change, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (ran, went) == ([tmp_path], [1] * 6)
