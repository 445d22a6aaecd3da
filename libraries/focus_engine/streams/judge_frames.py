"""Judging single frames: whether they are of this job, and whether their parts fit together.

What the values are (their type, their range) is judged elsewhere; here only sizes are looked at.
"""

import math
from collections.abc import Callable

from focus_engine.checks.report import Report
from focus_engine.streams.frame import Frame
from focus_engine.streams.reading import StreamReading
from focus_engine.streams.target import StreamTarget

ITEM_BYTES = (1, 2, 4, 8, 16)  # one value of any number type there is

Check = Callable[[Frame], str]
"""What is wrong with a frame, as the rest of a sentence; empty when it is right."""


def judge_fit(target: StreamTarget, stream: StreamReading, findings: Report) -> None:
    """That channels and width of each frame are those that the stream was configured with."""
    own = target.channels[stream.stream]

    def channels(frame: Frame) -> str:
        if frame.first_channel in own and frame.last_channel in own and frame.channel_count > 0:
            return ""
        return f"has channels {frame.channels}; expected {target.range_of(stream.stream)}"

    def width(frame: Frame) -> str:
        return _wrong_width(target, frame)

    _judge(stream, "channels", "those of the stream's mapping", channels, findings)
    _judge(stream, "width", "channels x frequencies", width, findings)


def judge_form(stream: StreamReading, findings: Report) -> None:
    """That a frame has as many times, numbers and buffers as rows, of one size, and extrema."""
    _judge(stream, "parts per row", "one of each for every row", _wrong_parts, findings)
    _judge(stream, "buffers", "width x bytes of a value", _wrong_buffers, findings)
    _judge(stream, "extrema", "minimum <= maximum", _wrong_extrema, findings)


def _wrong_width(target: StreamTarget, frame: Frame) -> str:
    count = frame.channel_count
    if target.frequencies:
        expected = count * target.frequencies
        shown = f"{count} channels x {target.frequencies} frequencies = {expected}"
        return (
            "" if frame.width == expected else f"has data_shape_x {frame.width}; expected {shown}"
        )
    # Values per channel of a waterfall were never seen: any whole number of them fits.
    if frame.width > 0 and count > 0 and frame.width % count == 0:
        return ""
    return f"has data_shape_x {frame.width}; expected a multiple of its {count} channels"


def _wrong_parts(frame: Frame) -> str:
    counts = {
        "data_shape_y": frame.height,
        "timestamps": len(frame.timestamps_ms),
        "row indexes": len(frame.rows),
        "buffers": len(frame.buffer_sizes),
    }
    if frame.height > 0 and len(set(counts.values())) == 1:
        return ""
    shown = ", ".join(f"{count} {name}" for name, count in counts.items())
    return f"has {shown}; expected one of each for every row"


def _wrong_buffers(frame: Frame) -> str:
    wrong = [size for size in frame.buffer_sizes if size not in _possible_sizes(frame)]
    if not wrong:
        return ""
    return (
        f"has a buffer of {wrong[0]} bytes, in which {frame.width} values of no type there is fit"
    )


def _possible_sizes(frame: Frame) -> set[int]:
    return {frame.width * item for item in ITEM_BYTES}


def _wrong_extrema(frame: Frame) -> str:
    low, high = frame.minimum, frame.maximum
    if math.isfinite(low) and math.isfinite(high) and low <= high:
        return ""
    return f"has global_minimum {low:g} and global_maximum {high:g}; expected minimum <= maximum"


def _judge(
    stream: StreamReading, subject: str, expected: str, check: Check, findings: Report
) -> None:
    """Note the first frame that fails the check, and how many do."""
    wrong = [(number, said) for number, frame in enumerate(stream.frames) if (said := check(frame))]
    number, said = wrong[0] if wrong else (0, "")
    more = f" ({len(wrong)} of {len(stream.frames)} frames are so)" if len(wrong) > 1 else ""
    findings.expect(
        f"{subject} of stream {stream.stream}",
        not wrong,
        expected,
        said or f"{len(stream.frames)} frames",
        f"frame {number} of stream {stream.stream} {said}{more}.",
    )
