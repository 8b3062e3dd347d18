"""What a GPU makes of all this, in ten minutes: `python -m benchmarks.gpu`.

Reading order: form (how much is done, and what a figure is), speed (what comes before the first step, training, its
last stage, encoding, decoding), nearest (exact neighbours of a million codes), learning (the time to quality), sprites
(five families on the dSprites re-render), report (the table and the files). `--only training,sharpening` runs some.
Without a GPU all of it runs in a CPU-sized form that says so. It needs numpy, torch, scikit-learn and filelock alone.
"""
