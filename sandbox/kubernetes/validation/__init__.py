"""What is wrong with objects, field by field, in the words of Kubernetes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.kubernetes.api.responses import StatusCause
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.validation import jobs, others
from sandbox.kubernetes.validation.metadata import changed_metadata, new_metadata
from sandbox.kubernetes.validation.network_policies import network_policy

Object = Mapping[str, Any]

_OBJECTS: Mapping[str, Callable[[Object], Iterable[StatusCause]]] = {
    "networkpolicies": network_policy,
    "jobs": jobs.job,
    "pods": jobs.pod,
    "leases": others.lease,
    "services": others.service,
    "events": others.event,
}
_CHANGES: Mapping[str, Callable[[Object, Object], Iterable[StatusCause]]] = {
    "jobs": jobs.changed_job,
    "configmaps": others.changed_config_map,
    "deployments": others.changed_deployment,
}


def wrong_in_new(resource: ServedResource, item: Object) -> list[StatusCause]:
    """What is wrong with a new object."""
    return [*new_metadata(resource, item["metadata"]), *_wrong_in(resource, item)]


def wrong_in_changed(resource: ServedResource, before: Object, after: Object) -> list[StatusCause]:
    """What is wrong with a changed object."""
    changes = _CHANGES.get(resource.plural)
    return [
        *changed_metadata(before["metadata"], after["metadata"]),
        *_wrong_in(resource, after),
        *(changes(before, after) if changes else ()),
    ]


def _wrong_in(resource: ServedResource, item: Object) -> Iterable[StatusCause]:
    check = _OBJECTS.get(resource.plural)
    return check(item) if check else ()
