"""How fast this is, each thing beside what one would otherwise run: `python -m benchmarks --list`.

Reading order: measure (what a result is, how two things are timed), machine, generated (the data), cases, then the
groups: store, training, exploring, laying_out, map_frame, serving. It prints; no test waits for it.

How good a model is: quality (the table), scores (a row of it), subject (the model and what it is judged on), sheet
(its pictures). On a GPU machine: gpu, a command of its own.
"""
