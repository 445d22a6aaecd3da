"""What an outage is about, as the cluster says it is: pods, their real port, who reaches them.

Nothing is changed by it.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from focus_engine.environment import Environment
from focus_engine.kubernetes.client import Cluster, reading
from focus_engine.kubernetes.resources import (
    ENDPOINT_SLICES,
    JOBS,
    LEASES,
    NAMESPACES,
    PODS,
    POLICIES,
    SERVICES,
    Resource,
)
from focus_engine.kubernetes.selectors import Labels, labels_of, text_of
from focus_engine.outage.backends.toxiproxy import ToxiproxyClient
from focus_engine.outage.dependency import Dependency
from focus_engine.outage.model import OutageRequest
from focus_engine.outage.ownership import LEASE

Object = Mapping[str, Any]
_SERVICE_OF_SLICE = "kubernetes.io/service-name"
_ENDED = {"Succeeded", "Failed"}  # phases


@dataclass(frozen=True)
class Right:
    """One thing that the account must be allowed."""

    verb: str
    resource: Resource
    subresource: str = ""
    name: str = ""  # of the one object that it is needed for, where a Role may name it

    def __str__(self) -> str:
        within = f"/{self.subresource}" if self.subresource else ""
        return f"{self.verb} {self.resource.plural}{within}"


EVERY_OUTAGE = (
    Right("get", NAMESPACES),
    Right("get", SERVICES),
    Right("list", ENDPOINT_SLICES),
    Right("list", PODS),
    Right("create", PODS, "exec"),
    Right("create", LEASES),
    *(Right(verb, LEASES, name=LEASE) for verb in ("get", "update", "delete")),
    Right("create", JOBS),
    Right("patch", JOBS),
    Right("delete", JOBS),
)
TO_KILL = Right("patch", PODS, "ephemeralcontainers")


@dataclass(frozen=True)
class Pod:
    """The part of a pod that matters here."""

    name: str
    labels: Labels
    addresses: tuple[str, ...]
    host_network: bool
    ready: bool
    container: str
    ports: Mapping[int, str]  # container ports declared for TCP, with their names or ""
    uid: str = ""
    ended: bool = False  # Succeeded or Failed, such as evicted: it has no network any more
    leaving: bool = False  # it is being deleted
    controller: str = ""  # kind and name of what makes a new one, "" without one
    controller_uid: str = ""

    @classmethod
    @reading("a pod")
    def of(cls, item: Object) -> "Pod":
        status, spec, metadata = item.get("status") or {}, item["spec"], item["metadata"]
        addresses = [entry["ip"] for entry in status.get("podIPs") or [] if entry.get("ip")]
        declared = [
            port
            for container in spec.get("containers") or []
            for port in container.get("ports") or []
            if _is_tcp(port)
        ]
        owners = metadata.get("ownerReferences") or []
        owner: Object = next((one for one in owners if one.get("controller") is True), {})
        return cls(
            name=str(metadata["name"]),
            labels=dict(metadata.get("labels") or {}),
            addresses=tuple(map(_address, addresses or filter(None, [status.get("podIP")]))),
            host_network=bool(spec.get("hostNetwork")),
            ready=_is_ready(item),
            container=_main_container(item),
            ports={int(port["containerPort"]): str(port.get("name") or "") for port in declared},
            uid=str(metadata.get("uid") or ""),
            ended=status.get("phase") in _ENDED,
            leaving=metadata.get("deletionTimestamp") is not None,
            controller="{kind} {name}".format(**owner) if owner else "",
            controller_uid=str(owner.get("uid") or ""),
        )


@dataclass(frozen=True)
class OutageTarget:
    """The dependency's Service resolved down to pods. `pods` is empty for one outside."""

    namespace: str
    service: str
    service_port: int
    cluster_ip: str | None  # None for a headless Service
    selector: Labels
    pod_port: int | None
    pods: tuple[Pod, ...]
    outside: tuple[str, ...]  # addresses behind the Service that are no pods

    @property
    def addresses(self) -> list[str]:
        of_pods = [address for pod in self.pods for address in pod.addresses]
        return sorted({*of_pods, *self.outside})

    @property
    def port_names(self) -> frozenset[str]:
        names = {pod.ports.get(self.pod_port or 0, "") for pod in self.pods}
        return frozenset(names - {""})

    @property
    def other_ports(self) -> list[int]:
        """Ports of the same pods that the outage leaves open."""
        declared = {port for pod in self.pods for port in pod.ports}
        return sorted(declared - {self.pod_port})


@dataclass(frozen=True)
class Facts:
    """Answers of the cluster and the proxy at one time."""

    annotations: Labels
    namespace_labels: Labels
    target: OutageTarget | None
    clients: tuple[Pod, ...]
    client_labels: Labels
    policies: tuple[Object, ...]
    selected_pods: tuple[str, ...] = ()  # all that a policy on the dependency would select
    selected_clients: tuple[str, ...] = ()  # and one on the client: ended ones as well
    missing_rights: tuple[Right, ...] = ()
    may_kill: bool = False
    proxy: str | None = None  # its name, where the environment has one before the dependency


def gather(
    cluster: Cluster,
    environment: Environment,
    dependency: Dependency,
    request: OutageRequest,
    *,
    toxiproxy: ToxiproxyClient | None = None,
    rights: Iterable[Right] = (),
) -> Facts:
    """`rights` are those that backends need on top of `EVERY_OUTAGE`.

    Raises ToolError when the cluster or the proxy cannot be asked.
    """
    wanted = dict.fromkeys([*EVERY_OUTAGE, *rights])
    missing = tuple(right for right in wanted if not _may(cluster, right))
    unreadable = {right.resource for right in missing if right.verb in {"get", "list"}}
    namespace = {} if NAMESPACES in unreadable else _namespace(cluster)
    labels = labels_of(request.clients or environment.file.labels.server)
    may_look = not {SERVICES, ENDPOINT_SLICES, PODS} & unreadable
    clients = () if PODS in unreadable else _pods(cluster, labels)
    service = cluster.get(SERVICES, dependency.service) if may_look else None
    selector = _selector(service, dependency)
    selected = _pods(cluster, selector) if service is not None and selector else ()
    return Facts(
        annotations=namespace.get("annotations") or {},
        namespace_labels=namespace.get("labels") or {},
        target=None if service is None else _target(cluster, dependency, service, selected),
        clients=tuple(pod for pod in clients if pod.ready),
        client_labels=labels,
        policies=() if POLICIES in unreadable else tuple(cluster.items(POLICIES)),
        selected_pods=tuple(pod.name for pod in selected),
        selected_clients=tuple(pod.name for pod in clients),
        missing_rights=missing,
        may_kill=_may(cluster, TO_KILL),
        proxy=_proxy(toxiproxy, dependency),
    )


def ready_clients(cluster: Cluster, labels: Labels) -> tuple[Pod, ...]:
    """The pods of the client that can be looked from now."""
    return tuple(pod for pod in _pods(cluster, labels) if pod.ready)


def pods_of(cluster: Cluster, target: OutageTarget) -> tuple[Pod, ...]:
    """The pods of the dependency as they are now, ended ones left out."""
    return tuple(pod for pod in _pods(cluster, target.selector) if not pod.ended)


def _may(cluster: Cluster, right: Right) -> bool:
    return cluster.may(right.verb, right.resource, right.subresource, right.name)


def _namespace(cluster: Cluster) -> dict[str, Any]:
    found = cluster.get(NAMESPACES, cluster.namespace) or {}
    metadata: dict[str, Any] = found.get("metadata") or {}
    return metadata


def _selector(service: Object | None, dependency: Dependency) -> Labels:
    spec = service["spec"] if service is not None else {}
    return spec.get("selector") or dependency.labels


def _pods(cluster: Cluster, labels: Labels) -> tuple[Pod, ...]:
    return tuple(Pod.of(item) for item in cluster.items(PODS, text_of(labels)))


def _target(
    cluster: Cluster, dependency: Dependency, service: Object, selected: Iterable[Pod]
) -> OutageTarget:
    slices = cluster.items(ENDPOINT_SLICES, text_of({_SERVICE_OF_SLICE: dependency.service}))
    living = [pod for pod in selected if not pod.ended]
    return resolve_target(service, slices, living, dependency.port, dependency.labels)


def _proxy(toxiproxy: ToxiproxyClient | None, dependency: Dependency) -> str | None:
    if toxiproxy is None or dependency.proxy is None:
        return None
    return dependency.proxy if toxiproxy.is_known(dependency.proxy) else None


@reading("a Service and what is behind it")
def resolve_target(
    service: Object, slices: Iterable[Object], pods: Iterable[Pod], port: int, fallback: Labels
) -> OutageTarget:
    """Follow a Service to its pods: policies see pods and their ports, never the Service's.

    `pods` are those of the selector. A port of a slice belongs to the Service's TCP port of the
    same name. Nothing maps the ports of a headless Service: there it is the port that is asked for.
    """
    spec = service["spec"]
    cluster_ip = spec.get("clusterIP")
    is_headless = cluster_ip in {None, "", "None"}
    listed = [each for each in spec.get("ports") or [] if _is_tcp(each)]
    names = {str(each.get("name") or "") for each in listed if int(each["port"]) == port}
    entries = [each for each in slices if each.get("addressType") != "FQDN"]
    if not is_headless:
        entries = [each for each in entries if names & {name for name, _ in _ports(each)}]
    endpoints = [endpoint for each in entries for endpoint in each.get("endpoints") or []]
    numbers = {number for each in entries for name, number in _ports(each) if name in names}
    numbers = {port} if is_headless else numbers - {0}
    known = tuple(pods)
    inside = {address for pod in known for address in pod.addresses}
    found = [address for each in endpoints for address in each.get("addresses") or []]
    addresses = set(map(_address, found))
    return OutageTarget(
        namespace=str(service["metadata"].get("namespace") or ""),
        service=str(service["metadata"]["name"]),
        service_port=port,
        cluster_ip=None if is_headless else str(cluster_ip),
        selector=dict(spec.get("selector") or fallback),
        pod_port=numbers.pop() if len(numbers) == 1 else None,
        pods=known,
        outside=tuple(sorted(addresses - inside)),
    )


def _ports(each: Object) -> list[tuple[str, int]]:
    """Name and number of each TCP port of an EndpointSlice; 0 where it has no number."""
    found = [port for port in each.get("ports") or [] if _is_tcp(port)]
    return [(str(port.get("name") or ""), int(port.get("port") or 0)) for port in found]


def _is_tcp(port: Object) -> bool:
    """What a probe connects to, and a policy of ours closes; Kubernetes means TCP by default."""
    return (port.get("protocol") or "TCP") == "TCP"


def _address(text: Any) -> str:
    """An IP address in its usual form. Raises ValueError for anything else."""
    return str(ipaddress.ip_address(text))


def _is_ready(item: Object) -> bool:
    status = item.get("status") or {}
    conditions = status.get("conditions") or []
    ready = any(
        condition.get("type") == "Ready" and condition.get("status") == "True"
        for condition in conditions
    )
    leaving = item["metadata"].get("deletionTimestamp") is not None
    return status.get("phase") == "Running" and ready and not leaving


def _main_container(item: Object) -> str:
    annotations = item["metadata"].get("annotations") or {}
    first = str(item["spec"]["containers"][0]["name"])
    return str(annotations.get("kubectl.kubernetes.io/default-container") or first)
