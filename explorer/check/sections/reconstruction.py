"""Reconstruction: how well products that a model never saw come back from their codes."""

from dataclasses import replace
from functools import partial

import numpy as np

from looks_like.explorer.check.findings import FIRST, CheckStep, Plan, Section, Sheet, Strip
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.model.images import Pictures
from looks_like.model.metrics.intervals import of_mean, of_ratio
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.pictures.reconstruction import (
    Compare,
    each_instead,
    each_projected,
    each_rebuilt,
    ms_ssim,
    psnr,
    squared_error,
)
from looks_like.model.metrics.pictures.sharpness import each_sharpness

COLUMNS = 10
LEARNT = "products it learnt from"
COPY = "nearest learnt"


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "reconstruction",
        "Reconstruction",
        "Products that no model learnt from, encoded and decoded again. PCA stores as many numbers for each picture: "
        "a model must be below its error to be worth training. And it must be better than the nearest picture that it "
        "learnt from, shown instead: one that is not has learnt no more than to remember.",
    )
    work = (
        ("PCA beside it", 10, _linear),
        ("the nearest picture instead", 8, _copies),
        ("reconstruction", 4, _model),
        ("reconstructions to look at", 1, _sheet),
    )
    return section, [
        CheckStep(f"{subject.name}: {title}", seconds, partial(run, trial, section, subject))
        for title, seconds, run in work
    ]


def _model(trial: Trial, section: Section, subject: Subject) -> None:
    net, linear = subject.space.net, trial.linear(subject)
    for key, of, compare, pictures in _asked(subject):
        score = _score(subject, key, each_rebuilt(compare, net, pictures), pictures)
        if (key, of) == ("mse", ""):
            theirs = section.row(key).baselines
            parts = {f"of {name}'s": score.value / theirs[name].value for name in (linear.name, COPY) if name in theirs}
            score = replace(score, parts=parts)
        trial.put(section.row(key, of), subject, score)
    rebuilt_nhwc = subject.decode(subject.encode(subject.shown[slice(None)]))
    trial.put(section.row("sharpness"), subject, _crispness(subject, rebuilt_nhwc))


def _linear(trial: Trial, section: Section, subject: Subject) -> None:
    """PCA with as many numbers."""
    linear = trial.linear(subject)
    for key, of, compare, pictures in _asked(subject):
        values_n = each_projected(compare, linear.principal, pictures, subject.channels)
        how = f"fitted on {linear.fitted_on:,} others"
        section.row(key, of).baselines[linear.name] = _score(subject, key, values_n, pictures, how)
    rebuilt_nhwc = linear.decode(linear.encode(subject.shown[slice(None)]))
    section.row("sharpness").baselines[linear.name] = _crispness(subject, rebuilt_nhwc)


def _copies(trial: Trial, section: Section, subject: Subject) -> None:
    """The nearest picture that the model learnt from, shown in place of each: what knowing all by heart is worth."""
    for key, of, compare, pictures in _asked(subject):
        if not of:
            instead = subject.nearest_learnt(pictures)
            values_n = each_instead(compare, pictures, instead, subject.channels)
            how = f"nearest by pixels of {len(subject.learnt_from):,}"
            section.row(key).baselines[COPY] = _score(subject, key, values_n, pictures, how)


def _asked(subject: Subject) -> list[tuple[str, str, Compare, Pictures]]:
    """Key of a measure, of which products, how two pictures are compared, and the products."""
    return [
        ("mse", "", squared_error, subject.judged),
        ("mse", LEARNT, squared_error, subject.real),
        ("psnr", "", psnr, subject.judged),
        ("ms_ssim", "", ms_ssim, subject.shown),
    ]


def _score(subject: Subject, key: str, values_n: np.ndarray, pictures: Pictures, how: str = "") -> Score:
    kind = LEARNT if pictures is subject.real else "held-out products"
    said = f"{len(pictures):,} {kind}" + (f", drawn with seed {subject.seed}" if pictures is not subject.judged else "")
    words = f"{said}; {how}" if how else said
    return Score(key, float(values_n.mean()), words, {}, of_mean(values_n, subject.things(pictures)))


def _said_of_shown(subject: Subject) -> str:
    return f"{len(subject.shown):,} held-out products, seed {subject.seed}"


def _crispness(subject: Subject, rebuilt_nhwc: np.ndarray) -> Score:
    own_n, rebuilt_n = each_sharpness(subject.as_it_sees(subject.shown)), each_sharpness(rebuilt_nhwc)
    own = float(own_n.mean())
    value = float(rebuilt_n.mean()) / own if own else float("nan")
    sure = of_ratio(rebuilt_n, own_n, subject.things(subject.shown))
    return Score("sharpness", value, f"{_said_of_shown(subject)}; theirs is {own:.3g}", {}, sure)


def _sheet(trial: Trial, section: Section, subject: Subject) -> None:
    """Rebuilt best, as usual, and worst, by the error of the model itself."""
    error_n, ids = each_rebuilt(squared_error, subject.space.net, subject.judged), trial.lab.catalogue().product_ids
    order_n = np.argsort(error_n, kind="stable")
    columns, middle = min(COLUMNS, len(order_n)), max(0, (len(order_n) - COLUMNS) // 2)
    thirds = (
        ("Rebuilt best", "whose rebuilt picture comes nearest", order_n[:columns]),
        ("Rebuilt as usual", "of median error", order_n[middle : middle + columns]),
        ("Rebuilt worst", "whose rebuilt picture is farthest off", order_n[::-1][:columns]),
    )
    for title, which, at_m in thirds:
        sheet = Sheet(f"{title} by {subject.name}", f"Held-out products {which}, and what is made of their codes.")
        real_nhwc = subject.judged[at_m]
        names = ", ".join(ids[row] for row in subject.judged.rows_n[at_m])
        errors = tuple(f"{error_n[row]:.4f}" for row in at_m)
        sheet.strips.append(Strip("real", real_nhwc, f"{len(at_m)} held-out products: {names}", place=FIRST))
        for coder, place in trial.coders(subject):
            labels, made_nhwc = errors if coder is subject else (), coder.decode(coder.encode(real_nhwc))
            said = f"The same products, rebuilt by {coder.name}"
            sheet.strips.append(Strip(coder.name, made_nhwc, said, labels, place))
        section.sheets.append(sheet)
