"""Reconstruction: how well products that a model never saw come back from their codes."""

import numpy as np

from explorer.check.findings import Plan, Section, Sheet, Step, Strip
from explorer.check.trial import Linear, Subject, Trial
from model.metric import Score
from model.metrics.ms_ssim import ms_ssim
from model.metrics.reconstruction import picture_errors, principal_errors, psnr
from model.metrics.sharpness import sharpness

COLUMNS = 10
LEARNT = "products it learnt from"


def plan(trial: Trial) -> Plan:
    section = Section(
        "reconstruction",
        "Reconstruction",
        "Products that no model learnt from, encoded and decoded again. PCA stores as many numbers for each picture: "
        "a model must be below its error to be worth training.",
    )
    steps = []
    for subject in trial.subjects:
        steps += [
            Step(f"{subject.name}: PCA beside it", 10, lambda subject=subject: _linear(trial, section, subject)),
            Step(f"{subject.name}: reconstruction", 4, lambda subject=subject: _model(trial, section, subject)),
        ]
    return section, [*steps, Step("reconstructions to look at", 1, lambda: _sheet(trial, section))]


def _model(trial: Trial, section: Section, subject: Subject) -> None:
    error_n, linear = picture_errors(subject.space.net, subject.held_out), trial.linear(subject)
    said = f"{len(subject.held_out):,} held-out products"
    mse, parts = float(error_n.mean()), {}
    if linear is not None:
        parts = {f"× {linear.name}": mse / section.row("mse").baselines[linear.name].value}
    trial.put(section.row("mse"), subject, Score("mse", mse, said, parts))
    learnt = float(picture_errors(subject.space.net, subject.real).mean())
    of_learnt = f"{len(subject.real):,} products that it learnt from, drawn with seed {subject.seed}"
    trial.put(section.row("mse", LEARNT), subject, Score("mse", learnt, of_learnt))
    trial.put(section.row("psnr"), subject, Score("psnr", psnr(error_n), said))
    seen_nhwc = subject.as_it_sees(subject.shown)
    rebuilt_nhwc = subject.decode(subject.encode(subject.shown[slice(None)]))
    for row, score in zip(("ms_ssim", "sharpness"), _looks(seen_nhwc, rebuilt_nhwc, subject), strict=True):
        trial.put(section.row(row), subject, score)


def _linear(trial: Trial, section: Section, subject: Subject) -> None:
    linear = trial.linear(subject)
    if linear is None:
        section.lacks(f"No PCA beside {subject.name}: above 64 px its components are of smaller pictures.")
        return
    if linear.name in section.row("mse").baselines:
        return
    error_n = principal_errors(linear.principal, subject.held_out, subject.channels)
    said = f"{len(subject.held_out):,} held-out products; fitted on {len(subject.learnt_from):,}"
    section.row("mse").baselines[linear.name] = Score("mse", float(error_n.mean()), said)
    section.row("mse", LEARNT).baselines[linear.name] = _learnt(linear, subject)
    section.row("psnr").baselines[linear.name] = Score("psnr", psnr(error_n), said)
    seen_nhwc = subject.as_it_sees(subject.shown)
    rebuilt_nhwc = linear.decode(linear.encode(seen_nhwc))
    for key, score in zip(("ms_ssim", "sharpness"), _looks(seen_nhwc, rebuilt_nhwc, subject), strict=True):
        section.row(key).baselines[linear.name] = score


def _learnt(linear: Linear, subject: Subject) -> Score:
    error_n = principal_errors(linear.principal, subject.real, subject.channels)
    return Score("mse", float(error_n.mean()), f"{len(subject.real):,} products that it was fitted on")


def _looks(seen_nhwc: np.ndarray, rebuilt_nhwc: np.ndarray, subject: Subject) -> tuple[Score, Score]:
    """-> (MS-SSIM, sharpness over the real ones')."""
    said, own = f"{len(seen_nhwc):,} held-out products, seed {subject.seed}", sharpness(seen_nhwc)
    crisp = sharpness(rebuilt_nhwc) / own if own else float("nan")
    return Score("ms_ssim", ms_ssim(seen_nhwc, rebuilt_nhwc), said), Score(
        "sharpness", crisp, f"{said}; theirs is {own:.3g}"
    )


def _sheet(trial: Trial, section: Section) -> None:
    sheet = Sheet("Reconstructions", "Held-out products, and what each model and PCA make of their codes.")
    section.sheets.append(sheet)
    first = trial.subjects[0]
    at_n = np.linspace(0, len(first.held_out) - 1, min(COLUMNS, len(first.held_out))).astype(int)
    catalogue = trial.lab.catalogue()
    names = ", ".join(catalogue.product_ids[row] for row in first.held_out.rows_n[at_n])
    sheet.strips.append(Strip("real", first.held_out[at_n], f"{len(at_n)} held-out products: {names}"))
    seen = set()
    for subject in trial.subjects:
        made_nhwc = subject.decode(subject.encode(subject.held_out[at_n]))
        sheet.strips.append(Strip(subject.name, made_nhwc, f"The same products, rebuilt by {subject.name}"))
    for subject in trial.subjects:
        linear = trial.linear(subject)
        if linear is not None and linear.name not in seen:
            seen.add(linear.name)
            made_nhwc = linear.decode(linear.encode(subject.held_out[at_n]))
            sheet.strips.append(Strip(linear.name, made_nhwc, f"The same products, rebuilt by {linear.name}"))
