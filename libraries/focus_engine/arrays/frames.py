"""Frames of a job's stream: what the proto gives, and what the job's configuration promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from focus_engine.arrays.canonical import Endian
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import ArrayContract, Extrema
from focus_engine.arrays.message import ArrayMessage, DtypeClaim
from focus_engine.checks.finding import Finding, finding
from focus_engine.verdict import ToolError

_ROW_LISTS = {"timestamp_in_milis": "timestamps_ms", "row_index": "rows"}
_LEAST_STEP = {"timestamp_in_milis": 0, "row_index": 1}  # rows may be closer than a millisecond


class Frame(Protocol):
    """A message `DataStream` as `focus_engine.streams` reads it, with its buffers kept."""

    @property
    def first_channel(self) -> int: ...

    @property
    def last_channel(self) -> int: ...

    @property
    def timestamps_ms(self) -> Sequence[int]: ...

    @property
    def rows(self) -> Sequence[int]: ...

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def maximum(self) -> float: ...

    @property
    def minimum(self) -> float: ...

    @property
    def buffers(self) -> Sequence[bytes]: ...


@dataclass(frozen=True)
class StreamPromise:
    """What the answer to POST /configure promises for one stream; channels are 1-based.

    `frequencies` is 0 for views without a spectrum.
    """

    stream: int
    channels: tuple[int, ...]
    frequencies: int

    @property
    def row_width(self) -> int:
        return len(self.channels) * max(self.frequencies, 1)


def promises_of(answer: dict[str, Any]) -> dict[int, StreamPromise]:
    """The promise of every stream, by index, of the answer to POST /configure.

    Raises ToolError when the answer does not describe its streams.
    """
    try:
        mapping = {
            int(channel): index for channel, index in answer["channel_to_stream_index"].items()
        }
        frequencies = int(answer["frequencies_amount"])
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise ToolError(f"the answer does not describe its streams: {error!r}.") from error
    return {
        index: StreamPromise(
            index, tuple(sorted(ch for ch, of in mapping.items() if of == index)), frequencies
        )
        for index in sorted(set(mapping.values()))
    }


def message_of_frame(frame: Frame, contract: ArrayContract, source: str) -> ArrayMessage:
    """The frame as a message. The proto has no dtype: the contract of the view supplies it."""
    return ArrayMessage(
        schema=contract.schema,
        source=source,
        claim=DtypeClaim(contract.dtypes[0], (contract.endian or Endian.LITTLE).value),
        shape=(frame.height, frame.width),
        order="C",
        payload=b"".join(frame.buffers),
        meta={"channels": (frame.first_channel, frame.last_channel)},
        sequence=frame.rows[0] if frame.rows else None,
        timestamp=tuple(frame.timestamps_ms),
    )


def row_order(frames: Sequence[Frame], where: str) -> list[Finding]:
    """Row numbers and timestamps go up, from row to row and from frame to frame."""
    found = []
    for name, attribute in _ROW_LISTS.items():
        values = [value for frame in frames for value in getattr(frame, attribute)]
        step = next(
            (pair for pair in pairwise(values) if pair[1] - pair[0] < _LEAST_STEP[name]), None
        )
        if step is not None:
            sentence = f"{name} of {where} goes from {step[0]} to {step[1]}."
            found.append(
                finding(ArrayCode.ROW_ORDER, sentence, "ascending", f"{step[0]}, {step[1]}")
            )
    return found


def extrema_of(frame: Frame) -> Extrema:
    return Extrema(frame.minimum, frame.maximum)


def frame_defects(frame: Frame, promise: StreamPromise) -> list[Finding]:
    """What is wrong with a frame before its payload is read."""
    return [
        *_buffers(frame),
        *_sizes(frame),
        *_rows(frame),
        *_channels(frame, promise),
        *_row_width(frame, promise),
    ]


def _buffers(frame: Frame) -> list[Finding]:
    count = len(frame.buffers)
    if count == 1:
        return []
    return [
        finding(ArrayCode.BUFFERS, f"main_data has {count} buffers; expected 1.", "1", str(count))
    ]


def _sizes(frame: Frame) -> list[Finding]:
    seen = f"{frame.width} x {frame.height}"
    if frame.width > 0 and frame.height > 0:
        return []
    sentence = f"the shape is {seen}; a frame has at least one value."
    return [finding(ArrayCode.SHAPE_SIGN, sentence, "1 or more", seen)]


def _rows(frame: Frame) -> list[Finding]:
    return [
        finding(
            ArrayCode.ROWS,
            f"{name} has {len(values)} entries; data_shape_y is {frame.height}.",
            str(frame.height),
            str(len(values)),
        )
        for name, attribute in _ROW_LISTS.items()
        if len(values := getattr(frame, attribute)) != frame.height
    ]


def _channels(frame: Frame, promise: StreamPromise) -> list[Finding]:
    first, last = promise.channels[0], promise.channels[-1]
    if (frame.first_channel, frame.last_channel) == (first, last):
        return []
    seen = f"{frame.first_channel} to {frame.last_channel}"
    sentence = f"the frame is of channels {seen}; stream {promise.stream} has {first} to {last}."
    return [finding(ArrayCode.CHANNEL_RANGE, sentence, f"{first} to {last}", seen)]


def _row_width(frame: Frame, promise: StreamPromise) -> list[Finding]:
    channels, frequencies = len(promise.channels), promise.frequencies
    if frequencies:
        right, factors = frame.width == promise.row_width, f"{frequencies} frequencies"
    else:  # how many values a channel of a waterfall has was never seen
        right, factors = frame.width % channels == 0, "a whole number of values"
    if right:
        return []
    expected = str(promise.row_width) if frequencies else f"a multiple of {channels}"
    sentence = f"data_shape_x is {frame.width}; {channels} channels x {factors} make {expected}."
    return [finding(ArrayCode.ROW_WIDTH, sentence, expected, str(frame.width))]
