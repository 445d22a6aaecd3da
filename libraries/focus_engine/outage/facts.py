"""What an outage needs to know of the cluster, gathered without changing anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from focus_engine.environment import Environment
from focus_engine.outage.cluster import (
    ENDPOINT_SLICES,
    JOBS,
    LEASES,
    NAMESPACES,
    PODS,
    POLICIES,
    SERVICES,
    Cluster,
    Resource,
)
from focus_engine.outage.dependency import Dependency
from focus_engine.outage.model import Request
from focus_engine.outage.selectors import Labels, labels_of, text_of
from focus_engine.outage.target import Pod, Target, resolve_target
from focus_engine.outage.toxiproxy import Toxiproxy

Object = Mapping[str, Any]
_SERVICE_OF_SLICE = "kubernetes.io/service-name"


@dataclass(frozen=True)
class Right:
    """One thing that the account must be allowed."""

    verb: str
    resource: Resource
    subresource: str = ""

    def __str__(self) -> str:
        within = f"/{self.subresource}" if self.subresource else ""
        return f"{self.verb} {self.resource.plural}{within}"


EVERY_OUTAGE = (
    Right("get", NAMESPACES),
    Right("get", SERVICES),
    Right("list", ENDPOINT_SLICES),
    Right("list", PODS),
    Right("create", PODS, "exec"),
    Right("get", LEASES),
    Right("create", LEASES),
    Right("update", LEASES),
    Right("delete", LEASES),
    Right("create", JOBS),
    Right("patch", JOBS),
    Right("delete", JOBS),
)
BY_POLICY = (
    Right("list", POLICIES),
    Right("create", POLICIES),
    Right("patch", POLICIES),
    Right("delete", POLICIES),
)
TO_KILL = Right("patch", PODS, "ephemeralcontainers")


@dataclass(frozen=True)
class Facts:
    """Answers of the cluster and the proxy at one time."""

    annotations: Labels
    namespace_labels: Labels
    target: Target | None
    clients: tuple[Pod, ...]
    client_labels: Labels
    policies: tuple[Object, ...]
    missing_rights: tuple[Right, ...] = ()
    may_kill: bool = False
    proxy: str | None = None  # its name, where the environment has one before the dependency


def gather(
    cluster: Cluster,
    environment: Environment,
    dependency: Dependency,
    request: Request,
    toxiproxy: Toxiproxy | None,
) -> Facts:
    """Raises ToolError when the cluster or the proxy cannot be asked."""
    missing = tuple(
        right
        for right in (*EVERY_OUTAGE, *BY_POLICY)
        if not cluster.may(right.verb, right.resource, right.subresource)
    )
    readable = {right.resource for right in missing if right.verb in {"get", "list"}}
    namespace = {} if NAMESPACES in readable else _namespace(cluster)
    labels = labels_of(request.clients or environment.file.labels.server)
    within = {SERVICES, ENDPOINT_SLICES, PODS} & readable
    return Facts(
        annotations=namespace.get("annotations") or {},
        namespace_labels=namespace.get("labels") or {},
        target=None if within else _target(cluster, dependency),
        clients=() if PODS in readable else ready_clients(cluster, labels),
        client_labels=labels,
        policies=() if POLICIES in readable else tuple(cluster.items(POLICIES)),
        missing_rights=missing,
        may_kill=cluster.may(TO_KILL.verb, TO_KILL.resource, TO_KILL.subresource),
        proxy=_proxy(toxiproxy, dependency),
    )


def _namespace(cluster: Cluster) -> dict[str, Any]:
    found = cluster.get(NAMESPACES, cluster.namespace) or {}
    metadata: dict[str, Any] = found.get("metadata") or {}
    return metadata


def _target(cluster: Cluster, dependency: Dependency) -> Target | None:
    service = cluster.get(SERVICES, dependency.service)
    if service is None:
        return None
    slices = cluster.items(ENDPOINT_SLICES, text_of({_SERVICE_OF_SLICE: dependency.service}))
    selector = service["spec"].get("selector") or dependency.labels
    pods = [Pod.of(item) for item in cluster.items(PODS, text_of(selector))] if selector else []
    return resolve_target(service, slices, pods, dependency.port, dependency.labels)


def ready_clients(cluster: Cluster, labels: Labels) -> tuple[Pod, ...]:
    """The pods of the client that can be looked from now."""
    found = [Pod.of(item) for item in cluster.items(PODS, text_of(labels))]
    return tuple(pod for pod in found if pod.ready)


def _proxy(toxiproxy: Toxiproxy | None, dependency: Dependency) -> str | None:
    if toxiproxy is None or dependency.proxy is None:
        return None
    return dependency.proxy if toxiproxy.is_known(dependency.proxy) else None
