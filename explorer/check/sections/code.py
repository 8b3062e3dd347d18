"""The code: what it costs to say a picture by way of its code, and how much each dimension carries."""

from functools import partial

from looks_like.explorer.check.findings import Chart, CheckStep, Line, Plan, Section, finite_or_none
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.model.metrics.codes.active_dimensions import active_in, kl_per_dimension
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.pictures.elbo import compute_elbo


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "code",
        "The code",
        "What a code costs and carries, in nats: 0.69 nats are one yes-or-no question.",
    )
    return section, [
        CheckStep(f"{subject.name}: what the code costs", 2, partial(_costs, trial, section, subject)),
        CheckStep(f"{subject.name}: KL per dimension", 2, partial(_per_dimension, section, subject)),
    ]


def _costs(trial: Trial, section: Section, subject: Subject) -> None:
    said = f"{len(subject.judged):,} held-out products"
    net = subject.space.net
    if net.probabilistic:
        bound = compute_elbo(net, subject.judged, seed=subject.seed)
        values = {
            "negative_elbo": bound.negative_elbo,
            "reconstruction_nats": bound.reconstruction,
            "kl_nats": bound.kl,
        }
        sure = bound.intervals(subject.things(subject.judged))
        for key, value in values.items():
            words = f"{said}, noise of seed {subject.seed}"
            trial.put(section.row(key), subject, Score(key, value, words, {}, sure[key]))
    else:
        section.lacks(f"{subject.name} ({net.title}) has no posterior, so neither −ELBO nor KL.")
    active = float(active_in(subject.encode(subject.judged[slice(None)])).sum())
    trial.put(section.row("active"), subject, Score("active", active, said))


def _per_dimension(section: Section, subject: Subject) -> None:
    if subject.space.net.probabilistic:
        kl_d = kl_per_dimension(subject.space.net, subject.judged)
        places, values = [float(d) for d in range(len(kl_d))], [finite_or_none(value) for value in kl_d]
        section.charts.append(
            Chart(
                kind="bars",
                title="KL per dimension",
                says="Nats that each dimension carries about a held-out product, mean over products. A dimension near "
                "0 says nothing.",
                x_title="dimension",
                y_title="nats",
                lines=[Line(subject.name, places, values, subject.name)],
            )
        )
