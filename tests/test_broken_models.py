"""One bad model hides no other: it is named with its reason in lists and on pages, and all goes on without it."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.status import status_of
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.interfaces.commands.main import run as run_command
from looks_like.explorer.interfaces.routes import routes
from looks_like.model.errors import ModelError

Spoil = Callable[[Path], None]


def card(**said: Any) -> Spoil:
    def spoil(folder: Path) -> None:
        known = json.loads((folder / "card.json").read_text())
        (folder / "card.json").write_text(json.dumps(known | said))

    return spoil


def setting(**said: Any) -> Spoil:
    def spoil(folder: Path) -> None:
        known = json.loads((folder / "card.json").read_text())["settings"]
        card(settings=known | said)(folder)

    return spoil


def linked(file: str, target: str) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / file).unlink(missing_ok=True)
        (folder / file).symlink_to(target)

    return spoil


def piped(file: str) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / file).unlink(missing_ok=True)
        os.mkfifo(folder / file)

    return spoil


def endless(file: str) -> Spoil:
    def spoil(folder: Path) -> None:
        os.truncate(folder / file, 5 * 10**9)  # takes no room: it is a hole

    return spoil


def weights(change: Callable[[torch.Tensor], torch.Tensor]) -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / "weights.safetensors"
        save_file({name: change(tensor) for name, tensor in load_file(path).items()}, path)

    return spoil


def written(file: str, content: bytes) -> Spoil:
    return lambda folder: (folder / file).write_bytes(content) and None


HUGE = 10**401
SEEN_WITHOUT_LOADING: dict[str, Spoil] = {
    "a latent below nothing": setting(latent=-1),
    "a latent of 401 digits": setting(latent=HUGE),
    "a share of 401 digits": setting(hue=HUGE),
    "steps of 401 digits": card(steps=HUGE),
    "a measure of 401 digits": card(measures={"mse": HUGE}),
    "a measure that is none": card(measures={"mse": float("nan")}),
    "seconds without end": card(seconds=float("inf")),
    "another family": card(family="nobody's"),
    "no card": lambda folder: (folder / "card.json").unlink(),
    "a card without end": linked("card.json", "/dev/zero"),
    "a card that is a pipe": piped("card.json"),
    "weights without end": linked("weights.safetensors", "/dev/zero"),
    "weights that are a pipe": piped("weights.safetensors"),
    "weights from elsewhere": linked("weights.safetensors", "../tiny/weights.safetensors"),
    "weights that no memory holds": endless("weights.safetensors"),
    "weights that are none": written("weights.safetensors", b"nothing"),
    "weights of another shape": weights(lambda tensor: tensor.flatten()),
    "a name that can be none": lambda folder: None,
}
SEEN_WHEN_LOADED: dict[str, Spoil] = {
    "weights that are no numbers": weights(
        lambda tensor: tensor * float("nan") if tensor.is_floating_point() else tensor
    ),
    "weights of another kind": weights(lambda tensor: tensor.double()),
    "a mixture that is none": written("mixture.safetensors", b"nothing"),
    "axes without end": linked("axes.safetensors", "/dev/zero"),
}
ALL = SEEN_WITHOUT_LOADING | SEEN_WHEN_LOADED


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """A copy of the shop's Lab, to change."""
    shutil.copytree(lab.workspace.folder, tmp_path / "own")
    return Lab(tmp_path / "own")


@pytest.fixture(params=ALL, ids=lambda kind: kind.replace(" ", "-"))
def spoilt(request: pytest.FixtureRequest, own: Lab) -> tuple[Lab, str]:
    """The Lab with a second, newer model that something is wrong with, and its name."""
    name = "Bad Name" if request.param == "a name that can be none" else "bad"
    shutil.copytree(own.workspace.models / "tiny", own.workspace.models / name)
    ALL[request.param](own.workspace.models / name)
    if request.param in SEEN_WHEN_LOADED:
        with pytest.raises(ModelError):
            own.space(name)
    return own, name


def test_the_others_are_there_and_the_bad_one_is_named(spoilt: tuple[Lab, str]) -> None:
    lab, name = spoilt
    assert lab.models() == lab.models_to_show() == ["tiny"]
    assert lab.model_name(None) == "tiny"
    assert list(lab.problems()) == [name]
    said = {model["name"]: model["problem"] for model in status_of(lab).models}
    assert said == {name: lab.problems()[name], "tiny": ""}
    assert name in said[name]
    assert 20 < len(said[name]) < 600
    with pytest.raises(RequestError) as refused:
        lab.model_name(name)
    assert str(refused.value) == said[name]


def test_lists_routes_and_commands_go_on(spoilt: tuple[Lab, str], capsys: pytest.CaptureFixture[str]) -> None:
    lab, name = spoilt
    where = ["--workspace", str(lab.workspace.folder)]
    for words in (["list"], ["models", "list"], ["list", "--json"], ["models", "list", "--json"]):
        assert run_command([*words, *where]) == (0, "")
        assert name in (said := capsys.readouterr().out)
        assert "tiny" in said
    client = TestClient(Starlette(routes=routes(lambda: lab)))
    assert client.get("/api/decode?z=0,0,0,0,0,0").status_code == 200
    assert client.get("/api/decode", params={"model": name, "z": "0,0,0,0,0,0"}).status_code == 400
    if name == "bad":
        assert run_command(["models", "delete", "bad", "--yes", *where])[0] == 0
        assert lab.models() == ["tiny"]
        assert not lab.problems()


@pytest.mark.parametrize("kind", ["a latent below nothing", "weights without end", "weights that are no numbers"])
def test_pages_open_and_name_the_bad_one(own: Lab, open_page: Callable[..., AppTest], kind: str) -> None:
    shutil.copytree(own.workspace.models / "tiny", own.workspace.models / "bad")
    ALL[kind](own.workspace.models / "bad")
    for _ in range(2):
        app = open_page("main", own.workspace.folder)
        assert not app.exception
        assert not app.error
    if kind in SEEN_WITHOUT_LOADING:
        assert any("bad" in warning.value for warning in app.warning)


def test_a_workspace_whose_only_model_is_bad_says_so(own: Lab, open_page: Callable[..., AppTest]) -> None:
    setting(latent=-1)(own.workspace.models / "tiny")
    with pytest.raises(RequestError, match=r"no model here can be used: .*latent"):
        own.model_name(None)
    app = open_page("main", own.workspace.folder)
    assert not app.exception
    assert any("latent" in warning.value for warning in app.warning)


@pytest.mark.parametrize("size", [1e30, 3e38])
def test_codes_that_no_map_could_be_made_of_are_refused_and_not_kept(own: Lab, size: float) -> None:
    shutil.copytree(own.workspace.models / "tiny", own.workspace.models / "bad")
    weights(lambda tensor: torch.full_like(tensor, size) if tensor.is_floating_point() else tensor)(
        own.workspace.models / "bad"
    )
    with pytest.raises(ModelError, match=r"model 'bad' can't encode: .*finite numbers below a million"):
        list(encode(own, "bad"))
    assert own.workspace.count("codes--bad") == 0
    assert np.isfinite(own.space("tiny").z_nd).all()


def test_a_model_that_was_mended_is_there_again(own: Lab) -> None:
    path = own.workspace.models / "tiny" / "card.json"
    good = path.read_bytes()
    setting(latent=-1)(path.parent)
    assert own.problems()
    path.write_bytes(good)
    assert own.models() == ["tiny"]
    (path.parent / "mixture.safetensors").write_bytes(b"nothing")
    with pytest.raises(MISTAKES):
        own.space("tiny")
    assert own.problems()
    (path.parent / "mixture.safetensors").unlink()
    assert own.space("tiny").latent == 6
