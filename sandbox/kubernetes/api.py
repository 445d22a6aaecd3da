"""The HTTP API: list and get of every kind, and the parts that only the server's pod has."""

# ruff: noqa: ARG001 - Starlette calls handlers with the error, needed or not

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from sandbox.kubernetes.authentication import Authenticated
from sandbox.kubernetes.changes import restart_route
from sandbox.kubernetes.discovery import RESOURCES, Resource, discovery_routes
from sandbox.kubernetes.exec import exec_route
from sandbox.kubernetes.logs import log_route
from sandbox.kubernetes.responses import bad_request, not_found, status
from sandbox.kubernetes.selectors import SelectorError, field_matcher, label_matcher
from sandbox.kubernetes.server_objects import ServerWorkload
from sandbox.kubernetes.store import Store

_LIST_PARAMETERS = frozenset(
    {
        "labelSelector",
        "fieldSelector",
        "pretty",
        "limit",
        "timeoutSeconds",
        "resourceVersion",
        "resourceVersionMatch",
        "allowWatchBookmarks",
        "watch",
    }
)


def kubernetes_api(store: Store, server: ServerWorkload, token: str) -> ASGIApp:
    """Return the application; every request needs the bearer token."""
    routes: list[BaseRoute] = [*discovery_routes()]
    for resource in RESOURCES:
        routes += _resource_routes(store, resource)
    routes += [log_route(server), exec_route(server), restart_route(store, server)]
    app = Starlette(routes=routes, exception_handlers={404: _no_such_path, 405: _no_such_method})
    return Authenticated(app, token)


def _resource_routes(store: Store, resource: Resource) -> list[Route]:
    async def list_all(request: Request) -> Response:
        return _list(store, resource, request, request.path_params.get("namespace"))

    async def get_one(request: Request) -> Response:
        namespace, name = request.path_params.get("namespace", ""), request.path_params["name"]
        item = store.get(resource.plural, namespace, name)
        if item is not None:
            return JSONResponse(item)
        return not_found(resource.qualified, name)

    everywhere = f"{resource.base}/{resource.plural}"
    if not resource.namespaced:
        return [
            Route(everywhere, list_all, methods=["GET"]),
            Route(f"{everywhere}/{{name}}", get_one, methods=["GET"]),
        ]
    in_namespace = f"{resource.base}/namespaces/{{namespace}}/{resource.plural}"
    return [
        Route(everywhere, list_all, methods=["GET"]),
        Route(in_namespace, list_all, methods=["GET"]),
        Route(f"{in_namespace}/{{name}}", get_one, methods=["GET"]),
    ]


def _list(store: Store, resource: Resource, request: Request, namespace: str | None) -> Response:
    parameters = request.query_params
    unknown = set(parameters) - _LIST_PARAMETERS
    if unknown or parameters.get("watch", "false").lower() in ("true", "1"):
        what = ", ".join(sorted(unknown)) or "watch"
        return bad_request(f"the sandbox does not serve: {what}")
    try:
        labels = label_matcher(parameters.get("labelSelector", ""))
        fields = field_matcher(parameters.get("fieldSelector", ""))
    except SelectorError as error:
        return bad_request(str(error))
    items = [
        item
        for item in store.list(resource.plural, namespace)
        if labels(item["metadata"].get("labels", {})) and fields(item)
    ]
    return JSONResponse(
        {
            "kind": f"{resource.kind}List",
            "apiVersion": resource.api_version,
            "metadata": {"resourceVersion": store.version},
            "items": items,
        }
    )


async def _no_such_path(request: Request, error: Exception) -> Response:
    if request.url.path.startswith(("/api/v1/", "/apis/")):
        return status(404, "NotFound", "the server could not find the requested resource", {})
    return PlainTextResponse("404 page not found\n", 404)


async def _no_such_method(request: Request, error: Exception) -> Response:
    return status(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource"
    )
