"""What is there before anybody asks: namespaces, Services, the dependencies, and their variety.

The knobs are what a real cluster may be like.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.dependencies import DEPENDENCIES, MONGODB
from sandbox.faults import ActiveFaults, knob
from sandbox.kubernetes.addresses import API_SERVER, service_address
from sandbox.kubernetes.api.rbac import ACCOUNT
from sandbox.kubernetes.objects.store import Store
from sandbox.kubernetes.workloads import (
    bystanders,
    dependency_pods,
    manifests,
    server_objects,
)
from sandbox.kubernetes.workloads.dependency_pods import DependencyPods
from sandbox.kubernetes.workloads.server_process import NAME

Object = dict[str, Any]

CONFLICTING_POLICY = knob(
    "conflicting-allow-policy", "a NetworkPolicy is there that allows everything to reach MongoDB"
)
KNOBS = (CONFLICTING_POLICY, *dependency_pods.KNOBS)


class InitialObjects:
    """Yields these objects as the knobs have them; identities stay the same."""

    def __init__(self, store: Store, faults: ActiveFaults, namespace: str, seed: int) -> None:
        self._store = store
        self._faults = faults
        self._namespace = namespace
        self._pods = DependencyPods(store, faults, namespace, seed)
        self._born = store.timestamp()
        self._uids: defaultdict[str, str] = defaultdict(lambda: str(uuid.uuid4()))

    def reset(self) -> None:
        """Let everything stand that stands at the start."""
        self._pods.return_at_once()

    def objects(self) -> Iterator[tuple[str, Object]]:
        """Each object with its plural."""
        yield "namespaces", self._default_namespace()
        yield "services", self._api_server()
        for account in ("default", ACCOUNT):
            item = {"apiVersion": "v1", "kind": "ServiceAccount"}
            yield "serviceaccounts", {**item, "metadata": self._metadata(account, {})}
        port = server_objects.PORT
        yield "services", self._service(NAME, server_objects.LABELS, (port, port), 0)
        for number, one in enumerate(DEPENDENCIES, start=1):
            ports = (one.port, self._pods.target_port(one))
            yield "services", self._service(one.service, one.labels, ports, number)
        yield from self._pods.objects()
        yield from bystanders.objects(self._namespace, self._born)
        if self._faults.on(CONFLICTING_POLICY):
            yield "networkpolicies", self._policy()

    def _service(
        self, name: str, labels: Mapping[str, str], ports: tuple[int, int], number: int
    ) -> Object:
        port: Object = {"port": ports[0], "targetPort": ports[1]}
        address = service_address(number + 2)
        metadata = self._metadata(name, labels)
        return manifests.service(metadata, "ClusterIP", dict(labels), port, address)

    def _policy(self) -> Object:
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": self._metadata("allow-mongodb", {}),
            "spec": {
                "podSelector": {"matchLabels": dict(MONGODB.labels)},
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
            "uid": self._uids[name],
            "creationTimestamp": self._born,
        }
