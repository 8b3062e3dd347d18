"""Clusters: made, listed, named, renamed, merged, split, hidden, undone."""

from looks_like.explorer.clusters.browsing import Cluster, clusters
from looks_like.explorer.clusters.edits import hide, merge, rename, split, undo_edit
from looks_like.explorer.clusters.make import ClusterRequest, make_clusters, start_clusters
from looks_like.explorer.clusters.membership import clusters_etag, members, numbers, outdated_reason
from looks_like.explorer.clusters.store import State, clustering_name, clusterings, state

__all__ = [
    "Cluster",
    "ClusterRequest",
    "State",
    "clustering_name",
    "clusterings",
    "clusters",
    "clusters_etag",
    "hide",
    "make_clusters",
    "members",
    "merge",
    "numbers",
    "outdated_reason",
    "rename",
    "split",
    "start_clusters",
    "state",
    "undo_edit",
]
