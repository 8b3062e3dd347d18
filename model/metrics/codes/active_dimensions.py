"""What the dimensions of a code carry."""

import numpy as np
import torch

from looks_like.model.device import Device, pick_device
from looks_like.model.errors import ModelError
from looks_like.model.family import Family
from looks_like.model.images import Pictures, to_float
from looks_like.model.metrics.metric import Metric

ACTIVE_VARIANCE = 0.01  # a dimension is active when the variance of its mean over pictures is above this
_CHUNK = 256

MEASURES = (
    Metric(
        key="active",
        judges="codes",
        title="Active dimensions",
        unit="dimensions",
        better="neither",
        sentence="How many dimensions differ from product to product; the rest are as good as unused. Fewer than 4 is "
        "an alarm.",
        source="Burda 2015",
        protocol="Dimensions whose mean code has a variance above .01 over pictures.",
    ),
    Metric(
        key="kl_nats",
        judges="codes",
        title="KL to the prior",
        unit="nats",
        better="neither",
        sentence="How much the codes say about each product. Below 2 nats they say next to nothing; a high one leaves "
        "regions where no product is.",
        source="Kingma & Welling 2013",
        protocol="Closed form of KL(q(z|x) || N(0, I)), mean over pictures, sum over dimensions.",
    ),
)


@torch.inference_mode()
def posteriors(
    model: Family, pictures: np.ndarray | Pictures, device: Device | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """-> (mean_nd, logvar_nd) of q(z|x); of a family without a posterior the log-variances say nothing."""
    device, means, logvars = device or pick_device(), [], []
    for i in range(0, len(pictures), _CHUNK):
        with device.autocast():
            x_nchw = to_float(pictures[i : i + _CHUNK], device.name, model.settings.channels)
            mean_nd, logvar_nd = model.posterior(x_nchw)
        means.append(mean_nd.float().cpu().numpy())
        logvars.append(logvar_nd.float().cpu().numpy())
    return np.concatenate(means), np.concatenate(logvars)


def kl_per_dimension(model: Family, pictures: np.ndarray | Pictures, device: Device | None = None) -> np.ndarray:
    """Mean over pictures of KL(q(z_d|x) || N(0, 1)), nats, (D,). ModelError for a family without a posterior."""
    if not model.probabilistic:
        raise ModelError(f"{model.title} has no posterior, so no KL per dimension")
    mean_nd, logvar_nd = posteriors(model, pictures, device)
    kl_d: np.ndarray = 0.5 * (mean_nd**2 + np.exp(logvar_nd) - 1 - logvar_nd).mean(0)
    return kl_d


def active_dimensions(model: Family, pictures: np.ndarray | Pictures, device: Device | None = None) -> np.ndarray:
    """(D,) bool."""
    return active_in(posteriors(model, pictures, device)[0])


def active_in(mean_nd: np.ndarray) -> np.ndarray:
    """(D,) bool from codes that are made already."""
    active_d: np.ndarray = mean_nd.var(0) > ACTIVE_VARIANCE
    return active_d
