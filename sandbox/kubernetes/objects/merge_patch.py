"""JSON merge patches (RFC 7386): applied to an object, and found between two."""

from typing import Any

Object = dict[str, Any]


def merged(target: Any, patch: Any) -> Any:
    """`target` with `patch` applied; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def difference(before: Object, after: Object) -> Object:
    """The patch that makes `after` of `before`; empty when they are equal."""
    patch: Object = dict.fromkeys(before.keys() - after.keys())
    for key, value in after.items():
        former = before.get(key)
        if value == former:
            continue
        both = isinstance(value, dict) and isinstance(former, dict)
        patch[key] = difference(former, value) if both else value  # type: ignore[arg-type]
    return patch
