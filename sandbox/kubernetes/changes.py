"""The one change that is served: the patch of the server's Deployment that restarts it."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.kubernetes.responses import not_found, status
from sandbox.kubernetes.server_objects import RESTARTED_AT, ServerWorkload
from sandbox.kubernetes.server_process import NAME
from sandbox.kubernetes.store import Store

PATH = "/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
_KINDS = ("application/merge-patch+json", "application/strategic-merge-patch+json")


def restart_route(store: Store, server: ServerWorkload) -> Route:
    """Return the route; every other patch is refused, never ignored."""

    async def patch(request: Request) -> Response:
        namespace, name = request.path_params["namespace"], request.path_params["name"]
        if name != NAME or store.get("deployments", namespace, name) is None:
            return not_found("deployments.apps", name)
        if request.headers.get("content-type", "").partition(";")[0] not in _KINDS:
            return status(
                415, "UnsupportedMediaType", f"patches are served as {' or '.join(_KINDS)}"
            )
        stamp = _restart_stamp(await request.body())
        if stamp is None:
            return status(422, "Invalid", f"the sandbox lets only {RESTARTED_AT} be patched")
        server.process.restart(stamp)
        return JSONResponse(store.get("deployments", namespace, name))

    return Route(PATH, patch, methods=["PATCH"])


def _restart_stamp(body: bytes) -> str | None:
    """Return the new value of the annotation; None for a patch of anything else."""
    try:
        given: Any = json.loads(body)
    except ValueError:
        return None
    for key in ("spec", "template", "metadata", "annotations", RESTARTED_AT):
        if not isinstance(given, dict) or list(given) != [key]:
            return None
        given = given[key]
    return given if isinstance(given, str) and given else None
