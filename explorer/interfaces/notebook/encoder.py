"""A family as a scikit-learn transformer: pictures in, codes out, without a workspace."""

from dataclasses import replace
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from looks_like.explorer.core import encode_pixels
from looks_like.explorer.errors import RequestError
from looks_like.model.device import Device, pick_device
from looks_like.model.families import create
from looks_like.model.images import to_uint8
from looks_like.model.training import PRODUCTS_MIN, Trainer, steps_for_epochs

SIZES = (32, 64, 128, 256)


def _exact() -> Device:
    """In float32: bf16 would give a picture another code in another batch."""
    return replace(pick_device(), dtype=torch.float32)


class Encoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Learns to turn pictures into codes of `latent` numbers, and back.

    X are pictures: uint8 (N, S, S, 3) with S 32, 64, 128 or 256; or their values in one line each (N, S x S x 3), as
    scikit-learn's own tools pass them. Any other table of numbers (N, F) is laid out as a grey square, scaled to 0..255
    by the range of the training data: so an Encoder stands in any pipeline, though it is made for pictures.

    >>> X = np.random.default_rng(0).integers(0, 255, (40, 32, 32, 3), dtype=np.uint8)
    >>> Encoder(latent=4, epochs=1, width=8).fit(X).transform(X).shape
    (40, 4)
    """

    def __init__(
        self,
        family: str = "vae",
        *,
        latent: int = 8,
        epochs: float = 10,
        width: int = 16,
        settings: dict[str, Any] | None = None,
        random_state: int | None = 0,
    ) -> None:
        self.family, self.latent, self.epochs, self.width = family, latent, epochs, width
        self.settings, self.random_state = settings, random_state

    def fit(self, X: np.ndarray, y: object = None) -> Self:
        """Trains on all of X; `y` is not looked at. ModelError for an unknown family or setting."""
        flat_nf = self._checked(X, reset=True)
        self._low, self._high = float(flat_nf.min()), float(flat_nf.max())
        pixels_nhwc = self._pixels(flat_nf)
        if len(pixels_nhwc) < PRODUCTS_MIN:  # a handful is seen as often as it takes
            pixels_nhwc = np.concatenate([pixels_nhwc] * (-(-PRODUCTS_MIN // len(pixels_nhwc))))
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        torch.manual_seed(seed)
        latent = min(self.latent, len(pixels_nhwc))
        shape = {"latent": latent, "size": pixels_nhwc.shape[1], "width": self.width}
        net = create(self.family, **{"batch": max(4, min(64, len(pixels_nhwc) // 2)), **shape, **(self.settings or {})})
        net.start_from(pixels_nhwc)
        steps = steps_for_epochs(self.epochs, len(pixels_nhwc), net.settings.batch)
        trainer = Trainer(net, pixels_nhwc, pixels_nhwc[:0], steps=steps, seed=seed)
        for _ in trainer.reports():
            pass
        self.net_, self._n_features_out = trainer.ema, latent
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Codes float32 (N, latent)."""
        check_is_fitted(self, "net_")
        return encode_pixels(self.net_, self._pixels(self._checked(X, reset=False)), _exact())

    def inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        """Pictures uint8 (N, S, S, 3) of codes (N, latent)."""
        check_is_fitted(self, "net_")
        z_nd = torch.as_tensor(np.asarray(Z, np.float32)).to(pick_device().name)
        with torch.inference_mode():
            return to_uint8(self.net_.decode(z_nd))

    def score(self, X: np.ndarray, y: object = None) -> float:
        """Minus the mean squared error of rebuilt pictures, of values 0 to 1: higher is better."""
        pixels_nhwc = self._pixels(self._checked(X, reset=False))
        rebuilt_nhwc = self.inverse_transform(encode_pixels(self.net_, pixels_nhwc, _exact()))
        return -float(np.mean((pixels_nhwc.astype(np.float32) - rebuilt_nhwc) ** 2) / 255**2)

    # -- pictures ------------------------------------------------------------------------------------------------

    def _checked(self, X: np.ndarray, *, reset: bool) -> np.ndarray:
        """(N, F), finite. ValueError as scikit-learn says it."""
        if getattr(X, "ndim", 2) == 4:
            pictures = np.asarray(X)
            if pictures.shape[1] != pictures.shape[2] or pictures.shape[1] not in SIZES or pictures.shape[3] != 3:
                raise RequestError(f"pictures are (N, S, S, 3) with S one of {SIZES}; got {pictures.shape}")
            X = pictures.reshape(len(pictures), -1)
        return np.asarray(validate_data(self, X, reset=reset, dtype=[np.uint8, np.float32, np.float64]))

    def _pixels(self, flat_nf: np.ndarray) -> np.ndarray:
        """uint8 (N, S, S, 3)."""
        edge = round((flat_nf.shape[1] / 3) ** 0.5)
        if flat_nf.dtype == np.uint8 and edge in SIZES and edge * edge * 3 == flat_nf.shape[1]:
            return flat_nf.reshape(len(flat_nf), edge, edge, 3)
        return self._as_squares(flat_nf)

    def _as_squares(self, flat_nf: np.ndarray) -> np.ndarray:
        """Any numbers as grey pictures of 32 px or more, a block of pixels for each."""
        side = int(np.ceil(flat_nf.shape[1] ** 0.5))
        size = next((size for size in SIZES if size >= side), None)
        if size is None:
            raise RequestError(f"{flat_nf.shape[1]:,} numbers a line are more than a picture of {SIZES[-1]} px has")
        span = (self._high - self._low) or 1.0
        grey_nf = np.clip((flat_nf - self._low) / span, 0, 1) * 255
        square_nn = np.zeros((len(flat_nf), side * side), np.float32)
        square_nn[:, : flat_nf.shape[1]] = grey_nf
        at = np.arange(size) * side // size
        square_nhw = square_nn.reshape(-1, side, side)[:, at][:, :, at]
        return np.repeat(square_nhw[..., None].astype(np.uint8), 3, axis=-1)
