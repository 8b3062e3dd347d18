"""HTTP beside the pages, in the same process: pictures, points, decodes and films, for widgets and for scripts.

Handlers are plain functions: Starlette runs them in threads, so a decode never blocks a page. Every mistake is
answered as {"error": sentence}, status 400 (404 for what is not there). Pictures and maps carry their version in the
address and may be kept for ever; decodes are never kept.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import wraps
from threading import Thread
from urllib.parse import quote

import numpy as np
from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from data.errors import CatalogueError, PictureError
from data.pictures import encode, media_type
from explorer import finding
from explorer.answers import Item, item_json
from explorer.asks import PathAsk, code_from_text, whole
from explorer.atlases import atlases_of
from explorer.cluster_store import clustering_name
from explorer.clustering import clusters, clusters_tag
from explorer.colourings import colouring
from explorer.errors import MISTAKES, AskError
from explorer.filmstrip import MEDIA_TYPES, film
from explorer.filtering import Filter, mask
from explorer.lab import Lab
from explorer.likeness import alike_json, similar_to
from explorer.selection import Selection, selected
from explorer.selection import page as selected_page
from explorer.steps import Ground
from explorer.warming import get_ready

_FOREVER = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
_NEVER = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_PICTURE_EDGES_PX = (72, 160, 256)
_PRODUCTS_MAX = 100
SHEET_COLUMNS = 10
SELECTED_PER_PAGE = 60
SIMILAR_MAX = 500

Handler = Callable[[Lab, Request], Response]


def routes(open_lab: Callable[[], Lab]) -> list[Route]:
    """All routes over the Lab that `open_lab` gives."""

    def route(path: str, handler: Handler) -> Route:
        @wraps(handler)
        def answer(request: Request) -> Response:
            try:
                return handler(open_lab(), request)
            except CatalogueError as mistake:
                return JSONResponse({"error": str(mistake)}, 404, _NEVER)
            except (*MISTAKES, PictureError) as mistake:
                return JSONResponse({"error": str(mistake)}, 400, _NEVER)

        return Route(path, answer, methods=["GET"])

    return [
        route("/api/health", health),
        route("/api/picture/{sha256}", picture),
        route("/api/product", product),
        route("/api/products", products),
        route("/api/search", search),
        route("/api/random", random_product),
        route("/api/map", map_points),
        route("/api/colours", colours),
        route("/api/shown", shown),
        route("/api/selection", selection_mask),
        route("/api/selection/items", selection_items),
        route("/api/atlas/order", atlas_order),
        route("/api/atlas/{edge}/{page}", atlas_page),
        route("/api/clusters", cluster_shapes),
        route("/api/decode", decode),
        route("/api/nearest", nearest),
        route("/api/similar", similar),
        route("/api/draw", draw),
        route("/api/ends", ends),
        route("/api/path", path_steps),
        route("/api/path/sheet", path_sheet),
        route("/api/film.{kind}", film_file),
    ]


def health(lab: Lab, request: Request) -> Response:
    return JSONResponse({"ok": True, "catalogue_version": lab.version()}, headers=_NEVER)


def picture(lab: Lab, request: Request) -> Response:
    """?px=72|160|256"""
    edge_px = whole(request.query_params, "px", 256)
    if edge_px not in _PICTURE_EDGES_PX:
        raise AskError(f"px must be one of {', '.join(map(str, _PICTURE_EDGES_PX))}, got {edge_px}")
    content = lab.thumbnail(request.path_params["sha256"], edge_px)
    return Response(content, media_type=media_type(content), headers=_FOREVER)


def product(lab: Lab, request: Request) -> Response:
    """?id=… or ?row=…"""
    if "id" in request.query_params:
        return _json(lab.item(request.query_params["id"]))
    return _json(lab.item_at(whole(request.query_params, "row", -1)))


def products(lab: Lab, request: Request) -> Response:
    """?rows=3,1,2: at most 100 products, in that order."""
    texts = request.query_params.get("rows", "").split(",", _PRODUCTS_MAX)
    if len(texts) > _PRODUCTS_MAX or not all(text.isascii() and text.isdigit() and len(text) < 12 for text in texts):
        raise AskError(f"rows must be 1 to {_PRODUCTS_MAX} whole numbers with commas between")
    return JSONResponse([item_json(lab.item_at(int(text))) for text in texts], headers=_NEVER)


def search(lab: Lab, request: Request) -> Response:
    """?q=text: at most 12 products."""
    return JSONResponse(
        [item_json(item) for item in finding.search(lab, request.query_params.get("q", "")[:200])], headers=_NEVER
    )


def random_product(lab: Lab, request: Request) -> Response:
    """?model=…: any product that has a code of that model."""
    return _json(lab.random_item(model=request.query_params.get("model", "")))


def map_points(lab: Lab, request: Request) -> Response:
    """?model=&name=: float32 x, y for each row of the catalogue; NaN where the map has no place for it."""
    view = lab.map_view(request.query_params.get("model", ""), request.query_params.get("name", ""))
    content = np.ascontiguousarray(view.xy_n2, "<f4").tobytes()
    kept = _FOREVER if request.query_params.get("v") == view.tag else _NEVER
    return Response(content, media_type="application/octet-stream", headers=kept)


def colours(lab: Lab, request: Request) -> Response:
    """?by=attribute: one byte for each row, an index into the palette that the page has.

    &model=&map=&clusters= for what is no attribute: how true a place is, the cluster.
    """
    query = request.query_params
    ground = Ground(query.get("model", ""), query.get("map", ""), query.get("clusters", ""))
    found = colouring(lab, query.get("by", ""), ground)
    kept = _FOREVER if query.get("v") == str(lab.version()) and not found.of else _NEVER
    return Response(found.index_n.tobytes(), media_type="application/octet-stream", headers=kept)


def shown(lab: Lab, request: Request) -> Response:
    """?filter=JSON: one bit for each row, the lowest first: who passes it; how many is in the header x-count."""
    return _bits(mask(lab, Filter.from_text(request.query_params.get("filter", ""))))


def selection_mask(lab: Lab, request: Request) -> Response:
    """?model=&map=&clusters=&steps=JSON&filter=JSON: who is selected, in the same form."""
    return _bits(selected(lab, Selection.from_query(dict(request.query_params))))


def selection_items(lab: Lab, request: Request) -> Response:
    """The same with &order=typical&page=0: SELECTED_PER_PAGE of the products selected, and how many there are."""
    number = whole(request.query_params, "page", 0)
    if not 0 <= number < 1_000_000:
        raise AskError(f"page must be 0 or more, got {number}")
    order = request.query_params.get("order", "typical")
    found = selected_page(lab, Selection.from_query(dict(request.query_params)), order, number, SELECTED_PER_PAGE)
    return JSONResponse({"count": found.count, "items": [item_json(item) for item in found.items]}, headers=_NEVER)


def _bits(chosen_n: np.ndarray) -> Response:
    content = np.packbits(chosen_n, bitorder="little").tobytes()
    headers = {**_NEVER, "x-count": str(int(chosen_n.sum()))}
    return Response(content, media_type="application/octet-stream", headers=headers)


def atlas_order(lab: Lab, request: Request) -> Response:
    """?model=&map=&v=: uint32, the row of each cell of the atlases, page by page."""
    model, name, version = _atlas_ask(lab, request)
    content = atlases_of(lab).order(model, name).astype("<u4").tobytes()
    return Response(content, media_type="application/octet-stream", headers=_FOREVER if version else _NEVER)


def atlas_page(lab: Lab, request: Request) -> Response:
    """/api/atlas/{16|32|64}/{page}?model=&map=&v=: pictures of 1,024 products, 32 in a row."""
    model, name, version = _atlas_ask(lab, request)
    edge_px, number = (whole(request.path_params, part, -1) for part in ("edge", "page"))
    content = atlases_of(lab).page(model, name, edge_px, number)
    return Response(content, media_type="image/jpeg", headers=_FOREVER if version else _NEVER)


def _atlas_ask(lab: Lab, request: Request) -> tuple[str, str, str]:
    """Model, map and version ("" = any). An outdated version is refused: its cells would hold other products."""
    model, name, version = (request.query_params.get(key, "") for key in ("model", "map", "v"))
    if version and version != atlases_of(lab).fingerprint(model, name):
        raise AskError("this map has changed since the page was loaded: load it again")
    return model, name, version


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
    kept = _FOREVER if query.get("v") == clusters_tag(lab, model, name, on_map) else _NEVER
    return JSONResponse(shapes, headers=kept)


def decode(lab: Lab, request: Request) -> Response:
    """?model=&z=0.1,-2,…: raw RGB bytes, row by row; the edge in px is in the header x-edge."""
    space = lab.space(request.query_params.get("model", ""))
    z_d = code_from_text(request.query_params.get("z", ""), space.latent)
    pixels_hwc = space.decode(np.array([z_d], np.float32))[0]
    headers = {**_NEVER, "x-edge": str(space.size)}
    return Response(pixels_hwc.tobytes(), media_type="application/octet-stream", headers=headers)


def nearest(lab: Lab, request: Request) -> Response:
    """?model=&z=&k=6: the products nearest to a point."""
    model = lab.model_name(request.query_params.get("model"))
    z_d = np.array(code_from_text(request.query_params.get("z", ""), lab.space(model).latent), np.float32)
    k = whole(request.query_params, "k", 6)
    if not 1 <= k <= 100:
        raise AskError(f"k must be between 1 and 100, got {k}")
    return JSONResponse([item_json(item) for item in lab.near_code(model, z_d, k)], headers=_NEVER)


def similar(lab: Lab, request: Request) -> Response:
    """?model=&id=&k=12: the products that look most like one, each with the reasons why."""
    model = lab.model_name(request.query_params.get("model"))
    k = whole(request.query_params, "k", 12)
    if not 1 <= k <= SIMILAR_MAX:
        raise AskError(f"k must be between 1 and {SIMILAR_MAX}, got {k}")
    found = similar_to(lab, model, lab.catalogue().row(request.query_params.get("id", "")), k)
    return JSONResponse([alike_json(alike) for alike in found], headers=_NEVER)


def draw(lab: Lab, request: Request) -> Response:
    """?model=: a random code, as likely as those of the products."""
    space = lab.space(request.query_params.get("model", ""))
    return JSONResponse({"z": [round(float(value), 4) for value in space.draw()]}, headers=_NEVER)


def ends(lab: Lab, request: Request) -> Response:
    """?model=: what each active dimension does, decoded 2.5 deviations below and above the middle: two columns."""
    space = lab.space(request.query_params.get("model", ""))
    z_nd = []
    for dimension in space.dimensions:
        for side in (-2.5, 2.5):
            z_d = space.middle.copy()
            z_d[dimension.index] += side * dimension.deviation
            z_nd.append(z_d)
    if not z_nd:
        raise AskError("no dimension of this model is active")
    return _sheet(space.decode(np.stack(z_nd)), 2)


def path_steps(lab: Lab, request: Request) -> Response:
    """?model=&a=&b=&curve=&steps=: each step with its nearest product."""
    path = lab.path(_path_ask(lab, request))
    steps = [item_json(item) for item in path.nearest]
    return JSONResponse(
        {"edge": int(path.frames_thwc.shape[1]), "columns": SHEET_COLUMNS, "steps": steps}, headers=_NEVER
    )


def path_sheet(lab: Lab, request: Request) -> Response:
    """The decoded steps as one picture, SHEET_COLUMNS in a row."""
    return _sheet(lab.path(_path_ask(lab, request)).frames_thwc, SHEET_COLUMNS)


def film_file(lab: Lab, request: Request) -> Response:
    """/api/film.gif?model=&a=&b=&curve=&steps=&size=256, and .webp, .mp4, .png, .csv, .json"""
    ask, kind = _path_ask(lab, request), request.path_params["kind"]
    content = film(lab, lab.path(ask), kind, whole(request.query_params, "size", 256))
    headers = {**_NEVER, "content-disposition": f"attachment; filename*=UTF-8''{quote(ask.slug())}.{kind}"}
    return Response(content, media_type=MEDIA_TYPES[kind], headers=headers)


def _json(item: Item) -> JSONResponse:
    return JSONResponse(item_json(item), headers=_NEVER)


def _path_ask(lab: Lab, request: Request) -> PathAsk:
    query = dict(request.query_params)
    query["model"] = lab.model_name(query.get("model"))
    return PathAsk.from_query(query)


def _sheet(pixels_nhwc: np.ndarray, columns: int) -> Response:
    count, edge = pixels_nhwc.shape[:2]
    rows = -(-count // columns)
    whole_nhwc = np.full((rows * columns, edge, edge, 3), 255, np.uint8)
    whole_nhwc[:count] = pixels_nhwc
    grid = whole_nhwc.reshape(rows, columns, edge, edge, 3).swapaxes(1, 2).reshape(rows * edge, columns * edge, 3)
    content = encode(Image.fromarray(grid), lossless=False)
    return Response(content, media_type="image/jpeg", headers=_NEVER)


def warm(open_lab: Callable[[], Lab]) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """A lifespan that reads the newest model, its codes and its map while the first page is still loading."""

    @asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[None]:
        Thread(target=lambda: get_ready(open_lab()), daemon=True).start()
        yield

    return lifespan
