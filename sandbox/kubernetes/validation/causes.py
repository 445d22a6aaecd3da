"""The ways in which a field can be wrong, in the words of Kubernetes."""

import json
from collections.abc import Iterable
from typing import Any

from sandbox.kubernetes.api.responses import Cause

IMMUTABLE = "field is immutable"
NEGATIVE = "must be greater than or equal to 0"


def invalid(path: str, value: Any, why: str) -> Cause:
    """The value cannot be used."""
    return Cause("FieldValueInvalid", f"Invalid value: {_shown(value)}: {why}", path)


def required(path: str, why: str = "") -> Cause:
    """The value is missing."""
    return Cause("FieldValueRequired", f"Required value: {why}" if why else "Required value", path)


def unsupported(path: str, value: Any, supported: Iterable[str]) -> Cause:
    """The value is none of the known ones."""
    known = ", ".join(f'"{one}"' for one in supported)
    message = f"Unsupported value: {_shown(value)}: supported values: {known}"
    return Cause("FieldValueNotSupported", message, path)


def forbidden(path: str, why: str) -> Cause:
    """The value may not be there."""
    return Cause("FieldValueForbidden", f"Forbidden: {why}", path)


def duplicate(path: str, value: Any) -> Cause:
    """The value is there twice."""
    return Cause("FieldValueDuplicate", f"Duplicate value: {_shown(value)}", path)


def too_long(path: str, limit: int) -> Cause:
    """The value has too many bytes."""
    return Cause("FieldValueTooLong", f"Too long: may not be more than {limit} bytes", path)


def unchanged(path: str, before: Any, after: Any) -> list[Cause]:
    """Nothing when both are equal."""
    return [] if before == after else [invalid(path, after, IMMUTABLE)]


def not_negative(path: str, value: int | None) -> list[Cause]:
    """Nothing for None and numbers from 0."""
    return [invalid(path, value, NEGATIVE)] if value is not None and value < 0 else []


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, separators=(",", ":"))
