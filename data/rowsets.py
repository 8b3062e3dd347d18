"""A compact set of catalogue rows: sorted row numbers when sparse, a bitmap when dense."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RowSet:
    """Of a catalogue of `size` products."""

    size: int
    count: int
    _kept: np.ndarray  # int32, sorted; or uint8, a bit per row

    @classmethod
    def of_rows(cls, rows_m: np.ndarray, size: int) -> "RowSet":
        """From row numbers between 0 and size, in any order, repeated or not."""
        if 32 * len(rows_m) <= size:
            unique = np.unique(rows_m).astype(np.int32)
            return cls(size, len(unique), unique)
        mask_n = np.zeros(size, bool)  # many are not sorted: that takes 20 times as long
        mask_n[rows_m] = True
        return cls.of_mask(mask_n)

    @classmethod
    def of_mask(cls, mask_n: np.ndarray) -> "RowSet":
        """From bool (N,)."""
        size, count = len(mask_n), int(np.count_nonzero(mask_n))
        few = 32 * count <= size
        return cls(size, count, np.flatnonzero(mask_n).astype(np.int32) if few else np.packbits(mask_n))

    @property
    def _by_bits(self) -> bool:
        return self._kept.dtype == np.uint8

    def mask(self) -> np.ndarray:
        """bool (N,), one's own to change."""
        return self.set_in(np.zeros(self.size, bool), True)

    def set_in(self, mask_n: np.ndarray, value: bool) -> np.ndarray:
        """Sets these rows of bool (N,), in place."""
        if not self._by_bits:
            mask_n[self._kept] = value
            return mask_n
        mine_n = np.unpackbits(self._kept, count=self.size).view(bool)
        if value:
            mask_n |= mine_n
        else:
            mask_n &= ~mine_n
        return mask_n

    def has(self, row: int) -> bool:
        if self._by_bits:
            return bool(self._kept[row >> 3] >> (7 - (row & 7)) & 1)
        place = int(np.searchsorted(self._kept, row))
        return place < len(self._kept) and int(self._kept[place]) == row
