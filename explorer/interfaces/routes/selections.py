"""Who passes a filter, and who is selected: a bit for each row of the catalogue, or the products a page at a time."""

from starlette.requests import Request
from starlette.responses import Response

from looks_like.explorer.core import Lab, product_json
from looks_like.explorer.interfaces.routes import responses
from looks_like.explorer.search import Filter, mask
from looks_like.explorer.selecting import Selection, page, selected


def shown(lab: Lab, request: Request) -> Response:
    """?filter=JSON: one bit for each row, the lowest first: who passes it; how many is in the header x-count."""
    return responses.bitmask_reply(mask(lab, Filter.from_text(request.query_params.get("filter", ""))))


def members(lab: Lab, request: Request) -> Response:
    """?model=&map=&clusters=&steps=JSON&filter=JSON: who is selected, in the same form."""
    return responses.bitmask_reply(selected(lab, Selection.from_query(request.query_params)))


def items(lab: Lab, request: Request) -> Response:
    """The same with &order=typical&page=0: 60 of the products selected, and how many there are."""
    number = responses.page_number(request)
    order = request.query_params.get("order", "typical")
    found = page(lab, Selection.from_query(request.query_params), order, number, responses.PER_PAGE)
    return responses.json_reply({"count": found.count, "items": [product_json(product) for product in found.products]})
