"""Factors that a person has declared: columns of the catalogue taken as what makes products, each on its own."""

from collections.abc import Callable
from functools import partial

import numpy as np

from looks_like.explorer.check.factors import Declared, declared_values
from looks_like.explorer.check.findings import CheckStep, Plan, Section
from looks_like.explorer.check.sections.disentanglement import MEASURES, QUICK_MEASURES
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.model.metrics.factors.dci import dci
from looks_like.model.metrics.metric import Score
from looks_like.model.networks import ica_rotated, pca_codes

COUNT, QUICK_COUNT = 6000, 1500  # products
CHANCE = "shuffled factors"


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "declared",
        "Your factors",
        "Columns that you declared to be what makes products: whether each has a dimension of its own. Beside them the "
        "same codes with the factors dealt out at random, and PCA and ICA of the pictures with as many numbers. "
        "Columns that go together in the catalogue can't be told apart by any code.",
    )
    if not trial.request.factors:
        return section, []
    seconds = 15 if trial.request.quick else 90
    work = [("its codes", _own), ("chance", _chance), ("PCA and ICA", _linear)]
    return section, [
        CheckStep(f"{subject.name}: your factors, {title}", seconds / 3, partial(run, trial, section, subject))
        for title, run in work
    ]


def _own(trial: Trial, section: Section, subject: Subject) -> None:
    known = _declared(trial, subject)
    for sentence in known.said:
        section.lacks(sentence)
    rows_m = _rows(subject, known)
    for score in _scores(trial, subject.space.z_nd[rows_m], known):
        trial.put(section.row(score.key), subject, score)


def _chance(trial: Trial, section: Section, subject: Subject) -> None:
    known = _declared(trial, subject)
    dealt_nf = np.random.default_rng(subject.seed).permutation(known.values_nf)
    z_nd = subject.space.z_nd[_rows(subject, known)]
    _hold(section, CHANCE, _scores(trial, z_nd, Declared(known.names, known.rows_n, dealt_nf, known.said, known.how)))


def _linear(trial: Trial, section: Section, subject: Subject) -> None:
    known, linear = _declared(trial, subject), trial.linear(subject)
    pixels_nhwc = np.asarray(subject.pixels_nhwc[known.rows_n])
    _hold(section, linear.name, _scores(trial, linear.encode(pixels_nhwc), known))
    turned = ica_rotated(linear.principal, linear.fitted, subject.channels)
    if turned is linear.principal:
        section.lacks(f"ICA needs 50 pictures for each of {subject.space.latent} dimensions: it is left out.")
        return
    independent_nd = pca_codes(turned, pixels_nhwc, subject.channels)
    _hold(section, linear.name.replace("PCA", "ICA"), _scores(trial, independent_nd, known))


def _hold(section: Section, name: str, scores: list[Score]) -> None:
    for score in scores:
        section.row(score.key).baselines[name] = score


def _scores(trial: Trial, z_nd: np.ndarray, known: Declared) -> list[Score]:
    measures: list[Callable[..., Score]] = [*(QUICK_MEASURES if trial.request.quick else MEASURES)]
    if len(known.names) < 2:  # the others ask which of several factors a dimension tells
        measures = [measure for measure in measures if measure.__name__ in ("mig", "sap", "explicitness")]
    seed, found = trial.request.seed, list[Score]()
    for measure in measures:
        found.append(measure(z_nd, known.values_nf, seed=seed))
    if not trial.request.quick and len(known.names) > 1:
        found += dci(z_nd, known.values_nf, seed=seed)
    return [_named(score, known) for score in found]


def _named(score: Score, known: Declared) -> Score:
    """By the names of the columns, where it has a number for each."""
    parts = {
        known.names[int(name.removeprefix("factor "))]: value
        for name, value in score.parts.items()
        if name.startswith("factor ")
    }
    return Score(score.key, score.value, f"{score.said}; {known.how}", parts)


def _declared(trial: Trial, subject: Subject) -> Declared:
    count = QUICK_COUNT if trial.request.quick else COUNT
    make = partial(declared_values, trial.lab, trial.request.factors, subject.space.rows_n, count, subject.seed)
    return trial.cache.get_or_make(("declared", len(subject.space.rows_n)), make)


def _rows(subject: Subject, known: Declared) -> np.ndarray:
    """Places among the codes."""
    return np.searchsorted(subject.space.rows_n, known.rows_n)
