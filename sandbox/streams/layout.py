"""How the values of a job are laid out in its streams: channels, frequencies, rows in time."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.focus_server.configuration import HEATMAPS, MULTICHANNEL
from sandbox.spec import SPEC
from sandbox.streams.content import form_of

_MS = 1000


@dataclass(frozen=True)
class StreamLayout:
    """First and last channel of one stream, both included."""

    first: int
    last: int

    @property
    def channels(self) -> int:
        """How many channels each row of the stream has."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Packing:
    """How lines are put into messages: `lines` of each message in turn, again and again."""

    lines: tuple[int, ...] = (1,)
    one_time: bool = False
    """Whether all lines of a message carry its first one's time."""
    names_stream: bool = False
    """Whether `job_id` is there; it is the index of the stream."""

    ends: bool = False
    """Whether the calls to a historic job end with its last line."""

    def rows(self, message: int) -> range:
        """The rows of the message of that number."""
        cycles, position = divmod(message, len(self.lines))
        first = cycles * sum(self.lines) + sum(self.lines[:position])
        return range(first, first + self.lines[position])


LINE_BY_LINE = Packing()


@dataclass(frozen=True)
class Layout:
    """The streams of a job by index; `frequencies` per channel, `row_ms` between rows.

    `form` is the struct format of one value.
    """

    streams: tuple[StreamLayout, ...]
    frequencies: int
    began_ms: int
    row_ms: float
    form: str
    packing: Packing

    def width(self, stream: StreamLayout) -> int:
        """Values of one row: waterfall and heatmaps, without frequencies, have one per channel."""
        return stream.channels * max(self.frequencies, 1)


def layout_of(
    promised: Mapping[str, Any], start_time_s: int | None, packing: Packing = LINE_BY_LINE
) -> Layout:
    """The layout that the body of a POST /configure promises; no streams for an empty one.

    Rows of a historic job are `lines_dt` apart from its start, those of a live job come from now
    on at the live rate.
    """
    live = start_time_s is None
    view = promised.get("view_type", MULTICHANNEL)
    return Layout(
        streams=_streams(promised.get("channel_to_stream_index", {})),
        frequencies=0 if view == HEATMAPS else promised.get("frequencies_amount", 0),
        began_ms=int(time.time() * _MS) if start_time_s is None else start_time_s * _MS,
        row_ms=_MS / SPEC.live_frames_per_s if live else _MS * promised.get("lines_dt", 1.0),
        form=form_of(view),
        packing=packing,
    )


def _streams(mapping: Mapping[str, int]) -> tuple[StreamLayout, ...]:
    channels: dict[int, list[int]] = {}
    for channel, stream in mapping.items():
        channels.setdefault(stream, []).append(int(channel))
    return tuple(
        StreamLayout(min(channels[stream]), max(channels[stream])) for stream in sorted(channels)
    )
