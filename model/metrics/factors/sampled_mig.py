"""The mutual information gap as its author measures it: of samples of q(z|x), not of its means in bins.

Two definitions go by one name, and one model scored about .5 by this and about 0 by the other.
"""

import math
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from looks_like.model.errors import ModelError
from looks_like.model.metrics.factors.information import entropy_nats
from looks_like.model.metrics.ground_truth import TRAIN, sample
from looks_like.model.metrics.metric import Metric, Score

_CHUNK = 512

MEASURES = (
    Metric(
        key="sampled_mig",
        judges="factors",
        title="Mutual information gap of samples",
        unit="share of entropy",
        better="higher",
        ideal=1.0,
        sentence="How much more the best dimension tells about a factor than the second best, when codes have the "
        "noise that the model itself says they have.",
        source="Chen 2018",
        protocol="10,000 pictures and a sample of q(z|x) of each; H(z_d) and H(z_d | factor) with q(z_d) as the "
        "mixture of the pictures' posteriors; the gap between the two dimensions that tell most of a factor, over its "
        "entropy; mean over the factors named. Chen leaves the shape of dSprites out.",
    ),
)


def sampled_mig(mean_nd: np.ndarray, logvar_nd: np.ndarray, factors_nf: np.ndarray, *, seed: int = 0) -> Score:
    """Of posteriors N(mean, exp(logvar)) and whole numbers (N, F). ModelError as `ground_truth.sample`, and for shapes
    that do not agree.
    """
    if mean_nd.shape != logvar_nd.shape:
        raise ModelError(f"means {mean_nd.shape} and log-variances {logvar_nd.shape} are of different codes")
    rng = np.random.default_rng(seed)
    given = sample(np.concatenate([mean_nd, logvar_nd], 1), factors_nf, TRAIN, rng)
    mean_nd, logvar_nd = np.split(given.z_nd, 2, axis=1)
    mean, logvar = (torch.from_numpy(part.astype(np.float32)) for part in (mean_nd, logvar_nd))
    noise = torch.from_numpy(rng.standard_normal(mean.shape, np.float32))
    z = mean + (0.5 * logvar).exp() * noise
    entropy_d = _entropies(z, mean, logvar)
    told_df = np.stack([_told(entropy_d, z, mean, logvar, values_n) for values_n in given.values_nf.T], 1)
    sorted_df = np.sort(told_df, axis=0)
    gap_f = sorted_df[-1] - sorted_df[-2]
    said = replace(given, z_nd=mean_nd).said(f"{len(given):,} codes", seed)
    return Score("sampled_mig", float(gap_f.mean()), said, given.named(gap_f))


def _told(entropy_d: Tensor, z: Tensor, mean: Tensor, logvar: Tensor, values_n: np.ndarray) -> np.ndarray:
    """(D,) what each dimension tells of a factor: mutual information over the factor's entropy."""
    left_d = torch.zeros_like(entropy_d)
    for value in np.unique(values_n):
        alike = torch.from_numpy(np.flatnonzero(values_n == value))
        left_d += len(alike) / len(z) * _entropies(z[alike], mean[alike], logvar[alike])
    return np.asarray((entropy_d - left_d).numpy() / entropy_nats(values_n))


def _entropies(z_md: Tensor, mean_nd: Tensor, logvar_nd: Tensor) -> Tensor:
    """(D,) nats: of each dimension of the samples, their density being the mixture of the posteriors."""
    log_norm_nd = -0.5 * (logvar_nd + math.log(2 * math.pi))
    precision_nd, found_d = (-logvar_nd).exp(), torch.zeros(z_md.shape[1], dtype=torch.float64)
    for chunk_cd in z_md.split(_CHUNK):
        for d in range(z_md.shape[1]):
            apart_cn = chunk_cd[:, d, None] - mean_nd[:, d]
            log_q_cn = log_norm_nd[:, d] - 0.5 * apart_cn.square() * precision_nd[:, d]
            found_d[d] -= torch.logsumexp(log_q_cn, 1).double().sum()
    return found_d / len(z_md) + math.log(len(mean_nd))
