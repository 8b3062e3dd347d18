"""Disentanglement: does each dimension stand for one thing, with labels where there are some and without."""

from functools import partial

import numpy as np

from looks_like.explorer.check.factors import VALUES_MAX, FactorPictures, comparable_columns, known_factors
from looks_like.explorer.check.findings import Chart, CheckStep, Plan, Section, finite_or_none
from looks_like.explorer.check.trial import Codec, Subject, Trial
from looks_like.explorer.training import udr_of_models
from looks_like.model.metrics.codes.active_dimensions import posteriors
from looks_like.model.metrics.codes.attribute_information import attribute_gap, attribute_information
from looks_like.model.metrics.codes.total_correlation import pairwise_information, total_correlation
from looks_like.model.metrics.factors.beta_vae_score import beta_vae_score
from looks_like.model.metrics.factors.dci import dci
from looks_like.model.metrics.factors.factor_vae_score import factor_vae_score
from looks_like.model.metrics.factors.information import in_bins
from looks_like.model.metrics.factors.mig import mig
from looks_like.model.metrics.factors.modularity import explicitness, modularity
from looks_like.model.metrics.factors.sampled_mig import sampled_mig
from looks_like.model.metrics.factors.sap import sap
from looks_like.model.metrics.metric import Score

ON_AXES = "on the axes that sliders move"
COUNT, QUICK_COUNT = 6000, 800  # products with known factors
QUICK_MEASURES = (mig, sap, modularity)  # what only counts
MEASURES = (mig, sap, factor_vae_score, beta_vae_score, modularity, explicitness)
_ROWS_MAX = 20  # dimensions of a heat map


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "disentanglement",
        "Disentanglement",
        "Whether each dimension stands for one thing. Without labels: whether dimensions repeat each other, and "
        "whether models of other seeds find the same ones. With labels: whether each attribute or factor has a "
        "dimension of its own.",
    )
    work = [("what dimensions share", 4, _unlabelled), ("attributes", 6, _attributes)]
    if not subject.baseline:
        work.append(("agreement of seeds", 3, _seeds))
    work.append(("known factors", 8 if trial.request.quick else 60, _labelled))
    return section, [
        CheckStep(f"{subject.name}: {title}", seconds, partial(run, trial, section, subject))
        for title, seconds, run in work
    ]


def depends_on(trial: Trial, subject: Subject) -> list[str]:
    """The weights of the models that it is held beside."""
    return [] if subject.baseline else [trial.lab.weights(name) for name in _alike(trial, subject)]


# -- without labels ----------------------------------------------------------------------------------------------


def _unlabelled(trial: Trial, section: Section, subject: Subject) -> None:
    for score in _shared(subject.space.z_nd, subject.seed):
        trial.put(section.row(score.key), subject, score)
    linear = trial.linear(subject)
    for score in _shared(linear.encode(linear.fitted[slice(None)]), subject.seed):
        section.row(score.key).baselines[linear.name] = score


def _shared(z_nd: np.ndarray, seed: int) -> list[Score]:
    return [total_correlation(z_nd), pairwise_information(z_nd, seed=seed)]


def _seeds(trial: Trial, section: Section, subject: Subject) -> None:
    if not subject.space.net.probabilistic:
        section.lacks(f"{subject.name} has no KL per dimension, which the udr_of_models of seeds (UDR) needs.")
        return
    alike = _alike(trial, subject)
    if not alike:
        section.lacks(
            f"There is no model like {subject.name} with another seed to agree with (UDR): looks-like train "
            f"{subject.space.card.family} --seeds 2"
        )
        return
    score = udr_of_models(trial.lab, [subject.name, *alike])[0]
    section.row("udr").scores[subject.name] = Score(
        "udr", score.value, f"{score.said}: {', '.join(alike)}", score.parts
    )


def _alike(trial: Trial, subject: Subject) -> list[str]:
    """Models that differ in their seed alone."""
    return [name for name in trial.lab.models() if name != subject.name and _differs_in_seed(subject, name)]


def _differs_in_seed(subject: Subject, name: str) -> bool:
    mine, other = subject.space.card, subject.lab.card(name)
    return (mine.family, mine.settings) == (other.family, other.settings) and mine.seed != other.seed


# -- attributes of the catalogue ---------------------------------------------------------------------------------


def _attributes(trial: Trial, section: Section, subject: Subject) -> None:
    catalogue, space = trial.lab.imported_catalogue(), subject.space
    columns, left_out = comparable_columns(catalogue, space.rows_n)
    if not columns:
        section.lacks("No attribute has few enough values to be told by a dimension.")
        return
    told_da = attribute_information(space.z_nd, columns)
    score = attribute_gap(told_da, list(columns))
    skipped = f"; left out for too many values: {', '.join(left_out)}" if left_out else ""
    trial.put(section.row(score.key), subject, Score(score.key, score.value, score.said + skipped, {}))
    shown_da = attribute_information(space.axes.values(space.z_nd), columns)
    if space.has_axes and len(space.axes) > 1:
        found = attribute_gap(shown_da, list(columns))
        trial.put(section.row(found.key, ON_AXES), subject, Score(found.key, found.value, found.said + skipped, {}))
    linear, every = trial.linear(subject), max(1, len(space.rows_n) // 10_000)
    row_m = subject.pixels_nhwc[space.rows_n[::every]]
    fewer = {name: values_n[::every] for name, values_n in columns.items()}
    found = attribute_gap(attribute_information(linear.encode(row_m), fewer), list(columns))
    said = f"{len(row_m):,} codes; {found.said}"
    section.row(score.key).baselines[linear.name] = Score(found.key, found.value, said, {})
    if not subject.baseline:
        section.charts.append(_heat(subject, shown_da, list(columns)))


def _heat(subject: Subject, told_da: np.ndarray, names: list[str]) -> Chart:
    shown = [a for a in range(len(names)) if not np.isnan(told_da[:, a]).any()]
    order = np.argsort(-told_da[:, shown].max(1))[:_ROWS_MAX]
    return Chart(
        kind="heat",
        title=f"What dimensions of {subject.name} tell of attributes",
        says="Mutual information as a share of what there is to tell: 1 = the dimension says the attribute exactly. "
        f"The {len(order)} dimensions that tell most of any.",
        x_title="",
        y_title="dimension",
        matrix=[[finite_or_none(told_da[d, a]) for a in shown] for d in order],
        rows=[str(d + 1) for d in order],
        columns=[names[a] for a in shown],
    )


# -- factors that drew the products ------------------------------------------------------------------------------


def _labelled(trial: Trial, section: Section, subject: Subject) -> None:
    known = _known(trial, subject)
    if known is None:
        section.lacks(
            "MIG, DCI, SAP and their like need the factors that made the products, which a real catalogue does not "
            "have: declare columns of your own (looks-like check --factors colour,angle:360), or try the same settings "
            "on looks-like import dsprites, or sneakers:independent."
        )
        return
    _factors(trial, section, subject, known, subject)
    _sampled(trial, section, subject, known)
    _axes(trial, section, subject, known)
    _factors(trial, section, trial.linear(subject), known, subject)


def _factors(trial: Trial, section: Section, coder: Codec, known: FactorPictures, subject: Subject) -> None:
    z_nd = coder.encode(_pictures(known, subject))
    factors_nf = _factors_of(known)
    measures = QUICK_MEASURES if trial.request.quick else MEASURES
    scores = [measure(z_nd, factors_nf, seed=subject.seed) for measure in measures]
    if trial.request.quick:
        section.lacks("Measures that learn to tell factors, DCI first of all, are left out of a quick check.")
    else:
        scores += dci(z_nd, factors_nf, seed=subject.seed)
    for score in scores:
        row, found = section.row(score.key), Score(score.key, score.value, score.said, {})
        if coder is subject:
            trial.put(row, subject, found)
        else:
            row.baselines[coder.name] = found


def _axes(trial: Trial, section: Section, subject: Subject, known: FactorPictures) -> None:
    """What peers measure on the numbers of a code, on what people move."""
    axes = subject.space.axes
    if subject.space.has_axes and len(axes) > 1:
        values_na = axes.values(subject.encode(_pictures(known, subject)))
        found = mig(values_na, _factors_of(known), seed=subject.seed)
        trial.put(section.row("mig", ON_AXES), subject, Score("mig", found.value, found.said, {}))


def _sampled(trial: Trial, section: Section, subject: Subject, known: FactorPictures) -> None:
    """The gap as its author has it, which only a family with a posterior has."""
    if subject.space.net.probabilistic:
        found = sampled_mig(
            *posteriors(subject.space.net, _pictures(known, subject)), _factors_of(known), seed=subject.seed
        )
        trial.put(section.row("sampled_mig"), subject, Score(found.key, found.value, found.said, {}))


def _factors_of(known: FactorPictures) -> np.ndarray:
    return np.stack([ranks(values_n) for values_n in known.columns.values()], 1)


def _known(trial: Trial, subject: Subject) -> FactorPictures | None:
    count, edge = QUICK_COUNT if trial.request.quick else COUNT, subject.space.size
    make = partial(known_factors, trial.lab.catalogue(), edge, count, subject.seed)
    return trial.cache.get_or_make(("factors", edge), make)


def _pictures(known: FactorPictures, subject: Subject) -> np.ndarray:
    if known.pixels_nhwc is not None:
        return known.pixels_nhwc
    assert known.rows_n is not None
    return np.asarray(subject.pixels_nhwc[known.rows_n])


def ranks(values_n: np.ndarray) -> np.ndarray:
    """(N,) whole numbers: words and few numbers by their rank, other numbers in bins."""
    ranks_n = np.unique(values_n, return_inverse=True)[1]
    few = values_n.dtype.kind in "UO" or int(ranks_n.max()) < VALUES_MAX
    return np.asarray(ranks_n if few else in_bins(values_n) - 1)
