"""A pod as an outage sees it: its addresses, its ports, and whether it is there."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.fields import count_in, is_ready, reading, value_in
from focus_engine.kubernetes.resources import PODS
from focus_engine.kubernetes.selectors import Labels, text_of

Object = Mapping[str, Any]
_ENDED = {"Succeeded", "Failed"}  # phases


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
            if is_tcp(port)
        ]
        owners = metadata.get("ownerReferences") or []
        owner: Object = next((one for one in owners if one.get("controller") is True), {})
        return cls(
            name=str(metadata["name"]),
            labels=dict(metadata.get("labels") or {}),
            addresses=tuple(map(address_of, addresses or filter(None, [status.get("podIP")]))),
            host_network=value_in(spec, "hostNetwork", bool, False),
            ready=_is_running(item) and is_ready(item),
            container=_main_container(item),
            ports={
                count_in(port, "containerPort"): value_in(port, "name", str, "")
                for port in declared
            },
            uid=str(metadata.get("uid") or ""),
            ended=status.get("phase") in _ENDED,
            leaving=metadata.get("deletionTimestamp") is not None,
            controller="{kind} {name}".format(**owner) if owner else "",
            controller_uid=str(owner.get("uid") or ""),
        )


def pods_labelled(cluster: Cluster, labels: Labels) -> tuple[Pod, ...]:
    """All pods with these labels, in whatever state."""
    return tuple(Pod.of(item) for item in cluster.items(PODS, text_of(labels)))


def ready_pods(cluster: Cluster, labels: Labels) -> tuple[Pod, ...]:
    """Those that can be looked from now."""
    return tuple(pod for pod in pods_labelled(cluster, labels) if pod.ready)


def living_pods(cluster: Cluster, labels: Labels) -> tuple[Pod, ...]:
    """Those that are there now, ended ones left out."""
    return tuple(pod for pod in pods_labelled(cluster, labels) if not pod.ended)


def is_tcp(port: Object) -> bool:
    """What a probe connects to, and a policy of ours closes; Kubernetes means TCP by default."""
    return (port.get("protocol") or "TCP") == "TCP"


def address_of(text: Any) -> str:
    """An IP address in its usual form. Raises ValueError for anything else."""
    return str(ipaddress.ip_address(text))


def _is_running(item: Object) -> bool:
    leaving = item["metadata"].get("deletionTimestamp") is not None
    return (item.get("status") or {}).get("phase") == "Running" and not leaving


def _main_container(item: Object) -> str:
    annotations = item["metadata"].get("annotations") or {}
    first = str(item["spec"]["containers"][0]["name"])
    return str(annotations.get("kubectl.kubernetes.io/default-container") or first)
