"""Codes from vectors that others made: as they are, of unit length where they are compared by cosine, and of long ones
their principal components. What was found of the first ones are the weights, so who comes later moves nobody.
"""

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from looks_like.model.errors import ModelError

KEPT_MAX = 256  # numbers of a code; of longer vectors .94 to .99 of the ten nearest stay the same (docs/log.md)
GIVEN_MAX = 4096
_FITTED_MAX = 20_000  # vectors of which components are found
_AT_ONCE = 65_536
_DIGEST = 32  # bytes


@dataclass(frozen=True, kw_only=True)
class GivenSettings:
    given: int  # numbers of a vector
    latent: int  # numbers of a code
    cosine: bool = True
    size: int = 96  # px: what has no pictures of its own is shown at
    channels: int = 3

    def __post_init__(self) -> None:
        whole = (self.given, self.latent, self.size, self.channels)
        sound = type(self.cosine) is bool and all(type(value) is int for value in whole)
        if not sound or not 1 <= self.given <= GIVEN_MAX or self.latent != min(self.given, KEPT_MAX):
            raise ModelError(f"vectors have 1 to {GIVEN_MAX:,} numbers, of which at most {KEPT_MAX} are kept")
        if (self.size, self.channels) != (96, 3):
            raise ModelError("vectors are of pictures of 96 px in colour")


class Given(nn.Module):
    """Answers as a family does, but sees no pictures and draws none."""

    title: ClassVar[str] = "Own vectors"
    objective: ClassVar[str] = "none: vectors that were brought"
    probabilistic: ClassVar[bool] = False
    encodes: ClassVar[bool] = False
    decodes: ClassVar[bool] = False
    parts: ClassVar[dict[str, slice]] = {}  # what its numbers say, nobody told
    fine: ClassVar[int] = 0
    settings_type: ClassVar[type[GivenSettings]] = GivenSettings

    mean_v: Tensor
    to_vd: Tensor
    first_h: Tensor  # a digest of the first vectors: other vectors are other weights

    def __init__(self, settings: GivenSettings) -> None:
        super().__init__()
        self.settings = settings
        self.register_buffer("mean_v", torch.zeros(settings.given))
        self.register_buffer("to_vd", torch.eye(settings.given, settings.latent))
        self.register_buffer("first_h", torch.zeros(_DIGEST, dtype=torch.uint8))

    @property
    def seen_px(self) -> int:
        return self.settings.size

    def strip_training_modules(self) -> Self:
        return self

    def encode(self, x_nchw: Tensor) -> Tensor:
        """ModelError: no picture can be turned into somebody else's vector."""
        raise ModelError("its vectors were brought from elsewhere, and no picture can be turned into one here")

    @torch.inference_mode()
    def codes(self, v_nv: np.ndarray) -> np.ndarray:
        """float32 (N, D) of vectors (N, V)."""
        parts = [self._codes(v_nv[i : i + _AT_ONCE]) for i in range(0, len(v_nv), _AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty((0, self.settings.latent), np.float32)

    def _codes(self, v_nv: np.ndarray) -> np.ndarray:
        if self.settings.cosine:
            v_nv = of_unit_length(v_nv)
        if self.settings.latent == self.settings.given:
            return np.asarray(v_nv, np.float32)
        v_nv = np.ascontiguousarray(v_nv)
        return np.asarray(((torch.from_numpy(v_nv) - self.mean_v.cpu()) @ self.to_vd.cpu()).numpy())


def fit_given(v_nv: np.ndarray, *, cosine: bool = True) -> Given:
    """How vectors float32 (N, V) become codes; beyond KEPT_MAX numbers by principal components of the first that come.

    ModelError for too many numbers.
    """
    numbers = v_nv.shape[1]
    given = Given(GivenSettings(given=numbers, latent=min(numbers, KEPT_MAX), cosine=cosine))
    drawn_mv = v_nv[np.linspace(0, len(v_nv) - 1, min(len(v_nv), _FITTED_MAX)).astype(np.int64)]
    given.first_h = torch.frombuffer(bytearray(hashlib.sha256(drawn_mv.tobytes()).digest()), dtype=torch.uint8)
    if numbers > KEPT_MAX:
        mean_v, to_vd = _components(of_unit_length(drawn_mv) if cosine else drawn_mv)
        given.mean_v, given.to_vd = torch.from_numpy(mean_v), torch.from_numpy(to_vd)
    return given.eval().requires_grad_(False)


def of_unit_length(v_nv: np.ndarray) -> np.ndarray:
    """float32 (N, V); nothing of length 0 may be among them."""
    longest_n1 = np.abs(v_nv).max(1, keepdims=True)  # first: squares of large numbers would be infinite
    scaled_nv = v_nv / longest_n1
    return np.asarray(scaled_nv / np.linalg.norm(scaled_nv, axis=1, keepdims=True), np.float32)


def _components(v_mv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """-> (mean (V,), (V, D)); of few vectors fewer components, and nothing behind them."""
    from sklearn.decomposition import PCA as Components  # only who brings vectors needs it

    count = min(KEPT_MAX, len(v_mv))
    mean_v, to_vd = v_mv.mean(0, dtype=np.float64), np.zeros((v_mv.shape[1], KEPT_MAX), np.float32)
    if len(v_mv) > 1:
        found = Components(count, svd_solver="randomized", random_state=0).fit(v_mv)
        to_vd[:, :count] = found.components_.T
    return mean_v.astype(np.float32), to_vd
