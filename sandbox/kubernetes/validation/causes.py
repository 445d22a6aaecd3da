"""The ways in which a field can be wrong, in the words of Kubernetes."""

import json
from collections.abc import Iterable
from typing import Any

from sandbox.kubernetes.api.responses import StatusCause

IMMUTABLE = "field is immutable"
NEGATIVE = "must be greater than or equal to 0"


def invalid(path: str, value: Any, why: str) -> StatusCause:
    """The value cannot be used."""
    return StatusCause("FieldValueInvalid", f"Invalid value: {_shown(value)}: {why}", path)


def required(path: str, why: str = "") -> StatusCause:
    """The value is missing."""
    return StatusCause(
        "FieldValueRequired", f"Required value: {why}" if why else "Required value", path
    )


def unsupported(path: str, value: Any, supported: Iterable[str]) -> StatusCause:
    """The value is none of the known ones."""
    known = ", ".join(f'"{one}"' for one in supported)
    message = f"Unsupported value: {_shown(value)}: supported values: {known}"
    return StatusCause("FieldValueNotSupported", message, path)


def forbidden(path: str, why: str) -> StatusCause:
    """The value may not be there."""
    return StatusCause("FieldValueForbidden", f"Forbidden: {why}", path)


def duplicate(path: str, value: Any) -> StatusCause:
    """The value is there twice."""
    return StatusCause("FieldValueDuplicate", f"Duplicate value: {_shown(value)}", path)


def too_long(path: str, limit: int) -> StatusCause:
    """The value has too many bytes."""
    return StatusCause("FieldValueTooLong", f"Too long: may not be more than {limit} bytes", path)


def unchanged(path: str, before: Any, after: Any) -> list[StatusCause]:
    """Nothing when both are equal."""
    return [] if before == after else [invalid(path, after, IMMUTABLE)]


def not_negative(path: str, value: int | None) -> list[StatusCause]:
    """Nothing for None and numbers from 0."""
    return [invalid(path, value, NEGATIVE)] if value is not None and value < 0 else []


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, separators=(",", ":"))
