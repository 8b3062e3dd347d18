"""Decodes asked for at once are made at once: one pass of a network over many codes costs little more than over one.

Nobody waits for company: who comes while nothing is decoded is decoded alone, and who comes meanwhile is in the next
pass with all who came meanwhile.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_TOGETHER_MAX = 32
Decode = Callable[[np.ndarray], np.ndarray]  # (T, D) -> uint8 (T, S, S, 3)


@dataclass(eq=False)
class _Asked:
    z_d: np.ndarray
    frame_hwc: np.ndarray | None = None
    failed: Exception | None = None

    @property
    def waits(self) -> bool:
        return self.frame_hwc is None and self.failed is None


class DecodeQueue:
    """In front of one decoder, for all threads."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._asked: list[_Asked] = []
        self._asking, self._decoding = threading.Lock(), threading.Lock()

    def decode(self, z_d: np.ndarray) -> np.ndarray:
        """(D,) -> uint8 (S, S, 3). Raises what the decoder raises for the codes that were decoded together."""
        mine = _Asked(z_d)
        with self._asking:
            self._asked.append(mine)
        with self._decoding:  # whoever enters first decodes for all who are behind
            while mine.waits:
                self._decode_some()
        if mine.failed is not None:
            raise mine.failed
        assert mine.frame_hwc is not None
        return mine.frame_hwc

    def _decode_some(self) -> None:
        with self._asking:
            some, self._asked = self._asked[:_TOGETHER_MAX], self._asked[_TOGETHER_MAX:]
        try:
            for asked, frame_hwc in zip(some, self._decode(np.stack([asked.z_d for asked in some])), strict=True):
                asked.frame_hwc = frame_hwc
        except Exception as reason:  # noqa: BLE001 - it is raised again by each that asked
            for asked in some:
                asked.failed = reason
