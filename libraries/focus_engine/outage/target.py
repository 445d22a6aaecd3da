"""What an outage is about, as the cluster says it is: pods, their real port, who reaches them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from focus_engine.outage.selectors import Labels

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Pod:
    """The part of a pod that matters here."""

    name: str
    labels: Labels
    addresses: tuple[str, ...]
    host_network: bool
    ready: bool
    container: str
    ports: Mapping[int, str]  # container ports that are declared, with their names or ""

    @classmethod
    def of(cls, item: Object) -> "Pod":
        status, spec = item.get("status") or {}, item["spec"]
        addresses = [entry["ip"] for entry in status.get("podIPs") or [] if entry.get("ip")]
        declared = [
            port
            for container in spec.get("containers") or []
            for port in container.get("ports") or []
        ]
        return cls(
            name=str(item["metadata"]["name"]),
            labels=dict(item["metadata"].get("labels") or {}),
            addresses=tuple(addresses or filter(None, [status.get("podIP")])),
            host_network=bool(spec.get("hostNetwork")),
            ready=_is_ready(item),
            container=_main_container(item),
            ports={int(port["containerPort"]): str(port.get("name") or "") for port in declared},
        )


@dataclass(frozen=True)
class Target:
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


def resolve_target(
    service: Object, slices: Iterable[Object], pods: Iterable[Pod], port: int, fallback: Labels
) -> Target:
    """Follow a Service to its pods: policies see pods and their ports, never the Service's.

    `pods` are those of the selector. A port of a slice belongs to the Service's port of the same
    name.
    """
    spec = service["spec"]
    listed: list[Object] = spec.get("ports") or []
    entry: Object = next((each for each in listed if int(each["port"]) == port), {})
    entries = [each for each in slices if _has_port(each, entry)]
    endpoints = [endpoint for each in entries for endpoint in each.get("endpoints") or []]
    numbers = {
        int(found["port"])
        for each in entries
        for found in each.get("ports") or []
        if (found.get("name") or "") == (entry.get("name") or "") and found.get("port")
    }
    known = tuple(pods)
    inside = {address for pod in known for address in pod.addresses}
    addresses = {address for each in endpoints for address in each.get("addresses") or []}
    cluster_ip = spec.get("clusterIP")
    return Target(
        namespace=str(service["metadata"].get("namespace") or ""),
        service=str(service["metadata"]["name"]),
        service_port=port,
        cluster_ip=None if cluster_ip in {None, "", "None"} else str(cluster_ip),
        selector=dict(spec.get("selector") or fallback),
        pod_port=numbers.pop() if len(numbers) == 1 else None,
        pods=known,
        outside=tuple(sorted(addresses - inside)),
    )


def _has_port(each: Object, entry: Object) -> bool:
    names = {found.get("name") or "" for found in each.get("ports") or []}
    return (entry.get("name") or "") in names


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
