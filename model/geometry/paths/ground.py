"""What a curve may know of the space that it crosses."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from looks_like.model.geometry.paths.roads import Roads


@dataclass(frozen=True)
class Ground:
    """Each is used by the curves that follow it; a curve that lacks what it follows is straight."""

    roads: Roads | None = None  # between like products
    through: float = 1.0  # the share of the way from straight to through products
    decode: Callable[[Tensor], Tensor] | None = None  # z (N, D) -> pictures (N, C, H, W), which gradients pass
    device: str = "cpu"  # where it decodes


NOWHERE = Ground()
