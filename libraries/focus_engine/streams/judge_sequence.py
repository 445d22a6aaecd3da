"""Judging the sequence of a stream: every row once, in order, none left out, time going on.

A second reader of the stream takes frames away, so the sequence of a shared stream has gaps.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from focus_engine.checks.report import Report
from focus_engine.streams.reading import StreamReading


def judge_sequence(stream: StreamReading, findings: Report) -> None:
    rows = stream.rows
    repeated = _judge_repetition(stream, rows, findings)
    ordered = repeated and _judge_order(stream, rows, findings)
    if ordered:
        _judge_gaps(stream, rows, findings)
    else:
        findings.not_checked(f"gaps of stream {stream.stream}", "its rows are not in order.")
    _judge_times(stream, findings)


def _judge_repetition(stream: StreamReading, rows: Sequence[int], findings: Report) -> bool:
    repeated = next((row for row, count in Counter(rows).items() if count > 1), None)
    return findings.expect(
        f"rows of stream {stream.stream}",
        repeated is None,
        "each row once",
        f"{len(rows)} rows",
        f"stream {stream.stream} delivered row {repeated} more than once "
        f"({stream.repeated_rows} of {len(rows)} rows are repetitions).",
    )


def _judge_order(stream: StreamReading, rows: Sequence[int], findings: Report) -> bool:
    before, after = _first_step(rows, lambda before, after: after < before)
    return findings.expect(
        f"order of stream {stream.stream}",
        before is None,
        "row_index going up",
        f"{len(rows)} rows",
        f"stream {stream.stream} delivered row {after} after row {before}; expected row_index to "
        "go up.",
    )


def _judge_gaps(stream: StreamReading, rows: Sequence[int], findings: Report) -> None:
    before, after = _first_step(rows, lambda before, after: after > before + 1)
    missing = "1 row" if stream.missing_rows == 1 else f"{stream.missing_rows} rows"
    findings.expect(
        f"gaps of stream {stream.stream}",
        before is None,
        "row_index without gaps",
        f"{missing} missing",
        f"stream {stream.stream} left out {missing}: row {after} came next after row {before}. "
        "Frames are lost, or somebody else reads this stream and takes them away.",
    )


def _judge_times(stream: StreamReading, findings: Report) -> None:
    times = [moment for frame in stream.frames for moment in frame.timestamps_ms]
    before, after = _first_step(times, lambda before, after: after < before)
    findings.expect(
        f"timestamps of stream {stream.stream}",
        before is None,
        "timestamps that do not go back",
        f"{len(times)} timestamps",
        f"timestamps of stream {stream.stream} go back from {before} to {after} ms.",
    )


def _first_step(
    numbers: Sequence[int], is_wrong: Callable[[int, int], bool]
) -> tuple[int, int] | tuple[None, None]:
    """The first two neighbours whose step is wrong."""
    steps = ((before, after) for before, after in pairwise(numbers) if is_wrong(before, after))
    return next(steps, (None, None))
