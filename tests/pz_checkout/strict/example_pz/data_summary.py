"""A check of summaries that recomputes everything, by plain numpy."""

import math
from typing import Any

import numpy as np

FIELDS = {"dtype", "shape", "count", "nan_count", "min", "max", "mean", "std"}


def check_summary(
    summary: dict[str, Any], dtype: str, endian: str, shape: list[int], payload: bytes
) -> bool:
    if set(summary) != FIELDS:
        return False
    order = ">" if endian == "big" else "<"
    values = np.frombuffer(payload, np.dtype(dtype).newbyteorder(order)).reshape(shape)
    exact = (dtype, list(shape), values.size, *_extrema(values))
    said = tuple(summary[name] for name in ("dtype", "shape", "count", "nan_count", "min", "max"))
    return said == exact and all(
        _near(summary[name], right)
        for name, right in zip(("mean", "std"), _moments(values), strict=True)
    )


def _valid(values: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    return values[values == values]  # noqa: PLR0124 - without NaN


def _extrema(values: "np.ndarray[Any, Any]") -> tuple[Any, ...]:
    valid = _valid(values)
    nothing = valid.size == 0
    low, high = (None, None) if nothing else (valid.min().item(), valid.max().item())
    return values.size - valid.size, low, high


def _moments(values: "np.ndarray[Any, Any]") -> tuple[float | None, float | None]:
    valid = _valid(values).astype(np.float64)
    return (None, None) if valid.size == 0 else (float(valid.mean()), float(valid.std()))


def _near(seen: float | None, right: float | None) -> bool:
    if seen is None or right is None:
        return seen is right
    return math.isclose(seen, right, rel_tol=1e-6, abs_tol=1e-12)
