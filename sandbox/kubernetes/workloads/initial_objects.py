"""What is there before anybody asks: namespaces, Services, MongoDB and RabbitMQ, and their variety.

The knobs are what a real cluster may be like.
"""

import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.faults import ActiveFaults, Unit, Value, knob
from sandbox.kubernetes.addresses import API_SERVER, SERVICES, pod_address
from sandbox.kubernetes.api.rbac import ACCOUNT
from sandbox.kubernetes.objects.store import Store
from sandbox.kubernetes.workloads import manifests, server_objects
from sandbox.kubernetes.workloads.server_process import NAME

Object = dict[str, Any]

CONFLICTING_POLICY = knob(
    "conflicting-allow-policy", "a NetworkPolicy is there that allows everything to reach MongoDB"
)
HOST_NETWORK = knob("host-network", "MongoDB's pod is in the network of its node")
MANY_PODS = knob("many-pods", "so many pods carry MongoDB's labels", Value(Unit.WHOLE_NUMBER, 12))
PORT_DIFFERS = knob(
    "service-port-differs", "MongoDB's pod listens on another port than its Service"
)
KNOBS = (CONFLICTING_POLICY, HOST_NETWORK, MANY_PODS, PORT_DIFFERS)

MONGODB_PORT = 27017
OTHER_PORT = 27018

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


@dataclass(frozen=True)
class Dependency:
    """One dependency of the server: its Service and the labels of its pod."""

    service: str
    labels: Mapping[str, str]
    port: int
    number: int
    """By which its addresses are chosen."""


DEPENDENCIES = (
    Dependency("mongodb", server_objects.labels("mongodb", "mongodb"), MONGODB_PORT, 1),
    Dependency("rabbitmq-panda", server_objects.labels("rabbitmq", "rabbitmq-panda"), 5672, 2),
)


class InitialObjects:
    """Yields these objects as the knobs have them; identities stay the same."""

    def __init__(self, store: Store, faults: ActiveFaults, namespace: str, seed: int) -> None:
        self._store = store
        self._faults = faults
        self._namespace = namespace
        self._random = random.Random(f"standing {seed}")  # noqa: S311 - names, not secrets
        self._born = store.timestamp()
        self._uids: dict[str, str] = {}
        self._suffixes: dict[str, str] = {}

    def objects(self) -> Iterator[tuple[str, Object]]:
        """Yield each object with its plural."""
        yield "namespaces", self._default_namespace()
        yield "services", self._api_server()
        for account in ("default", ACCOUNT):
            item = {"apiVersion": "v1", "kind": "ServiceAccount"}
            yield "serviceaccounts", {**item, "metadata": self._metadata(account, {})}
        yield "services", self._service(NAME, server_objects.LABELS, server_objects.PORT, 0)
        for one in DEPENDENCIES:
            yield "services", self._service(one.service, one.labels, one.port, one.number)
            yield "pods", self._pod(one)
        if self._faults.on(MANY_PODS):
            for number in range(1, int(self._faults.number(MANY_PODS))):
                yield "pods", self._pod(DEPENDENCIES[0], number)
        if self._faults.on(CONFLICTING_POLICY):
            yield "networkpolicies", self._policy()

    def _service(self, name: str, labels: Mapping[str, str], port: int, number: int) -> Object:
        target: Object = {"port": port, "targetPort": self._target(name, port)}
        address = str(SERVICES[number + 2])
        metadata = self._metadata(name, labels)
        return manifests.service(metadata, "ClusterIP", dict(labels), target, address)

    def _target(self, name: str, port: int) -> int:
        differs = name == DEPENDENCIES[0].service and self._faults.on(PORT_DIFFERS)
        return OTHER_PORT if differs else port

    def _pod(self, one: Dependency, number: int = 0) -> Object:
        port = self._target(one.service, one.port)
        container = {
            "name": one.service,
            "image": f"sandbox/{one.service}:1",
            "ports": [{"containerPort": port, "protocol": "TCP"}],
        }
        name = f"{one.service}-{self._suffix(one.service, number)}"
        address = pod_address(one.number + number * len(DEPENDENCIES))
        metadata = self._metadata(name, one.labels)
        pod = manifests.pod(metadata, container, self._born, address=address)
        is_on_host = one is DEPENDENCIES[0] and self._faults.on(HOST_NETWORK)
        return manifests.on_host_network(pod) if is_on_host else pod

    def _policy(self) -> Object:
        mongodb = DEPENDENCIES[0]
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": self._metadata("allow-mongodb", {}),
            "spec": {
                "podSelector": {"matchLabels": dict(mongodb.labels)},
                "ingress": [{}],
                "policyTypes": ["Ingress"],
            },
        }

    def _default_namespace(self) -> Object:
        metadata = self._metadata("default", {"kubernetes.io/metadata.name": "default"})
        del metadata["namespace"]
        return {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": metadata,
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }

    def _api_server(self) -> Object:
        metadata = {**self._metadata("kubernetes", {}), "namespace": "default"}
        return manifests.service(
            metadata, "ClusterIP", {}, {"name": "https", "port": 443, "targetPort": 443}, API_SERVER
        )

    def _metadata(self, name: str, labels: Mapping[str, str]) -> Object:
        return {
            "name": name,
            "namespace": self._namespace,
            **({"labels": dict(labels)} if labels else {}),
            "uid": self._uids.setdefault(name, str(uuid.uuid4())),
            "creationTimestamp": self._born,
        }

    def _suffix(self, name: str, number: int) -> str:
        letters = [self._random.choice(_LETTERS) for _ in range(15)]
        made = "".join(letters[:10]) + "-" + "".join(letters[10:])
        return self._suffixes.setdefault(f"{name} {number}", made)
