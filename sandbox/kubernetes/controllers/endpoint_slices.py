"""EndpointSlices: which pods stand behind a Service, kept in step with both."""

import hashlib
from collections.abc import Iterator
from typing import Any

from sandbox.kubernetes.objects.store import Change, ChangeType, Object, Store

_SERVICE_NAME = "kubernetes.io/service-name"
_MANAGED_BY = {"endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}
_Label = tuple[str, str, str]
"""Namespace, key, value."""


class EndpointSlices:
    """Follows Services and pods; finds one by the other through an index by label."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pods: dict[_Label, dict[str, Object]] = {}
        self._services: dict[_Label, dict[str, Object]] = {}
        store.follow(self._note)

    def _note(self, change: Change) -> None:
        if change.plural == "services":
            self._note_service(change)
        elif change.plural == "pods":
            self._note_pod(change)

    def _note_service(self, change: Change) -> None:
        for item in (change.before, change.object):
            if item is not None and (label := _first_selector(item)):
                self._services.setdefault(label, {}).pop(item["metadata"]["name"], None)
        label = _first_selector(change.object)
        if label is None:
            return
        if change.type is ChangeType.DELETED:
            self._drop(change.object)
        else:
            self._services.setdefault(label, {})[change.object["metadata"]["name"]] = change.object
            self._bring_up_to_date(change.object)

    def _note_pod(self, change: Change) -> None:
        touched: dict[str, Object] = {}
        for item in (change.before, change.object):
            for label in _labels(item):
                self._pods.setdefault(label, {}).pop(item["metadata"]["name"], None)  # type: ignore[index]
                touched |= self._services.get(label, {})
        if change.type is not ChangeType.DELETED:
            for label in _labels(change.object):
                self._pods.setdefault(label, {})[change.object["metadata"]["name"]] = change.object
        for service in touched.values():
            self._bring_up_to_date(service)

    def _drop(self, service: Object) -> None:
        key = ("endpointslices", service["metadata"]["namespace"], _slice_name(service))
        if self._store.has(key):
            self._store.remove(*key)

    def _bring_up_to_date(self, service: Object) -> None:
        wanted = _slice(service, list(self._behind(service)))
        key = ("endpointslices", service["metadata"]["namespace"], wanted["metadata"]["name"])
        if self._store.has(key):
            body = {"endpoints": wanted["endpoints"], "ports": wanted["ports"]}
            self._store.update(*key, body)
        else:
            self._store.add("endpointslices", wanted)

    def _behind(self, service: Object) -> Iterator[Object]:
        selector, label = service["spec"]["selector"], _first_selector(service)
        candidates = self._pods.get(label, {}) if label else {}
        for _, pod in sorted(candidates.items()):
            if selector.items() <= pod["metadata"].get("labels", {}).items() and _address(pod):
                yield pod


def target_port(port: Object, pod: Object) -> int | None:
    """The number of a Service port's targetPort in a pod, None without one of its name."""
    target = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target
    named = (
        one["containerPort"]
        for container in pod["spec"].get("containers", [])
        for one in container.get("ports", [])
        if one.get("name") == target
    )
    return next(named, None)


def _slice(service: Object, pods: list[Object]) -> Object:
    metadata = service["metadata"]
    owner: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Service",
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": _slice_name(service),
            "generateName": f"{metadata['name']}-",
            "namespace": metadata["namespace"],
            "labels": {**_MANAGED_BY, _SERVICE_NAME: metadata["name"]},
            "ownerReferences": [owner],
        },
        "addressType": "IPv4",
        "endpoints": [_endpoint(pod) for pod in pods],
        "ports": [_port(port, pods) for port in service["spec"].get("ports", [])],
    }


def _slice_name(service: Object) -> str:
    digest = hashlib.sha256(service["metadata"]["uid"].encode()).hexdigest()
    return f"{service['metadata']['name']}-{digest[:5]}"


def _endpoint(pod: Object) -> Object:
    metadata, ready = pod["metadata"], _is_ready(pod)
    ending = "deletionTimestamp" in metadata
    return {
        "addresses": [_address(pod)],
        "conditions": {"ready": ready and not ending, "serving": ready, "terminating": ending},
        "nodeName": pod["spec"].get("nodeName", ""),
        "targetRef": {
            "kind": "Pod",
            "namespace": metadata["namespace"],
            "name": metadata["name"],
            "uid": metadata["uid"],
        },
    }


def _port(port: Object, pods: list[Object]) -> Object:
    numbers = [number for pod in pods if (number := target_port(port, pod))]
    named = {"name": port.get("name", ""), "protocol": port.get("protocol", "TCP")}
    return {**named, "port": numbers[0] if numbers else None}


def _is_ready(pod: Object) -> bool:
    return any(
        one["type"] == "Ready" and one["status"] == "True"
        for one in pod.get("status", {}).get("conditions", [])
    )


def _address(pod: Object) -> str:
    return str(pod.get("status", {}).get("podIP", ""))


def _first_selector(service: Object) -> _Label | None:
    selector = service["spec"].get("selector") or {}
    namespace = service["metadata"]["namespace"]
    return next(((namespace, *pair) for pair in sorted(selector.items())), None)


def _labels(item: Object | None) -> Iterator[_Label]:
    metadata = (item or {"metadata": {}})["metadata"]
    for pair in metadata.get("labels", {}).items():
        yield (metadata["namespace"], *pair)
