"""Statistics of an array, recomputed in one pass whose memory is one chunk."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 16  # values; a chunk and its float64 copy stay in the processor's cache
_HALF = 32  # bits
_LOW_MASK = (1 << _HALF) - 1
_SMALLER = 2.0**-600  # the squares of the largest floats, so scaled, can be summed
_EXACT_WIDTH = 4  # bytes: the sum of a chunk of such integers fits into 64 bits
Array = NDArray[Any]
Number = int | float | bool


@dataclass(frozen=True)
class Statistics:
    """Plain Python numbers. NaN values are counted and left out; None where there is no value.

    Complex numbers have no order: they are counted, and nothing else is said of them.
    `total` is the exact sum of integers, None for floats; `std` is the population's.
    """

    count: int
    nan_count: int
    minimum: Number | None
    maximum: Number | None
    mean: float | None
    std: float | None
    total: int | None = None


def statistics_of(array: Array, chunk: int = CHUNK) -> Statistics:
    """Count, NaN, min, max, mean and std of `array`; contiguous arrays are read in place."""
    with np.errstate(invalid="ignore", over="ignore"):  # infinities give NaN moments, as they must
        if array.dtype.kind == "c":
            nan_count = sum(int(np.isnan(part).sum()) for part in _chunks(array, chunk))
            return Statistics(int(array.size), nan_count, None, None, None, None)
        true = _one_pass(array, chunk, 1.0)
        return _one_pass(array, chunk, _SMALLER) if _overflowed(true) else true


def _one_pass(array: Array, chunk: int, scale: float) -> Statistics:
    state = _Running(array.dtype, min(chunk, max(array.size, 1)), scale)
    for part in _chunks(array, chunk):
        state.add(part)
    return state.result(int(array.size))


def _overflowed(true: Statistics) -> bool:
    """Whether a moment of finite values became none on the way."""
    if true.minimum is None or true.maximum is None or true.mean is None or true.std is None:
        return False
    finite = math.isfinite(true.minimum) and math.isfinite(true.maximum)
    return finite and not (math.isfinite(true.mean) and math.isfinite(true.std))


def _chunks(array: Array, chunk: int) -> Iterator[Array]:
    if array.size == 0:
        return
    if array.flags.c_contiguous or array.flags.f_contiguous:
        flat = array.reshape(-1, order="C" if array.flags.c_contiguous else "F")
        for start in range(0, flat.size, chunk):
            yield flat[start : start + chunk]
        return
    flags: list[Any] = ["external_loop", "buffered"]
    with np.nditer(array, flags=flags, order="K", buffersize=chunk) as parts:
        yield from parts


class _Running:
    """Minimum, maximum, and mean with squared deviations merged chunk by chunk (Chan et al.)."""

    def __init__(self, dtype: np.dtype[Any], chunk: int, scale: float) -> None:
        self._scale = scale
        self._floating = dtype.kind == "f"
        self._buffer = np.empty(chunk, np.float64)
        self._count = 0
        self._nan = 0
        self._minimum: Any = None
        self._maximum: Any = None
        self._mean = 0.0
        self._squares = 0.0
        self._total = 0

    def add(self, part: Array) -> None:
        low, high = part.min(), part.max()
        if self._floating and low != low:  # noqa: PLR0124 - NaN is the number that is not itself
            valid = part[~np.isnan(part)]
            self._nan += part.size - valid.size
            if valid.size == 0:
                return
            part, low, high = valid, valid.min(), valid.max()
        self._minimum = low if self._minimum is None else min(self._minimum, low)
        self._maximum = high if self._maximum is None else max(self._maximum, high)
        if not self._floating:
            self._total += _exact_sum(part)
        self._merge(part)

    def _merge(self, part: Array) -> None:
        values = self._buffer[: part.size]
        np.copyto(values, part)
        values *= self._scale
        size = part.size
        mean = float(values.sum()) / size
        values -= mean
        difference, together = mean - self._mean, self._count + size
        self._squares += float(values.dot(values))
        self._squares += difference * difference * self._count * size / together
        self._mean += difference * size / together
        self._count = together

    def result(self, size: int) -> Statistics:
        if self._count == 0:
            return Statistics(size, self._nan, None, None, None, None, None)
        exact = None if self._floating else self._total
        mean = self._mean / self._scale if exact is None else exact / self._count
        variance = self._squares / self._count
        std = math.sqrt(variance) / self._scale if variance >= 0 else math.nan
        return Statistics(
            size, self._nan, self._minimum.item(), self._maximum.item(), mean, std, exact
        )


def _exact_sum(part: Array) -> int:
    """The sum of integers or booleans as a Python integer; 64-bit ones are summed in halves."""
    if part.dtype.itemsize <= _EXACT_WIDTH:
        return int(part.sum(dtype=np.int64))
    low = int((part & part.dtype.type(_LOW_MASK)).sum(dtype=np.int64))
    high = int((part >> part.dtype.type(_HALF)).sum(dtype=np.int64))
    return (high << _HALF) + low
