"""Pictures of products: one at a time, and a thousand small ones to a page of an atlas."""

from starlette.requests import Request
from starlette.responses import Response

from looks_like.data.pictures import media_type
from looks_like.explorer.core import Lab, whole_number
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.routes import responses
from looks_like.explorer.maps import sprite_sheets_of

_EDGES_PX = (72, 160, 256)


def picture(lab: Lab, request: Request) -> Response:
    """?px=72|160|256"""
    edge_px = whole_number(request.query_params, "px", 256)
    if edge_px not in _EDGES_PX:
        raise RequestError(f"px must be one of {', '.join(map(str, _EDGES_PX))}, got {edge_px}")
    content = lab.thumbnail(request.path_params["sha256"], edge_px)
    return Response(content, media_type=media_type(content), headers=responses.FOREVER)


def atlas_order(lab: Lab, request: Request) -> Response:
    """?model=&map=&v=: uint32, the row of each cell of the atlases, page by page."""
    model, name, version = _sheet_request(lab, request)
    return responses.binary_reply(
        sprite_sheets_of(lab).order(model, name).astype("<u4").tobytes(), for_ever=bool(version)
    )


def atlas_page(lab: Lab, request: Request) -> Response:
    """/api/atlas/{16|32|64}/{page}?model=&map=&v=: pictures of 1,024 products, 32 in a row."""
    model, name, version = _sheet_request(lab, request)
    edge_px, number = (whole_number(request.path_params, part, -1) for part in ("edge", "page"))
    content = sprite_sheets_of(lab).page(model, name, edge_px, number)
    return Response(content, media_type="image/jpeg", headers=responses.cache_headers(bool(version)))


def _sheet_request(lab: Lab, request: Request) -> tuple[str, str, str]:
    """Model, map and version ("" = any). An outdated version is refused: its cells would hold other products."""
    model, name, version = (request.query_params.get(key, "") for key in ("model", "map", "v"))
    if version and version != sprite_sheets_of(lab).fingerprint(model, name):
        raise RequestError("this map has changed since the page was loaded: load it again")
    return model, name, version
