"""The defects that a check of bytes cannot detect, listed beside every verdict."""

from focus_engine.arrays.canonical import CANONICAL, Dtype
from focus_engine.arrays.message import ArrayMessage
from focus_engine.arrays.payload import sizes

_SMALLEST_PLANE = 2
UNSEEN_IN_FRAMES = (
    "another dtype whose values look alike: a frame has no field for its dtype",
    "channels and frequencies exchanged inside a row: nothing in a frame marks them",
    "values of another moment or place: only their span is known",
)


def unseen_by_layout(dtype: Dtype) -> tuple[str, ...]:
    """What length and shape alone leave open."""
    twins = [
        other.name
        for other in CANONICAL.values()
        if other.width == dtype.width and other is not dtype
    ]
    same = f"data that is really {' or '.join(twins)}: it has the same length" if twins else ""
    return tuple(filter(None, (same,)))


def unseen_by_values(message: ArrayMessage, dtype: Dtype) -> tuple[str, ...]:
    """What the values leave open, too."""
    found = list(unseen_by_layout(dtype))
    if message.payload.count(0) == len(message.payload):
        found.append(
            "any wrong dtype or byte order: all bytes are zero, which every type reads as 0"
        )
    elif _constant(message.payload, dtype.width):
        found.append("a wrong axis order or offset: every value is the same")
    if sum(size > 1 for size in sizes(message)) < _SMALLEST_PLANE:
        found.append("C and F order confused: at most one axis has more than one element")
    if dtype.multi_byte:
        found.append("a wrong byte order whose values happen to stay inside the extrema")
    return tuple(found)


def _constant(payload: bytes, width: int) -> bool:
    view = memoryview(payload)
    return len(view) > width and view[width:] == view[:-width]
