"""A map for whoever draws it: places, colours and clusters, row by row of the catalogue."""

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from looks_like.explorer.clusters import clustering_name, clusters, clusters_etag
from looks_like.explorer.core import Lab, MapContext
from looks_like.explorer.interfaces.routes import responses
from looks_like.explorer.maps import colouring


def places(lab: Lab, request: Request) -> Response:
    """?model=&name=&v=: float32 x, y for each row of the catalogue; NaN where the map has no place for it."""
    query = request.query_params
    view = lab.map_view(query.get("model", ""), query.get("name", ""))
    return responses.binary_reply(
        np.ascontiguousarray(view.xy_n2, "<f4").tobytes(), for_ever=query.get("v") == view.etag
    )


def colours(lab: Lab, request: Request) -> Response:
    """?by=attribute&v=: one byte for each row, an index into the palette that the page has.

    &model=&map=&clusters= for what is no attribute: how true a place is, the cluster.
    """
    query = request.query_params
    context = MapContext.from_query(query)
    found = colouring(lab, query.get("by", ""), context)
    unchanged = query.get("v") == lab.etag() and not found.of
    return responses.binary_reply(found.index_n.tobytes(), for_ever=unchanged)


def cluster_shapes(lab: Lab, request: Request) -> Response:
    """?model=&map=&name=&v=: of each cluster its name, its outlines on the map and where its name goes."""
    query = request.query_params
    model, on_map = lab.model_name(query.get("model")), query.get("map") or None
    name = clustering_name(lab, model, query.get("name"))
    shapes = [
        {
            "number": cluster.number,
            "name": cluster.name,
            "size": cluster.size,
            "outline": [np.round(polygon_v2.astype(float), 5).tolist() for polygon_v2 in cluster.outline],
            "at": cluster.at,
            "hidden": cluster.hidden,
        }
        for cluster in clusters(lab, model, name, on_map)
    ]
    return responses.json_reply(shapes, for_ever=query.get("v") == clusters_etag(lab, model, name, on_map))
