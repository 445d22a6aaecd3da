"""Where in the cluster the ends of a flow are, read from the objects of the API."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.kubernetes.objects.store import Store
from sandbox.network.listener import Address
from sandbox.network.policy import FlowEnd, selects

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Destination:
    """A server behind a Service, and where it really listens."""

    service: str
    namespace: str
    port: int
    """The Service's port."""
    upstream: Callable[[], Address] = field(compare=False)


class Places:
    """Finds pods and Services of the cluster as ends of a flow."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pod(self, namespace: str, name: str) -> FlowEnd | None:
        """A pod as an end of a flow, None when there is none."""
        found = self._store.get("pods", namespace, name)
        return None if found is None else self._endpoint(found)

    def behind(self, destination: Destination) -> tuple[FlowEnd, int] | None:
        """The end behind a Service and its port there, None when nothing is behind it."""
        service = self._store.get("services", destination.namespace, destination.service)
        if service is None:
            return None
        port = _port(service, destination.port)
        if port is None:
            return None
        selector = service["spec"].get("selector")
        if not selector:  # its endpoints are no pods: what stands outside
            return FlowEnd(service["spec"].get("clusterIP", "")), destination.port
        return self._behind(destination.namespace, selector, port.get("targetPort", port["port"]))

    def is_behind(self, destination: Destination, pod: Object) -> bool:
        """Whether a pod, which may be gone by now, is selected by the Service."""
        service = self._store.find("services", destination.namespace, destination.service)
        selector = None if service is None else service["spec"].get("selector")
        here = pod["metadata"]["namespace"] == destination.namespace
        return bool(here and selector) and selects(
            {"matchLabels": selector}, pod["metadata"].get("labels") or {}
        )

    def names(self, destination: Destination, client_namespace: str) -> Iterator[str]:
        """The hosts by which a pod of that namespace knows the destination."""
        service, namespace = destination.service, destination.namespace
        if client_namespace == namespace:
            yield service
        for ending in (namespace, f"{namespace}.svc", f"{namespace}.svc.cluster.local"):
            yield f"{service}.{ending}"

    def addresses(self, destination: Destination) -> Iterator[tuple[str, int]]:
        """Yield IP and port of the Service and of the pod behind it."""
        service = self._store.get("services", destination.namespace, destination.service)
        cluster_ip = None if service is None else service["spec"].get("clusterIP")
        if cluster_ip and cluster_ip != "None":
            yield cluster_ip, destination.port
        found = self.behind(destination)
        if found is not None:
            yield found[0].ip, found[1]

    def _behind(
        self, namespace: str, selector: Mapping[str, str], target: int | str
    ) -> tuple[FlowEnd, int] | None:
        for pod in self._store.list("pods", namespace):
            if not selects({"matchLabels": selector}, pod["metadata"].get("labels") or {}):
                continue
            if "podIP" not in (pod.get("status") or {}):
                continue  # it has ended
            endpoint = self._endpoint(pod)
            if isinstance(target, int):
                return endpoint, target
            number = endpoint.named_ports.get((target, "TCP"))
            if number is not None:
                return endpoint, number
        return None

    def _endpoint(self, pod: Object) -> FlowEnd:
        namespace = pod["metadata"]["namespace"]
        owner = self._store.get("namespaces", "", namespace) or {"metadata": {}}
        ports = [port for one in pod["spec"]["containers"] for port in one.get("ports") or ()]
        return FlowEnd(
            ip=pod["status"]["podIP"],
            namespace=namespace,
            labels=pod["metadata"].get("labels") or {},
            namespace_labels=owner["metadata"].get("labels") or {},
            named_ports={
                (port["name"], port.get("protocol", "TCP")): port["containerPort"]
                for port in ports
                if "name" in port
            },
            host_network=bool(pod["spec"].get("hostNetwork")),
        )


def _port(service: Object, number: int) -> Object | None:
    return next((port for port in service["spec"]["ports"] if port["port"] == number), None)
