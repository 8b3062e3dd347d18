"""The pictures of each step: shuffled by the seed, read ahead where they don't lie where the training computes."""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from looks_like.model.device import Device
from looks_like.model.images import DevicePictures, Pictures
from looks_like.model.training.schedule import epoch_order


class Batches:
    """`at(step)`: uint8 (B, S, S, 3), the same for the same seed and step on one kind of device."""

    def __init__(self, pictures: np.ndarray | Pictures | DevicePictures, batch: int, seed: int, device: Device) -> None:
        self.pictures, self.batch, self.seed = pictures, min(batch, len(pictures)), seed
        self.per_epoch = len(pictures) // self.batch
        self._order, self._order_of = torch.empty(0, dtype=torch.long), -1  # of which epoch
        self._where = pictures.pixels_nhwc.device if isinstance(pictures, DevicePictures) else torch.device("cpu")
        # a processor computes with what reads, so there is nothing to gain by reading ahead
        self._reader = ThreadPoolExecutor(1) if device.is_gpu and self._where.type == "cpu" else None
        self._ahead: tuple[tuple[int, int], Future[np.ndarray]] | None = None

    def at(self, step: int, share: int = 0, of: int = 1) -> Tensor | np.ndarray:
        """On the device where all of them lie there; else a copy that was read from where they do.

        Of `of` shares this one: every `of`-th picture, from number `share` on.
        """
        if isinstance(self.pictures, DevicePictures):
            return self.pictures[self._rows(step)[share::of]]
        if self._reader is None:
            return self._read(step, share, of)
        if self._ahead is None or self._ahead[0] != (step, share):
            self._ahead = (step, share), self._reader.submit(self._read, step, share, of)
        found = self._ahead[1].result()
        self._ahead = (step + 1, share), self._reader.submit(self._read, step + 1, share, of)
        return found

    def _read(self, step: int, share: int, of: int) -> np.ndarray:
        assert not isinstance(self.pictures, DevicePictures)
        return np.asarray(self.pictures[self._rows(step)[share::of].numpy()])

    def _rows(self, step: int) -> Tensor:
        """In the order in which they lie."""
        epoch, at = divmod(step, self.per_epoch)
        if self._order_of != epoch:
            self._order, self._order_of = epoch_order(len(self.pictures), self.seed, epoch, self._where), epoch
        return self._order[at * self.batch : (at + 1) * self.batch].sort().values
