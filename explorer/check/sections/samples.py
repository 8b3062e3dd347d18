"""Samples: pictures that no product has, beside real ones, by KID and to look at."""

from functools import partial

import numpy as np

from looks_like.explorer.check.findings import CheckStep, Plan, Section, Sheet, Strip
from looks_like.explorer.check.trial import DRAWN, Codec, Subject, Trial, drawn_codes
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.pictures.kid import kernel_distance
from looks_like.model.networks import features

COLUMNS = 10
# What is left with the decoder's blur on both sides: whether codes are where products are
FROM_REBUILT = "from rebuilt products"
REBUILT, FLOOR = "reconstructions", "real, held out"
_SAYS = {
    "mixture": "From a mixture of ten Gaussians fitted on the codes of products.",
    "N(0, I)": "From the prior that a variational model promises.",
}


def plan(trial: Trial) -> Plan:
    section = Section(
        "samples",
        "Samples",
        "Whether the space between products holds products too. The floor is other real products, held out: no model "
        "can be expected to be below it. PCA is sampled in the same ways.",
    )
    steps = [CheckStep("features of real products", 0.01 * trial.request.count, partial(_floor, trial, section))]
    for subject in trial.subjects:
        for kind in (REBUILT, *DRAWN):
            steps.append(
                CheckStep(
                    f"{subject.name}: KID of {kind}",
                    0.005 * trial.request.count,
                    partial(_kid, trial, section, subject, kind),
                )
            )
    steps += [CheckStep(f"{kind} to look at", 1, partial(_sheet, trial, section, kind)) for kind in _SAYS]
    return section, steps


def _floor(trial: Trial, section: Section) -> None:
    for subject in trial.subjects:
        real_nf, held_out_nf = _real(trial, subject), _held_out(trial, subject)
        sizes = {(other.space.size, other.channels) for other in trial.subjects}
        name = FLOOR if len(sizes) == 1 else f"{FLOOR}, {subject.space.size} px"
        score = Score("kid", kernel_distance(real_nf, held_out_nf), _said(subject, len(real_nf), len(held_out_nf)))
        for kind in (REBUILT, *DRAWN):
            section.row("kid", kind).baselines[name] = score


def _kid(trial: Trial, section: Section, subject: Subject, kind: str) -> None:
    real_nf = _real(trial, subject)
    shown_mf = trial.rebuilt_features(subject) if kind == REBUILT else features(_pictures(subject, subject, kind))
    said = _said(subject, len(real_nf), len(shown_mf))
    trial.put(section.row("kid", kind), subject, Score("kid", kernel_distance(real_nf, shown_mf), said))
    from_rebuilt = kernel_distance(_rebuilt(trial, subject), shown_mf)
    trial.put(section.row("kid", f"{kind}, {FROM_REBUILT}"), subject, Score("kid", from_rebuilt, f"{said}, rebuilt"))
    linear, row = trial.linear(subject), section.row("kid", kind)
    if linear.name not in row.baselines:
        shown_mf = features(_pictures(linear, subject, kind))
        row.baselines[linear.name] = Score("kid", kernel_distance(real_nf, shown_mf), said)


def _pictures(coder: Codec, subject: Subject, kind: str) -> np.ndarray:
    if kind == REBUILT:
        return coder.decode(coder.encode(subject.shown[slice(None)]))
    return coder.decode(drawn_codes(coder, subject, kind, subject.count))


def _real(trial: Trial, subject: Subject) -> np.ndarray:
    return trial.features("real", subject, lambda: subject.as_it_sees(subject.real))


def _held_out(trial: Trial, subject: Subject) -> np.ndarray:
    return trial.features("held out", subject, lambda: subject.as_it_sees(subject.shown))


def _rebuilt(trial: Trial, subject: Subject) -> np.ndarray:
    def make() -> np.ndarray:
        return features(subject.decode(subject.encode(subject.real[slice(None)])))

    return trial.cache.get_or_make(("rebuilt", subject.name), make)


def _said(subject: Subject, real: int, shown: int) -> str:
    return f"{shown:,} pictures against {real:,} products that it learnt from, seed {subject.seed}"


def _sheet(trial: Trial, section: Section, kind: str) -> None:
    sheet = Sheet(f"Samples: {kind}", _SAYS[kind])
    section.sheets.append(sheet)
    for coder, subject in trial.coders():
        made_nhwc = coder.decode(drawn_codes(coder, subject, kind, COLUMNS))
        sheet.strips.append(Strip(coder.name, made_nhwc, f"{COLUMNS} pictures by {coder.name}, {kind}"))
