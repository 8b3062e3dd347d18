"""A model on disk: `weights.safetensors`, `card.json`, its history, and a checkpoint while it trains.

Loading one from a stranger is safe: no pickle, every setting is checked, every tensor must have the shape that the
card implies. Each file is written aside and then renamed, so a kill leaves the old one or the new one.
"""

import hashlib
import json
import math
import os
import platform
import shutil
import time
from dataclasses import asdict, dataclass, field, fields
from importlib import metadata
from pathlib import Path
from typing import Any, cast, get_origin

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from looks_like.atomic import own_file, write_whole
from looks_like.model.errors import ModelError
from looks_like.model.families import FAMILIES, Family, create
from looks_like.model.family import move_to_device
from looks_like.model.geometry import read_axes, read_mixture, replacing_tensors
from looks_like.model.networks import Given, Look
from looks_like.model.training import Trainer

LOOK = "look"  # the family of what only encodes, and is not trained
GIVEN = "vectors"  # of what was brought from elsewhere: it neither encodes nor decodes
_UNTRAINED: dict[str, type[Look] | type[Given]] = {LOOK: Look, GIVEN: Given}
_LIBRARIES = ("torch", "numpy", "safetensors")
_CARD_BYTES_MAX, _FILE_BYTES_MAX = 1_000_000, 4_000_000_000
_SHARES_MAX = 10_000
_WHOLE_MAX = 2**63  # of a number of steps or products; beyond, no float holds it
CHECKPOINT = "checkpoint.safetensors"
_FILES = (  # of a finished model
    "card.json",
    "history.jsonl",
    "history.csv",
    "weights.safetensors",
    "mixture.safetensors",
    "axes.safetensors",
)


@dataclass(kw_only=True)
class Card:
    """Where a model comes from: enough to make it again."""

    name: str
    family: str
    settings: dict[str, Any]
    seed: int
    steps: int  # in all; 0 = as many as its budget allows, which is known at its end
    catalogue_version: int
    products: int  # it learnt from; held-out ones not counted
    device: str  # and why that one
    libraries: dict[str, str] = field(default_factory=dict)
    started: str = ""  # ISO 8601, UTC
    seconds: float = 0.0  # of training, over all resumptions
    budget_s: float = 0.0  # that were asked for; 0 = steps were
    objective: str = ""
    measures: dict[str, float] = field(default_factory=dict)
    kl_nats: list[float] = field(default_factory=list)  # per dimension, held-out products; empty without a posterior
    deviation: list[float] = field(default_factory=list)  # per dimension, standard deviation of codes
    start: str = "principal components"  # or the name of another model
    finished: bool = False
    shares: int = 1  # of each batch, whose gradients were averaged

    @staticmethod
    def here() -> dict[str, str]:
        """Versions of what computes."""
        return {"python": platform.python_version()} | {name: metadata.version(name) for name in _LIBRARIES}

    @staticmethod
    def now() -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def write_card(folder: Path, card: Card) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "card.json", json.dumps(asdict(card), indent=1).encode())


def read_card(folder: Path) -> Card:
    """ModelError when there is none or it does not read as one."""
    path = folder / "card.json"
    try:
        card = _checked(Card(**json.loads(own_file(path, _CARD_BYTES_MAX).read_text("utf-8"))))
        if card.family not in (*FAMILIES, *_UNTRAINED):
            known = ", ".join([*sorted(FAMILIES), *_UNTRAINED])
            raise ValueError(f"its family is {card.family[:40]!r}; there are: {known}")
        kind: Any = _UNTRAINED.get(card.family) or FAMILIES[card.family]
        card.settings = asdict(kind.settings_type(**card.settings))
        card.name = folder.name  # a folder that was copied or renamed is a model of its own
    except FileNotFoundError:
        raise ModelError(f"{folder.name!r} is not a model: it has no card.json") from None
    except (OSError, ValueError, TypeError, RecursionError, OverflowError) as reason:
        raise ModelError(f"{path} is not a card of a model: {reason}") from None
    return card


def finished_card(folder: Path) -> Card:
    """ModelError also when the model has no weights yet."""
    card = read_card(folder)
    if not (folder / "weights.safetensors").exists():
        raise ModelError(
            f"model {folder.name!r} is not finished: looks-like train {card.family} --name {folder.name} --resume"
        )
    _weights(folder)
    return card


def check_model(folder: Path) -> None:
    """ModelError for a finished model whose card or weights can't be read; the numbers themselves are left alone."""
    path = _weights(folder) if (folder / "weights.safetensors").exists() else None
    card = read_card(folder)
    if path is None:
        return
    meant = _untrained(card).state_dict()
    try:
        with safe_open(path, "pt") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 - no dict
    except (SafetensorError, OSError, RuntimeError) as reason:
        raise _unfit(folder, reason) from None
    if shapes != {name: tuple(tensor.shape) for name, tensor in meant.items()}:
        raise _unfit(folder, ValueError("they are of other names or shapes"))


def _weights(folder: Path) -> Path:
    """ModelError for what is no plain file of the model's own folder: a device would be read for ever."""
    try:
        return own_file(folder / "weights.safetensors", _FILE_BYTES_MAX)
    except (OSError, ValueError) as reason:
        raise ModelError(f"the weights of model {folder.name!r} can't be read: {reason}") from None


def _untrained(card: Card) -> Family:
    """Without memory for its weights. What is not trained answers as a family does, but to decode."""
    with torch.device("meta"):
        if card.family in _UNTRAINED:
            kind: Any = _UNTRAINED[card.family]
            return cast(Family, kind(kind.settings_type(**card.settings)))
        return create(card.family, **card.settings).strip_training_modules()


def _unfit(folder: Path, reason: Exception) -> ModelError:
    return ModelError(f"the weights of model {folder.name!r} do not fit its card: {_last_line(reason)}")


def _checked(card: Card) -> Card:
    """ValueError for a value that is not of its field's type."""
    for part in fields(card):
        kind, value = get_origin(part.type) or part.type, getattr(card, part.name)
        allowed = (int, float) if kind is float else kind
        if not isinstance(value, allowed) or (isinstance(value, bool) and kind is not bool):  # type: ignore[arg-type]
            raise ValueError(f"its {part.name} is {str(value)[:40]!r}")
    for number in (*card.measures.values(), *card.kl_nats, *card.deviation, card.seconds):
        if not isinstance(number, int | float) or not math.isfinite(number):
            raise ValueError(f"a measure is {str(number)[:40]!r}")
    for whole in (card.seed, card.steps, card.catalogue_version, card.products):
        if not 0 <= whole < _WHOLE_MAX:
            raise ValueError(f"a count is {str(whole)[:40]!r}")
    if not 1 <= card.shares <= _SHARES_MAX:
        raise ValueError(f"its shares are {str(card.shares)[:40]!r}")
    return card


def write_weights(folder: Path, model: nn.Module) -> None:
    tensors = {k: v.detach().cpu().contiguous() for k, v in model.state_dict().items()}
    with replacing_tensors(folder / "weights.safetensors") as aside:
        save_file(tensors, aside)


def load_model(folder: Path, device: str = "cpu") -> tuple[Family, Card]:
    """The finished model in a folder, ready to encode and decode. ModelError says what does not fit."""
    card, path = finished_card(folder), folder / "weights.safetensors"
    model = _untrained(card)
    try:
        tensors = load_file(path)
        for name, meant in model.state_dict().items():
            if name in tensors and tensors[name].dtype != meant.dtype:
                raise RuntimeError(f"{name} is {tensors[name].dtype}, not {meant.dtype}")
        if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
            raise RuntimeError("not all of them are finite numbers")
        model.load_state_dict(tensors, assign=True)
    except (SafetensorError, RuntimeError) as reason:
        raise _unfit(folder, reason) from None
    return move_to_device(model, device).eval().requires_grad_(False), card


def fingerprint(folder: Path) -> str:
    """16 hex digits of the weights: codes made by other weights are not this model's."""
    with open(_weights(folder), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def model_files(folder: Path) -> dict[str, bytes]:
    """By name, what another machine needs of a model, finished or not. ModelError for what is no plain file of its own
    folder: a stranger's link would send away what it leads to.
    """
    try:
        names = [name for name in (*_FILES, CHECKPOINT) if (folder / name).exists()]
        return {name: own_file(folder / name, _FILE_BYTES_MAX).read_bytes() for name in names}
    except ValueError as reason:
        raise ModelError(f"{folder} can't be sent: {reason}") from None


def write_model_files(folder: Path, files: dict[str, bytes]) -> None:
    """Those in their place, whatever else was sent left out; the card last, with which they are one."""
    for name in (*_FILES[1:], CHECKPOINT, _FILES[0]):
        if name in files:
            write_whole(folder / name, files[name])
    if files and CHECKPOINT not in files:
        (folder / CHECKPOINT).unlink(missing_ok=True)


def copy_model(source: Path, target: Path, aside: Path) -> None:
    """A finished model into a folder that does not exist yet, by way of `aside` beside it: whole or not at all."""
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for name in _FILES:
        if (source / name).exists():
            try:
                shutil.copyfile(own_file(source / name, _FILE_BYTES_MAX), aside / name)
            except ValueError as reason:
                raise ModelError(f"{source} is not a model to copy: {reason}") from None
    load_model(aside)  # ModelError before it is anywhere
    read_mixture(aside)
    read_axes(aside)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(aside, target)


def save_checkpoint(folder: Path, trainer: Trainer, seconds: float) -> None:
    """All that the next step depends on, in one file; `seconds` of training so far go with it."""
    tensors, numbers = trainer.state()
    said = json.dumps(numbers | {"seconds": seconds})
    with replacing_tensors(folder / "checkpoint.safetensors") as aside:
        save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, aside, {"state": said})


def load_checkpoint(folder: Path, trainer: Trainer) -> float:
    """Puts the trainer where the checkpoint was; -> seconds of training so far."""
    path = folder / "checkpoint.safetensors"
    if not path.exists():
        raise ModelError(f"model {folder.name!r} has no checkpoint to go on from: train under another --name")
    try:
        with safe_open(own_file(path, _FILE_BYTES_MAX), "pt") as file:
            numbers = json.loads(file.metadata()["state"])
        trainer.load_state(load_file(path), numbers)
    except (SafetensorError, RuntimeError, KeyError, ValueError, TypeError) as reason:
        raise ModelError(f"{path} can't be resumed ({_last_line(reason)}): train under another --name") from None
    return float(numbers["seconds"])


def _last_line(reason: Exception) -> str:
    return (str(reason).strip().splitlines() or [type(reason).__name__])[-1].strip()
