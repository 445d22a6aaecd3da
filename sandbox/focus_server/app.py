"""The HTTP application of the Focus Server: its endpoints, their OpenAPI, its documentation."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.focus_server import endpoints
from sandbox.focus_server.configure import configure
from sandbox.focus_server.faults.endpoints import (
    DECLARATION_IGNORED,
    HEAD_SERVED,
    WRONG_METHOD_UNTOLD,
)
from sandbox.focus_server.faults.future_api import FUTURE_API, LISTED_ONLY
from sandbox.focus_server.faults.openapi import falsify
from sandbox.focus_server.future_api import LATER
from sandbox.focus_server.model import (
    ChannelRange,
    ConfigureRequest,
    ConfigureResponse,
    LiveMetadata,
    RecordingsRequest,
)
from sandbox.focus_server.openapi import Answer, Operation, described
from sandbox.focus_server.rules.acceptance import HEATMAPS_SERVED
from sandbox.focus_server.rules.contracts import BEHAVIOURS
from sandbox.state import SandboxState

PREFIX = "/focus-server"

_WRONG_METHOD = 405
_REFUSALS = {400: "A value is not allowed", 422: "The body does not match the model"}
_DOCUMENTATION = """<!DOCTYPE html>
<html><head><title>Focus Server - Swagger UI</title></head>
<body><div id="swagger-ui"></div><a href="openapi.json">openapi.json</a></body></html>"""


def _of_body(answer: Callable[[SandboxState, bytes, str], Awaitable[Response]]) -> Answer:
    """What gives `answer` the request's body and the type that it is declared to have."""

    async def read_and_answer(state: SandboxState, request: Request) -> Response:
        declared = request.headers.get("content-type", "")
        if state.faults.on(DECLARATION_IGNORED):
            declared = "application/json"
        return await answer(state, await request.body(), declared)

    return read_and_answer


TODAY = (
    Operation("GET", "/ack", lambda state, _: endpoints.ack(state)),
    Operation("GET", "/channels", lambda state, _: endpoints.channels(state), returns=ChannelRange),
    Operation(
        "GET",
        "/live_metadata",
        lambda state, _: endpoints.live_metadata(state),
        returns=LiveMetadata,
        others={404: "There is no metadata yet"},
    ),
    Operation(
        "GET",
        "/metadata/{job_id}",
        lambda state, request: endpoints.metadata(state, request.path_params["job_id"]),
        returns=ConfigureResponse,
        others={404: "No such job, or nobody reads it"},
    ),
    Operation("GET", "/get_recordings_timeline", lambda state, _: endpoints.timeline(state)),
    Operation(
        "POST",
        "/configure",
        _of_body(configure),
        ConfigureRequest,
        ConfigureResponse,
        {
            **_REFUSALS,
            404: "No recording in the range",
            503: "The fibre is waited for, or a dependency is away",
        },
    ),
    Operation(
        "POST",
        "/recordings_in_time_range",
        _of_body(endpoints.recordings_in_time_range),
        RecordingsRequest,
        list[list[int]],
        {**_REFUSALS, 503: "A dependency is away"},
    ),
)


class ServedApi:
    """The server of today, or with the knob the one that has the later API as well."""

    def __init__(self, state: SandboxState) -> None:
        self._faults = state.faults
        self._today = _application(state, TODAY)
        self._later = _application(state, (*TODAY, *LATER))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        app = self._later if self._faults.on(FUTURE_API) else self._today
        await app(scope, receive, send)


def focus_server(state: SandboxState) -> ASGIApp:
    """The application; it expects to be served below `PREFIX`."""
    return ServedApi(state)


def _application(state: SandboxState, served: Sequence[Operation]) -> Starlette:
    async def openapi(_: Request) -> Response:
        return JSONResponse(_document(state))

    async def documentation(_: Request) -> Response:
        return HTMLResponse(_DOCUMENTATION)

    async def refused(_: Request, refusal: Exception) -> Response:
        """An unknown path or a wrong method, told in JSON."""
        told = cast(HTTPException, refusal)
        if told.status_code == _WRONG_METHOD and state.faults.on(WRONG_METHOD_UNTOLD):
            return Response(None, told.status_code, told.headers)
        return JSONResponse({"detail": told.detail}, told.status_code, told.headers)

    return Starlette(
        routes=[
            *(_route(state, each) for each in served),
            Route("/openapi.json", openapi),
            Route("/docs", documentation),
        ],
        exception_handlers={HTTPException: refused},
    )


def _route(state: SandboxState, operation: Operation) -> Route:
    async def answer(request: Request) -> Response:
        # The real server's framework answers HEAD with 405; Starlette adds it to each GET.
        if request.method != operation.method and not state.faults.on(HEAD_SERVED):
            raise HTTPException(_WRONG_METHOD, headers={"Allow": operation.method})
        return await operation.answer(state, request)

    return Route(operation.path, answer, methods=[operation.method])


def _document(state: SandboxState) -> dict[str, Any]:
    """The OpenAPI of what is served now, falsified as the active faults have it."""
    faults = state.faults
    with_later = faults.on(FUTURE_API) or faults.on(LISTED_ONLY)
    document = described((*TODAY, *LATER) if with_later else TODAY, PREFIX)
    schemas = document["components"]["schemas"]
    views = schemas["ViewType"]
    if BEHAVIOURS[state.contract].port_as_text:
        schemas["ConfigureResponse"]["properties"]["stream_port"]["type"] = "string"
    if faults.on(HEATMAPS_SERVED):
        views["enum"] = [*views["enum"], "3"]
    if BEHAVIOURS[state.contract].integer_views:
        del views["type"]
        views["enum"] = [*views["enum"], 0, 1, 2, 3]
    falsify(document, faults)
    return document
