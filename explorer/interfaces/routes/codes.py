"""Points of a model's space: as pictures, by chance, and along each dimension."""

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from looks_like.explorer.core import Lab, code_from_text
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.routes import responses
from looks_like.explorer.interfaces.routes.decode_queue import DecodeQueue
from looks_like.explorer.tags import named_dimensions

_END_DEVIATIONS, _END_POINTS, _END_PX = 2.5, 50.0, 64


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
    """?model=&z=: what each slider does with a code, the mean one unless said: two columns of pictures, 2.5 deviations
    down and up of each dimension, then 50 points of each visual attribute.
    """
    query = request.query_params
    space = lab.space(query.get("model", ""))
    if not len(space.axes):
        raise RequestError("no dimension of this model is active")
    start_d = np.array(code_from_text(query["z"], space.latent), np.float32) if query.get("z") else space.mean_code
    named = [each.step_d for each in named_dimensions(lab, space.card.name)]
    named_sd = np.reshape(np.array(named, np.float32), (-1, space.latent))
    steps_sd = np.concatenate([_END_DEVIATIONS * space.axes.steps_ad, _END_POINTS * named_sd])
    moved_s2d = start_d + np.stack([-steps_sd, steps_sd], 1)
    pictures_nhwc = space.decode(moved_s2d.reshape(-1, space.latent).astype(np.float32))
    return responses.sheet(_small(pictures_nhwc), 2)


def _small(pictures_nhwc: np.ndarray) -> np.ndarray:
    """At most 64 px: so many in a column of larger ones would be more than a JPEG holds."""
    count, edge = pictures_nhwc.shape[:2]
    by = edge // min(edge, _END_PX)
    halved = pictures_nhwc.reshape(count, edge // by, by, edge // by, by, 3)
    return np.asarray(halved.mean((2, 4)).round().astype(np.uint8))
