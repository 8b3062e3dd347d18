"""The commands, as typed: what they print, what they leave, and one clear line for every mistake."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.commands.main import main
from looks_like.explorer.jobs.queue import Job, write_record
from looks_like.model.families import FAMILIES
from looks_like.model.geometry.paths.curves import CURVES
from looks_like.model.maps import METHODS
from looks_like.model.training.budget import steps_for_epochs

Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """run("list", "--json") -> (exit code, stdout, stderr)"""

    def typed(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["looks-like", *map(str, words)])
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return int(code or 0), said.out, said.err

    return typed


@pytest.fixture
def home(lab: Lab) -> Path:
    return lab.workspace.folder


def test_from_a_folder_of_pictures_to_a_film(
    run: Run, tmp_path: Path, open_shop: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, here = open_shop(tmp_path / "shop", 40), tmp_path / "workspace"
    monkeypatch.setenv("LOOKS_LIKE_WORKSPACE", str(here))
    code, out, _ = run("import", shop.table, "--name", "title", "--json")
    assert (code, json.loads(out)["added"]) == (0, 40)
    small = ["--size", 32, "--latent", 4, "--set", "width=8", "--set", "batch=16", "--set", "depth=0"]
    code, out, _ = run("train", "vae", "--epochs", 1, *small, "--json")
    assert (code, json.loads(out)["settings"]["latent"], json.loads(out)["finished"]) == (0, 4, True)
    code, out, _ = run("encode", "--json")
    assert (code, json.loads(out)) == (0, {"model": "vae", "encoded": 40})
    code, out, _ = run("map", "--method", "pca", "--json")
    assert (code, json.loads(out)["name"]) == (0, "pca")
    code, out, _ = run("similar", "0003", "-k", 3, "--json")
    assert (code, len(json.loads(out))) == (0, 3)
    code, out, _ = run(
        "morph", "0003", "0004", "--steps", 4, "--size", 64, "--out", tmp_path / "new" / "x.gif", "--json"
    )
    assert code == 0
    assert (tmp_path / "new" / "x.gif").read_bytes().startswith(b"GIF89a")
    assert json.loads(out)["products_on_the_way"][0] == "0003"
    code, out, _ = run("list", "--json")
    said = json.loads(out)
    assert (code, said["products"], said["models"][0]["name"]) == (0, 40, "vae")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["x.gif"]


@pytest.mark.parametrize(
    ("words", "says"),
    [(["list"], "80 products"), (["similar", "0003", "-k", "2"], "Distance"), (["encode"], "0 products")],
)
def test_people_get_words_and_machines_get_json(run: Run, home: Path, words: list[str], says: str) -> None:
    code, out, err = run(*words, "-w", home)
    assert (code, err) == (0, "")
    assert says in out
    code, out, err = run(*words, "-w", home, "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert json.loads(out)


def test_refused_pictures_are_pointed_to(run: Run, tmp_path: Path, draw_product: Callable[..., Any]) -> None:
    (tmp_path / "source").mkdir()
    draw_product(1).save(tmp_path / "source" / "a.png")
    (tmp_path / "source" / "bad.jpg").write_text("hello")
    code, out, err = run("import", tmp_path / "source", "-w", tmp_path / "w")
    assert code == 0
    assert out == "1 added, 0 updated, 0 unchanged, 1 refused. The catalogue is at version 2.\n"
    assert "import-report.csv" in err


def test_names_that_look_like_markup_are_printed_as_they_are(
    run: Run, tmp_path: Path, open_shop: Callable[..., Any], write_table: Callable[..., Path], home: Path
) -> None:
    shop = open_shop(tmp_path / "shop", 2)
    table = write_table(shop.folder / "t.csv", ["id", "image"], [["[bold]x[/]", "0000.jpg"], ["[/nope]", "0001.png"]])
    run("import", table, "-w", tmp_path / "w")
    shutil.copytree(home / "models", tmp_path / "w" / "models")
    run("encode", "-w", tmp_path / "w")
    code, out, _ = run("similar", "[bold]x[/]", "-w", tmp_path / "w")
    assert code == 0
    assert "[/nope]" in out
    code, _, err = run("similar", "[/]", "-w", tmp_path / "w")
    assert code == 2
    assert "'[/]'" in err


MISTAKES: dict[str, tuple[list[str], str]] = {
    "a source that is not there": (["import", "nowhere.csv"], "nowhere.csv: there is no such file or folder"),
    "an address": (["import", "http://shop.example/x.csv"], "there is no such file or folder"),
    "a source of another kind": (["import", __file__], "; a table: .csv, .tsv, .xlsx, .parquet, .jsonl"),
    "Fashion-MNIST without its files": (["import", "fashion-mnist:/proc"], "Install Debian's package dataset-fashion"),
    "an unknown family": (["train", "gpt"], "unknown family 'gpt'; there are: aae, "),
    "a name that is taken": (["train", "vae", "--name", "tiny"], "there is a model 'tiny' already"),
    "a name that is unsafe": (["train", "vae", "--name", "../x"], "can't name a model"),
    "an unknown setting": (["train", "vae", "--set", "taste=1"], "has no setting taste; it has: latent"),
    "a setting without a value": (["train", "vae", "--set", "beta"], "write key=number, such as --set beta=4"),
    "a number that is a word": (["train", "vae", "--set", "beta=high"], "beta must be a number, got 'high'"),
    "a word that is unknown": (
        ["train", "vae", "--set", "likelihood=x"],
        "must be gaussian, bernoulli or laplacian, got 'x'",
    ),
    "a word that is a number": (
        ["train", "vae", "--set", "likelihood=1"],
        "must be gaussian, bernoulli or laplacian, got 1",
    ),
    "a setting that is a sentence": (["train", "vae", "--set", "beta=very high"], "write key=number"),
    "a start with another likelihood": (
        ["train", "vae", "--name", "new", "--from", "tiny", "--set", "likelihood=bernoulli"],
        "keeps its family (vae), its shape and its likelihood",
    ),
    "another shape than that of the start": (
        ["train", "vae", "--name", "new", "--from", "tiny", "--latent", "8"],
        "--from tiny: the new model keeps its family (vae), its shape and its likelihood; latent is 6 there, not 8",
    ),
    "an encoder that sees more than that of the start": (
        ["train", "vae", "--name", "new", "--from", "tiny", "--size", "64", "--set", "sees=64", "--dry-run"],
        "sees is 32 there, not 64",
    ),
    "a log that there is not": (["train", "vae", "--name", "new", "--log", "wandb"], "there is no log 'wandb'"),
    "a setting that is a list": (["train", "vae", "--set", "beta=[1]"], "setting beta must be a number"),
    "no latents": (["train", "vae", "--latent", "0"], "latent must be between 1 and 512, got 0"),
    "an impossible size": (["train", "vae", "--size", "100"], "pictures of 100 px"),
    "a budget without a unit": (["train", "vae", "--budget", "10"], "write a number and s, m or h"),
    "a budget of nothing": (["train", "vae", "--budget", ""], "write a number and s, m or h"),
    "a budget of no time": (["train", "vae", "--budget", "0s"], "between 1 second and 7 days"),
    "a budget that is no number": (["train", "vae", "--budget", "nans"], "between 1 second and 7 days"),
    "no epochs": (["train", "vae", "--epochs", "0"], "epochs must be above 0"),
    "a seed below 0": (["train", "vae", "--seed", "-1"], "seed must be between 0 and"),
    "nothing to resume": (["train", "vae", "--name", "new", "--resume"], "'new' is not a model"),
    "a finished model to resume": (["train", "vae", "--name", "tiny", "--resume"], "there is nothing to resume"),
    "a start that is not there": (["train", "vae", "--name", "new", "--from", "gone"], "'gone' is not a model"),
    "an unknown model to encode": (["encode", "gone"], "there is no model 'gone'; there are: tiny"),
    "a map to make again that is not there": (["map", "--name", "gone", "--refit"], "has no map 'gone'; it has: pca"),
    "an unknown method": (["map", "--method", "som"], "unknown map method 'som'; there are: pca, tsne, umap"),
    "an unsafe map name": (["map", "--method", "pca", "--name", "A B"], "can't name a map"),
    "a map's seed below 0": (["map", "--method", "pca", "--seed", "-1"], "seed must be between 0 and"),
    "one product": (["morph", "0001", "--out", "x.gif"], "a path needs two products or more"),
    "an unknown product": (["morph", "0001", "gone", "--out", "x.gif"], "there is no product 'gone'"),
    "an unknown kind of film": (["morph", "0001", "0002", "--out", "x.avi"], "a film can be written as .gif"),
    "an unknown curve": (["morph", "0001", "0002", "--out", "x.gif", "--curve", "z"], "unknown curve 'z'"),
    "too few steps": (["morph", "0001", "0002", "--out", "x.gif", "--steps", "1"], "has 2 to 600 steps"),
    "too large a film": (
        ["morph", "0001", "0002", "--out", "x.gif", "--size", "9999"],
        "a film can be 64 to 1024 px across",
    ),
    "a film where none can be": (["morph", "0001", "0002", "--steps", "2", "--out", "/proc/x.gif"], "/proc/x.gif"),
    "no neighbours": (["similar", "0001", "-k", "0"], "-k must be between 1 and 10,000, got 0"),
    "neither product nor file": (["similar", "gone"], "'gone' is neither a product of this catalogue nor a file"),
    "no photograph": (["similar", __file__], "not a picture that can be read"),
    "similar to nothing": (["similar"], "name a product or a photograph, or --all for every product"),
    "similar to one and all": (["similar", "0001", "--all"], "name a product or a photograph, or --all"),
    "all into nothing": (["similar", "--all"], "--all and --out belong together"),
    "one into a file": (["similar", "0001", "--out", "x.csv"], "--all and --out belong together"),
    "all into another file": (["similar", "--all", "--out", "x.xlsx"], "written as .csv, .parquet, .jsonl"),
    "all into a folder": (["similar", "--all", "--out", "/"], "written as .csv, .parquet, .jsonl"),
    "too many for all": (["similar", "--all", "--out", "x.csv", "-k", "1001"], "between 1 and 1,000 for the whole"),
    "an unknown attribute": (
        ["similar", "0001", "--where", "pric < 3"],
        "'pric' is no attribute: did you mean 'price'? (at character 1). Attributes: product_id (text)",
    ),
    "two statements": (["similar", "0001", "--where", "price < 3; drop table x"], "';' can't stand in a condition"),
    "an empty condition": (["similar", "0001", "--where", ""], "the condition is empty: write one such as price < 100"),
    "a condition that none meets": (["similar", "0001", "--where", "price < 0"], "no product meets price < 0"),
    "a demo of too few": (["demo", "--products", "3"], "--products must be between 20 and 1,000,000, got 3"),
    "a demo of no number": (["demo", "--products", "many"], "Invalid value for '--products'"),
    "a demo with an unknown map": (["demo", "--maps", "som"], "--maps som: there are pca, tsne, umap"),
    "a demo over other products": (["demo"], "products that are not the demo's: choose another --workspace"),
    "a job that is not there": (["jobs", "--cancel", "../x"], "there is no job '../x'"),
    "a tag that is invisible": (["tag", "add", "\u202e", "0001"], "can't be a tag: use 1 to 60 characters"),
    "a tag with a bar": (["tag", "add", "a|b", "0001"], "tables write | between two tags"),
    "a person that is too long": (["tag", "add", "x", "0001", "--who", "x" * 81], "can't be a person: use 1 to 80"),
    "a tag for no product": (
        ["tag", "add", "x"],
        "which products? Write their ids, --file with one in each line, or --where",
    ),
    "a tag for unknown products": (
        ["tag", "add", "x", "0001", "gone", "[/]"],
        "'gone' is no product of this catalogue, and 1 more are not: nothing was changed",
    ),
    "a tag for too many alike": (["tag", "add", "x", "0001", "--like", "-1"], "--like must be between 0 and 10,000"),
    "a tag for alike ones of no model": (
        ["tag", "add", "x", "0001", "--like", "3", "--model", "gone"],
        "there is no model 'gone'",
    ),
    "ids of a file that is not there": (["tag", "add", "x", "--file", "gone.txt"], "No such file or directory: gone"),
    "ids of a file that is no text": (
        ["tag", "add", "x", "--file", sys.executable],
        "not a text file with a product id",
    ),
    "a tag that was never given, taken": (["tag", "remove", "x", "0001"], "nothing was ever tagged 'x'"),
    "a tag that was never given, renamed": (["tag", "rename", "x", "y"], "nothing was ever tagged 'x'"),
    "a tag that was never given, deleted": (["tag", "delete", "x"], "nothing was ever tagged 'x'"),
    "nothing to undo": (["tag", "undo", "--who", "ann"], "there is nothing of ann to undo"),
    "nothing to redo": (["tag", "redo", "--who", "ann"], "nothing that ann undid"),
    "an action that is not there": (["tag", "undo", "--action", "x"], "there is no action 'x' that could be undone"),
    "tags of a file that is not there": (["tag", "import", "gone.csv"], "tags are read from a table"),
    "a log of nothing": (["tag", "log", "-n", "0"], "Invalid value for '-n'"),
    "an export to an unknown kind": (["export", "tags", "--out", "x.xlsx"], "a table is written as .csv, .parquet"),
    "an export of a tag that was never given": (
        ["export", "products", "--tag", "x", "--out", "x.csv"],
        "nothing was ever tagged 'x'",
    ),
    "an export where none can be": (["export", "tags", "--out", "/proc/x.csv"], "/proc/x.csv"),
    "an unknown option": (["list", "--colour"], "No such option"),
    "an unknown command": (["paint"], "No such command 'paint'"),
    "a missing argument": (["import"], "Missing argument"),
    "a number that is none": (
        ["morph", "0001", "0002", "--out", "x.gif", "--steps", "many"],
        "Invalid value for '--steps'",
    ),
}


@pytest.mark.parametrize(("words", "says"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_line_and_exit_code_2(
    words: list[str], says: str, run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOKS_LIKE_WORKSPACE", str(home))
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert says in err
    assert err.startswith("looks-like: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ["train", "vae"],
        ["encode"],
        ["map"],
        ["similar", "x"],
        ["morph", "a", "b", "--out", "x.gif"],
        ["tag", "add", "x", "1"],
        ["tag", "undo"],
        ["tag", "list"],
        ["tag", "log"],
        ["export", "products", "--out", "x.csv"],
    ],
)
def test_an_empty_workspace_says_where_to_begin(words: list[str], run: Run, tmp_path: Path) -> None:
    code, _, err = run(*words, "-w", tmp_path / "new")
    assert code == 2
    assert "looks-like import SOURCE" in err or "looks-like train vae" in err
    assert not (tmp_path / "new").exists()


def test_an_empty_workspace_can_be_listed(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("list", "-w", tmp_path / "new")
    assert code == 0
    assert "Begin with: looks-like import SOURCE" in out


def test_a_workspace_that_is_a_file_is_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert run("list", "-w", tmp_path / "file")[0] == 2


def test_a_broken_model_of_a_stranger_is_a_sentence(run: Run, home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "w")
    (tmp_path / "w" / "models" / "tiny" / "weights.safetensors").write_bytes(b"\x80\x04 a pickle")
    code, _, err = run("similar", "0001", "-w", tmp_path / "w")
    assert (code, err.count("\n")) == (2, 1)
    assert "the weights of model 'tiny' do not fit its card" in err


def test_ctrl_c_is_said_and_has_its_own_code(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(lab: Lab, model: str) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("looks_like.explorer.core.encode", stopped)
    assert run("encode", "-w", home) == (130, "", "Stopped.\n")


def test_jobs_are_listed(run: Run, tmp_path: Path) -> None:
    assert run("jobs", "-w", tmp_path) == (0, "No jobs.\n", "")
    (tmp_path / "jobs").mkdir()
    job = Job(
        "0" * 16 + "-0000", ("map", "tiny"), "UMAP map", state="failed", share=0.4, error="[bold]the disk[/] is full"
    )
    write_record(tmp_path / "jobs", job)
    code, out, _ = run("jobs", "-w", tmp_path)
    assert code == 0
    assert "40 %" in out
    assert "[bold]the disk[/] is full" in out
    code, out, _ = run("jobs", "-w", tmp_path, "--json")
    assert [said["what"] for said in json.loads(out)] == ["UMAP map"]


def test_a_map_can_encode_first(run: Run, tmp_path: Path, lab: Lab, shop: Any) -> None:
    run("import", shop.table, "-w", tmp_path)
    shutil.copytree(lab.folder("tiny"), tmp_path / "models" / "tiny")
    assert run("map", "--method", "pca", "-w", tmp_path)[0] == 2
    code, out, _ = run("map", "--method", "pca", "--encode", "-w", tmp_path, "--json")
    assert (code, json.loads(out)["name"]) == (0, "pca")


def test_what_is_imported_comes_onto_the_maps_unless_told_otherwise(
    run: Run, tmp_path: Path, lab: Lab, open_shop: Callable[..., Any]
) -> None:
    here = tmp_path / "workspace"
    shutil.copytree(lab.workspace.folder, here)
    before = Lab(here).map_view("tiny", "pca").xy_n2
    first, second = open_shop(tmp_path / "first", 83), open_shop(tmp_path / "second", 85)
    code, out, _ = run("import", first.table, "--name", "title", "--no-place", "-w", here, "--json")
    assert (code, json.loads(out)["models"]) == (0, {})
    assert Lab(here).map_view("tiny", "pca").missing == 3
    code, out, _ = run("list", "-w", here)
    assert "3 products not on map pca: place" in " ".join(out.split())
    code, out, _ = run("place", "-w", here, "--json")
    assert (code, json.loads(out)["placed"]) == (0, 3)
    code, out, _ = run("import", second.table, "--name", "title", "-w", here, "--json")
    assert (code, json.loads(out)["models"]["tiny"]["placed"]) == (0, 2)
    after = Lab(here).map_view("tiny", "pca")
    assert after.missing == 0
    assert after.xy_n2[:80].tobytes() == before.tobytes()
    code, out, _ = run("import", second.table, "--name", "title", "-w", here)
    assert (code, "0 encoded, 0 placed" in out) == (0, True)


def test_a_map_is_made_again_over_itself(run: Run, tmp_path: Path, lab: Lab) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "workspace")
    code, out, _ = run("map", "--name", "pca", "--refit", "-w", tmp_path / "workspace", "--json")
    said = json.loads(out)
    assert (code, said["method"], said["since"]) == (0, "pca", lab.map_view("tiny", "pca").card.made)
    code, out, _ = run("map", "--name", "pca", "--refit", "-w", tmp_path / "workspace")
    assert code == 0
    assert "Products moved by 0.0 % of its width on average. Of the 10 products most like" in " ".join(out.split())


def test_tags_are_given_undone_listed_and_carried_elsewhere(run: Run, home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "w")
    w = ("-w", tmp_path / "w")
    assert run("tag", "list", *w) == (0, "No tags yet. Give one: looks-like tag add TAG ID\n", "")
    assert run("tag", "log", *w) == (0, "Nothing was tagged yet.\n", "")
    (tmp_path / "ids.txt").write_text("0003\n\n 0004 \n", "utf-8")
    code, out, _ = run("tag", "add", "[b]old[/]", "0001", "--file", tmp_path / "ids.txt", "--who", "ann", *w)
    assert (code, out) == (0, "3 products tagged [b]old[/].\n")
    code, out, _ = run("tag", "add", "alike", "0001", "--like", 4, "--who", "[/]", "--json", *w)
    assert (code, json.loads(out)["changed"]) == (0, 5)
    code, out, _ = run("tag", "remove", "ALIKE", "0001", "--who", "ann", *w)
    assert out == "1 product no longer tagged alike.\n"
    assert run("tag", "undo", "--who", "ann", *w)[1] == "Undone: 1 product changed, alike.\n"
    assert run("tag", "redo", "--who", "ann", "--json", *w)[0] == 0
    assert run("export", "tags", "--out", tmp_path / "new" / "t.csv", *w)[1].endswith("t.csv: 7 tags on products.\n")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["t.csv"]
    assert run("tag", "undo", "--who", "ann", *w)[0] == 0
    said = json.loads(run("tag", "list", "--json", *w)[1])
    assert [(tag["tag"], tag["products"]) for tag in said["tags"]] == [("alike", 5), ("[b]old[/]", 3)]
    code, out, _ = run("tag", "log", *w)
    assert code == 0
    assert all(word in out for word in ("add", "undo", "[b]old", "[/]", "ann"))
    entries = json.loads(run("tag", "log", "--json", *w)[1])
    assert [entry["words"] for entry in entries[-2:]] == [
        "typed (1 ids) and 4 like each, by tiny",
        "ids.txt and typed (3 ids)",
    ]
    assert entries[-1]["action_id"][:8] in out
    assert run("tag", "undo", "--action", entries[-1]["action_id"][:8], "--who", "bob", *w)[0] == 0
    assert run("tag", "redo", "--who", "bob", *w)[1] == "Done again: 3 products changed, [b]old[/].\n"
    log = json.loads(run("tag", "log", "-n", 2, "--json", *w)[1])
    assert [(entry["kind"], entry["who"]) for entry in log] == [("redo", "bob"), ("undo", "bob")]
    code, out, err = run("tag", "import", tmp_path / "new" / "t.csv", "--json", *w)
    assert (code, [tag["changed"] for tag in json.loads(out)["tags"]], err) == (0, [0, 0], "")
    code, out, _ = run("export", "products", "--tag", "alike", "--out", tmp_path / "p.jsonl", "--json", *w)
    assert json.loads(out)["products"] == 5
    assert {json.loads(line)["tags"][0] for line in (tmp_path / "p.jsonl").read_text().splitlines()} >= {"alike"}


def test_a_tag_is_renamed_and_deleted_and_the_log_says_so(run: Run, home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "w")
    w = ("--who", "ann", "-w", tmp_path / "w")
    run("tag", "add", "sumer", "0001", "0002", *w)
    assert run("tag", "rename", "sumer", "[b]summer", *w)[1] == "2 products tagged [b]summer instead of sumer.\n"
    log = run("tag", "log", "-w", tmp_path / "w")[1]
    assert all(word in log for word in ("rename", "[b]summer", "from sumer"))
    assert run("export", "products", "--tag", "sumer", "--out", tmp_path / "p.csv", "-w", tmp_path / "w")[0] == 0
    assert run("tag", "delete", "[B]summer", *w)[1] == "2 products no longer tagged [b]summer.\n"
    said = json.loads(run("tag", "log", "--json", "-w", tmp_path / "w")[1])
    assert [(entry["kind"], entry["tag"], entry["of"], entry["changed"]) for entry in said[:2]] == [
        ("remove", "[b]summer", "", 2),
        ("rename", "[b]summer", "sumer", 2),
    ]
    for _ in range(2):
        run("tag", "undo", *w)
    assert [tag["tag"] for tag in json.loads(run("tag", "list", "--json", "-w", tmp_path / "w")[1])["tags"]] == [
        "sumer"
    ]


def test_an_import_of_tags_points_to_what_was_not_done(
    run: Run, home: Path, tmp_path: Path, write_table: Callable[..., Path]
) -> None:
    shutil.copytree(home, tmp_path / "w")
    table = write_table(tmp_path / "t.csv", ["sku", "word"], [["0001", "x"], ["[/gone]", "x"]])
    code, out, err = run("tag", "import", table, "--tag", "word", "--who", "ann", "-w", tmp_path / "w")
    assert (code, out.startswith("1 tag given: 1 change, 0 so already")) == (0, True)
    assert "tag-import-report.csv" in err
    assert "[/gone]" in (tmp_path / "w" / "tag-import-report.csv").read_text("utf-8")
    run("tag", "remove", "x", "0001", "--who", "ann", "-w", tmp_path / "w")
    again = ["tag", "import", table, "--tag", "word", "--who", "eve", "--json", "-w", tmp_path / "w"]
    assert [c["who"] for c in json.loads(run(*again)[1])["conflicts"]] == ["ann"]
    assert json.loads(run(*again, "--overrule")[1])["tags"][0]["changed"] == 1


def test_whoever_has_no_name_is_somebody(run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nameless)
    shutil.copytree(home, tmp_path / "w")
    run("tag", "add", "x", "0001", "-w", tmp_path / "w")
    assert json.loads(run("tag", "log", "--json", "-w", tmp_path / "w")[1])[0]["who"] == "somebody"


@pytest.mark.parametrize(
    ("user", "before", "who"),
    [("root", "", "somebody"), ("root", "ann", "ann"), ("Administrator", "root", "somebody"), ("eve", "ann", "eve")],
)
def test_nobody_is_called_by_what_they_may_do(
    user: str, before: str, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from looks_like.explorer.tags import default_who

    monkeypatch.setattr("getpass.getuser", lambda: user)
    monkeypatch.setenv("SUDO_USER", before)
    assert default_who() == who


def test_a_dry_run_says_all_that_a_training_would_do_and_does_none_of_it(run: Run, home: Path) -> None:
    words = ["train", "beta-vae", "--epochs", "3", "--from", "gone", "--set", "batch=16", "-w", home, "--dry-run"]
    before = sorted(path.name for path in home.rglob("*"))
    assert run(*words)[0] == 2  # a start that is not there
    words[4:6] = []
    code, out, _ = run(*words, "--json")
    said = json.loads(out)
    assert (code, said["family"], said["settings"]["beta"], said["settings"]["latent"]) == (0, "beta-vae", 4.0, 32)
    assert said["steps"] == steps_for_epochs(3, said["products"], 16)
    assert (said["budget_s"], said["resumes"], said["start"]) == (None, False, "principal components")
    assert said["device"]
    code, out, _ = run(*words)
    assert code == 0
    assert f"Model beta-vae, family beta-vae, seed 0: {said['steps']:,} steps on {said['products']} products" in out
    assert "Settings: latent 32, size 64," in out
    assert ", beta 4," in out
    assert [each["seed"] for each in json.loads(run(*words, "--seeds", 2, "--json")[1])] == [0, 1]
    assert sorted(path.name for path in home.rglob("*")) == before


def test_a_training_at_a_size_that_no_picture_has_says_that_there_is_nothing_to_learn(
    run: Run, tmp_path: Path, write_table: Callable[..., Path]
) -> None:
    for i in range(30):
        picture = Image.new("RGB", (8, 8), "white")
        picture.paste((8 * i, 40, 90), (2, 2, 6, 7))
        picture.save(tmp_path / f"{i}.png")
    table = write_table(tmp_path / "t.csv", ["id", "image"], [[str(i), f"{i}.png"] for i in range(30)])
    home = tmp_path / "w"
    assert run("import", table, "--workspace", home)[0] == 0
    asked = ["train", "vae", "--dry-run", "--workspace", home]
    code, said, mistake = run(*asked, "--size", "256")
    assert (code, mistake) == (0, "")
    assert "pictures are 8 px large, so at 256 px there is nothing to learn that --size 32" in " ".join(said.split())
    assert "nothing to learn" not in run(*asked, "--size", "32")[1]


def test_a_dry_run_of_a_budget_says_the_budget_and_of_a_start_its_shape(run: Run, home: Path) -> None:
    words = ["train", "vae", "--name", "next", "--from", "tiny", "--latent", "6", "--budget", "90s", "-w", home]
    code, out, _ = run(*words, "--dry-run", "--json")
    said = json.loads(out)
    assert (code, said["steps"], said["budget_s"], said["start"]) == (0, None, 90, "tiny")
    assert (said["settings"]["size"], said["settings"]["width"]) == (32, 8)
    assert "1.5 minutes on" in run(*words, "--dry-run")[1]
    clear = json.loads(run(*words, "--size", "64", "--set", "decoder=refined", "--dry-run", "--json")[1])["settings"]
    assert (clear["size"], clear["sees"], clear["learns"]) == (64, 32, "decoder")


def test_a_training_says_first_what_it_will_do_and_leaves_its_history_as_a_table(
    run: Run, home: Path, tmp_path: Path
) -> None:
    shutil.copytree(home, tmp_path / "w")
    words = ["train", "vae", "--name", "next", "--epochs", "1", "--set", "batch=16", "-w", tmp_path / "w"]
    code, _, err = run(*words, "--from", "tiny")
    assert code == 0
    assert err.startswith("Model next, family vae, seed 0: ")
    folder = tmp_path / "w" / "models" / "next"
    heads, *rows = (folder / "history.csv").read_text("utf-8").splitlines()
    lines = [json.loads(line) for line in (folder / "history.jsonl").read_text("utf-8").splitlines()]
    assert heads.split(",")[:3] == ["step", "epoch", "seconds"]
    assert [row.split(",")[0] for row in rows] == [str(line["step"]) for line in lines] != []


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("morph", list(CURVES)),
        ("map", METHODS),
        ("train", FAMILIES),
        ("import", ["dsprites", "fashion-mnist", "sneakers"]),
    ],
)
def test_a_help_names_what_can_be_asked_for(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, names: Iterable[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    code, out, _ = run(command, "--help")
    assert code == 0
    assert all(name in out for name in names)
    assert not re.search(r"\{(curves|families|map methods|sources)\}", out)


def test_help_is_help(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    for command in (
        "demo",
        "jobs",
        "import",
        "train",
        "encode",
        "map",
        "place",
        "morph",
        "similar",
        "list",
        "app",
        "tag",
        "export",
    ):
        assert command in out


def test_it_is_a_program_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "looks_like", "list", "-w", str(tmp_path / "new"), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    empty = {"products": 0, "version": 0, "models": [], "deleted": [], "bytes": {}}
    assert json.loads(done.stdout) == empty | {"saved_filters": [], "visual_attributes": []}
    assert done.stderr == ""


def test_only_those_that_meet_a_condition_are_found(run: Run, home: Path) -> None:
    code, out, _ = run("similar", "0003", "-k", 4, "--where", "brand = 'Birch' and price < 60.5", "-w", home, "--json")
    found = json.loads(out)
    assert (code, len(found)) == (0, 4)
    assert {product["attributes"]["brand"] for product in found} == {"Birch"}
    assert all(product["attributes"]["price"] < 60.5 for product in found)
    assert found[0]["why"]


def test_a_condition_says_whom_to_tag_and_asks_for_tags(run: Run, home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "w")
    here = ("-w", tmp_path / "w", "--json")
    code, out, _ = run("tag", "add", "late", "0001", "--where", "year >= 2022 and brand = 'Birch'", *here)
    late = sorted({f"{n:04d}" for n in range(80) if n % 9 >= 7 and n % 3 == 1} | {"0001"})
    assert (code, json.loads(out)["changed"]) == (0, len(late))
    code, out, _ = run("tag", "log", *here)
    assert json.loads(out)[0]["words"] == "typed (1 ids) and where year >= 2022 and brand = 'Birch'"
    code, out, _ = run("export", "products", "--where", "tag = 'LATE'", "--out", tmp_path / "x.jsonl", *here)
    lines = (tmp_path / "x.jsonl").read_text("utf-8").splitlines()
    assert (code, [json.loads(line)["product_id"] for line in lines]) == (0, late)
    code, out, _ = run(
        "export", "products", "--tag", "late", "--where", "year = 2022", "--out", tmp_path / "y.csv", *here
    )
    assert (code, json.loads(out)["products"]) == (0, sum(int(each) % 9 == 7 for each in late))
    code, out, _ = run("similar", "0003", "-k", 80, "--where", "tag is null", *here)
    assert (code, len(json.loads(out))) == (0, 79 - len(late))
    code, _, err = run("similar", "0003", "--where", "tag = 'lat'", "-w", tmp_path / "w")
    assert (code, "the tag 'lat': did you mean 'late'?" in err) == (2, True)


def test_a_photograph_is_looked_for_among_those_too(
    run: Run, home: Path, tmp_path: Path, draw_product: Callable[..., Any]
) -> None:
    draw_product(11).save(tmp_path / "x.png")
    code, out, _ = run("similar", tmp_path / "x.png", "-k", 1, "-w", home, "--json")
    assert (code, json.loads(out)[0]["product_id"]) == (0, "0011")
    code, out, _ = run("similar", tmp_path / "x.png", "-k", 1, "--where", "product_id <> '0011'", "-w", home, "--json")
    assert (code, json.loads(out)[0]["product_id"] == "0011") == (0, False)


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_the_whole_catalogue_goes_into_a_file(run: Run, home: Path, tmp_path: Path, ending: str) -> None:
    file = tmp_path / "new" / f"similar.{ending}"
    code, out, _ = run("similar", "--all", "--out", file, "-k", 3, "--where", "year > 2015", "-w", home, "--json")
    assert (code, json.loads(out)) == (0, {"file": str(file), "model": "tiny", "products": 80, "k": 3})
    assert [path.name for path in file.parent.iterdir()] == [file.name]
