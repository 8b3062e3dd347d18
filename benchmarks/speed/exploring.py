"""What a person asks of a model: a film between two products, the nearest products of a path."""

from collections.abc import Iterator

import imageio
import numpy as np

from benchmarks.generated import MODEL, lab_of
from benchmarks.measure import Bench, Result, by_turns, compared
from benchmarks.speed.codes import clustered_codes
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.paths import FilmStyle, PathRequest, walk
from looks_like.explorer.paths.files.film import film
from looks_like.explorer.paths.files.frames import Frames
from looks_like.model.geometry.neighbours import NearestNeighbours

_STEPS = 60


def filming(bench: Bench) -> Iterator[Result]:
    """60 steps decoded, matched, composed and written as GIF 256x512, beside imageio's default writing of the frames.

    Theirs is given the composed frames: only the writing is timed. Its time depends on what the pictures show (it
    makes a palette for each frame), so give it a real catalogue with --workspace.
    """
    lab = Lab(bench.workspace) if bench.workspace else lab_of(bench, bench.of(30_000, 3000))
    model = lab.models_to_show()[0] if bench.workspace else MODEL
    ids = lab.catalogue().product_ids
    request = PathRequest(model, (ids[12 % len(ids)], ids[-1]), steps=_STEPS)
    composed = [np.asarray(frame) for frame in Frames(lab, walk(lab, request), FilmStyle(256))]
    files = {"ours": bench.folder / "ours.gif", "theirs": bench.folder / "theirs.gif"}

    def ours() -> None:
        lab.cache.forget("path")
        files["ours"].write_bytes(film(lab, walk(lab, request), "gif", FilmStyle(256)))

    def theirs() -> None:
        imageio.mimsave(files["theirs"], composed)

    ours()
    first, theirs_s = by_turns(ours, theirs, rounds=bench.of(3, 1), warm=0)
    more_s = by_turns(ours, rounds=5, warm=0)[0]
    height, width = composed[0].shape[:2]
    more = {"frame_px": [width, height], "bytes": {name: file.stat().st_size for name, file in files.items()}}
    what = f"film of {_STEPS} frames, GIF"
    samples = [first + more_s, theirs_s]
    yield compared(what, "s", "imageio.mimsave, defaults", samples, goal=0.8, goal_ratio=15, more=more)


def finding_nearest(bench: Bench) -> Iterator[Result]:
    """The nearest product of each of 60 points among 30,000 codes of 32, beside faiss alone and scikit-learn's brute.

    Ours is faiss, with the distances measured again; both indexes are built beforehand.
    """
    import faiss
    from sklearn.neighbors import NearestNeighbors

    z_nd = clustered_codes(30_000)
    z_md = np.ascontiguousarray((z_nd[:_STEPS] + z_nd[-_STEPS:]) / 2)
    ours, raw = NearestNeighbours(z_nd), faiss.IndexFlatL2(z_nd.shape[1])
    raw.add(z_nd)
    brute = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(z_nd)
    works = (lambda: ours.nearest(z_md, 1), lambda: raw.search(z_md, 1), lambda: brute.kneighbors(z_md))
    ours_s, raw_s, brute_s = by_turns(*works, rounds=bench.of(60, 20), warm=3)
    same = float((ours.nearest(z_md, 1)[0] == brute.kneighbors(z_md)[1]).mean())
    what, more = "60 nearest of 30,000 x 32", {"same_as_brute": same}
    yield compared(what, "ms", "faiss IndexFlatL2", [ours_s, raw_s], goal_ratio=0.95, more=more)
    yield compared(what, "ms", "scikit-learn, brute", [ours_s, brute_s], goal_ratio=1, more=more)
