"""One frame as it came: its fields, and its buffers undecoded."""

from dataclasses import dataclass, field
from typing import Any

from focus_engine.arrays.contract import Extrema, ReadClaim


@dataclass(frozen=True)
class Frame:
    """One message of a stream.

    `arrived` is time.perf_counter(). `timestamps_ms` and `rows` have one entry per line;
    `buffer_sizes` are bytes. `buffers` are the bytes themselves where the reading was told to keep
    them, else empty. `span` is the lowest and the highest value, NaN where one is no number, and
    None where the type of the values is not known or their number is another one. `picture` is the
    same where all values are, None where that may well be. `job_id` is None where the message has
    none.
    """

    stream: int
    arrived: float
    first_channel: int
    last_channel: int
    timestamps_ms: tuple[int, ...]
    rows: tuple[int, ...]
    width: int
    height: int
    minimum: float
    maximum: float
    buffer_sizes: tuple[int, ...]
    buffers: tuple[bytes, ...] = field(default=(), repr=False)  # megabytes in a log
    job_id: int | None = None
    span: Extrema | None = None
    picture: int | None = None

    @property
    def channel_count(self) -> int:
        return self.last_channel - self.first_channel + 1

    @property
    def channels(self) -> str:
        """The channels as messages show them."""
        return f"{self.first_channel}..{self.last_channel}"


def frame_of(
    message: Any,
    stream: int,
    arrived: float,
    *,
    with_buffers: bool,
    values: ReadClaim | None = None,
) -> Frame:
    """The frame that a `pandadatastream.DataStream` message is, `values` the type of its values."""
    buffers = tuple(message.main_data)
    span, picture = _seen(message, buffers, values)
    return Frame(
        stream=stream,
        arrived=arrived,
        first_channel=message.start_channel,
        last_channel=message.end_channel,
        timestamps_ms=tuple(message.timestamp_in_milis),
        rows=tuple(message.row_index),
        width=message.data_shape_x,
        height=message.data_shape_y,
        minimum=message.global_minimum,
        maximum=message.global_maximum,
        buffer_sizes=tuple(len(buffer) for buffer in buffers),
        buffers=buffers if with_buffers else (),
        job_id=message.job_id if message.HasField("job_id") else None,
        span=span,
        picture=picture,
    )


def _seen(
    message: Any, buffers: tuple[bytes, ...], values: ReadClaim | None
) -> tuple[Extrema | None, int | None]:
    """The span and the picture of the values."""
    if values is None or len(buffers) != 1:
        return None, None
    from focus_engine.arrays.values import picture_of, span_of  # noqa: PLC0415 - numpy is heavy

    span = span_of(buffers[0], message.data_shape_x * message.data_shape_y, values)
    return span, picture_of(buffers[0], span, values)
