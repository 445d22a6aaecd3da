"""Deployments and StatefulSets as they stand, and what they say of the pods that they own."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

Object = dict[str, Any]


@cache
def uid_of(kind: str, name: str) -> str:
    """The identity of an object that stands as long as the sandbox."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {name}"))


@dataclass(frozen=True)
class Controller:
    """One that keeps a single pod of one container there."""

    name: str
    namespace: str
    labels: Mapping[str, str]
    container: Object
    born: str

    def metadata(self, name: str, kind: str = "Pod") -> Object:
        return {
            "name": name,
            "namespace": self.namespace,
            "labels": dict(self.labels),
            "uid": uid_of(kind, f"{self.namespace}/{name}"),
            "creationTimestamp": self.born,
        }

    def _object(self, kind: str, name: str, **spec: object) -> Object:
        template = {
            "metadata": {"labels": dict(self.labels)},
            "spec": {"containers": [self.container]},
        }
        return {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": {**self.metadata(name, kind), "generation": 1},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": dict(self.labels)},
                "template": template,
                **spec,
            },
            "status": {
                "observedGeneration": 1,
                "replicas": 1,
                "readyReplicas": 1,
                "availableReplicas": 1,
            },
        }

    def _reference(self, kind: str, name: str) -> Object:
        return {
            "apiVersion": "apps/v1",
            "kind": kind,
            "name": name,
            "uid": uid_of(kind, f"{self.namespace}/{name}"),
            "controller": True,
            "blockOwnerDeletion": True,
        }


class Deployment(Controller):
    """It owns a ReplicaSet, which owns the pod."""

    @property
    def replica_set(self) -> str:
        return f"{self.name}-{hashlib.sha256(self.name.encode()).hexdigest()[:10]}"

    @property
    def owner(self) -> Object:
        """What the pod says of its owner."""
        return self._reference("ReplicaSet", self.replica_set)

    def objects(self) -> Iterator[tuple[str, Object]]:
        """Each object with its plural."""
        yield "deployments", self._object("Deployment", self.name)
        replica_set = self._object("ReplicaSet", self.replica_set)
        replica_set["metadata"]["ownerReferences"] = [self._reference("Deployment", self.name)]
        yield "replicasets", replica_set


class StatefulSet(Controller):
    """It owns the pod itself, whose successor has the same name."""

    @property
    def owner(self) -> Object:
        """What the pod says of its owner."""
        return self._reference("StatefulSet", self.name)

    def objects(self) -> Iterator[tuple[str, Object]]:
        """The object with its plural."""
        yield "statefulsets", self._object("StatefulSet", self.name, serviceName=self.name)
