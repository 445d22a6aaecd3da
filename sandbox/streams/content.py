"""What the values of a frame are: amplitudes that differ from row to row, and their extrema.

The one place that knows the type and the values of the data.
"""

import math
import struct
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from sandbox.focus_server.configuration import HEATMAPS
from sandbox.spec import SPEC

_PATTERN_VALUES = 256
_CYCLE_ROWS = 23
_STRIDE = 7
"""Coprime to the cycle: each of its rows has a highest value of its own, in no simple order."""
_LEAST_PEAK, _PEAK_STEP = 650.0, 16.0
_INTEGERS = "hi"


@dataclass(frozen=True)
class Extrema:
    """Running minimum and maximum of the display, in amplitude units."""

    minimum: float
    maximum: float


_PEAKS = tuple(
    _LEAST_PEAK + _PEAK_STEP * (row * _STRIDE % _CYCLE_ROWS) for row in range(_CYCLE_ROWS)
)
_RUNNING = tuple(accumulate(_PEAKS, max))
HIGHEST = max(_PEAKS)


def row(number: int, values: int, form: str) -> bytes:
    """Return the buffer of row ``number``: that many values in the struct format ``form``."""
    pattern = _pattern(_PEAKS[number % _CYCLE_ROWS], form)
    size = values * struct.calcsize(form)
    return (pattern * (size // len(pattern) + 1))[:size]


def row_with_nan(number: int, values: int, form: str) -> bytes:
    """Return the same with NaN as its first value; ``form`` is of a float type."""
    right = row(number, values, form)
    return struct.pack(form, math.nan) + right[struct.calcsize(form) :]


def extrema(number: int) -> Extrema:
    """Return the extrema of all rows up to ``number``: the maximum grows, as it was seen to."""
    return Extrema(0.0, _RUNNING[min(number, _CYCLE_ROWS - 1)])


def form_of(view: int) -> str:
    """Return the struct format of one value in a frame of that view."""
    return SPEC.frames.heatmaps if view == HEATMAPS else SPEC.frames.other_views


@lru_cache(maxsize=256)
def _pattern(peak: float, form: str) -> bytes:
    """Values from 0 up to ``peak``, the highest at the start: the smallest row has it, too."""
    ramp = [peak * (1 - position / _PATTERN_VALUES) for position in range(_PATTERN_VALUES)]
    values = [int(value) for value in ramp] if form[-1] in _INTEGERS else ramp
    return struct.pack(f"{form[0]}{_PATTERN_VALUES}{form[1]}", *values)
