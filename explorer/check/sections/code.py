"""The code: what it costs to say a picture by way of its code, and how much each dimension carries."""

from functools import partial

from looks_like.explorer.check.findings import Chart, CheckStep, Line, Plan, Section, finite_or_none
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.model.metrics.codes.active_dimensions import active_in, kl_per_dimension
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.pictures.elbo import compute_elbo


def plan(trial: Trial) -> Plan:
    section = Section(
        "code",
        "The code",
        "What a code costs and carries, in nats: 0.69 nats are one yes-or-no question.",
    )
    steps = [
        CheckStep(f"{subject.name}: what the code costs", 2, partial(_costs, trial, section, subject))
        for subject in trial.subjects
    ]
    return section, [*steps, CheckStep("KL per dimension", 2, partial(_per_dimension, trial, section))]


def _costs(trial: Trial, section: Section, subject: Subject) -> None:
    said = f"{len(subject.held_out):,} held-out products"
    net = subject.space.net
    if net.probabilistic:
        bound = compute_elbo(net, subject.held_out, seed=subject.seed)
        values = {
            "negative_elbo": bound.negative_elbo,
            "reconstruction_nats": bound.reconstruction,
            "kl_nats": bound.kl,
        }
        for key, value in values.items():
            trial.put(section.row(key), subject, Score(key, value, f"{said}, noise of seed {subject.seed}"))
    else:
        section.lacks(f"{subject.name} ({net.title}) has no posterior, so neither −ELBO nor KL.")
    active = float(active_in(subject.encode(subject.held_out[slice(None)])).sum())
    trial.put(section.row("active"), subject, Score("active", active, said))


def _per_dimension(trial: Trial, section: Section) -> None:
    lines = []
    for subject in trial.subjects:
        if subject.space.net.probabilistic:
            kl_d = kl_per_dimension(subject.space.net, subject.held_out)
            lines.append(
                Line(
                    subject.name, [float(d) for d in range(len(kl_d))], [finite_or_none(v) for v in kl_d], subject.name
                )
            )
    if lines:
        section.charts.append(
            Chart(
                kind="bars",
                title="KL per dimension",
                says="Nats that each dimension carries about a held-out product, mean over products. A dimension near "
                "0 says nothing.",
                x_title="dimension",
                y_title="nats",
                lines=lines,
            )
        )
