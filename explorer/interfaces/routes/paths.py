"""The way from product to product: its steps, its pictures, and the film of it."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from looks_like.explorer.core import Lab, PathRequest, product_json, whole_number
from looks_like.explorer.interfaces.routes import responses
from looks_like.explorer.paths import MEDIA_TYPES, film

_SHEET_COLUMNS = 10


def steps(lab: Lab, request: Request) -> Response:
    """?model=&a=&b=&curve=&through=&steps=: each step with its nearest product; how the sheet's pictures lie."""
    path = lab.path(_path_request(lab, request))
    said = [product_json(product) for product in path.nearest]
    return responses.json_reply({"edge": int(path.frames_thwc.shape[1]), "columns": _SHEET_COLUMNS, "steps": said})


def sheet(lab: Lab, request: Request) -> Response:
    """The decoded steps as one picture, 10 in a row."""
    return responses.sheet(lab.path(_path_request(lab, request)).frames_thwc, _SHEET_COLUMNS)


def film_file(lab: Lab, request: Request) -> Response:
    """/api/film.gif?model=&a=&b=&curve=&through=&steps=&size=256, and .webp, .mp4, .png, .csv, .json"""
    path_request, kind = _path_request(lab, request), request.path_params["kind"]
    content = film(lab, lab.path(path_request), kind, whole_number(request.query_params, "size", 256))
    name = f"attachment; filename*=UTF-8''{quote(path_request.slug())}.{kind}"
    return Response(content, media_type=MEDIA_TYPES[kind], headers={**responses.NEVER, "content-disposition": name})


def _path_request(lab: Lab, request: Request) -> PathRequest:
    query = dict(request.query_params)
    query["model"] = lab.model_name(query.get("model"))
    return PathRequest.from_query(query)
