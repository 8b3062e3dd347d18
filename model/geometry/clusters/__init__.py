"""Clusters: products that lie together, numbered from 0, the largest first; -1 is in none.

`k_means` gives everyone a cluster and works on codes (N, D); `hdbscan` leaves out who lies between, and works on a
layout of few dimensions; `joined_by_vote` gives those to the cluster that most of their neighbours have.
`weighed_vote` says what neighbours would give one, and `learn_trust` how often they are right.
"""

from looks_like.model.geometry.clusters.centroids import default_k, k_means, propose_k
from looks_like.model.geometry.clusters.density import hdbscan, propose_least
from looks_like.model.geometry.clusters.describing import Exemplars, Standing, exemplars, standing
from looks_like.model.geometry.clusters.numbering import joined_by_vote, majority_vote, vote
from looks_like.model.geometry.clusters.weighing import Trust, learn_trust, nearness, weighed_quantile, weighed_vote

__all__ = [
    "Exemplars",
    "Standing",
    "Trust",
    "default_k",
    "exemplars",
    "hdbscan",
    "joined_by_vote",
    "k_means",
    "learn_trust",
    "majority_vote",
    "nearness",
    "propose_k",
    "propose_least",
    "standing",
    "vote",
    "weighed_quantile",
    "weighed_vote",
]
