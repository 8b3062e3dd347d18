"""What a training will do, with nothing left open: checked before it begins, and said before it starts."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from looks_like.data.catalogue import Catalogue
from looks_like.data.pictures import picture_edge
from looks_like.explorer.core import Lab, checked_seed
from looks_like.explorer.errors import RequestError
from looks_like.explorer.training.running.fitting import check_enough_to_sharpen
from looks_like.model.device import Device, pick_device
from looks_like.model.disk.card import GIVEN, LOOK, Card, finished_card, read_card
from looks_like.model.errors import ModelError
from looks_like.model.families import FAMILIES
from looks_like.model.family import settled
from looks_like.model.networks import SIZES_PX
from looks_like.model.training import PRODUCTS_MIN, checked_logs, steps_for_epochs

BUDGET_DEFAULT_S = 600.0
_BUDGET_MAX_S = 7 * 86400.0
_EPOCHS_MAX, _STEPS_MAX = 100_000, 1_000_000_000
_SHARES_MAX = 10_000
_GPU_BATCHES = {32: 512, 64: 512, 128: 256, 256: 128}  # px -> pictures a step
_LOOKED_AT = 50  # pictures, evenly drawn, that say how large they are
_KEPT = ("latent", "channels", "network", "width", "depth", "likelihood")  # by a model that starts from another
DECODER_SETTINGS = ("size", "decoder", "decoder_width")  # what may differ there: the decoder is then a new one
_STARTS = {"components": "principal components", "mean": "the mean picture"}


@dataclass(frozen=True)
class TrainRequest:
    family: str
    name: str
    settings: dict[str, Any] = field(default_factory=dict)  # those that were said; the others are the family's
    seed: int = 0
    budget_s: float | None = None
    epochs: float | None = None
    steps: int | None = None
    start: str | None = None  # name of the model whose weights to start from
    resume: bool = False
    logs: tuple[str, ...] = ()  # beside history.jsonl and history.csv
    shares: int = 1  # of each batch: as many workers of a cluster, or in turn here

    def __post_init__(self) -> None:
        checked_seed(self.seed)
        checked_logs(self.logs)
        if self.epochs is not None and not 0 < self.epochs <= _EPOCHS_MAX:
            raise RequestError(f"epochs must be above 0 and at most {_EPOCHS_MAX:,}, got {self.epochs:g}")
        if self.steps is not None and not 0 < self.steps <= _STEPS_MAX:
            raise RequestError(f"steps must be above 0 and at most {_STEPS_MAX:,}, got {self.steps}")
        if self.budget_s is not None and not 0 < self.budget_s <= _BUDGET_MAX_S:
            raise RequestError(f"a budget must be above 0 s and at most {_BUDGET_MAX_S:,.0f} s, got {self.budget_s:g}")
        if sum(length is not None for length in (self.budget_s, self.epochs, self.steps)) > 1:
            raise RequestError("how long to train was said twice: leave all but one of budget, epochs and steps out")
        if not 1 <= self.shares <= _SHARES_MAX:
            raise RequestError(f"shares must be between 1 and {_SHARES_MAX:,}, got {self.shares}")


@dataclass(frozen=True)
class Configuration:
    """A training with all its settings."""

    name: str
    family: str
    settings: dict[str, Any]
    seed: int
    products: int  # to learn from; held-out ones not counted
    steps: int | None  # None = as many as the budget allows
    budget_s: float | None  # None = steps were asked for
    device: str  # and why that one
    start: str
    resumes: bool
    logs: tuple[str, ...]
    note: str = ""  # what is worth a thought before it begins

    def words(self) -> str:
        """Four lines for people, and a note where there is something to note."""
        steps = f"{self.steps:,} steps" if self.steps else _minutes(self.budget_s or 0)
        settings = ", ".join(f"{name} {_value(value)}" for name, value in self.settings.items())
        begins = "goes on" if self.resumes else f"starts from {self.start}"
        logs = ", ".join(("history.jsonl", "history.csv", *self.logs))
        what = f"Model {self.name}, family {self.family}, seed {self.seed}"
        lines = [f"{what}: {steps} on {self.products:,} products; {begins}", f"Settings: {settings}"]
        said = [*lines, f"Device: {self.device}", f"Log: {logs}", *filter(None, [self.note])]
        return "\n".join(f"{line}." for line in said)


def configuration(lab: Lab, request: TrainRequest) -> Configuration:
    """What `train` would do. RequestError, ModelError or CatalogueError for what can't be trained."""
    card = settled_card(lab.workspace.models, lab.folder(request.name), request)
    catalogue = lab.catalogue_begun_with(card.catalogue_version)
    learn = int(catalogue.to_learn.sum())
    need_products(learn, catalogue.count)
    check_enough_to_sharpen(card.settings.get("sharpen", 0), learn)
    steps = None if card.budget_s else card.steps or _steps(request, learn, card.settings["batch"])
    return Configuration(
        name=request.name,
        family=card.family,
        settings=card.settings,
        seed=card.seed,
        products=learn,
        steps=steps,
        budget_s=card.budget_s or None,
        device=card.device,
        start=card.start,
        resumes=request.resume,
        logs=request.logs,
        note=_nothing_to_see(catalogue, card.settings["size"]),
    )


def _steps(request: TrainRequest, learn: int, batch: int) -> int:
    return request.steps or steps_for_epochs(request.epochs or 0, learn, batch)


def _nothing_to_see(catalogue: Catalogue, size: int) -> str:
    """What to say where pictures are asked for that are larger than any that the catalogue has."""
    evenly = np.linspace(0, catalogue.count - 1, min(catalogue.count, _LOOKED_AT)).astype(np.int64)
    some = catalogue.pictures(catalogue.there[evenly])
    edge = max(picture_edge(content) for content in some)
    enough = next((known for known in SIZES_PX if known >= edge), size)
    if enough >= size:
        return ""
    return (
        f"Note: the catalogue's pictures are {edge} px large, so at {size} px there is nothing to learn that --size "
        f"{enough} does not show, in less time"
    )


def settled_card(models: Path, folder: Path, request: TrainRequest) -> Card:
    """The card of a training that has not begun, or the one to go on with. RequestError, ModelError as above."""
    if request.family not in FAMILIES:
        raise ModelError(f"unknown family {request.family!r}; there are: {', '.join(sorted(FAMILIES))}")
    if request.resume:
        card = read_card(folder)
        if card.finished:
            raise RequestError(f"model {request.name!r} is finished: there is nothing to resume")
        began = {"family": card.family, **card.settings}
        if other := _others(began, {"family": request.family, **request.settings}, began):
            raise RequestError(
                f"--resume: model {request.name!r} goes on as it began, and {'; '.join(other)}: leave that out, or "
                "train under another --name"
            )
        return _with_length(card, request)
    if folder.exists() and (folder / "card.json").exists():
        unfinished = "" if read_card(folder).finished else ", or --resume it"
        raise RequestError(f"there is a model {request.name!r} already: choose another --name{unfinished}")
    if request.start is None:
        settings = for_device(request.family, request.settings, pick_device())
    else:
        settings = _settings_from(finished_card(models / request.start), request)
    full = settled(request.family, **settings)
    return Card(
        name=request.name,
        family=request.family,
        settings=full,
        seed=request.seed,
        steps=0,
        budget_s=0.0 if request.steps or request.epochs else request.budget_s or BUDGET_DEFAULT_S,
        catalogue_version=0,
        products=0,
        device=f"{pick_device().name}: {pick_device().why}",
        libraries=Card.here(),
        started=Card.now(),
        objective=FAMILIES[request.family].objective,
        start=request.start or _STARTS[full["start"]],
        shares=request.shares,
    )


def _with_length(card: Card, request: TrainRequest) -> Card:
    """A training goes on by the measure by which it began; its budget, the time in all, may be another one now."""
    by_steps = request.epochs is not None or request.steps is not None
    if (card.budget_s and by_steps) or (not card.budget_s and request.budget_s is not None):
        began = f"a budget of {_minutes(card.budget_s)}" if card.budget_s else f"{card.steps:,} steps"
        raise RequestError(
            f"--resume: model {card.name!r} began with {began}, and goes on by that: leave the other out"
        )
    card.budget_s = request.budget_s or card.budget_s
    return card


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.3g} minutes" if seconds >= 60 else f"{seconds:.3g} seconds"


def for_device(family: str, settings: dict[str, Any], device: Device) -> dict[str, Any]:
    """On a GPU, and where no batch was said, one that keeps it busy; the rate, unless said, grows with its square root
    (Malladi 2022, of Adam).
    """
    known = settled(family, **settings)
    batch = _GPU_BATCHES[known["size"]]
    if not device.is_gpu or "batch" in settings or batch <= known["batch"]:
        return settings
    rate = {} if "lr" in settings else {"lr": round(known["lr"] * math.sqrt(batch / known["batch"]), 6)}
    return {**settings, "batch": batch, **rate}


def _settings_from(source: Card, request: TrainRequest) -> dict[str, Any]:
    """Those of the model to start from, and what was said over them. RequestError: another family or shape."""
    if source.family in (LOOK, GIVEN):
        raise RequestError(f"--from {request.start}: a look is no model that could be trained on")
    there = settled(source.family, **source.settings)  # an older card lacks what came since
    seen = there["sees"] or there["size"]
    other = _others({**there, "sees": seen}, request.settings, (*_KEPT, "sees"))
    if source.family != request.family or other:
        kept = f"its family ({source.family}), its shape and its likelihood"
        raise RequestError("; ".join([f"--from {request.start}: the new model keeps {kept}", *other]))
    if not _others(there, request.settings, DECODER_SETTINGS):
        return {**source.settings, **request.settings}
    return {**source.settings, "sees": seen, "learns": "decoder", **request.settings}


def _others(there: Mapping[str, Any], asked: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """What was asked for and is not so, a phrase each."""
    differ = [name for name in names if name in asked and asked[name] != there[name]]
    return [f"{name} is {_value(there[name])} there, not {_value(asked[name])}" for name in differ]


def need_products(learn: int, products: int) -> None:
    """ModelError where there are too few to learn from."""
    if learn < PRODUCTS_MIN:
        raise ModelError(
            f"training needs at least {PRODUCTS_MIN} products to learn from and this catalogue has {products}: "
            "import more"
        )


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
