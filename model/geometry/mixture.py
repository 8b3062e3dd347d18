"""Where the products really are: a mixture of Gaussians fitted on codes after training (Ghosh 2020).

What a family promises of its codes rarely holds to the letter, so codes drawn from the prior decode worse than codes
drawn from this. It is kept beside the weights as `mixture.safetensors`; models without one get theirs when asked.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from looks_like.model.errors import ModelError
from looks_like.model.geometry.kept import read_arrays, write_arrays

COMPONENTS = 10  # M, one letter more for the names of arrays
FITTED_MAX = 10_000  # codes; more change the likelihood of unseen ones by less than .1 nat
_CODES_MIN = 2
_SPREAD_MIN = 1e-6  # of the largest variance, added to each: a dimension that nothing uses does no harm
_FILE = "mixture.safetensors"
_REFUSED = "is not a mixture: {reason}. Delete it: one is fitted when it is needed"


@dataclass(frozen=True)
class Mixture:
    """Full covariances, each as its lower Cholesky factor. float32."""

    weights_m: np.ndarray
    means_md: np.ndarray
    cholesky_mdd: np.ndarray

    @property
    def latent(self) -> int:
        return int(self.means_md.shape[1])

    def sample(self, count: int, seed: int | None = None) -> np.ndarray:
        """(count, D) float32, the components in no order; no seed = others each time."""
        rng = np.random.default_rng(seed)
        shares_m = self.weights_m.astype(np.float64)
        component_n = rng.choice(len(shares_m), count, p=shares_m / shares_m.sum())
        z_nd = rng.standard_normal((count, self.latent), np.float32)
        for m in np.unique(component_n):  # a factor for each code would be (count, D, D) in memory
            mine_n = component_n == m
            z_nd[mine_n] = self.means_md[m] + z_nd[mine_n] @ self.cholesky_mdd[m].T
        return z_nd

    def log_density(self, z_nd: np.ndarray) -> np.ndarray:
        """(N,) float64, nats. ModelError for codes of another number of dimensions, or not finite."""
        if z_nd.ndim != 2 or z_nd.shape[1] != self.latent or not np.isfinite(z_nd).all():
            raise ModelError(f"a density needs finite codes (N, {self.latent}), got an array {z_nd.shape}")
        return np.asarray(self.log_density_at(torch.as_tensor(np.asarray(z_nd, np.float64))).numpy())

    def log_density_at(self, z_nd: torch.Tensor) -> torch.Tensor:
        """The same (N,) of a tensor, whose gradient it follows; on the processor."""
        return torch.logsumexp(self._log_parts(z_nd), 0)

    def responsible(self, z_nd: np.ndarray) -> np.ndarray:
        """int64 (N,): of each code (N, D) the component that it most likely is of."""
        return np.asarray(self._log_parts(torch.as_tensor(z_nd)).argmax(0).numpy())

    def _log_parts(self, z_nd: torch.Tensor) -> torch.Tensor:
        """(M, N) float64."""
        z_dn = z_nd.to("cpu", torch.float64).T
        parts = zip(self.weights_m, self.means_md, self.cholesky_mdd, strict=True)
        return torch.stack([_log_part(z_dn, *part) for part in parts])


def fit_mixture(z_nd: np.ndarray, seed: int = 0, components: int = COMPONENTS) -> Mixture:
    """Of codes (N, D), by expectation maximisation on at most 10,000 of them drawn at random.

    Fewer components than asked for where there are not ten codes for each dimension of each. ModelError for fewer
    than two codes, or any that is not finite.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    if len(z_nd) < _CODES_MIN or not np.isfinite(z_nd).all():
        raise ModelError(f"a mixture needs {_CODES_MIN} codes or more, all finite; got an array {z_nd.shape}")
    if len(z_nd) > FITTED_MAX:
        z_nd = z_nd[np.sort(np.random.default_rng(seed).choice(len(z_nd), FITTED_MAX, replace=False))]
    components = max(1, min(components, len(z_nd) // (10 * z_nd.shape[1])))
    spread = _SPREAD_MIN * max(1.0, float(z_nd.var(0, dtype=np.float64).max()))
    found = GaussianMixture(components, reg_covar=spread, random_state=seed)
    # matrices as small as these gain nothing by threads, which on a busy machine wait long for each other
    with threadpool_limits(1), warnings.catch_warnings():
        # one that could still get a little better, or of equal codes, is a mixture too
        warnings.simplefilter("ignore", ConvergenceWarning)
        found.fit(z_nd.astype(np.float64))
    parts = (found.weights_, found.means_, np.linalg.cholesky(found.covariances_))
    return Mixture(*(np.ascontiguousarray(part, np.float32) for part in parts))


def write_mixture(folder: Path, mixture: Mixture) -> None:
    """Beside the weights, whole or not at all."""
    write_arrays(folder / _FILE, mixture)


def read_mixture(folder: Path) -> Mixture | None:
    """None where there is none, as beside models made before. ModelError for a file that is not a mixture."""
    return read_arrays(folder / _FILE, Mixture, _check, _REFUSED)


def _check(mixture: Mixture) -> None:
    """ValueError says what is wrong."""
    shapes = [array.shape for array in vars(mixture).values()]
    count, latent = mixture.means_md.shape if mixture.means_md.ndim == 2 else (0, 0)
    if not count or not latent or shapes != [(count,), (count, latent), (count, latent, latent)]:
        raise ValueError(f"its shapes {', '.join(map(str, shapes))} do not agree")
    if (mixture.weights_m < 0).any() or not np.isclose(mixture.weights_m.sum(), 1, atol=1e-3):
        raise ValueError("its weights are not shares of one")
    if (np.diagonal(mixture.cholesky_mdd, axis1=1, axis2=2) <= 0).any():
        raise ValueError("a Cholesky factor needs a positive diagonal")
    if np.triu(mixture.cholesky_mdd, 1).any():
        raise ValueError("a Cholesky factor has nothing above its diagonal")


def _log_part(z_dn: torch.Tensor, weight: np.float32, mean_d: np.ndarray, cholesky_dd: np.ndarray) -> torch.Tensor:
    """(N,) log of the weight times the component's density."""
    cholesky, mean = (torch.as_tensor(part.astype(np.float64)) for part in (cholesky_dd, mean_d))
    white_dn = torch.linalg.solve_triangular(cholesky, z_dn - mean[:, None], upper=False)
    log_volume = float(torch.log(torch.diagonal(cholesky)).sum()) + 0.5 * len(mean_d) * np.log(2 * np.pi)
    log_weight = float(np.log(weight)) if weight > 0 else -np.inf
    log_n: torch.Tensor = log_weight - log_volume - 0.5 * white_dn.square().sum(0)
    return log_n
