"""Products: one, some, found by text, by chance, by what they look like."""

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from looks_like.explorer import search as finding
from looks_like.explorer.core import Lab, code_from_text, product_json, whole_number
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.routes import responses
from looks_like.explorer.search import similar_product_json, similar_to

_ROWS_MAX, _NEAREST_MAX, _SIMILAR_MAX = 100, 100, 500


def product(lab: Lab, request: Request) -> Response:
    """?id=… or ?row=…"""
    if "id" in request.query_params:
        return responses.product_reply(lab.product(request.query_params["id"]))
    return responses.product_reply(lab.product_at(whole_number(request.query_params, "row", -1)))


def products(lab: Lab, request: Request) -> Response:
    """?rows=3,1,2: at most 100 products, in that order."""
    texts = request.query_params.get("rows", "").split(",", _ROWS_MAX)
    if len(texts) > _ROWS_MAX or not all(text.isascii() and text.isdigit() and len(text) < 12 for text in texts):
        raise RequestError(f"rows must be 1 to {_ROWS_MAX} whole numbers with commas between")
    return responses.products_reply(lab.products_at([int(text) for text in texts]))


def search(lab: Lab, request: Request) -> Response:
    """?q=text: at most 12 products."""
    return responses.products_reply(finding.search(lab, request.query_params.get("q", "")[:200]))


def random(lab: Lab, request: Request) -> Response:
    """?model=…: any product that has a code of that model."""
    return responses.product_reply(lab.random_product(model=request.query_params.get("model", "")))


def nearest(lab: Lab, request: Request) -> Response:
    """?model=&z=&k=6: the products nearest to a point."""
    model = lab.model_name(request.query_params.get("model"))
    z_d = np.array(code_from_text(request.query_params.get("z", ""), lab.space(model).latent), np.float32)
    return responses.products_reply(lab.nearest_products(model, z_d, _count(request, 6, _NEAREST_MAX)))


def similar(lab: Lab, request: Request) -> Response:
    """?model=&id=&k=12&counts=all: the products that look most like one, each with why; of copies of a picture one."""
    model, k = lab.model_name(request.query_params.get("model")), _count(request, 12, _SIMILAR_MAX)
    row, counts = (
        lab.catalogue().row(request.query_params.get("id", "")),
        request.query_params.get("counts", finding.ALL),
    )
    found = similar_to(lab, model, row, k, counts=counts)
    return responses.json_reply([similar_product_json(similar) for similar in found])


def copies(lab: Lab, request: Request) -> Response:
    """?id=&filter=JSON&page=0: 60 of the other products with the same picture that pass the filter, and how many."""
    row, number = lab.catalogue().row(request.query_params.get("id", "")), responses.page_number(request)
    shown_n = finding.mask(lab, finding.Filter.from_text(request.query_params.get("filter", "")))
    found = finding.copies_page(lab, row, number, responses.PER_PAGE, shown_n)
    return responses.json_reply({"count": found.count, "items": [product_json(product) for product in found.products]})


def _count(request: Request, usual: int, most: int) -> int:
    """?k="""
    k = whole_number(request.query_params, "k", usual)
    if not 1 <= k <= most:
        raise RequestError(f"k must be between 1 and {most}, got {k}")
    return k
