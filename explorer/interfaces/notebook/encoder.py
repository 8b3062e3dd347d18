"""A family as a scikit-learn transformer: pictures in, codes out, without a workspace."""

from dataclasses import replace
from typing import Any, Self

import numpy as np
import torch
from PIL import Image
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

    X are pictures: (N, H, W, 3) or, in grey, (N, H, W). Those of S x S px with S 32, 64, 128 or 256 are taken as they
    are, others resized to the next S, squeezed where they are no squares. In one line each (N, S x S x 3), as
    scikit-learn's own tools pass them, they are pictures too. Any other table of numbers (N, F) is laid out as a grey
    square: so an Encoder stands in any pipeline, though it is made for pictures.

    uint8 pictures count from 0 to 255, floats from 0 to 1; a table, and floats that leave 0 to 1, from the least to the
    greatest value in `fit`, beyond which values are clipped. What is trained is `net_`; the same data and
    `random_state` give the same one. NumPy's and PyTorch's own random numbers stay as they were.

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
        self._shape = _picture_shape(X, flat_nf.shape[1])
        self._low, self._high = _range(flat_nf, is_table=self._shape is None)
        pixels_nhwc = self._pixels(flat_nf)
        if len(pixels_nhwc) < PRODUCTS_MIN:  # a handful is seen as often as it takes
            pixels_nhwc = np.concatenate([pixels_nhwc] * (-(-PRODUCTS_MIN // len(pixels_nhwc))))
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        shape = {"latent": self.latent, "size": pixels_nhwc.shape[1], "width": self.width}
        batch = max(4, min(64, len(pixels_nhwc) // 2))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            net = create(self.family, **{"batch": batch, **shape, **(self.settings or {})})
            net.start_from(pixels_nhwc)
            steps = steps_for_epochs(self.epochs, len(pixels_nhwc), net.settings.batch)
            trainer = Trainer(net, pixels_nhwc, pixels_nhwc[:0], steps=steps, seed=seed)
            for _ in trainer.reports():
                pass
        self.net_, self._n_features_out = trainer.ema, net.settings.latent
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Codes float32 (N, latent)."""
        check_is_fitted(self, "net_")
        return encode_pixels(self.net_, self._pixels(self._checked(X, reset=False)), _exact())

    def inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        """Pictures uint8 (N, S, S, 3) of codes (N, latent), as large as the network's, whatever X was."""
        check_is_fitted(self, "net_")
        z_nd = torch.as_tensor(np.asarray(Z, np.float32)).to(pick_device().name)
        with torch.inference_mode():
            return to_uint8(self.net_.decode(z_nd))

    def score(self, X: np.ndarray, y: object = None) -> float:
        """Minus the mean squared error of rebuilt pictures, of values 0 to 1: higher is better."""
        check_is_fitted(self, "net_")
        pixels_nhwc = self._pixels(self._checked(X, reset=False))
        rebuilt_nhwc = self.inverse_transform(encode_pixels(self.net_, pixels_nhwc, _exact()))
        return -float(np.mean((pixels_nhwc.astype(np.float32) - rebuilt_nhwc) ** 2) / 255**2)

    # -- pictures ------------------------------------------------------------------------------------------------

    def _checked(self, X: np.ndarray, *, reset: bool) -> np.ndarray:
        """(N, F), finite. ValueError as scikit-learn says it."""
        if getattr(X, "ndim", 2) > 2:
            pictures = np.asarray(X)
            if pictures.ndim > 4 or (pictures.ndim == 4 and pictures.shape[3] != 3):
                raise RequestError(f"pictures are (N, H, W, 3), or (N, H, W) in grey; got {pictures.shape}")
            X = pictures.reshape(len(pictures), -1)
        return np.asarray(validate_data(self, X, reset=reset, dtype=[np.float64, np.float32, np.uint8]))

    def _pixels(self, flat_nf: np.ndarray) -> np.ndarray:
        """uint8 (N, S, S, 3)."""
        as_they_are = flat_nf.dtype == np.uint8 and (self._low, self._high) == (0, 255)
        values_nf = flat_nf if as_they_are else self._scaled(flat_nf)
        if self._shape is None:
            return _tables_as_squares(values_nf)
        return _as_squares(values_nf.reshape(-1, *self._shape))

    def _scaled(self, flat_nf: np.ndarray) -> np.ndarray:
        """uint8, 0 to 255 over the range that was found in `fit`."""
        span = (self._high - self._low) or 1.0
        return np.rint(np.clip((flat_nf - self._low) / span, 0, 1) * 255).astype(np.uint8)


def _picture_shape(X: np.ndarray, features: int) -> tuple[int, ...] | None:
    """(H, W, 3) or (H, W) of the pictures in X; None where it is a table."""
    if getattr(X, "ndim", 2) > 2:
        return tuple(np.asarray(X).shape[1:])
    edge = next((edge for edge in SIZES if 3 * edge * edge == features), None)
    return None if edge is None else (edge, edge, 3)


def _range(flat_nf: np.ndarray, *, is_table: bool) -> tuple[float, float]:
    """The values that become black and white."""
    low, high = float(flat_nf.min()), float(flat_nf.max())
    if is_table:
        return low, high
    if flat_nf.dtype == np.uint8:
        return 0.0, 255.0
    return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)


def _as_squares(values_nhw: np.ndarray) -> np.ndarray:
    """uint8 (N, H, W) or (N, H, W, 3) -> (N, S, S, 3)."""
    height, width = values_nhw.shape[1:3]
    size = next((size for size in SIZES if size >= max(height, width)), SIZES[-1])
    if (height, width) != (size, size):
        images = (Image.fromarray(values_hw) for values_hw in values_nhw)
        resized = [np.asarray(image.resize((size, size), Image.Resampling.HAMMING)) for image in images]
        values_nhw = np.stack(resized)
    return values_nhw if values_nhw.ndim == 4 else np.repeat(values_nhw[..., None], 3, axis=-1)


def _tables_as_squares(values_nf: np.ndarray) -> np.ndarray:
    """uint8 (N, F), any numbers, as grey pictures of 32 px or more, a block of pixels for each."""
    side = int(np.ceil(values_nf.shape[1] ** 0.5))
    size = next((size for size in SIZES if size >= side), None)
    if size is None:
        raise RequestError(f"{values_nf.shape[1]:,} numbers a line are more than a picture of {SIZES[-1]} px has")
    square_nn = np.zeros((len(values_nf), side * side), np.uint8)
    square_nn[:, : values_nf.shape[1]] = values_nf
    at = np.arange(size) * side // size
    square_nhw = square_nn.reshape(-1, side, side)[:, at][:, :, at]
    return np.repeat(square_nhw[..., None], 3, axis=-1)
