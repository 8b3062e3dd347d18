"""Training from the ask to the finished model on disk: card, checkpoints, history, measures."""

import contextlib
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.core import Lab
from looks_like.explorer.training.configuration import (
    DECODER_SETTINGS,
    TrainRequest,
    need_products,
    settled_card,
)
from looks_like.explorer.training.running.ending import finish, foreseen_s, pca_error
from looks_like.explorer.training.running.fitting import check_enough_to_sharpen, fitting_trainer, lost_device
from looks_like.explorer.training.running.so_far import drop_rebuilt, write_rebuilt
from looks_like.model.disk.card import (
    Card,
    load_checkpoint,
    load_model,
    save_checkpoint,
    write_card,
)
from looks_like.model.families import Family, create
from looks_like.model.geometry import drop_axes, read_axes, write_axes
from looks_like.model.images import Pictures
from looks_like.model.training import Budget, Clock, History, Report, Shares, Trainer, in_turn, steps_for_epochs

_CHECKPOINT_EVERY_S = 30.0
_FORESEEN_AGAIN = 0.3  # of the budget, after which the time that the end takes is looked at anew
PicturesOf = Callable[[int], tuple[Pictures, Pictures]]  # size -> (those to learn from, those held out)
Start = Callable[[Pictures], None]


@dataclass(frozen=True)
class TrainingProgress:
    card: Card
    report: Report | None  # None = a stage before the first step, named in `stage`
    stage: str = ""


def train(lab: Lab, request: TrainRequest) -> Iterator[TrainingProgress]:
    """Trains until done; stopping to read leaves a checkpoint that `resume` goes on from.

    A resumed training goes on with the products it began with, whatever was imported or deleted since; only where the
    workspace was compacted meanwhile, with those that are there. RequestError, ModelError or
    CatalogueError for what can't be trained.
    """
    lab.folder(request.name)  # CatalogueError for what can't name a model
    catalogue = lab.catalogue_begun_with(lab.card(request.name).catalogue_version if request.resume else 0)

    def pictures(size: int) -> tuple[Pictures, Pictures]:
        return split_pixels(lab.pixels(size, catalogue), catalogue)

    with lab.workspace.training_lock(request.name):
        yield from train_model(lab.workspace.models, request, pictures, catalogue.version)


def train_until_interrupted(lab: Lab, request: TrainRequest) -> Iterator[TrainingProgress]:
    """`train`, as below."""
    return until_interrupted(train(lab, request))


def until_interrupted(running: Iterator[TrainingProgress]) -> Iterator[TrainingProgress]:
    """A training, for whoever sits in front of it: an interrupt (Ctrl-C, a notebook's stop) loses nothing that was
    learnt.

    The first one is heeded after the next report: the checkpoint is then of that step, and KeyboardInterrupt is raised.
    A second one is raised at once; so is the first where signals can't be caught, outside the main thread.
    """
    with _interrupt_noted() as interrupted, contextlib.closing(running):  # type: ignore[type-var]  # a generator
        for now in running:
            yield now
            if interrupted.is_set():
                running.close()  # type: ignore[attr-defined]
                raise KeyboardInterrupt


@contextlib.contextmanager
def _interrupt_noted() -> Iterator[threading.Event]:
    """An event that the first SIGINT sets in place of its usual doing, which is back for the second; SIGTERM too, with
    which containers stop, where nobody else heeds it.
    """
    noted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return
    heeded = [signal.SIGINT, *([signal.SIGTERM] if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL else [])]
    before = {number: signal.getsignal(number) for number in heeded}

    def note(number: int, frame: object) -> None:
        noted.set()
        for each in heeded:
            signal.signal(each, signal.default_int_handler)

    for number in heeded:
        signal.signal(number, note)
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def train_model(
    models: Path, request: TrainRequest, pictures: PicturesOf, catalogue_version: int, member: Shares | None = None
) -> Iterator[TrainingProgress]:
    """Reports; the last one has a finished card. Closing it early leaves a checkpoint.

    A budget is the time from the pictures, once they are prepared, to the finished model. `member`: the shares that
    this process computes of a training that others compute the rest of; unless said all of them, in turn.
    """
    folder = models / request.name
    model, card, start = _begin(models, folder, request)
    yield TrainingProgress(card, None, "preparing the pictures")
    learn, held_out = pictures(model.settings.size)
    check_enough_to_sharpen(model.settings.sharpen, len(learn))
    card.products = len(learn)
    card.catalogue_version = card.catalogue_version or catalogue_version
    with Clock() as clock:
        if not request.resume:
            yield TrainingProgress(card, None, "starting from " + card.start)
            start(learn)
            card.measures = {"pca_mse": pca_error(model, learn, held_out)}
        yield TrainingProgress(card, None, "preparing the first step")

        def trainer_on_trial() -> Trainer:
            length = Budget(clock.now) if card.budget_s else card.steps or _steps(request, learn, model)
            made = Trainer(model, learn, held_out, steps=length, seed=card.seed, shares=member or in_turn(card.shares))
            if made.device.is_gpu:  # a processor's memory never says that it is too small
                made.rehearse()
            return made

        trainer = yield from _with_progress(card, fitting_trainer(model, card, trainer_on_trial))
        if not request.resume:
            card.steps = 0 if card.budget_s else round(trainer.steps)
            folder.mkdir(parents=True, exist_ok=True)
            save_checkpoint(folder, trainer, 0.0)
            _keep_axes(models, folder, request, card)
        write_card(folder, card)  # after the checkpoint: whatever has a card can be gone on with
        run = _Run(folder, trainer, card, clock, load_checkpoint(folder, trainer), learn, held_out)
        trainer.agree()
        yield from run.steps(request.logs)
        run.save()  # whoever is stopped from here on has only to measure
        for stage in finish(folder, trainer.ema, card, learn, held_out):
            yield TrainingProgress(card, None, stage)
        card.seconds = run.seconds()
    card.steps, card.finished = trainer.step, True
    write_card(folder, card)
    (folder / "checkpoint.safetensors").unlink(missing_ok=True)
    drop_rebuilt(folder)
    yield TrainingProgress(card, None, "done")


def _begin(models: Path, folder: Path, request: TrainRequest) -> tuple[Family, Card, Start]:
    """The untrained model, its card, and what to do before the first step: a new one, or the one to go on with."""
    card = settled_card(models, folder, request)
    torch.manual_seed(request.seed)
    model = create(card.family, **card.settings)
    if request.resume:
        return model, card, _as_it_is
    if request.start is None:
        return model, card, model.start_from
    source, _ = load_model(models / request.start)
    new = any(getattr(model.settings, name) != getattr(source.settings, name) for name in DECODER_SETTINGS)
    for to, known in zip(model.networks, source.networks, strict=True):
        if to is not model.decoder or not new:
            to.load_state_dict(known.state_dict())
    if not new or model.refine(source):
        return model, card, _as_it_is
    return model, card, model.start_decoder


def _keep_axes(models: Path, folder: Path, request: TrainRequest, card: Card) -> None:
    """Of a model whose encoder rests: no code moves, so what sliders move and people know stays too. Others find their
    own, whatever a kill has left in the folder.
    """
    axes = read_axes(models / request.start) if request.start and card.settings["learns"] == "decoder" else None
    drop_axes(folder)
    if axes is not None:
        write_axes(folder, axes)


def _as_it_is(pictures: Pictures) -> None:
    """A model that has been begun starts from itself."""


def _with_progress(card: Card, fitting: Generator[str, None, Trainer]) -> Generator[TrainingProgress, None, Trainer]:
    while True:
        try:
            said = next(fitting)
        except StopIteration as found:
            trainer: Trainer = found.value
            return trainer
        yield TrainingProgress(card, None, said)


def split_pixels(pixels_nhwc: np.ndarray, catalogue: Catalogue) -> tuple[Pictures, Pictures]:
    """(to learn from, held out)."""
    need_products(int(catalogue.to_learn.sum()), catalogue.count)
    both = catalogue.to_learn, catalogue.held_out
    learn, held_out = (Pictures(pixels_nhwc, np.flatnonzero(chosen_n)) for chosen_n in both)
    return learn, held_out


def _steps(request: TrainRequest, learn: Pictures, model: Family) -> int:
    return request.steps or steps_for_epochs(request.epochs or 0, len(learn), model.settings.batch)


@dataclass
class _Run:
    """The steps of a training, its checkpoints and its history."""

    folder: Path
    trainer: Trainer
    card: Card
    clock: Clock
    before_s: float  # of training, when this process took over
    learn: Pictures
    held_out: Pictures
    saved_at: int = 0  # step
    _shown_at: int = 0  # step

    def steps(self, logs: tuple[str, ...]) -> Iterator[TrainingProgress]:
        """Whoever stops to read leaves a checkpoint."""
        if self.trainer.budget:
            yield TrainingProgress(self.card, None, "measuring this machine")
            self._foresee()
        saved = looked = self.seconds()
        with contextlib.closing(History(self.folder, self.trainer.step, logs)) as history:
            for report in _until_the_device_goes(self.trainer, self.card):
                self.card.seconds = self.seconds()
                history.add(_line(report, self.card.seconds))
                if self.saved_at == self._shown_at == 0:
                    self._show()
                if self._due(report, saved) and report.step < report.steps:
                    self.save()
                    self._show()
                    saved = self.seconds()
                if self.seconds() - looked > _FORESEEN_AGAIN * self.card.budget_s and report.step < report.steps:
                    self._foresee()
                    looked = self.seconds()
                try:
                    yield TrainingProgress(self.card, report)
                except GeneratorExit:
                    self.save()
                    raise

    def _due(self, report: Report, saved_s: float) -> bool:
        """Whether a checkpoint is: by the clock, or where several have to agree by their steps."""
        if self.trainer.shares.alone:
            return self.card.seconds - saved_s > _CHECKPOINT_EVERY_S
        every = self.trainer.shares.checkpoint_steps
        return report.step // every > self.saved_at // every

    def seconds(self) -> float:
        """Of training until now, over all resumptions; pauses do not count."""
        return round(self.before_s + self.clock.now(), 1)

    def save(self) -> None:
        """A checkpoint of this moment."""
        save_checkpoint(self.folder, self.trainer, self.seconds())
        self.saved_at = self.trainer.step

    def _show(self) -> None:
        """What the model can by now, for who watches."""
        write_rebuilt(self.folder, self.trainer.ema, self.held_out)
        self._shown_at = self.trainer.step

    def _foresee(self) -> None:
        """What comes after the last step belongs to the budget; how long it takes depends on what else runs here."""
        if budget := self.trainer.budget:
            axes = read_axes(self.folder) is None
            ending_s = foreseen_s(self.trainer.ema, self.learn, self.held_out, self.clock.now, axes=axes)
            budget.ends = self.card.budget_s - self.before_s - ending_s


def _until_the_device_goes(trainer: Trainer, card: Card) -> Iterator[Report]:
    try:
        yield from trainer.reports()
    except torch.AcceleratorError as reason:
        raise lost_device(card, trainer.step, reason) from reason


def _line(report: Report, seconds: float) -> dict[str, Any]:
    held_out = {f"held_out_{name}": value for name, value in report.held_out.items()}
    line = {"step": report.step, "epoch": round(report.epoch, 3), "seconds": seconds, **report.parts, **held_out}
    return {
        **line,
        "pictures_per_s": round(report.pictures_per_s, 1),
        **({"alarm": report.alarm} if report.alarm else {}),
    }
