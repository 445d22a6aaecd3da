"""Patches: JSON patch (RFC 6902), JSON merge patch and strategic merge patch."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.kubernetes.objects import schema
from sandbox.kubernetes.objects.merge_patch import merged

Object = dict[str, Any]

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
PATCH_TYPES = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)

_DELETE_VALUES = "$deleteFromPrimitiveList/"


class PatchError(ValueError):
    """A patch that is well formed and cannot be applied."""


def patched(kind: str, item: Object, patch: Any, patch_type: str) -> Any:
    """Return ``item`` with ``patch`` applied; neither is changed.

    Raises TypeError when the patch is of the wrong JSON type, PatchError when it does not fit.
    """
    if patch_type == JSON_PATCH:
        return _json_patch(item, patch)
    if not isinstance(patch, dict):
        raise TypeError("json: cannot unmarshal the patch into an object")
    if patch_type == MERGE_PATCH:
        return merged(item, patch)
    return overlaid(kind, item, patch)


def overlaid(owner: str, base: Mapping[str, Any], patch: Object, *, atomic: bool = False) -> Object:
    """Return ``base`` with ``patch`` over it: lists by their merge key, maps by their keys.

    With ``atomic`` what is owned as a whole is replaced as a whole, as server-side apply does.
    """
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
            whole = atomic and schema.is_atomic(owner, name)
            kind = None if whole else schema.field_type(owner, name)
            result[name] = _over(kind, result.get(name), value, atomic=atomic)
    return result


def _over(kind: schema.FieldType | None, base: Any, value: Any, *, atomic: bool) -> Any:
    if kind is None:
        return value
    if kind.shape == "list" and kind.merge_key is not None and isinstance(value, list):
        return _over_list(kind, list(base or []), value, atomic=atomic)
    if not isinstance(value, dict):
        return value
    if kind.shape == "map":
        return merged(base, value)
    if kind.shape == "one" and kind.of != "any":
        return overlaid(kind.of, base or {}, value, atomic=atomic)
    return value


def _over_list(
    kind: schema.FieldType, base: list[Any], patch: list[Any], *, atomic: bool
) -> list[Any]:
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
            base[places[0]] = overlaid(kind.of, base[places[0]], one, atomic=atomic)
        else:
            base.append({name: value for name, value in one.items() if name != "$patch"})
    return base


def _json_patch(item: Object, patch: Any) -> Any:
    if not isinstance(patch, list) or not all(isinstance(one, dict) for one in patch):
        raise TypeError("json: cannot unmarshal the patch into a list of operations")
    document: Any = copy.deepcopy(item)
    for operation in patch:
        apply = _OPERATIONS.get(operation.get("op", ""))
        if apply is None or not isinstance(operation.get("path"), str):
            raise PatchError(f"Unexpected kind: {operation.get('op')}")
        document = apply(document, operation)
    return document


def _add(document: Any, operation: Object) -> Any:
    return _put(document, operation["path"], copy.deepcopy(operation.get("value")))


def _replace(document: Any, operation: Object) -> Any:
    _get(document, operation["path"])
    return _put(_drop(document, operation["path"]), operation["path"], operation.get("value"))


def _remove(document: Any, operation: Object) -> Any:
    return _drop(document, operation["path"])


def _test(document: Any, operation: Object) -> Any:
    if _get(document, operation["path"]) != operation.get("value"):
        raise PatchError(f"testing value {operation['path']} failed")
    return document


def _move(document: Any, operation: Object) -> Any:
    value = _get(document, operation.get("from", ""))
    return _put(_drop(document, operation["from"]), operation["path"], value)


def _copy(document: Any, operation: Object) -> Any:
    value = copy.deepcopy(_get(document, operation.get("from", "")))
    return _put(document, operation["path"], value)


_OPERATIONS: Mapping[str, Callable[[Any, Object], Any]] = {
    "add": _add,
    "replace": _replace,
    "remove": _remove,
    "test": _test,
    "move": _move,
    "copy": _copy,
}


def _steps(path: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _get(document: Any, path: str) -> Any:
    for step in _steps(path):
        try:
            document = document[int(step)] if isinstance(document, list) else document[step]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise PatchError(f"the path {path} is missing") from error
    return document


def _put(document: Any, path: str, value: Any) -> Any:
    *parents, last = _steps(path) or [""]
    if not path:
        return value
    parent = _get(document, "".join(f"/{_escaped(step)}" for step in parents))
    if isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _index(last, path), value)
    elif isinstance(parent, dict):
        parent[last] = value
    else:
        raise PatchError(f"the path {path} is missing")
    return document


def _drop(document: Any, path: str) -> Any:
    _get(document, path)
    *parents, last = _steps(path)
    parent = _get(document, "".join(f"/{_escaped(step)}" for step in parents))
    del parent[int(last) if isinstance(parent, list) else last]
    return document


def _index(step: str, path: str) -> int:
    if not step.isdigit():
        raise PatchError(f"the path {path} is missing")
    return int(step)


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
