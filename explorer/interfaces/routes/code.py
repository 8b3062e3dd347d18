"""The browser's own code: the modules of the widgets."""

from starlette.requests import Request
from starlette.responses import Response

from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.browser_code import modules, version
from looks_like.explorer.interfaces.routes.responses import cache_headers


def module(lab: Lab, request: Request) -> Response:
    """One ES module; for ever under the version of all of them. An older page gets what there is now."""
    path, asked = str(request.path_params["path"]), request.path_params["version"]
    if path not in modules():
        raise RequestError(f"there is no module {path[:80]!r}")
    return Response(modules()[path], media_type="text/javascript", headers=cache_headers(asked == version()))
