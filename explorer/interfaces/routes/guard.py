"""Who may ask at all: stands in front of pages and routes, and answers for them where a stranger's website asks.

Any page that somebody has open may let the browser ask this machine, and by a name of its own that leads here (DNS
rebinding) it could even read the answer. So a server answers to its own names alone, and another website may lead here
by a link to a page, but neither open a connection nor have anything made. Who sends no such headers, a script or curl,
is no website.
"""

import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from looks_like.data.text import one_line
from looks_like.explorer.interfaces.routes.responses import NEVER

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - what is said for "all of this machine's"
_OURS = frozenset({"same-origin", "none"})  # of Sec-Fetch-Site: our own pages, and what a person typed
# of pages: nothing comes from, or goes to, another machine; Streamlit writes scripts and styles into its page itself
_PAGES = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob: data:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'self'",
    )
)
_ANSWERS = "default-src 'none'; frame-ancestors 'self'; sandbox"  # opened as a page of its own, none does anything


@dataclass(frozen=True)
class KnownHosts:
    """The names that a server answers to: this machine's for itself, and those that were said."""

    said: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str]) -> "KnownHosts":
        return cls(frozenset(name.strip().strip("[]").lower() for name in names) - {""})

    @classmethod
    def from_environment(cls) -> "KnownHosts":
        """As `looks-like app` was told by --host and --allow-host: names with commas between."""
        return cls.of(os.environ.get("LOOKS_LIKE_HOSTS", "").split(","))

    def knows(self, host: str) -> bool:
        """A header Host, with or without a port. A server on every address of its machine is known by each of them:
        an address, unlike a name, leads nowhere else tomorrow.
        """
        name = _name_of(host)
        return name in _LOOPBACK | self.said or (bool(self.said & _EVERY_ADDRESS) and _is_address(name))


class Guard:
    """An ASGI middleware that lets through who may ask, and keeps other websites from framing what is answered."""

    def __init__(self, app: ASGIApp, hosts: KnownHosts) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = MutableHeaders(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
            return
        if (
            "origin" in headers
        ):  # is ours, by whatever name; of another one Streamlit would ask the internet whose it is
            headers["origin"] = f"{urlsplit(headers['origin']).scheme}://{headers['host']}"

        policy = _ANSWERS if str(scope["path"]).startswith("/api/") else _PAGES

        async def send_bound(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("content-security-policy", policy)
            await send(message)

        await self._app(scope, receive, send_bound)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        path, hosts = str(scope["path"]), headers.getlist("host")
        host, origin = ", ".join(hosts), headers.get("origin")
        if len(hosts) != 1 or not self._hosts.knows(host):
            name = one_line(_name_of(host), 80)
            return _sentence(
                path,
                421,
                f"This app does not answer to the name {name!r}. Where the name is yours, start the app with: "
                f"looks-like app --allow-host {name or 'NAME'}",
            )
        if origin is not None and not self._is_ours(origin, host):
            return _sentence(
                path,
                403,
                f"This was asked by another website ({one_line(origin, 80)}), and none may. Open the app itself; where "
                "that is the app's own address, start it with --allow-host and the name in it.",
            )
        if headers.get("sec-fetch-site", "none") not in _OURS and not _is_a_link_to_a_page(scope, headers):
            return _sentence(path, 403, "This was asked by another website, and none may. Open the app itself.")
        return None

    def _is_ours(self, origin: str, host: str) -> bool:
        """The origin of our own pages: as the header Host says, or as a proxy before us calls this server."""
        try:
            where = urlsplit(origin).netloc.lower()
        except ValueError:
            return False
        return bool(where) and (
            where == host.lower() or _name_of(where) in self._hosts.said - _EVERY_ADDRESS - _LOOPBACK
        )


def _name_of(host: str) -> str:
    """Without port and brackets: "[::1]:8501" is "::1"."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host if host.count(":") > 1 else host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_a_link_to_a_page(scope: Scope, headers: Headers) -> bool:
    """Somebody followed a link from elsewhere, as from a mail: to a page, never to what the pages ask for."""
    follows = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return scope["type"] == "http" and scope["method"] == "GET" and follows and not scope["path"].startswith("/api/")


def _sentence(path: str, status: int, said: str) -> Response:
    if path.startswith("/api/"):
        return JSONResponse({"error": said}, status, NEVER)
    return PlainTextResponse(said, status, NEVER)


async def _refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """A socket is refused with the same answer, before it is one; with a bare 403 where the server can't say more."""
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    await refusal(scope, receive, send)
