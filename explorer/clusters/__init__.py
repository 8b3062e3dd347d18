"""Clusters: made, listed, named, renamed, merged, split, hidden, undone."""

from looks_like.explorer.clusters.edits import hide, merge, rename, split, undo_edit
from looks_like.explorer.clusters.make import (
    Cluster,
    behind,
    clusters,
    clusters_tag,
    make_clusters,
    members,
    numbers,
    usual_k,
)
from looks_like.explorer.clusters.store import State, clustering_name, clusterings, state

__all__ = [
    "Cluster",
    "State",
    "behind",
    "clustering_name",
    "clusterings",
    "clusters",
    "clusters_tag",
    "hide",
    "make_clusters",
    "members",
    "merge",
    "numbers",
    "rename",
    "split",
    "state",
    "undo_edit",
    "usual_k",
]
