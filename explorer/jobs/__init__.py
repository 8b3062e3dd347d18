"""Long work outside the pages: start, follow and cancel jobs; processes and machines."""

from looks_like.explorer.jobs.machine_info import machine
from looks_like.explorer.jobs.processes import lower_priority, process_identity
from looks_like.explorer.jobs.queue import INTERRUPTED, Job, Jobs, read_record, repeatable, write_record
from looks_like.explorer.jobs.ray_cluster import on_cluster

__all__ = [
    "INTERRUPTED",
    "Job",
    "Jobs",
    "lower_priority",
    "machine",
    "on_cluster",
    "process_identity",
    "read_record",
    "repeatable",
    "write_record",
]
