"""What became of a training, in sentences: how good beside PCA, whether more time would pay, and what to do next."""

from collections.abc import Sequence
from typing import Any

from looks_like.explorer.core import Lab
from looks_like.model.disk.card import Card
from looks_like.model.training import read_history

_ALIKE = 0.02  # of PCA's error: less apart is neither better nor worse
_MOVES = 0.03  # of the error: less than that in the last quarter is hardly a change
_FEW = 1000  # products, of which more would help
_LONGER = 4  # times as long, to be worth another training
_BUDGETS_S = (60, 120, 300, 600, 1800, 3600, 7200, 14_400, 28_800, 86_400, 604_800)


def verdict_of(lab: Lab, name: str) -> str:
    """Of a finished model."""
    return verdict(lab.card(name), read_history(lab.folder(name)))


def verdict(card: Card, history: Sequence[dict[str, Any]]) -> str:
    """Of the card of a finished model and what was reported on the way."""
    trend = _trend(card, history)
    return " ".join(filter(None, (_beside_pca(card), _more_time(card, trend), _next(card, trend))))


def _beside_pca(card: Card) -> str:
    ratio = card.measures.get("mse_over_pca")
    if ratio is None:
        return ""
    if abs(ratio - 1) <= _ALIKE:
        return "It rebuilds pictures as well as PCA with as many numbers, and no better."
    how = "better" if ratio < 1 else "worse"
    return f"It rebuilds pictures {how} than PCA with as many numbers: its error is {ratio:.2g} times PCA's."


def _trend(card: Card, history: Sequence[dict[str, Any]]) -> float | None:
    """Share by which the held-out error fell in the last quarter; None where too little is known, or where the last
    stage minds other things than that error.
    """
    errors = [(line["step"], line["held_out_mse"]) for line in history if line.get("held_out_mse")]
    if len(errors) < 3 or card.settings.get("sharpen") or card.settings.get("learns") == "decoder":
        return None
    begins = 0.75 * errors[-1][0]
    before = min(errors[:-1], key=lambda known: abs(known[0] - begins))[1]
    return float(1 - errors[-1][1] / before)


def _is_no_better(card: Card) -> bool:
    return card.measures.get("mse_over_pca", 0.0) > 1 - _ALIKE


def _more_time(card: Card, trend: float | None) -> str:
    if trend is None:
        return ""
    if trend > _MOVES:
        return f"It was still getting better, by {trend:.0%} in the last quarter: more time would pay."
    if trend < -_MOVES:
        return "On products that it did not learn from it was getting worse again: more time would not pay."
    if _is_no_better(card):
        return "It hardly changed any more: as long again would bring little, much longer may."
    return "It hardly changed any more: as long again would bring little."


def _next(card: Card, trend: float | None) -> str:
    settled = trend is not None and trend <= _MOVES
    more = " Import more pictures: it learnt from few." if settled and card.products < _FEW else ""
    longer = f"looks-like train {card.family} --name {card.name}-2 --from {card.name} --budget {_longer(card.seconds)}"
    look = f"looks-like map {card.name} --method umap --encode"
    worsens = trend is not None and trend < -_MOVES
    if _is_no_better(card) and not more and not worsens:
        return f"Train longer: {longer}"
    if more or settled or trend is None:
        return f"{more} Next: {look}".strip()
    return f"Next: {look}, or go on: {longer}"


def _longer(seconds: float) -> str:
    wanted = next((known for known in _BUDGETS_S if known >= _LONGER * seconds), _BUDGETS_S[-1])
    return f"{wanted // 3600}h" if wanted >= 3600 else f"{wanted // 60}m"
