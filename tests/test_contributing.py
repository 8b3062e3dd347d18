"""CONTRIBUTING.md does what it says: its templates, as they stand there, make members that pass the contract tests."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (A .+?)\n(.+?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL))
BLOCK = re.compile(r"^In `([^`]+)`, (a new file|at its end|after `([^`]+)`):\n\n```python\n(.*?)^```$", re.M | re.S)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)
PLACES = ("data", "docs", "explorer", "looks_like", "model", "tests")
KINDS = {"family", "map method", "measure", "curve", "source", "page", "command", "route"}
FILES_MAX = 3  # of one section, pages that are made not counted
NEW = "sparse or calm or eased or participation or one_picture or models or ids_are or counted"
LOOK = """
import json, sys
import numpy as np
import looks_like
from looks_like.explorer.interfaces.pages import PAGES
from looks_like.model.families import create
from looks_like.model.geometry import CURVES
from looks_like.model.maps import fit_map
from looks_like.model.metrics import metrics
from looks_like.model.training import Trainer

pixels_nhwc = np.random.default_rng(0).integers(0, 256, (32, 32, 32, 3), np.uint8)
model = create("sparse-autoencoder", size=32, latent=4, width=8, batch=16, sparsity=2.0)
trainer = Trainer(model, pixels_nhwc, pixels_nhwc[:0], steps=1)
steps = [report.step for report in trainer.reports(every=1)]
xy_n2 = fit_map("calm", np.random.default_rng(0).standard_normal((40, 4)).astype(np.float32))
print(json.dumps({
    "from": looks_like.__file__,
    "steps": steps,
    "map": xy_n2.shape,
    "measure": metrics()["participation"].title,
    "curve": CURVES["eased"].title,
    "page": PAGES["models"].title,
}))
"""


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command of Python in the copy, which is found before the program that is installed."""
    env = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run([sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True)


def copy_program(folder: Path) -> None:
    """All files of the repository, links as links."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a checkout of git")
    for name in listed.stdout.splitlines():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)


def apply(section: str, folder: Path) -> None:
    """Does what a section says to files of the copy."""
    for path, place, anchor, code in BLOCK.findall(SECTIONS[section]):
        file = folder / path
        if place == "a new file":
            assert not file.exists(), path
            file.write_text(code, "utf-8")
            continue
        text, code = file.read_text("utf-8"), ("\n\n" if code.startswith(("def ", "@")) else "") + code
        if place == "at its end":
            file.write_text(text + code, "utf-8")
        else:
            assert text.count(f"{anchor}\n") == 1, f"{path} has no line {anchor!r} any more: mend CONTRIBUTING.md"
            file.write_text(text.replace(f"{anchor}\n", f"{anchor}\n{code}"), "utf-8")


def commands_of(section: str) -> Sequence[list[str]]:
    return [line.split()[1:] for block in SHELL.findall(SECTIONS[section]) for line in block.splitlines()]


def test_every_kind_of_member_has_its_section() -> None:
    assert {section.removeprefix("A ") for section in SECTIONS} == KINDS


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_touches_three_files_at_most(section: str) -> None:
    files = {path for path, *_ in BLOCK.findall(SECTIONS[section])}
    assert 1 <= len(files) <= FILES_MAX
    assert SECTIONS[section].count("```python") == len(BLOCK.findall(SECTIONS[section])), "a template without its file"
    assert any(path.startswith("tests/") for path in files) or "Contract: `tests/" in SECTIONS[section]
    assert all(path.split("/")[0] in PLACES for path in files)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with one more of each."""
    folder = tmp_path_factory.mktemp("grown")
    copy_program(folder)
    for section in SECTIONS:
        apply(section, folder)
    for section in SECTIONS:
        for words in commands_of(section):
            done = run(folder, *words)
            assert not done.returncode, done.stderr
    return folder


@pytest.mark.slow
def test_the_new_members_are_where_people_look(grown: Path) -> None:
    done = run(grown, "-W", "ignore", "-c", LOOK)
    assert not done.returncode, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert Path(said.pop("from")).is_relative_to(grown)
    assert said == {
        "steps": [1],
        "map": [40, 2],
        "measure": "Participation ratio",
        "curve": "Eased (straight, slow at both ends)",
        "page": "Models",
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("morph", "eased"),
        ("map", "calm"),
        ("train", "sparse-autoencoder"),
        ("import", "one picture"),
        ("ids", "ids of"),
    ],
)
def test_the_helps_name_the_new_members(grown: Path, command: str, says: str) -> None:
    done = run(grown, "-m", "looks_like", command, "--help")
    assert says in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_a_film_along_the_new_curve_is_made(grown: Path, lab: object, tmp_path: Path) -> None:
    home = str(lab.workspace.folder)  # type: ignore[attr-defined]
    words = ["morph", "0003", "0040", "--curve", "eased", "--steps", "5", "--out", str(tmp_path / "x.json")]
    done = run(grown, "-m", "looks_like", *words, "-w", home)
    assert not done.returncode, done.stderr
    assert json.loads((tmp_path / "x.json").read_text("utf-8"))["curve"] == "eased"


@pytest.mark.slow
@pytest.mark.parametrize("words", [("check",), ("format", "--check")], ids=" ".join)
def test_the_templates_are_as_ruff_likes_them(grown: Path, words: tuple[str, ...]) -> None:
    done = run(grown, "-m", "ruff", *words, "--no-cache", ".")
    assert not done.returncode, done.stdout


@pytest.mark.slow
def test_the_new_members_keep_the_rules_of_the_house(grown: Path) -> None:
    chosen = [
        "tests/test_architecture.py",
        "tests/test_docs.py",
        "tests/model/test_curves.py",
        "tests/data/test_sources.py",
    ]
    done = run(grown, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen, "-k", "not readme")
    assert not done.returncode, done.stdout[-6000:]


@pytest.mark.slow
def test_the_new_members_pass_the_tests_of_all_members(grown: Path) -> None:
    done = run(
        grown,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/model",
        "tests/data",
        *(["tests/test_pages.py", "tests/test_commands.py", "tests/test_routes.py"]),
        "-k",
        f"{NEW} or navigation or menu",
    )
    assert not done.returncode, done.stdout[-6000:]
