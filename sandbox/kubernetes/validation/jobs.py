"""Validation of Jobs and of the pods that they describe."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.kubernetes.api.responses import StatusCause
from sandbox.kubernetes.validation import names
from sandbox.kubernetes.validation.causes import (
    duplicate,
    invalid,
    not_negative,
    required,
    unchanged,
    unsupported,
)
from sandbox.kubernetes.validation.label_selectors import label_selector

_NUMBERS = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
)
_COMPLETION_MODES = ("NonIndexed", "Indexed")
_RESTART_POLICIES = ("OnFailure", "Never")
_FIXED = ("completions", "selector", "template", "completionMode", "podFailurePolicy", "managedBy")


def job(item: Mapping[str, Any]) -> Iterator[StatusCause]:
    """What is wrong with the spec."""
    spec = item["spec"]
    for name in _NUMBERS:
        yield from not_negative(f"spec.{name}", spec.get(name))
    mode = spec.get("completionMode", "NonIndexed")
    if mode not in _COMPLETION_MODES:
        yield unsupported("spec.completionMode", mode, _COMPLETION_MODES)
    elif mode == "Indexed" and "completions" not in spec:
        yield required("spec.completions", "when completion mode is Indexed")
    template = spec.get("template", {})
    yield from pod_spec("spec.template.spec", template.get("spec", {}))
    yield from _restart_policy(template.get("spec", {}).get("restartPolicy", ""))
    yield from label_selector("spec.selector", spec.get("selector", {}))
    wanted = spec.get("selector", {}).get("matchLabels", {})
    given = template.get("metadata", {}).get("labels", {})
    if wanted.items() - given.items():
        why = "`selector` does not match template `labels`"
        yield invalid("spec.template.metadata.labels", given, why)


def changed_job(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[StatusCause]:
    """Which fields were changed that cannot be."""
    for name in _FIXED:
        path = f"spec.{name}"
        yield from unchanged(path, before["spec"].get(name), after["spec"].get(name))


def pod(item: Mapping[str, Any]) -> Iterator[StatusCause]:
    """What is wrong with a pod's spec."""
    yield from pod_spec("spec", item.get("spec", {}))
    yield from ephemeral_containers(item)


def pod_spec(path: str, spec: Mapping[str, Any]) -> Iterator[StatusCause]:
    """What is wrong with the containers of a pod, or of what a pod is made of."""
    containers = spec.get("containers", [])
    if not containers:
        yield required(f"{path}.containers")
    yield from _containers(f"{path}.containers", containers, set())


def ephemeral_containers(item: Mapping[str, Any]) -> Iterator[StatusCause]:
    """What is wrong with the containers that were added to a running pod."""
    spec = item.get("spec", {})
    taken = {container.get("name") for container in spec.get("containers", [])}
    added = spec.get("ephemeralContainers", [])
    yield from _containers("spec.ephemeralContainers", added, set(taken))
    for index, container in enumerate(added):
        target = container.get("targetContainerName")
        if target and target not in taken:
            yield StatusCause(
                "FieldValueNotFound",
                f'Not found: "{target}"',
                f"spec.ephemeralContainers[{index}].targetContainerName",
            )


def _containers(path: str, containers: list[Any], taken: set[Any]) -> Iterator[StatusCause]:
    for index, container in enumerate(containers):
        here, name = f"{path}[{index}]", container.get("name", "")
        if not name:
            yield required(f"{here}.name")
        elif name in taken:
            yield duplicate(f"{here}.name", name)
        else:
            for why in names.dns_label(name):
                yield invalid(f"{here}.name", name, why)
        taken.add(name)
        if not container.get("image"):
            yield required(f"{here}.image")


def _restart_policy(given: str) -> Iterator[StatusCause]:
    path = "spec.template.spec.restartPolicy"
    if given in {"", "Always"}:
        yield required(path, 'valid values: "OnFailure", "Never"')
    elif given not in _RESTART_POLICIES:
        yield unsupported(path, given, _RESTART_POLICIES)
