"""Context of a check: the compared models, their held-out products, and PCA as a baseline codec."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from typing import Any, Protocol

import numpy as np

from looks_like.explorer.check.factors import Factor, checked_factors
from looks_like.explorer.check.findings import AFTER_MODELS, AMONG_MODELS, Row
from looks_like.explorer.check.merging import BASELINE_FAMILY
from looks_like.explorer.check.split import JUDGED_MIN, Split, checked_group, split_of
from looks_like.explorer.core import Cache, Lab, Space, checked_seed
from looks_like.explorer.errors import RequestError
from looks_like.explorer.training import PRODUCTS, SHIPPED, SOURCE
from looks_like.model.disk.card import fingerprint
from looks_like.model.errors import ModelError
from looks_like.model.geometry import FITTED_MAX, Mixture, fit_mixture, mid_points, prior_codes
from looks_like.model.images import Pictures, to_float, to_uint8
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.pictures.kid import COUNT, drawn
from looks_like.model.networks import (
    PCA,
    features,
    pca_codes,
    pca_pictures,
    principal_components,
)

QUICK_COUNT = 200  # pictures of a kind, in place of COUNT
_QUICK_FITTED = 4000  # pictures that PCA is fitted on
DRAWN = ("mid-points", "mixture", "N(0, I)")


@dataclass(frozen=True)
class CheckRequest:
    models: tuple[str, ...] = ()  # the newest where none is named
    quick: bool = False
    seed: int = 0
    pictures: int | None = None  # of a kind, in place of the usual number
    pairs: int | None = None  # walked, in place of the usual number
    split_by: str = ""  # a column whose values are groups: none is learnt from and judged by
    factors: tuple[Factor, ...] = ()  # columns that are taken as what makes products
    views: str = ""  # a column of which products with one value show one thing

    def __post_init__(self) -> None:
        checked_seed(self.seed)

    @property
    def count(self) -> int:
        """Pictures of a kind, where there are as many."""
        return self.pictures or (QUICK_COUNT if self.quick else COUNT)

    @property
    def settings(self) -> dict[str, Any]:
        """All but the models, as JSON has it: what was found with the same ones can stand side by side."""
        counts = {"pictures": self.count, "pairs": self.pairs}
        factors = [[factor.column, factor.period] for factor in self.factors]
        return {
            "quick": self.quick,
            "seed": self.seed,
            "split_by": self.split_by,
            "factors": factors,
            "views": self.views,
        } | counts


class Codec(Protocol):
    """Pictures to codes and back: a model, or PCA."""

    @property
    def name(self) -> str: ...
    def encode(self, pixels_nhwc: np.ndarray) -> np.ndarray: ...
    def decode(self, z_nd: np.ndarray) -> np.ndarray: ...
    @property
    def mixture(self) -> Mixture: ...


@dataclass(frozen=True)
class PCACodec:
    """PCA: whitened projections are its codes."""

    name: str
    principal: PCA
    edge: int
    channels: int
    fitted: Pictures  # what its mixture is fitted on
    fitted_on: int  # pictures that its axes were found in

    def encode(self, pixels_nhwc: np.ndarray) -> np.ndarray:
        """uint8 (N, S, S, 3) -> (N, D) float32."""
        return pca_codes(self.principal, pixels_nhwc, self.channels)

    def decode(self, z_nd: np.ndarray) -> np.ndarray:
        """(N, D) -> uint8 (N, S, S, 3)."""
        return pca_pictures(self.principal, z_nd, self.edge, self.channels)

    @cached_property
    def mixture(self) -> Mixture:
        """As models have one."""
        return fit_mixture(self.encode(self.fitted[slice(None)]))


@dataclass(frozen=True)
class Subject:
    """A model. `held_out` are products that it never saw; `real` a draw of those it learnt from."""

    lab: Lab
    name: str
    count: int  # pictures of a kind, where there are as many
    seed: int = 0
    quick: bool = False
    split_by: str = ""  # a column of which the model learnt from no value that it is judged by
    baseline: bool = False  # nobody asked for it: it stands there to compare with

    def __post_init__(self) -> None:
        held_out = int(self.lab.catalogue().held_out.sum())
        if held_out < JUDGED_MIN:
            raise RequestError(
                f"a check needs {JUDGED_MIN} held-out products or more. Of the {self.lab.catalogue().count:,} here "
                f"{held_out} are held out (one in twenty is, by its id): import more"
            )
        learnable = int(self.lab.catalogue().ever_to_learn.sum())
        if self.space.card.products > learnable and not self._is_demo():
            raise RequestError(
                f"model {self.name!r} is of another catalogue: it learnt from {self.space.card.products:,} products, "
                f"and {learnable:,} of this one can be learnt from. Check it where it was trained"
            )
        self.space.require_codes()

    def _is_demo(self) -> bool:
        """A smaller demo is the beginning of the one that its model learnt from."""
        shipped = fingerprint(self.lab.folder(self.name)) == fingerprint(SHIPPED)
        return shipped and not self.lab.absent_from_source(SOURCE.format(products=PRODUCTS))

    @cached_property
    def space(self) -> Space:
        return self.lab.space(self.name)

    @cached_property
    def pixels_nhwc(self) -> np.ndarray:
        """uint8, of all products."""
        return self.lab.pixels(self.space.size)

    @property
    def split(self) -> Split:
        """What it can be judged by; some seconds, the first time. A quick check looks at few held-out products."""
        catalogue, learnt_n = self.lab.catalogue(), self.learnt_from.rows_n
        held_n, least = np.flatnonzero(catalogue.held_out), 2 * self.count
        if self.quick and len(held_n) > least:
            held_n = np.sort(np.random.default_rng(self.seed).choice(held_n, least, replace=False))
        key = ("split", catalogue.version, len(learnt_n), self.space.size, len(held_n), self.seed, self.split_by)
        make = partial(split_of, self.lab, learnt_n, held_n, self.pixels_nhwc, self.split_by)
        return self.lab.cache.get_or_make(key, make, max_size=4)

    @cached_property
    def held_out(self) -> Pictures:
        """Without those of which it learnt from a near duplicate, or from their group."""
        return Pictures(self.pixels_nhwc, self.split.require().judged_m)

    def nearest_learnt(self, held_out: Pictures) -> Pictures:
        """Of each of these held-out products, the picture nearest to its own that the model learnt from."""
        at_m = np.searchsorted(self.split.judged_m, held_out.rows_n)
        return Pictures(self.pixels_nhwc, self.split.nearest_m[at_m])

    def things(self, pictures: Pictures) -> str:
        """Which products these are: numbers of the same ones can be compared product by product."""
        ids = self.lab.catalogue().product_ids
        named = "\n".join(ids[row] for row in pictures.rows_n.tolist())
        return f"{len(pictures)} products {sha256(named.encode()).hexdigest()[:12]}, seed {self.seed}"

    @cached_property
    def judged(self) -> Pictures:
        """The held-out products of which errors are measured: all, or those shown where `quick`."""
        return self.shown if self.quick else self.held_out

    @cached_property
    def shown(self) -> Pictures:
        """The held-out products of which pictures are compared."""
        return drawn(self.held_out, self.count, self.seed)

    @cached_property
    def learnt_from(self) -> Pictures:
        """Not the products that came after the model: it has not seen those either. Nor those deleted since."""
        catalogue = self.lab.catalogue()
        rows_n = np.flatnonzero(catalogue.ever_to_learn)[: self.space.card.products]
        return Pictures(self.pixels_nhwc, rows_n[catalogue.there_n[rows_n]])

    @cached_property
    def real(self) -> Pictures:
        return drawn(self.learnt_from, self.count, self.seed)

    @property
    def mixture(self) -> Mixture:
        """Of codes of products."""
        return self.space.mixture

    @property
    def channels(self) -> int:
        return int(self.space.net.settings.channels)

    def as_it_sees(self, pictures: Pictures) -> np.ndarray:
        """The pictures as the model sees them: uint8 (N, S, S, 3), converted to grey if the model has one channel."""
        pixels_nhwc = pictures[slice(None)]
        return pixels_nhwc if self.channels == 3 else to_uint8(to_float(pixels_nhwc, channels=self.channels))

    def encode(self, pixels_nhwc: np.ndarray) -> np.ndarray:
        """uint8 (N, S, S, 3) -> (N, D) float32."""
        return self.space.encode(pixels_nhwc)

    def decode(self, z_nd: np.ndarray) -> np.ndarray:
        """(N, D) -> uint8 (N, S, S, 3)."""
        return self.space.decode(z_nd)


class Trial:
    """All models of one check and what they share; whatever is costly is made once."""

    def __init__(self, lab: Lab, request: CheckRequest) -> None:
        self.lab, self.request = lab, request
        given = lab.imported_catalogue()  # what was named or filled here follows from codes: it can judge none
        for column in filter(None, (request.split_by, request.views)):
            checked_group(given, column)
        checked_factors(given, request.factors)
        names = list(dict.fromkeys(lab.model_name(name, decodes=True) for name in request.models or (None,)))
        self.subjects = [
            Subject(lab, name, request.count, request.seed, request.quick, request.split_by) for name in names
        ]
        if (beside := self._baseline_model()) is not None:
            self.subjects.append(beside)
        self.cache = Cache()

    def _baseline_model(self) -> Subject | None:
        """An encoded model of the family that smoothness is held against, of the same size where there is one. A
        quick check does without: it would take twice as long.
        """
        if self.request.quick:
            return None
        first, asked = self.subjects[0].space, {subject.name for subject in self.subjects}
        cards = [self.lab.card(name) for name in self.lab.models() if name not in asked]
        fitting = [
            card
            for card in cards
            if card.family == BASELINE_FAMILY and card.settings["size"] == first.size and card.finished
        ]
        for card in sorted(fitting, key=lambda card: card.settings["latent"] != first.latent):
            try:
                ask = self.request
                return Subject(self.lab, card.name, ask.count, ask.seed, split_by=ask.split_by, baseline=True)
            except (RequestError, ModelError):  # not encoded, or of another catalogue: then without it
                continue
        return None

    @property
    def asked(self) -> list[Subject]:
        return [subject for subject in self.subjects if not subject.baseline]

    def made_from(self, subject: Subject) -> dict[str, Any]:
        """All that a section of a model follows from, as JSON has it."""
        axes = self.lab.folder(subject.name) / "axes.safetensors"
        return {
            "model": subject.name,
            "weights": self.lab.weights(subject.name),
            "axes": sha256(axes.read_bytes()).hexdigest() if axes.exists() else "",
            "catalogue": json.loads(json.dumps(self.lab.catalogue().as_of, default=str)),
            "settings": self.request.settings | {"baseline": subject.baseline},
        }

    def put(self, row: Row, subject: Subject, score: Score) -> None:
        """The score where it belongs: a model's, or a baseline's."""
        (row.baselines if subject.baseline else row.scores)[subject.name] = score

    def linear(self, subject: Subject) -> PCACodec:
        """PCA with as many numbers, on the same pictures; above 64 px its pictures are enlarged."""
        space = subject.space

        def make() -> PCACodec:
            among = subject.learnt_from
            if self.request.quick:
                among = drawn(among, _QUICK_FITTED, subject.seed)
            found = principal_components(among, space.latent, channels=subject.channels)
            fitted = drawn(subject.learnt_from, FITTED_MAX, subject.seed)
            return PCACodec(f"PCA-{space.latent}", found, space.size, subject.channels, fitted, len(among))

        key = ("linear", space.size, subject.channels, space.latent, len(subject.learnt_from))
        return self.cache.get_or_make(key, make)

    def coders(self, subject: Subject) -> list[tuple[Codec, int]]:
        """A model, then its PCA, each with its place on a sheet."""
        return [(subject, AMONG_MODELS), (self.linear(subject), AFTER_MODELS)]

    def rebuilt_features(self, subject: Subject) -> np.ndarray:
        """(N, F) of what the model makes of the held-out products that are compared."""
        key = ("held out, rebuilt", subject.name)
        return self.cache.get_or_make(key, lambda: features(subject.decode(subject.encode(subject.shown[slice(None)]))))

    def features(self, kind: str, subject: Subject, pictures: Callable[[], np.ndarray]) -> np.ndarray:
        """(N, F) of real pictures, the same for all models that see alike. ModelError without the weights."""
        key = ("features", kind, subject.space.size, subject.channels, len(subject.learnt_from))
        return self.cache.get_or_make(key, lambda: features(pictures()))


def drawn_codes(coder: Codec, subject: Subject, kind: str, count: int) -> np.ndarray:
    """(count, D) of one of DRAWN, by a model or by PCA on the model's products."""
    if kind == "mid-points":
        return mid_points(coder.encode(subject.shown[slice(None)]), count, subject.seed)
    if kind == "mixture":
        return coder.mixture.sample(count, subject.seed)
    return prior_codes(count, subject.space.latent, subject.seed)
