"""The HTTP API of Toxiproxy, over the sandbox's own relays."""

# ruff: noqa: ARG001 - Starlette calls endpoints with the request, needed or not

import json
from collections.abc import Awaitable, Callable
from json import JSONDecodeError
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.faults import ActiveFaults, knob
from sandbox.network.proxies import (
    Proxies,
    Proxy,
    ProxyError,
    read_attributes,
    read_toxic,
    read_toxicity,
)
from sandbox.network.toxics import Toxic

VERSION = "2.12.0"

ABSENT = knob("toxiproxy-absent", "no proxy stands between the server and its dependencies")
KNOBS = (ABSENT,)

Endpoint = Callable[[Request], Awaitable[Response]]


class Toxiproxy:
    """The application. It is not there while the knob says so."""

    def __init__(self, proxies: Proxies) -> None:
        self._app = _application(proxies)
        self._absent = False

    def follow(self, active: ActiveFaults) -> None:
        """Be there or not, as the knobs in force have it."""
        self._absent = active.on(ABSENT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; browsers are refused, so that no web page can use the API."""
        app: ASGIApp = self._app
        if self._absent:
            app = PlainTextResponse("404 page not found\n", 404)
        elif dict(scope["headers"]).get(b"user-agent", b"").startswith(b"Mozilla/"):
            app = PlainTextResponse("User agent not allowed\n", 403)
        await app(scope, receive, send)


def _application(proxies: Proxies) -> Starlette:
    routes = [*_proxy_routes(proxies), *_toxic_routes(proxies)]
    handlers: Any = {ProxyError: _refused, 404: _no_such_path}
    return Starlette(routes=routes, exception_handlers=handlers)


def _proxy_routes(proxies: Proxies) -> list[Route]:
    async def version(request: Request) -> Response:
        return Response(
            f'{{"version": "{VERSION}"}}\n', media_type="application/json;charset=utf-8"
        )

    async def reset(request: Request) -> Response:
        proxies.reset()
        return Response(status_code=204)

    async def index(request: Request) -> Response:
        return JSONResponse({proxy.name: proxy.as_json() for proxy in proxies})

    async def create(request: Request) -> Response:
        return JSONResponse(proxies.create(await _object(request)).as_json(), 201)

    async def populate(request: Request) -> Response:
        made = proxies.populate(await _objects(request))
        return JSONResponse({"proxies": [proxy.as_json() for proxy in made]}, 201)

    async def show(request: Request) -> Response:
        return JSONResponse(_proxy(proxies, request).as_json())

    async def update(request: Request) -> Response:
        proxy = _proxy(proxies, request)
        proxies.change(proxy, await _object(request))
        return JSONResponse(proxy.as_json())

    async def delete(request: Request) -> Response:
        proxies.remove(request.path_params["proxy"])
        return Response(status_code=204)

    one = "/proxies/{proxy}"
    return [
        _route("/version", version, "GET"),
        _route("/reset", reset, "POST"),
        _route("/populate", populate, "POST"),
        _route("/proxies", index, "GET"),
        _route("/proxies", create, "POST"),
        _route(one, show, "GET"),
        _route(one, update, "POST", "PATCH"),
        _route(one, delete, "DELETE"),
    ]


def _toxic_routes(proxies: Proxies) -> list[Route]:
    async def index(request: Request) -> Response:
        return JSONResponse([toxic.as_json() for toxic in _proxy(proxies, request).relay.toxics])

    async def create(request: Request) -> Response:
        toxics = _proxy(proxies, request).relay.toxics
        toxic = read_toxic(await _object(request))
        if toxics.find(toxic.name) is not None:
            raise ProxyError("toxic already exists", 409)
        toxics.add(toxic)
        return JSONResponse(toxic.as_json())

    async def show(request: Request) -> Response:
        return JSONResponse(_toxic(proxies, request).as_json())

    async def update(request: Request) -> Response:
        toxic, given = _toxic(proxies, request), await _object(request)
        _proxy(proxies, request).relay.toxics.update(
            toxic,
            read_attributes(given, toxic.type, toxic.attributes),
            read_toxicity(given, toxic.toxicity),
        )
        return JSONResponse(toxic.as_json())

    async def delete(request: Request) -> Response:
        _proxy(proxies, request).relay.toxics.remove(_toxic(proxies, request).name)
        return Response(status_code=204)

    every = "/proxies/{proxy}/toxics"
    one = f"{every}/{{toxic}}"
    return [
        _route(every, index, "GET"),
        _route(every, create, "POST"),
        _route(one, show, "GET"),
        _route(one, update, "POST", "PATCH"),
        _route(one, delete, "DELETE"),
    ]


def _route(path: str, endpoint: Endpoint, *methods: str) -> Route:
    return Route(path, endpoint, methods=[*methods])


def _proxy(proxies: Proxies, request: Request) -> Proxy:
    return proxies.find(request.path_params["proxy"])


def _toxic(proxies: Proxies, request: Request) -> Toxic:
    found = _proxy(proxies, request).relay.toxics.find(request.path_params["toxic"])
    if found is None:
        raise ProxyError("toxic not found", 404)
    return found


async def _object(request: Request) -> dict[str, Any]:
    given = await _json(request)
    if not isinstance(given, dict):
        raise ProxyError("bad request body: an object is needed", 400)
    return given


async def _objects(request: Request) -> list[dict[str, Any]]:
    given = await _json(request)
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise ProxyError("bad request body: a list of objects is needed", 400)
    return given


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except JSONDecodeError as error:
        raise ProxyError(f"bad request body: {error}", 400) from error


async def _refused(request: Request, error: Exception) -> Response:
    """Answer as the real one: JSON, announced as plain text."""
    status = error.status if isinstance(error, ProxyError) else 500
    return PlainTextResponse(json.dumps({"error": str(error), "status": status}) + "\n", status)


async def _no_such_path(request: Request, error: Exception) -> Response:
    return PlainTextResponse("404 page not found\n", 404)
