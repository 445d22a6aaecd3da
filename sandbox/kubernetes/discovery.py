"""Which groups and resources are served, as clients discover them."""

# ruff: noqa: ARG001 - Starlette calls endpoints with the request, needed or not

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

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


@dataclass(frozen=True)
class Resource:
    """One kind of object that is served."""

    group: str
    plural: str
    kind: str
    namespaced: bool = True

    @property
    def base(self) -> str:
        """Path below which the group's resources are."""
        return f"/apis/{self.group}/v1" if self.group else "/api/v1"

    @property
    def api_version(self) -> str:
        """``v1`` or ``group/v1``."""
        return f"{self.group}/v1" if self.group else "v1"

    @property
    def qualified(self) -> str:
        """``pods`` or ``jobs.batch``."""
        return f"{self.plural}.{self.group}".rstrip(".")


RESOURCES = (
    Resource("", "namespaces", "Namespace", namespaced=False),
    Resource("", "pods", "Pod"),
    Resource("", "services", "Service"),
    Resource("", "configmaps", "ConfigMap"),
    Resource("", "events", "Event"),
    Resource("apps", "deployments", "Deployment"),
    Resource("batch", "jobs", "Job"),
)


def discovery_routes() -> list[Route]:
    """Return the routes of version and discovery."""
    groups = sorted({resource.group for resource in RESOURCES} - {""})
    documents: dict[str, dict[str, Any]] = {
        "/version": _VERSION,
        "/api": {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []},
        "/apis": {
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": [_group(name) for name in groups],
        },
        "/api/v1": _resource_list(""),
        **{f"/apis/{name}/v1": _resource_list(name) for name in groups},
    }
    return [Route(path, _fixed(document), methods=["GET"]) for path, document in documents.items()]


def _group(name: str) -> dict[str, Any]:
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


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
                "namespaced": resource.namespaced,
                "kind": resource.kind,
                "verbs": ["get", "list"],
            }
            for resource in resources
        ],
    }
