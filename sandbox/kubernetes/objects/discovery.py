"""Which groups and resources are served, how each behaves, and how clients discover them."""

from dataclasses import dataclass, field
from typing import Any

VERSION = {
    "major": "1",
    "minor": "37",
    "gitVersion": "v1.37.0+sandbox",
    "gitCommit": "sandbox",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "none",
    "compiler": "none",
    "platform": "sandbox",
}
"""The release whose behaviour and whose fields are followed."""

_READ = ("get", "list", "watch")
_SCALED: dict[str, tuple[str, ...]] = {"scale": ("get",), "status": ("get",)}
_ALL = ("create", "delete", *_READ, "patch", "update")


@dataclass(frozen=True)
class ServedResource:
    """One kind of object that is served, and what sets it apart from others."""

    group: str
    plural: str
    kind: str
    namespaced: bool = True
    verbs: tuple[str, ...] = _ALL
    generation: bool = False
    """Whether changes of the spec are counted."""
    returns_deleted: bool = False
    """Whether DELETE answers with the object instead of a Status."""
    created_by_update: bool = False
    """Whether PUT of what is not there creates it."""
    unconditional_update: bool = True
    """Whether PUT needs no resource version."""
    orphans_by_default: bool = False
    """Whether DELETE without a propagationPolicy leaves the dependents alone."""
    subresources: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Verbs by subresource."""

    @property
    def base(self) -> str:
        """Path below which the group's resources are."""
        return f"/apis/{self.group}/v1" if self.group else "/api/v1"

    @property
    def api_version(self) -> str:
        """`v1` or `group/v1`."""
        return f"{self.group}/v1" if self.group else "v1"

    @property
    def qualified(self) -> str:
        """`pods` or `jobs.batch`."""
        return f"{self.plural}.{self.group}".rstrip(".")

    @property
    def qualified_kind(self) -> str:
        """`Pod` or `Job.batch`."""
        return f"{self.kind}.{self.group}".rstrip(".")


RESOURCES = (
    ServedResource("", "configmaps", "ConfigMap"),
    ServedResource("", "events", "Event", created_by_update=True),
    ServedResource("", "namespaces", "Namespace", namespaced=False, returns_deleted=True),
    ServedResource(
        "",
        "pods",
        "Pod",
        generation=True,
        returns_deleted=True,
        subresources={
            "ephemeralcontainers": ("get", "patch", "update"),
            "exec": ("create", "get"),
            "log": ("get",),
        },
    ),
    ServedResource("", "serviceaccounts", "ServiceAccount", returns_deleted=True),
    ServedResource("", "services", "Service", returns_deleted=True),
    ServedResource("apps", "deployments", "Deployment", generation=True, subresources=_SCALED),
    ServedResource(
        "authorization.k8s.io",
        "selfsubjectaccessreviews",
        "SelfSubjectAccessReview",
        namespaced=False,
        verbs=("create",),
    ),
    ServedResource("batch", "jobs", "Job", generation=True, orphans_by_default=True),
    ServedResource(
        "coordination.k8s.io",
        "leases",
        "Lease",
        created_by_update=True,
        unconditional_update=False,
    ),
    ServedResource("discovery.k8s.io", "endpointslices", "EndpointSlice", generation=True),
    ServedResource("networking.k8s.io", "networkpolicies", "NetworkPolicy", generation=True),
    # Read only: what stands there, and what a fault leaves behind.
    ServedResource("", "persistentvolumeclaims", "PersistentVolumeClaim", verbs=_READ),
    ServedResource("", "replicationcontrollers", "ReplicationController", verbs=_READ),
    ServedResource("", "nodes", "Node", namespaced=False, verbs=_READ),
    ServedResource("apps", "daemonsets", "DaemonSet", verbs=_READ),
    ServedResource("apps", "replicasets", "ReplicaSet", verbs=_READ),
    ServedResource("apps", "statefulsets", "StatefulSet", verbs=_READ, subresources=_SCALED),
    ServedResource("batch", "cronjobs", "CronJob", verbs=_READ),
    ServedResource("networking.k8s.io", "ingresses", "Ingress", verbs=_READ),
    ServedResource("rbac.authorization.k8s.io", "rolebindings", "RoleBinding", verbs=_READ),
    ServedResource("rbac.authorization.k8s.io", "roles", "Role", verbs=_READ),
)

_BY_PLACE = {(resource.group, resource.plural): resource for resource in RESOURCES}
_BY_KIND = {(resource.api_version, resource.kind): resource for resource in RESOURCES}


def find_resource(group: str, plural: str) -> ServedResource | None:
    """The resource of that name, None when it is not served."""
    return _BY_PLACE.get((group, plural))


def resource_of_kind(api_version: str, kind: str) -> ServedResource | None:
    """The resource whose objects say that of themselves."""
    return _BY_KIND.get((api_version, kind))


def document(path: str) -> dict[str, Any] | None:
    """What is served at a path of version or discovery, None when it is none."""
    return _DOCUMENTS.get(path.rstrip("/"))


def is_served(path: str) -> bool:
    """Whether a path lies in a group that is served."""
    return any(path.startswith(f"{resource.base}/") for resource in RESOURCES)


def _documents() -> dict[str, dict[str, Any]]:
    groups = sorted({resource.group for resource in RESOURCES} - {""})
    return {
        "/version": VERSION,
        "/api": {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []},
        "/apis": {
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": [_group(name) for name in groups],
        },
        "/api/v1": _resource_list(""),
        **{f"/apis/{name}": _group_document(name) for name in groups},
        **{f"/apis/{name}/v1": _resource_list(name) for name in groups},
    }


def _group(name: str) -> dict[str, Any]:
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


def _group_document(name: str) -> dict[str, Any]:
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name)}


def _resource_list(group: str) -> dict[str, Any]:
    resources = [resource for resource in RESOURCES if resource.group == group]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": resources[0].api_version,
        "resources": [entry for resource in resources for entry in _entries(resource)],
    }


def _entries(resource: ServedResource) -> list[dict[str, Any]]:
    common = {"namespaced": resource.namespaced, "kind": resource.kind}
    return [
        {
            "name": resource.plural,
            "singularName": resource.kind.lower(),
            **common,
            "verbs": list(resource.verbs),
        },
        *(
            {
                "name": f"{resource.plural}/{name}",
                "singularName": "",
                **common,
                "verbs": list(verbs),
            }
            for name, verbs in resource.subresources.items()
        ),
    ]


_DOCUMENTS = _documents()
