"""Points of a model's space: as pictures, by chance, and along each dimension."""

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from looks_like.explorer.core import Lab, code_from_text
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.routes import responses
from looks_like.explorer.interfaces.routes.decode_queue import DecodeQueue

_END_DEVIATIONS = 2.5


def decode(lab: Lab, request: Request) -> Response:
    """?model=&z=0.1,-2,…: raw RGB bytes, row by row; the edge in px is in the header x-edge."""
    space = lab.space(request.query_params.get("model", ""))
    z_d = code_from_text(request.query_params.get("z", ""), space.latent)
    queue = lab.cache.get_or_make(("decode queue", space), lambda: DecodeQueue(space.decode), max_size=4)
    reply = responses.binary_reply(queue.decode(np.array(z_d, np.float32)).tobytes(), edge=space.size)
    reply.headers["content-encoding"] = "identity"  # to press so little together takes longer than to send it
    return reply


def draw(lab: Lab, request: Request) -> Response:
    """?model=: a random code, as likely as those of the products."""
    space = lab.space(request.query_params.get("model", ""))
    return responses.json_reply({"z": [round(float(value), 4) for value in space.sample_code()]})


def ends(lab: Lab, request: Request) -> Response:
    """?model=: what each dimension does, decoded 2.5 deviations below and above the middle: two columns."""
    space = lab.space(request.query_params.get("model", ""))
    if not len(space.axes):
        raise RequestError("no dimension of this model is active")
    moved_a2d = space.mean_code + _END_DEVIATIONS * np.stack([-space.axes.steps_ad, space.axes.steps_ad], 1)
    return responses.sheet(space.decode(moved_a2d.reshape(-1, space.latent)), 2)
