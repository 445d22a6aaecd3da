"""What stands before the applications of one port: prefixes, the record, the shape of latency."""

from urllib.parse import quote

from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import ActiveFaults
from sandbox.focus_server.app import PREFIX
from sandbox.focus_server.capacity import Attention
from sandbox.focus_server.faults.endpoints import (
    DOCS_MISSING,
    OPENAPI_MISSING,
    PUT_SERVED,
    WRONG_METHOD_SERVED,
)
from sandbox.state import SandboxState

CONTROL_PREFIX = "/control"

_WRONG_METHOD = 405
_HIDDEN = {OPENAPI_MISSING: "/openapi.json", DOCS_MISSING: "/docs"}


class Gateway:
    """Sends requests to the Focus Server or to the control API, by their path's beginning."""

    def __init__(self, state: SandboxState, focus: ASGIApp, control: ASGIApp) -> None:
        self._focus = RecordedTraffic(state, focus)
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event of uvicorn."""
        for prefix, app in ((PREFIX, self._focus), (CONTROL_PREFIX, self._control)):
            if scope["type"] == "http" and scope["path"].startswith(f"{prefix}/"):
                await app({**scope, "root_path": prefix}, receive, send)
                return
        await _not_found(scope, receive, send)


class RecordedTraffic:
    """Records each request with its body and status, and delays it as the faults have it."""

    def __init__(self, state: SandboxState, app: ASGIApp) -> None:
        self._state = state
        self._app = app
        self._attention = Attention(state.faults)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; it is recorded before its answer goes out."""
        messages = await _whole_request(receive)
        body = b"".join(message.get("body", b"") for message in messages)
        await self._state.latency.delay(scope["path"])
        attended = await self._attention.is_there()

        async def recording_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["status"] = self._status(message["status"])
                self._state.requests.add(scope["method"], scope["path"], body, message["status"])
                self._state.server.write(_access_line(scope, message["status"]))
            await send(message)

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        configures = scope["path"].endswith("/configure") and scope["method"] == "PUT"
        if configures and self._state.faults.on(PUT_SERVED):
            scope = {**scope, "method": "POST"}
        app = self._app_for(scope, attended=attended)
        await app(scope, replay, recording_send)

    def _app_for(self, scope: Scope, *, attended: bool) -> ASGIApp:
        if not attended:
            return _bad_gateway
        return _not_found if _is_hidden(scope, self._state.faults) else self._app

    def _status(self, status: int) -> int:
        wrong = status == _WRONG_METHOD and self._state.faults.on(WRONG_METHOD_SERVED)
        return 200 if wrong else status


def _access_line(scope: Scope, status: int) -> str:
    """What uvicorn writes of a request: its address is quoted, so that it is one line."""
    address = quote(scope["path"], safe="/")
    return f'INFO:     127.0.0.1:0 - "{scope["method"]} {address} HTTP/1.1" {status}'


def _is_hidden(scope: Scope, faults: ActiveFaults) -> bool:
    path = str(scope["path"])
    return any(faults.on(fault) and path.endswith(end) for fault, end in _HIDDEN.items())


async def _whole_request(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())
    return messages


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await JSONResponse({"detail": "Not Found"}, 404)(scope, receive, send)


async def _bad_gateway(scope: Scope, receive: Receive, send: Send) -> None:
    await HTMLResponse("<html><h1>502 Bad Gateway</h1></html>", 502)(scope, receive, send)
