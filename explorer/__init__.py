"""What people see and do, in rooms; each may use those before it.

Reading order: core (what is there, requests, results), jobs, tags, search, clusters, maps, selecting, paths, training,
check; then interfaces, where people and programs come in.
"""
