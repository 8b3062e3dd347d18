"""The way from product to product: its steps, its pictures, and the film of it."""

import tempfile
from threading import BoundedSemaphore
from typing import BinaryIO
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from looks_like.explorer.core import Lab, PathRequest, product_json, whole_number
from looks_like.explorer.interfaces.routes import responses
from looks_like.explorer.paths import MEDIA_TYPES, check_film, write_film

_SHEET_COLUMNS = 10
_FILMS_AT_ONCE, _ASK_AGAIN_S = 2, 5
_MAKING = BoundedSemaphore(_FILMS_AT_ONCE)  # of all who ask; held while a film is made, not while it is sent


def steps(lab: Lab, request: Request) -> Response:
    """?model=&a=&b=&curve=&through=&steps=: each step with its nearest product; how the sheet's pictures lie."""
    path = lab.path(_path_request(lab, request))
    said = [product_json(product) for product in path.nearest]
    return responses.json_reply({"edge": int(path.frames_thwc.shape[1]), "columns": _SHEET_COLUMNS, "steps": said})


def sheet(lab: Lab, request: Request) -> Response:
    """The decoded steps as one picture, 10 in a row."""
    return responses.sheet(lab.path(_path_request(lab, request)).frames_thwc, _SHEET_COLUMNS)


def film_file(lab: Lab, request: Request) -> Response:
    """/api/film.gif?model=&a=&b=&curve=&through=&steps=&size=256, and .webp, .mp4, .png, .csv, .json

    Two are made at a time, each into a file, so that neither who asks for many nor who reads slowly fills the memory.
    """
    path_request, kind = _path_request(lab, request), request.path_params["kind"]
    size = whole_number(request.query_params, "size", 256)
    check_film(kind, size)
    if not _MAKING.acquire(blocking=False):
        said = f"{_FILMS_AT_ONCE} films are being made, and more at once would fill the memory: ask again in a moment"
        return responses.busy_reply(said, _ASK_AGAIN_S)
    try:
        made = _written(lab, path_request, kind, size)
    finally:
        _MAKING.release()
    name = f"attachment; filename*=UTF-8''{quote(path_request.slug())}.{kind}"
    return responses.file_reply(made, MEDIA_TYPES[kind], {"content-disposition": name})


def _written(lab: Lab, request: PathRequest, kind: str, size: int) -> BinaryIO:
    """The film in a file that has no name, so that nothing of it is left whatever happens."""
    made = tempfile.TemporaryFile()  # noqa: SIM115 - who sends it closes it
    try:
        write_film(lab, lab.path(request), kind, size, made)
    except BaseException:
        made.close()
        raise
    return made


def _path_request(lab: Lab, request: Request) -> PathRequest:
    query = dict(request.query_params)
    query["model"] = lab.model_name(query.get("model"), decodes=True)
    return PathRequest.from_query(query)
