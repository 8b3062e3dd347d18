"""How well models take known factors apart: every measure of it, model by model, and each family's mean over seeds.

    python -m benchmarks.quality.disentanglement WORKSPACE [MODEL …] [--factors shape,scale] [--dci-codes 3000]

The workspace holds products whose attributes are the factors that drew them, each drawn alone: `looks-like import
dsprites`, or `sneakers:independent`. Codes are of products drawn by lot, those learnt from too: what is asked is how
the factors lie in the code. Prints Markdown, then one line of JSON.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.machine import machine
from benchmarks.measure import say
from looks_like.data.pixels import pixel_array
from looks_like.explorer.check.factors import drawn_factors
from looks_like.explorer.check.sections.disentanglement import ranks
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.space import encode_pixels
from looks_like.explorer.errors import RequestError
from looks_like.model.device import pick_device
from looks_like.model.disk.card import Card
from looks_like.model.metrics.codes.active_dimensions import active_in, posteriors
from looks_like.model.metrics.factors.beta_vae_score import beta_vae_score
from looks_like.model.metrics.factors.dci import dci
from looks_like.model.metrics.factors.factor_vae_score import factor_vae_score
from looks_like.model.metrics.factors.mig import mig
from looks_like.model.metrics.factors.modularity import explicitness, modularity
from looks_like.model.metrics.factors.sampled_mig import sampled_mig
from looks_like.model.metrics.factors.sap import sap
from looks_like.model.metrics.ground_truth import TRAIN
from looks_like.model.metrics.metric import Score

PRODUCTS = 50_000  # at most, whose codes are judged
_SINGLE = (mig, sap, factor_vae_score, beta_vae_score, modularity, explicitness)
COLUMNS = {
    "mig": "MIG",
    "sampled_mig": "MIG, sampled",
    "disentanglement": "DCI",
    "completeness": "C",
    "informativeness": "I",
    "sap": "SAP",
    "factor_vae_score": "FactorVAE",
    "beta_vae_score": "BetaVAE",
    "modularity": "modularity",
    "explicitness": "explicitness",
}


@dataclass(frozen=True)
class Row:
    """One model, or the mean of a family's."""

    model: str
    card: Card | None
    active: float
    scores: dict[str, float]


def main() -> int:
    asked = _arguments()
    lab = Lab(asked.workspace)
    names = asked.factors.split(",") if asked.factors else drawn_factors(lab.catalogue())
    if not names:
        raise RequestError(f"{asked.workspace} was not drawn from known factors: say which with --factors")
    rows_n = np.sort(np.random.default_rng(asked.seed).permutation(lab.catalogue().there)[: asked.products])
    factors_nf = factor_array(lab, names, rows_n)
    said, found, first = dict[str, str](), [], asked.models or sorted(lab.models())
    for model in first:
        say(f"{model} …")
        row, scores = judged(lab, model, rows_n, factors_nf, asked.dci_codes, asked.seed)
        found.append(row)
        said |= {score.key: score.said for score in scores}
    print(table([*found, *means(found)]))
    print(f"\nFactors: {', '.join(names)}. " + " ".join(f"{COLUMNS[key]}: {text}." for key, text in said.items()))
    document = [{"model": row.model, "active": row.active, **row.scores} for row in found]
    print(json.dumps({"machine": machine(), "factors": names, "protocol": said, "models": document}))
    return 0


def factor_array(lab: Lab, names: list[str], rows_n: np.ndarray) -> np.ndarray:
    """(N, F) whole numbers: words and few numbers by their rank, other numbers in bins. RequestError for none."""
    catalogue = lab.catalogue()
    if unknown := [name for name in names if name not in catalogue.attributes]:
        raise RequestError(f"no attribute {', '.join(unknown)}; there are: {', '.join(catalogue.attributes)}")
    return np.stack([ranks(np.array(catalogue.rows[name].to_pylist())[rows_n]) for name in names], 1)


def judged(
    lab: Lab, model: str, rows_n: np.ndarray, factors_nf: np.ndarray, dci_codes: int, seed: int
) -> tuple[Row, list[Score]]:
    """DCI is of the first `dci_codes` of them; 0 leaves it out."""
    space = lab.space(model)
    pixels_nhwc = pixel_array(lab.workspace, lab.catalogue(), space.size)
    z_nd = np.concatenate([encode_pixels(space.net, pixels_nhwc[part], pick_device()) for part in _parts(rows_n)])
    scores = [measure(z_nd, factors_nf, seed=seed) for measure in _SINGLE]
    if space.net.probabilistic:
        kept_n = rows_n[:TRAIN]
        both = posteriors(space.net, pixels_nhwc[kept_n])
        scores.append(sampled_mig(*both, factors_nf[: len(kept_n)], seed=seed))
    scores += dci(z_nd[:dci_codes], factors_nf[:dci_codes], seed=seed) if dci_codes else ()
    return Row(model, space.card, float(active_in(z_nd).sum()), {score.key: score.value for score in scores}), scores


def _parts(rows_n: np.ndarray) -> Iterator[np.ndarray]:
    yield from np.array_split(rows_n, max(1, len(rows_n) // 2048))


def means(rows: list[Row]) -> list[Row]:
    """One row for each family with several models."""
    families: dict[str, list[Row]] = {}
    for row in rows:
        families.setdefault(row.card.family if row.card else "", []).append(row)
    return [_mean(family, mine) for family, mine in families.items() if len(mine) > 1]


def _mean(family: str, mine: list[Row]) -> Row:
    scores = {key: statistics.fmean(row.scores[key] for row in mine) for key in mine[0].scores}
    return Row(f"**{family}**, mean of {len(mine)}", None, statistics.fmean(row.active for row in mine), scores)


def table(rows: list[Row]) -> str:
    """Markdown."""
    keys = [key for key in COLUMNS if key in rows[0].scores]
    head = ["model", "steps", "-ELBO, nats", "active", *(COLUMNS[key] for key in keys)]
    lines = [head, ["---"] * len(head), *(_cells(row, keys) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cells(row: Row, keys: list[str]) -> list[str]:
    bound = row.card.measures.get("negative_elbo_nats") if row.card else None
    steps = f"{row.card.steps:,}" if row.card else ""
    return [
        row.model,
        steps,
        "" if bound is None else f"{bound:,.1f}",
        f"{row.active:g}",
        *(f"{row.scores[key]:.3f}" for key in keys),
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How well models take known factors apart.")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("models", nargs="*", metavar="MODEL", help="all unless said")
    parser.add_argument("--factors", help="attributes, with commas between them; the drawing's unless said")
    parser.add_argument("--products", type=int, default=PRODUCTS, help="whose codes are judged, at most")
    parser.add_argument(
        "--dci-codes", type=int, default=15_000, help="4 minutes a model at 15,000 and factors of 40 values; 0 = no DCI"
    )
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
