"""Reconstruction: how well products that a model never saw come back from their codes."""

from functools import partial

import numpy as np

from looks_like.explorer.check.findings import FIRST, CheckStep, Plan, Section, Sheet, Strip
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.pictures.reconstruction import (
    pca_ms_ssim,
    pca_mse,
    pca_psnr,
    reconstruction_ms_ssim,
    reconstruction_mse,
    reconstruction_psnr,
)
from looks_like.model.metrics.pictures.sharpness import sharpness

COLUMNS = 10
LEARNT = "products it learnt from"


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "reconstruction",
        "Reconstruction",
        "Products that no model learnt from, encoded and decoded again. PCA stores as many numbers for each picture: "
        "a model must be below its error to be worth training.",
    )
    work = (
        ("PCA beside it", 10, _linear),
        ("reconstruction", 4, _model),
        ("reconstructions to look at", 1, _sheet),
    )
    return section, [
        CheckStep(f"{subject.name}: {title}", seconds, partial(run, trial, section, subject))
        for title, seconds, run in work
    ]


def _model(trial: Trial, section: Section, subject: Subject) -> None:
    net, linear, row = subject.space.net, trial.linear(subject), section.row("mse")
    mse, said = reconstruction_mse(net, subject.judged), _said(subject)
    parts = {f"of {linear.name}'s": mse / row.baselines[linear.name].value}
    trial.put(row, subject, Score("mse", mse, said, parts))
    of_learnt = f"{len(subject.real):,} products that it learnt from, drawn with seed {subject.seed}"
    trial.put(section.row("mse", LEARNT), subject, Score("mse", reconstruction_mse(net, subject.real), of_learnt))
    trial.put(section.row("psnr"), subject, Score("psnr", reconstruction_psnr(net, subject.judged), said))
    similarity = Score("ms_ssim", reconstruction_ms_ssim(net, subject.shown), _said_of_shown(subject))
    trial.put(section.row("ms_ssim"), subject, similarity)
    rebuilt_nhwc = subject.decode(subject.encode(subject.shown[slice(None)]))
    trial.put(section.row("sharpness"), subject, _crispness(subject, rebuilt_nhwc))


def _linear(trial: Trial, section: Section, subject: Subject) -> None:
    linear = trial.linear(subject)
    said = f"{_said(subject)}; fitted on {linear.fitted_on:,} others"
    principal, channels = linear.principal, subject.channels
    of_learnt = f"{len(subject.real):,} products that it was fitted on"
    for key, of, measure, pictures, how in (
        ("mse", "", pca_mse, subject.judged, said),
        ("mse", LEARNT, pca_mse, subject.real, of_learnt),
        ("psnr", "", pca_psnr, subject.judged, said),
        ("ms_ssim", "", pca_ms_ssim, subject.shown, _said_of_shown(subject)),
    ):
        section.row(key, of).baselines[linear.name] = Score(key, measure(principal, pictures, channels), how)
    rebuilt_nhwc = linear.decode(linear.encode(subject.shown[slice(None)]))
    section.row("sharpness").baselines[linear.name] = _crispness(subject, rebuilt_nhwc)


def _said(subject: Subject) -> str:
    return f"{len(subject.judged):,} held-out products"


def _said_of_shown(subject: Subject) -> str:
    return f"{len(subject.shown):,} held-out products, seed {subject.seed}"


def _crispness(subject: Subject, rebuilt_nhwc: np.ndarray) -> Score:
    own = sharpness(subject.as_it_sees(subject.shown))
    value = sharpness(rebuilt_nhwc) / own if own else float("nan")
    return Score("sharpness", value, f"{_said_of_shown(subject)}; theirs is {own:.3g}")


def _sheet(trial: Trial, section: Section, subject: Subject) -> None:
    sheet = Sheet("Reconstructions", "Held-out products, and what each model and PCA make of their codes.")
    section.sheets.append(sheet)
    held_out, catalogue = subject.held_out, trial.lab.catalogue()
    at_n = np.linspace(0, len(held_out) - 1, min(COLUMNS, len(held_out))).astype(int)
    names = ", ".join(catalogue.product_ids[row] for row in held_out.rows_n[at_n])
    sheet.strips.append(Strip("real", held_out[at_n], f"{len(at_n)} held-out products: {names}", place=FIRST))
    for coder, place in trial.coders(subject):
        made_nhwc = coder.decode(coder.encode(held_out[at_n]))
        sheet.strips.append(Strip(coder.name, made_nhwc, f"The same products, rebuilt by {coder.name}", place=place))
