"""Frames of a job's stream: what the proto gives, and what the job's configuration promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from focus.arrays.canonical import Endian
from focus.arrays.codes import Code
from focus.arrays.contract import ArrayContract, Extrema
from focus.arrays.message import ArrayMessage, DtypeClaim
from focus.arrays.report import Defect
from focus.verdict import ToolError

SHOWN = 8  # entries of a list in a message
_LEAST_STEP = {"timestamp_in_milis": 0, "row_index": 1}  # rows may be closer than a millisecond


class Frame(Protocol):
    """The fields of `pandadatastream.DataStream`, under the proto's own names."""

    @property
    def start_channel(self) -> int: ...

    @property
    def end_channel(self) -> int: ...

    @property
    def timestamp_in_milis(self) -> Sequence[int]: ...

    @property
    def row_index(self) -> Sequence[int]: ...

    @property
    def data_shape_x(self) -> int: ...

    @property
    def data_shape_y(self) -> int: ...

    @property
    def global_maximum(self) -> float: ...

    @property
    def global_minimum(self) -> float: ...

    @property
    def main_data(self) -> Sequence[bytes]: ...


@dataclass(frozen=True)
class StreamPromise:
    """What the answer to POST /configure promises for one stream; channels are 1-based.

    `frequencies` is 0 for views with one value per channel.
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
        shape=(frame.data_shape_y, frame.data_shape_x),
        order="C",
        payload=b"".join(frame.main_data),
        timestamp=tuple(frame.timestamp_in_milis),
    )


def extrema_of(frame: Frame) -> Extrema:
    return Extrema(frame.global_minimum, frame.global_maximum)


def frame_defects(frame: Frame, promise: StreamPromise) -> list[Defect]:
    """What is wrong with a frame before its payload is read."""
    return [
        *_buffers(frame),
        *_sizes(frame),
        *_rows(frame),
        *_row_order(frame),
        *_channels(frame, promise),
        *_row_width(frame, promise),
    ]


def _buffers(frame: Frame) -> list[Defect]:
    count = len(frame.main_data)
    if count == 1:
        return []
    return [Defect(Code.BUFFERS, f"main_data has {count} buffers; expected 1.", "1", str(count))]


def _sizes(frame: Frame) -> list[Defect]:
    seen = f"{frame.data_shape_x} x {frame.data_shape_y}"
    if frame.data_shape_x > 0 and frame.data_shape_y > 0:
        return []
    sentence = f"the shape is {seen}; a frame has at least one value."
    return [Defect(Code.SHAPE_SIGN, sentence, "1 or more", seen)]


def _rows(frame: Frame) -> list[Defect]:
    return [
        Defect(
            Code.ROWS,
            f"{name} has {len(values)} entries; data_shape_y is {frame.data_shape_y}.",
            str(frame.data_shape_y),
            str(len(values)),
        )
        for name, values in _row_lists(frame)
        if len(values) != frame.data_shape_y
    ]


def _row_order(frame: Frame) -> list[Defect]:
    return [
        Defect(Code.ROW_ORDER, f"{name} does not ascend: {list(values)[:SHOWN]}.", "ascending")
        for name, values in _row_lists(frame)
        if any(later - earlier < _LEAST_STEP[name] for earlier, later in pairwise(values))
    ]


def _row_lists(frame: Frame) -> tuple[tuple[str, Sequence[int]], ...]:
    return (("timestamp_in_milis", frame.timestamp_in_milis), ("row_index", frame.row_index))


def _channels(frame: Frame, promise: StreamPromise) -> list[Defect]:
    first, last = promise.channels[0], promise.channels[-1]
    if (frame.start_channel, frame.end_channel) == (first, last):
        return []
    seen = f"{frame.start_channel} to {frame.end_channel}"
    sentence = f"the frame is of channels {seen}; stream {promise.stream} has {first} to {last}."
    return [Defect(Code.CHANNEL_RANGE, sentence, f"{first} to {last}", seen)]


def _row_width(frame: Frame, promise: StreamPromise) -> list[Defect]:
    if frame.data_shape_x == promise.row_width:
        return []
    sentence = (
        f"data_shape_x is {frame.data_shape_x}; {len(promise.channels)} channels x "
        f"{max(promise.frequencies, 1)} values make {promise.row_width}."
    )
    return [Defect(Code.ROW_WIDTH, sentence, str(promise.row_width), str(frame.data_shape_x))]
