"""What is sent is read up to a limit: no program fills the memory with a body that would be refused anyway."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX = 50_000_000


class BodyLimit:
    """413 where the headers announce more, or more comes than they announce."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and (len(announced) > 15 or int(announced) > BODY_BYTES_MAX):
            await JSONResponse({"error": _SAID}, 413)(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > BODY_BYTES_MAX:
                raise HTTPException(413, _SAID)
            return message

        await self._app(scope, counted, send)


_SAID = f"a request has {BODY_BYTES_MAX:,} bytes at most"
