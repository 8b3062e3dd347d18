"""HTTP beside the pages, in the same process: pictures, points, decodes and films, for widgets and for scripts.

Handlers are plain functions: Starlette runs them in threads, so a decode never blocks a page. Every mistake is
answered as {"error": sentence}, status 400 (404 for what is not there). Pictures and maps carry their version in the
address and may be kept for ever; decodes are never kept.
"""

from collections.abc import Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from looks_like.atomic import is_full
from looks_like.data.errors import CatalogueError, PictureError
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.interfaces.browser_code import ADDRESS
from looks_like.explorer.interfaces.routes import code, codes, maps, paths, pictures, products, responses, selections
from looks_like.explorer.interfaces.routes.base_address import BaseAddress
from looks_like.explorer.interfaces.routes.guard import Guard, KnownHosts
from looks_like.explorer.interfaces.routes.v1 import api

__all__ = ["BaseAddress", "Guard", "KnownHosts", "routes"]

_NAMES, _NAME_MAX = ("model", "map", "name", "clusters"), 40
Handler = Callable[[Lab, Request], Response]


def health(lab: Lab, request: Request) -> Response:
    return responses.json_reply({"ok": True, "catalogue_version": lab.version()})


TABLE: dict[str, Handler] = {
    ADDRESS: code.module,
    "/api/health": health,
    "/api/product": products.product,
    "/api/products": products.products,
    "/api/search": products.search,
    "/api/random": products.random,
    "/api/nearest": products.nearest,
    "/api/similar": products.similar,
    "/api/copies": products.copies,
    "/api/picture/{sha256}": pictures.picture,
    "/api/atlas/order": pictures.atlas_order,
    "/api/atlas/{edge}/{page}": pictures.atlas_page,
    "/api/map": maps.places,
    "/api/colours": maps.colours,
    "/api/clusters": maps.cluster_shapes,
    "/api/shown": selections.shown,
    "/api/selection": selections.members,
    "/api/selection/items": selections.items,
    "/api/decode": codes.decode,
    "/api/draw": codes.draw,
    "/api/ends": codes.ends,
    "/api/strip": codes.strip,
    "/api/dimension": codes.card,
    "/api/told": codes.told,
    "/api/directions": codes.directions,
    "/api/path": paths.steps,
    "/api/path/sheet": paths.sheet,
    "/api/path/curves": paths.curves,
    "/api/grid": paths.grid,
    "/api/grid/sheet": paths.grid_sheet,
    "/api/grid.png": paths.grid_file,
    "/api/film.{kind}": paths.film_file,
}


def routes(open_lab: Callable[[], Lab]) -> list[BaseRoute]:
    """All routes over the Lab that `open_lab` gives; what pages ask for is only read."""
    own = [Route(path, _answering(open_lab, handler), methods=["GET"]) for path, handler in TABLE.items()]
    return [Mount("/api/v1", api(open_lab)), *own]


def _answering(open_lab: Callable[[], Lab], handler: Handler) -> Callable[[Request], Response]:
    """The handler as Starlette calls it; a mistake becomes a sentence."""

    @wraps(handler)
    def answer(request: Request) -> Response:
        try:
            _check_names(request)
            return handler(open_lab(), request)
        except CatalogueError as mistake:
            return JSONResponse({"error": str(mistake)}, 404, responses.NEVER)
        except (*MISTAKES, PictureError) as mistake:
            return JSONResponse({"error": str(mistake)}, 400, responses.NEVER)
        except OSError as reason:
            if not is_full(reason):
                raise
            return JSONResponse({"error": "the disk is full: make room on it, then ask again"}, 507, responses.NEVER)

    return answer


def _check_names(request: Request) -> None:
    """RequestError for what is too long to name anything, and would be too long for a file."""
    for key in _NAMES:
        if len(said := request.query_params.get(key, "")) > _NAME_MAX:
            raise RequestError(f"{key} has {len(said):,} characters, and no name has more than {_NAME_MAX}")
