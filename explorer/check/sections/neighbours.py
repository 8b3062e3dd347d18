"""Neighbours: whether products that lie near each other are alike to people, by codes, pixels, PCA and a look."""

from dataclasses import replace
from functools import partial

import numpy as np

from looks_like.explorer.check.factors import comparable_columns
from looks_like.explorer.check.findings import CheckStep, Plan, Section
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.model.images import Pictures
from looks_like.model.metrics.codes.neighbour_agreement import WAYS, agreement, by_chance
from looks_like.model.metrics.intervals import of_mean
from looks_like.model.metrics.metric import Score

COUNT, QUICK_COUNT = 6000, 1500
KEY, CHANCE = "neighbour_agreement", "by chance"
_VALUES_MIN, _VALUES_MAX, _KNOWN_MIN, _PIXELS_PX = 2, 64, 0.3, 32


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "neighbours",
        "Neighbours",
        "Whether products that lie near each other have the same attributes, by three ways to measure nearness in the "
        "codes; beside them the pixels themselves, PCA and the look.",
    )
    work = partial(_agree, trial, section, subject)
    return section, [CheckStep(f"{subject.name}: neighbours", 4 if trial.request.quick else 15, work)]


def depends_on(trial: Trial, subject: Subject) -> list[str]:
    """The look that it is held beside."""
    look = _look(trial)
    return [] if look is None else [look, trial.lab.weights(look)]


def _look(trial: Trial) -> str | None:
    looks = [name for name in trial.lab.models() if not trial.lab.decodes(name) and trial.lab.encodes(name)]
    return looks[0] if looks else None


def _agree(trial: Trial, section: Section, subject: Subject) -> None:
    rows_n = _rows(trial, subject)
    names, labels_na = _labels(trial, rows_n)
    if not names:
        section.lacks("No attribute of 2 to 64 words is known of enough products, so nobody can say who is alike.")
        return
    things = subject.things(Pictures(subject.pixels_nhwc, rows_n))
    said = f"{len(rows_n):,} products; {', '.join(names)}; seed {subject.seed}"
    score = partial(_score, names=names, labels_na=labels_na, said=said, things=things)
    z_nd = subject.space.codes(rows_n)
    found = {way: score(turned(z_nd)) for way, turned in WAYS.items()}
    best = max(found, key=lambda way: found[way].value)
    for way, each in found.items():
        trial.put(section.row(KEY, way), subject, replace(each, said=f"{each.said}; {subject.name} agrees best {best}"))
    if subject.baseline:
        return
    linear, beside = trial.linear(subject), {"pixels": score(_small(subject, rows_n))}
    beside[linear.name] = score(linear.encode(np.asarray(subject.pixels_nhwc[rows_n])))
    look = _look(trial)
    if look is not None and all(trial.lab.space(look).has(int(row)) for row in rows_n):
        beside[look] = score(trial.lab.space(look).codes(rows_n))
    chance_a = by_chance(labels_na)
    parts = dict(zip(names, chance_a.tolist(), strict=True))
    beside[CHANCE] = Score(KEY, float(chance_a.mean()), said, parts)
    for way in WAYS:
        section.row(KEY, way).baselines.update(beside)


def _score(z_nd: np.ndarray, *, names: list[str], labels_na: np.ndarray, said: str, things: str) -> Score:
    found_na = agreement(np.asarray(z_nd, np.float32), labels_na)
    each_a = np.nanmean(found_na, axis=0)
    known_n = np.isfinite(found_na).all(1)  # who is known in all can be drawn as one thing
    sure = of_mean(found_na[known_n].mean(1), things) if known_n.all() else None
    return Score(KEY, float(each_a.mean()), said, dict(zip(names, each_a.tolist(), strict=True)), sure)


def _rows(trial: Trial, subject: Subject) -> np.ndarray:
    """Of each picture one product, by lot."""
    space, count = subject.space, QUICK_COUNT if trial.request.quick else COUNT
    rows_n = np.sort(space.rows_n[space.one_of_each])
    drawn_n = np.random.default_rng(subject.seed).permutation(len(rows_n))[:count]
    return np.asarray(rows_n[np.sort(drawn_n)])


def _labels(trial: Trial, rows_n: np.ndarray) -> tuple[list[str], np.ndarray]:
    """-> (attributes of words, (N, A) whole numbers, -1 = not known)."""
    columns, _ = comparable_columns(trial.lab.imported_catalogue(), rows_n)
    names, labels = list[str](), []
    for name, values_n in columns.items():
        words = sorted({value for value in values_n if isinstance(value, str)})
        label_n = np.array([words.index(value) if isinstance(value, str) else -1 for value in values_n])
        if _VALUES_MIN <= len(words) <= _VALUES_MAX and (label_n >= 0).mean() >= _KNOWN_MIN:
            names.append(name)
            labels.append(label_n)
    return names, np.stack(labels, 1) if labels else np.empty((len(rows_n), 0), int)


def _small(subject: Subject, rows_n: np.ndarray) -> np.ndarray:
    """The pixels at 32 px or less, flat."""
    pixels_nhwc = np.asarray(subject.pixels_nhwc[rows_n])
    edge = pixels_nhwc.shape[1]
    by = edge // min(edge, _PIXELS_PX)
    shape = (len(rows_n), edge // by, by, edge // by, by, 3)
    return np.asarray(pixels_nhwc.reshape(shape).mean((2, 4), dtype=np.float32).reshape(len(rows_n), -1))
