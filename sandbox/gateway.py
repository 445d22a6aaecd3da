"""What stands before the applications of one port: prefixes, the record, the shape of latency."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import ActiveFaults
from sandbox.focus_server.app import PREFIX
from sandbox.focus_server.endpoint_faults import OPENAPI_MISSING
from sandbox.world import World

CONTROL_PREFIX = "/control"


class Gateway:
    """Sends requests to the Focus Server or to the control API, by their path's beginning."""

    def __init__(self, world: World, focus: ASGIApp, control: ASGIApp) -> None:
        self._focus = RecordedTraffic(world, focus)
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

    def __init__(self, world: World, app: ASGIApp) -> None:
        self._world = world
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; it is recorded before its answer goes out."""
        messages = await _whole_request(receive)
        body = b"".join(message.get("body", b"") for message in messages)
        await self._world.latency.delay()

        async def recording_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._world.requests.add(scope["method"], scope["path"], body, message["status"])
            await send(message)

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        app = _not_found if _is_hidden(scope, self._world.faults) else self._app
        await app(scope, replay, recording_send)


def _is_hidden(scope: Scope, faults: ActiveFaults) -> bool:
    return faults.on(OPENAPI_MISSING) and str(scope["path"]).endswith("/openapi.json")


async def _whole_request(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())
    return messages


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await JSONResponse({"detail": "Not Found"}, 404)(scope, receive, send)
