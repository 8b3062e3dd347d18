"""Tells the pages where the server is. Streamlit's front end otherwise finds out by asking: of a page at /similar first
below /similar, where nothing is, so that every link to a page leaves two 404s in the browser's log.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEAD, _NO_PAGES = b"<head>", ("/api/", "/_stcore/", "/media/", "/component/")
_SCRIPT = (
    "<script>window.__streamlit = {{ BACKEND_BASE_URL: location.origin + "
    "location.pathname.slice(0, location.pathname.length - {tail}) }}</script>"
)


class BaseAddress:
    """An ASGI middleware. A proxy may serve the app below a path that it takes away: what this server sees of the
    address is the end of what the browser has, so what stands before it is where the server is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or "text/html" not in Headers(scope=scope).get("accept", "")
            or scope["path"].startswith(_NO_PAGES)
            or "." in scope["path"].rpartition("/")[2]  # a file
        ):
            await self._app(scope, receive, send)
            return
        del MutableHeaders(scope=scope)["accept-encoding"]  # a page is small, and a pressed one can't be told anything
        tail = len(bytes(scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].lstrip(b"/"))
        script = _SCRIPT.format(tail=tail).encode()
        begun: Message | None = None
        parts: list[bytes] = []

        async def send_told(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_plain_page(message):
                begun = message
                return
            if begun is None or message["type"] != "http.response.body":
                await send(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = b"".join(parts).replace(_HEAD, _HEAD + script, 1)
            MutableHeaders(scope=begun)["content-length"] = str(len(body))
            await send(begun)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, send_told)


def _is_plain_page(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    is_page = headers.get("content-type", "").startswith("text/html")
    return bool(start["status"] == 200 and is_page and "content-encoding" not in headers)
