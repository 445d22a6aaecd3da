"""What the values of a frame are: amplitudes that differ from row to row, and their extrema.

The one place that knows the type and the values of the data.
"""

import struct
from dataclasses import dataclass
from functools import cache, lru_cache
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
class RunningExtrema:
    """Running minimum and maximum of the display, in amplitude units."""

    minimum: float
    maximum: float


_PEAKS = tuple(
    _LEAST_PEAK + _PEAK_STEP * (row * _STRIDE % _CYCLE_ROWS) for row in range(_CYCLE_ROWS)
)
_STREAM_STEP = 5
"""Rows by which the peaks of a stream are ahead of those of the stream before it."""
HIGHEST = max(_PEAKS)


def row(number: int, stream: int, values: int, form: str) -> bytes:
    """The line `number` of a stream: that many values in the struct format `form`."""
    pattern = _pattern(_peak(number, stream), form)
    size = values * struct.calcsize(form)
    return (pattern * (size // len(pattern) + 1))[:size]


def row_with(first: float, number: int, stream: int, values: int, form: str) -> bytes:
    """The same with another first value; `form` is of a float type."""
    right = row(number, stream, values, form)
    return struct.pack(form, first) + right[struct.calcsize(form) :]


def buffer_of(lines: list[bytes], item: int) -> bytes:
    """Lines of `item` bytes per value as one buffer of the shape (x, y) in C order."""
    if len(lines) == 1:
        return lines[0]
    buffer, step = bytearray(sum(map(len, lines))), item * len(lines)
    for at, line in enumerate(lines):
        for byte in range(item):
            buffer[at * item + byte :: step] = line[byte::item]
    return bytes(buffer)


def extrema(number: int, streams: range) -> RunningExtrema:
    """The extrema of all rows up to `number` of these streams: the maximum grows."""
    last = min(number, _CYCLE_ROWS - 1)
    return RunningExtrema(0.0, max(_running(stream)[last] for stream in streams))


@cache
def _running(stream: int) -> tuple[float, ...]:
    return tuple(accumulate((_peak(row, stream) for row in range(_CYCLE_ROWS)), max))


def _peak(number: int, stream: int) -> float:
    return _PEAKS[(number + _STREAM_STEP * stream) % _CYCLE_ROWS]


def form_of(view: int) -> str:
    """The struct format of one value in a frame of that view."""
    return SPEC.frames.heatmaps if view == HEATMAPS else SPEC.frames.other_views


@lru_cache(maxsize=256)
def _pattern(peak: float, form: str) -> bytes:
    """Values from 0 up to `peak`, the highest at the start: the smallest row has it, too."""
    ramp = [peak * (1 - position / _PATTERN_VALUES) for position in range(_PATTERN_VALUES)]
    values = [int(value) for value in ramp] if form[-1] in _INTEGERS else ramp
    return struct.pack(f"{form[0]}{_PATTERN_VALUES}{form[1]}", *values)
