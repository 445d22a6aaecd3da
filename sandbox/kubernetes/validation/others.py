"""Validation of Leases, Services, ConfigMaps and Events: as much as is used of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.kubernetes.api.responses import StatusCause
from sandbox.kubernetes.validation import names
from sandbox.kubernetes.validation.causes import (
    NEGATIVE,
    forbidden,
    invalid,
    required,
    unchanged,
    unsupported,
)

_SERVICE_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS = ("SCTP", "TCP", "UDP")


def lease(item: Mapping[str, Any]) -> Iterator[StatusCause]:
    """What is wrong with a Lease."""
    spec = item.get("spec", {})
    duration, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    if duration is not None and duration <= 0:
        yield invalid("spec.leaseDurationSeconds", duration, "must be greater than 0")
    if transitions is not None and transitions < 0:
        yield invalid("spec.leaseTransitions", transitions, NEGATIVE)
    if spec.get("preferredHolder") and not spec.get("strategy"):
        yield forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined")


def service(item: Mapping[str, Any]) -> Iterator[StatusCause]:
    """What is wrong with a Service."""
    spec = item.get("spec", {})
    if not spec.get("ports") and spec.get("clusterIP") != "None":
        yield required("spec.ports")
    if spec["type"] not in _SERVICE_TYPES:
        yield unsupported("spec.type", spec["type"], _SERVICE_TYPES)
    for index, port in enumerate(spec.get("ports", [])):
        here, number = f"spec.ports[{index}]", port.get("port", 0)
        if len(spec["ports"]) > 1 and not port.get("name"):
            yield required(f"{here}.name")
        for why in names.port_number(number):
            yield invalid(f"{here}.port", number, why)
        if port["protocol"] not in _PROTOCOLS:
            yield unsupported(f"{here}.protocol", port["protocol"], _PROTOCOLS)


def changed_config_map(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[StatusCause]:
    """Which fields of an immutable ConfigMap were changed."""
    if before.get("immutable"):
        for name in ("data", "binaryData"):
            if before.get(name) != after.get(name):
                yield forbidden(name, "field is immutable when `immutable` is set")


def event(item: Mapping[str, Any]) -> Iterator[StatusCause]:
    """What is wrong with an Event."""
    place = item.get("involvedObject", {}).get("namespace", "")
    if item["metadata"].get("namespace", "") != (place or "default"):
        yield invalid("involvedObject.namespace", place, "does not match event.namespace")


def changed_deployment(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[StatusCause]:
    """Which fields of a Deployment were changed that cannot be."""
    yield from unchanged(
        "spec.selector", before["spec"].get("selector"), after["spec"].get("selector")
    )
