"""What is deleted and brought back, on pages and by commands; how disk space is given back; and a copy of it all."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from looks_like.data import deletions
from looks_like.data.backup import BackupStep, back_up
from looks_like.data.compacting import CompactStep, bytes_used, compact
from looks_like.data.deletion_log import DELETE, FILTER, FINAL, RETURN, Deletion, DeletionLog, read_deletions
from looks_like.data.errors import CatalogueError
from looks_like.explorer.core import Lab, checked_rows
from looks_like.explorer.errors import RequestError
from looks_like.explorer.jobs import Job, Jobs


def delete_products(lab: Lab, rows_m: Sequence[int] | np.ndarray, who: str, words: str = "") -> Deletion:
    """The products in these catalogue rows. RequestError for none, CatalogueError while somebody else writes."""
    rows_m = np.unique(checked_rows(rows_m, lab.catalogue()))
    if not len(rows_m):
        raise RequestError("no products are selected: select some first")
    return deletions.delete_rows(lab.workspace, rows_m, who, words)


def rows_to_delete(lab: Lab, product_ids: Sequence[str]) -> tuple[np.ndarray, int]:
    """-> (catalogue rows of these products, how many of them are deleted already). CatalogueError for an unknown id."""
    catalogue = lab.catalogue()
    ids = list(dict.fromkeys(product_ids))
    rows_m, already = catalogue.rows_of(ids), {*ids} & catalogue.deleted.keys()
    unknown = [key for key, row in zip(ids, rows_m.tolist(), strict=True) if row < 0 and key not in already]
    if unknown:
        more = f", and {len(unknown) - 1:,} more are not" if len(unknown) > 1 else ""
        raise CatalogueError(f"{unknown[0][:80]!r} is no product of this catalogue{more}: nothing was deleted")
    return rows_m[rows_m >= 0], len(already)


def delete_map(lab: Lab, model: str, name: str, who: str) -> Deletion:
    """CatalogueError when the model has no map of that name, or somebody else writes."""
    return deletions.delete_map(lab.workspace, model, name, who)


def delete_clustering(lab: Lab, model: str, name: str, who: str) -> Deletion:
    """With what people changed of it. CatalogueError when there is none of that name, or somebody else writes."""
    return deletions.delete_clustering(lab.workspace, model, name, who)


def delete_view(lab: Lab, name: str, who: str) -> Deletion:
    """For everyone. CatalogueError when there is none of that name."""
    return deletions.delete_view(lab.workspace, name, who)


def delete_filter(lab: Lab, name: str, who: str) -> Deletion:
    """A saved one, for everyone. CatalogueError when there is none of that name."""
    return deletions.delete_view(lab.workspace, name, who, FILTER)


def deletion_log(lab: Lab) -> DeletionLog:
    """All that was deleted and brought back, the oldest first."""
    return read_deletions(lab.workspace.folder)


def undo_deletion(lab: Lab, who: str, number: int = 0) -> Deletion:
    """Brings back the newest deletion of this person that holds, or any by its number; all is as it was.

    RequestError for none, CatalogueError for one that can't be brought back.
    """
    log = deletion_log(lab)
    if number:
        found = next((entry for entry in log.entries if entry.number == number), None)
        if found is None:
            raise RequestError(f"there is no deletion {number}; see: looks-like delete log")
    else:
        found = next((entry for entry in reversed(log.standing) if entry.who == who), None)
        if found is None:
            others = f"; others deleted {log.standing[-1].said()}" if log.standing else ""
            raise RequestError(f"there is nothing deleted by {who} that could be brought back{others}")
    return deletions.undo_deletion(lab.workspace, found, who)


def deletion_words(log: DeletionLog, entry: Deletion) -> str:
    """What an entry of the log says: "deleted", "undone", "gone for good" …"""
    if entry.kind == DELETE:
        return "undone" if log.is_undone(entry) else "gone for good" if log.is_final(entry) else "deleted"
    return {FINAL: "compacted", RETURN: "imported again"}.get(entry.kind, "brought back")


def compact_workspace(lab: Lab, who: str) -> Iterator[CompactStep]:
    """Makes all deletions final and gives their space back, step by step. RequestError while a job runs."""
    running = [job.what for job in Jobs(lab.workspace.folder).active() if job.pid and job.pid != os.getpid()]
    if running:
        raise RequestError(f"{running[0]} is going on and may need what would be removed: wait for it, or cancel it")
    return compact(lab.workspace, who)


def back_up_workspace(lab: Lab, target: Path) -> Iterator[BackupStep]:
    """Copies it, step by step, while people go on tagging. CatalogueError while somebody imports."""
    return back_up(lab.workspace, target)


def start_compacting(jobs: Jobs, who: str) -> Job:
    """As a job, for pages."""
    return jobs.start(["compact", "--yes", "--who", who], "Giving back disk space")


def disk_usage(lab: Lab) -> dict[str, int]:
    """Bytes on disk by part, the largest first."""
    return bytes_used(lab.workspace.folder)


def megabytes(count: int) -> str:
    """ "3.2 MB", "1,204 MB" """
    return f"{count / 1e6:,.1f} MB" if count < 10e6 else f"{count / 1e6:,.0f} MB"
