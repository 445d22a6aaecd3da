"""What must hold from frame to frame, and over all streams of a job."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import prod

from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.message import ArrayMessage
from focus_engine.checks.finding import Finding, finding


def constancy_defects(messages: Sequence[ArrayMessage], *, batched: bool = False) -> list[Finding]:
    """Dtype, byte order, width of a value, shape and metadata must not change in one stream.

    `batched`: each message holds any number of lines, so its shape may change.
    """
    found = []
    for number, (earlier, later) in enumerate(pairwise(messages), start=1):
        changed = [
            f"{name} from {before} to {after}"
            for name, before, after in _constants(earlier, later)
            if before != after and not (batched and name == "shape")
        ]
        if changed:
            sentence = f"message {number} of {later.source} changes {', '.join(changed)}."
            found.append(finding(ArrayCode.STREAM_CHANGED, sentence, "constant within a stream"))
    return found


def coverage_defects(promised: Iterable[int], seen: Iterable[int]) -> list[Finding]:
    """Every stream of `channel_to_stream_index` must be there exactly once."""
    expected, count = set(promised), Counter(seen)
    missing, unknown = sorted(expected - set(count)), sorted(set(count) - expected)
    repeated = [each for each, times in sorted(count.items()) if times > 1]
    sentences = [
        *(f"stream {each} sent nothing" for each in missing),
        *(f"stream {each} is not in channel_to_stream_index" for each in unknown),
        *(f"stream {each} is there {count[each]} times" for each in repeated),
    ]
    return [
        finding(ArrayCode.STREAM_COVERAGE, f"{each}.", str(sorted(expected))) for each in sentences
    ]


def _constants(
    earlier: ArrayMessage, later: ArrayMessage
) -> tuple[tuple[str, object, object], ...]:
    return (
        ("dtype", earlier.claim.dtype, later.claim.dtype),
        ("byte order", earlier.claim.endian, later.claim.endian),
        ("bytes per value", _bytes_per_value(earlier), _bytes_per_value(later)),
        ("shape", earlier.shape, later.shape),
        ("metadata", dict(earlier.meta), dict(later.meta)),
    )


def _bytes_per_value(message: ArrayMessage) -> float | None:
    """What tells of the dtype where the transport has no field for it; None of a broken shape."""
    shape = message.shape
    if not isinstance(shape, (list, tuple)) or any(type(size) is not int for size in shape):
        return None
    values = prod(shape)
    return len(message.payload) / values if values > 0 else None
