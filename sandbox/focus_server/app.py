"""The HTTP application of the Focus Server, and the OpenAPI that describes it."""

from typing import Any

from fastapi import FastAPI, Request
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.focus_server import endpoints
from sandbox.focus_server.configure import configure
from sandbox.focus_server.faults.endpoints import OPENAPI_LACKS, OPENAPI_UNKNOWN
from sandbox.focus_server.faults.future_api import FUTURE_API, LISTED_ONLY
from sandbox.focus_server.future_api import add_future_api
from sandbox.focus_server.model import (
    ChannelRange,
    ConfigureRequest,
    ConfigureResponse,
    LiveMetadata,
    RecordingsRequest,
)
from sandbox.focus_server.rules.acceptance import HEATMAPS_SERVED
from sandbox.focus_server.rules.contracts import BEHAVIOURS
from sandbox.state import SandboxState

PREFIX = "/focus-server"

_REFERENCE = "#/components/schemas/{model}"
_BODIES = (ConfigureRequest, RecordingsRequest)
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "A value is not allowed"},
    422: {"description": "The body does not match the model"},
}


def _takes(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a JSON body that the endpoint reads by itself."""
    schema = {"$ref": _REFERENCE.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


class FocusServer(FastAPI):
    """FastAPI whose document also describes the bodies that the endpoints read by themselves."""

    def __init__(self, state: SandboxState, later: "FocusServer | None" = None) -> None:
        super().__init__(title="Focus Server", version="sandbox")
        self._state = state
        self._later = later

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI of what is served now."""
        self.openapi_schema = None
        document = super().openapi()
        _, definitions = models_json_schema(
            [(model, "validation") for model in _BODIES], ref_template=_REFERENCE
        )
        schemas = document["components"]["schemas"]
        schemas.update(definitions["$defs"])
        if self._state.faults.on(HEATMAPS_SERVED):
            schemas["ViewType"]["enum"] = [*schemas["ViewType"]["enum"], "3"]
        if BEHAVIOURS[self._state.contract].integer_views:
            del schemas["ViewType"]["type"]
            schemas["ViewType"]["enum"] = [*schemas["ViewType"]["enum"], 0, 1, 2, 3]
        self._list_what_is_not_served(document["paths"])
        return document

    def _list_what_is_not_served(self, paths: dict[str, Any]) -> None:
        """Falsify the list of paths as the active faults have it."""
        if self._state.faults.on(OPENAPI_UNKNOWN):
            paths["/unlisted"] = {"get": {"responses": {"200": {"description": "Nobody knows"}}}}
        if self._state.faults.on(OPENAPI_LACKS):
            del paths["/ack"]
        if self._later is not None and self._state.faults.on(LISTED_ONLY):
            paths.update(self._later.openapi()["paths"])


class ServedApi:
    """The server of today, or with the knob the one that has the later API as well."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._later = _with_endpoints(FocusServer(state), state)
        add_future_api(self._later, state)
        self._today = _with_endpoints(FocusServer(state, self._later), state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        app = self._later if self._state.faults.on(FUTURE_API) else self._today
        await app(scope, receive, send)


def _with_endpoints(app: FocusServer, state: SandboxState) -> FocusServer:
    _add_readings(app, state)
    _add_requests(app, state)
    return app


def focus_server(state: SandboxState) -> ASGIApp:
    """The application; it expects to be served below `PREFIX`."""
    return ServedApi(state)


def _add_readings(app: FastAPI, state: SandboxState) -> None:
    """Add the endpoints that change nothing."""

    @app.get("/ack")
    async def ack() -> Response:
        return await endpoints.ack(state)

    @app.get("/channels", response_model=ChannelRange)
    async def channels() -> Response:
        return endpoints.channels(state)

    @app.get(
        "/live_metadata",
        response_model=LiveMetadata,
        responses={404: {"description": "There is no metadata yet"}},
    )
    async def live_metadata() -> Response:
        return await endpoints.live_metadata(state)

    @app.get(
        "/metadata/{job_id}",
        response_model=ConfigureResponse,
        responses={404: {"description": "No such job, or nobody reads it"}},
    )
    async def metadata(job_id: str) -> Response:
        return await endpoints.metadata(state, job_id)

    @app.get("/get_recordings_timeline")
    async def timeline() -> Response:
        return endpoints.timeline(state)


def _add_requests(app: FastAPI, state: SandboxState) -> None:
    """Add the endpoints that take a JSON body."""

    @app.post(
        "/configure",
        response_model=ConfigureResponse,
        openapi_extra=_takes(ConfigureRequest),
        responses={
            **_REFUSALS,
            404: {"description": "No recording in the range"},
            503: {"description": "The fibre is waited for, or a dependency is away"},
        },
    )
    async def configure_job(request: Request) -> Response:
        return await configure(state, await request.body(), _content_type(request))

    @app.post(
        "/recordings_in_time_range",
        response_model=list[list[int]],
        openapi_extra=_takes(RecordingsRequest),
        responses={**_REFUSALS, 503: {"description": "A dependency is away"}},
    )
    async def recordings_in_time_range(request: Request) -> Response:
        return await endpoints.recordings_in_time_range(
            state, await request.body(), _content_type(request)
        )


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "")
