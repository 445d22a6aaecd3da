"""Patches: JSON merge patch and strategic merge patch."""

from collections.abc import Mapping
from typing import Any

from sandbox.kubernetes.objects import schema
from sandbox.kubernetes.objects.merge_patch import merged

Object = dict[str, Any]

MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
PATCH_TYPES = (MERGE_PATCH, STRATEGIC_PATCH)

_DELETE_VALUES = "$deleteFromPrimitiveList/"


class PatchError(ValueError):
    """A patch that is well formed and cannot be applied."""


def patched(kind: str, item: Object, patch: Any, patch_type: str) -> Any:
    """`item` with `patch` applied; neither is changed.

    Raises TypeError when the patch is of the wrong JSON type, PatchError when it does not fit.
    """
    if not isinstance(patch, dict):
        raise TypeError("json: cannot unmarshal the patch into an object")
    if patch_type == MERGE_PATCH:
        return merged(item, patch)
    return overlaid(kind, item, patch)


def overlaid(owner: str, base: Mapping[str, Any], patch: Object) -> Object:
    """`base` with `patch` over it: lists by their merge key, maps by their keys."""
    directive = patch.get("$patch")
    if directive in {"replace", "delete"}:
        return {key: value for key, value in patch.items() if key != "$patch"}
    result = dict(base)
    for name, value in patch.items():
        if name.startswith(_DELETE_VALUES):
            field = name.removeprefix(_DELETE_VALUES)
            result[field] = [one for one in result.get(field, []) if one not in value]
        elif value is None:
            result.pop(name, None)
        elif not name.startswith("$"):
            result[name] = _over(schema.field_type(owner, name), result.get(name), value)
    return result


def _over(kind: schema.FieldType | None, base: Any, value: Any) -> Any:
    if kind is None:
        return value
    if kind.shape == "list" and kind.merge_key is not None and isinstance(value, list):
        return _over_list(kind, list(base or []), value)
    if not isinstance(value, dict):
        return value
    if kind.shape == "map":
        return merged(base, value)
    if kind.shape == "one" and kind.of != "any":
        return overlaid(kind.of, base or {}, value)
    return value


def _over_list(kind: schema.FieldType, base: list[Any], patch: list[Any]) -> list[Any]:
    key = kind.merge_key
    if not key:
        return [*base, *(one for one in patch if one not in base)]
    if any(isinstance(one, dict) and one.get("$patch") == "replace" for one in patch):
        return [one for one in patch if "$patch" not in one]
    for one in patch:
        if not isinstance(one, dict) or key not in one:
            raise PatchError(f"map: {one} does not contain declared merge key: {key}")
        places = [index for index, old in enumerate(base) if old.get(key) == one[key]]
        if one.get("$patch") == "delete":
            base = [old for old in base if old.get(key) != one[key]]
        elif places:
            base[places[0]] = overlaid(kind.of, base[places[0]], one)
        else:
            base.append({name: value for name, value in one.items() if name != "$patch"})
    return base
