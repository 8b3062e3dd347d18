"""What counts as alike: form, colour or both, of codes whose numbers say which is which, as those of a look do."""

import numpy as np

from looks_like.explorer.core import Lab, Space
from looks_like.explorer.errors import RequestError

FORM, ALL, COLOUR = "form", "all", "colour"
# how much colour counts, from none to alone; ALL takes codes as they are
COUNTS = {FORM: 0.0, "more form": 0.25, ALL: 0.5, "more colour": 0.75, COLOUR: 1.0}
_KEPT = 3  # of a million products one takes half a gigabyte


def weights_of(space: Space, counts: str) -> np.ndarray:
    """float32 (D,): what each number of a code is multiplied with. RequestError for what is not in COUNTS."""
    if counts not in COUNTS:
        raise RequestError(f"what counts is one of {', '.join(COUNTS)}; got {counts[:40]!r}")
    share, weight_d = COUNTS[counts], np.ones(space.latent, np.float32)
    for part, counted_part in space.net.parts.items():
        weight_d[counted_part] = np.sqrt(2 * (share if part == COLOUR else 1 - share))
    return weight_d


def counted(lab: Lab, space: Space, counts: str) -> Space:
    """The space in which distances are as `counts` says; the same one where its numbers do not say what they are."""
    weight_d = weights_of(space, counts)
    if (weight_d == 1).all():
        return space

    def make() -> Space:
        weighed = Space(space.net, space.card, space.z_nd * weight_d, space.rows_n)
        weighed.first_of_rows = space.first_of_rows
        return weighed

    return lab.cache.get_or_make(("counted", space, counts), make, max_size=_KEPT)
