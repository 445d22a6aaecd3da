"""The HTTP API: authentication, discovery, list and get."""

# ruff: noqa: ARG001 - Starlette calls endpoints with the request, needed or not

import secrets
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.kubernetes.selectors import SelectorError, field_matcher, label_matcher
from sandbox.kubernetes.store import Store

_VERSION = {
    "major": "1",
    "minor": "31",
    "gitVersion": "v1.31.0+sandbox",
    "gitCommit": "sandbox",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "none",
    "compiler": "none",
    "platform": "sandbox",
}
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


@dataclass(frozen=True)
class Resource:
    """One kind of object that is served."""

    group: str
    plural: str
    kind: str

    @property
    def base(self) -> str:
        """Path below which the group's resources are."""
        return f"/apis/{self.group}/v1" if self.group else "/api/v1"

    @property
    def api_version(self) -> str:
        """``v1`` or ``group/v1``."""
        return f"{self.group}/v1" if self.group else "v1"


RESOURCES = (
    Resource("", "pods", "Pod"),
    Resource("", "services", "Service"),
    Resource("batch", "jobs", "Job"),
)


def kubernetes_api(store: Store, token: str) -> ASGIApp:
    """Return the application; every request needs the bearer token."""
    routes = [_version_route(), *_discovery_routes()]
    for resource in RESOURCES:
        routes += _resource_routes(store, resource)
    app = Starlette(routes=routes, exception_handlers={404: _no_such_path, 405: _no_such_method})
    return Authenticated(app, token)


class Authenticated:
    """Answers 401 to requests without the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        given = dict(scope.get("headers", [])).get(b"authorization", b"")
        if scope["type"] == "http" and not secrets.compare_digest(given, self._expected):
            await status(401, "Unauthorized", "Unauthorized")(scope, receive, send)
            return
        await self._app(scope, receive, send)


def status(code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> Response:
    """Return a failure in the form that Kubernetes gives it."""
    return JSONResponse(
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            **({"details": details} if details else {}),
            "code": code,
        },
        code,
    )


def _version_route() -> Route:
    async def version(request: Request) -> Response:
        return JSONResponse(_VERSION)

    return Route("/version", version, methods=["GET"])


def _discovery_routes() -> list[Route]:
    version = {"groupVersion": "batch/v1", "version": "v1"}
    documents: dict[str, dict[str, Any]] = {
        "/api": {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []},
        "/apis": {
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": [{"name": "batch", "versions": [version], "preferredVersion": version}],
        },
        "/api/v1": _resource_list(""),
        "/apis/batch/v1": _resource_list("batch"),
    }
    return [Route(path, _fixed(document), methods=["GET"]) for path, document in documents.items()]


def _fixed(document: dict[str, Any]) -> Any:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(document)

    return endpoint


def _resource_list(group: str) -> dict[str, Any]:
    resources = [resource for resource in RESOURCES if resource.group == group]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": resources[0].api_version,
        "resources": [
            {
                "name": resource.plural,
                "singularName": resource.kind.lower(),
                "namespaced": True,
                "kind": resource.kind,
                "verbs": ["get", "list"],
            }
            for resource in resources
        ],
    }


def _resource_routes(store: Store, resource: Resource) -> list[Route]:
    async def list_all(request: Request) -> Response:
        return _list(store, resource, request, request.path_params.get("namespace"))

    async def get_one(request: Request) -> Response:
        name = request.path_params["name"]
        item = store.get(resource.plural, request.path_params["namespace"], name)
        if item is not None:
            return JSONResponse(item)
        of_group = f"{resource.plural}.{resource.group}".rstrip(".")
        return status(
            404,
            "NotFound",
            f'{of_group} "{name}" not found',
            {"name": name, "group": resource.group, "kind": resource.plural},
        )

    in_namespace = f"{resource.base}/namespaces/{{namespace}}/{resource.plural}"
    return [
        Route(f"{resource.base}/{resource.plural}", list_all, methods=["GET"]),
        Route(in_namespace, list_all, methods=["GET"]),
        Route(f"{in_namespace}/{{name}}", get_one, methods=["GET"]),
    ]


def _list(store: Store, resource: Resource, request: Request, namespace: str | None) -> Response:
    parameters = request.query_params
    unknown = set(parameters) - _LIST_PARAMETERS
    if unknown or parameters.get("watch", "false").lower() in ("true", "1"):
        what = ", ".join(sorted(unknown)) or "watch"
        return status(400, "BadRequest", f"the sandbox does not serve: {what}")
    try:
        labels = label_matcher(parameters.get("labelSelector", ""))
        fields = field_matcher(parameters.get("fieldSelector", ""))
    except SelectorError as error:
        return status(400, "BadRequest", str(error))
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
