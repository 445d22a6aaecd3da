"""Admission: objects refused by pod security or the sandbox's limits though valid."""

from typing import Any

from sandbox.faults import ActiveFaults
from sandbox.kubernetes.api.faults import (
    ADDS_FINALIZER,
    DROPS_OWNER,
    DROPS_TTL,
    EPHEMERAL_REFUSED,
)
from sandbox.kubernetes.api.responses import forbidden
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.objects.merge_patch import difference
from sandbox.kubernetes.objects.store import Object, Store

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"

FINALIZER = "example.com/kept"
_SERVER_KEEPS = ("status", "metadata")


class Admission:
    """Looks at every object before it is stored. Raises ApiError 403."""

    def __init__(self, store: Store, faults: ActiveFaults) -> None:
        self._store = store
        self._faults = faults

    def check_new(self, resource: ServedResource, item: Object) -> None:
        """Refuse new objects in a namespace that is being deleted."""
        namespace = item["metadata"].get("namespace", "")
        if resource.plural == "deployments":
            why = "the sandbox runs no Deployment but the server's"
            raise forbidden(resource.qualified, item["metadata"]["name"], why)
        place = self._store.find("namespaces", "", namespace) if namespace else None
        if place and "deletionTimestamp" in place["metadata"]:
            why = (
                f"unable to create new content in namespace {namespace} "
                "because it is being terminated"
            )
            raise forbidden(resource.qualified, item["metadata"]["name"], why)

    def change_new(self, resource: ServedResource, item: Object) -> None:
        """Change new objects as a webhook may, where a fault has it so."""
        if resource.plural == "jobs" and self._faults.on(DROPS_TTL):
            item["spec"].pop("ttlSecondsAfterFinished", None)
        if resource.plural == "networkpolicies" and self._faults.on(ADDS_FINALIZER):
            item["metadata"]["finalizers"] = [FINALIZER]
        if resource.plural == "networkpolicies" and self._faults.on(DROPS_OWNER):
            item["metadata"].pop("ownerReferences", None)

    def check_changed(self, resource: ServedResource, before: Object, after: Object) -> None:
        """Refuse changes that cannot be played, and what pod security forbids."""
        name = before["metadata"]["name"]
        if resource.plural == "deployments" and not _is_restart(before, after):
            why = f"the sandbox lets only {RESTARTED_AT} be changed"
            raise forbidden(resource.qualified, name, why)
        if resource.plural == "pods" and self._faults.on(EPHEMERAL_REFUSED):
            self._check_pod_security(name, before, after)

    def _check_pod_security(self, name: str, before: Object, after: Object) -> None:
        known = before["spec"].get("ephemeralContainers", [])
        for container in after["spec"].get("ephemeralContainers", []):
            added = _added_capabilities(container)
            if container not in known and added:
                shown = ", ".join(f'"{one}"' for one in added)
                what = container["name"]
                why = (
                    'violates PodSecurity "baseline:latest": non-default capabilities '
                    f'(container "{what}" must not include {shown} in '
                    "securityContext.capabilities.add)"
                )
                raise forbidden("pods", name, why)


def _is_restart(before: Object, after: Object) -> bool:
    changes: Any = difference(
        {name: value for name, value in before.items() if name not in _SERVER_KEEPS},
        {name: value for name, value in after.items() if name not in _SERVER_KEEPS},
    )
    for key in ("spec", "template", "metadata", "annotations"):
        if changes == {}:
            return True
        if list(changes) != [key]:
            return False
        changes = changes[key]
    return set(changes) <= {RESTARTED_AT}


def _added_capabilities(container: Object) -> list[str]:
    capabilities = container.get("securityContext", {}).get("capabilities", {})
    return list(capabilities.get("add", []))
