"""Redaction of configuration values: secrets leave this module only as hashes."""

import hashlib
from collections.abc import Sequence
from typing import Any

from focus_engine.evidence import compact
from focus_engine.masking import head_of, in_options, is_secret, masked

_SHOWN_CHARACTERS = 120


def hashed(value: Any) -> str:
    """A stable stand-in for a secret that keeps its type and whether it changed."""
    digest = hashlib.sha256(compact(value).encode("utf-8")).hexdigest()
    return f"sha256:{type(value).__name__}:{digest[:16]}"


def shown(path: Sequence[str | int], value: Any) -> str:
    """`value` as a report may show it: one line, bounded, without secrets."""
    safe = value if isinstance(value, str) and not is_secret(path) else safe_tree(value, path)
    return head_of(compact(safe), _SHOWN_CHARACTERS)


def safe_tree(value: Any, path: Sequence[str | int] = ()) -> Any:
    """A copy of `value` in which secrets are hashes, also texts that hold one."""
    if isinstance(value, dict):
        named = value.get("name")  # as a container's variables are: {name: …, value: …}
        at = named if isinstance(named, str) and is_secret((named,)) else "value"
        return {
            key: safe_tree(item, (*path, at if key == "value" else key))
            for key, item in value.items()
        }
    if isinstance(value, list):
        secret = set(in_options(value))
        return [
            hashed(item)
            if isinstance(item, str) and item in secret
            else safe_tree(item, (*path, index))
            for index, item in enumerate(value)
        ]
    if value is None:
        return None
    if is_secret(path) or (isinstance(value, str) and masked(value) != value):
        return hashed(value)
    return value
