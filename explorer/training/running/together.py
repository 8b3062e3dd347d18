"""One training by several workers of a Ray cluster (Ray Train): each holds the pictures as pixels, computes its share
of every batch, and takes the step of all.

The pictures come from an address that all of them reach. What a checkpoint holds comes back to this workspace, so a
worker that dies costs the steps since then, and a training that is stopped goes on with --resume, here or there.
"""

import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from looks_like.data.pictures import checked_pixels
from looks_like.data.shared_tables import SharedPictures, SharedTables
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.jobs import on_cluster
from looks_like.explorer.training.configuration import TrainRequest, settled_card
from looks_like.explorer.training.running.run import TrainingProgress, train_model
from looks_like.model.disk.card import CHECKPOINT, model_files, write_model_files
from looks_like.model.errors import ModelError
from looks_like.model.images import Pictures
from looks_like.model.training import Shares

_CHUNK = 512  # pictures read at once
_LOOKS_AGAIN_S = 0.2
_DEATHS_MAX = 3  # of workers, before it is given up
Files = dict[str, bytes]


@dataclass(frozen=True)
class Together:
    """Where a training is computed: the pictures' address, and Ray's."""

    address: str
    cluster: str
    checkpoint_steps: int = 250


@dataclass
class _Task:
    """What every worker is told."""

    request: TrainRequest
    start: Files  # of the model to start from
    pictures: SharedPictures
    learn_m: np.ndarray  # row ids
    held_out_m: np.ndarray
    catalogue_version: int
    checkpoint_steps: int
    board: Any  # the actor that all of them know


class Board:
    """An actor: what the first worker says, and what is to be kept."""

    def __init__(self, files: Files) -> None:
        self.now: TrainingProgress | None = None
        self.kept = files

    def say(self, now: TrainingProgress) -> None:
        self.now = now

    def keep(self, files: Files) -> None:
        self.kept = files

    def latest(self) -> TrainingProgress | None:
        return self.now

    def files(self) -> Files:
        return self.kept


def train_together(lab: Lab, request: TrainRequest, together: Together) -> Iterator[TrainingProgress]:
    """As `train`, by `request.shares` workers; what is resumed by as many as began it.

    RequestError where its length is a budget, since all take the same steps, and else as `train`.
    """
    card = settled_card(lab.workspace.models, lab.folder(request.name), request)
    if card.budget_s:
        raise RequestError("a training by several takes so many steps: say --steps or --epochs in place of a budget")
    request = replace(request, shares=card.shares)
    folder, there = lab.folder(request.name), SharedTables(together.address)
    catalogue = lab.catalogue_begun_with(lab.card(request.name).catalogue_version if request.resume else 0)
    for _ in there.put(catalogue):
        pass
    ids = np.array(catalogue.product_ids, object)
    pictures, rows_m = there.row_ids([*ids[catalogue.to_learn], *ids[catalogue.held_out]])
    learn = int(catalogue.to_learn.sum())
    start = model_files(lab.folder(request.start)) if request.start else {}
    with (
        lab.workspace.training_lock(request.name),
        on_cluster(together.cluster, request.shares) as ray,
    ):
        board = ray.remote(num_cpus=0)(Board).remote(model_files(folder) if request.resume else {})
        steps = together.checkpoint_steps
        task = _Task(request, start, pictures, rows_m[:learn], rows_m[learn:], catalogue.version, steps, board)
        yield from _followed(ray, task, folder)


def _followed(ray: Any, task: _Task, folder: Path) -> Iterator[TrainingProgress]:
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchTrainer

    gpus = ray.cluster_resources().get("GPU", 0) >= task.request.shares
    said, failed, kept = None, list[BaseException](), Files()
    with tempfile.TemporaryDirectory() as storage:
        trainer = TorchTrainer(
            compute_share,
            train_loop_config={"task": task},
            scaling_config=ScalingConfig(num_workers=task.request.shares, use_gpu=bool(gpus)),
            run_config=RunConfig(storage_path=storage, failure_config=FailureConfig(max_failures=_DEATHS_MAX)),
        )

        def fit() -> None:
            try:
                trainer.fit()
            except (Exception, SystemExit) as reason:  # noqa: BLE001 - told below, whatever it is
                failed.append(reason)

        running = threading.Thread(target=fit)
        running.start()
        try:
            while running.is_alive():
                running.join(_LOOKS_AGAIN_S)
                now, files = ray.get([task.board.latest.remote(), task.board.files.remote()])
                if files and files != kept:
                    kept = files
                    write_model_files(folder, files)
                if now is not None and now != said:
                    said = now
                    yield now
        finally:
            if running.is_alive():
                ray.shutdown()  # which ends it
            running.join()
    if failed:
        last = [line for line in str(failed[0]).splitlines() if line.strip()]
        raise ModelError(f"the workers gave up: {last[-1][:300] if last else type(failed[0]).__name__}")


def compute_share(config: dict[str, Any]) -> None:
    """What a worker does, from the beginning or from what was kept last."""
    import ray
    from ray import train

    task: _Task = config["task"]
    context = train.get_context()
    first = context.get_world_rank() == 0
    shares = Shares(context.get_world_size(), (context.get_world_rank(),), _add_up, task.checkpoint_steps)
    with tempfile.TemporaryDirectory() as scratch:
        models, files = Path(scratch), ray.get(task.board.files.remote())
        folder = models / task.request.name
        write_model_files(folder, files)
        if task.request.start:
            write_model_files(models / task.request.start, task.start)
        request = replace(task.request, resume=bool(files))

        def pictures(size: int) -> tuple[Pictures, Pictures]:
            both = (("learn", task.learn_m), ("held-out", task.held_out_m))
            learn, held_out = (_pixels(task.pictures, rows_m, size, models / name) for name, rows_m in both)
            return learn, held_out

        checkpoint, stamp = folder / CHECKPOINT, 0
        for now in train_model(models, request, pictures, task.catalogue_version, shares):
            if not first:
                continue
            if checkpoint.exists() and checkpoint.stat().st_mtime_ns != stamp:
                stamp = checkpoint.stat().st_mtime_ns
                ray.get(task.board.keep.remote(model_files(folder)))  # first: whoever hears of a step finds it kept
            ray.get(task.board.say.remote(now))
        if first:
            ray.get(task.board.keep.remote(model_files(folder)))


def _add_up(tensors: list[Tensor]) -> None:
    """Over all workers, in place, as one message."""
    whole = torch.cat([tensor.detach().reshape(-1) for tensor in tensors])
    torch.distributed.all_reduce(whole)
    begin = 0
    for tensor in tensors:
        tensor.copy_(whole[begin : begin + tensor.numel()].view(tensor.shape))
        begin += tensor.numel()


def _pixels(pictures: SharedPictures, row_ids_m: np.ndarray, size: int, file: Path) -> Pictures:
    """All of them on this machine's disk."""
    shape = (len(row_ids_m), size, size, 3)
    pixels_nhwc = np.lib.format.open_memmap(file.with_suffix(".npy"), "w+", np.uint8, shape)
    with ThreadPoolExecutor() as pool:
        for i in range(0, len(row_ids_m), _CHUNK):
            contents = pictures[row_ids_m[i : i + _CHUNK]]["_picture"].to_pylist()
            decoded = pool.map(lambda content: checked_pixels(content, size), contents)
            pixels_nhwc[i : i + _CHUNK] = np.stack(list(decoded))
    return Pictures.all_of(pixels_nhwc)
