"""Points of a model's space: as pictures, by chance, and along each dimension and direction; what these tell."""

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from looks_like.explorer.core import Lab, code_from_text, code_to_text, product_json, whole_number
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.routes import responses
from looks_like.explorer.interfaces.routes.decode_queue import DecodeQueue
from looks_like.explorer.tags import (
    Direction,
    attribute_shares,
    dimension_card,
    named_dimensions,
    products_along,
    proposed_directions,
    small_title,
)

_END_DEVIATIONS, _END_POINTS, _END_PX = 2.5, 50.0, 64
_STRIP = 7  # pictures


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


def strip(lab: Lab, request: Request) -> Response:
    """?model=&from=0.1,-2,…&to=…: seven pictures side by side, from one code to another in equal steps."""
    query = request.query_params
    space = lab.space(query.get("model", ""))
    first_d, last_d = (np.array(code_from_text(query.get(end, ""), space.latent)) for end in ("from", "to"))
    z_td = first_d + np.linspace(0, 1, _STRIP)[:, None] * (last_d - first_d)
    return responses.sheet(space.decode(z_td.astype(np.float32)), _STRIP)


def card(lab: Lab, request: Request) -> Response:
    """?model=&number=&z=: what is known of a dimension, and products along it that are otherwise like a code."""
    query = request.query_params
    model = lab.model_name(query.get("model"), decodes=True)
    number, space = whole_number(query, "number", 1), lab.space(model)
    z_d = np.array(code_from_text(query["z"], space.latent), np.float32) if query.get("z") else space.mean_code
    found = dimension_card(lab, model, number)
    along = products_along(lab, model, number, z_d)
    now = float(space.axes.values(z_d[None])[0, number - 1])
    from_d, to_d = (z_d + (end - now) * space.axes.steps_ad[number - 1] for end in (-_END_DEVIATIONS, _END_DEVIATIONS))
    answer = {
        "number": number,
        "tells": [[small_title(title), share] for title, share in found.told.attributes],
        "carries": found.carries,
        "changes": found.changes,
        "alike": found.alike,
        "bins": found.bins,
        "reach": found.reach,
        "middleHalf": found.middle_half,
        "now": now,
        "from": code_to_text(from_d.tolist()),
        "to": code_to_text(to_d.tolist()),
        "products": [
            product_json(each.product) | {"percentile": each.percentile, "place": each.place} for each in along
        ],
    }
    return responses.json_reply(answer)


def told(lab: Lab, request: Request) -> Response:
    """?model=: how much of the spread along each dimension goes with each attribute, 0 to 1; the most told first."""
    found = attribute_shares(lab, lab.model_name(request.query_params.get("model"), decodes=True))
    best = np.argsort(-found.share_va.max(1, initial=0), kind="stable")
    rows = [{"title": small_title(found.titles[v]), "shares": found.share_va[v].round(4).tolist()} for v in best]
    return responses.json_reply({"rows": rows})


def directions(lab: Lab, request: Request) -> Response:
    """?model=: directions besides its dimensions, each with its numbers and what a slider needs."""
    model = lab.model_name(request.query_params.get("model"), decodes=True)
    return responses.json_reply([_direction_json(each) for each in proposed_directions(lab, model)])


def _direction_json(each: Direction) -> dict[str, object]:
    """For the browser."""
    return {key: value for key, value in vars(each).items() if key != "rows"} | {
        "times": each.times,
        "right": each.right,
    }


def _small(pictures_nhwc: np.ndarray) -> np.ndarray:
    """At most 64 px: so many in a column of larger ones would be more than a JPEG holds."""
    count, edge = pictures_nhwc.shape[:2]
    by = edge // min(edge, _END_PX)
    halved = pictures_nhwc.reshape(count, edge // by, by, edge // by, by, 3)
    return np.asarray(halved.mean((2, 4)).round().astype(np.uint8))
