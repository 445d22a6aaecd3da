"""The pods of the dependencies and what brings them back: a pod that is deleted has a successor."""

import random
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.dependencies import DEPENDENCIES, MONGODB, DependencyService
from sandbox.faults import ActiveFaults, Unit, Value, knob
from sandbox.kubernetes.addresses import pod_address
from sandbox.kubernetes.objects.store import Change, ChangeType, Store
from sandbox.kubernetes.workloads import manifests
from sandbox.kubernetes.workloads.controllers import Deployment, StatefulSet

Object = dict[str, Any]

HOST_NETWORK = knob("host-network", "MongoDB's pod is in the network of its node")
MANY_PODS = knob("many-pods", "so many pods carry MongoDB's labels", Value(Unit.WHOLE_NUMBER, 12))
PORT_DIFFERS = knob(
    "service-port-differs", "MongoDB's pod listens on another port than its Service"
)
RETURN_AFTER = knob(
    "pods-return-after",
    "the controller of a dependency has a new pod ready after this time (5 s without the knob)",
    Value(Unit.SECONDS, 5.0),
)
NO_CONTROLLER = knob("pods-without-controller", "nothing would bring a dependency's pods back")
EVICTED_POD = knob("evicted-pod", "a pod of MongoDB that was evicted is still listed")
KNOBS = (HOST_NETWORK, MANY_PODS, PORT_DIFFERS, RETURN_AFTER, NO_CONTROLLER, EVICTED_POD)

OTHER_PORT = 27018
_RETURN_AFTER_S = 5.0
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_ADDRESSES = 8
"""Addresses between the generations of one pod."""


@dataclass
class _Place:
    """Where a pod stands or will stand again: the number of the pod, and since when it may."""

    generation: int = 0
    due: float = 0.0


class DependencyPods:
    """Yields the pods as the knobs have them; identities stay the same until one is deleted."""

    def __init__(
        self,
        store: Store,
        faults: ActiveFaults,
        namespace: str,
        seed: int,
    ) -> None:
        self._store = store
        self._faults = faults
        self._namespace = namespace
        self._random = random.Random(f"standing {seed}")  # noqa: S311 - names, not secrets
        self._places: dict[tuple[str, int], _Place] = {}
        self._names: dict[tuple[str, int, int], str] = {}
        self._uids: defaultdict[str, str] = defaultdict(lambda: str(uuid.uuid4()))
        self._births: dict[str, str] = {}
        store.follow(self._note)

    def objects(self) -> Iterator[tuple[str, Object]]:
        """Each pod that stands now, and what brings it back, with its plural."""
        for one in DEPENDENCIES:
            if not self._faults.on(NO_CONTROLLER):
                yield from self._controller(one).objects()
            many = one is MONGODB and self._faults.on(MANY_PODS)
            for number in range(int(self._faults.number(MANY_PODS)) if many else 1):
                if self._place(one, number).due <= time.monotonic():
                    yield "pods", self._pod(one, number)
        if self._faults.on(EVICTED_POD):
            yield "pods", self._evicted()

    def return_at_once(self) -> None:
        """Wait no longer for the successors of deleted pods."""
        for place in self._places.values():
            place.due = 0.0

    def target_port(self, one: DependencyService) -> int:
        """The port that the pod listens on."""
        differs = one is MONGODB and self._faults.on(PORT_DIFFERS)
        return OTHER_PORT if differs else one.port

    def _place(self, one: DependencyService, number: int) -> _Place:
        return self._places.setdefault((one.service, number), _Place())

    def _note(self, change: Change) -> None:
        """Let a pod that was deleted have a successor, as its controller does."""
        if change.plural != "pods" or change.type is not ChangeType.DELETED:
            return
        name = change.object["metadata"]["name"]
        for (service, number), place in self._places.items():
            if name == self._names.get((service, number, place.generation)):
                known = self._faults.on(RETURN_AFTER)
                after_s = self._faults.number(RETURN_AFTER) if known else _RETURN_AFTER_S
                place.generation, place.due = place.generation + 1, time.monotonic() + after_s

    def _pod(self, one: DependencyService, number: int) -> Object:
        generation = self._place(one, number).generation
        position = DEPENDENCIES.index(one) + 1 + number * len(DEPENDENCIES)
        name = self._name(one, number, generation)
        address = pod_address(position + generation % _ADDRESSES * 32)
        metadata = self._metadata(one, name, generation)
        born = metadata["creationTimestamp"]
        pod = manifests.pod(metadata, self._container(one), born, address=address)
        is_on_host = one is MONGODB and self._faults.on(HOST_NETWORK)
        return manifests.on_host_network(pod) if is_on_host else pod

    def _container(self, one: DependencyService) -> Object:
        ports = [{"containerPort": self.target_port(one), "protocol": "TCP"}]
        return {"name": one.service, "image": f"sandbox/{one.service}:1", "ports": ports}

    def _evicted(self) -> Object:
        metadata = self._metadata(MONGODB, "mongodb-evicted")
        pod = manifests.pod(metadata, self._container(MONGODB), self._store.timestamp())
        reason = {"reason": "Evicted", "message": "The node was low on resource: memory."}
        return {**pod, "status": {"phase": "Failed", **reason}}

    def _metadata(self, one: DependencyService, name: str, generation: int = 0) -> Object:
        owned = not self._faults.on(NO_CONTROLLER)
        life = f"{name} {generation}"  # a successor of the same name is another pod
        return {
            "name": name,
            "namespace": self._namespace,
            "labels": dict(one.labels),
            "uid": self._uids[life],
            "creationTimestamp": self._births.setdefault(life, self._store.timestamp()),
            **({"ownerReferences": [self._controller(one).owner]} if owned else {}),
        }

    def _controller(self, one: DependencyService) -> Deployment | StatefulSet:
        kind = StatefulSet if one.stateful else Deployment
        container = {"name": one.service, "image": f"sandbox/{one.service}:1"}
        born = self._births.setdefault(one.service, self._store.timestamp())
        return kind(one.service, self._namespace, one.labels, container, born)

    def _name(self, one: DependencyService, number: int, generation: int) -> str:
        letters = "".join(self._random.choice(_LETTERS) for _ in range(5))
        known = self._controller(one)
        made = (
            f"{known.name}-{number}"
            if isinstance(known, StatefulSet)
            else f"{known.replica_set}-{letters}"
        )
        return self._names.setdefault((one.service, number, generation), made)
