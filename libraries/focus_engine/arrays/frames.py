"""Judges frames: each alone, in the order of its stream, and against the job's answer.

A frame is one message of a stream. Its one buffer has the shape (x, y) in C order: x values of a
line, y lines in time; how many lines a message holds may change from message to message. What the
values are is judged where a dtype is known (`checks`); here only sizes are looked at.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NoReturn

from focus_engine.arrays.canonical import Endian
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import ArrayContract, Extrema
from focus_engine.arrays.message import ArrayMessage, DtypeClaim, FrameMessage
from focus_engine.checks.finding import Finding, finding
from focus_engine.evidence import compact
from focus_engine.masking import head_of
from focus_engine.verdict import ProductFailure

ITEM_BYTES = (1, 2, 4, 8, 16)  # one value of any number type there is
ONE_VALUE_VIEWS = frozenset({"2", "3"})
"""Waterfall and heatmaps: one value per channel and line, whatever frequencies are named."""
LEAST_TO_ADVANCE = 3  # frames
LEAST_VISIBLE_SECONDS = 0.002  # times are whole milliseconds
ROUNDED_MS = 1.0  # two whole milliseconds may be so much nearer or farther than the lines are
PACE_TOLERANCE = 0.1  # of the time between two lines: a recorder has a row period of its own
MILLISECONDS = 1000
_CHANNEL = re.compile(r"[0-9]{1,9}")
_LINE_LISTS = {"timestamp_in_milis": "timestamps_ms", "row_index": "rows"}


@dataclass(frozen=True)
class StreamPromise:
    """What the answer to POST /configure promises for one stream; channels are 1-based."""

    stream: int
    channels: tuple[int, ...]
    values_per_channel: int
    line_seconds: float = 0.0
    """From line to line, 0 where it is not told."""

    @property
    def row_width(self) -> int:
        """Values of one line."""
        return len(self.channels) * self.values_per_channel

    @property
    def shown(self) -> str:
        """The channels as messages show them."""
        return f"{self.channels[0]}..{self.channels[-1]}"


def promises_of(answer: Mapping[str, Any]) -> dict[int, StreamPromise]:
    """The promise of every stream, by index, of the answer to POST /configure.

    Raises ProductFailure when the answer does not describe its streams.
    """
    mapping = answer.get("channel_to_stream_index")
    if not isinstance(mapping, Mapping) or not mapping:
        misses("channel_to_stream_index", "channels and their streams", mapping)
    by_stream: dict[int, list[int]] = {}
    for channel, stream in mapping.items():
        if not (_CHANNEL.fullmatch(str(channel)) and type(stream) is int):
            misses("channel_to_stream_index", "numbers", {channel: stream})
        by_stream.setdefault(stream, []).append(int(channel))
    values, pace = _values_per_channel(answer), answer.get("lines_dt")
    seconds = float(pace) if isinstance(pace, (int, float)) else 0.0
    return {
        stream: StreamPromise(stream, tuple(sorted(by_stream[stream])), values, seconds)
        for stream in sorted(by_stream)
    }


def _values_per_channel(answer: Mapping[str, Any]) -> int:
    amount = answer.get("frequencies_amount")
    if type(amount) is not int or amount < 0:
        misses("frequencies_amount", "a whole number", amount)
    return 1 if str(answer.get("view_type")) in ONE_VALUE_VIEWS else max(amount, 1)


def misses(key: str, expected: str, seen: Any) -> NoReturn:
    """Raise ProductFailure: the answer to configure does not lead to streams."""
    raise ProductFailure(
        f"the job cannot be streamed: {key} in the answer to POST /configure is "
        f"{head_of(compact(seen), 120)}; expected {expected}."
    )


def message_of_frame(frame: FrameMessage, contract: ArrayContract, source: str) -> ArrayMessage:
    """The frame as a message. The proto has no dtype: the contract of the view supplies it."""
    return ArrayMessage(
        schema=contract.schema,
        source=source,
        claim=DtypeClaim(contract.dtypes[0], (contract.endian or Endian.LITTLE).value),
        shape=(frame.width, frame.height),
        order="C",
        payload=b"".join(frame.buffers),
        meta={"channels": (frame.first_channel, frame.last_channel)},
        sequence=frame.rows[0] if frame.rows else None,
        timestamp=tuple(frame.timestamps_ms),
    )


def extrema_of(frame: FrameMessage) -> Extrema:
    return Extrema(frame.minimum, frame.maximum)


def frame_defects(frame: FrameMessage, promise: StreamPromise) -> list[Finding]:
    """What is wrong with a frame before its payload is read."""
    return [found for check in _CHECKS for found in check(frame, promise)]


def fit_defects(frame: FrameMessage, promise: StreamPromise) -> list[Finding]:
    """What shows that a frame is of another job: its channels and the width of its lines."""
    return [*_channels(frame, promise), *_row_width(frame, promise)]


def _buffers(frame: FrameMessage, _: StreamPromise) -> list[Finding]:
    count = len(frame.buffer_sizes)
    if count == 1:
        return []
    sentence = f"main_data has {count} buffers; expected 1, however many lines it holds."
    return [finding(ArrayCode.BUFFERS, sentence, "1", str(count))]


def _sizes(frame: FrameMessage, _: StreamPromise) -> list[Finding]:
    seen = f"{frame.width} x {frame.height}"
    if frame.width > 0 and frame.height > 0:
        return []
    sentence = f"the shape is {seen}; a frame has at least one value."
    return [finding(ArrayCode.SHAPE_SIGN, sentence, "1 or more", seen)]


def _lines(frame: FrameMessage, _: StreamPromise) -> list[Finding]:
    return [
        finding(
            ArrayCode.ROWS,
            f"{name} has {len(values)} entries; data_shape_y is {frame.height}.",
            str(frame.height),
            str(len(values)),
        )
        for name, attribute in _LINE_LISTS.items()
        if len(values := getattr(frame, attribute)) != frame.height
    ]


def _channels(frame: FrameMessage, promise: StreamPromise) -> list[Finding]:
    first, last = promise.channels[0], promise.channels[-1]
    if (frame.first_channel, frame.last_channel) == (first, last):
        return []
    seen = f"{frame.first_channel}..{frame.last_channel}"
    sentence = f"it has channels {seen}; expected {promise.shown}, those of stream {promise.stream}"
    return [finding(ArrayCode.CHANNEL_RANGE, f"{sentence}.", promise.shown, seen)]


def _row_width(frame: FrameMessage, promise: StreamPromise) -> list[Finding]:
    if frame.width == promise.row_width:
        return []
    each = promise.values_per_channel
    values = "1 value" if each == 1 else f"{each} frequencies"
    sentence = (
        f"data_shape_x is {frame.width}; {len(promise.channels)} channels x {values} make "
        f"{promise.row_width}."
    )
    return [finding(ArrayCode.ROW_WIDTH, sentence, str(promise.row_width), str(frame.width))]


def _length(frame: FrameMessage, _: StreamPromise) -> list[Finding]:
    count, size = frame.width * frame.height, sum(frame.buffer_sizes)
    if size in {count * item for item in ITEM_BYTES} or len(frame.buffer_sizes) != 1:
        return []
    sentence = (
        f"the payload has {size} bytes for {frame.width} x {frame.height} values: no dtype fits "
        "that length."
    )
    return [finding(ArrayCode.LENGTH, sentence, f"{count} values of one type", f"{size} bytes")]


def _extrema(frame: FrameMessage, _: StreamPromise) -> list[Finding]:
    low, high = frame.minimum, frame.maximum
    seen = f"{low:g} to {high:g}"
    if not (math.isfinite(low) and math.isfinite(high)):
        return [
            finding(ArrayCode.EXTREMA_FINITE, f"the extrema are {seen}.", "finite numbers", seen)
        ]
    if low > high:
        sentence = f"global_minimum {low:g} is above global_maximum {high:g}."
        return [finding(ArrayCode.EXTREMA_ORDER, sentence, "minimum <= maximum", seen)]
    return []


def _job(frame: FrameMessage, promise: StreamPromise) -> list[Finding]:
    if frame.job_id in {None, promise.stream}:
        return []
    sentence = f"its job_id is {frame.job_id}; where it is there it is the stream's, "
    expected = str(promise.stream)
    return [finding(ArrayCode.STREAM_ID, f"{sentence}{expected}.", expected, str(frame.job_id))]


_CHECKS: tuple[Callable[[FrameMessage, StreamPromise], list[Finding]], ...] = (
    _buffers,
    _sizes,
    _lines,
    _channels,
    _row_width,
    _length,
    _extrema,
    _job,
)


def sequence_defects(
    frames: Sequence[FrameMessage], where: str, line_seconds: float = 0.0, *, holes: bool = False
) -> list[Finding]:
    """Lines of a stream once each, in order, none left out, and times that go on.

    `line_seconds` pass from line to line, 0 where that is not known.
    `holes`: a live job whose data are lost goes on with a visible hole, and comes at its own pace.
    """
    rows = [row for frame in frames for row in frame.rows]
    found = [*_row_order(rows, where, holes=holes), *_time_order(frames, where, line_seconds)]
    if found or holes or line_seconds <= 0:
        return found
    return _pace(frames, where, line_seconds)


def _row_order(rows: Sequence[int], where: str, *, holes: bool) -> list[Finding]:
    if rows and min(rows) < 0:
        sentence = f"row_index of {where} is {min(rows)}; rows are counted up from 0."
        return [finding(ArrayCode.ROW_ORDER, sentence, "0 or more", str(min(rows)))]
    extra = len(rows) - len(set(rows))
    if extra:
        again = next(row for row, count in Counter(rows).items() if count > 1)
        sentence = (
            f"{where} delivered row {again} more than once ({extra} of {len(rows)} rows are "
            "repetitions)."
        )
        return [finding(ArrayCode.ROW_ORDER, sentence, "each row once", str(again))]
    for before, after in pairwise(rows):
        if after < before:
            sentence = f"row_index of {where} goes from {before} to {after}."
            return [finding(ArrayCode.ROW_ORDER, sentence, "ascending", f"{before}, {after}")]
    return [] if holes else _gaps(rows, where)


def _gaps(rows: Sequence[int], where: str) -> list[Finding]:
    steps = [(before, after) for before, after in pairwise(rows) if after > before + 1]
    if not steps:
        return []
    missing = sum(after - before - 1 for before, after in steps)
    before, after = steps[0]
    sentence = (
        f"{where} left out {missing} {'row' if missing == 1 else 'rows'}: row {after} came next "
        f"after row {before}. Frames are lost, or somebody else reads this stream and takes them "
        "away."
    )
    return [
        finding(ArrayCode.ROWS_MISSING, sentence, "row_index without gaps", f"{missing} missing")
    ]


def _time_order(frames: Sequence[FrameMessage], where: str, line_seconds: float) -> list[Finding]:
    times = [moment for frame in frames for moment in frame.timestamps_ms]
    for before, after in pairwise(times):
        if after < before:
            sentence = f"timestamps of {where} go back from {before} to {after} ms."
            return [finding(ArrayCode.ROW_ORDER, sentence, "ascending", f"{before}, {after}")]
    # A message may say one time for all of its lines; from message to message time goes on.
    lines = sum(len(frame.rows) for frame in frames) - 1
    visible = line_seconds == 0 or lines * line_seconds >= LEAST_VISIBLE_SECONDS
    if visible and len(frames) >= LEAST_TO_ADVANCE and times and times[0] == times[-1]:
        sentence = f"the time of {where} stands still: {len(frames)} frames say {times[0]} ms."
        return [finding(ArrayCode.TIMES, sentence, "times that advance", str(times[0]))]
    return []


def _pace(frames: Sequence[FrameMessage], where: str, line_seconds: float) -> list[Finding]:
    """That as much time lies between two lines as the answer said: each against the first."""
    # The first line of a message: its time is there even where one is told for all of them.
    firsts = [(each.rows[0], each.timestamps_ms[0]) for each in frames if has_a_line(each)]
    for row, moment in firsts[1:]:
        lines, seen = row - firsts[0][0], moment - firsts[0][1]
        due = lines * line_seconds * MILLISECONDS
        if abs(seen - due) > ROUNDED_MS + PACE_TOLERANCE * due:
            sentence = (
                f"row {row} of {where} is {seen} ms after row {firsts[0][0]}, but with lines_dt "
                f"{line_seconds:g} s it comes {due:g} ms later."
            )
            return [finding(ArrayCode.TIMES, sentence, f"about {due:g} ms", f"{seen} ms")]
    return []


def has_a_line(frame: FrameMessage) -> bool:
    """Whether it tells the number and the time of a line."""
    return bool(frame.rows and frame.timestamps_ms)


def extrema_defects(streams: Mapping[int, Sequence[FrameMessage]]) -> list[Finding]:
    """Running extrema may only widen: within a stream, and over all streams of the job.

    They are the job's, so that a line's contain what every stream said of the lines before it.
    """
    found = [_shrunk(frames) for frames in streams.values()]
    shrunk = [defect for defects in found for defect in defects]
    return shrunk or _of_one_stream(streams)


def _shrunk(frames: Sequence[FrameMessage]) -> list[Finding]:
    return [
        finding(
            ArrayCode.EXTREMA_SHRANK,
            f"the extrema of frame {number} shrank from {_span(earlier)} to {_span(later)}.",
            f"at least {_span(earlier)}",
            _span(later),
        )
        for number, (earlier, later) in enumerate(pairwise(frames), start=1)
        if later.minimum > earlier.minimum or later.maximum < earlier.maximum
    ]


def _of_one_stream(streams: Mapping[int, Sequence[FrameMessage]]) -> list[Finding]:
    lines = [(stream, frame) for stream, each in streams.items() for frame in each if frame.rows]
    over = sorted(lines, key=lambda line: line[1].rows[-1])  # by where they end
    before: dict[
        int, FrameMessage
    ] = {}  # of each stream the latest frame that ends before this one
    for stream, frame in sorted(lines, key=lambda line: line[1].rows[0]):
        while over and over[0][1].rows[-1] < frame.rows[0]:
            ended, earlier = over.pop(0)
            before[ended] = earlier
        for other, earlier in before.items():
            if earlier.maximum > frame.maximum or earlier.minimum < frame.minimum:
                sentence = (
                    f"the extrema of stream {stream} at row {frame.rows[0]} are {_span(frame)}, "
                    f"but stream {other} had {_span(earlier)} at row {earlier.rows[-1]}: extrema "
                    "are those of the job."
                )
                return [finding(ArrayCode.EXTREMA_OF_JOB, sentence, _span(earlier), _span(frame))]
    return []


def _span(frame: FrameMessage) -> str:
    return f"{frame.minimum} to {frame.maximum}"
