"""What must hold from frame to frame, and over all streams of a job."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import prod

from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import Extrema
from focus_engine.arrays.frames import MILLISECONDS, ROUNDED_MS, StreamPromise
from focus_engine.arrays.message import ArrayMessage, FrameMessage
from focus_engine.checks.finding import Finding, finding

LEAST_TO_SETTLE = 20  # frames: streams of a job may be some rows apart


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


def least_line_seconds(promises: Mapping[int, StreamPromise]) -> float:
    """From line to line in the streams of a job; 0 where one of them does not tell."""
    return min((promise.line_seconds for promise in promises.values()), default=0.0)


def clock_defects(
    streams: Mapping[int, Sequence[FrameMessage]], line_seconds: float
) -> list[Finding]:
    """The streams of a historic job cut one recording: a row has the same time in each of them.

    Compared are rows that begin a message, whose time is there even where one is told for all of
    its lines; a line and the rounding to milliseconds are let pass. Nothing is said where
    `line_seconds` is 0: not known.
    """
    if line_seconds <= 0:
        return []
    allowed = ROUNDED_MS + line_seconds * MILLISECONDS
    known: dict[int, tuple[int, int]] = {}  # by row: the stream that told it first, and its time
    for stream, frames in streams.items():
        for frame in frames:
            if not (frame.rows and frame.timestamps_ms):
                continue
            row, moment = frame.rows[0], frame.timestamps_ms[0]
            other, expected = known.setdefault(row, (stream, moment))
            if abs(moment - expected) > allowed:
                sentence = (
                    f"row {row} of stream {stream} says {moment} ms, but that of stream {other} "
                    f"{expected} ms: the streams of a job show the same time."
                )
                return [finding(ArrayCode.TIMES, sentence, f"{expected} ms", f"{moment} ms")]
    return []


def settled_extrema(streams: Mapping[int, Sequence[FrameMessage]]) -> Extrema | None:
    """The extrema that the first half of a live job's frames told: some value came up to them.

    That is so where each stream was read from its first row on, without a hole and as fast as its
    rows were made: then all rows were read that those extrema can be of. None of any other reading.
    """
    if not streams or not all(map(_is_read_as_it_came, streams.values())):
        return None
    early = [frame for frames in streams.values() for frame in frames[: len(frames) // 2]]
    return Extrema(min(each.minimum for each in early), max(each.maximum for each in early))


def _is_read_as_it_came(frames: Sequence[FrameMessage]) -> bool:
    rows = [row for frame in frames for row in frame.rows]
    if len(frames) < LEAST_TO_SETTLE or rows != list(range(len(rows))):
        return False
    first, last = frames[0], frames[-1]
    made = (last.timestamps_ms[0] - first.timestamps_ms[0]) / MILLISECONDS
    # What had been made before it was asked for comes all at once, and may tell of what comes yet.
    return last.arrived - first.arrived >= made / 2


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
