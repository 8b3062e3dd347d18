"""The evidence lower bound: reconstruction and KL apart."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Generator, Tensor

from looks_like.model.device import Device, pick_device
from looks_like.model.errors import ModelError
from looks_like.model.family import Family, gaussian_noise
from looks_like.model.images import Pictures, to_float
from looks_like.model.metrics.intervals import Interval, of_mean, resampled
from looks_like.model.metrics.metric import Metric

_CHUNK = 256

_PROTOCOL = (
    "one sample of q(z|x) per picture, drawn on the CPU from the seed in the order of the pictures; reconstruction "
    "summed over all values of a picture (borders and padding count), the KL in closed form. A Gaussian's standard "
    "deviation is the best one for all these pictures together, not below the model's floor. Comparable between models "
    "with the same likelihood, size and channels."
)

MEASURES = (
    Metric(
        key="negative_elbo",
        judges="pictures",
        title="Negative evidence bound",
        unit="nats",
        better="lower",
        sentence="How many nats it takes to tell a picture by its code: what the decoder gets wrong, and what the code "
        "says.",
        source="Kingma & Welling 2013",
        protocol="Mean over held-out pictures of reconstruction + KL; " + _PROTOCOL,
    ),
    Metric(
        key="reconstruction_nats",
        judges="pictures",
        title="Of it: reconstruction",
        unit="nats",
        better="lower",
        sentence="What the decoder gets wrong. Below 0 where it is a density: a Gaussian's is, a Bernoulli's is not.",
        source="Kingma & Welling 2013",
        protocol="Mean over held-out pictures of the negative log-likelihood given the code; " + _PROTOCOL,
    ),
)


@dataclass(frozen=True)
class Elbo:
    reconstruction: float  # nats per picture
    kl: float
    kl_n: np.ndarray = field(compare=False)  # of each picture
    error_n: np.ndarray = field(compare=False)  # of each, mean over its values
    nats_of: Callable[[np.ndarray], np.ndarray] = field(compare=False)  # mean errors -> nats per picture

    def intervals(self, things: str) -> dict[str, Interval | None]:
        """Key of a measure -> how sure it is."""

        def reconstruction(rows_rn: np.ndarray) -> np.ndarray:
            return self.nats_of(self.error_n[rows_rn].mean(1))

        def both(rows_rn: np.ndarray) -> np.ndarray:
            return np.asarray(reconstruction(rows_rn) + self.kl_n[rows_rn].mean(1))

        count = len(self.kl_n)
        return {
            "negative_elbo": resampled(count, both, things),
            "reconstruction_nats": resampled(count, reconstruction, things),
            "kl_nats": of_mean(self.kl_n, things),
        }

    @property
    def negative_elbo(self) -> float:
        return self.reconstruction + self.kl


@torch.inference_mode()
def compute_elbo(model: Family, pictures: np.ndarray | Pictures, device: Device | None = None, seed: int = 0) -> Elbo:
    """Kingma & Welling 2013, equation 7. ModelError for a family without a posterior."""
    if not model.probabilistic:
        raise ModelError(f"{model.title} has no posterior, so no evidence bound")
    device, rng = device or pick_device(), Generator().manual_seed(seed)
    errors, kls, values = list[Tensor](), list[Tensor](), 0
    for i in range(0, len(pictures), _CHUNK):
        x_nchw = to_float(pictures[i : i + _CHUNK], device.name, model.settings.channels)
        with device.autocast():
            mean_nd, logvar_nd = model.posterior(x_nchw)
            z_nd = mean_nd + (0.5 * logvar_nd).exp() * gaussian_noise(mean_nd, rng)
            raw_nchw = model.decoder(z_nd)
        values = x_nchw[0].numel()
        each = zip(raw_nchw.split(1), x_nchw.split(1), strict=True)
        errors.append(torch.stack([model.likelihood.error(raw, x) for raw, x in each]).cpu().double())
        kls.append(0.5 * (mean_nd.square() + logvar_nd.exp() - 1 - logvar_nd).sum(1).cpu().double())
    error_n, kl_n = torch.cat(errors), torch.cat(kls)

    def nats_of(error_r: np.ndarray) -> np.ndarray:
        return np.asarray(model.likelihood.nats(torch.from_numpy(error_r), values))

    nats = model.likelihood.nats(error_n.mean(), values).item()
    return Elbo(nats, kl_n.mean().item(), kl_n.numpy(), error_n.numpy(), nats_of)
