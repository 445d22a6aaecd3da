"""Which fields of a pod an update may change: metadata, or ephemeral containers only."""

from collections.abc import Iterator

from sandbox.kubernetes.api.responses import StatusCause, invalid
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.objects.store import Object
from sandbox.kubernetes.validation.causes import forbidden

_CHANGEABLE = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
    "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set "
    "to 1 if it was previously negative)"
)


def whole_pod(resource: ServedResource, before: Object, after: Object) -> Object:
    """A changed pod; its spec may not differ. Raises ApiError 422."""
    if resource.plural == "pods" and before["spec"] != after["spec"]:
        cause = forbidden("spec", _CHANGEABLE)
        raise invalid(resource.qualified_kind, before["metadata"]["name"], [cause])
    return after


def ephemeral_containers_only(resource: ServedResource, before: Object, after: Object) -> Object:
    """The pod with new ephemeral containers and nothing else. Raises ApiError 422."""
    given = after["spec"].get("ephemeralContainers", [])
    if causes := list(_lost(before["spec"].get("ephemeralContainers", []), given)):
        raise invalid(resource.qualified_kind, before["metadata"]["name"], causes)
    metadata = {**before["metadata"]}
    if version := after["metadata"].get("resourceVersion"):
        metadata["resourceVersion"] = version
    spec = {**before["spec"], "ephemeralContainers": given} if given else before["spec"]
    return {**before, "metadata": metadata, "spec": spec}


def _lost(known: list[Object], given: list[Object]) -> Iterator[StatusCause]:
    by_name = {container.get("name"): container for container in given}
    for container in known:
        name = container["name"]
        if name not in by_name:
            why = f'existing ephemeral containers "{name}" may not be removed\n'
            yield forbidden("spec.ephemeralContainers", why)
        elif by_name[name] != container:
            why = f'existing ephemeral containers "{name}" may not be changed\n'
            yield forbidden("spec.ephemeralContainers", why)
