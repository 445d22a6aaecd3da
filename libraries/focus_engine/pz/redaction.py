"""Redaction of configuration values: secrets leave this module only as hashes."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from focus_engine.evidence import compact
from focus_engine.masking import head_of, is_secret

_USER_INFO = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s@]+@", re.IGNORECASE)
_SHOWN_CHARACTERS = 120


def hashed(value: Any) -> str:
    """A stable stand-in for a secret that keeps its type and whether it changed."""
    digest = hashlib.sha256(compact(value).encode("utf-8")).hexdigest()
    return f"sha256:{type(value).__name__}:{digest[:16]}"


def shown(path: Sequence[str | int], value: Any) -> str:
    """`value` as a report may show it: one line, bounded, without secrets."""
    return head_of(compact(safe_tree(value, path)), _SHOWN_CHARACTERS)


def safe_tree(value: Any, path: Sequence[str | int] = ()) -> Any:
    """A copy of `value` in which secrets are hashes; addresses keep only their host."""
    if isinstance(value, dict):
        return {key: safe_tree(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [safe_tree(item, (*path, index)) for index, item in enumerate(value)]
    if value is None:
        return None
    if is_secret(path) or (isinstance(value, str) and _USER_INFO.search(value)):
        return hashed(value)
    return value
