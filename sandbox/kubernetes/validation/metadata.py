"""Validation of metadata: of new objects, and of changed ones against what they were."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.kubernetes.api.responses import StatusCause
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.validation import names
from sandbox.kubernetes.validation.causes import forbidden, invalid, required, too_long, unchanged

Metadata = Mapping[str, Any]

_ANNOTATIONS_BYTES = 256 * 1024
_FIXED = ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp")
_NAMES: Mapping[str, Callable[[str], list[str]]] = {
    "namespaces": names.dns_label,
    "services": names.dns_1035_label,
}


def new_metadata(resource: ServedResource, metadata: Metadata) -> Iterator[StatusCause]:
    """What is wrong with a new object's metadata."""
    legal = _NAMES.get(resource.plural, names.dns_subdomain)
    if prefix := metadata.get("generateName"):
        tried = prefix[:-1] + "a" if prefix.endswith("-") else prefix
        for why in legal(tried):
            yield invalid("metadata.generateName", prefix, why)
    name = metadata.get("name", "")
    if not name:
        yield required("metadata.name", "name or generateName is required")
    else:
        for why in legal(name):
            yield invalid("metadata.name", name, why)
    yield from _common(metadata)
    for finalizer in metadata.get("finalizers", []):
        for why in names.label_key(finalizer):
            yield invalid("metadata.finalizers", finalizer, why)


def changed_metadata(before: Metadata, after: Metadata) -> Iterator[StatusCause]:
    """What is wrong with the metadata of a changed object."""
    if "deletionTimestamp" in before:
        yield from _new_finalizers(before, after)
    for name in _FIXED:
        yield from unchanged(f"metadata.{name}", before.get(name), after.get(name))
    yield from _common(after)


def labels(path: str, given: Mapping[str, str]) -> Iterator[StatusCause]:
    """What is wrong with a set of labels."""
    for key, value in given.items():
        for why in names.label_key(key):
            yield invalid(path, key, why)
        for why in names.label_value(value):
            yield invalid(path, value, why)


def _common(metadata: Metadata) -> Iterator[StatusCause]:
    yield from labels("metadata.labels", metadata.get("labels", {}))
    annotations = metadata.get("annotations", {})
    for key in annotations:
        for why in names.label_key(key.lower()):
            yield invalid("metadata.annotations", key, why)
    if sum(len(key) + len(value) for key, value in annotations.items()) > _ANNOTATIONS_BYTES:
        yield too_long("metadata.annotations", _ANNOTATIONS_BYTES)
    for index, owner in enumerate(metadata.get("ownerReferences", [])):
        for name in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(name):
                yield required(f"metadata.ownerReferences[{index}].{name}", "must not be empty")


def _new_finalizers(before: Metadata, after: Metadata) -> Iterator[StatusCause]:
    added = set(after.get("finalizers", [])) - set(before.get("finalizers", []))
    if added:
        shown = ", ".join(f'"{name}"' for name in sorted(added))
        yield forbidden(
            "metadata.finalizers",
            "no new finalizers can be added if the object is being deleted, "
            f"found new finalizers []string{{{shown}}}",
        )
