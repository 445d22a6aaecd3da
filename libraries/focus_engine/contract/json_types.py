"""What a JSON value is: `true` is no integer here, and an infinite number is none."""

import math
from typing import Any, TypeGuard


def is_int(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> TypeGuard[int | float]:
    return is_int(value) or (isinstance(value, float) and math.isfinite(value))


def is_numbers(value: Any) -> TypeGuard[list[int | float]]:
    return isinstance(value, list) and all(is_number(item) for item in value)


def is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str)


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
