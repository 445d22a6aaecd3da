"""Deletion: preconditions, finalizers, what becomes of dependents."""

from typing import Any

from sandbox.kubernetes.api.options import DeleteOptions, Propagation
from sandbox.kubernetes.api.responses import conflict, deleted
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.objects.store import Object, Store

ORPHAN_FINALIZER = "orphan"
FOREGROUND_FINALIZER = "foregroundDeletion"
ORPHAN_WARNING = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background "
    "to remove them or set propagationPolicy=Orphan to suppress this warning"
)

_FINALIZERS = {
    Propagation.ORPHAN: ORPHAN_FINALIZER,
    Propagation.FOREGROUND: FOREGROUND_FINALIZER,
}
_KUBELET_GRACE_S = 30


def propagation_of(resource: ServedResource, options: DeleteOptions) -> Propagation:
    """What becomes of the dependents."""
    if options.propagation is not None:
        return options.propagation
    return Propagation.ORPHAN if resource.orphans_by_default else Propagation.BACKGROUND


def delete(store: Store, resource: ServedResource, item: Object, options: DeleteOptions) -> Object:
    """Delete an object, or mark it for those who must finish first; return the answer's body.

    Raises ApiError 409 when a precondition does not hold.
    """
    _check_preconditions(resource, item, options)
    metadata = item["metadata"]
    marked = _marked(store, resource, item, options)
    if marked is None:
        if not options.dry_run:
            store.remove(resource.plural, metadata.get("namespace", ""), metadata["name"])
        if resource.returns_deleted:
            return item
        return deleted(resource.qualified, metadata["name"], metadata["uid"])
    return marked if options.dry_run else store.replace(resource.plural, marked)


def _marked(
    store: Store, resource: ServedResource, item: Object, options: DeleteOptions
) -> Object | None:
    """The object as it waits for its end, None when it waits for nobody."""
    metadata = item["metadata"]
    finalizers = [
        name for name in metadata.get("finalizers", []) if name not in _FINALIZERS.values()
    ]
    needed = _FINALIZERS.get(propagation_of(resource, options))
    if needed:
        finalizers.append(needed)
    grace_s = _grace_s(resource, item, options)
    if not finalizers and not grace_s:
        return None
    changes: dict[str, Any] = {
        "deletionTimestamp": metadata.get("deletionTimestamp", store.timestamp()),
        "deletionGracePeriodSeconds": grace_s,
        **({"finalizers": finalizers} if finalizers else {}),
    }
    marked = {**item, "metadata": {**metadata, **changes}}
    if resource.plural == "namespaces":
        marked["status"] = {**item.get("status", {}), "phase": "Terminating"}
    return marked


def _grace_s(resource: ServedResource, item: Object, options: DeleteOptions) -> int:
    """Pods that run are given time; a namespace ends when it is empty."""
    if resource.plural == "namespaces":
        return 1
    if resource.plural != "pods" or not item["spec"].get("nodeName"):
        return 0
    if options.grace_period_s is not None:
        return options.grace_period_s
    return int(item["spec"].get("terminationGracePeriodSeconds", _KUBELET_GRACE_S))


def _check_preconditions(resource: ServedResource, item: Object, options: DeleteOptions) -> None:
    metadata = item["metadata"]
    for given, known, what, how in (
        (options.uid, metadata["uid"], "UID", "deleted and then recreated"),
        (options.resource_version, metadata["resourceVersion"], "ResourceVersion", "modified"),
    ):
        if given and given != known:
            raise conflict(
                resource.qualified_kind,
                metadata["name"],
                f"the {what} in the precondition ({given}) does not match the {what} in record "
                f"({known}). The object might have been {how}",
            )
