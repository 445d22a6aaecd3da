"""What the values of a frame are: plausible amplitudes, little-endian float16 as is specified.

The one place that knows the type and the values of the data.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache

_PATTERN_VALUES = 256
_HIGHEST = 650.0
_GROWTH_ROWS = 20
_GROWTH = 10.0


@dataclass(frozen=True)
class Extrema:
    """Running minimum and maximum of the display, in amplitude units."""

    minimum: float
    maximum: float


@lru_cache(maxsize=32)
def row(values: int) -> bytes:
    """Return the buffer of one row of that many values, from 0 up to the highest amplitude."""
    pattern = struct.pack(f"<{_PATTERN_VALUES}e", *_ramp())
    size = values * struct.calcsize("<e")
    return (pattern * (size // len(pattern) + 1))[:size]


def extrema(number: int) -> Extrema:
    """Return the extrema after row ``number``: the maximum grows for a while, as it was seen to."""
    return Extrema(0.0, _HIGHEST + _GROWTH * min(number, _GROWTH_ROWS))


def _ramp() -> list[float]:
    return [_HIGHEST * position / (_PATTERN_VALUES - 1) for position in range(_PATTERN_VALUES)]
