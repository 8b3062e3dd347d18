"""How fast this is, each thing beside what one would otherwise run: `python -m benchmarks --list`.

Reading order: measure (what a result is, how two things are timed), machine, generated (the data), cases (the table of
all), then the rooms: speed, quality (how good models are), peers (other programs on the same task), gpu. It prints; no
test waits for it.
"""
