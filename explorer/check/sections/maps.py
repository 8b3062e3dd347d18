"""Maps: what each map of a model keeps of its space."""

from functools import partial

import numpy as np

from looks_like.explorer.check.findings import CheckStep, Plan, Section
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.model.metrics.maps.continuity import continuity
from looks_like.model.metrics.maps.distance_rank_correlation import distance_rank_correlation
from looks_like.model.metrics.maps.knn_recall import knn_recall
from looks_like.model.metrics.maps.trustworthiness import trustworthiness
from looks_like.model.metrics.metric import Score

CHANCE = "random places"
QUICK_SAMPLE = 1000
_MEASURES = (trustworthiness, continuity, knn_recall, distance_rank_correlation)


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "maps",
        "Maps",
        "Two dimensions cannot keep all that many say: what each map keeps of its model's space, beside the same "
        "places dealt out at random.",
    )
    cards = [] if subject.baseline else trial.lab.maps(subject.name)
    if not cards and not subject.baseline:
        section.lacks(f"{subject.name} has no map: looks-like map {subject.name}")
    return section, [
        CheckStep(f"{subject.name}: map {card.name}", 5, partial(_map, trial, section, subject, card.name))
        for card in cards
    ]


def depends_on(trial: Trial, subject: Subject) -> list[object]:
    """Its maps, as they are."""
    names = [] if subject.baseline else [card.name for card in trial.lab.maps(subject.name)]
    return [[name, *trial.lab.workspace.stamp(f"map--{subject.name}--{name}")] for name in names]


def _map(trial: Trial, section: Section, subject: Subject, name: str) -> None:
    of = f"map {name}"
    xy_n2 = trial.lab.map_view(subject.name, name).xy_n2[subject.space.rows_n]
    shown_n = np.isfinite(xy_n2).all(1)
    z_md, xy_m2 = subject.space.z_nd[shown_n], xy_n2[shown_n]
    for score in _scores(trial, z_md, xy_m2):
        section.row(score.key, of).scores[subject.name] = score
    dealt_m2 = np.random.default_rng(subject.seed).permutation(xy_m2)
    for score in _scores(trial, z_md, dealt_m2):
        section.row(score.key, of).baselines[CHANCE] = score


def _scores(trial: Trial, z_nd: np.ndarray, xy_n2: np.ndarray) -> list[Score]:
    few = {"sample": QUICK_SAMPLE} if trial.request.quick else {}
    return [measure(z_nd, xy_n2, seed=trial.request.seed, **few) for measure in _MEASURES]
