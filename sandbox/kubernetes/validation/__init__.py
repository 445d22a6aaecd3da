"""What is wrong with objects, field by field, in the words of Kubernetes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.kubernetes.api.responses import Cause
from sandbox.kubernetes.objects.discovery import Resource
from sandbox.kubernetes.validation import jobs, others
from sandbox.kubernetes.validation.metadata import changed_metadata, new_metadata
from sandbox.kubernetes.validation.network_policies import network_policy

Object = Mapping[str, Any]

_OBJECTS: Mapping[str, Callable[[Object], Iterable[Cause]]] = {
    "networkpolicies": network_policy,
    "jobs": jobs.job,
    "pods": jobs.pod,
    "leases": others.lease,
    "services": others.service,
    "events": others.event,
}
_CHANGES: Mapping[str, Callable[[Object, Object], Iterable[Cause]]] = {
    "jobs": jobs.changed_job,
    "configmaps": others.changed_config_map,
    "deployments": others.changed_deployment,
}


def wrong_in_new(resource: Resource, item: Object) -> list[Cause]:
    """Return what is wrong with a new object."""
    return [*new_metadata(resource, item["metadata"]), *_wrong_in(resource, item)]


def wrong_in_changed(resource: Resource, before: Object, after: Object) -> list[Cause]:
    """Return what is wrong with a changed object."""
    changes = _CHANGES.get(resource.plural)
    return [
        *changed_metadata(before["metadata"], after["metadata"]),
        *_wrong_in(resource, after),
        *(changes(before, after) if changes else ()),
    ]


def _wrong_in(resource: Resource, item: Object) -> Iterable[Cause]:
    check = _OBJECTS.get(resource.plural)
    return check(item) if check else ()
