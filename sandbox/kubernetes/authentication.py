"""Every request, and every WebSocket, needs the bearer token."""

import secrets

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from sandbox.kubernetes.responses import status


class Authenticated:
    """Answers 401 to requests without the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        given = dict(scope.get("headers", [])).get(b"authorization", b"")
        if secrets.compare_digest(given, self._expected):
            await self._app(scope, receive, send)
        else:
            await _refuse(status(401, "Unauthorized", "Unauthorized"), scope, receive, send)


async def _refuse(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocket(scope, receive, send).send_denial_response(answer)
    else:
        await answer(scope, receive, send)
