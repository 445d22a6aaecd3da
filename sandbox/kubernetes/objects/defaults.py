"""What the API server fills in where an object says nothing."""

from collections.abc import Callable, Mapping
from typing import Any

Object = dict[str, Any]


def with_defaults(plural: str, item: Object) -> Object:
    """Complete an object in place, and return it."""
    fill = _FILL.get(plural)
    if fill is not None:
        fill(item)
    return item


def _network_policy(item: Object) -> None:
    spec = item.setdefault("spec", {})
    spec.setdefault("podSelector", {})
    for direction in ("ingress", "egress"):
        for rule in spec.get(direction, []):
            for port in rule.get("ports", []):
                port.setdefault("protocol", "TCP")
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _job(item: Object) -> None:
    spec = item.setdefault("spec", {})
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    for name, value in (
        ("parallelism", 1),
        ("backoffLimit", 6),
        ("completionMode", "NonIndexed"),
        ("suspend", False),
        ("podReplacementPolicy", "TerminatingOrFailed"),
        ("manualSelector", False),
    ):
        spec.setdefault(name, value)
    template = spec.setdefault("template", {})
    labels = template.get("metadata", {}).get("labels")
    if labels and not item["metadata"].get("labels"):
        item["metadata"]["labels"] = dict(labels)
    _pod_spec(template.setdefault("spec", {}))


def _pod(item: Object) -> None:
    _pod_spec(item.setdefault("spec", {}))


def _pod_spec(spec: Object) -> None:
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("schedulerName", "default-scheduler")
    spec.setdefault("securityContext", {})
    for container in (*spec.get("containers", []), *spec.get("ephemeralContainers", [])):
        _container(container)


def _container(container: Object) -> None:
    container.setdefault("resources", {})
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    _, _, tag = str(container.get("image", "")).rpartition(":")
    container.setdefault("imagePullPolicy", "Always" if tag in {"", "latest"} else "IfNotPresent")
    for port in container.get("ports", []):
        port.setdefault("protocol", "TCP")


def _service(item: Object) -> None:
    spec = item.setdefault("spec", {})
    spec.setdefault("type", "ClusterIP")
    spec.setdefault("sessionAffinity", "None")
    for port in spec.get("ports", []):
        port.setdefault("protocol", "TCP")
        if "port" in port:
            port.setdefault("targetPort", port["port"])


def _namespace(item: Object) -> None:
    item.setdefault("spec", {"finalizers": ["kubernetes"]})
    item["status"] = {"phase": "Active"}
    labels = item["metadata"].setdefault("labels", {})
    labels["kubernetes.io/metadata.name"] = item["metadata"].get("name", "")


_FILL: Mapping[str, Callable[[Object], None]] = {
    "networkpolicies": _network_policy,
    "jobs": _job,
    "pods": _pod,
    "services": _service,
    "namespaces": _namespace,
}
