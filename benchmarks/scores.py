"""How good one model is: a row of figures, each beside what it is held against. Definitions: `model/metrics/`."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.measure import say
from benchmarks.subject import DRAWN, Subject
from model.errors import ModelError
from model.metrics.efficientnet import features
from model.metrics.elbo import evidence_bound
from model.metrics.kid import drawn, kernel_distance
from model.metrics.latent import active_dimensions
from model.metrics.reconstruction import principal_mse, reconstruction_mse
from model.metrics.sharpness import sharpness

FLOOR, REBUILT, PCA = "held-out products", "reconstructions", "PCA"


@dataclass(frozen=True, kw_only=True)
class Scores:
    """`kid` is against `real` products that the model learnt from; `shown` says how many there were of each kind.

    `kid_from_rebuilt` is against the same ones, rebuilt: what is left when the decoder's blur is on both sides, so
    whether the codes are where products are.
    """

    model: str
    data: str
    family: str
    products: int
    held_out: int
    latent: int
    mse: float  # of all held-out products
    mse_learnt_from: float  # of `real` products: far below it = learnt by heart
    pca_mse: float | None  # with `latent` components; None above 64 px
    reconstruction_nats: float | None  # None for a family without a posterior
    kl_nats: float | None
    active: int
    sharpness: float  # of reconstructions over the same pictures' own
    sharpness_of_data: float
    kid: dict[str, float] = field(default_factory=dict)
    kid_from_rebuilt: dict[str, float] = field(default_factory=dict)
    real: int = 0
    shown: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    seconds: float = 0.0
    missing: str = ""  # what could not be measured, and what to do

    @property
    def mse_over_pca(self) -> float | None:
        return self.mse / self.pca_mse if self.pca_mse else None

    @property
    def negative_elbo(self) -> float | None:
        if self.reconstruction_nats is None or self.kl_nats is None:
            return None
        return self.reconstruction_nats + self.kl_nats


def scores(subject: Subject) -> Scores:
    """Minutes of work; says what it is at."""
    started, net = time.perf_counter(), subject.space.net
    say(f"{subject.data} · {subject.name}: errors …")
    seen_nhwc = subject.as_it_sees(drawn(subject.held_out, subject.count, subject.seed))
    own = sharpness(seen_nhwc)
    reconstruction, kl = _bound(subject)
    pca = subject.principal
    figures = {
        "mse": reconstruction_mse(net, subject.held_out),
        "mse_learnt_from": reconstruction_mse(net, subject.real),
        "pca_mse": None if pca is None else principal_mse(pca, subject.held_out, net.settings.channels),
        "active": int(active_dimensions(net, subject.held_out).sum()),
        "sharpness": sharpness(subject.space.decode(subject.held_out_codes_nd)) / own if own else 0.0,
    }
    distances = _distances(subject, seen_nhwc)
    return Scores(
        model=subject.name,
        data=subject.data,
        family=subject.space.card.family,
        products=len(subject.lab.catalogue()),
        held_out=len(subject.held_out),
        latent=subject.space.latent,
        reconstruction_nats=reconstruction,
        kl_nats=kl,
        sharpness_of_data=own,
        seed=subject.seed,
        seconds=round(time.perf_counter() - started, 1),
        **figures,
        **distances,
    )


def _bound(subject: Subject) -> tuple[float | None, float | None]:
    """(reconstruction, KL) of held-out products, nats per picture."""
    if not subject.space.net.probabilistic:
        return None, None
    bound = evidence_bound(subject.space.net, subject.held_out, seed=subject.seed)
    return bound.reconstruction, bound.kl


def _distances(subject: Subject, seen_nhwc: np.ndarray) -> dict[str, Any]:
    """The fields of Scores that need features of pictures."""
    kid, from_rebuilt, shown = dict[str, float](), dict[str, float](), dict[str, int]()
    said = {"kid": kid, "kid_from_rebuilt": from_rebuilt, "real": len(subject.real), "shown": shown}
    try:
        say("  features of real products, and of the same rebuilt …")
        real_nf = features(subject.as_it_sees(subject.real))
        rebuilt_nf = features(subject.space.decode(subject.space.encode(subject.real[slice(None)])))
        for kind, make in _kinds(subject, seen_nhwc):
            say(f"  KID: {kind} …")
            if (pictures_nhwc := make()) is None:
                continue
            shown_mf, shown[kind] = features(pictures_nhwc), len(pictures_nhwc)
            kid[kind] = kernel_distance(real_nf, shown_mf)
            if kind in (REBUILT, *DRAWN):
                from_rebuilt[kind] = kernel_distance(rebuilt_nf, shown_mf)
    except ModelError as reason:
        return said | {"missing": str(reason)}
    return said


def _kinds(subject: Subject, seen_nhwc: np.ndarray) -> Iterator[tuple[str, Callable[[], np.ndarray | None]]]:
    """One kind of picture at a time: all of them at 256 px would be gigabytes."""
    yield FLOOR, lambda: seen_nhwc
    yield PCA, lambda: subject.rebuilt_by_pca(seen_nhwc)
    yield REBUILT, lambda: subject.space.decode(subject.held_out_codes_nd)
    for kind in DRAWN:
        yield kind, lambda kind=kind: subject.space.decode(subject.codes(kind, subject.count))  # type: ignore[misc]
