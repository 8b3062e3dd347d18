"""A model on disk, from friends and from strangers: it loads as it was saved, or it is refused in a sentence."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from looks_like.model.disk.card import (
    Card,
    copy_model,
    fingerprint,
    load_checkpoint,
    load_model,
    read_card,
    save_checkpoint,
    write_card,
    write_weights,
)
from looks_like.model.errors import ModelError
from looks_like.model.families import create
from looks_like.model.family import settings_of
from looks_like.model.geometry.mixture import fit_mixture, read_mixture, write_mixture
from looks_like.model.training.history import append_history, read_history
from looks_like.model.training.trainer import Trainer

TINY: dict[str, Any] = {"size": 32, "latent": 4, "width": 8, "depth": 0, "batch": 16}


def card_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "card.json").read_text()))


def change_card(folder: Path, **said: Any) -> None:
    (folder / "card.json").write_text(json.dumps({**card_of(folder), **said}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A finished model called `shoes`."""
    torch.manual_seed(0)
    model = create("vae", **TINY)
    card = Card(
        name="shoes",
        family="vae",
        settings=settings_of(model),
        seed=3,
        steps=7,
        catalogue_version=2,
        products=80,
        device="cpu: a test",
        libraries=Card.here(),
        started=Card.now(),
        measures={"mse": 0.01},
        kl_nats=[0.5] * 4,
        finished=True,
    )
    write_card(tmp_path / "shoes", card)
    write_weights(tmp_path / "shoes", model)
    return tmp_path / "shoes"


def test_a_card_comes_back_as_it_was(folder: Path) -> None:
    card = read_card(folder)
    assert asdict(card) == card_of(folder)
    assert (card.name, card.seed, card.steps, card.measures, card.finished) == ("shoes", 3, 7, {"mse": 0.01}, True)
    assert card.libraries.keys() == {"python", "torch", "numpy", "safetensors"}
    assert [path.name for path in sorted(folder.iterdir())] == ["card.json", "weights.safetensors"]


def test_a_loaded_model_learns_no_more(folder: Path) -> None:
    model, _ = load_model(folder)
    assert not model.training
    assert not any(weight.requires_grad for weight in model.parameters())


def test_a_renamed_folder_is_a_model_of_that_name(folder: Path) -> None:
    moved = folder.rename(folder.with_name("boots"))
    assert load_model(moved)[1].name == "boots"


def test_a_copy_takes_the_mixture_along_where_there_is_one(folder: Path, tmp_path: Path) -> None:
    copy_model(folder, tmp_path / "without", tmp_path / "aside")
    assert read_mixture(tmp_path / "without") is None
    write_mixture(folder, fit_mixture(np.eye(4)))
    copy_model(folder, tmp_path / "with", tmp_path / "aside")
    kept = (tmp_path / "with" / "mixture.safetensors").read_bytes()
    assert kept == (folder / "mixture.safetensors").read_bytes()


def test_a_copy_with_a_spoilt_mixture_is_refused_whole(folder: Path, tmp_path: Path) -> None:
    (folder / "mixture.safetensors").write_bytes(b"mine")
    with pytest.raises(ModelError, match="is not a mixture"):
        copy_model(folder, tmp_path / "copy", tmp_path / "aside")
    assert not (tmp_path / "copy").exists()


def test_settings_that_a_card_leaves_out_are_the_usual_ones(folder: Path) -> None:
    change_card(folder, settings={key: TINY[key] for key in ("size", "latent", "width", "depth")})
    settings = load_model(folder)[1].settings
    assert (settings["batch"], settings["likelihood"]) == (128, "gaussian")


def test_the_fingerprint_is_of_the_weights(folder: Path) -> None:
    before = fingerprint(folder)
    change_card(folder, seed=4)
    assert fingerprint(folder) == before
    assert len(before) == 16
    write_weights(folder, create("vae", **TINY))
    assert fingerprint(folder) != before


def test_a_folder_without_a_card_is_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="'nothing' is not a model: it has no card"):
        load_model(tmp_path / "nothing")


def test_a_model_without_weights_is_not_finished(folder: Path) -> None:
    (folder / "weights.safetensors").unlink()
    with pytest.raises(ModelError, match="'shoes' is not finished: looks-like train vae --name shoes --resume"):
        load_model(folder)


# -- from strangers ----------------------------------------------------------------------------------------------

HOSTILE_CARDS: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"family: vae",
    "not text": b"\xff\xfe\x00",
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "cut short": b'{"name": "x", "family": "va',
    "too deep": b"[" * 200_000,
    "too large": b'{"name": "' + b"x" * 1_100_000 + b'"}',
    "a number of 5,000 digits": b'{"name": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("content", HOSTILE_CARDS.values(), ids=HOSTILE_CARDS.keys())
def test_a_file_that_is_no_card_is_refused(content: bytes, folder: Path) -> None:
    (folder / "card.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"card\.json is not a card of a model"):
        load_model(folder)


@pytest.mark.parametrize(
    "said",
    [
        {"surprise": 1},
        {"family": "gpt"},
        {"family": ["vae"]},
        {"family": None},
        {"settings": None},
        {"settings": []},
        {"settings": {**TINY, "surprise": 1}},
        {"settings": {**TINY, "latent": 100_000_000}},
        {"settings": {**TINY, "latent": "4"}},
        {"settings": {**TINY, "latent": 4.0}},
        {"settings": {**TINY, "size": 4096}},
        {"settings": {**TINY, "lr": float("nan")}},
        {"settings": {**TINY, "width": True}},
        {"seed": "0"},
        {"steps": None},
        {"name": 3},
        {"measures": "good"},
        {"measures": {"mse": "low"}},
        {"kl_nats": [1, None]},
        {"kl_nats": 3},
        {"finished": "yes"},
        {"libraries": []},
    ],
    ids=str,
)
def test_a_card_with_impossible_values_is_refused(said: dict[str, Any], folder: Path) -> None:
    change_card(folder, **said)
    with pytest.raises(ModelError, match=r"card\.json is not a card of a model") as mistake:
        load_model(folder)
    assert len(str(mistake.value)) < 500 + len(str(folder))


@pytest.mark.parametrize(
    "settings", [{"latent": 512, "size": 256, "width": 128}, {"latent": 5}, {"depth": 1}, {"channels": 1}]
)
def test_weights_that_do_not_fit_the_card_are_refused(settings: dict[str, Any], folder: Path) -> None:
    change_card(folder, settings={**TINY, **settings})
    with pytest.raises(ModelError, match="the weights of model 'shoes' do not fit its card"):
        load_model(folder)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def of_another_kind(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 this could be a pickle in a zip")


def with_a_huge_header(path: Path) -> None:
    path.write_bytes((2**40).to_bytes(8, "little") + b"{}")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def changed(path: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    tensors = {key: value.clone() for key, value in load_file(path).items()}
    change(tensors)
    save_file(tensors, path)


def one_less(path: Path) -> None:
    changed(path, lambda tensors: tensors.pop(sorted(tensors)[0]))  # type: ignore[arg-type,return-value]


def one_more(path: Path) -> None:
    changed(path, lambda tensors: tensors.update(surprise=torch.zeros(3)))


def of_doubles(path: Path) -> None:
    changed(path, lambda tensors: tensors.update({key: value.double() for key, value in tensors.items()}))


def of_whole_numbers(path: Path) -> None:
    changed(path, lambda tensors: tensors.update({key: value.int() for key, value in tensors.items()}))


def with_a_nan(path: Path) -> None:
    changed(path, lambda tensors: tensors[sorted(tensors)[0]].fill_(torch.nan))  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize(
    "spoil",
    [
        truncated,
        of_another_kind,
        with_a_huge_header,
        empty,
        one_less,
        one_more,
        of_doubles,
        of_whole_numbers,
        with_a_nan,
    ],
)
def test_spoilt_weights_are_refused(spoil: Callable[[Path], None], folder: Path) -> None:
    spoil(folder / "weights.safetensors")
    with pytest.raises(ModelError, match=r"the weights of model .shoes. do not fit its card: .") as mistake:
        load_model(folder)
    assert "\n" not in str(mistake.value)


# -- checkpoints and history -------------------------------------------------------------------------------------


def trainer(pixels_nhwc: np.ndarray, **settings: Any) -> Trainer:
    return Trainer(create("vae", **{**TINY, **settings}), pixels_nhwc, pixels_nhwc[:0], steps=5)


def test_a_checkpoint_of_another_net_is_refused(pixels_nhwc: np.ndarray, tmp_path: Path) -> None:
    save_checkpoint(tmp_path, trainer(pixels_nhwc), 1.0)
    with pytest.raises(ModelError, match=r"can.t be resumed .* train under another --name"):
        load_checkpoint(tmp_path, trainer(pixels_nhwc, latent=5))


@pytest.mark.parametrize("spoil", [truncated, of_another_kind, with_a_huge_header, empty, one_less])
def test_a_spoilt_checkpoint_is_refused(spoil: Callable[[Path], None], pixels_nhwc: np.ndarray, tmp_path: Path) -> None:
    save_checkpoint(tmp_path, trainer(pixels_nhwc), 1.0)
    spoil(tmp_path / "checkpoint.safetensors")
    with pytest.raises(ModelError, match=r"can.t be resumed .* train under another --name"):
        load_checkpoint(tmp_path, trainer(pixels_nhwc))


def test_without_a_checkpoint_there_is_nothing_to_go_on_from(pixels_nhwc: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no checkpoint to go on from"):
        load_checkpoint(tmp_path, trainer(pixels_nhwc))


def test_a_checkpoint_replaces_the_one_before_in_one_move(pixels_nhwc: np.ndarray, tmp_path: Path) -> None:
    (tmp_path / "checkpoint.safetensors.part").write_bytes(b"left by a kill")
    training = trainer(pixels_nhwc)
    for seconds in (1.0, 2.0):
        training.train_step()
        save_checkpoint(tmp_path, training, seconds)
    again = trainer(pixels_nhwc)
    assert load_checkpoint(tmp_path, again) == 2.0
    assert again.step == 2
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.safetensors"]


def test_a_history_counts_repeated_steps_once_and_torn_lines_not_at_all(tmp_path: Path) -> None:
    assert read_history(tmp_path) == []
    for step, mse in ((25, 0.5), (50, 0.4), (25, 0.6), (75, 0.3)):
        append_history(tmp_path, {"step": step, "mse": mse})
    with open(tmp_path / "history.jsonl", "a", encoding="utf-8") as file:
        file.write('null\n{"mse": 1}\n{"step": 100, "ms')
    assert [(line["step"], line["mse"]) for line in read_history(tmp_path)] == [(25, 0.6), (50, 0.4), (75, 0.3)]
