"""Creating, changing and deleting objects: what happens between a request and the store."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.kubernetes.api import body as bodies
from sandbox.kubernetes.api.options import WriteOptions
from sandbox.kubernetes.api.responses import (
    ApiError,
    StatusCause,
    already_exists,
    bad_request,
    invalid,
    not_found,
)
from sandbox.kubernetes.objects.admission import Admission
from sandbox.kubernetes.objects.defaults import with_defaults
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.objects.patches import PatchError, patched
from sandbox.kubernetes.objects.preconditions import check_name, check_uid, check_version
from sandbox.kubernetes.objects.status import prepare_change, prepare_new
from sandbox.kubernetes.objects.store import Object, Store
from sandbox.kubernetes.validation import wrong_in_changed, wrong_in_new
from sandbox.kubernetes.validation.causes import invalid as invalid_value

_SUFFIX_LENGTH = 5
_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_SERVERS_OWN = (
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "managedFields",
)
_NOBODYS = ("apiVersion", "kind", "status", "metadata")
_SYSTEM_METADATA = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
    "generation",
    "managedFields",
)


@dataclass(frozen=True)
class Patch:
    """A patch and its media type."""

    kind: str
    content: Any


class Writer:
    """Writes as one request of one user does."""

    def __init__(self, store: Store, admission: Admission) -> None:
        self._store = store
        self._admission = admission

    def create(
        self, resource: ServedResource, namespace: str, item: Object, options: WriteOptions
    ) -> Object:
        """Take a new object, and return it as it is then. Raises ApiError."""
        metadata = dict(item["metadata"])
        for name in _SYSTEM_METADATA:
            metadata.pop(name, None)
        self._place(resource, namespace, metadata)
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"] + _suffix()
        metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": self._store.timestamp()}
        new = with_defaults(resource.plural, {**item, "metadata": metadata})
        prepare_new(resource, new, self._store)
        if causes := wrong_in_new(resource, new):
            raise invalid(resource.qualified_kind, metadata.get("name", ""), causes)
        self._admission.check_new(resource, new)
        self._admission.change_new(resource, new)
        if metadata.pop("resourceVersion", ""):
            raise ApiError(500, "", "resourceVersion should not be set on objects to be created")
        if self._store.has((resource.plural, namespace, metadata["name"])):
            raise already_exists(resource.qualified, metadata["name"])
        self._claim(resource, {}, new, options)
        return new if options.dry_run else self._store.add(resource.plural, new)

    def update(
        self,
        resource: ServedResource,
        namespace: str,
        name: str,
        item: Object,
        options: WriteOptions,
    ) -> tuple[Object, bool]:
        """Put `item` in the place of what is there; return it and whether it is new."""
        check_name(namespace, name, item["metadata"])
        before = self._store.get(resource.plural, namespace, name)
        if before is None:
            if not resource.created_by_update:
                raise not_found(resource.qualified, name)
            metadata = {**item["metadata"], "resourceVersion": ""}  # a real server ignores it here
            return self.create(resource, namespace, {**item, "metadata": metadata}, options), True
        check_uid(resource, before, item["metadata"])
        return self._change(resource, before, item, options), False

    def patch(
        self,
        resource: ServedResource,
        before: Object,
        patch: Patch,
        options: WriteOptions,
        restrict: Callable[[Object, Object], Object] = lambda _, after: after,
    ) -> tuple[Object, list[str]]:
        """Change an object by a patch; return it and what is warned of. Raises ApiError.

        `restrict` takes the object before and after, and returns what a subresource lets through.
        """
        read = _conformed(resource, _patched(resource, before, patch), options)
        item = restrict(before, read.item)
        check_uid(resource, before, item["metadata"])
        return self._change(resource, before, item, options), read.warnings

    def _change(
        self,
        resource: ServedResource,
        before: Object,
        item: Object,
        options: WriteOptions,
    ) -> Object:
        check_version(resource, before, item["metadata"])
        metadata = _with_system_fields(before["metadata"], item["metadata"])
        after = with_defaults(resource.plural, {**item, "metadata": metadata})
        prepare_change(resource, before, after)
        if causes := wrong_in_changed(resource, before, after):
            raise invalid(resource.qualified_kind, metadata["name"], causes)
        self._admission.check_changed(resource, before, after)
        self._claim(resource, before, after, options)
        return after if options.dry_run else self._replace(resource, after)

    def _replace(self, resource: ServedResource, after: Object) -> Object:
        written = self._store.replace(resource.plural, after)
        metadata = after["metadata"]
        waits = metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds")
        if "deletionTimestamp" in metadata and not waits:
            place = metadata.get("namespace", "")
            self._store.remove(resource.plural, place, metadata["name"])
        return written

    def _claim(
        self, resource: ServedResource, before: Object, after: Object, options: WriteOptions
    ) -> None:
        """Note who changed which top-level fields, and when; that is what is read of it here."""
        changed = {
            name for name in after if name not in _NOBODYS and after[name] != before.get(name)
        }
        held = before.get("metadata", {}).get("managedFields", [])
        own = [one for one in held if one["manager"] == options.manager]
        names = {f"f:{name}" for name in changed}.union(*(one["fieldsV1"] for one in own))
        fields = [one for one in held if one not in own] + [
            {
                "manager": options.manager,
                "operation": "Update",
                "apiVersion": resource.api_version,
                "time": self._store.timestamp(),
                "fieldsType": "FieldsV1",
                "fieldsV1": {name: {} for name in sorted(names)},
            }
        ]
        after["metadata"]["managedFields"] = fields if changed else held

    def _place(self, resource: ServedResource, namespace: str, metadata: Object) -> None:
        """Put a new object into the namespace of the request, which must be there."""
        given = metadata.get("namespace", "")
        if given and given != namespace:
            raise bad_request(
                "the namespace of the provided object does not match "
                "the namespace sent on the request"
            )
        if not resource.namespaced:
            return
        if self._store.get("namespaces", "", namespace) is None:
            raise not_found("namespaces", namespace)
        metadata["namespace"] = namespace


def _with_system_fields(former: Object, given: Object) -> Object:
    """The metadata of a changed object: what the server alone sets stays as it was."""
    metadata = {**given, "resourceVersion": former["resourceVersion"]}
    for name in ("uid", "namespace"):
        if name in former:
            metadata.setdefault(name, former[name])
    for name in _SERVERS_OWN:
        metadata.pop(name, None)
        if name in former:
            metadata[name] = former[name]
    return metadata


def _patched(resource: ServedResource, before: Object, patch: Patch) -> Any:
    try:
        return patched(resource.kind, before, patch.content, patch.kind)
    except TypeError as error:
        raise bad_request(str(error)) from error
    except PatchError as error:
        raise ApiError(422, "Invalid", str(error), {}) from error


def _conformed(resource: ServedResource, result: Any, options: WriteOptions) -> bodies.Read:
    """A patched object as its kind has it. Raises ApiError 422, as patches do."""
    try:
        return bodies.conform(resource, result, [], options.validation)
    except ApiError as error:
        _, _, why = str(error).partition(f"as a {resource.kind}: ")
        cause: StatusCause = invalid_value("patch", result, why or str(error))
        raise invalid("", "", [cause]) from error


def _suffix() -> str:
    return "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(_SUFFIX_LENGTH))
