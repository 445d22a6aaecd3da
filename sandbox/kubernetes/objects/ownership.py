"""Who owns which field: ``metadata.managedFields``, by leaf.

A path is a tuple of steps as they stand in ``fieldsV1``: ``f:name`` for a field, ``k:{"name":"x"}``
for an item of a list with a key, ``v:"x"`` for one of a set. Lists without keys and maps that are
changed as a whole are leaves.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.kubernetes.objects import schema

Object = dict[str, Any]
Path = tuple[str, ...]
Leaves = dict[Path, Any]

APPLY, UPDATE = "Apply", "Update"
_OWNED_METADATA = ("labels", "annotations", "ownerReferences", "finalizers")
_NOBODYS = ("apiVersion", "kind", "status", "metadata")


@dataclass(frozen=True)
class Owner:
    """Whoever writes: a name and the kind of writing."""

    manager: str
    operation: str


@dataclass(frozen=True)
class Claim:
    """What one owner owns, and since when."""

    owner: Owner
    paths: frozenset[Path]
    time: str


def leaves(kind: str, item: Mapping[str, Any]) -> Leaves:
    """Return the leaves of an object that can be owned, with their values."""
    metadata = {
        name: value for name, value in item.get("metadata", {}).items() if name in _OWNED_METADATA
    }
    body = {name: value for name, value in item.items() if name not in _NOBODYS}
    return {
        **dict(_of_object("ObjectMeta", metadata, ("f:metadata",))),
        **dict(_of_object(kind, body, ())),
    }


def _of_object(owner: str, item: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for name, value in item.items():
        here = (*path, f"f:{name}")
        kind = schema.field_type(owner, name)
        if kind is None or schema.is_atomic(owner, name) or value in ({}, []):
            yield here, value
        elif kind.shape == "list":
            yield from _of_list(kind, value, here)
        elif kind.shape == "map":
            yield from (((*here, f"f:{key}"), one) for key, one in value.items())
        elif isinstance(value, dict) and kind.of != "any":
            yield from _of_object(kind.of, value, here)
        else:
            yield here, value


def _of_list(kind: schema.FieldType, items: list[Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for item in items:
        if not kind.merge_key:
            yield (*path, f"v:{json.dumps(item)}"), item
        else:
            key = json.dumps({kind.merge_key: item.get(kind.merge_key)}, separators=(",", ":"))
            yield from _of_object(kind.of, item, (*path, f"k:{key}"))


def claims(item: Mapping[str, Any]) -> list[Claim]:
    """Read ``managedFields``."""
    return [
        Claim(
            Owner(entry.get("manager", ""), entry["operation"]),
            frozenset(_paths(entry.get("fieldsV1", {}), ())),
            entry.get("time", ""),
        )
        for entry in item.get("metadata", {}).get("managedFields", [])
    ]


def _paths(tree: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for step, below in tree.items():
        if step != ".":
            if below:
                yield from _paths(below, (*path, step))
            else:
                yield (*path, step)


def as_managed_fields(held: list[Claim], api_version: str) -> list[Object]:
    """Write ``managedFields``."""
    return [
        {
            "manager": claim.owner.manager,
            "operation": claim.owner.operation,
            "apiVersion": api_version,
            "time": claim.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": _tree(claim.paths),
        }
        for claim in held
        if claim.paths
    ]


def _tree(paths: frozenset[Path]) -> Object:
    tree: Object = {}
    for path in sorted(paths):
        node = tree
        for step in path:
            node = node.setdefault(step, {})
    return tree


def after_update(
    kind: str, before: Mapping[str, Any], after: Mapping[str, Any], owner: Owner, time: str
) -> list[Claim]:
    """Return who owns what when ``owner`` has made ``after`` of ``before`` without applying."""
    former, present = leaves(kind, before), leaves(kind, after)
    taken = {path for path, value in present.items() if former.get(path, _ABSENT) != value}
    held = claims(before)
    if not taken and not former.keys() - present.keys():
        return held
    left = [
        Claim(claim.owner, (claim.paths & present.keys()) - taken, claim.time)
        for claim in held
        if claim.owner != owner
    ]
    own = [claim for claim in held if claim.owner == owner]
    kept = {path for claim in own for path in claim.paths if path in present}
    since = own[0].time if own and kept | taken == own[0].paths else time
    return [*left, Claim(owner, frozenset(kept | taken), since)]


_ABSENT = object()
