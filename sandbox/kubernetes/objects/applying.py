"""Server-side apply: what the applier says is set, what it no longer says is removed."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.kubernetes.api.responses import ApiError
from sandbox.kubernetes.objects.discovery import Resource
from sandbox.kubernetes.objects.ownership import (
    APPLY,
    UPDATE,
    Claim,
    Object,
    Owner,
    Path,
    as_managed_fields,
    claims,
    leaves,
)
from sandbox.kubernetes.objects.patches import overlaid


def applied(
    resource: Resource,
    live: Object,
    configuration: Object,
    manager: str,
    time: str,
    *,
    force: bool,
) -> Object:
    """Return ``live`` with ``configuration`` applied. Raises ApiError 409 on conflicts."""
    owner = Owner(manager, APPLY)
    wanted, present = leaves(resource.kind, configuration), leaves(resource.kind, live)
    held = claims(live)
    others = [claim for claim in held if claim.owner != owner]
    disputed = {
        claim.owner: sorted(
            path for path in claim.paths & wanted.keys() if present.get(path) != wanted[path]
        )
        for claim in others
    }
    disputed = {rival: paths for rival, paths in disputed.items() if paths}
    if disputed and not force:
        raise _conflicts(resource, disputed)
    lost = {path for paths in disputed.values() for path in paths}
    left = [Claim(claim.owner, claim.paths - lost, claim.time) for claim in others]
    result = overlaid(resource.kind, live, configuration, atomic=True)
    abandoned = _own(held, owner) - wanted.keys() - _all(left)
    for path in sorted(abandoned, reverse=True):
        result = _without(result, path)
    since = time if _own(held, owner) != wanted.keys() or result != live else _since(held, owner)
    mine = Claim(owner, frozenset(wanted), since)
    fields = as_managed_fields([*left, mine], resource.api_version)
    return {**result, "metadata": {**result["metadata"], "managedFields": fields}}


def _own(held: list[Claim], owner: Owner) -> set[Path]:
    return {path for claim in held if claim.owner == owner for path in claim.paths}


def _since(held: list[Claim], owner: Owner) -> str:
    return next(claim.time for claim in held if claim.owner == owner)


def _all(held: list[Claim]) -> set[Path]:
    return {path for claim in held for path in claim.paths}


def _conflicts(resource: Resource, disputed: Mapping[Owner, list[Path]]) -> ApiError:
    named = [
        (_named(owner, resource), _dotted(path))
        for owner, paths in disputed.items()
        for path in paths
    ]
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {rival}", "field": field}
        for rival, field in named
    ]
    if len(named) == 1:
        ((rival, field),) = named
        message = f"Apply failed with 1 conflict: conflict with {rival}: {field}"
    else:
        parts = [
            f"conflicts with {_named(owner, resource)}:"
            + "".join(f"\n- {_dotted(path)}" for path in paths)
            for owner, paths in disputed.items()
        ]
        message = f"Apply failed with {len(named)} conflicts: " + "\n".join(parts)
    return ApiError(409, "Conflict", message, {"causes": causes})


def _named(owner: Owner, resource: Resource) -> str:
    using = f" using {resource.api_version}" if owner.operation == UPDATE else ""
    return f'"{owner.manager}"{using}'


def _dotted(path: Path) -> str:
    return "".join(
        f".{step[2:]}" if step.startswith("f:") else f"[{step[2:].strip('{}')}]" for step in path
    )


def _without(item: Any, path: Path) -> Any:
    """Return ``item`` without the leaf at ``path``, and without what is empty then."""
    if isinstance(item, list):
        return _list_without(item, path)
    step, *below = path
    name = step[2:]
    if not isinstance(item, dict) or name not in item:
        return item
    rest = _without(item[name], tuple(below)) if below else None
    if rest is None or (rest in ({}, []) and name != "spec"):
        return {key: value for key, value in item.items() if key != name}
    return {**item, name: rest}


def _list_without(items: list[Any], path: Path) -> list[Any]:
    step, *below = path
    named = json.loads(step[2:])
    if not below:
        return [one for one in items if one != named]
    rest = [_without(one, tuple(below)) if _is_named(one, named) else one for one in items]
    return [one for one in rest if one]


def _is_named(one: Any, named: Any) -> bool:
    return isinstance(named, dict) and isinstance(one, dict) and named.items() <= one.items()
