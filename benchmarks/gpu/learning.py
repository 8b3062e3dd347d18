"""The time to quality: one training on the drawn sneakers, looked at on the way.

The pictures are drawn here, or read from a file (`--pictures`: uint8 (N, S, S, 3), `.npy`) where nothing can draw.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from benchmarks.gpu.form import Figure, Form
from benchmarks.measure import say
from looks_like.model.device import Device
from looks_like.model.errors import ModelError
from looks_like.model.families import Family, create
from looks_like.model.metrics.pictures.kid import kernel_distance
from looks_like.model.metrics.pictures.reconstruction import reconstruction_mse
from looks_like.model.networks import features
from looks_like.model.training.budget import Budget
from looks_like.model.training.trainer import Trainer

_HELD_OUT = 20  # one in so many
_REAL = 2000  # at most, for KID
_SHARPEN = 0.6


def time_to_quality(form: Form, device: Device, pictures: Path | None = None) -> Iterator[Figure]:
    """Error and KID of held-out products after each of `form.looked_at_s`, of a training that ends with the last."""
    pixels_nhwc = np.load(pictures, mmap_mode="r", allow_pickle=False) if pictures else _drawn(form)
    held_out_n = np.arange(len(pixels_nhwc)) % _HELD_OUT == 0
    learn_nhwc, held_out_nhwc = pixels_nhwc[~held_out_n], pixels_nhwc[held_out_n]
    size, started = pixels_nhwc.shape[1], time.perf_counter()
    batch = min(form.sharpened.get(size, 64), len(learn_nhwc) // 4)
    torch.manual_seed(0)
    kind = {"decoder": "refined", "decoder_width": 2 * form.width, "width": form.width, "sharpen": _SHARPEN}
    model = create("beta-vae", latent=min(32, len(learn_nhwc) // 4), size=size, batch=batch, **kind)
    model.start_from(learn_nhwc)
    budget = Budget(lambda: time.perf_counter() - started, ends=form.looked_at_s[-1])
    trainer = Trainer(model, learn_nhwc, held_out_nhwc, steps=budget, device=device)
    budget.begin()
    for after_s in form.looked_at_s:
        while trainer.step < trainer.steps and (not trainer.step or time.perf_counter() - started < after_s):
            trainer.train_step()
        away = time.perf_counter()
        more = {"steps": float(trainer.step), "of": round(trainer.steps), "batch": float(batch)}
        for unit, value in _quality(trainer.ema, learn_nhwc, held_out_nhwc, device).items():
            yield Figure(f"rebuilt sneakers, {size} px, after {after_s:g} s", value, unit, "", None, more)
        started += time.perf_counter() - away  # to look is not to learn


def _quality(model: Family, learn_nhwc: np.ndarray, held_out_nhwc: np.ndarray, device: Device) -> dict[str, float]:
    """By unit; KID only where the network that looks is installed."""
    found = {"MSE": reconstruction_mse(model, held_out_nhwc, device)}
    try:
        real_nf = features(learn_nhwc[:_REAL], device)
    except ModelError as reason:
        say(f"  no KID: {reason}")
        return found
    from looks_like.explorer.core.space import encode_pixels
    from looks_like.model.images import to_uint8

    with torch.no_grad():
        z_nd = torch.from_numpy(encode_pixels(model, held_out_nhwc[:_REAL], device)).to(device.name)
        made_nhwc = np.concatenate([to_uint8(model.decode(some_nd)) for some_nd in z_nd.split(64)])
    return found | {"KID": kernel_distance(real_nf, features(made_nhwc, device))}


def _drawn(form: Form) -> np.ndarray:
    """Each chunk of the demo's catalogue by all cores."""
    from looks_like.data.pictures import pixels_of
    from looks_like.data.sneakers.render_pool import RenderPool

    say(f"  drawing {form.learnt:,} sneakers …")
    with RenderPool("catalogue", 0, max(64, form.learnt_px), form.learnt) as pool:
        return np.stack([pixels_of(pool.picture(i), form.learnt_px) for i in range(form.learnt)])
