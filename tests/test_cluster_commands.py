"""looks-like clusters …, as typed."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.commands.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """run("list") -> (exit code, stdout, stderr), in a copy of the shop's workspace"""
    home = shutil.copytree(lab.workspace.folder, tmp_path / "workspace")

    def typed(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["looks-like", "clusters", *map(str, words), "-w", str(home)])
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return int(code or 0), said.out, said.err

    return typed


def test_from_finding_clusters_to_undoing_a_change(run: Run) -> None:
    code, out, _ = run("make", "--method", "k-means", "-k", 3, "--name", "shelf", "--json")
    made = json.loads(out)
    assert (code, made["name"], made["method"], made["in_none"], made["all"]) == (0, "shelf", "k-means", 0, ["shelf"])
    assert [cluster["number"] for cluster in made["clusters"]] == [1, 2, 3]
    assert sum(cluster["size"] for cluster in made["clusters"]) == 80
    assert made["clusters"][0]["cover"]["product_id"] not in made["clusters"][0]["examples"]
    code, out, _ = run("rename", 2, "[red]Sale[/]", "--who", "Ana", "--json")
    assert (code, json.loads(out)["clusters"][1]["name"]) == (0, "[red]Sale[/]")
    code, out, _ = run("merge", 2, 3, "--json")
    assert (code, [cluster["number"] for cluster in json.loads(out)["clusters"]]) == (0, [1, 2])
    code, out, _ = run("split", 1, "--parts", 3, "--json")
    assert (code, [cluster["number"] for cluster in json.loads(out)["clusters"]]) == (0, [1, 2, 4, 5])
    code, out, _ = run("hide", 5)
    assert code == 0
    assert "hidden" in out
    assert "[red]Sale[/]" in out, "a name is no markup"
    code, out, _ = run("hide", 5, "--show")
    assert (code, "hidden" in out) == (0, False)
    for said in ("unhide of 5", "hide of 5", "split of 1, 4, 5", "merge of 2, 3"):
        assert run("undo")[1].strip() == f"Undone: {said}."
    assert [cluster["size"] for cluster in json.loads(run("list", "--json")[1])["clusters"]] == [
        cluster["size"] for cluster in made["clusters"]
    ]


def test_people_are_told_how_many_are_in_none(run: Run) -> None:
    code, out, err = run("make", "--map", "pca")
    assert (code, err) == (0, "")
    assert "hdbscan of model tiny" in out
    assert "products are in none" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("list",), "has no clusters yet: looks-like clusters make"),
        (("undo",), "has no clusters yet"),
        (("make", "--method", "magic"), "there is no method 'magic'"),
        (("make", "--map", "moon"), "no map 'moon'"),
        (("make", "-k", "3"), "leave -k out, or choose --method k-means"),
        (("make", "none"), "there is no model 'none'"),
        (("rename", "one", "x"), "Invalid value for 'number'"),
        (("list", "--name", "../x"), "can't name a clustering"),
    ],
)
def test_every_mistake_is_one_line_and_code_2(run: Run, words: tuple[str, ...], says: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1
