"""The dependency of an outage: a Service followed to the pods and ports behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from focus_engine.kubernetes.fields import count_in, reading, value_in
from focus_engine.kubernetes.selectors import Labels
from focus_engine.outage.discovery.pods import Pod, address_of, is_tcp

Object = Mapping[str, Any]


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
    listed = [each for each in spec.get("ports") or [] if is_tcp(each)]
    names = {value_in(each, "name", str, "") for each in listed if count_in(each, "port") == port}
    entries = [each for each in slices if each.get("addressType") != "FQDN"]
    if not is_headless:
        entries = [each for each in entries if names & {name for name, _ in _ports(each)}]
    endpoints = [endpoint for each in entries for endpoint in each.get("endpoints") or []]
    numbers = {number for each in entries for name, number in _ports(each) if name in names}
    numbers = {port} if is_headless else numbers - {0}
    known = tuple(pods)
    inside = {address for pod in known for address in pod.addresses}
    found = [address for each in endpoints for address in each.get("addresses") or []]
    addresses = set(map(address_of, found))
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
    found = [port for port in each.get("ports") or [] if is_tcp(port)]
    return [(value_in(port, "name", str, ""), count_in(port, "port", 0)) for port in found]
