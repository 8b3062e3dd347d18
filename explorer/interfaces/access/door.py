"""What stands before the routes where people log in: nobody is answered without a token, and each change is theirs."""

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from looks_like.data.acting import Actor, Role, acting_for
from looks_like.explorer.interfaces.access.tokens import Tokens

_BEHIND = ("/api/", "/_stcore/upload_file")  # routes, and files that are kept in memory
_OPEN = ("/api/health", "/api/ready", "/api/widgets/")  # what says nothing of a catalogue
_NEVER = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Door:
    """An ASGI middleware. `tokens` None: whoever is let in acts as `otherwise`."""

    def __init__(self, app: ASGIApp, tokens: Tokens | None, otherwise: Actor) -> None:
        self._app, self._tokens, self._otherwise = app, tokens, otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_BEHIND):
            await self._app(scope, receive, send)
            return
        actor = self._otherwise if self._tokens is None else self._known(Headers(scope=scope))
        if actor.role < Role.VIEWER and not scope["path"].startswith(_OPEN):
            said = "Log in on a page, or send a token that is not too old: Authorization: Bearer TOKEN."
            await JSONResponse({"error": said}, 401, {**_NEVER, "www-authenticate": "Bearer"})(scope, receive, send)
            return
        with acting_for(actor):
            await self._app(scope, receive, send)

    def _known(self, headers: Headers) -> Actor:
        assert self._tokens is not None
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            token = _cookie(headers.get("cookie", ""), self._tokens.cookie)
        return self._tokens.read(token.strip()) or Actor("", Role.NOBODY)


def _cookie(header: str, name: str) -> str:
    try:
        held = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return held.value if held else ""
